import ArgumentParser
import ParaDecoding
import ParaInspection
import ParaJobs
import ParaPipeline
import ParaScoring

/// How errors map to exit codes: what the user can mend in the job file or the command is 2, the
/// rest 1.
enum Outcome {
  static func exitCode(for error: any Error) -> ExitCode {
    switch error {
    case is JobError, is TaskTemplateError, is ScoringError, is SearchError, is ValidationError,
      is InspectionError, is MemoryError:
      .badJob
    default: .failure
    }
  }
}
