package import Foundation
import ParaTensors

/// A checkpoint of https://github.com/karpathy/llama2.c in its first layout: seven int32 (dim,
/// hidden_dim, n_layers, n_heads, n_kv_heads, vocab_size, max_seq_len), then fp32 weights: of each
/// kind of tensor those of all layers.
///
/// A negative vocab_size means that the LM head is not tied to the embeddings. The rotary embedding
/// pairs features (2i, 2i + 1) of a head there, and (i, i + headSize/2) in Hugging Face folders, so
/// the rows of the q and k projections are reordered.
package struct Llama2CCheckpoint {
  private let file: MappedFile
  private let shape: Shape

  private struct Shape {
    let hidden, feedForward, layers, heads, keyValueHeads, vocabulary, context: Int
    let tiedHead: Bool
    var headSize: Int { hidden / heads }
    var keyValueSize: Int { keyValueHeads * headSize }
  }

  private static let headerBytes = 7 * 4

  package init(_ url: URL) throws {
    file = try MappedFile(url)
    guard file.bytes.count >= Self.headerBytes else {
      throw CheckpointError(
        .malformed, url, "has \(file.bytes.count) bytes: too short for a llama2.c checkpoint.")
    }
    let bytes = file.bytes
    let header = (0..<7).map {
      Int(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Int32.self)))
    }
    let sizes = header.enumerated().map { $0 == 5 ? abs($1) : $1 }
    guard sizes.allSatisfy({ (1...1 << 24).contains($0) }), sizes[3] % sizes[4] == 0,
      sizes[0] % (2 * sizes[3]) == 0
    else {
      throw CheckpointError(
        .malformed, url, "has the sizes \(header) in its header, which no llama2.c model has.")
    }
    shape = Shape(
      hidden: sizes[0], feedForward: sizes[1], layers: sizes[2], heads: sizes[3],
      keyValueHeads: sizes[4],
      vocabulary: sizes[5], context: sizes[6], tiedHead: header[5] > 0)
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

  private func tensors() throws -> [String: Weight] {
    var reader = Reader(file: file, offset: Self.headerBytes)
    var tensors: [String: Weight] = [:]
    func layered(_ name: String, _ rows: Int, _ columns: Int, heads: Int? = nil) throws {
      for layer in 0..<shape.layers {
        let weight = try reader.next(rows, columns)
        tensors["model.layers.\(layer).\(name).weight"] =
          heads.map { halfSplit(weight, heads: $0) } ?? weight
      }
    }
    tensors["model.embed_tokens.weight"] = try reader.next(shape.vocabulary, shape.hidden)
    try layered("input_layernorm", 1, shape.hidden)
    try layered("self_attn.q_proj", shape.hidden, shape.hidden, heads: shape.heads)
    try layered("self_attn.k_proj", shape.keyValueSize, shape.hidden, heads: shape.keyValueHeads)
    try layered("self_attn.v_proj", shape.keyValueSize, shape.hidden)
    try layered("self_attn.o_proj", shape.hidden, shape.hidden)
    try layered("post_attention_layernorm", 1, shape.hidden)
    try layered("mlp.gate_proj", shape.feedForward, shape.hidden)
    try layered("mlp.down_proj", shape.hidden, shape.feedForward)
    try layered("mlp.up_proj", shape.feedForward, shape.hidden)
    tensors["model.norm.weight"] = try reader.next(1, shape.hidden)
    if !shape.tiedHead {
      _ = try reader.next(2 * shape.context, shape.headSize / 2)  // rotary tables
      tensors["lm_head.weight"] = try reader.next(shape.vocabulary, shape.hidden)
    }
    return tensors
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

  private struct Reader {
    let file: MappedFile
    var offset: Int

    mutating func next(_ rows: Int, _ columns: Int) throws -> Weight {
      let end = offset + rows * columns * 4
      guard let start = file.bytes.baseAddress, end <= file.bytes.count else {
        throw CheckpointError(
          .malformed, file.url,
          "has \(file.bytes.count) bytes, but its weights need at least \(end): it is truncated.")
      }
      let base = (start + offset).assumingMemoryBound(to: Float.self)
      offset = end
      return Weight(base: base, rows: rows, columns: columns, owner: file)
    }
  }
}
