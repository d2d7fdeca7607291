import ParaTestSupport
import Testing

@testable import ParaJobs

/// A change to the job file below, and the error that it causes.
private struct Mistake: Sendable, CustomTestStringConvertible {
  var line: String
  var instead: String
  var code: JobError.Code
  var message: String

  init(_ line: String, _ instead: String, _ code: JobError.Code, _ message: String) {
    self.line = line
    self.instead = instead
    self.code = code
    self.message = message
  }

  var testDescription: String { instead.isEmpty ? "without \(line)" : instead }
}

@Suite("Job, mistaken")
struct JobErrorTests {
  @Test("every mistake is named with its line and the remedy", arguments: Self.mistakes)
  private func mistake(_ mistake: Mistake) throws {
    #expect(Self.file.contains(mistake.line))
    let text = Self.file.replacing(mistake.line, with: mistake.instead, maxReplacements: 1)
    let error = #expect(throws: JobError.self) { try Job(parsing: text, path: "a.yaml") }
    #expect(error?.code == mistake.code)
    #expect(error?.description == mistake.message)
  }

  @Test("the file is right without a mistake")
  func rightFile() throws {
    #expect(try Job(parsing: Self.file, path: "a.yaml").name == "run")
  }

  @Test("a file that is no mapping, or nothing, is said to be so")
  func shapeless() {
    #expect(message("") == "a.yaml: the job is empty.")
    #expect(message("# nothing\n") == "a.yaml: the job is empty.")
    #expect(message("- 1\n") == "a.yaml:1: the job must be names with values, not a list.")
    #expect(message("job\n") == "a.yaml:1: the job must be names with values, not 'job'.")
    #expect(message("a: 1\n---\nb: 2\n") == "a.yaml:2: not YAML: but found another document.")
  }

