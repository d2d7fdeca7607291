/// The methods that templates may call on values, by Python's names.
enum Methods {
  typealias Method = (JinjaValue, JinjaArguments, Renderer) throws -> JinjaValue

  static func of(_ value: JinjaValue) -> [String: Method] {
    switch value {
    case .string: StringMethods.named
    case .list: list
    case .tuple: sequence
    case .dictionary: dictionary
    case .range: range
    default: [:]
    }
  }

  // MARK: Lists

  nonisolated(unsafe) private static let sequence: [String: Method] = [
    "index": { value, arguments, renderer in
      try arguments.refuseNames(of: "index")
      let values = try arguments.bound(to: ["value", "start", "stop"], required: 1, of: "index")
      let elements = try renderer.elements(value)
      let bounds = try Slice(from: values[1], to: values[2], step: nil)
      for index in bounds.indices(count: elements.count)
      where try Compare.equal(elements[index], values[0] ?? .none, renderer) {
        return .integer(index)
      }
      throw JinjaError(.type, "the value is not in the \(value.typeName)")
    },
    "count": { value, arguments, renderer in
      try arguments.refuseNames(of: "count")
      let values = try arguments.bound(to: ["value"], required: 1, of: "count")
      return .integer(
        try renderer.elements(value).count { element in
          try Compare.equal(element, values[0] ?? .none, renderer)
        })
    },
  ]

  nonisolated(unsafe) private static let list: [String: Method] = sequence.merging([
    "copy": { value, arguments, renderer in
      _ = try arguments.bound(to: [], of: "copy")
      return .array(try renderer.elements(value))
    },
    "append": changing("append", ["object"], required: 1) { list, values, renderer in
      try renderer.spend(bytes: 16)
      list.elements.append(values[0] ?? .none)
      return .none
    },
    "extend": changing("extend", ["iterable"], required: 1) { list, values, renderer in
      let more = try renderer.elements(values[0] ?? .none)
      try renderer.spend(bytes: 16 * more.count)
      list.elements += more
      return .none
    },
    "insert": changing("insert", ["index", "object"], required: 2) { list, values, renderer in
      guard case .integer(let index)? = values[0] else {
        throw JinjaError(.type, "insert() takes a whole number and a value")
      }
      try renderer.spend(bytes: 16)
      try renderer.spend(steps: list.elements.count / 16)
      let count = list.elements.count
      let place = index < 0 ? max(0, max(index, -count) + count) : min(index, count)
      list.elements.insert(values[1] ?? .none, at: place)
      return .none
    },
    "pop": changing("pop", ["index"]) { list, values, renderer in
      let key: JinjaValue = values[0] ?? .integer(-1)
      guard case .integer(let index) = key, !list.elements.isEmpty else {
        throw JinjaError(.type, "pop from empty list, or by no whole number")
      }
      let place = index < 0 ? index + list.elements.count : index
      guard list.elements.indices.contains(place) else {
        throw JinjaError(.type, "pop index out of range")
      }
      try renderer.spend(steps: list.elements.count / 16)
      return list.elements.remove(at: place)
    },
    "remove": changing("remove", ["value"], required: 1) { list, values, renderer in
      for (index, element) in list.elements.enumerated()
      where try Compare.equal(element, values[0] ?? .none, renderer) {
        list.elements.remove(at: index)
        return .none
      }
      throw JinjaError(.type, "list.remove(x): x not in list")
    },
    "reverse": changing("reverse", []) { list, _, renderer in
      try renderer.spend(steps: list.elements.count)
      list.elements.reverse()
      return .none
    },
    "sort": changing("sort", ["key", "reverse"]) { list, values, renderer in
      let isReversed = try values[1].map(renderer.isTrue) ?? false
      list.elements = try Sorting.sorted(list.elements, reversed: isReversed, renderer) { $0 }
      return .none
    },
    "clear": changing("clear", []) { list, _, _ in
      list.elements = []
      return .none
    },
  ]) { $1 }

