/// The state that libxml2's callbacks share with the reader.
final class ParseState {
  private let source: MarkupReader.Source
  /// The error of the source, which takes precedence over the parser errors that follow from it.
  private(set) var sourceFailure: (any Error)?
  private(set) var error: MarkupError?

  init(_ source: @escaping MarkupReader.Source) { self.source = source }

  /// Fills the buffer and returns the number of bytes, 0 at the end, −1 after an error.
  func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int32 {
    do {
      return Int32(try source(buffer))
    } catch {
      sourceFailure = error
      return -1
    }
  }

  /// Records the first error; later ones are its consequences.
  func note(_ error: MarkupError) {
    if self.error == nil { self.error = error }
  }
}
