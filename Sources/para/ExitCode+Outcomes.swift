import ArgumentParser

extension ExitCode {
  /// Usage, or a job file that cannot be run as it is.
  static let badJob = ExitCode(2)
  /// Done, but some rows are in `errors.jsonl`.
  static let rowsFailed = ExitCode(3)
}
