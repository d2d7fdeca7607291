import ParaAdapters
import ParaDecoding
public import ParaFlow
public import ParaJobs
import ParaTokenizers

/// Renders each row's prompt and references and encodes the prompt.
///
/// A row fails when a field is missing, its adapter is unknown or unusable, or prompt and answer
/// exceed the context.
public func tokenize(_ tasks: [Job.Task], with model: LanguageModel, concurrency: Int = 1)
  -> Stage<Row<SourceRow>, Row<Prompt>>
{
  Stage("tokenize", concurrency: concurrency, capacity: 256) { input, output in
    // Templates are parsed per worker, because Stencil's are not meant to be shared.
    let builder = try PromptBuilder(tasks, model)
    while let row = try input.next() {
      let prompt: Row<Prompt>
      do {
        prompt = try row.map(builder.prompt)
      } catch {
        try output.fail(row.origin, error)
        continue
      }
      try output.send(prompt)
    }
  }
}
