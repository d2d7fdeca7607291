import CParaKernels
import Foundation
import ParaTestSupport
import Testing

/// Every kernel against the same formula in Double, over lengths around vector widths and at
/// misaligned addresses.
@Suite struct ElementwiseKernelTests {
  static let lengths = Array(0...37) + [63, 64, 65, 127, 200, 768]

  /// Calls `body` with a copy of `values` that starts `offset` floats after an aligned address.
  private func misaligned(
    _ values: [Float], by offset: Int, _ body: (UnsafeMutablePointer<Float>) -> Void
  ) -> [Float] {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: (values.count + offset) * 4 + 64, alignment: 64)
    defer { memory.deallocate() }
    let base = memory.bindMemory(to: Float.self, capacity: values.count + offset) + offset
    base.update(from: values, count: values.count)
    body(base)
    return Array(UnsafeBufferPointer(start: base, count: values.count))
  }

  private func expectClose(_ found: [Float], _ expected: [Double], _ comment: Comment) {
    #expect(found.count == expected.count)
    for (a, b) in zip(found, expected) {
      #expect(abs(Double(a) - b) <= 2e-6 * max(1, abs(b)), comment)
    }
  }

  @Test(arguments: InstructionSets.names, [0, 1, 3]) func rmsNorm(isa: String, offset: Int) {
    let kernels = InstructionSets.kernels(isa)
    var random = SeededGenerator(seed: 1)
    for size in Self.lengths where size > 0 {
      let x = random.floats(size), weight = random.floats(size)
      let found = misaligned(x, by: offset) { kernels.rmsNorm($0, weight, 1e-5, size, $0) }
      let mean = x.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(size)
      let expected = zip(x, weight).map { Double($0) / (mean + 1e-5).squareRoot() * Double($1) }
      expectClose(found, expected, "size \(size)")
    }
  }

  @Test(arguments: InstructionSets.names, [0, 1, 3]) func siluMultiply(isa: String, offset: Int) {
    let kernels = InstructionSets.kernels(isa)
    var random = SeededGenerator(seed: 2)
    for size in Self.lengths {
      let gate = random.floats(size, in: -30...30), up = random.floats(size)
      let found = misaligned(gate, by: offset) { kernels.siluMultiply($0, up, size) }
      let expected = zip(gate, up).map { Double($0) / (1 + exp(-Double($0))) * Double($1) }
      expectClose(found, expected, "size \(size)")
    }
  }

  @Test(arguments: InstructionSets.names) func siluAtExtremes(isa: String) {
    let kernels = InstructionSets.kernels(isa)
    let gate: [Float] = [-.infinity, -200, -89, 0, 89, 200, .infinity, .nan]
    let found = misaligned(gate, by: 0) {
      kernels.siluMultiply($0, Array(repeating: 1, count: 8), 8)
    }
    #expect(found[1] == 0 && abs(found[2]) < 1e-36 && found[3] == 0)
    #expect(found[4] == 89 && found[5] == 200 && found[6] == .infinity)
    #expect(found[7].isNaN)
  }

  @Test(arguments: InstructionSets.names, [0, 1, 3]) func addMultiplyAndScale(
    isa: String, offset: Int
  ) {
    let kernels = InstructionSets.kernels(isa)
    var random = SeededGenerator(seed: 3)
    for size in Self.lengths {
      let x = random.floats(size), y = random.floats(size)
      #expect(misaligned(x, by: offset) { kernels.add($0, y, size) } == zip(x, y).map { $0 + $1 })
      #expect(
        misaligned(x, by: offset) { kernels.multiply($0, y, size) } == zip(x, y).map { $0 * $1 })
      #expect(misaligned(x, by: offset) { kernels.scale($0, 0.3, size) } == x.map { $0 * 0.3 })
    }
  }

  /// H[i, j] = (−1)^popcount(i & j) / √size, over the columns of [size, 16] blocks.
  private func rotated(_ x: [Float]) -> [Double] {
    var (result, first) = (x.map(Double.init), 0)
    while x.count - first >= 32 {
      let size = [16, 8, 4, 2].first { $0 * 16 <= x.count - first } ?? 1
      for row in 0..<size {
        for column in 0..<16 {
          let sum = (0..<size).reduce(0.0) {
            $0 + Double(x[first + $1 * 16 + column])
              * ((row & $1).nonzeroBitCount % 2 == 0 ? 1 : -1)
          }
          result[first + row * 16 + column] = sum / Double(size).squareRoot()
        }
      }
      first += size * 16
    }
    return result
  }

  @Test(arguments: InstructionSets.names, [0, 1, 3]) func hadamard(isa: String, offset: Int) {
    let kernels = InstructionSets.kernels(isa)
    var random = SeededGenerator(seed: 14)
    for size in Self.lengths + [256, 288, 511] {
      let x = random.floats(size)
      let found = misaligned(x, by: offset) { kernels.rotateHadamard($0, size) }
      expectClose(found, rotated(x), "size \(size)")
      let back = misaligned(found, by: offset) { kernels.rotateHadamard($0, size) }
      expectClose(back, x.map(Double.init), "size \(size), back")
    }
  }

  @Test(arguments: InstructionSets.names, [2, 8, 32, 64, 66])
  func applyRotary(isa: String, headSize: Int) {
    let kernels = InstructionSets.kernels(isa)
    var random = SeededGenerator(seed: 4)
    let x = random.floats(3 * headSize)
    let angles = random.floats(headSize / 2, in: -3...3)
    let found = misaligned(x, by: 1) {
      kernels.applyRotary($0, 3, headSize, angles.map(cosf), angles.map(sinf))
    }
    let half = headSize / 2
    let expected = x.indices.map { index -> Double in
      let (head, place) = index.quotientAndRemainder(dividingBy: headSize)
      let angle = Double(angles[place % half]), low = Double(x[head * headSize + place % half])
      let high = Double(x[head * headSize + place % half + half])
      return place < half
        ? low * cos(angle) - high * sin(angle) : high * cos(angle) + low * sin(angle)
    }
    expectClose(found, expected, "head size \(headSize)")
  }

  @Test(arguments: InstructionSets.names, [0, 1, 3]) func dotAndAddScaled(isa: String, offset: Int)
  {
    let kernels = InstructionSets.kernels(isa)
    var random = SeededGenerator(seed: 5)
    for size in Self.lengths {
      let x = random.floats(size), y = random.floats(size)
      var dot: Float = 0
      let sum = misaligned(x, by: offset) {
        dot = kernels.dot($0, y, size)
        kernels.addScaled($0, 0.5, y, size)
      }
      expectClose([dot], [zip(x, y).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }], "\(size)")
      expectClose(sum, zip(x, y).map { Double($0) + Double($1) / 2 }, "\(size)")
    }
  }

  @Test func upcastingIsExact() {
    let halves: [UInt16] = [0x0000, 0x8000, 0x3C00, 0x3555, 0x7BFF, 0x0001, 0x7C00, 0xFC00]
    var found = [Float](repeating: 0, count: 8)
    para_upcast_float16(halves, 8, &found)
    #expect(found == [0, -0.0, 1, 0.33325195, 65504, 5.9604645e-08, .infinity, -.infinity])
    let bfloat16s: [UInt16] = [0x3F80, 0xBF80, 0x0000, 0x7F7F, 0x0001, 0x7F80, 0x4049, 0x8000]
    para_upcast_bfloat16(bfloat16s, 8, &found)
    #expect(found == bfloat16s.map { Float(bitPattern: UInt32($0) << 16) })
  }

  private static let activationLengths = Array(0...37) + [63, 64, 65, 200]

  private func gelu(_ x: Double) -> Double { 0.5 * x * erfc(-x * 0.5.squareRoot()) }

  private func geluTanh(_ x: Double) -> Double {
    let inner = (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)
    return 0.5 * x * (1 + tanh(inner))
  }

  @Test(arguments: InstructionSets.names, [0, 1, 3]) func geluMultiply(isa: String, offset: Int) {
    let kernels = InstructionSets.kernels(isa)
    var random = SeededGenerator(seed: 11)
    for size in Self.activationLengths {
      let gate = random.floats(size, in: -12...12), up = random.floats(size)
      let exact = misaligned(gate, by: offset) { kernels.geluMultiply($0, up, size) }
      let approximate = misaligned(gate, by: offset) { kernels.geluTanhMultiply($0, up, size) }
      expectClose(exact, zip(gate, up).map { gelu(Double($0)) * Double($1) }, "\(size)")
      expectClose(
        approximate, zip(gate, up).map { geluTanh(Double($0)) * Double($1) }, "\(size)")
    }
  }

  @Test(arguments: InstructionSets.names) func geluAtExtremes(isa: String) {
    let kernels = InstructionSets.kernels(isa)
    let gate: [Float] = [-200, -20, 0, 20, 200, .infinity, .nan]
    for kernel in [kernels.geluMultiply, kernels.geluTanhMultiply] {
      var found = gate
      kernel?(&found, Array(repeating: 1, count: 7), 7)
      #expect(found[0] == 0 && abs(found[1]) < 1e-30 && found[2] == 0)
      #expect(found[3] == 20 && found[4] == 200 && found[5] == .infinity && found[6].isNaN)
    }
  }

  @Test(arguments: InstructionSets.names, [0.5, 4, 50]) func softCap(isa: String, cap: Float) {
    let kernels = InstructionSets.kernels(isa)
    var random = SeededGenerator(seed: 12)
    for size in Self.activationLengths {
      let x = random.floats(size, in: -100...100) + [1e-20, -1e-4, 0.1 * cap, .infinity]
      let found = misaligned(x, by: size % 4) { kernels.softCap($0, cap, x.count) }
      for (found, x) in zip(found, x) {
        let expected = Double(cap) * tanh(Double(x) / Double(cap))
        #expect(abs(Double(found) - expected) <= 5e-7 * abs(expected), "\(x)")
      }
    }
  }
}
