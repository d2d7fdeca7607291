internal import CParaPCRE2

/// A regular expression with the syntax and the meaning of Python's `re` for `str`.
///
/// Task files and adapter configurations are written for Python, and Swift's `Regex` differs from it in
/// silence (`\b`, grapheme clusters, no look-behind). The expression is translated for PCRE2 by
/// ``PythonRegexTranslator``; what has no counterpart there is refused. Texts are compared code point by
/// code point. A match that takes more than a million steps at one place is an error, not a hang.
public struct PythonRegex: Sendable {
  /// Python's flags, which an expression can also set itself, as in `(?i)`.
  public struct Flags: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// `re.ASCII`: `\w`, `\d`, `\s` and `\b` know ASCII alone.
    public static let ascii = Flags(rawValue: 1)
    public static let ignoreCase = Flags(rawValue: 2)
    /// `^` and `$` match at each line.
    public static let multiline = Flags(rawValue: 4)
    /// `.` matches a line feed too.
    public static let dotAll = Flags(rawValue: 8)
    /// White space and comments in the expression are ignored.
    public static let verbose = Flags(rawValue: 16)
  }

  /// As it was written.
  public let pattern: String
  /// How many groups capture text.
  public let groupCount: Int
  let groupNames: [String: Int]
  private let code: CompiledPattern

  /// - Throws: ``PythonRegexError`` for an expression that Python refuses too, or that has no counterpart.
  public init(_ pattern: String, flags: Flags = []) throws(PythonRegexError) {
    var translator = PythonRegexTranslator(pattern, flags)
    let translated = try translator.translate()
    self.pattern = pattern
    groupCount = translator.groupCount
    groupNames = translator.groupNames
    code = try CompiledPattern(translated, of: pattern)
  }

  /// `re.search`: the first match anywhere.
  public func search(in text: String) throws(PythonRegexError) -> PythonMatch? {
    try match(in: text, options: 0)
  }

  /// `re.match`: a match at the text's beginning.
  public func match(in text: String) throws(PythonRegexError) -> PythonMatch? {
    try match(in: text, options: PCRE2_ANCHORED)
  }

  /// `re.fullmatch`: a match of the whole text.
  public func fullMatch(in text: String) throws(PythonRegexError) -> PythonMatch? {
    try match(in: text, options: PCRE2_ANCHORED | PCRE2_ENDANCHORED)
  }

  /// `re.finditer`: all matches, none of which overlap. An empty one may follow directly after another.
  public func matches(in text: String) throws(PythonRegexError) -> [PythonMatch] {
    try matches(in: text, atMost: .max)
  }

  /// `re.findall`: of each match the text of its groups, or the whole match if there are none. A group
  /// that took no part is empty.
  public func findAll(in text: String) throws(PythonRegexError) -> [[String]] {
    try matches(in: text).map { match in
      groupCount == 0 ? [match.text] : (1...groupCount).map { match.group($0) ?? "" }
    }
  }

  /// `re.split` without a limit: the texts between the matches, and the groups' texts among them.
  public func split(_ text: String) throws(PythonRegexError) -> [String?] {
    var parts: [String?] = []
    var end = 0
    for match in try matches(in: text) {
      parts.append(text.bytes(end..<match.range.lowerBound))
      for group in 0..<groupCount { parts.append(match.group(group + 1)) }
      end = match.range.upperBound
    }
    return parts + [text.bytes(end..<text.utf8.count)]
  }

  /// The first matches, at most `limit`.
  func matches(in text: String, atMost limit: Int) throws(PythonRegexError) -> [PythonMatch] {
    var found: [PythonMatch] = []
    var (start, options) = (0, UInt32(0))
    while found.count < limit, let match = try match(in: text, from: start, options: options) {
      found.append(match)
      start = match.range.upperBound
      options = match.range.isEmpty ? PCRE2_NOTEMPTY_ATSTART : 0
    }
    return found
  }

  private func match(
    in text: String, from start: Int = 0, options: UInt32
  ) throws(PythonRegexError) -> PythonMatch? {
    guard let ranges = try code.match(text, from: start, options: options, of: pattern) else {
      return nil
    }
    return PythonMatch(subject: text, ranges: ranges)
  }
}

/// Where a ``PythonRegex`` matched.
public struct PythonMatch: Sendable {
  let subject: String
  /// Of the whole match, and of each group that took part; in bytes of UTF-8.
  let ranges: [Range<Int>?]

  /// Of the whole match, in bytes of UTF-8.
  public var range: Range<Int> { ranges[0] ?? 0..<0 }

  public var text: String { subject.bytes(range) }

  /// The text of a group, counted from 1 (0 is the whole match); nil if it took no part or there is none.
  public func group(_ number: Int) -> String? {
    guard ranges.indices.contains(number), let range = ranges[number] else { return nil }
    return subject.bytes(range)
  }
}

/// Why an expression cannot be used, or a search was given up.
public struct PythonRegexError: Error, Sendable, Hashable, CustomStringConvertible {
  public let message: String

  public var description: String { message }

  init(_ pattern: String, _ reason: String) {
    message = "the regular expression '\(pattern)' \(reason)"
  }
}

extension String {
  func bytes(_ range: Range<Int>) -> String {
    let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
    return String(self[start..<utf8.index(start, offsetBy: range.count)])
  }
}
