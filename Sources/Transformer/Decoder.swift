import Adapters
public import Checkpoints
import Tensors

/// A frozen decoder-only language model: Llama, Mistral, Qwen 2, Gemma or Gemma 2.
///
/// Computes in fp32. Immutable, so any number of workers may share it; what a pass needs to write
/// is in the worker's `Workspace`. A pass takes the adjustments of each row's adapter beside the
/// row.
public final class Decoder: Sendable {
  package let configuration: ModelConfiguration
  let embedding: Weight  // [vocabulary, hidden]
  let layers: [DecoderLayer]
  let finalNorm: Weight  // [1, hidden]
  let head: Weight  // [vocabulary, hidden]
  let rotary: RotaryEmbedding
  let attention: Attention

  /// Maps the folder's weights as they are: fp32, bf16 or fp16, which is widened when it is used.
  ///
  /// Throws a `CheckpointError` that names the file and the tensor which is missing, of a wrong
  /// shape or unknown to such a model.
  public init(_ folder: ModelFolder) throws {
    let model = folder.configuration
    configuration = model
    var reader = WeightReader(folder)
    embedding = try reader.matrix(
      "model.embed_tokens.weight", rows: model.vocabularySize, columns: model.hiddenSize)
    layers = try (0..<model.layers).map { try DecoderLayer(&reader, index: $0) }
    finalNorm = try reader.norm("model.norm.weight")
    head =
      model.tiedHead
      ? embedding
      : try reader.matrix("lm_head.weight", rows: model.vocabularySize, columns: model.hiddenSize)
    try reader.finish()
    rotary = RotaryEmbedding(
      headSize: model.headSize, theta: model.ropeTheta, scaling: model.rotaryScaling)
    attention = Attention(
      heads: model.heads, keyValueHeads: model.keyValueHeads, headSize: model.headSize,
      scale: model.attentionScale, cap: model.attentionCap)
  }

  /// Numbers in the model, a tied head counted once.
  public var parameterCount: Int {
    layers.reduce(embedding.count + finalNorm.count) { $0 + $1.parameterCount }
      + (configuration.tiedHead ? 0 : head.count)
  }

  /// Positions that prompt and answer together may fill.
  public var contextLength: Int { configuration.contextLength }
  public var vocabularySize: Int { configuration.vocabularySize }
  /// Tokens that end an answer.
  public var endOfSequence: [Int32] { configuration.endOfSequence }
}
