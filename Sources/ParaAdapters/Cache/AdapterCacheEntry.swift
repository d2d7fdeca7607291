import Foundation
import ParaCheckpoints
import Synchronization

/// A name in the cache. Each entry has a lock, held while its folder is read, so that a folder is read
/// once and other names need not wait.
final class AdapterCacheEntry: Sendable {
  private let name: String
  private let folder: URL
  private let base: BaseModel
  private let resident: ResidentAdapters
  private let state = Mutex<State>(.unread)
  /// Under a separate lock, so that it can be read while the folder is read again.
  private let known = Mutex<AdapterIdentity?>(nil)

  private enum State {
    case unread
    case read(AdapterIdentity)
    case refused(any Error)
  }

  init(name: String, folder: URL, base: BaseModel, resident: ResidentAdapters) {
    self.name = name
    self.folder = folder
    self.base = base
    self.resident = resident
  }

  /// The adapter's identity, if it has been read.
  var identity: AdapterIdentity? { known.withLock(\.self) }

  /// The adapter without keeping it alive; its folder is read only if it never was.
  func reference() throws -> AdapterReference {
    let identity = try state.withLock { state in
      if case .read(let identity) = state { return identity }
      return AdapterIdentity(try adapter(&state))
    }
    return AdapterReference(identity) { try self.adapter() }
  }

  func adapter() throws -> Adapter { try state.withLock { try adapter(&$0) } }

  private func adapter(_ state: inout State) throws -> Adapter {
    do {
      let adapter: Adapter
      switch state {
      case .refused(let error): throw error
      case .read(let identity):
        adapter = try resident.adapter(identity.contentHash) ?? readAgain(identity.contentHash)
      case .unread: adapter = try read(AdapterFolder.contentHash(folder))
      }
      // Another name may have made an identical adapter resident meanwhile.
      let kept = resident.use(adapter)
      let identity = AdapterIdentity(kept)
      state = .read(identity)
      known.withLock { $0 = identity }
      return kept
    } catch {
      state = .refused(error)
      throw error
    }
  }

  private func read(_ hash: String) throws -> Adapter {
    if let shared = resident.adapter(hash) { return shared }
    return try Adapter(folder: folder, name: name, contentHash: hash, base: base)
  }

  /// Refuses changed content: rows of one run must not get two adapters under one name.
  private func readAgain(_ hash: String) throws -> Adapter {
    let found = try AdapterFolder.contentHash(folder)
    guard found == hash else {
      throw CheckpointError(
        .malformed, folder,
        "has changed since it was first read: its content was \(hash) and is \(found).")
    }
    return try Adapter(folder: folder, name: name, contentHash: hash, base: base)
  }
}
