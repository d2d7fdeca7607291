internal import Foundation
internal import ParaJSON

extension TokenizerFolder {
  /// `add_bos_token` and `add_eos_token` count for SentencePiece models, and for a `tokenizer.json`
  /// when the tokenizer's class is Llama's or Gemma's: these rebuild the template whatever the file
  /// has, as `transformers` does. Other classes keep the file's own template.
  func applyTemplate(to parts: inout TokenizerParts) throws {
    guard let config, try rebuildsTemplate(parts) else { return }
    let hasTokenByDefault = parts.beginOfSequence != nil
    parts.template = SpecialTokenTemplate()
    if try config.bool("add_bos_token", default: hasTokenByDefault) {
      parts.template.prefix = [try required(parts.beginOfSequence, "add_bos_token", "bos_token")]
    }
    if try config.bool("add_eos_token", default: false) {
      parts.template.suffix = [try required(parts.endOfSequence, "add_eos_token", "eos_token")]
    }
  }

  private func rebuildsTemplate(_ parts: TokenizerParts) throws -> Bool {
    if parts.normalizers.contains(where: { $0 is SentencePieceNormalizer }) { return true }
    switch try config?.member("tokenizer_class")?.string() {
    case "LlamaTokenizer", "LlamaTokenizerFast", "GemmaTokenizer", "GemmaTokenizerFast": return true
    default: return false
    }
  }

  private func required(_ token: TokenID?, _ key: String, _ role: String) throws -> TokenID {
    guard let token else {
      throw TokenizerError(
        .malformed, "it is true, but no file names the \(role)", file: config?.file ?? folder.path,
        location: key)
    }
    return token
  }
}
