/// A hash table from 64-bit integers to 64-bit integers: open addressing, linear probing, at most
/// half full. A `Dictionary` takes several times as long per look-up, and byte-pair encoding looks
/// up every pair of symbols.
struct IntegerTable: Sendable {
  private struct Slot {
    var key: UInt64
    var value: UInt64
  }

  /// Marks a free slot; never a key.
  private static let free = UInt64.max

  private var slots: [Slot]
  private var count = 0

  init(minimumCapacity: Int = 0) {
    var size = 16
    while size < 2 * minimumCapacity { size *= 2 }
    slots = Array(repeating: Slot(key: Self.free, value: 0), count: size)
  }

  /// The value of the key, which must not be `UInt64.max`.
  subscript(key: UInt64) -> UInt64? {
    let mask = slots.count - 1
    var index = Self.start(key) & mask
    while true {
      let slot = slots[index]
      if slot.key == key { return slot.value }
      if slot.key == Self.free { return nil }
      index = (index + 1) & mask
    }
  }

  /// Adds the key or replaces its value.
  mutating func set(_ key: UInt64, to value: UInt64) {
    if 2 * (count + 1) > slots.count { grow() }
    let mask = slots.count - 1
    var index = Self.start(key) & mask
    while slots[index].key != Self.free, slots[index].key != key { index = (index + 1) & mask }
    if slots[index].key == Self.free { count += 1 }
    slots[index] = Slot(key: key, value: value)
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(key: Self.free, value: 0), count: 2 * old.count)
    count = 0
    for slot in old where slot.key != Self.free { set(slot.key, to: slot.value) }
  }

  private static func start(_ key: UInt64) -> Int {
    let mixed = (key ^ (key >> 32)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 32)
  }
}
