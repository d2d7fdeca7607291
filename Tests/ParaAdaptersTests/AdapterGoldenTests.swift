import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaModel
import ParaTestSupport
import Testing

@Suite struct AdapterGoldenTests {
  @Test(arguments: AdapterGoldens.folders) func logitsAgreeWithPyTorch(folder: String) throws {
    let goldens = try AdapterGoldens(folder)
    #expect(goldens.models.count >= 30)
    for (url, cases) in goldens.casesByModel {
      let model = try ModelFolder(url)
      let decoder = try Decoder(model)
      let rows = try goldens.rows(cases, on: model)
      for (index, found) in decoder.logits(rows).enumerated() {
        let expected = try goldens.expected(rows[index].name)
        let prompt = index % goldens.prompts.count
        for (found, expected) in [
          (found.prompt, expected[2 * prompt]), (found.next, expected[2 * prompt + 1]),
        ] {
          let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
          #expect(difference <= 1e-4, "\(rows[index].name): \(difference)")
        }
      }
      for bound in rows.compactMap(\.prompt.adapter) {
        let isPARA = bound.adapter?.method == .para
        #expect(bound.generatorCalls == (isPARA ? model.configuration.layers : 0))
      }
    }
  }

  /// An adapter that changes nothing would agree with a golden that nothing changes.
  @Test(arguments: AdapterGoldens.folders) func everyAdapterChangesTheLogits(folder: String) throws
  {
    let goldens = try AdapterGoldens(folder)
    for (_, cases) in goldens.casesByModel {
      let bare = try #require(cases.first { $0.hasSuffix("none") })
      let logits = try goldens.expected(bare).joined()
      for name in cases where name != bare {
        let adapted = try goldens.expected(name).joined()
        #expect((zip(logits, adapted).map { abs($0 - $1) }.max() ?? 0) > 1e-2, "\(name)")
      }
    }
  }
}

/// Adapters of all kinds (PARA with all its options, LoRA of many ranks) and the bare model in one packed
/// batch, against each of them alone.
@Suite struct MixedBatchTests {
  @Test func eachRowIsWhatItIsAlone() throws {
    var (model, rows): (ModelFolder?, [GoldenRow]) = (nil, [])
    for folder in AdapterGoldens.folders {
      let goldens = try AdapterGoldens(folder)
      let url = try #require(goldens.models["none"])
      let shared = try model ?? ModelFolder(url)
      rows += try goldens.rows(goldens.casesByModel[url] ?? [], on: shared)
      model = shared
    }
    let methods = Set(rows.compactMap { $0.prompt.adapter?.adapter?.method })
    #expect(methods == Set(AdapterMethod.allCases) && rows.count > 60)

    let decoder = try Decoder(#require(model))
    let together = decoder.logits(rows)
    for (index, row) in rows.enumerated() {
      let alone = decoder.logits([row])[0]
      for (alone, together) in [
        (alone.prompt, together[index].prompt), (alone.next, together[index].next),
      ] {
        let scale = alone.map(abs).max() ?? 1
        let difference = zip(alone, together).map { abs($0 - $1) }.max() ?? .infinity
        #expect(difference <= 1e-5 * scale, "\(row.name): \(difference)")
      }
    }
  }
}
