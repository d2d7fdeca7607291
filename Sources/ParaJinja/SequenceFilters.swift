/// Filters over lists, texts and dictionaries as wholes.
enum SequenceFilters {
  nonisolated(unsafe) static let named: [String: Filters.Filter] = Filters.table(
    Filters.filter("length") { value, _, renderer in .integer(try renderer.length(value)) },
    Filters.filter("count") { value, _, renderer in .integer(try renderer.length(value)) },
    Filters.filter("first") { value, _, renderer in
      if case .iterator(let iterator) = value {
        return iterator.next() ?? empty("No first item, sequence was empty.")
      }
      return try renderer.elements(value).first ?? empty("No first item, sequence was empty.")
    },
    Filters.filter("last") { value, _, renderer in
      if case .iterator = value {
        throw JinjaError(.type, "'generator' object is not reversible")
      }
      return try renderer.elements(value).last ?? empty("No last item, sequence was empty.")
    },
    Filters.filter("list") { value, _, renderer in
      let elements = try renderer.elements(value)
      try renderer.spend(bytes: 16 * elements.count)
      return .array(elements)
    },
    Filters.filter("reverse") { value, _, renderer in
      if case .string(let text) = value {
        return .string(PythonString.text(text.unicodeScalars.reversed()))
      }
      return .iterator(JinjaIterator(try renderer.elements(value).reversed()))
    },
    Filters.filter("join", ["d", "attribute"]) { value, arguments, renderer in
      let separator = try arguments.values[0].map(renderer.text) ?? ""
      var elements = try renderer.elements(value)
      if let attribute = arguments.given(1) {
        let path = try AttributePath(attribute)
        elements = try elements.map { try path.value(of: $0, renderer) }
      }
      let parts = try elements.map(renderer.text)
      try renderer.spend(
        bytes: parts.reduce(0) { $0 + $1.utf8.count } + parts.count * separator.utf8.count)
      return .string(parts.joined(separator: separator))
    },
    Filters.filter("sort", ["reverse", "case_sensitive", "attribute"]) {
      value, arguments, renderer in
      let elements = try renderer.elements(value)
      let isCaseSensitive = try arguments.flag(1, false, renderer)
      let paths = try sortPaths(arguments.given(2))
      return .array(
        try Sorting.sorted(
          elements, reversed: try arguments.flag(0, false, renderer), renderer
        ) { element in
          // In lists, as jinja2 does it: equal keys are then never asked which is less.
          let keys = try paths?.map { try $0.value(of: element, renderer) } ?? [element]
          return .array(keys.map { Sorting.folded($0, caseSensitive: isCaseSensitive) })
        })
    },
    Filters.filter("unique", ["case_sensitive", "attribute"]) { value, arguments, renderer in
      let seen = JinjaDictionary()
      let key = try keyFunction(arguments, caseSensitive: 0, attribute: 1, renderer)
      let elements = try renderer.elements(value).filter { element in
        let key = try key(element)
        guard try seen.value(key) == nil else { return false }
        try seen.set(key, .none)
        return true
      }
      return .iterator(JinjaIterator(elements))
    },
    Filters.filter("min", ["case_sensitive", "attribute"]) { value, arguments, renderer in
      try extreme(value, arguments, renderer) { try Compare.isLess($0, $1, "<", renderer) }
    },
    Filters.filter("max", ["case_sensitive", "attribute"]) { value, arguments, renderer in
      try extreme(value, arguments, renderer) { try Compare.isLess($1, $0, ">", renderer) }
    },
    Filters.filter("sum", ["attribute", "start"]) { value, arguments, renderer in
      var elements = try renderer.elements(value)
      if let attribute = arguments.given(0) {
        let path = try AttributePath(attribute)
        elements = try elements.map { try path.value(of: $0, renderer) }
      }
      let start = arguments.values[1] ?? .integer(0)
      if case .string = start { throw JinjaError(.type, "sum() can't sum strings") }
      return try elements.reduce(start) { try Arithmetic.binary(.add, $0, $1, renderer) }
    },
    Filters.filter("batch", ["linecount", "fill_with"], required: 1) { value, arguments, renderer in
      let size = try arguments.integer(0) ?? 1
      let elements = try renderer.elements(value)
      guard size > 0 else { throw JinjaError(.type, "batch() takes a count above 0") }
      var batches = stride(from: 0, to: elements.count, by: size).map {
        Array(elements[$0..<min($0 + size, elements.count)])
      }
      if let fill = arguments.given(1), let last = batches.last, last.count < size {
        try renderer.spend(bytes: 16 * size)
        batches[batches.count - 1] += Array(repeating: fill, count: size - last.count)
      }
      return .iterator(JinjaIterator(batches.map(JinjaValue.array)))
    },
    Filters.filter("slice", ["slices", "fill_with"], required: 1) { value, arguments, renderer in
      let count = try arguments.integer(0) ?? 1
      let elements = try renderer.elements(value)
      guard count > 0 else { throw JinjaError(.type, "slice() takes a count above 0") }
      try renderer.spend(bytes: 16 * count)
      let (size, extra) = elements.count.quotientAndRemainder(dividingBy: count)
      var start = 0
      let slices = (0..<count).map { index -> JinjaValue in
        let end = start + size + (index < extra ? 1 : 0)
        defer { start = end }
        let fill = index >= extra ? arguments.given(1).map { [$0] } ?? [] : []
        return .array(elements[start..<end] + fill)
      }
      return .iterator(JinjaIterator(slices))
    },
    Filters.filter("items") { value, _, renderer in
      switch value {
      case .undefined: return .iterator(JinjaIterator([]))
      case .dictionary(let dictionary): return .iterator(JinjaIterator(dictionary.items))
      default: throw JinjaError(.type, "Can only get item pairs from a mapping.")
      }
    },
    Filters.filter("dictsort", ["case_sensitive", "by", "reverse"]) { value, arguments, renderer in
      guard case .dictionary(let dictionary) = value else {
        throw JinjaError(.type, "'\(value.typeName)' object has no attribute 'items'")
      }
      let by = try arguments.text(1) ?? "key"
      guard by == "key" || by == "value" else {
        throw JinjaError(.type, "You can only sort by either \"key\" or \"value\"")
      }
      let isCaseSensitive = try arguments.flag(0, false, renderer)
      let pairs = try Sorting.sorted(
        dictionary.pairs, reversed: try arguments.flag(2, false, renderer), renderer
      ) { Sorting.folded(by == "key" ? $0.key : $0.value, caseSensitive: isCaseSensitive) }
      return .array(pairs.map { .tuple([$0.key, $0.value]) })
    },
    Filters.filter("groupby", ["attribute", "default", "case_sensitive"], required: 1, grouped)
  )

