/// Python's methods of `str`.
enum StringMethods {
  nonisolated(unsafe) static let named: [String: Methods.Method] =
    plain.merging(searching) { $1 }.merging(cutting) { $1 }.merging(testing) { $1 }

  private typealias Body = (String, Bound, Renderer) throws -> JinjaValue

  /// The arguments of a method, read by type.
  struct Bound {
    let name: String
    let values: [JinjaValue?]

    func text(_ index: Int) throws -> String? {
      switch values[index] {
      case nil, .some(.none): return nil
      case .string(let text): return text
      case .undefined(let undefined): throw JinjaError(.undefined, undefined.hint)
      case .some(let value):
        throw JinjaError(.type, "\(name)() takes a str, not a \(value.typeName)")
      }
    }

    func required(_ index: Int) throws -> String {
      guard let text = try text(index) else {
        throw JinjaError(.type, "\(name)() takes a str, not a NoneType")
      }
      return text
    }

    func integer(_ index: Int) throws -> Int? {
      switch values[index] {
      case nil: return nil
      case .integer(let value): return value
      case .boolean(let value): return value ? 1 : 0
      case .undefined(let undefined): throw JinjaError(.undefined, undefined.hint)
      case .some(let value):
        throw JinjaError(.type, "\(name)() takes an int, not a \(value.typeName)")
      }
    }
  }

  private static func method(
    _ name: String, _ names: [String] = [], required: Int = 0, _ body: @escaping Body
  ) -> (String, Methods.Method) {
    (
      name,
      { value, arguments, renderer in
        guard case .string(let text) = value else { return .none }
        try renderer.spend(steps: text.utf8.count / 16)
        // Of C's functions only these take their arguments by name.
        if !["split", "rsplit", "splitlines", "expandtabs"].contains(name) {
          try arguments.refuseNames(of: name)
        }
        let bound = Bound(
          name: name, values: try arguments.bound(to: names, required: required, of: name))
        return try body(text, bound, renderer)
      }
    )
  }

  private static func table(_ methods: (String, Methods.Method)...) -> [String: Methods.Method] {
    Dictionary(methods) { $1 }
  }

  // MARK: Case, padding, replacing

