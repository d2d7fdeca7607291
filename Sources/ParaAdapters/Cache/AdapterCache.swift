public import Foundation
public import ParaCheckpoints

/// A job's adapters by name: an LRU cache with a budget of memory. Each is read from its folder when
/// it is first needed.
///
/// Adapters are identified by their content: names of identical folders share one. An evicted adapter
/// stays alive for those who hold it, and is read again when it is next asked for.
public final class AdapterCache: Sendable {
  /// The folders by the names that rows use.
  public let folders: [String: URL]
  let base: BaseModel
  private let entries: [String: AdapterCacheEntry]
  private let resident: ResidentAdapters

  /// - Parameter budget: Bytes that the resident adapters may take together. The one asked for last
  ///   stays whatever its size.
  public init(folders: [String: URL], for model: ModelFolder, budget: Int = .max) {
    self.folders = folders
    let base = BaseModel(model), resident = ResidentAdapters(budget: budget)
    self.base = base
    self.resident = resident
    entries = folders.reduce(into: [:]) {
      $0[$1.key] = AdapterCacheEntry(
        name: $1.key, folder: $1.value, base: base, resident: resident)
    }
  }

  /// The adapter of a name; nil if there is none. While one name is being read, others are served.
  ///
  /// Throws a `CheckpointError` if its folder cannot be read, was made for another model, or has
  /// changed since it was first read; each time it is asked for.
  public func adapter(named name: String) throws -> Adapter? {
    try entries[name]?.adapter()
  }

  /// The adapter of a name for later; nil if there is none. It is read now if it never was, to know
  /// that it can be used, but it may be evicted until it is needed.
  ///
  /// Throws as `adapter(named:)` does.
  public func reference(named name: String) throws -> AdapterReference? {
    try entries[name]?.reference()
  }

  /// Throws a `CheckpointError` if the adapter of a name cannot be used, as far as its configuration
  /// and its tensors' names and shapes say so; does nothing if there is none of that name. Neither the
  /// tensors' numbers nor the hash of the base model are looked at, so that many can be checked before
  /// a job begins.
  public func check(named name: String) throws {
    guard let url = folders[name] else { return }
    _ = try AdapterFolder(url).layers(for: base, numbers: false)
  }

  /// The adapters that have been read so far, by name, whether they are still resident or not.
  public var adapters: [String: AdapterIdentity] { entries.compactMapValues(\.identity) }

  /// Bytes of the resident adapters.
  public var residentBytes: Int { resident.bytes }

  /// What the adapter of a name takes, from its files' headers alone; nil if there is none, or its
  /// folder cannot be used: then its rows fail and it takes nothing.
  public func footprint(named name: String) -> AdapterFootprint? {
    guard let url = folders[name], let folder = try? AdapterFolder(url),
      let kind = try? folder.configuration.kind.init(folder.configuration)
    else { return nil }
    return kind.footprint(parameters: folder.parameterCount, base.configuration)
  }

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

/// What identifies an adapter that has been read.
public struct AdapterIdentity: Sendable, Hashable {
  public let method: AdapterMethod
  /// SHA-256 over the configuration and the weights.
  public let contentHash: String
  /// Elements of its tensors.
  public let parameterCount: Int

  init(_ adapter: Adapter) {
    method = adapter.method
    contentHash = adapter.contentHash
    parameterCount = adapter.parameterCount
  }
}

/// An adapter of a cache that is known but not kept in memory: what rows carry while they wait.
///
/// Thousands of rows may wait, each with another adapter; only those in use take memory.
public struct AdapterReference: Sendable {
  public let identity: AdapterIdentity
  private let load: @Sendable () throws -> Adapter

  init(_ identity: AdapterIdentity, load: @escaping @Sendable () throws -> Adapter) {
    self.identity = identity
    self.load = load
  }

  public var contentHash: String { identity.contentHash }

  /// The adapter itself, read again if it has been evicted.
  ///
  /// Throws a `CheckpointError` if it cannot be read any more, or is not what it was.
  public func adapter() throws -> Adapter { try load() }
}
