import CParaKernels

/// A product made by the kernels of one instruction set, from plain numbers.
final class KernelProduct {
  private let kernels: para_kernels
  private let kind: ProductKernelTests.Kind
  private let shape: (rows: Int, inner: Int, columns: Int)
  private let groups: Int
  private var activations = para_activations()
  private var weight = para_packed_weight()
  private var memory: [UnsafeMutableRawPointer] = []
  private let result: UnsafeMutablePointer<Float>

  var out: [Float] {
    Array(UnsafeBufferPointer(start: result, count: shape.rows * shape.columns))
  }

  init(
    _ isa: String, _ kind: ProductKernelTests.Kind, _ x: [Float], _ w: [Float],
    _ shape: (rows: Int, inner: Int, columns: Int), misalignment: Int
  ) {
    kernels = InstructionSets.kernels(isa)
    self.kind = kind
    self.shape = shape
    let per = [.float32: 1, .widened: 2, .bfloat16: 2, .int8: 4, .int16: 2][kind] ?? 1
    groups = (shape.inner + per - 1) / per
    result = .allocate(capacity: shape.rows * shape.columns)
    result.initialize(repeating: .nan, count: shape.rows * shape.columns)
    pack(w)
    prepare(x, offset: misalignment * 4)
    run(0..<shape.rows, 0..<(shape.columns + 15) / 16)
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
    let panels = (shape.columns + 15) / 16
    let base = zeros(panels * groups * 64)
    let scales = zeros(panels * 64).bindMemory(to: Float.self, capacity: panels * 16)
    let offsets = zeros(panels * 64).bindMemory(to: Int32.self, capacity: panels * 16)
    for column in 0..<shape.columns {
      let row = Array(w[column * shape.inner..<(column + 1) * shape.inner])
      let panel = base + column / 16 * groups * 64
      switch kind {
      case .float32: para_pack_float32(row, shape.inner, column % 16, panel)
      case .widened, .bfloat16: para_pack_bfloat16(row, shape.inner, column % 16, panel)
      case .int8:
        var sum: Int32 = 0
        scales[column] = para_pack_int8(row, shape.inner, column % 16, panel, &sum)
        offsets[column] = sum * 128
      case .int16: scales[column] = para_pack_int16(row, shape.inner, column % 16, panel)
      }
    }
    weight = para_packed_weight(
      panels: base, columns: shape.columns, groups: groups, scales: scales,
      offsets: kind == .int16 ? nil : UnsafePointer(offsets), after: nil)
  }

  private func prepare(_ x: [Float], offset: Int) {
    let stride =
      switch kind {
      case .float32, .int16: groups * 4
      case .widened: groups * 8
      case .bfloat16: groups * 2 * kernels.bfloat16Bytes
      case .int8: groups * 4 * kernels.int8Bytes
      }
    let base = zeros(shape.rows * stride + offset) + offset
    let scales = zeros(shape.rows * 4).bindMemory(to: Float.self, capacity: shape.rows)
    for index in 0..<shape.rows {
      let row = Array(x[index * shape.inner..<(index + 1) * shape.inner])
      let place = base + index * stride
      switch kind {
      case .float32, .widened: place.copyMemory(from: row, byteCount: row.count * 4)
      case .bfloat16: _ = kernels.prepareBfloat16(row, row.count, place)
      case .int8: scales[index] = kernels.prepareInt8(row, row.count, place)
      case .int16: scales[index] = kernels.prepareInt16(row, row.count, place)
      }
    }
    activations = para_activations(rows: base, stride: stride, scales: scales)
  }

  /// - Parameter accumulates: True if the product is added to what was there.
  func run(_ rows: Range<Int>, _ panels: Range<Int>, accumulates: Bool = false) {
    var epilogue = para_epilogue()
    epilogue.accumulate = accumulates ? 1 : 0
    run(rows, panels, &epilogue)
  }

  /// What `before` is once the product is added to it, some rows' being scaled, feature by feature; nil
  /// for a product that knows of no scales.
  func added(to before: [Float], scale: [Float], scaled: [Bool]?) -> [Float] {
    result.update(from: before, count: before.count)
    var epilogue = para_epilogue()
    epilogue.accumulate = 1
    scale.withUnsafeBufferPointer { scale in
      var adapter = para_epilogue_entry()
      adapter.scale = scale.baseAddress
      [para_epilogue_entry(), adapter].withUnsafeBufferPointer { segments in
        (scaled ?? []).map { $0 ? 1 : 0 }.withUnsafeBufferPointer {
          (ofRow: UnsafeBufferPointer<Int32>) in
          if scaled != nil {
            epilogue.entries = segments.baseAddress
            epilogue.entryOfRow = ofRow.baseAddress
          }
          run(0..<shape.rows, 0..<(shape.columns + 15) / 16, &epilogue)
        }
      }
    }
    return out
  }

  private func run(_ rows: Range<Int>, _ panels: Range<Int>, _ epilogue: inout para_epilogue) {
    let kernel =
      switch kind {
      case .float32: kernels.productFloat32
      case .widened: kernels.productWidened
      case .bfloat16: kernels.productBfloat16
      case .int8: kernels.productInt8
      case .int16: kernels.productInt16
      }
    kernel?(
      &activations, &weight, &epilogue, rows.lowerBound, rows.count, panels.lowerBound,
      panels.count, result, shape.columns)
  }
}
