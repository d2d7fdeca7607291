public import Foundation
import ParaCheckpoints
public import ParaDecoding
import ParaJSON

extension GenerationOptions {
  /// The settings of a model's `generation_config.json`, as `transformers` takes them where nothing
  /// else is said; without such a file, those that stand in its `config.json`, as older programs left
  /// them.
  ///
  /// `max_length`, which counts the prompt, is not among them, nor is `eos_token_id`, which is read
  /// with the model. A value out of range, and a setting that is not supported, is refused where it
  /// would have an effect.
  ///
  /// - Throws: `CheckpointError` if the file is not JSON or a setting has the wrong type.
  public init(modelFolder folder: URL) throws {
    self.init()
    let files = ["generation_config.json", "config.json"].map { folder.appending(path: $0) }
    guard let url = files.first(where: { FileManager.default.fileExists(atPath: $0.path) })
    else { return }
    let object = try JSONFile.object(url)
    let known = GenerationSetting.all.filter(\.isInModelFile)
    let own = object.members.filter { member in known.contains { $0.key == member.key } }
    self = try JSONFile.decode(ModelFile.self, JSONObject(members: own), url).options
    for setting in Self.unsupported {
      guard let value = object[setting.key], setting.asksForSomething(value) else { continue }
      add(
        UnsupportedSetting(
          key: setting.key, value: value.description, file: url.lastPathComponent,
          scope: setting.scope))
    }
  }

  private struct ModelFile: Decodable {
    let options: GenerationOptions

    init(from decoder: any Decoder) throws {
      options = try GenerationOptions(from: decoder, GenerationSetting.all.filter(\.isInModelFile))
    }
  }
}

// What transformers 5.24 obeys, and releases before it did, beyond `GenerationSetting.all`. Settings of
// caches, compilation and output change no token; those of assistants none without an assistant.
extension GenerationOptions {
  private struct Refused {
    let key: String
    let scope: UnsupportedSetting.Scope
    /// For which numbers the setting does nothing; any other value asks for something.
    var isNeutral: @Sendable (Double) -> Bool = { _ in false }

    func asksForSomething(_ value: JSONValue) -> Bool {
      if let number = value.doubleValue { return !isNeutral(number) }
      return switch value {
      case .null, .bool(false), .array([]): false
      default: true
      }
    }
  }

  private static let unsupported: [Refused] = [
    Refused(key: "guidance_scale", scope: .all) { $0 == 1 },
    Refused(key: "watermarking_config", scope: .all),
    Refused(key: "constraints", scope: .all),
    Refused(key: "force_words_ids", scope: .all),
    Refused(key: "token_healing", scope: .all),
    Refused(key: "max_time", scope: .all),
    Refused(key: "is_assistant", scope: .all),
    Refused(key: "num_beam_groups", scope: .beams) { $0 <= 1 },
    Refused(key: "diversity_penalty", scope: .beams) { $0 <= 0 },
    Refused(key: "renormalize_logits", scope: .processedBeams),
    Refused(key: "penalty_alpha", scope: .greedy) { $0 <= 0 },
    Refused(key: "dola_layers", scope: .singleBeam),
    Refused(key: "prompt_lookup_num_tokens", scope: .singleBeam),
    Refused(key: "assistant_early_exit", scope: .singleBeam),
    Refused(key: "use_mtp", scope: .singleBeam),
    Refused(key: "typical_p", scope: .sampling) { $0 >= 1 },
    Refused(key: "epsilon_cutoff", scope: .sampling) { $0 <= 0 || $0 >= 1 },
    Refused(key: "eta_cutoff", scope: .sampling) { $0 <= 0 || $0 >= 1 },
    Refused(key: "top_h", scope: .sampling),
  ]
}
