package import Foundation

/// A file's bytes, mapped read-only for as long as the object lives.
package final class MappedFile: @unchecked Sendable {  // the mapping is never written
  package let url: URL
  package let bytes: UnsafeRawBufferPointer

  package init(_ url: URL) throws {
    self.url = url
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(url, "opened") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.failure(url, "examined") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw CheckpointError(.unreadable, url, "is not a regular file.")
    }
    let size = Int(status.st_size)
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED
    else {
      throw Self.failure(url, "mapped")
    }
    bytes = UnsafeRawBufferPointer(start: base, count: size)
  }

  deinit {
    if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
  }

  /// Releases the memory of all pages; a page is read again when it is next accessed.
  package func releasePages() {
    guard let base = bytes.baseAddress else { return }
    madvise(UnsafeMutableRawPointer(mutating: base), bytes.count, Int32(MADV_DONTNEED))
  }

  private static func failure(_ url: URL, _ action: String) -> CheckpointError {
    CheckpointError(.unreadable, url, "cannot be \(action): \(String(cString: strerror(errno))).")
  }
}
