import Foundation

/// The header of a llama2.c checkpoint.
///
/// Legacy: seven int32 (dim, hidden_dim, n_layers, n_heads, n_kv_heads, vocab_size, max_seq_len); a
/// negative vocab_size means that the LM head is not tied to the embeddings. Versions 1 and 2: the magic
/// number, the version, the same seven, a byte that is 1 if the head is tied and, in version 2, the size
/// of a quantization group; zeros up to 256 bytes.
struct Llama2CHeader {
  let layout: Layout
  let shape: Shape

  enum Layout: Hashable {
    /// fp32.
    case legacy
    /// Version 1: fp32 in another order.
    case float32
    /// Version 2: matrices in Q8_0, as int8 and an fp32 scale for each group.
    case int8(groupSize: Int)
  }

  struct Shape {
    let hidden, feedForward, layers, heads, keyValueHeads, vocabulary, context: Int
    let tiedHead: Bool
    var headSize: Int { hidden / heads }
    var keyValueSize: Int { keyValueHeads * headSize }
  }

  var byteCount: Int { layout == .legacy ? 7 * 4 : 256 }

  /// "ak42".
  private static let magic: Int32 = 0x616B_3432

  init(_ file: MappedFile) throws {
    func integer(_ offset: Int) -> Int {
      Int(Int32(littleEndian: file.bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
    }
    let count = file.bytes.count
    let isVersioned = count >= 8 && integer(0) == Int(Self.magic)
    guard count >= (isVersioned ? 256 : 7 * 4) else {
      throw CheckpointError(
        .malformed, file.url, "has \(count) bytes: too short for a llama2.c checkpoint.")
    }
    if !isVersioned {
      let sizes = (0..<7).map { integer($0 * 4) }
      layout = .legacy
      shape = try Self.shape(sizes, tiedHead: sizes[5] > 0, file.url)
      return
    }
    shape = try Self.shape(
      (0..<7).map { integer(8 + $0 * 4) }, tiedHead: file.bytes[36] != 0, file.url)
    layout = try Self.layout(version: integer(4), groupSize: integer(37), file.url)
  }

  private static func layout(version: Int, groupSize: Int, _ url: URL) throws -> Layout {
    switch version {
    case 1: return .float32
    case 2 where groupSize > 0: return .int8(groupSize: groupSize)
    case 2:
      throw CheckpointError(
        .malformed, url, "has a group size of \(groupSize), which must be above 0.")
    default:
      throw CheckpointError(
        .unsupported, url,
        "has version \(version) of llama2.c's layout; 1, 2 and the one without a version are supported."
      )
    }
  }

  private static func shape(_ header: [Int], tiedHead: Bool, _ url: URL) throws -> Shape {
    let sizes = header.enumerated().map { $0 == 5 ? abs($1) : $1 }
    guard sizes.allSatisfy({ (1...1 << 24).contains($0) }), sizes[3] % sizes[4] == 0,
      sizes[0] % (2 * sizes[3]) == 0
    else {
      throw CheckpointError(
        .malformed, url, "has the sizes \(header) in its header, which no llama2.c model has.")
    }
    return Shape(
      hidden: sizes[0], feedForward: sizes[1], layers: sizes[2], heads: sizes[3],
      keyValueHeads: sizes[4], vocabulary: sizes[5], context: sizes[6], tiedHead: tiedHead)
  }
}
