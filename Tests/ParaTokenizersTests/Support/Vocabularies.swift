import Foundation
import ParaTestSupport

@testable import ParaTokenizers

/// The tokenizers of the shared data, each read once for all tests.
enum Vocabularies {
  private static func json(_ name: String) -> Result<Tokenizer, any Error> {
    Result { try Tokenizer(tokenizerJSON: SharedData.url("\(name)/tokenizer.json")) }
  }

  private static func model(_ path: String) -> Result<Tokenizer, any Error> {
    Result { try Tokenizer(sentencePiece: SharedData.url(path)) }
  }

  private static func pair(_ name: String, _ family: ByteLevelFamily) -> Result<
    Tokenizer, any Error
  > {
    Result {
      try Tokenizer(
        vocabulary: SharedData.url("\(name)/vocab.json"),
        merges: SharedData.url("\(name)/merges.txt"), family: family)
    }
  }

  private static let gpt2 = json("tokenizer-gpt2")
  private static let gpt2Pair = pair("tokenizer-gpt2", .gpt2)
  private static let llama2 = json("tokenizer-llama2")
  private static let llama2Model = model("tokenizer-llama2/tokenizer.model")
  private static let llama3 = Result {
    try Tokenizer(llama3Ranks: SharedData.url("tokenizer-llama3/tokenizer.model"))
  }
  private static let qwen2 = pair("tokenizer-qwen2", .qwen2)
  private static let smollm = json("tokenizer-smollm")
  private static let mistralV1 = model("tokenizer-mistral/tokenizer.model.v1")
  private static let mistralV3 = model("tokenizer-mistral/tokenizer.model.v3")
  private static let tinystories = model("tokenizer-tinystories4096/tokenizer4096.model")

  static func named(_ name: String) throws -> Tokenizer {
    switch name {
    case "gpt2": try gpt2.get()
    case "gpt2-pair": try gpt2Pair.get()
    case "llama2": try llama2.get()
    case "llama2-sp": try llama2Model.get()
    case "llama3": try llama3.get()
    case "qwen2": try qwen2.get()
    case "smollm": try smollm.get()
    case "mistral-v1": try mistralV1.get()
    case "mistral-v3": try mistralV3.get()
    default: try tinystories.get()
    }
  }
}
