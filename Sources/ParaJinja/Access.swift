import BigInt

/// What Python's built-in functions ask of values: truth, length, elements, items, attributes.
extension Renderer {
  /// The text that printing gives.
  func text(_ value: JinjaValue) throws -> String {
    if case .undefined(let undefined) = value { try refuse(undefined) }
    return try PythonText.string(value)
  }

  /// - Throws: An `undefined` error where undefined values are strict.
  func refuse(_ undefined: Undefined) throws {
    if options.isStrict, !undefined.isAlwaysLenient {
      throw JinjaError(.undefined, undefined.hint)
    }
  }

  func isTrue(_ value: JinjaValue) throws -> Bool {
    switch value {
    case .undefined(let undefined):
      try refuse(undefined)
      return false
    case .none: return false
    case .boolean(let value): return value
    case .integer(let value): return value != 0
    case .bigInteger: return true
    case .float(let value): return value != 0
    case .string(let text): return !text.isEmpty
    case .list(let list): return !list.elements.isEmpty
    case .tuple(let elements): return !elements.isEmpty
    case .dictionary(let dictionary): return dictionary.count > 0
    case .range(let range): return range.count > 0
    case .view(let view): return view.dictionary.count > 0
    case .iterator, .function: return true
    case .object(let object): return (object as? LoopState).map { $0.elements.count > 0 } ?? true
    }
  }

  /// What a `for` goes over.
  func elements(_ value: JinjaValue) throws -> [JinjaValue] {
    let elements: [JinjaValue]
    switch value {
    case .undefined(let undefined):
      try refuse(undefined)
      return []
    case .string(let text): elements = text.unicodeScalars.map { .string(String($0)) }
    case .list(let list): elements = list.elements
    case .tuple(let tuple): elements = tuple
    case .dictionary(let dictionary): elements = dictionary.keys
    case .range(let range):
      try spend(steps: range.count)
      elements = (0..<range.count).map { .integer(range[$0]) }
    case .iterator(let iterator): elements = iterator.rest()
    case .view(let view): elements = view.elements
    case .object(let loop as LoopState): elements = loop.rest()
    case .object(let object) where object.tuple != nil: elements = object.tuple ?? []
    default: throw JinjaError(.type, "'\(value.typeName)' object is not iterable")
    }
    try spend(steps: elements.count)
    return elements
  }

  func length(_ value: JinjaValue) throws -> Int {
    switch value {
    case .undefined(let undefined):
      try refuse(undefined)
      return 0
    case .string(let text): return text.unicodeScalars.count
    case .list(let list): return list.elements.count
    case .tuple(let elements): return elements.count
    case .dictionary(let dictionary): return dictionary.count
    case .range(let range): return range.count
    case .view(let view): return view.dictionary.count
    case .object(let loop as LoopState): return loop.elements.count
    case .object(let object) where object.tuple != nil: return object.tuple?.count ?? 0
    default: throw JinjaError(.type, "object of type '\(value.typeName)' has no len()")
    }
  }

  // MARK: Items and attributes

  /// `value.name`: an attribute, else an item, else undefined.
  func attribute(_ name: String, of value: JinjaValue) throws -> JinjaValue {
    if case .undefined(let undefined) = value { throw JinjaError(.undefined, undefined.hint) }
    if let found = try ownAttribute(name, of: value) { return found }
    if case .dictionary(let dictionary) = value, let found = dictionary[name] { return found }
    return missing(name, of: value)
  }

  /// `value[key]`: an item, else for a text an attribute, else undefined.
  func item(_ key: JinjaValue, of value: JinjaValue) throws -> JinjaValue {
    if case .undefined(let undefined) = value { throw JinjaError(.undefined, undefined.hint) }
    if let found = try ownItem(key, of: value) { return found }
    guard case .string(let name) = key else {
      let shown = (try? PythonText.representation(key)) ?? key.typeName
      return .undefined(
        Undefined("'\(pythonName(of: value))' has no element \(shown)"))
    }
    return try ownAttribute(name, of: value) ?? missing(name, of: value)
  }

  private func pythonName(of value: JinjaValue) -> String {
    value.typeName == "NoneType" ? "None" : "\(value.typeName) object"
  }

  private func missing(_ name: String, of value: JinjaValue) -> JinjaValue {
    let message = "'\(pythonName(of: value))' has no attribute '\(name)'"
    guard case .dictionary(let dictionary) = value else { return .undefined(Undefined(message)) }
    return .undefined(
      Undefined(message, meant: name) {
        dictionary.keys.prefix(1_000).compactMap { key in
          if case .string(let name) = key { name } else { nil }
        }
      })
  }

