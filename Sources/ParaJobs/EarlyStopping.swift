/// When beam search stops, as `early_stopping` of `transformers` has it.
public enum EarlyStopping: String, Sendable, Equatable, Codable {
  /// `false`: when no running beam can beat the worst finished one, judged at its present length.
  case no = "false"
  /// `true`: when as many hypotheses as beams have finished.
  case yes = "true"
  /// `"never"`: as `no`, but judged at the best length that is still possible.
  case never
}
