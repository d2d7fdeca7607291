import Foundation

/// What a file that is neither JSON nor safetensors is, by its first bytes.
enum ForeignFormat: CaseIterable {
  case lfsPointer, webPage, pickle, gguf, hdf5

  init?(_ bytes: some Collection<UInt8>) {
    guard let format = Self.allCases.first(where: { $0.begins(bytes) }) else { return nil }
    self = format
  }

  private func begins(_ bytes: some Collection<UInt8>) -> Bool {
    func hasPrefix(_ text: String) -> Bool { bytes.starts(with: text.utf8) }
    return switch self {
    case .lfsPointer: hasPrefix("version https://git-lfs.github.com/spec/")
    case .webPage: hasPrefix("<!DOCTYPE") || hasPrefix("<!doctype") || hasPrefix("<html")
    // A zip archive, as torch.save writes them, or protocols 2 to 5.
    case .pickle:
      hasPrefix("PK\u{3}\u{4}") || (2...5).contains { bytes.starts(with: [0x80, UInt8($0)]) }
    case .gguf: hasPrefix("GGUF")
    case .hdf5: bytes.starts(with: [0x89] + Array("HDF".utf8))
    }
  }

  func error(_ url: URL) -> CheckpointError {
    let sentence =
      switch self {
      case .lfsPointer:
        "is a Git LFS pointer and not the file itself; fetch that by `git lfs pull`."
      case .webPage: "is a web page and not the file itself; download that again."
      case .pickle: "is a pickle, which can run code when it is read; save it as safetensors."
      case .gguf: "is a GGUF file, which cannot be read; take the model's safetensors."
      case .hdf5: "is an HDF5 file, which cannot be read; take the model's safetensors."
      }
    return CheckpointError(.unsupported, url, sentence)
  }
}
