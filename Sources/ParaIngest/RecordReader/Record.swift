public import ParaJSON

/// One row of input: named values, and where they came from.
public struct Record: Sendable, Hashable {
  public var provenance: Provenance
  public var fields: JSONObject

  public init(provenance: Provenance, fields: JSONObject) {
    self.provenance = provenance
    self.fields = fields
  }
}
