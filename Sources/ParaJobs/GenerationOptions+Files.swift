public import Foundation
import ParaCheckpoints
public import ParaDecoding

extension GenerationOptions {
  /// The settings of a model's `generation_config.json`, as `transformers` takes them where nothing
  /// else is said; none without such a file.
  ///
  /// `max_length`, which counts the prompt, is not among them. A value out of range is refused where
  /// it is used.
  ///
  /// - Throws: `CheckpointError` if the file is not JSON or a setting has the wrong type.
  public init(modelFolder folder: URL) throws {
    let url = folder.appending(path: "generation_config.json")
    guard FileManager.default.fileExists(atPath: url.path) else {
      self.init()
      return
    }
    self = try JSONFile.decode(ModelFile.self, url).options
  }

  private struct ModelFile: Decodable {
    let options: GenerationOptions

    init(from decoder: any Decoder) throws {
      options = try GenerationOptions(from: decoder, GenerationSetting.all.filter(\.isInModelFile))
    }
  }

  /// The settings of a mapping in a job file; none for nil.
  ///
  /// - Throws: ``JobError`` for a key that is no setting, or a value of the wrong type or range.
  init(_ node: JobNode?) throws {
    self.init()
    guard let node else { return }
    let section = try JobSection<SettingKey>(node)
    for key in SettingKey.allCases {
      if let value = section[key] { try set(key.setting, to: value) }
    }
  }

  private mutating func set(_ setting: GenerationSetting, to node: JobNode) throws {
    switch setting.field {
    case .integer(let path, let range): self[dynamicMember: path] = try node.int(in: range)
    case .number(let path, let range):
      self[dynamicMember: path] = try node.double(in: setting.jobRange ?? range)
    case .flag(let path): self[dynamicMember: path] = try node.bool()
    case .texts(let path): self[dynamicMember: path] = try node.strings()
    case .earlyStopping(let path): self[dynamicMember: path] = try node.earlyStopping()
    }
  }
}

/// A setting's key in a job file.
private struct SettingKey: RawRepresentable, CaseIterable, Hashable {
  let setting: GenerationSetting
  var rawValue: String { setting.key }

  static let allCases = GenerationSetting.all.map(SettingKey.init)

  private init(_ setting: GenerationSetting) { self.setting = setting }

  init?(rawValue: String) {
    guard let setting = GenerationSetting.all.first(where: { $0.key == rawValue }) else {
      return nil
    }
    self.setting = setting
  }

  static func == (a: SettingKey, b: SettingKey) -> Bool { a.rawValue == b.rawValue }
  func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

extension JobNode {
  fileprivate func double(in range: GenerationSetting.NumberRange) throws -> Double {
    switch range {
    case .finite: try double()
    case .above(let bound): try double(above: bound)
    case .aboveUpTo(let lower, let upper): try double(above: lower, upTo: upper)
    case .closed(let range): try double(from: range.lowerBound, upTo: range.upperBound)
    }
  }

  fileprivate func earlyStopping() throws -> EarlyStopping {
    guard let value = (try? string()).flatMap(EarlyStopping.init(rawValue:)) else {
      throw wrongKind("true, false or \"never\"")
    }
    return value
  }
}
