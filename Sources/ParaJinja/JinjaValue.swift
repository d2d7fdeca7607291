package import BigInt
import ParaJSON

/// A value while a template runs: Python's, as far as templates meet them.
///
/// Lists and dictionaries are references, because `append` and `namespace` change them in place.
package enum JinjaValue {
  case undefined(Undefined)
  case none
  case boolean(Bool)
  case integer(Int)
  /// Beyond 64 bits; never a value that `integer` holds.
  case bigInteger(BigInt)
  case float(Double)
  case string(String)
  case list(JinjaList)
  case tuple([JinjaValue])
  case dictionary(JinjaDictionary)
  case range(JinjaRange)
  /// A generator: it can be gone through once.
  case iterator(JinjaIterator)
  /// `keys()`, `values()` and `items()` of a dictionary.
  case view(JinjaView)
  case function(JinjaFunction)
  /// What has attributes: loops, namespaces, macros.
  case object(any JinjaObject)

  /// A whole number in its one form.
  package init(_ number: BigInt) {
    self = Int(exactly: number).map(JinjaValue.integer) ?? .bigInteger(number)
  }

  package static func array(_ elements: [JinjaValue]) -> JinjaValue { .list(JinjaList(elements)) }
}

/// What a missing name, attribute or item gives; most uses of it are errors.
package struct Undefined {
  private let message: String
  /// Names that may have been meant; asked for only once there is an error.
  private let candidates: () -> (word: String, names: [String])?
  /// Prints as nothing even where undefined values are strict: an inline `if` without `else`.
  let isAlwaysLenient: Bool

  init(_ message: String, isAlwaysLenient: Bool = false) {
    self.message = message
    self.isAlwaysLenient = isAlwaysLenient
    candidates = { nil }
  }

  init(_ message: String, meant word: String, among names: @escaping () -> [String]) {
    self.message = message
    isAlwaysLenient = false
    candidates = { (word, names()) }
  }

  /// The sentence that an error says, such as "'nmae' is undefined; did you mean 'name'?".
  package var hint: String {
    guard let (word, names) = candidates() else { return message }
    return message + Spelling.hint(word, among: names)
  }
}

/// The name that was probably meant, as the end of a sentence.
enum Spelling {
  static func hint(_ word: String, among names: some Sequence<String>) -> String {
    // In an order of their own, for sets have another in each run.
    SpellingHint.nearest(to: word, among: names.sorted()).map { "; did you mean '\($0)'?" } ?? ""
  }
}

package final class JinjaList {
  package var elements: [JinjaValue]
  package init(_ elements: [JinjaValue]) { self.elements = elements }
}

/// Python's `range`.
package struct JinjaRange: Hashable {
  package let start: Int
  package let stop: Int
  package let step: Int

  package var count: Int {
    if step > 0 { return stop > start ? (stop - start - 1) / step + 1 : 0 }
    return start > stop ? (start - stop - 1) / -step + 1 : 0
  }

  package subscript(index: Int) -> Int { start + index * step }
}

package final class JinjaIterator {
  private var elements: ArraySlice<JinjaValue>
  package init(_ elements: [JinjaValue]) { self.elements = elements[...] }

  package func next() -> JinjaValue? { elements.popFirst() }

  package func rest() -> [JinjaValue] {
    defer { elements = [] }
    return Array(elements)
  }
}

package struct JinjaView {
  package enum Kind: String {
    case keys = "dict_keys"
    case values = "dict_values"
    case items = "dict_items"
  }

  package let kind: Kind
  package let dictionary: JinjaDictionary

  package var elements: [JinjaValue] {
    switch kind {
    case .keys: dictionary.keys
    case .values: dictionary.values
    case .items: dictionary.items
    }
  }
}

/// Something that can be called; `name` is for messages.
package struct JinjaFunction {
  package let name: String
  package let body: (JinjaArguments, Renderer) throws -> JinjaValue

  package init(
    _ name: String, _ body: @escaping (JinjaArguments, Renderer) throws -> JinjaValue
  ) {
    self.name = name
    self.body = body
  }
}

package protocol JinjaObject: AnyObject {
  /// The type's name as Python would say it in an error.
  var typeName: String { get }
  /// Nil if there is none of that name.
  func attribute(_ name: String) throws -> JinjaValue?
  func call(_ arguments: JinjaArguments, _ renderer: Renderer) throws -> JinjaValue
  /// Its elements where it is a tuple with names.
  var tuple: [JinjaValue]? { get }
}

extension JinjaObject {
  package var tuple: [JinjaValue]? { nil }

  package func call(_ arguments: JinjaArguments, _ renderer: Renderer) throws -> JinjaValue {
    throw JinjaError(.type, "'\(typeName)' object is not callable")
  }
}

extension JinjaValue {
  /// The type's name as Python says it.
  package var typeName: String {
    switch self {
    case .undefined: "Undefined"
    case .none: "NoneType"
    case .boolean: "bool"
    case .integer, .bigInteger: "int"
    case .float: "float"
    case .string: "str"
    case .list: "list"
    case .tuple: "tuple"
    case .dictionary: "dict"
    case .range: "range"
    case .iterator: "generator"
    case .view(let view): view.kind.rawValue
    case .function: "function"
    case .object(let object): object.typeName
    }
  }
}
