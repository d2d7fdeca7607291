/// The filter `wordwrap`: Python's `textwrap` with its white space kept as jinja2 sets it.
enum WordWrap {
  static func filter(
    _ value: JinjaValue, _ arguments: StringMethods.Bound, _ renderer: Renderer
  ) throws -> JinjaValue {
    let width = try arguments.integer(0) ?? 79
    let breaksLong = try arguments.flag(1, true, renderer)
    let separator = try arguments.text(2) ?? "\n"
    let breaksHyphens = try arguments.flag(3, true, renderer)
    guard width > 0 else { throw JinjaError(.type, "invalid width \(width) (must be > 0)") }
    guard case .string(let text) = value else {
      throw JinjaError(.type, "wordwrap() takes a text, not a \(value.typeName)")
    }
    try renderer.spend(steps: text.utf8.count)
    let lines = PythonString.lines(text).map { line -> String in
      if breaksHyphens, line.contains("-") {
        return wrap(chunks(line, hyphens: true), width, breaksLong).joined(separator: separator)
      }
      return wrap(chunks(line, hyphens: false), width, breaksLong).joined(separator: separator)
    }
    let wrapped = lines.joined(separator: separator)
    try renderer.spend(bytes: wrapped.utf8.count)
    return .string(wrapped)
  }

  /// Words and the white space between them; with hyphens also cut behind each that joins letters.
  private static func chunks(_ line: String, hyphens: Bool) -> [[Unicode.Scalar]] {
    var chunks: [[Unicode.Scalar]] = []
    let scalars = Array(line.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      let isSpace = scalar.isPythonSpace
      let joins: Bool
      if let last = chunks.last?.last {
        let afterHyphen =
          hyphens && last == "-" && index >= 2 && scalars[index - 2].properties.isAlphabetic
          && scalar.properties.isAlphabetic
        joins = last.isPythonSpace == isSpace && !afterHyphen
      } else {
        joins = false
      }
      if joins { chunks[chunks.count - 1].append(scalar) } else { chunks.append([scalar]) }
    }
    return chunks
  }

  /// `textwrap.TextWrapper._wrap_chunks` with `replace_whitespace`, `drop_whitespace` of jinja2's call:
  /// white space at a line's end goes.
  private static func wrap(
    _ chunks: [[Unicode.Scalar]], _ width: Int, _ breaksLong: Bool
  ) -> [String] {
    var lines: [String] = []
    var rest = Array(chunks.reversed())
    while !rest.isEmpty {
      var line: [[Unicode.Scalar]] = []
      var length = 0
      if !lines.isEmpty, let next = rest.last, next.allSatisfy(\.isPythonSpace) {
        rest.removeLast()
      }
      while let next = rest.last, length + next.count <= width {
        line.append(rest.removeLast())
        length += next.count
      }
      if let next = rest.last, next.count > width {
        if breaksLong {
          let room = max(1, width - length)
          line.append(Array(next.prefix(room)))
          rest[rest.count - 1] = Array(next.dropFirst(room))
        } else if line.isEmpty {
          line.append(rest.removeLast())
        }
      }
      if let last = line.last, last.allSatisfy(\.isPythonSpace) { line.removeLast() }
      if !line.isEmpty { lines.append(PythonString.text(line.joined())) }
    }
    return lines
  }
}
