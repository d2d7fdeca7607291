/// Where in an XML document one is, as an XPath with positions.
struct ElementPath: CustomStringConvertible {
  private var steps: [String] = []
  /// How often each name occurred among the children, for the document and every open element.
  private var counts: [[String: Int]] = [[:]]

  var depth: Int { steps.count }

  var description: String { "/" + steps.joined(separator: "/") }

  mutating func enter(_ name: String) {
    let position = counts[depth][name, default: 0] + 1
    counts[depth][name] = position
    steps.append(depth == 0 ? name : "\(name)[\(position)]")
    counts.append([:])
  }

  mutating func leave() {
    if steps.popLast() != nil { counts.removeLast() }
  }
}
