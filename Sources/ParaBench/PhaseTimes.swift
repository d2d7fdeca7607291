/// Seconds of the two phases of a run.
struct PhaseTimes: Sendable, Hashable {
  var prefill = 0.0
  var decode = 0.0
  var seconds: Double { prefill + decode }
}

extension [PhaseTimes] {
  /// The fastest run.
  var best: PhaseTimes { self.min { $0.seconds < $1.seconds } ?? PhaseTimes() }
}