  nonisolated(unsafe) private static let plain = table(
    method("upper") { text, _, _ in .string(PythonString.uppered(text)) },
    method("lower") { text, _, _ in .string(PythonString.lowered(text)) },
    method("casefold") { text, _, _ in .string(PythonString.lowered(text)) },
    method("capitalize") { text, _, _ in .string(PythonString.capitalized(text)) },
    method("title") { text, _, _ in .string(PythonString.titled(text)) },
    method("swapcase") { text, _, _ in .string(PythonString.swappedCase(text)) },
    method("strip", ["chars"]) { text, arguments, _ in
      .string(PythonString.stripped(text, .both, of: try arguments.text(0)))
    },
    method("lstrip", ["chars"]) { text, arguments, _ in
      .string(PythonString.stripped(text, .left, of: try arguments.text(0)))
    },
    method("rstrip", ["chars"]) { text, arguments, _ in
      .string(PythonString.stripped(text, .right, of: try arguments.text(0)))
    },
    method("removeprefix", ["prefix"], required: 1) { text, arguments, _ in
      let prefix = try arguments.required(0)
      guard text.utf8.starts(with: prefix.utf8) else { return .string(text) }
      return .string(String(decoding: text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self))
    },
    method("removesuffix", ["suffix"], required: 1) { text, arguments, _ in
      let suffix = try arguments.required(0)
      guard ends(text, suffix) else { return .string(text) }
      return .string(String(decoding: text.utf8.dropLast(suffix.utf8.count), as: UTF8.self))
    },
    method("replace", ["old", "new", "count"], required: 2) { text, arguments, renderer in
      let (old, new) = (try arguments.required(0), try arguments.required(1))
      try renderer.spend(
        bytes: text.utf8.count + (text.utf8.count / max(1, old.utf8.count) + 1) * new.utf8.count)
      return .string(
        PythonString.replaced(text, old, new, count: try arguments.integer(2) ?? -1))
    },
    method("center", ["width", "fillchar"], required: 1) { text, arguments, renderer in
      let (width, fill) = try padding(arguments, renderer)
      return .string(PythonString.centered(text, width, fill))
    },
    method("ljust", ["width", "fillchar"], required: 1) { text, arguments, renderer in
      let (width, fill) = try padding(arguments, renderer)
      let missing = max(0, width - text.unicodeScalars.count)
      return .string(text + String(repeating: fill, count: missing))
    },
    method("rjust", ["width", "fillchar"], required: 1) { text, arguments, renderer in
      let (width, fill) = try padding(arguments, renderer)
      let missing = max(0, width - text.unicodeScalars.count)
      return .string(String(repeating: fill, count: missing) + text)
    },
    method("zfill", ["width"], required: 1) { text, arguments, renderer in
      let width = try arguments.integer(0) ?? 0
      try renderer.spend(bytes: max(0, width))
      let zeros = String(repeating: "0", count: max(0, width - text.unicodeScalars.count))
      guard let sign = text.unicodeScalars.first, sign == "+" || sign == "-" else {
        return .string(zeros + text)
      }
      return .string(String(sign) + zeros + PythonString.text(text.unicodeScalars.dropFirst()))
    },
    method("expandtabs", ["tabsize"]) { text, arguments, renderer in
      .string(try expanded(text, try arguments.integer(0) ?? 8, renderer))
    },
    method("join", ["iterable"], required: 1) { text, arguments, renderer in
      let parts = try renderer.elements(arguments.values[0] ?? .none).map { element in
        guard case .string(let part) = element else {
          throw JinjaError(.type, "join() takes texts, not a \(element.typeName)")
        }
        return part
      }
      try renderer.spend(
        bytes: parts.reduce(0) { $0 + $1.utf8.count } + parts.count * text.utf8.count)
      return .string(parts.joined(separator: text))
    },
    (
      "format",
      { value, arguments, renderer in
        guard case .string(let text) = value else { return .none }
        return .string(try BraceFormat.apply(text, arguments, renderer))
      }
    )
  )

  private static func padding(_ arguments: Bound, _ renderer: Renderer) throws -> (Int, String) {
    let width = try arguments.integer(0) ?? 0
    try renderer.spend(bytes: max(0, width))
    let fill = try arguments.text(1) ?? " "
    guard fill.unicodeScalars.count == 1 else {
      throw JinjaError(.type, "the fill character must be exactly one character long")
    }
    return (width, fill)
  }

  private static func expanded(_ text: String, _ size: Int, _ renderer: Renderer) throws -> String {
    var out = String.UnicodeScalarView()
    var column = 0
    for scalar in text.unicodeScalars {
      guard scalar == "\t" else {
        out.append(scalar)
        column = scalar == "\n" || scalar == "\r" ? 0 : column + 1
        continue
      }
      guard size > 0 else { continue }
      let count = size - column % size
      try renderer.spend(bytes: count)
      out.append(contentsOf: repeatElement(" ", count: count))
      column += count
    }
    return String(out)
  }

  // MARK: Searching

