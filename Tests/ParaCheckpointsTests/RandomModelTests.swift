import Foundation
import ParaCheckpoints
import ParaTensors
import ParaTestSupport
import Testing

@Suite struct RandomModelTests {
  private func write(seed: UInt64) throws -> (folder: TemporaryFolder, bytes: Data) {
    let folder = try TemporaryFolder()
    var shape = RandomModel.Shape.small
    (shape.hiddenSize, shape.layers, shape.heads, shape.keyValueHeads) = (64, 2, 4, 2)
    (shape.feedForwardSize, shape.vocabularySize, shape.tiedHead) = (96, 1000, false)
    try RandomModel.write(shape, seed: seed, to: folder.url)
    return (folder, try Data(contentsOf: folder.url.appending(path: "model.safetensors")))
  }

  @Test func sameSeedSameBytes() throws {
    let first = try write(seed: 1).bytes
    #expect(try write(seed: 1).bytes == first)
    #expect(try write(seed: 2).bytes != first)
  }

  @Test func spreadsAsAModelAtItsStart() throws {
    let (folder, _) = try write(seed: 3)
    let model = try ModelFolder(folder.url)
    #expect(model.configuration.headSize == 16 && !model.configuration.tiedHead)
    let values = try model.weight("lm_head.weight", rows: 1000, columns: 64).array
    let squares = values.reduce(0.0) { $0 + Double($1 * $1) } / Double(values.count)
    // 64000 values: the standard error of the deviation is 0.2 %, of the mean 8e-5.
    #expect(abs(squares.squareRoot() - 0.02) < 0.0002)
    #expect(abs(values.reduce(0, +) / 64_000) < 3e-4)
    #expect(Set(values.prefix(64)).count > 50)
    let norm = try model.weight("model.norm.weight", rows: 1, columns: 64).array
    #expect(norm == Array(repeating: 1, count: 64))
  }
}
