/// A setting of a model's file that transformers obeys and `para` does not, with a value that asks for
/// something.
public struct UnsupportedSetting: Sendable, Hashable {
  /// The searches that the setting changes; in the others it has no effect.
  public enum Scope: Sendable, Hashable {
    case all, sampling, beams
    /// Greedy search.
    case greedy
    /// Sampling and greedy search.
    case singleBeam
    /// Beam searches whose scores are processed.
    case processedBeams
  }

  public let key: String
  /// As JSON.
  public let value: String
  public let file: String
  public let scope: Scope

  public init(key: String, value: String, file: String, scope: Scope) {
    self.key = key
    self.value = value
    self.file = file
    self.scope = scope
  }

  func hasEffect(in settings: GenerationSettings) -> Bool {
    let hasBeams = settings.numBeams > 1
    return switch scope {
    case .all: true
    case .sampling: settings.doSample
    case .beams: hasBeams
    case .greedy: !hasBeams && !settings.doSample
    case .singleBeam: !hasBeams
    case .processedBeams:
      hasBeams && !LogitsProcessors(settings: settings, prompt: [0]).isEmpty
    }
  }

  var remedy: String { "remove it there to generate without it" }
}