  @Test("no text makes it crash")
  func noise() {
    var generator = SeededGenerator(seed: 3)
    let letters = Array("{}[]:,-&*!|>'\"%@#? \n\tabc01~")
    for _ in 0..<2000 {
      var text = Array(Self.file)
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let place = text.indices.randomElement(using: &generator) ?? 0
        text[place] = letters.randomElement(using: &generator) ?? " "
      }
      do {
        _ = try Job(parsing: String(text), path: "a.yaml")
      } catch {
        #expect(error is JobError)
      }
    }
    #expect(message(String(repeating: "[", count: 100_000)) != nil)
  }

  private func message(_ text: String) -> String? {
    #expect(throws: JobError.self) { try Job(parsing: text, path: "a.yaml") }?.description
  }

  private static let file = """
    model: model
    adapters:
      first: adapters/first
    tasks:
      squad:
        doc_to_text: "{{ question }}"
        doc_to_target: answers
        metric_list: [f1]
    inputs:
      - path: squad.jsonl
        task: squad
        adapters: [first]
        limit: 10
    generation: {num_beams: 3, early_stopping: false}
    engine: {threads: 2}
    output: out/run
    """

  private static let mistakes = [
    Mistake(
      "model: model", "modle: model", .unknownKey,
      "a.yaml:1: the job has no key 'modle'. Did you mean 'model'? "
        + "Its keys are model, adapters, tasks, include_path, prompts, inputs, generation, engine, output."
    ),
    Mistake(
      "num_beams: 3", "nr_of_beams: 3", .unknownKey,
      "a.yaml:14: 'generation' has no key 'nr_of_beams'. Did you mean 'num_beams'? "
        + "Its keys are num_beams, num_return_sequences, max_new_tokens, min_new_tokens, "
        + "min_length, length_penalty, early_stopping, repetition_penalty, no_repeat_ngram_size, "
        + "encoder_repetition_penalty, encoder_no_repeat_ngram_size, bad_words_ids, sequence_bias, "
        + "suppress_tokens, begin_suppress_tokens, exponential_decay_length_penalty, "
        + "forced_bos_token_id, forced_eos_token_id, eos_token_id, stop_strings, do_sample, temperature, top_k, top_p, min_p, seed."
    ),
    Mistake(
      "threads: 2", "quantisation: int8", .unknownKey,
      "a.yaml:15: 'engine' has no key 'quantisation'. "
        + "Its keys are threads, batch_tokens, max_lanes, adapter_memory, "
        + "prefix_memory, compute_type, kv_cache_type, memory."),
    Mistake(
      "threads: 2", "adapter_memory: 64", .wrongKind,
      "a.yaml:15: 'engine.adapter_memory' must be a size such as 500 MB or 2 GB, not '64'."),
    Mistake("model: model\n", "", .missingKey, "a.yaml:1: the job needs the key 'model'."),
    Mistake("model: model", "model:", .missingKey, "a.yaml:1: the job needs the key 'model'."),
    Mistake(
      "path: squad.jsonl", "id: x", .missingKey, "a.yaml:10: 'inputs[0]' needs the key 'path'."),
    Mistake(
      "doc_to_target: answers\n", "\n", .missingKey,
      "a.yaml:6: 'tasks.squad' has metrics, so it needs the key 'doc_to_target'."),
    Mistake(
      "limit: 10", "limit: ten", .wrongKind,
      "a.yaml:13: 'inputs[0].limit' must be a whole number, not 'ten'."),
    Mistake(
      "limit: 10", "limit: '10'", .wrongKind,
      "a.yaml:13: 'inputs[0].limit' must be a whole number, not '10'."),
    Mistake(
      "limit: 10", "limit: 0", .wrongValue,
      "a.yaml:13: 'inputs[0].limit' must be at least 1, not 0."),
    Mistake(
      "limit: 10", "format: jsnol", .wrongValue,
      "a.yaml:13: 'inputs[0].format' must be one of jsonl, json, xml."),
    Mistake(
      "threads: 2", "threads: 2000", .wrongValue,
      "a.yaml:15: 'engine.threads' must be from 1 to 1024, not 2000."),
    Mistake(
      "threads: 2", "batch_tokens: 9223372036854775807", .wrongValue,
      "a.yaml:15: 'engine.batch_tokens' must be from 1 to 1073741824, not 9223372036854775807."),
    Mistake(
      "early_stopping: false", "early_stopping: sometimes", .wrongKind,
      "a.yaml:14: 'generation.early_stopping' must be true, false or \"never\", "
        + "not 'sometimes'."),
    Mistake(
      "num_beams: 3, early_stopping: false", "do_sample: true, top_p: 1.5", .wrongValue,
      "a.yaml:10: 'inputs[0]' asks for do_sample, for which top_p must be 0 to 1, but is 1.5."),
    Mistake(
      "early_stopping: false", "suppress_tokens: [-1]", .wrongValue,
      "a.yaml:14: 'generation.suppress_tokens[0]' must be from 0 to 2147483647, not -1."),
    Mistake(
      "early_stopping: false", "exponential_decay_length_penalty: [1]", .wrongValue,
      "a.yaml:14: 'generation.exponential_decay_length_penalty' must have two elements, not 1."),
    Mistake(
      "early_stopping: false", "do_sample: true", .wrongValue,
      "a.yaml:10: 'inputs[0]' asks for do_sample and num_beams 3, and sampled beams are not supported: "
        + "say do_sample: false or num_beams: 1 (what the job does not say, the model's "
        + "generation_config.json decides)."),
    Mistake(
      "early_stopping: false", "length_penalty: nan", .wrongKind,
      "a.yaml:14: 'generation.length_penalty' must be a number, not 'nan'."),
    Mistake(
      "early_stopping: false", "do_sample: yes", .wrongKind,
      "a.yaml:14: 'generation.do_sample' must be true or false, not 'yes'."),
    Mistake(
      "early_stopping: false", "num_return_sequences: 4", .wrongValue,
      "a.yaml:10: 'inputs[0]' asks for num_return_sequences 4 of num_beams 3."),
    Mistake(
      "early_stopping: false", "min_new_tokens: 300", .wrongValue,
      "a.yaml:10: 'inputs[0]' asks for min_new_tokens 300 and max_new_tokens 256."),
    Mistake(
      "{num_beams: 3, early_stopping: false}", "[3]", .wrongKind,
      "a.yaml:14: 'generation' must be names with values, not a list."),
    Mistake(
      "{{ question }}", "{{ question", .syntax,
      "a.yaml:6: 'tasks.squad.doc_to_text' is not a Jinja template: line 1, column 1: "
        + "the tag is not closed by '}}'."),
    Mistake(
      "doc_to_target: answers", "doc_to_traget: answers", .unknownKey,
      "a.yaml:7: a task has no key 'doc_to_traget'. Did you mean 'doc_to_target'?\n"
        + "a.yaml:6: 'tasks.squad' has metrics, so it needs the key 'doc_to_target'."),
    Mistake(
      "doc_to_target: answers", "doc_to_target: !function utils.target", .wrongValue,
      "a.yaml:7: 'tasks.squad.doc_to_target' is Python ('!function utils.target'), which is not run "
        + "here. Run the task once in lm-evaluation-harness with --log_samples, and give the "
        + "samples_*.jsonl that it writes as an input with 'format: lm-eval-samples'."),
    Mistake(
      "[f1]", "[{name: f1}]", .missingKey,
      "a.yaml:8: 'tasks.squad.metric_list[0]' needs the key 'metric'."),
    Mistake(
      "[f1]", "[{metric: exact_match, ignore_cases: true}]", .unknownKey,
      "a.yaml:8: 'tasks.squad.metric_list[0]': The metric exact_match has no option "
        + "\"ignore_cases\"; its options: regexes_to_ignore, ignore_case, ignore_punctuation, "
        + "ignore_numbers, trim."),
    Mistake(
      "[f1]", "[{metric: f1, ignore_case: true}]", .unknownKey,
      "a.yaml:8: 'tasks.squad.metric_list[0]': The metric f1 has no option \"ignore_case\"; its "
        + "options: none."),
    Mistake(
      "[f1]", "[{metric: exact_match, ignore_case: maybe}]", .wrongValue,
      "a.yaml:8: 'tasks.squad.metric_list[0]': The option 'ignore_case' of the metric exact_match is "
        + "true or false, not a string."),
    Mistake(
      "[f1]", "[exact_matsh]", .unknownName,
      "a.yaml:8: 'tasks.squad.metric_list[0]': There is no metric \"exact_matsh\" for "
        + "generate_until; known are acc, accuracy, bleu, chrf, chrf++, em, exact_match, f1, f1_em, "
        + "macro_f1, mcc, numeric, pass@k, rouge1, rouge2, rougeL, rougeLsum, sql_exact, "
        + "sql_execution, squad_v2, ter."),
    Mistake(
      "[f1]", "[f1, {metric: f1}]", .wrongValue,
      "a.yaml:8: 'tasks.squad.metric_list[1]' repeats 'f1'."),
    Mistake(
      "task: squad", "task: sqaud", .unknownName,
      "a.yaml:11: 'inputs[0].task' names 'sqaud', which is not among the job's tasks. "
        + "Did you mean 'squad'? Known: squad."),
    Mistake(
      "[first]", "[first, second]", .unknownName,
      "a.yaml:12: 'inputs[0].adapters[1]' names 'second', which is not among the job's "
        + "adapters. Known: first, none."),
    Mistake(
      "[first]", "[first, first]", .wrongValue,
      "a.yaml:12: 'inputs[0].adapters[1]' repeats 'first'."),
    Mistake("[first]", "[]", .wrongValue, "a.yaml:12: 'inputs[0].adapters' must not be empty."),
    Mistake(
      "limit: 10", "adapter: first", .wrongValue,
      "a.yaml:10: 'inputs[0]' has 'adapter' and 'adapters'; keep one."),
    Mistake(
      "first: adapters/first", "none: adapters/first", .wrongValue,
      "a.yaml:3: no adapter can be called 'none', which stands for the bare model."),
    Mistake(
      "out/run", "../..", .wrongValue,
      "a.yaml:16: 'output' must end in the name of a folder."),
    Mistake(
      "model: model", "model: model\nmodel: other", .syntax,
      "a.yaml:1: not YAML: the key 'model' is there twice."),
    Mistake(
      "model: model", "model: {", .syntax,
      "a.yaml:3: not YAML: did not find expected ',' or '}'."),
  ]
}
