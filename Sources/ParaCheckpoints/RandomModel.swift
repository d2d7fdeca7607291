package import Foundation
import ParaTensors

/// Llamas of random bf16 weights, for tests and benchmarks that need a size and not an answer.
package enum RandomModel {
  package struct Shape: Sendable, Hashable {
    package var hiddenSize: Int
    package var layers: Int
    package var heads: Int
    package var keyValueHeads: Int
    package var feedForwardSize: Int
    package var vocabularySize = 32_000
    package var contextLength = 2048
    package var tiedHead = false

    /// 15 million parameters.
    package static let small = Shape(
      hiddenSize: 288, layers: 6, heads: 6, keyValueHeads: 6, feedForwardSize: 768, tiedHead: true)
    /// 110 million.
    package static let medium = Shape(
      hiddenSize: 768, layers: 12, heads: 12, keyValueHeads: 12, feedForwardSize: 2048,
      tiedHead: true)
    /// 1.1 billion: TinyLlama's shape.
    package static let large = Shape(
      hiddenSize: 2048, layers: 22, heads: 32, keyValueHeads: 4, feedForwardSize: 5632)
    /// 6.7 billion: Llama 2 7B's shape.
    package static let sevenBillion = Shape(
      hiddenSize: 4096, layers: 32, heads: 32, keyValueHeads: 32, feedForwardSize: 11_008,
      contextLength: 4096)
  }

  /// As wide as a normal distribution of σ = 0.02, with which such models start.
  private static let bound: Float = 0.02 * 1.7320508

  /// Writes `config.json` and `model.safetensors` into a folder, which must exist; the same seed
  /// gives the same bytes. Norms are 1.
  package static func write(_ shape: Shape, seed: UInt64 = 1, to folder: URL) throws {
    let json = try JSONSerialization.data(
      withJSONObject: shape.configuration, options: [.prettyPrinted, .sortedKeys])
    try json.write(to: folder.appending(path: "config.json"))
    let url = folder.appending(path: "model.safetensors")
    let entries = shape.tensors
    try SafetensorsWriter.header(entries).write(to: url)
    let file = try FileHandle(forWritingTo: url)
    try file.seekToEnd()
    var first = 0
    for entry in entries {
      try append(entry, seed: seed, first: first, to: file)
      first += entry.rows * entry.columns
    }
    try file.close()
  }

  /// Part by part, so that memory stays small.
  private static func append(
    _ entry: SafetensorsWriter.Entry, seed: UInt64, first: Int, to file: FileHandle
  ) throws {
    let count = entry.rows * entry.columns
    var part = [UInt16](repeating: oneAsBfloat16, count: min(count, 1 << 23))
    let parallel = Parallel(threads: ProcessorCount.available)
    for start in stride(from: 0, to: count, by: part.count) {
      try part.withUnsafeMutableBufferPointer { part in
        let numbers = UnsafeMutableBufferPointer(rebasing: part.prefix(count - start))
        if entry.rows > 1 {
          RandomNumbers.bfloat16(
            seed: seed, first: first + start, bound: bound, into: numbers, parallel: parallel)
        }
        try file.write(contentsOf: Data(buffer: numbers))
      }
    }
  }

  private static let oneAsBfloat16: UInt16 = 0x3F80
}
