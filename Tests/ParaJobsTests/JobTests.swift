import Foundation
import ParaDecoding
import ParaPrompts
import ParaTasks
import ParaTensors
import ParaTestSupport
import Testing

@testable import ParaJobs

@Suite("Job")
struct JobTests {
  @Test("the whole of a job file is read")
  func everything() throws {
    let job = try Job(parsing: Self.full, path: "pipelines/quickstart.yaml")
    #expect(job.name == "quickstart")
    #expect(job.file == "pipelines/quickstart.yaml")
    #expect(job.model == "fixtures/model")
    #expect(job.output == "output/quickstart")
    #expect(
      job.adapters == [
        Job.Adapter(name: "squad-para", path: "fixtures/adapters/squad-para"),
        Job.Adapter(name: "squad-lora", path: "/shared/squad-lora"),
      ])
    #expect(job.tasks.map(\.name) == ["squad", "boolq", "write"])
    #expect(
      job.tasks.map { $0.scorer.entries.map(\.key.metric) } == [
        ["f1", "exact_match"], ["acc"], [],
      ])
    #expect(
      job.tasks.map(\.definition.format.text?.source) == [
        "Context:\n{{ context }}\nQuestion:\n{{ question }}\nAnswer:", "{{ question }}?",
        "{{ prompt }}",
      ])
    #expect(
      job.engine
        == Job.Engine(
          threads: 2, batchTokens: 4096, maxLanes: 64, adapterMemory: 1_500_000))
    #expect(job.inputs.map(\.task) == ["squad", "boolq", "write"])
    #expect(job.inputs.map(\.id) == ["id", nil, nil])
    #expect(job.inputs.map(\.limit) == [nil, 100, nil])
    #expect(
      job.inputs.map(\.adapters) == [
        .each(["squad-para", "squad-lora", nil]), .each([nil]), .field("tenant", missing: .fails),
      ])
    #expect(
      job.inputs.map(\.path) == [
        "fixtures/data/squad.jsonl", "fixtures/data/boolq.zip", "/data/prompts.xml",
      ])
    let second = job.inputs[1]
    #expect(second.format == "jsonl" && second.members == "*.jsonl" && second.records == nil)
    #expect(job.inputs[2].records == "record")
  }

  @Test("an input's settings override its task's, and those the job's")
  func settings() throws {
    let job = try Job(parsing: Self.full, path: "a.yaml")
    let (squad, boolq, write) = (
      job.inputs[0].generation, job.inputs[1].generation, job.inputs[2].generation
    )
    #expect(job.inputs.map(\.generation.numBeams) == [3, 3, 1])
    #expect(job.inputs.map(\.generation.maxNewTokens) == [16, 2, 32])
    #expect(squad.lengthPenalty == 0.8 && write.lengthPenalty == 0.8)
    #expect([squad.earlyStopping, write.earlyStopping] == [.never, .always])
    #expect(write.stopStrings == ["\n\n", "END"])
    #expect(boolq.stopStrings == ["\n"])
    #expect(write.doSample && write.seed == 17 && write.topK == 0)
    #expect(write.temperature == 0.7 && write.topP == 0.95 && write.minP == 0.05)
    #expect(write.repetitionPenalty == 1.1)
    #expect(
      write.minNewTokens == 1 && write.numReturnSequences == 2 && write.noRepeatNgramSize == 4)
  }

  @Test("a short job file gets the defaults")
  func defaults() throws {
    let job = try Job(parsing: Self.short, path: "/jobs/short.yaml")
    #expect(job.model == "/jobs/model")
    #expect(job.output == "/jobs/out/run")
    #expect(job.adapters.isEmpty)
    #expect(job.inputs[0].adapters == .each([nil]))
    #expect(job.inputs[0].generation == GenerationSettings())
    #expect(job.engine.threads == ProcessorCount.available)
    #expect(job.engine.batchTokens == 8192 && job.engine.maxLanes == 192)
    #expect(job.engine.adapterMemory == 1_000_000_000)
  }

  @Test("settings not given are those of transformers")
  func transformersDefaults() {
    // GenerationConfig of transformers; max_new_tokens is lm-evaluation-harness's max_gen_toks.
    let settings = GenerationSettings(GenerationOptions())
    #expect(settings == GenerationSettings())
    #expect(settings.numBeams == 1 && settings.numReturnSequences == 1 && !settings.doSample)
    #expect(settings.maxNewTokens == 256 && settings.minNewTokens == 0)
    #expect(settings.lengthPenalty == 1 && settings.earlyStopping == .heuristic)
    #expect(settings.repetitionPenalty == 1 && settings.noRepeatNgramSize == 0)
    #expect(settings.temperature == 1 && settings.topK == 50 && settings.topP == 1)
    #expect(settings.minP == 0)
    #expect(settings.stopStrings.isEmpty)
  }

  @Test("a job is read from its file")
  func file() throws {
    let scratch = try TemporaryFolder()
    try scratch.write(Self.short.utf8, "short.yaml")
    let job = try Job(contentsOf: scratch.path + "/short.yaml")
    #expect(job.model == scratch.path + "/model")
  }

  @Test("a file that cannot be read is named with the reason")
  func unreadable() throws {
    let scratch = try TemporaryFolder()
    try scratch.write([0x6D, 0xFF, 0x0A], "latin.yaml")
    #expect(
      message { try Job(contentsOf: scratch.path + "/absent.yaml") }
        == "\(scratch.path)/absent.yaml: cannot be read: No such file or directory.")
    #expect(
      message { try Job(contentsOf: scratch.path) }
        == "\(scratch.path): cannot be read: Is a directory.")
    #expect(
      message { try Job(contentsOf: scratch.path + "/latin.yaml") }
        == "\(scratch.path)/latin.yaml: not UTF-8 text.")
  }

  private func message(_ body: () throws -> Job) -> String? {
    #expect(throws: JobError.self) { _ = try body() }?.description
  }

  static let short = """
    model: model
    tasks: {write: {doc_to_text: "{{ prompt }}"}}
    inputs: [{path: a.jsonl, task: write}]
    output: out/run/
    """

  static let full = #"""
    model: ../fixtures/model
    adapters:
      squad-para: ../fixtures/adapters/squad-para
      squad-lora: /shared/squad-lora
    tasks:
      squad:
        doc_to_text: "Context:\n{{ context }}\nQuestion:\n{{ question }}\nAnswer:"
        doc_to_target: answers
        metric_list: [{metric: f1}, exact_match]
        generation_kwargs: {max_new_tokens: 16, early_stopping: never}
      boolq:
        doc_to_text: "{{ question }}?"
        doc_to_target: "{% if answer %}yes{% else %}no{% endif %}"
        metric_list: [acc]
        generation_kwargs: {max_new_tokens: 4, stop_strings: "\n"}
      write:
        doc_to_text: "{{ prompt }}"
    inputs:
      - path: ../fixtures/data/squad.jsonl
        task: squad
        adapters: [squad-para, squad-lora, none]
        id: id
      - path: ./../fixtures/data/boolq.zip
        format: jsonl
        members: "*.jsonl"
        task: boolq
        limit: 100
        generation: {max_new_tokens: 2}
      - path: /data/prompts.xml
        records: record
        task: write
        adapter_field: tenant
        generation:
          num_beams: 1
          num_return_sequences: 2
          do_sample: true
          temperature: 0.7
          top_k: 0
          top_p: 0.95
          min_p: 0.05
          seed: 17
          min_new_tokens: 1
          repetition_penalty: 1.1
          no_repeat_ngram_size: 4
          stop_strings: ["\n\n", END]
    generation: {num_beams: 3, max_new_tokens: 32, length_penalty: 0.8, early_stopping: true}
    engine: {threads: 2, batch_tokens: 4096, max_lanes: 64, adapter_memory: 1.5 MB}
    output: ../output/quickstart
    """#
}
