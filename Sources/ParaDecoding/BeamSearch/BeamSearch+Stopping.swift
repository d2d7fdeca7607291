internal import Foundation

extension BeamSearch {
  /// What a sum of log-probabilities is divided by: `length ^ length_penalty`, the power in double
  /// precision and then rounded, as a tensor is divided by a Python number.
  func penaltyDivisor(length: Int) -> Float {
    Float(pow(Double(length), settings.lengthPenalty))
  }

  /// Whether running on could still change the `num_beams` best ended sequences, given the sum of
  /// log-probabilities of the best running lane. Under `.heuristic` an estimate, as in
  /// `transformers`.
  func canImprove(from running: Float) -> Bool {
    guard ended.count == settings.numBeams, let worst = ended.last else { return true }
    if settings.numBeams == 1 || settings.earlyStopping == .always { return false }
    let growsWithLength = settings.earlyStopping == .never && settings.lengthPenalty > 0
    let length = growsWithLength ? settings.maxNewTokens : generatedLength
    return running / penaltyDivisor(length: length) > worst.score
  }
}
