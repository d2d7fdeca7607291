import CParaKernels
import ParaTensors
import Testing

@Suite struct PeakKernelTests {
  @Test(arguments: InstructionSets.names) func countsWhatItDoes(name: String) {
    let kernels = InstructionSets.kernels(name)
    for (peak, numbersOfAGroup) in [
      (kernels.peakFloat32, 1), (kernels.peakBfloat16, 2), (kernels.peakInt8, 4),
    ] {
      let operations = peak?(10) ?? 0
      // At least four rows of a vector of four groups, a multiply-add being two operations.
      #expect(operations >= 10 * 4 * 4 * numbersOfAGroup * 2)
      #expect(peak?(70) == 7 * operations)
      #expect(peak?(0) == 0)
    }
  }
}
