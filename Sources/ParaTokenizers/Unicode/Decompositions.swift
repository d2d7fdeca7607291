/// Unicode decomposition mappings, and the primary composites that follow from them.
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

  /// The mapping of one scalar, not applied recursively; nil if it has none of that kind.
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

/// Hangul syllables, whose decompositions are computed (The Unicode Standard, section 3.12).
enum HangulSyllable {
  private static let first: UInt32 = 0xAC00
  private static let leading: UInt32 = 0x1100
  private static let vowel: UInt32 = 0x1161
  /// One before the first trailing consonant.
  private static let trailing: UInt32 = 0x11A7
  private static let leadingCount: UInt32 = 19
  private static let vowelCount: UInt32 = 21
  private static let trailingCount: UInt32 = 28
  private static let count = leadingCount * vowelCount * trailingCount

  /// The two or three letters of a syllable; nil for any other scalar.
  static func parts(of scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
    let index = scalar.value &- first
    guard index < count else { return nil }
    let values = [
      leading + index / (vowelCount * trailingCount),
      vowel + index / trailingCount % vowelCount,
      trailing + index % trailingCount,
    ]
    return values.prefix(index % trailingCount == 0 ? 2 : 3).compactMap { Unicode.Scalar($0) }
  }

  /// The syllable of a leading consonant and a vowel, or of a syllable and a trailing consonant.
  static func composite(_ left: Unicode.Scalar, _ right: Unicode.Scalar) -> Unicode.Scalar? {
    let vowelIndex = right.value &- vowel
    if case let leadingIndex = left.value &- leading, leadingIndex < leadingCount,
      vowelIndex < vowelCount
    {
      return Unicode.Scalar(first + (leadingIndex * vowelCount + vowelIndex) * trailingCount)
    }
    let trailingIndex = right.value &- trailing
    if case let index = left.value &- first, index < count, index % trailingCount == 0,
      trailingIndex > 0, trailingIndex < trailingCount
    {
      return Unicode.Scalar(left.value + trailingIndex)
    }
    return nil
  }
}
