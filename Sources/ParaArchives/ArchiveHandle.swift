internal import CParaArchive
internal import Foundation

/// One open reader of libarchive, which nothing else calls.
///
/// The format is detected from the bytes alone. Not safe to use from two threads at once.
final class ArchiveHandle {
  /// The formats that are detected.
  enum Contents {
    /// tar or zip; any other bytes are one member without a name.
    case members
    /// A stream compressed by gzip, bzip2, xz or zstd, once or several times.
    case compressed
  }

  struct Entry {
    let member: Member
    let isEncrypted: Bool
  }

  private let archive: OpaquePointer
  private let callbackSource: CallbackSource?
  private var hasEntry = false

  /// Opens a file.
  ///
  /// - Throws: ``ArchiveError/Code/unreadable`` if the operating system refuses.
  init(path: String) throws(ArchiveError) {
    archive = archive_read_new()
    callbackSource = nil
    accept(.members)
    guard archive_read_open_filename(archive, path, CallbackSource.capacity) == ARCHIVE_OK else {
      throw .unreadable(failureDetail)
    }
  }

  /// Opens a stream of bytes.
  init(_ contents: Contents, from source: @escaping ByteSource) throws(ArchiveError) {
    let callbackSource = CallbackSource(source)
    archive = archive_read_new()
    self.callbackSource = callbackSource
    accept(contents)
    let context = Unmanaged.passUnretained(callbackSource).toOpaque()
    let status = archive_read_open(
      archive, context, nil,
      { _, context, bytes in
        guard let context else { return -1 }
        let callbackSource = Unmanaged<CallbackSource>.fromOpaque(context).takeUnretainedValue()
        bytes?.pointee = UnsafeRawPointer(callbackSource.buffer.baseAddress)
        return callbackSource.fill()
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

  /// The next member; nil at the end.
  func nextEntry() throws(ArchiveError) -> Entry? {
    hasEntry = false
    var entry: OpaquePointer?
    let status = withUTF8Locale { archive_read_next_header(archive, &entry) }
    if status == ARCHIVE_EOF {
      if let failure = callbackSource?.failure { throw failure }
      return nil
    }
    // Warnings concern names or dates, such as a name that is not UTF-8.
    guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry else {
      throw failure(ARCHIVE_FATAL)
    }
    hasEntry = true
    let member = Member(name: isArchive ? name(of: entry) : nil, kind: kind(of: entry))
    return Entry(member: member, isEncrypted: archive_entry_is_data_encrypted(entry) != 0)
  }

  /// Reads the next bytes of the current member; 0 at its end and if there is none. Holes of sparse
  /// members read as zeros.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
    if !hasEntry { return 0 }
    let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
    if count < 0 { throw failure(Int32(count)) }
    if count == 0, let failure = callbackSource?.failure { throw failure }
    return count
  }

  /// Skips the rest of the current member; errors are thrown by the next `nextEntry`.
  func skipRest() {
    if hasEntry { archive_read_data_skip(archive) }
  }

  private func failure(_ status: Int32) -> ArchiveError {
    callbackSource?.failure ?? .damaged(failureDetail, endsContainer: status == ARCHIVE_FATAL)
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
    // The file type bits of `st_mode`; libarchive's names for them are casts, which Swift does not import.
    switch archive_entry_filetype(entry) {
    case 0o100000: return .file
    case 0o040000: return .folder
    default: return .other
    }
  }
}

extension ArchiveHandle {
  /// Whether the bytes are a tar or zip; known after the first `nextEntry`.
  var isArchive: Bool { isTar || isZip }

  var isTar: Bool { format == ARCHIVE_FORMAT_TAR }

  var isZip: Bool { format == ARCHIVE_FORMAT_ZIP }

  private var format: Int32 { archive_format(archive) & ARCHIVE_FORMAT_BASE_MASK }

  /// The number of nested compression formats; 0 for uncompressed bytes.
  var compressionCount: Int { Int(archive_filter_count(archive)) - 1 }

  /// The bytes consumed so far, before decompression.
  var consumedBytes: Int { max(0, Int(archive_filter_bytes(archive, -1))) }

  /// The bytes consumed so far, after decompression.
  var decompressedBytes: Int { max(0, Int(archive_filter_bytes(archive, 0))) }
}

/// A Swift byte source behind libarchive's read callback.
final class CallbackSource {
  static let capacity = 1 << 18

  let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: CallbackSource.capacity, alignment: 16)
  /// The error that the source threw. libarchive sees the end of the stream instead, so that it still
  /// returns all earlier bytes; any later end or error is a consequence of this one.
  private(set) var failure: ArchiveError?
  private let source: ByteSource

  init(_ source: @escaping ByteSource) { self.source = source }

  deinit { buffer.deallocate() }

  /// Fills the buffer and returns the number of bytes, 0 at the end and after an error.
  func fill() -> Int {
    if failure != nil { return 0 }
    do throws(ArchiveError) {
      return try source(buffer)
    } catch {
      failure = error
      return 0
    }
  }
}

/// Runs the body in a UTF-8 locale, set for this thread only.
///
/// libarchive drops member names that the thread's locale cannot represent, and programs start in the
/// "C" locale, which is ASCII. If the system has no UTF-8 locale, such names are empty.
func withUTF8Locale<Value>(_ body: () -> Value) -> Value {
  guard let locale = utf8Locale.value else { return body() }
  let previous = uselocale(locale)
  defer { uselocale(previous) }
  return body()
}

/// Created once and never changed or freed.
private struct SharedLocale: @unchecked Sendable {
  let value: locale_t?
}

private let utf8Locale: SharedLocale = {
  for name in ["C.UTF-8", "en_US.UTF-8", "UTF-8"] {
    if let locale = newlocale(LC_CTYPE_MASK, name, nil) { return SharedLocale(value: locale) }
  }
  return SharedLocale(value: nil)
}()
