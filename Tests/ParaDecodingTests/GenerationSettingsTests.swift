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
      try settings(#"{"temperature": null, "pad_token_id": 7}"#) == GenerationSettings())
    #expect(try options(#"{"temperature": null}"#).temperature == nil)
  }

  /// All settings, with values that are no defaults.
  private static let all = """
    {"num_beams": 4, "max_new_tokens": 9, "min_new_tokens": 2, "length_penalty": 0.5,
     "early_stopping": "never", "num_return_sequences": 3, "repetition_penalty": 1.25,
     "no_repeat_ngram_size": 3, "stop_strings": ["a", "b"], "do_sample": true, "temperature": 0.7, "top_k": 5,
     "top_p": 0.9, "min_p": 0.1, "seed": 9223372036854775807, "min_length": 11, "encoder_repetition_penalty": 1.1,
     "encoder_no_repeat_ngram_size": 4, "bad_words_ids": [[7], [8, 9]], "sequence_bias": [[[1, 2], -0.5]],
     "suppress_tokens": 5, "begin_suppress_tokens": [6, 7], "exponential_decay_length_penalty": [3, 1.5],
     "forced_bos_token_id": 2, "forced_eos_token_id": [3], "eos_token_id": [1, 3]}
    """

  private static let allSettings = GenerationSettings(
    numBeams: 4, maxNewTokens: 9, minNewTokens: 2, lengthPenalty: 0.5, earlyStopping: .never,
    numReturnSequences: 3, endOfSequence: [1, 3], stopStrings: ["a", "b"], repetitionPenalty: 1.25,
    noRepeatNgramSize: 3, doSample: true, temperature: 0.7, topK: 5, topP: 0.9, minP: 0.1,
    seed: .max, minLength: 11, encoderRepetitionPenalty: 1.1, encoderNoRepeatNgramSize: 4,
    badWords: [[7], [8, 9]], sequenceBias: [SequenceBias(tokens: [1, 2], bias: -0.5)],
    suppressTokens: [5], beginSuppressTokens: [6, 7],
    lengthDecay: LengthDecay(start: 3, factor: 1.5), forcedBeginOfSequence: [2],
    forcedEndOfSequence: [3])

  @Test func namesAreThoseOfTransformers() throws {
    #expect(GenerationSettings(try options(Self.all)) == Self.allSettings)
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
        {"badWordsIds":[[7],[8,9]],"beams":4,"beginSuppressTokens":[6,7],"doSample":true,"earlyStopping":"never",\
        "encoderNoRepeatNgramSize":4,"encoderRepetitionPenalty":1.1,"eosTokenId":[1,3],\
        "exponentialDecayLengthPenalty":[3,1.5],"forcedBosTokenId":[2],"forcedEosTokenId":[3],"lengthPenalty":0.5,\
        "maxNewTokens":9,"minLength":11,"minNewTokens":2,"minP":0.1,"noRepeatNgramSize":3,"repetitionPenalty":1.25,\
        "returnSequences":3,"seed":9223372036854775807,"sequenceBias":[[[1,2],-0.5]],"stopStrings":["a","b"],\
        "suppressTokens":[5],"temperature":0.7,"topK":5,"topP":0.9}
        """)
  }

  @Test func keysAndPathsAreDistinct() {
    let all = GenerationSetting.all
    #expect(Set(all.map(\.key)).count == all.count && Set(all.map(\.path)).count == all.count)
    #expect(all.filter { !$0.isInModelFile }.map(\.key) == ["eos_token_id", "seed"])
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
      #"{"do_sample": true, "temperature": 0}"#,
      "temperature must be above 0 (for the most probable tokens set do_sample to false), "
        + "but is 0.0."
    ),
    (#"{"do_sample": true, "top_k": -1}"#, "top_k must be 0 (off) or more, but is -1."),
    (#"{"do_sample": true, "top_p": 1.5}"#, "top_p must be 0 to 1, but is 1.5."),
    (#"{"do_sample": true, "min_p": -0.5}"#, "min_p must be 0 to 1, but is -0.5."),
    (
      #"{"suppress_tokens": [2, -1]}"#,
      "suppress_tokens must be tokens that are not negative, but is [2, -1]."
    ),
    (#"{"eos_token_id": -1}"#, "eos_token_id must be tokens that are not negative, but is [-1]."),
    (
      #"{"forced_eos_token_id": [1, 2]}"#,
      "forced_eos_token_id must be one token that is not negative, but is [1, 2]."
    ),
    (
      #"{"bad_words_ids": [[1], []]}"#,
      "bad_words_ids must be lists of tokens that are not negative, none of them empty, but is [[1], []]."
    ),
    (
      #"{"sequence_bias": [[[1], 2], [[1], 3]]}"#,
      "sequence_bias must be lists of tokens that are not negative, none of them empty and none twice, each with a "
        + "finite number, but is [[[1], 2.0], [[1], 3.0]]."
    ),
    (
      #"{"exponential_decay_length_penalty": [-1, 2]}"#,
      "exponential_decay_length_penalty must be [0 or more, above 0], but is [-1, 2.0]."
    ),
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

  /// As many files have them: transformers warns of such settings and goes on.
  @Test(arguments: [
    #""temperature": 0"#, #""temperature": -1"#, #""top_k": -1"#, #""top_p": 0"#, #""min_p": 2"#,
  ])
  func settingsWithoutEffectAreNoError(json: String) throws {
    _ = try settings("{\(json)}")
    _ = try settings(#"{\#(json), "num_beams": 3, "do_sample": false}"#)
  }

  @Test func notANumberIsRefused() throws {
    let error = #expect(throws: SearchError.self) {
      try GenerationSettings(lengthPenalty: .nan).validate()
    }
    #expect("\(error as Any)".contains("length_penalty must be finite, but is nan."))
  }
}
