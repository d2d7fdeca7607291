public import Foundation
import ParaCheckpoints

extension GenerationOptions {
  /// The settings that a model asks for in its `generation_config.json`, as `transformers` takes them
  /// where nothing else is said; none if there is no such file.
  ///
  /// `max_length`, which counts the prompt, is not among them. A value out of range is refused where
  /// it is used.
  ///
  /// - Throws: `CheckpointError` if the file is not JSON or a setting has the wrong type.
  public init(modelFolder folder: URL) throws {
    let url = folder.appending(path: "generation_config.json")
    guard FileManager.default.fileExists(atPath: url.path) else { return }
    let file = try JSONFile.decode(File.self, url)
    beams = file.numBeams
    returnSequences = file.numReturnSequences
    maxNewTokens = file.maxNewTokens
    minNewTokens = file.minNewTokens
    lengthPenalty = file.lengthPenalty
    earlyStopping = file.earlyStopping?.value
    repetitionPenalty = file.repetitionPenalty
    noRepeatNgramSize = file.noRepeatNgramSize
    stopStrings = file.stopStrings?.values
    doSample = file.doSample
    temperature = file.temperature
    topK = file.topK
    topP = file.topP
    minP = file.minP
  }

  private struct File: Decodable {
    var numBeams, numReturnSequences, maxNewTokens, minNewTokens, noRepeatNgramSize, topK: Int?
    var lengthPenalty, repetitionPenalty, temperature, topP, minP: Double?
    var earlyStopping: Stopping?
    var stopStrings: Texts?
    var doSample: Bool?
  }

  /// true, false or "never".
  private struct Stopping: Decodable {
    var value: EarlyStopping

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        value = flag ? .yes : .no
      } else {
        value = try container.decode(EarlyStopping.self)
      }
    }
  }

  /// A text or a list of texts.
  private struct Texts: Decodable {
    var values: [String]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      values = try (try? container.decode([String].self)) ?? [container.decode(String.self)]
    }
  }
}