  private static func empty(_ hint: String) -> JinjaValue { .undefined(Undefined(hint)) }

  /// Several attributes with commas between them sort one after another.
  private static func sortPaths(_ attribute: JinjaValue?) throws -> [AttributePath]? {
    guard let attribute else { return nil }
    guard case .string(let text) = attribute else { return [try AttributePath(attribute)] }
    return try PythonString.parts(text, at: ",").map { try AttributePath(.string($0)) }
  }

  private static func keyFunction(
    _ arguments: StringMethods.Bound, caseSensitive: Int, attribute: Int, _ renderer: Renderer
  ) throws -> (JinjaValue) throws -> JinjaValue {
    let isCaseSensitive = try arguments.flag(caseSensitive, false, renderer)
    let path = try arguments.given(attribute).map { try AttributePath($0) }
    return { element in
      Sorting.folded(
        try path?.value(of: element, renderer) ?? element, caseSensitive: isCaseSensitive)
    }
  }

  private static func extreme(
    _ value: JinjaValue, _ arguments: StringMethods.Bound, _ renderer: Renderer,
    isBetter: (JinjaValue, JinjaValue) throws -> Bool
  ) throws -> JinjaValue {
    let key = try keyFunction(arguments, caseSensitive: 0, attribute: 1, renderer)
    var best: (key: JinjaValue, element: JinjaValue)?
    for element in try renderer.elements(value) {
      let candidate = try key(element)
      if let current = best, !(try isBetter(candidate, current.key)) { continue }
      best = (candidate, element)
    }
    return best?.element ?? empty("No aggregated item, sequence was empty.")
  }

  private static func grouped(
    _ value: JinjaValue, _ arguments: StringMethods.Bound, _ renderer: Renderer
  ) throws -> JinjaValue {
    let path = try AttributePath(arguments.values[0] ?? .none, fallback: arguments.given(1))
    let isCaseSensitive = try arguments.flag(2, false, renderer)
    let elements = try renderer.elements(value)
    func key(_ element: JinjaValue) throws -> JinjaValue {
      Sorting.folded(try path.value(of: element, renderer), caseSensitive: isCaseSensitive)
    }
    var groups: [(key: JinjaValue, elements: [JinjaValue])] = []
    for element in try Sorting.sorted(elements, reversed: false, renderer, by: key) {
      let key = try key(element)
      if let last = groups.last, try Compare.equal(last.key, key, renderer) {
        groups[groups.count - 1].elements.append(element)
      } else {
        groups.append((key, [element]))
      }
    }
    return .array(
      try groups.map { group in
        // The first element's own spelling names the group.
        let name = isCaseSensitive ? group.key : try path.value(of: group.elements[0], renderer)
        return .object(Group(name, group.elements))
      })
  }
}

/// A pair of `groupby`, with names for its two sides.
final class Group: JinjaObject {
  private let name: JinjaValue
  private let elements: [JinjaValue]
  let typeName = "_GroupTuple"

  init(_ name: JinjaValue, _ elements: [JinjaValue]) {
    self.name = name
    self.elements = elements
  }

  var tuple: [JinjaValue]? { [name, .array(elements)] }

  func attribute(_ name: String) -> JinjaValue? {
    switch name {
    case "grouper": self.name
    case "list": .array(elements)
    default: nil
    }
  }
}

extension StringMethods.Bound {
  /// An argument that is neither left out nor none.
  func given(_ index: Int) -> JinjaValue? {
    if case .some(.none) = values[index] { return nil }
    return values[index]
  }
}
