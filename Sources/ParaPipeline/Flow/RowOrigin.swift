/// Which row of the job this is, and where it was read.
///
/// It travels with the row from the source to the sink, so that whatever goes wrong can be told in
/// the terms of the user's own files.
public struct RowOrigin: Sendable, Hashable {
  /// Position in the job's input order, from 0; unique within a job.
  public let number: Int
  /// The file's path as the job names it.
  public let file: String
  /// The member's name when `file` is an archive.
  public let member: String?
  /// The place inside the file or member, in words: "line 17", or an XPath.
  public let location: String
  /// The user's own identifier of the row, as text, when the job asks for it.
  public let id: String?

  public init(
    number: Int, file: String, member: String? = nil, location: String, id: String? = nil
  ) {
    self.number = number
    self.file = file
    self.member = member
    self.location = location
    self.id = id
  }
}

extension RowOrigin: CustomStringConvertible {
  /// For example "data.zip, member dev.jsonl, line 17".
  public var description: String {
    [file, member.map { "member \($0)" }, location].compactMap(\.self).joined(separator: ", ")
  }
}
