import Foundation
import ParaCheckpoints
import ParaTensors
import ParaTestSupport
import Testing

@Suite struct Llama2CTests {
  private func header(_ sizes: [Int32], weights: Int) -> Data {
    sizes.withUnsafeBytes { Data($0) } + Data(repeating: 0, count: weights * 4)
  }

  @Test func refusesWhatIsNoCheckpoint() throws {
    let folder = try TemporaryFolder()
    let short = try folder.write(Data([1, 2, 3]), to: "short.bin")
    #expect(
      #expect(throws: CheckpointError.self) { try Llama2CCheckpoint(short) }?.message
        == "has 3 bytes: too short for a llama2.c checkpoint.")
    let odd = try folder.write(header([64, 172, 5, 8, 3, 512, 512], weights: 0), to: "odd.bin")
    #expect(
      #expect(throws: CheckpointError.self) { try Llama2CCheckpoint(odd) }?.message
        == "has the sizes [64, 172, 5, 8, 3, 512, 512] in its header, which no llama2.c model has.")
    let truncated = try folder.write(
      header([4, 4, 1, 2, 1, 8, 4], weights: 20), to: "truncated.bin")
    #expect(
      #expect(throws: CheckpointError.self) {
        try Llama2CCheckpoint(truncated).write(to: folder.url)
      }?.message
        == "has 108 bytes, but its weights need at least 156: it is truncated.")
  }

  /// The tensors of a model of dim 4, hidden 2, 2 layers, 2 heads, 1 key/value head, vocabulary 3 and
  /// context 8, as export.py orders them in versions 1 and 2, each filled with its number.
  private static let shape: [Int32] = [4, 2, 2, 2, 1, 3, 8]
  private static let norms = [4, 4, 4, 4, 4]
  private static let matrices =
    [12] + [16, 16] + [8, 8] + [8, 8] + [16, 16] + [8, 8] + [8, 8] + [8, 8] + [12]

  private func versioned(_ version: Int32, tied: Bool, groupSize: Int32 = 0) -> Data {
    var data = ([0x616B_3432, version] + Self.shape).withUnsafeBytes { Data($0) }
    data.append(tied ? 1 : 0)
    data.append(withUnsafeBytes(of: groupSize) { Data($0) })
    data.append(Data(count: 256 - data.count))
    return data
  }

  private func floats(_ values: [Float]) -> Data { values.withUnsafeBytes { Data($0) } }

  private func bytes(version: Int32, tied: Bool) -> Data {
    var data = versioned(version, tied: tied, groupSize: 4)
    for (number, count) in Self.norms.enumerated() {
      data.append(floats(Array(repeating: Float(number + 1), count: count)))
    }
    for (number, count) in Self.matrices.dropLast(tied ? 1 : 0).enumerated() {
      let value = number + Self.norms.count + 1
      if version == 1 {
        data.append(floats(Array(repeating: Float(value), count: count)))
      } else {
        // Twice the value, of half the scale.
        data.append(Data(repeating: UInt8(2 * value), count: count))
        data.append(floats(Array(repeating: 0.5, count: count / 4)))
      }
    }
    return data
  }

  @Test(arguments: [1, 2], [true, false]) func laterVersionsAreRead(version: Int32, tied: Bool)
    throws
  {
    let folder = try TemporaryFolder()
    let checkpoint = try folder.write(bytes(version: version, tied: tied), to: "x.bin")
    try Llama2CCheckpoint(checkpoint).write(to: folder.url)
    let model = try ModelFolder(folder.url)
    #expect(model.configuration.tiedHead == tied && model.configuration.keyValueHeads == 1)
    let layer = "model.layers.1."
    let expected: [(String, Int, Int, Float)] = [
      (layer + "input_layernorm", 1, 4, 2), (layer + "post_attention_layernorm", 1, 4, 4),
      ("model.norm", 1, 4, 5), ("model.embed_tokens", 3, 4, 6),
      (layer + "self_attn.q_proj", 4, 4, 8),
      (layer + "self_attn.k_proj", 2, 4, 10), (layer + "self_attn.v_proj", 2, 4, 12),
      (layer + "self_attn.o_proj", 4, 4, 14), (layer + "mlp.gate_proj", 2, 4, 16),
      (layer + "mlp.down_proj", 4, 2, 18), (layer + "mlp.up_proj", 2, 4, 20), ("lm_head", 3, 4, 21),
    ]
    for (name, rows, columns, value) in expected where !tied || name != "lm_head" {
      let weight = try model.weight(name + ".weight", rows: rows, columns: columns)
      #expect(weight.array == Array(repeating: value, count: rows * columns), "\(name)")
    }
    #expect(model.tensorNames.contains("lm_head.weight") == !tied)
  }

  @Test func unknownVersionsAndGroupsAreRefused() throws {
    let folder = try TemporaryFolder()
    for (data, message) in [
      (
        versioned(3, tied: true),
        "has version 3 of llama2.c's layout; 1, 2 and the one without a version are supported."
      ),
      (versioned(2, tied: true), "has a group size of 0, which must be above 0."),
    ] {
      let file = try folder.write(data, to: "x.bin")
      #expect(
        #expect(throws: CheckpointError.self) { try Llama2CCheckpoint(file) }?.message == message)
    }
    let odd = versioned(2, tied: true, groupSize: 5) + Data(count: 20 * 4)
    let file = try folder.write(odd, to: "x.bin")
    #expect(
      #expect(throws: CheckpointError.self) { try Llama2CCheckpoint(file).write(to: folder.url) }?
        .message
        == "has groups of 5, which do not divide 12 weights.")
  }

  /// Rows of queries and keys come in pairs (2i, 2i + 1) and leave as (i, i + headSize/2).
  @Test func reordersRotaryRows() throws {
    let folder = try TemporaryFolder()
    // dim 4, hidden 1, 1 layer, 1 head, 1 key/value head, vocabulary 1: after 4 + 4 values come
    // wq's 4 rows.
    var weights = [Float](repeating: 0, count: 4 + 4 + 4 * 16 + 4 + 12 + 4)
    for row in 0..<4 { weights[8 + row * 4] = Float(row) }
    let data = header([4, 1, 1, 1, 1, 1, 8], weights: 0) + weights.withUnsafeBytes { Data($0) }
    try Llama2CCheckpoint(folder.write(data, to: "x.bin")).write(to: folder.url)
    let query = try ModelFolder(folder.url).weight(
      "model.layers.0.self_attn.q_proj.weight", rows: 4, columns: 4)
    #expect((0..<4).map { query.row($0)[0] } == [0, 2, 1, 3])
  }
}
