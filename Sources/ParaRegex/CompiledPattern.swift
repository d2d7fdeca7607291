internal import CParaPCRE2

/// An expression compiled by PCRE2; immutable, so that threads can share it.
final class CompiledPattern: @unchecked Sendable {
  private let code: OpaquePointer
  private let limits: OpaquePointer

  /// Steps at one place of the text, and KiB for what they remember; far more than an honest expression takes.
  private static let stepLimit: UInt32 = 1_000_000
  private static let heapLimit: UInt32 = 20_000

  /// - Parameters:
  ///   - translated: In PCRE2's syntax.
  ///   - pattern: In Python's, for messages.
  init(_ translated: String, of pattern: String) throws(PythonRegexError) {
    var (error, offset) = (Int32(0), 0)
    let options = PCRE2_UTF | PCRE2_ALT_CIRCUMFLEX | PCRE2_NEVER_BACKSLASH_C
    let context = pcre2_compile_context_create_8(nil)
    defer { pcre2_compile_context_free_8(context) }
    pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_LF))
    let code = Array(translated.utf8).withUnsafeBufferPointer { bytes in
      pcre2_compile_8(bytes.baseAddress, bytes.count, options, &error, &offset, context)
    }
    guard let code, let limits = pcre2_match_context_create_8(nil) else {
      throw PythonRegexError(pattern, "cannot be used: \(Self.message(error)).")
    }
    pcre2_set_match_limit_8(limits, Self.stepLimit)
    pcre2_set_heap_limit_8(limits, Self.heapLimit)
    (self.code, self.limits) = (code, limits)
  }

  deinit {
    pcre2_code_free_8(code)
    pcre2_match_context_free_8(limits)
  }

  /// The ranges of the first match at or after `start` and of its groups, in bytes.
  func match(
    _ text: String, from start: Int, options: UInt32, of pattern: String
  ) throws(PythonRegexError) -> [Range<Int>?]? {
    guard let data = pcre2_match_data_create_from_pattern_8(code, nil) else {
      throw PythonRegexError(pattern, "found no memory to search with.")
    }
    defer { pcre2_match_data_free_8(data) }
    var text = text
    let result = text.withUTF8 { bytes in
      withExtendedLifetime(self) {
        // Swift's strings are valid UTF-8. An empty one may have no address.
        let empty: [UInt8] = [0]
        return empty.withUnsafeBufferPointer { none in
          pcre2_match_8(
            code, bytes.baseAddress ?? none.baseAddress, bytes.count, start,
            options | PCRE2_NO_UTF_CHECK, data, limits)
        }
      }
    }
    if result == PCRE2_ERROR_NOMATCH { return nil }
    guard result > 0 else {
      throw PythonRegexError(
        pattern,
        "takes too many steps on a text of \(text.utf8.count) bytes: \(Self.message(result)).")
    }
    return Self.ranges(data)
  }

  private static func ranges(_ data: OpaquePointer) -> [Range<Int>?] {
    let count = Int(pcre2_get_ovector_count_8(data))
    guard let offsets = pcre2_get_ovector_pointer_8(data) else { return [] }
    return (0..<count).map { group in
      let (start, end) = (offsets[2 * group], offsets[2 * group + 1])
      return start == Int(bitPattern: UInt.max) || start > end ? nil : start..<end
    }
  }

  private static func message(_ code: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 256)
    let length = pcre2_get_error_message_8(code, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, Int(length))), as: UTF8.self)
  }
}
