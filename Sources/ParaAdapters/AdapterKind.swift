import ParaCheckpoints
import ParaModel
import ParaTensors

/// A kind of adapter: what its folder holds, how that is read, and what it does at the model's
/// projections.
///
/// A kind is one file in `Kinds/` and one line of `AdapterMethod.allCases`. A value of the type holds
/// the options of one `adapter_config.json`.
protocol AdapterKind: SendableMetatype {
  /// The name in `run.json` and reports, such as `LORA`.
  static var name: String { get }
  /// The name in prose, such as `LoRA`.
  static var title: String { get }
  /// The `peft_type` of its configurations; the name, unless that is another kind's `peft_type` too.
  static var peftType: String { get }
  /// The flag of a configuration that turns its `peft_type` into this kind, such as `use_dora`; nil if
  /// the `peft_type` suffices.
  static var flag: String? { get }
  /// The keys of `adapter_config.json` that decide what is computed; all others that ask for something
  /// are refused.
  static var keys: Set<String> { get }
  /// The names of its tensors, to complete the message "LoRA has …".
  static var tensors: String { get }
  /// True if its tensors belong to a layer as a whole and not to modules of the layer.
  static var adaptsWholeLayers: Bool { get }

  /// - Throws: A `CheckpointError` that names a key which is missing or not understood.
  init(_ configuration: AdapterConfiguration) throws

  /// Takes every tensor that the configuration asks for.
  ///
  /// - Returns: What the adapter does, for each layer of the model.
  /// - Throws: A `CheckpointError` that names a tensor which is missing or of another shape.
  func layers(from reader: inout AdapterReader) throws -> [AdapterWeights.Layer]

  /// The ranks that occur, in ascending order; empty for kinds without ranks.
  func ranks(in folder: AdapterFolder) throws -> [Int]
  /// Its other options, in words, such as `pool last`.
  var options: [String] { get }
  /// The adapted projections where the tensors' names do not say so.
  var projections: Set<Projection>? { get }

  /// - Parameters:
  ///   - parameters: Elements of all its tensors.
  ///   - model: The model that it is made for.
  func footprint(parameters: Int, _ model: ModelConfiguration) -> AdapterFootprint

  /// Layers of the usual shape and of random weights close to the identity, for benchmarks and tests.
  static func random(_ model: ModelConfiguration, _ weights: inout RandomWeights)
    -> [AdapterWeights.Layer]
}

extension AdapterKind {
  static var peftType: String { name }
  static var flag: String? { nil }
  static var adaptsWholeLayers: Bool { false }
  func ranks(in folder: AdapterFolder) -> [Int] { [] }
  var options: [String] { [] }
  var projections: Set<Projection>? { nil }

  func footprint(parameters: Int, _ model: ModelConfiguration) -> AdapterFootprint {
    AdapterFootprint(bytes: parameters * MemoryLayout<Float>.size)
  }
}

/// The name of an adapter kind: what users see, and what benchmarks choose by.
public struct AdapterMethod: Sendable, CaseIterable {
  let kind: any AdapterKind.Type

  init(_ kind: any AdapterKind.Type) { self.kind = kind }

  /// All kinds that can be served.
  public static let allCases: [AdapterMethod] = [
    .para,
    .lora,
    .dora,
    .ia3,
    .bitFit,
  ]

  /// The kind that a configuration is of; nil for a `peft_type` that none has.
  init?(peftType: String, isSet: (_ flag: String) -> Bool) {
    let methods = Self.allCases.filter { $0.kind.peftType == peftType }
    let flagged = methods.first { $0.kind.flag.map(isSet) ?? false }
    guard let method = flagged ?? methods.first(where: { $0.kind.flag == nil }) else { return nil }
    self = method
  }

  /// The name in prose, such as `LoRA`.
  public var title: String { kind.title }

  /// The values of `peft_type` that can be served, as a list in a sentence.
  static var peftTypes: String {
    let types = allCases.filter { $0.kind.flag == nil }.map { $0.kind.peftType }
    return types.joined(separator: ", ")
  }
}

extension AdapterMethod: RawRepresentable, Hashable, Codable {
  public init?(rawValue: String) {
    guard let method = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = method
  }

  /// The name in `run.json`, such as `LORA`.
  public var rawValue: String { kind.name }
}

/// What an adapter takes in memory, in bytes.
public struct AdapterFootprint: Sendable, Hashable {
  /// While rows use it: its weights in fp32 and, where the kernels need another layout, again in that.
  public let bytes: Int
  /// The vectors that it makes of each prompt.
  public let promptVectors: Int

  init(bytes: Int, promptVectors: Int = 0) {
    self.bytes = bytes
    self.promptVectors = promptVectors
  }
}

/// Random weights for adapters of benchmarks and tests.
struct RandomWeights {
  private var random: SplitMix

  init(seed: UInt64) { random = SplitMix(seed: seed) }

  /// [rows, columns], each element within 0.01 of `center`.
  mutating func make(_ rows: Int, _ columns: Int, around center: Float = 0) -> Weight {
    let elements = (0..<rows * columns).map { _ in
      center + Float(random.next() >> 40) * 0x1p-24 * 0.02 - 0.01
    }
    return Weight(FloatBuffer(elements), rows: rows, columns: columns)
  }
}
