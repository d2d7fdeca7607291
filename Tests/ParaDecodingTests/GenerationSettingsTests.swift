import Foundation
import ParaTestSupport
import Testing

@testable import ParaDecoding

@Suite struct GenerationSettingsTests {
  private func options(_ json: String) throws -> GenerationOptions {
    try JSONDecoder().decode(GenerationOptions.self, from: Data(json.utf8))
  }

  private func settings(_ json: String) throws -> GenerationSettings {
    let settings = GenerationSettings(try options(json))
    try settings.validate()
    return settings
  }

  @Test func absentAndNullSettingsTakeTheDefaults() throws {
    #expect(
      try settings(#"{"temperature": null, "eos_token_id": 7}"#) == GenerationSettings())
    #expect(try options(#"{"temperature": null}"#).temperature == nil)
  }

  /// All settings, with values that are no defaults.
  private static let all = """
    {"num_beams": 4, "max_new_tokens": 9, "min_new_tokens": 2, "length_penalty": 0.5,
     "early_stopping": "never", "num_return_sequences": 3, "repetition_penalty": 1.25,
     "no_repeat_ngram_size": 3, "stop_strings": ["a", "b"], "do_sample": true, "temperature": 0.7, "top_k": 5,
     "top_p": 0.9, "min_p": 0.1, "seed": 9223372036854775807}
    """

  private static let allSettings = GenerationSettings(
    numBeams: 4, maxNewTokens: 9, minNewTokens: 2, lengthPenalty: 0.5, earlyStopping: .never,
    numReturnSequences: 3, stopStrings: ["a", "b"], repetitionPenalty: 1.25, noRepeatNgramSize: 3,
    doSample: true, temperature: 0.7, topK: 5, topP: 0.9, minP: 0.1, seed: .max)

  @Test func namesAreThoseOfTransformers() throws {
    #expect(GenerationSettings(try options(Self.all)) == Self.allSettings)
  }

  /// As decoders present the keys that convert them from snake case.
  @Test func convertedKeysAreRead() throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let options = try decoder.decode(GenerationOptions.self, from: Data(Self.all.utf8))
    #expect(GenerationSettings(options) == Self.allSettings)
  }

  @Test func oneStopStringNeedsNoList() throws {
    #expect(try settings(#"{"stop_strings": "END"}"#).stopStrings == ["END"])
  }

  @Test(arguments: [("true", EarlyStopping.always), ("false", .heuristic), (#""never""#, .never)])
  func earlyStoppingHasThreeValues(json: String, value: EarlyStopping) throws {
    #expect(try settings(#"{"early_stopping": \#(json)}"#).earlyStopping == value)
  }

  /// Every setting of the table is merged, whichever of the two has it.
  @Test func ownSettingsPrecedeOthers() throws {
    let all = try options(Self.all)
    #expect(GenerationOptions().or(all) == all)
    #expect(all.or(GenerationOptions()) == all)
    var own = GenerationOptions()
    own.numBeams = 2
    own.temperature = 1  // a default that is given precedes another value
    let merged = own.or(all)
    #expect(merged.numBeams == 2 && merged.temperature == 1 && merged.topK == 5)
    own.numBeams = nil
    #expect(own.or(all).numBeams == 4)
  }

  /// The keys of `run.json`, sorted; results that exist keep their format.
  @Test func theRecordHasAllSettings() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(
      String(decoding: try encoder.encode(Self.allSettings), as: UTF8.self) == """
        {"beams":4,"doSample":true,"earlyStopping":"never","lengthPenalty":0.5,"maxNewTokens":9,"minNewTokens":2,\
        "minP":0.1,"noRepeatNgramSize":3,"repetitionPenalty":1.25,"returnSequences":3,\
        "seed":9223372036854775807,"stopStrings":["a","b"],"temperature":0.7,"topK":5,"topP":0.9}
        """)
  }

  @Test func keysAndPathsAreDistinct() {
    let all = GenerationSetting.all
    #expect(Set(all.map(\.key)).count == all.count && Set(all.map(\.path)).count == all.count)
    #expect(all.filter { !$0.isInModelFile }.map(\.key) == ["seed"])
  }

  @Test(arguments: [
    (#"{"num_beams": 0}"#, "num_beams must be 1 to 1024, but is 0."),
    (#"{"max_new_tokens": 0}"#, "max_new_tokens must be 1 to 1073741824, but is 0."),
    (
      #"{"max_new_tokens": 5, "min_new_tokens": 6}"#,
      "min_new_tokens must be 0 to max_new_tokens (5), but is 6."
    ),
    (#"{"early_stopping": "soon"}"#, #"early_stopping must be true, false or "never"."#),
    (
      #"{"num_beams": 2, "num_return_sequences": 3}"#,
      "num_return_sequences must be 1 to num_beams (2), but is 3."
    ),
    (#"{"repetition_penalty": 0}"#, "repetition_penalty must be above 0, but is 0.0."),
    (
      #"{"no_repeat_ngram_size": -1}"#,
      "no_repeat_ngram_size must be 0 (off) or more, but is -1."
    ),
    (
      #"{"do_sample": true, "num_beams": 2}"#,
      "do_sample must be false when num_beams is above 1 (2): sampled beams are not supported."
    ),
    (
      #"{"temperature": 0}"#,
      "temperature must be above 0 (for the most probable tokens set do_sample to false), "
        + "but is 0.0."
    ),
    (#"{"top_k": -1}"#, "top_k must be 0 (off) or more, but is -1."),
    (#"{"top_p": 1.5}"#, "top_p must be 0 to 1, but is 1.5."),
    (#"{"min_p": -0.5}"#, "min_p must be 0 to 1, but is -0.5."),
    (
      #"{"do_sample": true, "num_return_sequences": 0}"#,
      "num_return_sequences must be 1 to 1024, but is 0."
    ),
  ])
  func refusalNamesTheSetting(json: String, message: String) throws {
    let error = #expect(throws: SearchError.self) { try settings(json) }
    #expect(error?.message == message)
    #expect(error?.code == .invalidSetting)
    #expect(message.split(separator: " ").first.map(String.init) == error?.setting)
  }

  @Test(
    arguments: [
      ([-1], "eos_token_id must not be negative, but is [-1]."),
      ([3, 3], "eos_token_id must not name an id twice, but is [3, 3]."),
    ] as [([TokenID], String)])
  func endOfSequenceIdsAreDistinct(ids: [TokenID], message: String) {
    let error = #expect(throws: SearchError.self) {
      try GenerationSettings(endOfSequence: ids).validate()
    }
    #expect(error?.message == message && error?.setting == "eos_token_id")
  }

  @Test func notANumberIsRefused() throws {
    let error = #expect(throws: SearchError.self) {
      try GenerationSettings(lengthPenalty: .nan).validate()
    }
    #expect("\(error as Any)".contains("length_penalty must be finite, but is nan."))
  }
}
