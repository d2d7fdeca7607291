import Foundation

/// The folder that a run writes into, and the names in it.
struct OutputFolder {
  let path: String

  var ledger: String { path + "/ledger" }
  var predictions: String { path + "/predictions.jsonl" }
  var errors: String { path + "/errors.jsonl" }

  /// Whether one of the two files of results is there.
  var hasResults: Bool { exists(predictions) || exists(errors) }
  var hasLedger: Bool { exists(ledger) }

  /// Makes the folder, and those above it, where they are missing.
  func create() throws {
    var prefix = path.hasPrefix("/") ? "/" : ""
    for component in path.split(separator: "/") {
      prefix += component + "/"
      if mkdir(prefix, 0o755) != 0, errno != EEXIST {
        throw LedgerError.system("create the folder", prefix)
      }
    }
  }

  /// Returns when the names in the folder are on the disk.
  func synchronize() throws {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw LedgerError.system("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw LedgerError.system("write to", path) }
  }

  private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
