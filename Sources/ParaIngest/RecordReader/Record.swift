/// One row of input: named values, and where they came from.
public struct Record: Sendable, Hashable {
  public var provenance: Provenance
  public var fields: [String: FieldValue]

  public init(provenance: Provenance, fields: [String: FieldValue]) {
    self.provenance = provenance
    self.fields = fields
  }
}
