internal import ParaRegex

extension MetricDefinition {
  /// Whether the texts are equal, but for what the options ignore (lm-evaluation-harness's
  /// `exact_match`, which does not trim).
  static let exactMatch = texts("exact_match", isBinary: true, options: TextNormalizer.options) {
    options throws(ScoringError) in
    let normalizer = try TextNormalizer(options)
    return { prediction, references throws(ScoringError) in
      let predicted = try normalizer.normalize(prediction)
      for reference in references where try normalizer.normalize(reference) == predicted {
        return 1
      }
      return 0
    }
  }
}

/// What `exact_match` ignores, of the prediction and of the reference alike, in this order.
struct TextNormalizer {
  static let options = [
    OptionDefinition("regexes_to_ignore", "what to remove first: Python's regular expressions"),
    OptionDefinition("ignore_case", "compare in lower case"),
    OptionDefinition("ignore_punctuation", "drop ASCII punctuation"),
    OptionDefinition("ignore_numbers", "drop the digits 0 to 9"),
    OptionDefinition("trim", "drop white space at both ends last; not in the harness"),
  ]

  private let ignored: [PythonRegex]
  private let ignoresCase: Bool
  private let ignoresPunctuation: Bool
  private let ignoresNumbers: Bool
  private let trims: Bool
  /// Whether texts are compared as they are.
  private let isIdentity: Bool

  init(_ options: Options) throws(ScoringError) {
    ignored = try options.regexes("regexes_to_ignore")
    ignoresCase = try options.flag("ignore_case")
    ignoresPunctuation = try options.flag("ignore_punctuation")
    ignoresNumbers = try options.flag("ignore_numbers")
    trims = try options.flag("trim")
    isIdentity = ignored.isEmpty && !(ignoresCase || ignoresPunctuation || ignoresNumbers || trims)
  }

  /// The text's UTF-8, which is equal where the code points are; Swift's strings are also equal where
  /// they only look the same.
  func normalize(_ text: String) throws(ScoringError) -> [UInt8] {
    if isIdentity { return Array(text.utf8) }
    var text = text
    for regex in ignored {
      do { text = try regex.replacing(in: text, with: "") } catch {
        throw ScoringError(.unusableRow, "exact_match: \(error.message)")
      }
    }
    if let ascii = normalizedASCII(text.utf8) { return ascii }
    return Array(normalized(PythonText(text)).string.utf8)
  }

  /// The same for ASCII, byte by byte; nil for other texts.
  private func normalizedASCII(_ text: String.UTF8View) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    for byte in text {
      guard byte < 0x80 else { return nil }
      let scalar = Unicode.Scalar(byte)
      if ignoresPunctuation, scalar.isPythonPunctuation { continue }
      if ignoresNumbers, ("0"..."9").contains(scalar) { continue }
      bytes.append(ignoresCase ? UInt8(scalar.asciiLowercased.value) : byte)
    }
    guard trims else { return bytes }
    let isSpace = { (byte: UInt8) in Unicode.Scalar(byte).isPythonSpace }
    let end = bytes.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? 0
    return Array(bytes[..<end].drop(while: isSpace))
  }

  private func normalized(_ text: PythonText) -> ArraySlice<Unicode.Scalar> {
    var scalars = ignoresCase ? text.lowercased() : text
    if ignoresPunctuation || ignoresNumbers {
      scalars.removeAll { scalar in
        ignoresPunctuation && scalar.isPythonPunctuation
          || ignoresNumbers && ("0"..."9").contains(scalar)
      }
    }
    return trims ? scalars.stripped() : scalars[...]
  }
}

extension Options {
  /// Python's regular expressions, compiled.
  func regexes(_ name: String) throws(ScoringError) -> [PythonRegex] {
    var regexes: [PythonRegex] = []
    for pattern in try texts(name) { regexes.append(try regex(pattern, of: name)) }
    return regexes
  }

  func regex(_ pattern: String, of name: String) throws(ScoringError) -> PythonRegex {
    do { return try PythonRegex(pattern) } catch {
      throw unusable(name, "cannot be used: \(error.message)")
    }
  }
}
