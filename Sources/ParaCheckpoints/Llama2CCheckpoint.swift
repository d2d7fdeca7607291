package import Foundation
import ParaTensors

/// A checkpoint of https://github.com/karpathy/llama2.c in any of its layouts (`export.py`): a
/// `Llama2CHeader`, then of each kind of tensor those of all layers.
///
/// The rotary embedding pairs features (2i, 2i + 1) of a head there, and (i, i + headSize/2) in Hugging
/// Face folders, so the rows of the q and k projections are reordered.
package struct Llama2CCheckpoint {
  private let file: MappedFile
  private let header: Llama2CHeader
  private var shape: Llama2CHeader.Shape { header.shape }

  package init(_ url: URL) throws {
    file = try MappedFile(url)
    header = try Llama2CHeader(file)
  }

  package var vocabularySize: Int { shape.vocabulary }

  /// Writes `config.json` and `model.safetensors` into a folder, which must exist.
  package func write(to folder: URL) throws {
    try SafetensorsWriter.write(try tensors(), to: folder.appending(path: "model.safetensors"))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    try encoder.encode(Llama2CConfiguration(self)).write(to: folder.appending(path: "config.json"))
  }

  /// The folder's `config.json`. The beginning token (1) separates documents, so it ends an answer
  /// too.
  private struct Llama2CConfiguration: Encodable {
    let architectures = ["LlamaForCausalLM"]
    let modelType = "llama"
    let hiddenAct = "silu"
    let rmsNormEps = 1e-5
    let ropeTheta = 10_000.0
    let bosTokenId = 1
    let vocabSize, hiddenSize, intermediateSize, numHiddenLayers, numAttentionHeads: Int
    let numKeyValueHeads, maxPositionEmbeddings: Int
    let eosTokenId: [Int]
    let tieWordEmbeddings: Bool

    init(_ checkpoint: Llama2CCheckpoint) {
      let shape = checkpoint.shape
      vocabSize = shape.vocabulary
      hiddenSize = shape.hidden
      intermediateSize = shape.feedForward
      numHiddenLayers = shape.layers
      numAttentionHeads = shape.heads
      numKeyValueHeads = shape.keyValueHeads
      maxPositionEmbeddings = shape.context
      tieWordEmbeddings = shape.tiedHead
      eosTokenId = [2, 1].filter { $0 < shape.vocabulary }
    }
  }

  /// A kind of tensor in the file's order: its name, its shape and, for a projection that is rotated,
  /// its heads.
  private struct Kind {
    let name: String
    let rows, columns: Int
    var heads: Int?
    var isLayered = true
  }

  private func tensors() throws -> [String: Weight] {
    var reader = Llama2CReader(file: file, offset: header.byteCount)
    var tensors: [String: Weight] = [:]
    for kind in kinds {
      for layer in 0..<(kind.isLayered ? shape.layers : 1) {
        let weight = try reader.next(kind.rows, kind.columns, groups: groups(of: kind))
        let name = kind.isLayered ? "model.layers.\(layer).\(kind.name)" : kind.name
        tensors[name + ".weight"] = kind.heads.map { halfSplit(weight, heads: $0) } ?? weight
      }
    }
    tensors[Self.rotaryTables + ".weight"] = nil
    return tensors
  }

  private static let rotaryTables = "rotary tables"

  /// Norms are never quantized.
  private func groups(of kind: Kind) -> Int? {
    guard case .int8(let size) = header.layout, kind.rows > 1 else { return nil }
    return size
  }

  private var kinds: [Kind] {
    let attentionNorm = Kind(name: "input_layernorm", rows: 1, columns: shape.hidden)
    let feedForwardNorm = Kind(name: "post_attention_layernorm", rows: 1, columns: shape.hidden)
    let norm = Kind(name: "model.norm", rows: 1, columns: shape.hidden, isLayered: false)
    let embedding = vocabularyKind("model.embed_tokens")
    let head = shape.tiedHead ? [] : [vocabularyKind("lm_head")]
    guard header.layout == .legacy else {
      return [attentionNorm, feedForwardNorm, norm, embedding] + attention + feedForward + head
    }
    let tables = Kind(
      name: Self.rotaryTables, rows: 2 * shape.context, columns: shape.headSize / 2,
      isLayered: false)
    return [embedding, attentionNorm] + attention + [feedForwardNorm] + feedForward + [norm]
      + (shape.tiedHead ? [] : [tables]) + head
  }

  private func vocabularyKind(_ name: String) -> Kind {
    Kind(name: name, rows: shape.vocabulary, columns: shape.hidden, isLayered: false)
  }

  private var attention: [Kind] {
    [
      Kind(
        name: "self_attn.q_proj", rows: shape.hidden, columns: shape.hidden, heads: shape.heads),
      Kind(
        name: "self_attn.k_proj", rows: shape.keyValueSize, columns: shape.hidden,
        heads: shape.keyValueHeads),
      Kind(name: "self_attn.v_proj", rows: shape.keyValueSize, columns: shape.hidden),
      Kind(name: "self_attn.o_proj", rows: shape.hidden, columns: shape.hidden),
    ]
  }

  private var feedForward: [Kind] {
    [
      Kind(name: "mlp.gate_proj", rows: shape.feedForward, columns: shape.hidden),
      Kind(name: "mlp.down_proj", rows: shape.hidden, columns: shape.feedForward),
      Kind(name: "mlp.up_proj", rows: shape.feedForward, columns: shape.hidden),
    ]
  }

  /// Rows (2i, 2i + 1) of each head become (i, i + headSize/2).
  private func halfSplit(_ weight: Weight, heads: Int) -> Weight {
    let half = weight.rows / heads / 2
    let buffer = FloatBuffer(count: weight.count)
    for row in 0..<weight.rows {
      let (head, place) = row.quotientAndRemainder(dividingBy: 2 * half)
      let source = head * 2 * half + 2 * (place % half) + place / half
      (buffer.base + row * weight.columns).update(from: weight.row(source), count: weight.columns)
    }
    return Weight(buffer, rows: weight.rows, columns: weight.columns)
  }
}
