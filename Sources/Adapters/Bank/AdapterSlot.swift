import Checkpoints
import Foundation
import Synchronization

/// A name in the bank. Its own lock is held while its folder is read, so that a name is read once
/// and no other name waits.
final class AdapterSlot: Sendable {
  private let name: String
  private let folder: URL
  private let state = Mutex<State>(.unread)
  /// Apart from the state, so that it can be seen while the folder is read again.
  private let known = Mutex<AdapterIdentity?>(nil)

  private enum State {
    case unread
    case read(hash: String)
    case refused(any Error)
  }

  init(name: String, folder: URL) {
    self.name = name
    self.folder = folder
  }

  /// The adapter's identity, if it has been read.
  var identity: AdapterIdentity? { known.withLock(\.self) }

  func adapter(for base: BaseModel, held: HeldAdapters) throws -> Adapter {
    try state.withLock { state in
      do {
        let adapter: Adapter
        switch state {
        case .refused(let error): throw error
        case .read(let hash): adapter = try held.adapter(hash) ?? reread(hash, base)
        case .unread: adapter = try read(AdapterFolder.contentHash(folder), base, held)
        }
        // Another name may have put an identical adapter there meanwhile.
        let kept = held.keep(adapter)
        state = .read(hash: kept.contentHash)
        known.withLock { $0 = AdapterIdentity(kept) }
        return kept
      } catch {
        state = .refused(error)
        throw error
      }
    }
  }

  private func read(_ hash: String, _ base: BaseModel, _ held: HeldAdapters) throws -> Adapter {
    if let shared = held.adapter(hash) { return shared }
    return try Adapter(folder: folder, name: name, contentHash: hash, base: base)
  }

  /// Rows of one run must not meet two adapters under one name.
  private func reread(_ hash: String, _ base: BaseModel) throws -> Adapter {
    let found = try AdapterFolder.contentHash(folder)
    guard found == hash else {
      throw CheckpointError(
        .malformed, folder,
        "has changed since it was first read: its content was \(hash) and is \(found).")
    }
    return try Adapter(folder: folder, name: name, contentHash: hash, base: base)
  }
}