  private static func ends(_ text: String, _ suffix: String) -> Bool {
    text.utf8.count >= suffix.utf8.count
      && text.utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  nonisolated(unsafe) private static let searching = table(
    method("startswith", ["prefix", "start", "end"], required: 1) { text, arguments, _ in
      let part = try region(of: text, arguments)
      return .boolean(
        try affixes(arguments).contains { part.utf8.starts(with: $0.utf8) })
    },
    method("endswith", ["suffix", "start", "end"], required: 1) { text, arguments, _ in
      let part = try region(of: text, arguments)
      return .boolean(try affixes(arguments).contains { ends(part, $0) })
    },
    method("count", ["sub", "start", "end"], required: 1) { text, arguments, _ in
      let (part, sub) = (try region(of: text, arguments), try arguments.required(0))
      if sub.isEmpty { return .integer(part.unicodeScalars.count + 1) }
      return .integer(PythonString.parts(part, at: sub).count - 1)
    },
    method("find", ["sub", "start", "end"], required: 1) { text, arguments, _ in
      .integer(try place(of: text, arguments, fromEnd: false) ?? -1)
    },
    method("rfind", ["sub", "start", "end"], required: 1) { text, arguments, _ in
      .integer(try place(of: text, arguments, fromEnd: true) ?? -1)
    },
    method("index", ["sub", "start", "end"], required: 1) { text, arguments, _ in
      .integer(try found(try place(of: text, arguments, fromEnd: false)))
    },
    method("rindex", ["sub", "start", "end"], required: 1) { text, arguments, _ in
      .integer(try found(try place(of: text, arguments, fromEnd: true)))
    }
  )

  private static func found(_ place: Int?) throws -> Int {
    guard let place else { throw JinjaError(.type, "substring not found") }
    return place
  }

  /// The first argument, or the several of a tuple.
  private static func affixes(_ arguments: Bound) throws -> [String] {
    guard case .tuple(let elements)? = arguments.values[0] else {
      return [try arguments.required(0)]
    }
    return try elements.map {
      guard case .string(let text) = $0 else {
        throw JinjaError(.type, "\(arguments.name)() takes a str or a tuple of str")
      }
      return text
    }
  }

  private static func range(_ text: String, _ arguments: Bound) throws -> Range<Int> {
    let count = text.unicodeScalars.count
    func bound(_ index: Int, _ fallback: Int) throws -> Int {
      if case .some(.none) = arguments.values[index] { return fallback }
      guard let value = try arguments.integer(index) else { return fallback }
      return value < 0 ? max(0, max(value, -count) + count) : value
    }
    let (start, end) = (try bound(1, 0), min(try bound(2, count), count))
    return start..<max(start, end)
  }

  private static func region(of text: String, _ arguments: Bound) throws -> String {
    guard arguments.values[1] != nil || arguments.values[2] != nil else { return text }
    let range = try range(text, arguments)
    return PythonString.text(text.unicodeScalars.dropFirst(range.lowerBound).prefix(range.count))
  }

  private static func place(
    of text: String, _ arguments: Bound, fromEnd: Bool
  ) throws -> Int? {
    let range = try range(text, arguments)
    guard range.lowerBound <= text.unicodeScalars.count else { return nil }
    let (part, sub) = (try region(of: text, arguments), try arguments.required(0))
    let offset =
      fromEnd
      ? PythonString.findLast(sub, in: part, before: part.utf8.count)
      : PythonString.find(sub, in: part)
    return offset.map {
      range.lowerBound
        + String(decoding: part.utf8.prefix($0), as: UTF8.self).unicodeScalars.count
    }
  }

  // MARK: Cutting

  nonisolated(unsafe) private static let cutting = table(
    method("split", ["sep", "maxsplit"]) { text, arguments, renderer in
      let limit = try limit(arguments)
      guard let separator = try separator(arguments) else {
        return try list(PythonString.words(text, limit: limit), renderer)
      }
      return try list(PythonString.parts(text, at: separator, limit: limit), renderer)
    },
    method("rsplit", ["sep", "maxsplit"]) { text, arguments, renderer in
      let limit = try limit(arguments)
      guard let separator = try separator(arguments) else {
        return try list(PythonString.wordsFromEnd(text, limit: limit), renderer)
      }
      return try list(PythonString.partsFromEnd(text, at: separator, limit: limit), renderer)
    },
    method("splitlines", ["keepends"]) { text, arguments, renderer in
      let keeps = try arguments.values[0].map(renderer.isTrue) ?? false
      return try list(PythonString.lines(text, keepsEnds: keeps), renderer)
    },
    method("partition", ["sep"], required: 1) { text, arguments, _ in
      let separator = try separator(arguments) ?? ""
      let parts = PythonString.parts(text, at: separator, limit: 1)
      let three = parts.count == 2 ? [parts[0], separator, parts[1]] : [text, "", ""]
      return .tuple(three.map(JinjaValue.string))
    },
    method("rpartition", ["sep"], required: 1) { text, arguments, _ in
      let separator = try separator(arguments) ?? ""
      let parts = PythonString.partsFromEnd(text, at: separator, limit: 1)
      let three = parts.count == 2 ? [parts[0], separator, parts[1]] : ["", "", text]
      return .tuple(three.map(JinjaValue.string))
    }
  )

  private static func limit(_ arguments: Bound) throws -> Int {
    let limit = try arguments.integer(1) ?? -1
    return limit < 0 ? .max : limit
  }

  private static func separator(_ arguments: Bound) throws -> String? {
    guard let separator = try arguments.text(0) else { return nil }
    guard !separator.isEmpty else { throw JinjaError(.type, "empty separator") }
    return separator
  }

  private static func list(_ parts: [String], _ renderer: Renderer) throws -> JinjaValue {
    try renderer.spend(bytes: parts.reduce(0) { $0 + 16 + $1.utf8.count })
    return .array(parts.map(JinjaValue.string))
  }

  // MARK: Testing

  nonisolated(unsafe) private static let testing = table(
    method("isupper") { text, _, _ in
      .boolean(cased(text) { $0.properties.isUppercase })
    },
    method("islower") { text, _, _ in
      .boolean(cased(text) { $0.properties.isLowercase })
    },
    method("istitle") { text, _, _ in .boolean(isTitle(text)) },
    method("isspace") { text, _, _ in .boolean(all(text, \.isPythonSpace)) },
    method("isdigit") { text, _, _ in
      .boolean(all(text) { [.decimal, .digit].contains($0.properties.numericType) })
    },
    method("isdecimal") { text, _, _ in
      .boolean(all(text) { $0.properties.numericType == .decimal })
    },
    method("isnumeric") { text, _, _ in
      .boolean(all(text) { $0.properties.numericType != nil })
    },
    method("isalpha") { text, _, _ in .boolean(all(text, \.isPythonLetter)) },
    method("isalnum") { text, _, _ in
      .boolean(all(text) { $0.isPythonLetter || $0.properties.numericType != nil })
    },
    method("isascii") { text, _, _ in .boolean(text.unicodeScalars.allSatisfy(\.isASCII)) },
    method("isidentifier") { text, _, _ in
      let scalars = text.unicodeScalars
      return .boolean(
        scalars.first.map { $0 == "_" || $0.properties.isXIDStart } == true
          && scalars.allSatisfy(\.properties.isXIDContinue))
    }
  )

  private static func all(_ text: String, _ holds: (Unicode.Scalar) -> Bool) -> Bool {
    !text.isEmpty && text.unicodeScalars.allSatisfy(holds)
  }

  private static func cased(_ text: String, _ holds: (Unicode.Scalar) -> Bool) -> Bool {
    let cased = text.unicodeScalars.filter {
      $0.properties.isUppercase || $0.properties.isLowercase
        || $0.properties.generalCategory == .titlecaseLetter
    }
    return !cased.isEmpty && cased.allSatisfy(holds)
  }

  private static func isTitle(_ text: String) -> Bool {
    var (isInside, hasCased) = (false, false)
    for scalar in text.unicodeScalars {
      let isUpper =
        scalar.properties.isUppercase || scalar.properties.generalCategory == .titlecaseLetter
      if isUpper || scalar.properties.isLowercase {
        if isUpper == isInside { return false }
        (isInside, hasCased) = (true, true)
      } else {
        isInside = false
      }
    }
    return hasCased
  }
}

extension Unicode.Scalar {
  /// `str.isalpha`: the general categories of letters.
  fileprivate var isPythonLetter: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }
}
