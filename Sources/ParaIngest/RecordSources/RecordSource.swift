internal import ParaArchives

/// The records of one file or member.
protocol RecordSource: AnyObject {
  /// What is being read.
  var provenance: Provenance { get }

  /// The next row, or `nil` after the last one.
  ///
  /// - Throws: What ends the reading of this member.
  func next() throws(ArchiveError) -> Result<Record, IngestError>?
}
