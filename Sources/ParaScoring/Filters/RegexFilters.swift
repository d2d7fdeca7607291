internal import ParaRegex

/// Filters that look for an answer in a text by Python's regular expressions.
extension AnswerFilter {
  /// The match of a number among all matches, trimmed; the first group that is not empty, if there are groups.
  static let regex = AnswerFilter("regex", options: MatchSelector.options) {
    options throws(ScoringError) in
    let selector = try MatchSelector(options)
    return { input throws(ScoringError) in
      var answers: [String] = []
      for answer in input.answers {
        answers.append(
          try selector.match(of: selector.regex, in: answer, "regex") ?? selector.fallback)
      }
      return answers
    }
  }

  /// The letter of a choice, as `(B)`: what the expression finds; else the text of a choice of the record's
  /// field `choices`; else a letter behind a colon.
  static let multiChoiceRegex = AnswerFilter(
    "multi_choice_regex",
    options: MatchSelector.options + [
      OptionDefinition("ignore_case", "compare choices in lower case"),
      OptionDefinition("ignore_punctuation", "compare choices without punctuation"),
      OptionDefinition("regexes_to_ignore", "what to remove before choices are compared"),
    ]
  ) { options throws(ScoringError) in
    let search = try ChoiceSearch(options)
    return { input throws(ScoringError) in
      guard let choices = input.choices else {
        throw ScoringError(
          .unusableRow, "multi_choice_regex needs the field 'choices', a list of texts.")
      }
      let finder = try search.finder(of: choices)
      var answers: [String] = []
      for answer in input.answers { answers.append(try finder.find(in: answer)) }
      return answers
    }
  }
}

/// One match among those of an expression.
private struct MatchSelector {
  static let options = [
    OptionDefinition("regex_pattern", "Python's regular expression; the number behind ####"),
    OptionDefinition("group_select", "which match counts, from 0; negative: from the last; 0"),
    OptionDefinition("fallback", "the answer where nothing matches; [invalid]"),
  ]

  let regex: PythonRegex
  let fallback: String
  private let selection: Int

  init(_ options: Options) throws(ScoringError) {
    let pattern = try options.text("regex_pattern") ?? #"#### (\-?[0-9\.\,]+)"#
    regex = try options.regex(pattern, of: "regex_pattern")
    selection = try options.integer("group_select") ?? 0
    fallback = try options.text("fallback") ?? "[invalid]"
  }

  /// Nil if nothing matches, or no group has text.
  func match(
    of regex: PythonRegex, in text: String, _ filter: String
  ) throws(ScoringError) -> String? {
    let matches: [[String]]
    do { matches = try regex.findAll(in: text) } catch {
      throw ScoringError(.unusableRow, "\(filter): \(error.message)")
    }
    if matches.isEmpty { return nil }
    let index = selection < 0 ? matches.count + selection : selection
    guard matches.indices.contains(index) else {
      throw ScoringError(
        .unusableRow,
        """
        \(filter): group_select is \(selection) and the expression matches \(matches.count) times; the \
        harness stops there. Choose 0 or -1.
        """)
    }
    let groups = matches[index]
    let found = groups.count == 1 ? groups[0] : groups.first { !$0.isEmpty }
    return found.map { PythonText($0).stripped().string }
  }
}

/// Where `multi_choice_regex` looks.
private struct ChoiceSearch {
  private let selector: MatchSelector
  private let ignored: [PythonRegex]
  private let ignoresCase: Bool
  private let ignoresPunctuation: Bool

  init(_ options: Options) throws(ScoringError) {
    selector = try MatchSelector(options)
    ignored = try options.regexes("regexes_to_ignore")
    ignoresCase = try options.flag("ignore_case")
    ignoresPunctuation = try options.flag("ignore_punctuation")
  }

  /// The search among one row's choices.
  struct Finder {
    fileprivate let search: ChoiceSearch
    fileprivate let choices: PythonRegex
    /// By the bytes of the choice.
    fileprivate let letters: [[UInt8]: String]
    fileprivate let bareLetter: PythonRegex

    func find(in answer: String) throws(ScoringError) -> String {
      let selector = search.selector
      let name = "multi_choice_regex"
      if let found = try selector.match(of: selector.regex, in: answer, name), !found.isEmpty {
        return found
      }
      let plain = try search.plain(answer)
      if let found = try selector.match(of: choices, in: plain, name), !found.isEmpty {
        return letters[Array(found.utf8)] ?? found
      }
      if let found = try selector.match(of: bareLetter, in: answer, name), !found.isEmpty {
        return "(\(found))"
      }
      return selector.fallback
    }
  }

  func finder(of choices: [String]) throws(ScoringError) -> Finder {
    guard choices.count <= 26 else {
      throw ScoringError(
        .unusableRow, "multi_choice_regex knows 26 letters; the row has \(choices.count) choices.")
    }
    var letters: [[UInt8]: String] = [:]
    var texts: [String] = []
    let alphabet = choices.indices.map { String(UnicodeScalar(UInt8(ascii: "A") + UInt8($0))) }
    for (choice, letter) in zip(choices, alphabet) {
      let text = try plain(PythonText(choice).stripped().string)
      texts.append(text.escapedForPython)
      letters[Array(text.utf8)] = "(\(letter))"
    }
    // The longest first, so that no choice hides a longer one that begins with it.
    let sorted = texts.enumerated().sorted {
      (-$0.element.unicodeScalars.count, $0.offset) < (-$1.element.unicodeScalars.count, $1.offset)
    }
    do {
      return Finder(
        search: self,
        choices: try PythonRegex(sorted.map(\.element).joined(separator: "|")), letters: letters,
        bareLetter: try PythonRegex(#":[\s]*(\#(alphabet.joined(separator: "|")))"#))
    } catch {
      throw ScoringError(.unusableRow, "multi_choice_regex: \(error)")
    }
  }

  /// A text without what the options ignore.
  private func plain(_ text: String) throws(ScoringError) -> String {
    var text = text
    for regex in ignored {
      do { text = try regex.replacing(in: text, with: "") } catch {
        throw ScoringError(.unusableRow, "multi_choice_regex: \(error)")
      }
    }
    var scalars = PythonText(text)
    if ignoresCase { scalars = scalars.lowercased() }
    if ignoresPunctuation { scalars.removeAll(where: \.isUnicodePunctuation) }
    return scalars.string
  }
}

extension String {
  /// `re.escape`.
  fileprivate var escapedForPython: String {
    var result = ""
    for scalar in unicodeScalars {
      if "()[]{}?*+-|^$\\.&~# \t\n\r\u{0B}\u{0C}".unicodeScalars.contains(scalar) { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}

extension Unicode.Scalar {
  /// Unicode's categories P.
  fileprivate var isUnicodePunctuation: Bool {
    switch properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      true
    default: false
    }
  }
}
