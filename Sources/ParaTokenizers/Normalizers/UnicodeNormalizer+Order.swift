extension UnicodeNormalizer {
  /// Sorts every run of combining marks by combining class, stably.
  static func reorder(_ scalars: inout [Unicode.Scalar]) {
    var start = 0
    while start < scalars.count {
      guard combiningClass(scalars[start]) != 0 else {
        start += 1
        continue
      }
      var end = start + 1
      while end < scalars.count, combiningClass(scalars[end]) != 0 { end += 1 }
      if end - start > 1 {
        let sorted = scalars[start..<end].enumerated().sorted {
          let (left, right) = (combiningClass($0.element), combiningClass($1.element))
          return left == right ? $0.offset < $1.offset : left < right
        }
        scalars.replaceSubrange(start..<end, with: sorted.map(\.element))
      }
      start = end
    }
  }

  /// Joins every starter with the marks that follow it, as far as no mark of the same or a higher
  /// class stands between.
  static func compose(_ scalars: inout [Unicode.Scalar]) {
    let tables = Decompositions.shared
    var composed: [Unicode.Scalar] = []
    composed.reserveCapacity(scalars.count)
    var starter: Int?
    var previousClass: UInt8 = 0
    for scalar in scalars {
      let ownClass = combiningClass(scalar)
      let isAdjacent = starter == composed.count - 1
      if let place = starter, isAdjacent || previousClass < ownClass,
        let composite = HangulSyllable.composite(composed[place], scalar)
          ?? tables.composite(composed[place], scalar)
      {
        composed[place] = composite
        continue
      }
      if ownClass == 0 { starter = composed.count }
      previousClass = ownClass
      composed.append(scalar)
    }
    scalars = composed
  }

  @inline(__always)
  private static func combiningClass(_ scalar: Unicode.Scalar) -> UInt8 {
    scalar.value < 0x300 ? 0 : scalar.properties.canonicalCombiningClass.rawValue
  }
}
