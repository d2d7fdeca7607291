import Foundation
import ParaCheckpoints
import ParaTensors
import ParaTestSupport
import Testing

@Suite struct SafetensorsTests {
  private func file(_ header: String, data: [UInt8] = [], length: UInt64? = nil) -> Data {
    withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { Data($0) }
      + Data(header.utf8) + Data(data)
  }

  @Test func readsEveryNumberFormat() throws {
    let folder = try TemporaryFolder()
    let header = """
      {"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},\
      "b":{"dtype":"BF16","shape":[2],"data_offsets":[8,12]},"c":{"dtype":"F16","shape":[2],"data_offsets":[12,16]}}
      """
    let data: [UInt8] = [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0x80, 0x3F, 0, 0xC0, 0, 0x3C, 0, 0xC0]
    let tensors = try SafetensorsFile(folder.write(file(header, data: data), to: "x.safetensors"))
    for name in ["a", "b", "c"] {
      #expect(try tensors.weight(name, rows: 1, columns: 2).array == [1, -2])
    }
  }

  @Test func writesWhatItReads() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "x.safetensors")
    let values: [Float] = [1, -0.5, .infinity, 3.25, 0, 1e-30]
    try SafetensorsWriter.write(
      [
        "matrix": Weight(FloatBuffer(values), rows: 2, columns: 3),
        "vector": Weight(FloatBuffer([7]), rows: 1, columns: 1),
      ], to: url)
    let tensors = try SafetensorsFile(url)
    #expect(tensors.tensors["vector"]?.shape == [1])
    #expect(try tensors.weight("matrix", rows: 2, columns: 3).array == values)
    #expect(try tensors.weight("vector", rows: 1, columns: 1).array == [7])
  }

  /// Programs store masks and positions beside the weights.
  @Test func aTensorOfAnotherTypeIsRefusedWhereItIsAskedFor() throws {
    let folder = try TemporaryFolder()
    let header = """
      {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"I64","shape":[1],"data_offsets":[4,12]}}
      """
    let data = [UInt8](repeating: 0, count: 12)
    let url = try folder.write(file(header, data: data), to: "x.safetensors")
    let tensors = try SafetensorsFile(url)
    #expect(try tensors.weight("a", rows: 1, columns: 1).array == [0])
    let message = "\(url.path): tensor b has type I64; F32, BF16 and F16 can be read."
    expect(throws: message) { try tensors.weight("b", rows: 1, columns: 1) }
    expect(throws: message) { try tensors.checkElements() }
  }

  @Test(arguments: [
    (
      "version https://git-lfs.github.com/spec/v1\noid sha256:1",
      "is a Git LFS pointer and not the file itself; fetch that by `git lfs pull`."
    ),
    ("<!DOCTYPE html>", "is a web page and not the file itself; download that again."),
    (
      "PK\u{3}\u{4}0000", "is a pickle, which can run code when it is read; save it as safetensors."
    ),
    ("GGUF\u{3}", "is a GGUF file, which cannot be read; take the model's safetensors."),
  ])
  func whatIsSomethingElseIsNamed(content: String, message: String) throws {
    let folder = try TemporaryFolder()
    let url = try folder.write(content, to: "x.safetensors")
    expect(throws: "\(url.path): \(message)") { try SafetensorsFile(url) }
    expect(throws: "\(url.path): \(message)") { try JSONFile.object(url) }
  }

  /// NaN and infinities of every number format, at the end of a row of numbers.
  @Test(arguments: [
    ("F32", [UInt8]([0, 0, 0xC0, 0x7F])), ("F32", [0, 0, 0x80, 0xFF]), ("BF16", [0x80, 0x7F]),
    ("F16", [1, 0xFC]),
  ])
  func elementsAreFinite(type: String, last: [UInt8]) throws {
    let folder = try TemporaryFolder()
    let count = 5000
    let size = count * last.count
    let header =
      #"{"a":{"dtype":"\#(type)","shape":[2,\#(count / 2)],"data_offsets":[0,\#(size)]}}"#
    let largest: [UInt8] = last.dropLast() + [type == "F16" ? 0x7B : 0x7E]
    let numbers = Array(repeating: largest, count: count - 1).flatMap(\.self)
    let sound = try folder.write(file(header, data: numbers + largest), to: "sound.safetensors")
    try SafetensorsFile(sound).checkElements()
    let broken = try folder.write(file(header, data: numbers + last), to: "broken.safetensors")
    expect(
      throws: """
        \(broken.path): tensor a holds NaN or infinity: what saved it failed; take a checkpoint from before.
        """
    ) { try SafetensorsFile(broken).checkElements() }
  }

  static let entry = #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
  static let refusals: [(header: String, data: Int, length: UInt64?, message: String)] = [
    (
      entry, 8, 1 << 62,
      "says its header has 4611686018427387904 bytes, but the file has 62 after the length: it is truncated or not a "
        + "safetensors file."
    ),
    (
      entry, 7, nil,
      "tensor a lies at bytes [0, 8], outside the 7 bytes of data: the file is truncated or damaged."
    ),
    (
      "{]", 0, nil,
      "has a header that is not the JSON of a safetensors file (dtype, shape and data_offsets for every tensor)."
    ),
    (
      #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, nil,
      "tensor a of type F32 and shape [3] does not fill its 8 bytes."
    ),
    (
      #"{"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}"#, 8, nil,
      "tensor a of type F32 and shape [-1, -2] does not fill its 8 bytes."
    ),
    (
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#, 8, nil,
      "tensor a of type F32 and shape [4611686018427387904, 4] does not fill its 8 bytes."
    ),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807]}}"#, 8, nil,
      "tensor a lies at bytes [0, 9223372036854775807], outside the 8 bytes of data: the file is truncated or damaged."
    ),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, nil,
      "tensor a lies at bytes [8, 0], outside the 8 bytes of data: the file is truncated or damaged."
    ),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
      12, nil, "tensors a and b overlap."
    ),
  ]

  @Test(arguments: refusals) func refuses(
    file refused: (header: String, data: Int, length: UInt64?, message: String)
  ) throws {
    let folder = try TemporaryFolder()
    let bytes = file(
      refused.header, data: Array(repeating: 0, count: refused.data), length: refused.length)
    let url = try folder.write(bytes, to: "x.safetensors")
    let error = #expect(throws: CheckpointError.self) { try SafetensorsFile(url) }
    #expect(error?.description == "\(url.path): \(refused.message)")
  }

  @Test func everyTruncationIsAnAnswer() throws {
    let folder = try TemporaryFolder()
    let whole = file(Self.entry, data: Array(repeating: 1, count: 8))
    for length in 0..<whole.count {
      let url = try folder.write(whole.prefix(length), to: "x.safetensors")
      #expect(throws: CheckpointError.self, "\(length) bytes") { try SafetensorsFile(url) }
    }
  }

  @Test func namesTheMissingAndTheMisshapen() throws {
    let folder = try TemporaryFolder()
    let url = try folder.write(
      file(Self.entry, data: Array(repeating: 0, count: 8)), to: "x.safetensors")
    let tensors = try SafetensorsFile(url)
    let missing = #expect(throws: CheckpointError.self) {
      try tensors.weight("b", rows: 1, columns: 2)
    }
    #expect(missing?.message == "has no tensor b.")
    let misshapen = #expect(throws: CheckpointError.self) {
      try tensors.weight("a", rows: 2, columns: 2)
    }
    #expect(misshapen?.message == "tensor a has shape [2], expected [2, 2].")
    #expect(throws: CheckpointError.self) { try SafetensorsFile(folder.url) }
  }
}