  func ownAttribute(_ name: String, of value: JinjaValue) throws -> JinjaValue? {
    // The sandbox of chat templates hides these; tasks have no use for them either.
    if name.hasPrefix("_") { return nil }
    if case .object(let object) = value { return try object.attribute(name) }
    guard let method = Methods.of(value)[name] else { return nil }
    return .function(
      JinjaFunction(name) { arguments, renderer in try method(value, arguments, renderer) })
  }

  private func ownItem(_ key: JinjaValue, of value: JinjaValue) throws -> JinjaValue? {
    switch value {
    case .dictionary(let dictionary):
      if case .undefined(let undefined) = key { try refuse(undefined) }
      // What cannot be hashed is in no dictionary.
      return try? dictionary.value(key)
    case .list(let list): return element(key, of: list.elements)
    case .tuple(let elements): return element(key, of: elements)
    case .object(let object): return object.tuple.flatMap { element(key, of: $0) }
    case .range(let range):
      return index(key, count: range.count).map { .integer(range[$0]) }
    case .string(let text):
      guard index(key, count: text.utf8.count) != nil else { return nil }
      try spend(steps: text.utf8.count / 16)
      let scalars = Array(text.unicodeScalars)
      return index(key, count: scalars.count).map { .string(String(scalars[$0])) }
    default: return nil
    }
  }

  private func element(_ key: JinjaValue, of elements: [JinjaValue]) -> JinjaValue? {
    index(key, count: elements.count).map { elements[$0] }
  }

  /// A key as a place, from the end where it is negative.
  private func index(_ key: JinjaValue, count: Int) -> Int? {
    let place: Int
    switch key {
    case .integer(let value): place = value
    case .boolean(let value): place = value ? 1 : 0
    default: return nil
    }
    let index = place < 0 ? place + count : place
    return index >= 0 && index < count ? index : nil
  }
}

/// `value[from:to:step]`.
struct Slice {
  private let from: Int?
  private let to: Int?
  private let step: Int

  init(from: JinjaValue?, to: JinjaValue?, step: JinjaValue?) throws {
    self.from = try Self.bound(from)
    self.to = try Self.bound(to)
    self.step = try Self.bound(step) ?? 1
    guard self.step != 0 else { throw JinjaError(.type, "slice step cannot be zero") }
  }

  private static func bound(_ value: JinjaValue?) throws -> Int? {
    switch value {
    case nil, .some(.none): return nil
    case .integer(let value): return value
    case .boolean(let value): return value ? 1 : 0
    case .bigInteger(let value): return value > 0 ? .max / 2 : .min / 2
    default: throw JinjaError(.type, "slice indices must be integers or None")
    }
  }

  /// As Python clips a slice to a length.
  func indices(count: Int) -> [Int] {
    func clip(_ value: Int?, _ low: Int, _ high: Int, default fallback: Int) -> Int {
      guard var value else { return fallback }
      if value < 0 { value = max(value, .min / 2) + count }
      return min(max(value, low), high)
    }
    if step > 0 {
      let (start, end) = (clip(from, 0, count, default: 0), clip(to, 0, count, default: count))
      return start < end ? Array(stride(from: start, to: end, by: min(step, count + 1))) : []
    }
    let start = clip(from, -1, count - 1, default: count - 1)
    let end = clip(to, -1, count - 1, default: -1)
    return start > end ? Array(stride(from: start, to: end, by: max(step, -count - 1))) : []
  }

  func applied(to value: JinjaValue, _ renderer: Renderer) throws -> JinjaValue {
    switch value {
    case .string(let text):
      let scalars = Array(text.unicodeScalars)
      try renderer.spend(bytes: scalars.count)
      var out = String.UnicodeScalarView()
      for index in indices(count: scalars.count) { out.append(scalars[index]) }
      return .string(String(out))
    case .list(let list):
      try renderer.spend(bytes: list.elements.count * 16)
      return .array(indices(count: list.elements.count).map { list.elements[$0] })
    case .tuple(let elements):
      try renderer.spend(bytes: elements.count * 16)
      return .tuple(indices(count: elements.count).map { elements[$0] })
    case .range(let range):
      let all = indices(count: range.count)
      let step = range.step.multipliedReportingOverflow(by: self.step)
      guard let first = all.first, !step.overflow else {
        return .range(JinjaRange(start: range.start, stop: range.start, step: 1))
      }
      return .range(
        JinjaRange(
          start: range[first], stop: range[first] + all.count * step.partialValue,
          step: step.partialValue))
    case .undefined(let undefined): throw JinjaError(.undefined, undefined.hint)
    default: throw JinjaError(.type, "'\(value.typeName)' object is not subscriptable")
    }
  }
}
