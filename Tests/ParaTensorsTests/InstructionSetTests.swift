import CParaKernels
import ParaTensors
import Testing

/// The kernels of every instruction set that this machine can run, by name.
enum InstructionSets {
  static let names = Kernels.available

  static func kernels(_ name: String) -> para_kernels {
    guard let table = para_kernels_named(name) else { preconditionFailure(name) }
    return table.pointee
  }
}

/// The choice of an instruction set is a pure function of the processor.
@Suite struct InstructionSetTests {
  private func ranked(_ processor: para_processor) -> [String] {
    var processor = processor
    var names: [String] = []
    while let kernels = para_kernels_for(&processor, names.count) {
      names.append(String(cString: kernels.pointee.name))
    }
    return names
  }

  #if arch(x86_64)
  private static let avx512Features =
    PARA_CPU_AVX2 | PARA_CPU_AVX512 | PARA_CPU_AVX512_VNNI | PARA_CPU_AVX512_BF16

  private func processor(
    _ features: Int, vendor: Int = PARA_VENDOR_INTEL, model: Int32 = 106
  ) -> para_processor {
    para_processor(features: UInt32(features), vendor: Int32(vendor), family: 6, model: model)
  }

  @Test func aSetNeedsAllItsFeatures() {
    #expect(ranked(processor(0)) == ["portable"])
    #expect(ranked(processor(PARA_CPU_AVX2)) == ["avx2", "portable"])
    let avx512 = PARA_CPU_AVX2 | PARA_CPU_AVX512
    #expect(ranked(processor(avx512)) == ["avx2", "portable"])
    let vnni = avx512 | PARA_CPU_AVX512_VNNI
    #expect(ranked(processor(vnni)) == ["avx512vnni", "avx2", "portable"])
  }

  /// Sapphire Rapids and Emerald Rapids without AMX run bf16 on int16.
  @Test(arguments: [143, 207]) func slowBfloat16IsAvoided(model: Int32) {
    #expect(
      ranked(processor(Self.avx512Features, model: model))
        == ["avx512vnni", "avx512", "avx2", "portable"])
    let amx = Self.avx512Features | PARA_CPU_AMX
    #expect(ranked(processor(amx, model: model)).first == "amx")
  }

  @Test func bfloat16IsUsedWhereItIsFast() {
    let fastest = ["avx512", "avx512vnni", "avx2", "portable"]
    #expect(ranked(processor(Self.avx512Features)) == fastest)
    let amd = processor(Self.avx512Features, vendor: PARA_VENDOR_AMD, model: 207)
    #expect(ranked(amd) == fastest)
  }
  #endif

  @Test func thisProcessorRunsWhatItsFeaturesAllow() throws {
    #expect(Kernels.available == ranked(para_this_processor()))
    #expect(["portable", "neon"].contains(try #require(Kernels.available.last)))
    #expect(para_kernels_named("sse9") == nil)
  }
}
