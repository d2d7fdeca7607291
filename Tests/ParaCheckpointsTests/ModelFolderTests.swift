import Foundation
import ParaCheckpoints
import ParaTensors
import ParaTestSupport
import Testing

@Suite struct ModelFolderTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let config = try JSONSerialization.data(withJSONObject: ModelConfigurationTests.whole)
    _ = try folder.write(config, to: "config.json")
  }

  private func write(_ names: [String], to file: String) throws {
    let one = Weight(FloatBuffer([1, 2]), rows: 2, columns: 1)
    try SafetensorsWriter.write(
      Dictionary(uniqueKeysWithValues: names.map { ($0, one) }),
      to: folder.url.appending(path: file))
  }

  private func index(_ map: [String: String]) throws {
    _ = try folder.write(
      JSONSerialization.data(withJSONObject: ["weight_map": map]),
      to: "model.safetensors.index.json")
  }

  private func path(_ name: String) -> String { folder.url.appending(path: name).path }

  private func refusal(_ body: () throws -> Void) -> String? {
    #expect(throws: CheckpointError.self, performing: body)?.description
  }

  @Test func readsEveryFileOfAnIndex() throws {
    try write(["a"], to: "1.safetensors")
    try write(["b"], to: "2.safetensors")
    try index(["a": "1.safetensors", "b": "2.safetensors"])
    let model = try ModelFolder(folder.url)
    #expect(try model.weight("a", rows: 2, columns: 1).array == [1, 2])
    #expect(try model.weight("b", rows: 2, columns: 1).array == [1, 2])
    #expect(
      refusal { _ = try model.weight("c", rows: 2, columns: 3) }
        == "\(folder.url.path): has no tensor c, expected with shape [2, 3].")
  }

  @Test func refusesAnIndexThatNamesAMissingFile() throws {
    try index(["a": "1.safetensors"])
    #expect(
      refusal { _ = try ModelFolder(folder.url) }
        == "\(path("model.safetensors.index.json")): names the file 1.safetensors, which is not in the folder."
    )
  }

  @Test func refusesAnIndexThatLeavesTheFolder() throws {
    try index(["a": "../1.safetensors"])
    #expect(
      refusal { _ = try ModelFolder(folder.url) }
        == "\(path("model.safetensors.index.json")): names the file ../1.safetensors, which is not in the folder."
    )
  }

  @Test func refusesATensorInTwoFiles() throws {
    try write(["a"], to: "1.safetensors")
    try write(["a", "b"], to: "2.safetensors")
    try index(["a": "1.safetensors", "b": "2.safetensors"])
    #expect(
      refusal { _ = try ModelFolder(folder.url) }
        == "\(path("2.safetensors")): holds tensor a, which another file holds too.")
  }

  @Test func refusesAFolderWithoutWeights() throws {
    #expect(
      refusal { _ = try ModelFolder(folder.url) }
        == "\(path("model.safetensors")): cannot be opened: No such file or directory.")
  }

  @Test func keepsHalfFormatsAsTheyLie() throws {
    let url = folder.url.appending(path: "model.safetensors")
    let values: [UInt16] = [0x3F80, 0xC000]
    try values.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      let weight = Weight(
        bytes: base, format: .bfloat16, rows: 2, columns: 1, owner: FloatBuffer(count: 0))
      try SafetensorsWriter.write(["a": weight], to: url)
    }
    let stored = try ModelFolder(folder.url).storedWeight("a", rows: 2, columns: 1)
    #expect(stored.format == .bfloat16 && stored.byteCount == 4)
    #expect(stored.bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self) == 0xC000)
    #expect(stored.array == [1, -2] && stored.upcast.array == [1, -2])
  }
}
