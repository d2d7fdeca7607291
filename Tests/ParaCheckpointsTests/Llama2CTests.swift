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
