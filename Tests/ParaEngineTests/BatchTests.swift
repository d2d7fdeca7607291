import Foundation
import ParaDecoding
import ParaEngine
import ParaTestSupport
import Testing

/// A request's answer does not depend on its batch.
@Suite struct BatchTests {
  private let model: EmbeddedModel

  init() throws { model = try EmbeddedModel() }

  /// 64 rows of every task and adapter, the bare model among them.
  private var mixedCases: [EmbeddedModel.Case] {
    (0..<64).map { model.cases[$0 * 37 % model.cases.count] }
  }

  private func expectSame(_ found: [Hypothesis], _ alone: [Hypothesis]) {
    #expect(found.map(\.tokens) == alone.map(\.tokens))
    for (a, b) in zip(found, alone) {
      #expect(abs(a.score - b.score) <= 1e-5 * max(1, abs(b.score)))
    }
  }

  @Test(arguments: [1, 3], [1, 2]) func aloneAndInAMixedBatch(beams: Int, threads: Int) throws {
    let requests = try mixedCases.map { try model.request($0, beams: beams) }
    let together = try model.engine(threads: threads).generate(requests)
    for (request, found) in zip(requests, together) {
      expectSame(found, try model.engine().generate([request])[0])
    }
  }

  /// Requests join while others run and leave at different steps; lanes are few, so that requests
  /// have to wait.
  @Test func requestsJoinAndLeaveAtAnyStep() throws {
    let requests = try mixedCases.enumerated().map { index, golden in
      try model.request(golden, beams: 1 + index % 4, newTokens: 1 + index % 24)
    }
    let expected = try model.engine().generate(requests)
    let engine = model.engine(lanes: 10)
    let prefilled = Prefiller(engine).prefill(requests)
    let batch = RunningBatch<Int>(engine)
    var found: [Int: [Hypothesis]] = [:]
    var next = 0
    repeat {
      while next < prefilled.count, batch.hasRoom(for: prefilled[next]) {
        batch.join(prefilled[next], tag: next)
        next += 1
      }
      #expect(batch.reservedLanes <= 10)
      for (tag, result) in batch.step() {
        #expect(found.updateValue(try result.get(), forKey: tag) == nil)
      }
    } while batch.reservedLanes > 0 || next < prefilled.count
    #expect(found.count == requests.count)
    for (index, hypotheses) in found { expectSame(hypotheses, expected[index]) }
  }

  @Test func aRequestLargerThanTheBatchStillRuns() throws {
    let request = try model.request(model.cases[0], beams: 8)
    let found = try model.engine(lanes: 2).generate([request])
    expectSame(found[0], try model.engine().generate([request])[0])
  }
}
