internal import CParaArchive

/// One open libarchive reader: the only place that calls the C library.
///
/// It detects the format from the bytes alone. Not safe to use from two threads at once.
final class ArchiveHandle {
  /// What the bytes may be.
  enum Contents {
    /// tar or zip, or else one unnamed member that is the bytes themselves.
    case members
    /// A stream compressed by gzip, bzip2, xz or zstd, once or several times over.
    case compressed
  }

  struct Entry {
    let member: Member
    let isEncrypted: Bool
  }

  private let archive: OpaquePointer
  private let feed: Feed?
  private var hasEntry = false

  /// Opens a file.
  ///
  /// - Throws: ``ArchiveError/Code/unreadable`` when the operating system refuses.
  init(path: String) throws(ArchiveError) {
    archive = archive_read_new()
    feed = nil
    accept(.members)
    guard archive_read_open_filename(archive, path, Feed.capacity) == ARCHIVE_OK else {
      throw .unreadable(failureDetail)
    }
  }

  /// Opens a stream of bytes.
  init(_ contents: Contents, from source: @escaping ByteSource) throws(ArchiveError) {
    let feed = Feed(source)
    archive = archive_read_new()
    self.feed = feed
    accept(contents)
    let context = Unmanaged.passUnretained(feed).toOpaque()
    let status = archive_read_open(
      archive, context, nil,
      { _, context, bytes in
        guard let context else { return -1 }
        let feed = Unmanaged<Feed>.fromOpaque(context).takeUnretainedValue()
        bytes?.pointee = UnsafeRawPointer(feed.buffer.baseAddress)
        return feed.fill()
      }, nil)
    if status != ARCHIVE_OK { throw failure(status) }
  }

  deinit { archive_read_free(archive) }

  private func accept(_ contents: Contents) {
    switch contents {
    case .members:
      archive_read_support_format_tar(archive)
      archive_read_support_format_zip(archive)
    case .compressed:
      archive_read_support_filter_gzip(archive)
      archive_read_support_filter_bzip2(archive)
      archive_read_support_filter_xz(archive)
      archive_read_support_filter_zstd(archive)
    }
    archive_read_support_format_raw(archive)
    archive_read_support_format_empty(archive)
  }

  /// The next member, or `nil` at the end.
  func nextEntry() throws(ArchiveError) -> Entry? {
    hasEntry = false
    var entry: OpaquePointer?
    let status = withUTF8Locale { archive_read_next_header(archive, &entry) }
    if status == ARCHIVE_EOF {
      if let failure = feed?.failure { throw failure }
      return nil
    }
    // A warning is about names or dates, such as a name that is not UTF-8.
    guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry else {
      throw failure(ARCHIVE_FATAL)
    }
    hasEntry = true
    let member = Member(name: isArchive ? name(of: entry) : nil, kind: kind(of: entry))
    return Entry(member: member, isEncrypted: archive_entry_is_data_encrypted(entry) != 0)
  }

  /// Reads on in the current member; 0 at its end and when there is none. Holes of sparse members
  /// read as zeros.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
    if !hasEntry { return 0 }
    let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
    if count < 0 { throw failure(Int32(count)) }
    if count == 0, let failure = feed?.failure { throw failure }
    return count
  }

  /// Skips what is left of the current member; a failure comes back with the next one.
  func skipRest() {
    if hasEntry { archive_read_data_skip(archive) }
  }

  private func failure(_ status: Int32) -> ArchiveError {
    feed?.failure ?? .damaged(failureDetail, endsContainer: status == ARCHIVE_FATAL)
  }

  private var failureDetail: String {
    archive_error_string(archive).map { String(cString: $0) } ?? "unexpected end"
  }

  private func name(of entry: OpaquePointer) -> String {
    withUTF8Locale {
      let name = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry)
      return name.map { String(cString: $0) } ?? ""
    }
  }

  private func kind(of entry: OpaquePointer) -> Member.Kind {
    if archive_entry_hardlink(entry) != nil { return .other }
    // The file type bits of POSIX's `st_mode`, which libarchive spells as casts that Swift skips.
    switch archive_entry_filetype(entry) {
    case 0o100000: return .file
    case 0o040000: return .folder
    default: return .other
    }
  }
}

extension ArchiveHandle {
  /// Whether the bytes are a tar or zip; known once the first member was asked for.
  var isArchive: Bool { isTar || isZip }

  var isTar: Bool { format == ARCHIVE_FORMAT_TAR }

  var isZip: Bool { format == ARCHIVE_FORMAT_ZIP }

  private var format: Int32 { archive_format(archive) & ARCHIVE_FORMAT_BASE_MASK }

  /// How many formats of compression lie over one another; 0 for plain bytes.
  var compressionCount: Int { Int(archive_filter_count(archive)) - 1 }

  /// The bytes used up so far, before decompression.
  var consumedBytes: Int { max(0, Int(archive_filter_bytes(archive, -1))) }

  /// The bytes used up so far, after decompression.
  var unpackedBytes: Int { max(0, Int(archive_filter_bytes(archive, 0))) }
}
