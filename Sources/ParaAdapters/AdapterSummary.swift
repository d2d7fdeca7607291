public import Foundation
import ParaCheckpoints
import ParaModel
import ParaTensors

/// What an adapter folder says of itself, without a model.
public struct AdapterSummary: Sendable, Hashable, Encodable {
  public let method: AdapterMethod
  /// The ranks that occur, in order; empty for methods without one.
  public let ranks: [Int]
  /// How PARA makes its vectors, such as `pool last`; empty for other methods.
  public let options: [String]
  /// The adapted projections, by their modules' names, in a layer's order.
  public let projections: [String]
  /// How many layers are adapted.
  public let layers: Int
  /// Numbers that training set.
  public let parameterCount: Int
  /// Bytes of the tensors' data.
  public let byteCount: Int
  /// The formats in which the tensors are stored, by the names that safetensors give them.
  public let formats: [String]
  /// SHA-256 over the configuration and the weights.
  public let contentHash: String
  /// What the adapter says it was trained on.
  public let baseModel: String?
  public let baseModelHash: String?

  private enum CodingKeys: String, CodingKey {
    case method, ranks, options, layers, parameterCount, byteCount, formats, baseModel
    case projections = "sites"
    case contentHash = "sha256"
    case baseModelHash = "baseModelSha256"
  }

  /// - Throws: `CheckpointError` for a folder that is no adapter, or one of a kind that is not served.
  public init(folder url: URL) throws {
    let folder = try AdapterFolder(url)
    let configuration = folder.configuration
    let places = try folder.places()
    contentHash = try AdapterFolder.contentHash(url)
    method = configuration.method
    baseModel = configuration.baseModelName
    baseModelHash = try configuration.baseModelHash()
    parameterCount = folder.parameterCount
    byteCount = folder.file.tensors.values.reduce(0) { $0 + $1.offsets.count }
    formats = Set(folder.file.tensors.values.map(\.format.rawValue)).sorted()
    layers = Set(places.keys.map(\.layer)).count
    var projections = Set(places.keys.compactMap(\.projection))
    switch method {
    case .para:
      let para = try PARAOptions(configuration)
      ranks = [para.rank]
      options = [
        "pool \(para.pool.rawValue)", "activation \(para.activation.rawValue)",
        para.bias ? "with bias" : "without bias",
      ]
      projections = para.projections
    case .lora:
      _ = try LoRAOptions(configuration)
      ranks = Set(
        places.filter { $0.key.part == "lora_A.weight" }
          .compactMap { folder.file.tensors[$0.value]?.shape.first }
      ).sorted()
      options = []
    case .ia3, .bitFit:
      (ranks, options) = ([], [])
    }
    self.projections = Projection.allCases.filter(projections.contains).map(\.moduleName)
  }
}
