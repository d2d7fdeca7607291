extension BenchRow {
  /// Of the measured part: new tokens a second, or prompt tokens where it is prefill. The first new
  /// token comes from prefill.
  func tokensPerSecond(_ times: PhaseTimes) -> Double {
    let prompts = Double(workload.prompts)
    return switch measure {
    case .whole: prompts * Double(workload.newTokens) / times.seconds
    case .prefill: prompts * Double(workload.promptTokens) / times.prefill
    case .decode: prompts * Double(workload.newTokens - 1) / times.decode
    }
  }

  /// How near the measured part comes to its roof; 1 is the machine's limit.
  func share(_ times: PhaseTimes, _ roof: Roof) -> Double {
    switch measure {
    case .whole: roof.seconds / times.seconds
    case .prefill: roof.prefill / times.prefill
    case .decode: roof.decode / times.decode
    }
  }
}
