import Foundation
import ParaDecoding
import Testing

@Suite struct SearchSettingsTests {
  private func decode(_ json: String) throws -> SearchSettings {
    try JSONDecoder().decode(SearchSettings.self, from: Data(json.utf8))
  }

  @Test func absentAndNullSettingsTakeTheDefaults() throws {
    #expect(try decode(#"{"temperature": null, "stop_strings": ["x"]}"#) == SearchSettings())
  }

  @Test func namesAreThoseOfTransformers() throws {
    let settings = try decode(
      """
      {"num_beams": 4, "max_new_tokens": 9, "min_new_tokens": 2, "length_penalty": 0.5,
       "early_stopping": "never", "num_return_sequences": 3, "eos_token_id": [1, 2],
       "repetition_penalty": 1.25, "no_repeat_ngram_size": 3, "seed": 18446744073709551615}
      """)
    #expect(
      try settings
        == SearchSettings(
          numBeams: 4, maxNewTokens: 9, minNewTokens: 2, lengthPenalty: 0.5, earlyStopping: .never,
          numReturnSequences: 3, endOfSequence: [1, 2], repetitionPenalty: 1.25,
          noRepeatNgramSize: 3, seed: .max))
    let sampling = try decode(
      #"{"do_sample": true, "temperature": 0.7, "top_k": 5, "top_p": 0.9, "min_p": 0.1}"#)
    #expect(
      try sampling
        == SearchSettings(doSample: true, temperature: 0.7, topK: 5, topP: 0.9, minP: 0.1))
  }

  @Test func oneEndOfSequenceIdNeedsNoList() throws {
    #expect(try decode(#"{"eos_token_id": 7}"#).endOfSequence == [7])
  }

  @Test(arguments: [EarlyStopping.heuristic, .always, .never])
  func encodingReadsBack(stopping: EarlyStopping) throws {
    let settings = try SearchSettings(
      numBeams: 3, earlyStopping: stopping, endOfSequence: [4], seed: 5)
    let data = try JSONEncoder().encode(settings)
    #expect(try JSONDecoder().decode(SearchSettings.self, from: data) == settings)
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
    (#"{"eos_token_id": -1}"#, "eos_token_id must not be negative, but is [-1]."),
    (#"{"eos_token_id": [3, 3]}"#, "eos_token_id must not name an id twice, but is [3, 3]."),
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
    let error = #expect(throws: SearchError.self) { try decode(json) }
    #expect(error?.message == message)
    #expect(error?.code == .invalidSetting)
    #expect(message.split(separator: " ").first.map(String.init) == error?.setting)
  }

  @Test func notANumberIsRefused() throws {
    let error = #expect(throws: SearchError.self) { try SearchSettings(lengthPenalty: .nan) }
    #expect("\(error as Any)".contains("length_penalty must be finite, but is nan."))
  }
}
