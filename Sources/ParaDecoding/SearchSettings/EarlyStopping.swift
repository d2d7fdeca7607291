/// When a beam search with `num_beams` finished hypotheses stops, as `transformers` spells it.
public enum EarlyStopping: Sendable, Hashable {
  /// `false`: when no running beam, judged at its current length, beats the worst finished one.
  case heuristic
  /// `true`: at once.
  case always
  /// `"never"`: when no running beam can still beat the worst finished one, judged at the best
  /// length it can attain: `max_new_tokens` if the length penalty is positive, else its current
  /// length.
  case never
}

extension EarlyStopping: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let flag = try? container.decode(Bool.self) {
      self = flag ? .always : .heuristic
    } else if (try? container.decode(String.self)) == "never" {
      self = .never
    } else {
      throw SearchError.invalid("early_stopping", "must be true, false or \"never\"")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .heuristic: try container.encode(false)
    case .always: try container.encode(true)
    case .never: try container.encode("never")
    }
  }
}
