/// What an adapter is known by after it has been read.
public struct AdapterIdentity: Sendable, Hashable {
  public let method: AdapterMethod
  /// SHA-256 over the configuration and the weights.
  public let contentHash: String
  /// Numbers that training set.
  public let parameterCount: Int

  init(_ adapter: Adapter) {
    method = adapter.method
    contentHash = adapter.contentHash
    parameterCount = adapter.parameterCount
  }
}
