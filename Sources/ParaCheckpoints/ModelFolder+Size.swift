import Foundation
import ParaTensors

extension ModelFolder {
  /// Numbers in all tensors, as they are stored.
  package var parameterCount: Int {
    tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
  }

  /// Bytes of the tensors' data.
  package var byteCount: Int { tensors.reduce(0) { $0 + $1.offsets.count } }

  /// The names of the formats in which tensors are stored, sorted.
  package var formats: [String] { Set(tensors.map(\.format.rawValue)).sorted() }

  /// What `config.json` calls the architecture; nil if it does not say.
  package func architecture() throws -> String? {
    let names = try JSONFile.decode(Names.self, url.appending(path: "config.json"))
    return names.architectures?.first ?? names.modelType
  }

  private struct Names: Decodable {
    var architectures: [String]?
    var modelType: String?
  }

  private var tensors: [TensorDescription] { files.flatMap(\.tensors.values) }
}
