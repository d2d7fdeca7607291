/// Porter's stemmer (1980) with NLTK's extensions, which rouge-score uses.
enum PorterStemmer {
  typealias Word = [UInt8]

  /// - Parameter word: In lower case, of a-z and 0-9.
  static func stem(of word: Word) -> Word {
    if let irregular = irregular[word] { return irregular }
    if word.count <= 2 { return word }
    return [
      withoutPlural, withoutPast, withoutY, withoutDoubleSuffix, withoutSuffix, withoutLastSuffix,
      withoutE, withoutDoubleL,
    ].reduce(word) { $1($0) }
  }

  private static let irregular: [Word: Word] = [
    "sky": "sky", "skies": "sky", "dying": "die", "lying": "lie", "tying": "tie", "news": "news",
    "innings": "inning", "inning": "inning", "outings": "outing", "outing": "outing",
    "cannings": "canning", "canning": "canning", "howe": "howe", "proceed": "proceed",
    "exceed": "exceed", "succeed": "succeed",
  ].reduce(into: [:]) { $0[Array($1.key.utf8)] = Array($1.value.utf8) }

  // MARK: Rules

  private struct Rule {
    let suffix: [UInt8]
    let replacement: [UInt8]

    init(_ suffix: String, _ replacement: String) {
      self.suffix = Array(suffix.utf8)
      self.replacement = Array(replacement.utf8)
    }
  }

  private static func rules(_ pairs: KeyValuePairs<String, String>) -> [Rule] {
    pairs.map { Rule($0.key, $0.value) }
  }

  /// The first rule whose suffix the word ends in, if what is left of the word meets the condition.
  private static func apply(
    _ rules: [Rule], to word: Word, if condition: (_ stem: ArraySlice<UInt8>, Rule) -> Bool
  ) -> Word {
    guard let rule = rules.first(where: { word.ends(in: $0.suffix) }) else { return word }
    let stem = word.dropLast(rule.suffix.count)
    return condition(stem, rule) ? stem + rule.replacement : word
  }

  // MARK: Steps

  /// Step 1a.
  private static func withoutPlural(_ word: Word) -> Word {
    if word.ends(in: "ies"), word.count == 4 { return Array(word.dropLast()) }
    return apply(plurals, to: word) { _, _ in true }
  }

  private static let plurals = rules(["sses": "ss", "ies": "i", "ss": "ss", "s": ""])

  /// Step 1b.
  private static func withoutPast(_ word: Word) -> Word {
    if word.ends(in: "ied") { return Array(word.dropLast(word.count == 4 ? 1 : 2)) }
    if word.ends(in: "eed") { return measure(word.dropLast(3)) > 0 ? Array(word.dropLast()) : word }
    for suffix in ["ed", "ing"] where word.ends(in: suffix) {
      let stem = word.dropLast(suffix.utf8.count)
      if consonants(stem).contains(false) { return completed(Array(stem)) }
    }
    return word
  }

  /// What stands before -ed or -ing, with the e that it lost or without the letter that was doubled.
  private static func completed(_ stem: Word) -> Word {
    let e = UInt8(ascii: "e")
    if ["at", "bl", "iz"].contains(where: stem.ends) { return stem + [e] }
    if endsInDoubleConsonant(stem) {
      return "lsz".utf8.contains(stem[stem.count - 1]) ? stem : Array(stem.dropLast())
    }
    return measure(stem[...]) == 1 && endsInShortSyllable(stem[...]) ? stem + [e] : stem
  }

  /// Step 1c, in NLTK's form.
  private static func withoutY(_ word: Word) -> Word {
    apply([Rule("y", "i")], to: word) { stem, _ in stem.count > 1 && consonants(stem).last == true }
  }

  /// Step 2.
  private static func withoutDoubleSuffix(_ word: Word) -> Word {
    if word.ends(in: "alli"), measure(word.dropLast(4)) > 0 {
      return withoutDoubleSuffix(Array(word.dropLast(2)))
    }
    return apply(doubleSuffixes, to: word) { stem, rule in
      // NLTK measures `logi` with its l.
      measure(rule.suffix == Array("logi".utf8) ? word.dropLast(3) : stem) > 0
    }
  }

  private static let doubleSuffixes = rules([
    "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize", "bli": "ble",
    "alli": "al", "entli": "ent", "eli": "e", "ousli": "ous", "ization": "ize", "ation": "ate",
    "ator": "ate", "alism": "al", "iveness": "ive", "fulness": "ful", "ousness": "ous",
    "aliti": "al", "iviti": "ive", "biliti": "ble", "fulli": "ful", "logi": "log",
  ])

  /// Step 3.
  private static func withoutSuffix(_ word: Word) -> Word {
    apply(suffixes, to: word) { stem, _ in measure(stem) > 0 }
  }

  private static let suffixes = rules([
    "icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": "",
  ])

  /// Step 4.
  private static func withoutLastSuffix(_ word: Word) -> Word {
    apply(lastSuffixes, to: word) { stem, rule in
      measure(stem) > 1
        && (rule.suffix != Array("ion".utf8) || stem.last.map("st".utf8.contains) == true)
    }
  }

  private static let lastSuffixes = rules([
    "al": "", "ance": "", "ence": "", "er": "", "ic": "", "able": "", "ible": "", "ant": "",
    "ement": "", "ment": "", "ent": "", "ion": "", "ou": "", "ism": "", "ate": "", "iti": "",
    "ous": "", "ive": "", "ize": "",
  ])

  /// Step 5a.
  private static func withoutE(_ word: Word) -> Word {
    apply([Rule("e", "")], to: word) { stem, _ in
      let measure = measure(stem)
      return measure > 1 || measure == 1 && !endsInShortSyllable(stem)
    }
  }

  /// Step 5b.
  private static func withoutDoubleL(_ word: Word) -> Word {
    word.ends(in: "ll") && measure(word.dropLast()) > 1 ? Array(word.dropLast()) : word
  }

  // MARK: Conditions

  /// Whether each letter is a consonant; y is one at the beginning and after a vowel. Digits are, too.
  private static func consonants(_ word: ArraySlice<UInt8>) -> [Bool] {
    word.reduce(into: []) { flags, letter in
      switch letter {
      case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"),
        UInt8(ascii: "u"):
        flags.append(false)
      case UInt8(ascii: "y"): flags.append(flags.last.map { !$0 } ?? true)
      default: flags.append(true)
      }
    }
  }

  /// How often a consonant follows a vowel.
  private static func measure(_ stem: ArraySlice<UInt8>) -> Int {
    let flags = consonants(stem)
    return zip(flags, flags.dropFirst()).count { !$0 && $1 }
  }

  private static func endsInDoubleConsonant(_ word: Word) -> Bool {
    word.count >= 2 && word[word.count - 1] == word[word.count - 2]
      && consonants(word[...]).last == true
  }

  /// Consonant, vowel, consonant other than w, x and y; or two letters, vowel and consonant.
  private static func endsInShortSyllable(_ word: ArraySlice<UInt8>) -> Bool {
    let flags = consonants(word)
    if word.count == 2 { return flags == [false, true] }
    return flags.suffix(3) == [true, false, true] && word.last.map("wxy".utf8.contains) == false
  }
}

extension [UInt8] {
  fileprivate func ends(in suffix: String) -> Bool {
    self.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  fileprivate func ends(in suffix: [UInt8]) -> Bool { self.suffix(suffix.count) == suffix[...] }
}
