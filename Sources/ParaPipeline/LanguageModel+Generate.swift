import ParaCheckpoints
import ParaDecoding
import ParaEngine
import ParaJSON
public import ParaJobs
import ParaTokenizers

extension LanguageModel {
  /// What the model's `generation_config.json` asks for.
  ///
  /// - Throws: `CheckpointError` if the file cannot be read.
  public func generationDefaults() throws -> GenerationOptions {
    try GenerationOptions(modelFolder: folder.url)
  }

  /// Answers one prompt on the calling thread.
  ///
  /// - Returns: The hypotheses, best first, with their text.
  /// - Throws: An error in words if the prompt is empty or too long, or the adapter cannot be used.
  public func generate(
    _ text: String, adapter: String? = nil, _ settings: GenerationSettings, threads: Int
  ) throws -> [Completion.Answer] {
    let task = Job.Task(name: "prompt", prompt: .template("{{ prompt }}"), target: nil, metrics: [])
    let row = SourceRow(
      fields: ["prompt": .string(text)], task: task.name, adapter: adapter, generation: settings)
    let prompt = try PromptBuilder([task], self).prompt(row)
    let engine = Engine(decoder, options: EngineOptions(workers: 1, threadsPerWorker: threads))
    return try engine.generate([try prompt.request(row: 0)])[0].map {
      Completion.Answer(hypothesis: $0, text: tokenizer.decode($0.tokens))
    }
  }
}
