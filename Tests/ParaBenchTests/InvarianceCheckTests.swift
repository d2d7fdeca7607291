import Foundation
import ParaAdapters
import ParaBench
import ParaCheckpoints
import ParaModel
import ParaTensors
import ParaTestSupport
import Testing

/// A request's tokens and the bits of its scores do not depend on its batch or on threads.
@Suite struct InvarianceCheckTests {
  @Test(arguments: [
    (ComputeType.float32, nil), (.float32, KVCacheType.int8), (.bfloat16, nil), (.bfloat16, .int8),
    (.int8, nil), (.int8, .bfloat16),
  ])
  func everyBitIsTheSame(compute: ComputeType, cache: KVCacheType?) throws {
    let folder = try ModelFolder(Fixtures.model)
    let adapters = try [
      "squad-para", "math-para", "math-lora", "sql-lora", "boolq-ia3", "copa-bitfit",
    ].map { try Adapter(folder: Fixtures.adapter($0), name: $0, for: folder) }
    var check = InvarianceCheck()
    check.newTokens = 6
    let report = try check.run(Decoder(folder, compute: compute, cache: cache), adapters: adapters)
    #expect(report.differences == [])
    // Every request in batches of four sizes, on one thread and on two.
    #expect(report.comparisons == report.requests * 8)
  }

  /// The check finds a difference where there is one: bf16 against fp32.
  @Test func aDifferenceIsSeen() throws {
    let folder = try ModelFolder(Fixtures.model)
    let decoder = try Decoder(folder, compute: .bfloat16)
    let exact = try Decoder(folder)
    var check = InvarianceCheck()
    check.requestCount = 8
    check.laneCounts = [8]
    #expect(try !check.run(exact, comparedWith: decoder).differences.isEmpty)
  }
}
