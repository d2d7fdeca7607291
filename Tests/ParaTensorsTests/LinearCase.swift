import CParaKernels

/// A linear layer run by the kernels of one instruction set, from fp32 arrays.
final class LinearCase {
  private let kernels: para_kernels
  private let precision: LinearKernelTests.Precision
  private let shape: (tokens: Int, inputs: Int, outputs: Int)
  private let groups: Int
  private var activations = para_activations()
  private var weight = para_packed_weight()
  private var memory: [UnsafeMutableRawPointer] = []
  private let result: UnsafeMutablePointer<Float>

  var out: [Float] {
    Array(UnsafeBufferPointer(start: result, count: shape.tokens * shape.outputs))
  }

  init(
    _ isa: String, _ precision: LinearKernelTests.Precision, _ x: [Float], _ w: [Float],
    _ shape: (tokens: Int, inputs: Int, outputs: Int), misalignment: Int
  ) {
    kernels = InstructionSets.kernels(isa)
    self.precision = precision
    self.shape = shape
    let per = [.float32: 1, .mixed: 2, .bfloat16: 2, .int8: 4, .int16: 2][precision] ?? 1
    groups = (shape.inputs + per - 1) / per
    result = .allocate(capacity: shape.tokens * shape.outputs)
    result.initialize(repeating: .nan, count: shape.tokens * shape.outputs)
    pack(w)
    quantize(x, offset: misalignment * 4)
    run(0..<shape.tokens, 0..<(shape.outputs + 15) / 16)
  }

  deinit {
    for block in memory { block.deallocate() }
    result.deallocate()
  }

  private func zeros(_ bytes: Int) -> UnsafeMutableRawPointer {
    let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    block.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    memory.append(block)
    return block
  }

  private func pack(_ w: [Float]) {
    let panels = (shape.outputs + 15) / 16
    let base = zeros(panels * groups * 64)
    let scales = zeros(panels * 64).bindMemory(to: Float.self, capacity: panels * 16)
    let offsets = zeros(panels * 64).bindMemory(to: Int32.self, capacity: panels * 16)
    for output in 0..<shape.outputs {
      let row = Array(w[output * shape.inputs..<(output + 1) * shape.inputs])
      let panel = base + output / 16 * groups * 64
      switch precision {
      case .float32: para_pack_float32(row, shape.inputs, output % 16, panel)
      case .mixed, .bfloat16: para_pack_bfloat16(row, shape.inputs, output % 16, panel)
      case .int8:
        var sum: Int32 = 0
        scales[output] = para_pack_int8(row, shape.inputs, output % 16, panel, &sum)
        offsets[output] = sum * 128
      case .int16: scales[output] = para_pack_int16(row, shape.inputs, output % 16, panel)
      }
    }
    weight = para_packed_weight(
      panels: base, outputs: shape.outputs, groups: groups, scales: scales,
      offsets: precision == .int16 ? nil : UnsafePointer(offsets), next: nil)
  }

  private func quantize(_ x: [Float], offset: Int) {
    let stride =
      switch precision {
      case .float32, .int16: groups * 4
      case .mixed: groups * 8
      case .bfloat16: groups * 2 * kernels.bfloat16Bytes
      case .int8: groups * 4 * kernels.int8Bytes
      }
    let base = zeros(shape.tokens * stride + offset) + offset
    let scales = zeros(shape.tokens * 4).bindMemory(to: Float.self, capacity: shape.tokens)
    for index in 0..<shape.tokens {
      let row = Array(x[index * shape.inputs..<(index + 1) * shape.inputs])
      let place = base + index * stride
      switch precision {
      case .float32, .mixed: place.copyMemory(from: row, byteCount: row.count * 4)
      case .bfloat16: _ = kernels.quantizeBfloat16(row, row.count, place)
      case .int8: scales[index] = kernels.quantizeInt8(row, row.count, place)
      case .int16: scales[index] = kernels.quantizeInt16(row, row.count, place)
      }
    }
    activations = para_activations(elements: base, stride: stride, scales: scales)
  }

  /// - Parameter accumulates: True to add to what was there.
  func run(_ tokens: Range<Int>, _ panels: Range<Int>, accumulates: Bool = false) {
    var epilogue = para_epilogue()
    epilogue.accumulate = accumulates ? 1 : 0
    run(tokens, panels, &epilogue)
  }

  /// `before` plus the layer's output, where the outputs of some tokens are scaled by an adapter; nil for
  /// no adapters.
  func added(to before: [Float], scale: [Float], scaled: [Bool]?) -> [Float] {
    result.update(from: before, count: before.count)
    var epilogue = para_epilogue()
    epilogue.accumulate = 1
    scale.withUnsafeBufferPointer { scale in
      var adapter = para_epilogue_entry()
      adapter.scale = scale.baseAddress
      [para_epilogue_entry(), adapter].withUnsafeBufferPointer { entries in
        (scaled ?? []).map { $0 ? 1 : 0 }.withUnsafeBufferPointer {
          (ofToken: UnsafeBufferPointer<Int32>) in
          if scaled != nil {
            epilogue.entries = entries.baseAddress
            epilogue.entryOfToken = ofToken.baseAddress
          }
          run(0..<shape.tokens, 0..<(shape.outputs + 15) / 16, &epilogue)
        }
      }
    }
    return out
  }

  private func run(_ tokens: Range<Int>, _ panels: Range<Int>, _ epilogue: inout para_epilogue) {
    let kernel =
      switch precision {
      case .float32: kernels.linearFloat32
      case .mixed: kernels.linearMixed
      case .bfloat16: kernels.linearBfloat16
      case .int8: kernels.linearInt8
      case .int16: kernels.linearInt16
      }
    kernel?(
      &activations, &weight, &epilogue, tokens.lowerBound, tokens.count, panels.lowerBound,
      panels.count, result, shape.outputs)
  }
}
