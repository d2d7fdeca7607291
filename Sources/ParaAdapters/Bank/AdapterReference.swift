/// An adapter of a bank that is known but not held: what rows carry while they wait.
///
/// Thousands of rows may wait with as many adapters; only those at work take memory.
public struct AdapterReference: Sendable {
  public let identity: AdapterIdentity
  private let load: @Sendable () throws -> Adapter

  init(_ identity: AdapterIdentity, load: @escaping @Sendable () throws -> Adapter) {
    self.identity = identity
    self.load = load
  }

  public var contentHash: String { identity.contentHash }

  /// The adapter itself, read again if it has left the bank meanwhile.
  ///
  /// Throws a `CheckpointError` if it cannot be read any more, or is not what it was.
  public func adapter() throws -> Adapter { try load() }
}
