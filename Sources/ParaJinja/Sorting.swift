/// Python's `sorted`: stable, by `<` alone.
enum Sorting {
  static func sorted<Element>(
    _ elements: [Element], reversed: Bool, _ renderer: Renderer,
    by key: (Element) throws -> JinjaValue
  ) throws -> [Element] {
    var keyed = try elements.map { (key: try key($0), element: $0) }
    try renderer.spend(steps: keyed.count)
    // A reversed sort keeps the order of equal elements too.
    if reversed { keyed.reverse() }
    keyed = try merged(keyed[...], renderer)
    if reversed { keyed.reverse() }
    return keyed.map(\.element)
  }

  private static func merged<Element>(
    _ part: ArraySlice<(key: JinjaValue, element: Element)>, _ renderer: Renderer
  ) throws -> [(key: JinjaValue, element: Element)] {
    guard part.count > 1 else { return Array(part) }
    let middle = part.startIndex + part.count / 2
    let left = try merged(part[..<middle], renderer), right = try merged(part[middle...], renderer)
    var result: [(key: JinjaValue, element: Element)] = []
    result.reserveCapacity(part.count)
    var (i, j) = (0, 0)
    while i < left.count, j < right.count {
      if try Compare.isLess(right[j].key, left[i].key, "<", renderer) {
        result.append(right[j])
        j += 1
      } else {
        result.append(left[i])
        i += 1
      }
    }
    return result + left[i...] + right[j...]
  }

  /// Texts in lower case, unless their case counts.
  static func folded(_ value: JinjaValue, caseSensitive: Bool) -> JinjaValue {
    if !caseSensitive, case .string(let text) = value { return .string(PythonString.lowered(text)) }
    return value
  }
}

/// The path of an attribute as filters take it: `"user.name"`, `"items.0"` or a number.
struct AttributePath {
  private let steps: [JinjaValue]
  private let fallback: JinjaValue?

  init(_ value: JinjaValue, fallback: JinjaValue? = nil) throws {
    self.fallback = fallback
    switch value {
    case .integer: steps = [value]
    case .string(let text):
      steps = PythonString.parts(text, at: ".").map { part in
        !part.isEmpty && part.unicodeScalars.allSatisfy({ ("0"..."9").contains($0) })
          ? Int(part).map(JinjaValue.integer) ?? .string(part) : .string(part)
      }
    default: throw JinjaError(.type, "an attribute is named by a text or a whole number")
    }
  }

  func value(of element: JinjaValue, _ renderer: Renderer) throws -> JinjaValue {
    try steps.reduce(element) { value, step in
      let found = try renderer.item(step, of: value)
      if case .undefined = found, let fallback { return fallback }
      return found
    }
  }
}
