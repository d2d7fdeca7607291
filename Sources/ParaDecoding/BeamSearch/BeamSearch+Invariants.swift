extension BeamSearch {
  /// What holds after every step; checked in debug builds. Scores are not compared by >= because
  /// an absurd length penalty makes them NaN.
  func checkInvariants() {
    assert(lanes.count <= settings.numBeams, "more lanes than beams")
    assert(ended.count <= settings.numBeams, "more ended sequences than beams")
    assert(isFinished || !lanes.isEmpty, "running without a lane")
    assert(generatedLength <= settings.maxNewTokens, "longer than allowed")
    assert(!isFinished || !ended.isEmpty, "finished without a hypothesis")
    assert(
      zip(lanes, lanes.dropFirst()).allSatisfy { !($0.score < $1.score) }, "lanes out of order")
    assert(
      zip(ended, ended.dropFirst()).allSatisfy { !($0.score < $1.score) }, "ended out of order")
  }
}
