package import Foundation

/// Tiny random models of the model families, adapters for them, and what the reference
/// implementations answered: one of the sets that the scripts in ParaModelTests/Goldens record.
package struct FamilyGoldens: Sendable {
  /// The script that recorded the models.
  package enum Set: String, Sendable, CaseIterable {
    /// transformers 4.57 and PEFT 0.18.
    case families
    /// transformers 5.24 and PEFT 0.21.
    case families5
  }

  /// A prompt, on a model with or without an adapter.
  package struct Case: Decodable, Sendable {
    package var key: String
    package var model: String
    package var adapter: String?
    package var prompt: [Int32]
    /// Tokens decoded greedily after the prompt, past any end-of-sequence token.
    package var generated: [Int32]
    /// What `generate` answered greedily and with three beams; nil in sets that lack it.
    package var greedy: [Int32]?
    package var beam: [Int32]?
    package var beamScore: Float?
  }

  package struct Model: Sendable, Hashable, CustomStringConvertible {
    package var set: Set
    package var name: String
    package var description: String { name }

    package var folder: URL { FamilyGoldens.root.appending(path: "\(set)/\(name)") }

    package func adapter(_ kind: String) -> URL {
      FamilyGoldens.root.appending(path: "\(set)/\(name).\(kind)")
    }
  }

  /// The new tokens that `generate` was asked for at most.
  package static let newTokens = 12
  private static let root = Fixtures.goldens("ParaModelTests")

  package let cases: [Case]
  /// safetensors with `<key>.prefill` and `<key>.step` of every case.
  package let logits: URL

  package init(_ set: Set) throws {
    struct File: Decodable { var cases: [Case] }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let json = try Data(contentsOf: Self.root.appending(path: "\(set).json"))
    cases = try decoder.decode(File.self, from: json).cases
    logits = Self.root.appending(path: "\(set).safetensors")
  }

  package func cases(of model: Model) -> [Case] { cases.filter { $0.model == model.name } }
}

extension FamilyGoldens {
  /// Every recorded model.
  package static let models: [Model] =
    [
      "llama-biases", "llama3-sharded", "llama-linear-f16", "mistral-window", "mistral-full",
      "qwen2-tied", "qwen2-window", "gemma-bf16", "gemma-gelu", "gemma2", "gemma2-uncapped",
    ].map { Model(set: .families, name: $0) }
    + [
      "qwen3", "qwen3-window", "gemma3", "gemma3-capped", "smollm3", "smollm3-window", "olmo2",
      "phi3", "phi4",
    ].map { Model(set: .families5, name: $0) }
}
