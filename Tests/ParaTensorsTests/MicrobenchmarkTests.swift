import CParaKernels
import ParaTensors
import Testing

@Suite struct MicrobenchmarkTests {
  @Test(arguments: InstructionSets.names) func countsOperations(name: String) {
    let kernels = InstructionSets.kernels(name)
    for (peak, elementsOfAGroup) in [
      (kernels.peakFloat32, 1), (kernels.peakBfloat16, 2), (kernels.peakInt8, 4),
    ] {
      let operations = peak?(10) ?? 0
      // At least four tokens × a vector of four groups, a multiply-add being two operations.
      #expect(operations >= 10 * 4 * 4 * elementsOfAGroup * 2)
      #expect(peak?(70) == 7 * operations)
      #expect(peak?(0) == 0)
    }
  }

  /// Any length at any alignment can be read, within the memory.
  @Test(arguments: InstructionSets.names, [0, 255, 256, 1023, 4096])
  func readsMemory(name: String, bytes: Int) {
    for offset in [0, 1, 63] {
      let memory = [UInt8](repeating: 1, count: bytes + offset)
      memory.withUnsafeBytes { memory in
        guard let base = memory.baseAddress else { return }
        InstructionSets.kernels(name).readLines(base + offset, bytes)
      }
      #expect(memory.allSatisfy { $0 == 1 })
    }
  }
}
