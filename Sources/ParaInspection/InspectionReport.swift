/// What an inspection found: for programs as it encodes, for people as facts.
protocol InspectionReport: Encodable, Sendable {
  /// One line each, in the order to read.
  var facts: [Fact] { get }
  /// Whether it fits the model that was named; nil if none was.
  var fits: Bool? { get }
}
