/// How the bytes of a file or archive member are to be read.
public enum InputFormat: String, Sendable, Hashable, Codable, CaseIterable {
  /// One JSON object on each line. OpenAI batch files are this.
  case jsonLines = "jsonl"
  /// One JSON document, in which a path leads to the records.
  case json
  /// One XML document, in which the elements of one name are the records.
  case xml
}
