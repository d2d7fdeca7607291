public import Foundation
public import ParaCheckpoints

/// A job's adapters by name, each read from its folder when it is first needed and then kept while
/// memory allows.
///
/// Adapters are known by their content: names of identical folders share one. One that has to
/// leave stays alive for those who hold it, and is read again when it is next asked for.
public final class AdapterBank: Sendable {
  /// The folders by the names that rows use.
  public let folders: [String: URL]
  let base: BaseModel
  private let slots: [String: AdapterSlot]
  private let held: HeldAdapters

  /// - Parameter budget: Bytes that the adapters kept here may take together. The one asked for last is kept
  ///   whatever its size.
  public init(folders: [String: URL], for model: ModelFolder, budget: Int = .max) {
    self.folders = folders
    let base = BaseModel(model), held = HeldAdapters(budget: budget)
    self.base = base
    self.held = held
    slots = folders.reduce(into: [:]) {
      $0[$1.key] = AdapterSlot(name: $1.key, folder: $1.value, base: base, held: held)
    }
  }

  /// The adapter of a name; nil if there is none. While one name is being read, others are served.
  ///
  /// Throws a `CheckpointError` if its folder cannot be read, was made for another model, or has
  /// changed since it was first read; each time it is asked for.
  public func adapter(named name: String) throws -> Adapter? {
    try slots[name]?.adapter()
  }

  /// The adapter of a name for later; nil if there is none. It is read now if it never was, to know
  /// that it can be used, but it may leave the bank until it is needed.
  ///
  /// Throws as `adapter(named:)` does.
  public func reference(named name: String) throws -> AdapterReference? {
    try slots[name]?.reference()
  }

  /// The adapters that have been read so far, by name, whether they are still held or not.
  public var adapters: [String: AdapterIdentity] { slots.compactMapValues(\.identity) }

  /// Bytes of the adapters that are held now.
  public var heldBytes: Int { held.bytes }

  /// The adapters in a folder of folders: each one that has an `adapter_config.json`, by its name.
  ///
  /// Throws a `CheckpointError` if the folder cannot be listed.
  public static func discover(in folder: URL) throws -> [String: URL] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    } catch {
      throw CheckpointError(
        .unreadable, folder, "cannot be listed; a folder of adapters is needed.")
    }
    return names.reduce(into: [:]) { found, name in
      let url = folder.appending(path: name)
      let configuration = url.appending(path: AdapterFolder.configurationName)
      if FileManager.default.fileExists(atPath: configuration.path) { found[name] = url }
    }
  }
}
