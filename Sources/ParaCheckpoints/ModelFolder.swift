public import Foundation
package import ParaTensors

/// A Hugging Face model folder: `config.json`, and `model.safetensors` or the shards that
/// `model.safetensors.index.json` lists.
public struct ModelFolder: Sendable {
  public let url: URL
  package let configuration: ModelConfiguration
  let files: [SafetensorsFile]
  /// Where the tensors are, by the names that a decoder with its LM head gives them.
  private let places: [String: Place]

  private struct Place {
    let file: SafetensorsFile
    /// The name in the file.
    let name: String
    var isUnreadable: Bool { file.unreadable[name] != nil }
  }

  public init(_ url: URL) throws {
    self.url = url
    configuration = try Self.configuration(url)
    files = try WeightFiles.find(in: url).map(SafetensorsFile.init)
    places = try Self.places(files)
    try refuseQuantization()
  }

  /// Whether a folder holds weights of any program, whether they can be read or not.
  package static func holdsWeights(_ url: URL) -> Bool {
    (try? WeightFiles.find(in: url)) != nil || WeightFiles.missing(in: url) != nil
  }

  private static func configuration(_ url: URL) throws -> ModelConfiguration {
    let file = url.appending(path: configurationName)
    // Folders of other layouts often lack this file too.
    if !FileManager.default.fileExists(atPath: file.path),
      let other = WeightFiles.missing(in: url)
    {
      throw other
    }
    return try ModelConfiguration(file)
  }

  private static func places(_ files: [SafetensorsFile]) throws -> [String: Place] {
    var places: [String: Place] = [:]
    for file in files {
      for name in file.tensors.keys.sorted() + file.unreadable.keys.sorted() {
        let place = Place(file: file, name: name)
        guard places.updateValue(place, forKey: fullName(name)) == nil else {
          throw CheckpointError(
            .malformed, file.url, "holds tensor \(name), which another file holds too.")
        }
      }
    }
    return places
  }

  /// Base models, which are saved without their LM head, lack the prefix `model.`.
  private static func fullName(_ name: String) -> String {
    let isOfBase = ["layers.", "embed_tokens.", "norm."].contains(where: name.hasPrefix)
    return isOfBase ? "model." + name : name
  }

  static let configurationName = "config.json"

  /// The model's identity: the hash of its configuration and weights.
  package func contentHash() throws -> String {
    try ContentHash.of(files: [url.appending(path: Self.configurationName)] + files.map(\.url))
  }

  package var tensorNames: some Collection<String> { places.keys }

  /// A tensor in its stored data type, mapped; [rows, columns].
  ///
  /// A projection that the file fuses with others is a slice of their tensor.
  package func storedWeight(_ name: String, rows: Int, columns: Int) throws -> Weight {
    if let (fused, part, all) = configuration.fusedTensor(holding: name) {
      return try storedWeight(fused, rows: all, columns: columns).slice(rows: part)
    }
    guard let place = places[name] else {
      throw missing(name, rows == 1 ? [columns] : [rows, columns])
    }
    let weight = try place.file.storedWeight(place.name, rows: rows, columns: columns)
    // Of embeddings a row that is never looked up may hold anything.
    guard name == "model.embed_tokens.weight" || weight.isFinite else {
      throw place.file.notFinite(place.name)
    }
    return weight
  }

  private func missing(_ name: String, _ shape: [Int]) -> CheckpointError {
    let file = files.count == 1 ? files[0].url : url
    let module = name.split(separator: ".").dropLast().joined(separator: ".") + "."
    if let other = places.filter({ $0.key.hasPrefix(module) && $0.value.isUnreadable }).keys.min() {
      return CheckpointError(
        .unsupported, file,
        "has \(other) in place of \(name): quantized weights cannot be read; take the unquantized model."
      )
    }
    return CheckpointError(
      .missingTensor, file, "has no tensor \(name), expected with shape \(shape).")
  }

  /// A tensor in fp32, converted if the file holds bf16 or fp16; [rows, columns].
  package func weight(_ name: String, rows: Int, columns: Int) throws -> Weight {
    try storedWeight(name, rows: rows, columns: columns).upcast
  }

  /// Refuses tensors that are not in `used`: a model without them computes something else.
  ///
  /// Exempt are a head that is stored although it is tied to the embeddings, the rotary frequencies
  /// in old files, and what is no weight by its data type, such as masks and positions.
  package func refuseTensors(except used: Set<String>) throws {
    let used = Set(used.map { configuration.fusedTensor(holding: $0)?.name ?? $0 })
    let unused = places.filter { name, place in
      !used.contains(name) && !name.hasSuffix(".rotary_emb.inv_freq")
        && !(configuration.tiedHead && name == "lm_head.weight") && !place.isUnreadable
    }
    guard let (name, place) = unused.min(by: { $0.key < $1.key }) else { return }
    let why =
      name.hasSuffix(".bias")
      ? "its config.json says that there is no such bias"
      : "a model of its config.json has none of this name"
    throw CheckpointError(
      .unsupported, place.file.url, "has the tensor \(place.name), but \(why).")
  }

  /// Releases the memory of what was read so far; the files stay mapped.
  package func releasePages() {
    for file in files { file.releasePages() }
  }
}

// MARK: Quantization

extension ModelFolder {
  /// Refuses weights that another program quantized. A `quantization_config` that was left beside plain
  /// weights means nothing.
  private func refuseQuantization() throws {
    guard let config = try keys().object("quantization_config"),
      files.contains(where: { $0.unreadable.values.contains { !["BOOL", "I64"].contains($0) } })
    else { return }
    let method = config.has("quant_method") ? try config.text("quant_method") : "bitsandbytes"
    throw config.unsupported(
      "has quantization_config of \(method), which is not supported; take the unquantized model.")
  }

  private func keys() throws -> ConfigurationKeys {
    try ConfigurationKeys(url.appending(path: Self.configurationName))
  }
}

// MARK: Size

extension ModelFolder {
  /// The count of parameters in all tensors, as they are stored.
  package var parameterCount: Int {
    tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
  }

  /// Bytes of the tensors' data.
  package var byteCount: Int { tensors.reduce(0) { $0 + $1.offsets.count } }

  /// The names of the data types of the tensors, sorted.
  package var formats: [String] { Set(tensors.map(\.format.rawValue)).sorted() }

  /// What `config.json` calls the architecture; nil if it does not say.
  package func architecture() throws -> String? { try keys().architecture() }

  private var tensors: [TensorDescription] { files.flatMap(\.tensors.values) }
}