  /// A method that changes its list, which the sandbox of chat templates forbids.
  private static func changing(
    _ name: String, _ names: [String], required: Int = 0,
    _ body: @escaping (JinjaList, [JinjaValue?], Renderer) throws -> JinjaValue
  ) -> Method {
    { value, arguments, renderer in
      guard case .list(let list) = value else { return .none }
      try renderer.allowChange(name, of: value)
      if name != "sort" { try arguments.refuseNames(of: name) }
      return try body(list, arguments.bound(to: names, required: required, of: name), renderer)
    }
  }

  nonisolated(unsafe) private static let range: [String: Method] = sequence

  // MARK: Dictionaries

  nonisolated(unsafe) private static let dictionary: [String: Method] = [
    "get": reading("get", ["key", "default"], required: 1) { dictionary, values in
      try dictionary.value(values[0] ?? .none) ?? values[1] ?? .none
    },
    "keys": reading("keys", []) { dictionary, _ in
      .view(JinjaView(kind: .keys, dictionary: dictionary))
    },
    "values": reading("values", []) { dictionary, _ in
      .view(JinjaView(kind: .values, dictionary: dictionary))
    },
    "items": reading("items", []) { dictionary, _ in
      .view(JinjaView(kind: .items, dictionary: dictionary))
    },
    "copy": reading("copy", []) { dictionary, _ in .dictionary(dictionary.copy()) },
    "setdefault": changing("setdefault", ["key", "default"], required: 1) { dictionary, values, _ in
      let key = values[0] ?? .none
      if let found = try dictionary.value(key) { return found }
      try dictionary.set(key, values[1] ?? .none)
      return values[1] ?? .none
    },
    "pop": changing("pop", ["key", "default"], required: 1) { dictionary, values, _ in
      if let found = try dictionary.remove(values[0] ?? .none) { return found }
      guard let fallback = values[1] else {
        throw JinjaError(.type, "the dictionary has no such key to pop")
      }
      return fallback
    },
    "popitem": changing("popitem", []) { dictionary, _, _ in
      guard let last = dictionary.removeLast() else {
        throw JinjaError(.type, "popitem(): dictionary is empty")
      }
      return .tuple([last.key, last.value])
    },
    "clear": changing("clear", []) { dictionary, _, _ in
      dictionary.removeAll()
      return .none
    },
    "update": { value, arguments, renderer in
      guard case .dictionary(let dictionary) = value else { return .none }
      try renderer.allowChange("update", of: value)
      guard case .function(let make)? = Globals.functions["dict"],
        case .dictionary(let more) = try make.body(arguments, renderer)
      else { return .none }
      try renderer.spend(bytes: 32 * more.count)
      for (key, value) in more.pairs { try dictionary.set(key, value) }
      return .none
    },
  ]

  private static func reading(
    _ name: String, _ names: [String], required: Int = 0,
    _ body: @escaping (JinjaDictionary, [JinjaValue?]) throws -> JinjaValue
  ) -> Method {
    { value, arguments, renderer in
      guard case .dictionary(let dictionary) = value else { return .none }
      try arguments.refuseNames(of: name)
      return try body(dictionary, arguments.bound(to: names, required: required, of: name))
    }
  }

  private static func changing(
    _ name: String, _ names: [String], required: Int = 0,
    _ body: @escaping (JinjaDictionary, [JinjaValue?], Renderer) throws -> JinjaValue
  ) -> Method {
    { value, arguments, renderer in
      guard case .dictionary(let dictionary) = value else { return .none }
      try renderer.allowChange(name, of: value)
      try renderer.spend(bytes: 32)
      try arguments.refuseNames(of: name)
      return try body(
        dictionary, arguments.bound(to: names, required: required, of: name), renderer)
    }
  }
}

extension Renderer {
  fileprivate func allowChange(_ method: String, of value: JinjaValue) throws {
    guard options.allowsMutation else {
      throw JinjaError(
        .type, "'\(method)' would change a \(value.typeName), which chat templates may not do")
    }
  }
}
