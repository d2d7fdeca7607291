import Foundation
import ParaCheckpoints
import ParaJobs
import ParaTestSupport
import Testing

@testable import ParaDecoding

/// What a model's `generation_config.json` decides where the job is silent.
@Suite struct ModelDefaultsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func settings(_ file: String, job: String = "{}") throws -> GenerationSettings {
    _ = try folder.write(file, to: "model/generation_config.json")
    return try Job(
      parsing: """
        model: model
        tasks: {t: {doc_to_text: x}}
        inputs: [{path: i, task: t}]
        generation: \(job)
        output: out
        """, path: folder.url.appending(path: "job.yaml").path
    ).inputs[0].generation
  }

  /// As Llama 3's and Qwen 2's files have it; `max_length` counts the prompt and is passed over.
  private static let sampled = """
    {"bos_token_id": 1, "eos_token_id": [2, 3], "do_sample": true, "temperature": 0.6, "top_p": 0.9, "top_k": 20,
     "min_p": 0.02, "repetition_penalty": 1.05, "max_length": 4096, "pad_token_id": null}
    """

  @Test func theyFillWhatTheJobLeavesOpen() throws {
    let found = try settings(Self.sampled, job: "{temperature: 0.8, max_new_tokens: 9}")
    #expect(found.doSample && found.temperature == 0.8 && found.maxNewTokens == 9)
    #expect(found.topP == 0.9 && found.topK == 20 && found.minP == 0.02)
    #expect(found.repetitionPenalty == 1.05 && found.numBeams == 1)
    let beams = try settings(
      #"{"num_beams": 4, "early_stopping": "never", "length_penalty": 2, "stop_strings": "END"}"#)
    #expect(beams.numBeams == 4 && beams.earlyStopping == .never && beams.lengthPenalty == 2)
    #expect(beams.stopStrings == ["END"] && !beams.doSample)
    #expect(try settings(#"{"early_stopping": true}"#).earlyStopping == .always)
  }

  @Test func aModelThatSamplesIsNotSearchedWithBeamsUnasked() throws {
    let error = #expect(throws: JobError.self) { try settings(Self.sampled, job: "{num_beams: 3}") }
    #expect(error?.message.contains("say do_sample: false or num_beams: 1") == true)
    let found = try settings(Self.sampled, job: "{num_beams: 3, do_sample: false}")
    #expect(found.numBeams == 3 && !found.doSample)
  }

  @Test func aBrokenFileIsNamed() throws {
    let path = folder.url.appending(path: "model/generation_config.json").path
    for (text, message) in [
      ("{", "is not valid JSON: expected a key in quotes, found the end of the text at byte 1."),
      (
        #"{"early_stopping": "soon"}"#,
        #"cannot be used: early_stopping must be true, false or "never"."#
      ),
      (#"{"top_k": "many"}"#, "has a value of the wrong type at top_k."),
    ] {
      let error = #expect(throws: CheckpointError.self) { try settings(text) }
      #expect(error?.description == "\(path): \(message)")
    }
  }

  /// Older programs left such settings in config.json; another file beside it goes before them all.
  @Test func settingsOfAnOldConfigurationAreTaken() throws {
    let config = #"{"repetition_penalty": 1.8, "no_repeat_ngram_size": 2, "vocab_size": 9}"#
    _ = try folder.write(config, to: "model/config.json")
    let job = try Job(
      parsing: """
        model: model
        tasks: {t: {doc_to_text: x}}
        inputs: [{path: i, task: t}]
        output: out
        """, path: folder.url.appending(path: "job.yaml").path)
    #expect(job.inputs[0].generation.repetitionPenalty == 1.8)
    #expect(job.inputs[0].generation.noRepeatNgramSize == 2)
    #expect(try settings("{}") == GenerationSettings())
  }

  /// `eos_token_id` of the model is read with its vocabulary, unless the job names one.
  @Test func theJobMayNameTheTokensThatEnd() throws {
    let model = #"{"eos_token_id": [2, 3]}"#
    #expect(try settings(model).endOfSequence == [])
    #expect(try settings(model, job: "{eos_token_id: 7}").endOfSequence == [7])
    #expect(try settings(model, job: "{eos_token_id: [7, 8]}").endOfSequence == [7, 8])
  }

  /// As greedy tasks of lm-evaluation-harness say it, and models' files.
  @Test func samplingSettingsOfAGreedySearchAreNoError() throws {
    let found = try settings(
      #"{"do_sample": false, "temperature": 0.0, "top_k": -1}"#,
      job: "{do_sample: false, temperature: 0.0, top_p: 0, top_k: -1}")
    #expect(!found.doSample && found.temperature == 0)
    try found.validate()
    let error = #expect(throws: JobError.self) {
      try settings("{}", job: "{do_sample: true, temperature: 0.0}")
    }
    #expect(
      error?.message
        == """
        'inputs[0]' asks for do_sample, for which temperature must be above 0 (for the most probable tokens set do_sample \
        to false), but is 0.0.
        """)
  }

  /// Each is refused by name where it has an effect, whatever else is said.
  @Test(arguments: [
    (#""guidance_scale": 1.5"#, "{}", "guidance_scale 1.5"),
    (#""watermarking_config": {"bias": 2.5}"#, "{}", #"watermarking_config {"bias": 2.5}"#),
    (#""constraints": [1]"#, "{}", "constraints [1]"),
    (#""force_words_ids": [[1]]"#, "{}", "force_words_ids [[1]]"),
    (#""token_healing": true"#, "{}", "token_healing true"),
    (#""max_time": 3"#, "{}", "max_time 3"),
    (#""is_assistant": true"#, "{}", "is_assistant true"),
    (#""num_beam_groups": 2"#, "{num_beams: 4}", "num_beam_groups 2"),
    (#""diversity_penalty": 0.5"#, "{num_beams: 4}", "diversity_penalty 0.5"),
    (
      #""renormalize_logits": true"#, "{num_beams: 4, suppress_tokens: 3}",
      "renormalize_logits true"
    ),
    (#""penalty_alpha": 0.6"#, "{}", "penalty_alpha 0.6"),
    (#""dola_layers": "high""#, "{}", #"dola_layers "high""#),
    (#""prompt_lookup_num_tokens": 3"#, "{}", "prompt_lookup_num_tokens 3"),
    (#""assistant_early_exit": 4"#, "{}", "assistant_early_exit 4"),
    (#""use_mtp": true"#, "{}", "use_mtp true"),
    (#""typical_p": 0.9"#, "{do_sample: true}", "typical_p 0.9"),
    (#""epsilon_cutoff": 0.01"#, "{do_sample: true}", "epsilon_cutoff 0.01"),
    (#""eta_cutoff": 0.01"#, "{do_sample: true}", "eta_cutoff 0.01"),
    (#""top_h": 0.4"#, "{do_sample: true}", "top_h 0.4"),
  ])
  func whatIsNotSupportedIsRefused(file: String, job: String, request: String) throws {
    let error = #expect(throws: JobError.self) { try settings("{\(file)}", job: job) }
    #expect(
      error?.message
        == """
        'inputs[0]' asks for \(request) by the model's generation_config.json, which is not supported: remove it there to \
        generate without it.
        """)
  }

  /// Values that do nothing, settings of other searches, and what changes no token.
  @Test(arguments: [
    (
      "{}",
      #""guidance_scale": 1, "num_beam_groups": 2, "typical_p": 0.9, "top_h": 0.4, "max_time": null"#
    ),
    (
      "{num_beams: 3}",
      #""penalty_alpha": 0.6, "dola_layers": "low", "num_beam_groups": 1, "diversity_penalty": 0.0"#
    ),
    ("{num_beams: 3}", #""renormalize_logits": true, "constraints": [], "token_healing": false"#),
    (
      "{do_sample: true}",
      #""typical_p": 1.0, "epsilon_cutoff": 0.0, "eta_cutoff": 0, "penalty_alpha": 0.6"#
    ),
    (
      "{}",
      #""use_cache": true, "cache_implementation": "static", "output_scores": true, "num_assistant_tokens": 20"#
    ),
  ])
  func whatDoesNothingPasses(job: String, file: String) throws {
    try settings("{\(file)}", job: job).validate()
  }

  /// Every setting of a job is read under its own name.
  @Test func allSettingsAreRead() throws {
    let found = try settings(
      "{}",
      job: """
        {num_beams: 1, num_return_sequences: 2, max_new_tokens: 9, min_new_tokens: 3, length_penalty: 0.5, \
        early_stopping: never, repetition_penalty: 1.5, no_repeat_ngram_size: 4, do_sample: true, temperature: 0.7, \
        top_k: 11, top_p: 0.8, min_p: 0.1, seed: 6, min_length: 12, encoder_repetition_penalty: 1.1, \
        encoder_no_repeat_ngram_size: 5, bad_words_ids: [[3], [4, 5]], sequence_bias: [[[6, 7], -1.5]], \
        suppress_tokens: [8], begin_suppress_tokens: 9, exponential_decay_length_penalty: [2, 1.2], \
        forced_bos_token_id: 10, forced_eos_token_id: 11, eos_token_id: [12, 13]}
        """)
    #expect(
      found
        == GenerationSettings(
          numBeams: 1, maxNewTokens: 9, minNewTokens: 3, lengthPenalty: 0.5, earlyStopping: .never,
          numReturnSequences: 2, endOfSequence: [12, 13], repetitionPenalty: 1.5,
          noRepeatNgramSize: 4, doSample: true, temperature: 0.7, topK: 11, topP: 0.8, minP: 0.1,
          seed: 6, minLength: 12, encoderRepetitionPenalty: 1.1, encoderNoRepeatNgramSize: 5,
          badWords: [[3], [4, 5]], sequenceBias: [SequenceBias(tokens: [6, 7], bias: -1.5)],
          suppressTokens: [8], beginSuppressTokens: [9],
          lengthDecay: LengthDecay(start: 2, factor: 1.2), forcedBeginOfSequence: [10],
          forcedEndOfSequence: [11]))
    try found.validate()
  }
}
