/// Unicode's decomposition mappings, and the compositions that follow from them.
struct Decompositions: Sendable {
  static let shared = Decompositions()

  /// Where a scalar's mapping lies in `targets`.
  private struct Mapping {
    var start: Int32
    var count: Int32
    var isCanonical: Bool
  }

  private var mappings: [UInt32: Mapping] = [:]
  private var targets: [Unicode.Scalar] = []
  private var composites = IntegerTable(minimumCapacity: 1 << 10)

  private init() {
    for entry in Self.canonicalData.utf8.split(separator: UInt8(ascii: ";")) {
      insert(String(entry) ?? "", isCanonical: true)
    }
    for entry in Self.compatibilityData.utf8.split(separator: UInt8(ascii: ";")) {
      insert(String(entry) ?? "", isCanonical: false)
    }
  }

  /// The mapping of one scalar, not taken further; nil if it has none of that kind.
  func mapping(of scalar: Unicode.Scalar, compatibility: Bool) -> ArraySlice<Unicode.Scalar>? {
    guard let mapping = mappings[scalar.value], mapping.isCanonical || compatibility else {
      return nil
    }
    return targets[Int(mapping.start)..<Int(mapping.start + mapping.count)]
  }

  /// The primary composite of two scalars; nil if there is none.
  func composite(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
    composites[Self.key(first, second)].flatMap { Unicode.Scalar(UInt32($0)) }
  }

  private static func key(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> UInt64 {
    UInt64(first.value) << 32 | UInt64(second.value)
  }

  /// `scalar[+more]=scalars`, in hexadecimal.
  private mutating func insert(_ entry: String, isCanonical: Bool) {
    let sides = entry.split(separator: "=")
    let run = sides[0].split(separator: "+").compactMap { UInt32($0, radix: 16) }
    let values = sides[1].split(separator: " ").compactMap { UInt32($0, radix: 16) }
    for offset in 0...(run.count > 1 ? run[1] : 0) {
      let mapped = values.compactMap { Unicode.Scalar($0 + offset) }
      insert(run[0] + offset, mapped, isCanonical: isCanonical)
    }
  }

  private mutating func insert(_ value: UInt32, _ mapped: [Unicode.Scalar], isCanonical: Bool) {
    mappings[value] = Mapping(
      start: Int32(targets.count), count: Int32(mapped.count), isCanonical: isCanonical)
    targets += mapped
    guard isCanonical, mapped.count == 2, let scalar = Unicode.Scalar(value),
      !scalar.properties.isFullCompositionExclusion
    else { return }
    composites.set(Self.key(mapped[0], mapped[1]), to: UInt64(value))
  }
}
