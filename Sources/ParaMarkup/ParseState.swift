/// What libxml2's callbacks share with the reader.
final class ParseState {
  private let source: MarkupReader.Source
  /// What the source threw; it takes precedence over whatever the parser makes of it.
  private(set) var sourceFailure: (any Error)?
  private(set) var error: MarkupError?

  init(_ source: @escaping MarkupReader.Source) { self.source = source }

  /// Fills the buffer and returns the number of bytes, 0 at the end, −1 after a failure.
  func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int32 {
    do {
      return Int32(try source(buffer))
    } catch {
      sourceFailure = error
      return -1
    }
  }

  /// Keeps the first error: the others follow from it.
  func note(_ error: MarkupError) {
    if self.error == nil { self.error = error }
  }
}
