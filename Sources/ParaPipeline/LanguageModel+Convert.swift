public import Foundation
import ParaCheckpoints
import ParaTokenizers

extension LanguageModel {
  /// Makes a model folder of a llama2.c checkpoint and its tokenizer.
  ///
  /// - Throws: `CheckpointError` or `TokenizerError`, naming the file and what is wrong in it.
  public static func convertLlama2C(_ checkpoint: URL, tokenizer: URL, into folder: URL) throws {
    let model = try Llama2CCheckpoint(checkpoint)
    let pieces = try SentencePieceModel(llama2c: tokenizer)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try model.write(to: folder)
    try Data(pieces.serialized()).write(
      to: folder.appending(path: "tokenizer.model"), options: .atomic)
  }
}
