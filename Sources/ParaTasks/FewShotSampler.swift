package import ParaJSON

/// Draws the examples of each row, as lm-evaluation-harness draws them by the same seed.
///
/// One generator serves all rows in their order, so a sampler must see every row, also those that another
/// shard answers.
package struct FewShotSampler: Sendable {
  /// The harness's `fewshot_random_seed`, unless a run sets another.
  package static let defaultSeed = 1234

  private let settings: FewShotSettings
  private let count: Int
  package let pool: [JSONObject]
  private var generator: MersenneTwister

  /// - Parameters:
  ///   - count: The examples of a prompt.
  ///   - pool: The rows to draw from; the file's own samples come before it.
  package init(
    _ settings: FewShotSettings, count: Int, pool: [JSONObject] = [], seed: Int = defaultSeed
  ) {
    self.settings = settings
    self.count = count
    if case .samples(let samples) = settings.pool { self.pool = samples } else { self.pool = pool }
    generator = MersenneTwister(seed: seed)
  }

  /// The indices in the pool of the next row's examples, in the order of the prompt.
  ///
  /// - Throws: ``TaskRowError`` where the pool is too small.
  package mutating func examples(for row: JSONObject) throws(TaskRowError) -> [Int] {
    guard count > 0 else { return [] }
    let leavesOut = settings.leavesOutEvaluated && !row.isEmpty
    switch settings.sampler {
    case .first: return try first(leavingOut: settings.leavesOutEvaluated ? row : nil)
    case .random: return try random(leavingOut: leavesOut ? row : nil)
    }
  }

  private func first(leavingOut row: JSONObject?) throws(TaskRowError) -> [Int] {
    let indices = pool.indices.lazy.filter { row?.equalsInPython(pool[$0]) != true }
    let found = Array(indices.prefix(count))
    guard found.count == count else { throw missing(found.count) }
    return found
  }

  private mutating func random(leavingOut row: JSONObject?) throws(TaskRowError) -> [Int] {
    guard let row else {
      guard count <= pool.count else { throw missing(pool.count) }
      return generator.sample(count, of: pool.count)
    }
    // One more than needed, for the row itself may be among them.
    guard count + 1 <= pool.count else { throw missing(pool.count - 1) }
    let drawn = generator.sample(count + 1, of: pool.count)
      .filter { !row.equalsInPython(pool[$0]) }
    if drawn.count >= count { return Array(drawn.prefix(count)) }
    let others = pool.indices.filter { !row.equalsInPython(pool[$0]) }
    guard count <= others.count else { throw missing(others.count) }
    return generator.sample(count, of: others.count).map { others[$0] }
  }

  private func missing(_ found: Int) -> TaskRowError {
    TaskRowError(
      .examplesMissing,
      "The prompt needs \(count) examples and there are \(max(0, found)); lower num_fewshot.")
  }
}

extension JSONObject {
  /// Equal as Python's dictionaries are: whatever the order of keys.
  func equalsInPython(_ other: JSONObject) -> Bool {
    count == other.count
      && members.allSatisfy { member in
        other[member.key].map(member.value.equalsInPython) ?? false
      }
  }
}

extension JSONValue {
  /// Equal as in Python, where `1`, `1.0` and `True` are.
  func equalsInPython(_ other: JSONValue) -> Bool {
    switch (self, other) {
    case (.object(let left), .object(let right)): return left.equalsInPython(right)
    case (.array(let left), .array(let right)):
      return left.count == right.count && zip(left, right).allSatisfy { $0.equalsInPython($1) }
    case (.string(let left), .string(let right)): return left.utf8.elementsEqual(right.utf8)
    case (.bool(let value), _):
      return JSONValue.integer(value ? 1 : 0).equalsInPython(asNumber: other)
    default: return equalsInPython(asNumber: other)
    }
  }

  private func equalsInPython(asNumber other: JSONValue) -> Bool {
    if case .bool(let value) = other {
      return self == .integer(value ? 1 : 0) || self == .double(value ? 1 : 0)
    }
    switch (self, other) {
    case (.integer(let whole), .double(let number)), (.double(let number), .integer(let whole)):
      return Int64(exactly: number) == whole
    default: return self == other
    }
  }
}
