import ArgumentParser
import ParaPipeline

struct Para: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "para",
    abstract: "Offline batch inference with many tenants' adapters, on CPUs.",
    discussion: """
      para reads prompt files (JSONL, archives, XML), runs them through one language model with any mixture of PARA, LoRA, \
      (IA)³ and BitFit adapters, decodes with batched beam search, scores against references and writes the results in \
      input order, each row exactly once.

      Start with:  para run pipelines/quickstart.yaml

      Exit codes: 0 done, 1 the job failed, 2 usage or a bad job file, 3 done, but some rows failed (see errors.jsonl).
      """,
    version: Version.current,
    subcommands: [
      Run.self, Plan.self, Generate.self, Inspect.self, Convert.self, Bench.self,
      VerifyInvariance.self,
    ])
}
