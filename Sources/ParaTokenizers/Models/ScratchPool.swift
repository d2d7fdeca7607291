internal import Synchronization

/// Lends each running `encode` a scratch of its own. The lock is held only for a push or a pop.
final class ScratchPool: Sendable {
  /// As many idle scratches are kept; a scratch has at most about 10 MB.
  private static let maximumIdle = 64

  private let idle = Mutex<[EncodingScratch]>([])

  func with<T>(_ body: (inout EncodingScratch) -> T) -> T {
    var scratch = idle.withLock { $0.popLast() } ?? EncodingScratch()
    defer { idle.withLock { if $0.count < Self.maximumIdle { $0.append(scratch) } } }
    return body(&scratch)
  }
}
