public import Foundation
import ParaCheckpoints
import ParaModel
import ParaTensors

/// What an adapter folder says of itself, without a model.
public struct AdapterSummary: Sendable, Hashable, Encodable {
  public let method: AdapterMethod
  /// The ranks that occur, in ascending order; empty for kinds without ranks.
  public let ranks: [Int]
  /// The kind's other options, such as `pool last`.
  public let options: [String]
  /// The adapted projections, by their modules' names, in a layer's order.
  public let projections: [String]
  /// How many layers are adapted.
  public let layers: Int
  /// Elements of the tensors.
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
    case method, ranks, options, projections, layers, parameterCount, byteCount, formats,
      baseModel
    case contentHash = "sha256"
    case baseModelHash = "baseModelSha256"
  }

  /// - Throws: `CheckpointError` for a folder that is no adapter, or one of a kind that is not served.
  public init(folder url: URL) throws {
    let folder = try AdapterFolder(url)
    let configuration = folder.configuration
    let tensors = try folder.tensorNames().keys
    try folder.file.checkElements()
    let kind = try configuration.kind.init(configuration)
    method = configuration.method
    ranks = try kind.ranks(in: folder)
    options = kind.options
    projections = Self.names(
      kind.projections.map { Set($0.map(\.path)) }
        ?? Set(tensors.compactMap(\.module)))
    layers = Set(tensors.map(\.layer)).count
    parameterCount = folder.parameterCount
    byteCount = folder.file.tensors.values.reduce(0) { $0 + $1.offsets.count }
    formats = Set(folder.file.tensors.values.map(\.format.rawValue)).sorted()
    contentHash = try AdapterFolder.contentHash(url)
    baseModel = configuration.baseModelName
    baseModelHash = try configuration.baseModelHash()
  }
  /// The last components of modules' paths, in a layer's order.
  private static func names(_ paths: Set<String>) -> [String] {
    let order = Projection.allCases.map(\.path)
    let rank = { (path: String) in order.firstIndex(of: path) ?? order.count }
    return paths.sorted { (rank($0), $0) < (rank($1), $1) }
      .map { String($0.drop { $0 != "." }.dropFirst()) }
  }
}
