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
      ("{", "is not valid JSON."),
      (#"{"top_k": "many"}"#, "has a value of the wrong type at top_k."),
    ] {
      let error = #expect(throws: CheckpointError.self) { try settings(text) }
      #expect(error?.description == "\(path): \(message)")
    }
  }

  /// Every setting of a job is read under its own name.
  @Test func allSettingsAreRead() throws {
    let found = try settings(
      "{}",
      job: """
        {num_beams: 1, num_return_sequences: 2, max_new_tokens: 9, min_new_tokens: 3, length_penalty: 0.5, \
        early_stopping: never, repetition_penalty: 1.5, no_repeat_ngram_size: 4, do_sample: true, temperature: 0.7, \
        top_k: 11, top_p: 0.8, min_p: 0.1, seed: 6}
        """)
    #expect(
      found
        == GenerationSettings(
          numBeams: 1, maxNewTokens: 9, minNewTokens: 3, lengthPenalty: 0.5, earlyStopping: .never,
          numReturnSequences: 2, repetitionPenalty: 1.5, noRepeatNgramSize: 4,
          doSample: true, temperature: 0.7, topK: 11, topP: 0.8, minP: 0.1, seed: 6))
    try found.validate()
  }
}
