import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaEngine
import ParaModel
import ParaTensors
import ParaTestSupport

@testable import ParaDecoding

/// The embedded model, its adapters, and what transformers generated with them
/// (fixtures/make/goldens.py).
struct EmbeddedModel {
  struct Case: Decodable, Sendable {
    struct Answer: Decodable, Sendable {
      var tokens: [Int32]
      var score: Float?
      var sumLogProbability: Float?
    }
    var task: String
    var adapter: String?
    var prompt: String
    var promptTokens: [Int32]
    var greedy: Answer
    var beam: Answer
  }

  private struct Golden: Decodable { var cases: [Case] }

  let decoder: Decoder
  let cases: [Case]
  private let adapters: [String: Adapter]

  init(compute: ComputeType = .float32, cache: KVCacheType? = nil) throws {
    let folder = try ModelFolder(Fixtures.model)
    decoder = try Decoder(folder, compute: compute, cache: cache)
    cases = try JSONFile.decode(
      Golden.self, Fixtures.goldens("ParaEngineTests").appending(path: "generate.json")
    ).cases
    adapters = try Set(cases.compactMap(\.adapter)).reduce(into: [:]) {
      $0[$1] = try Adapter(folder: Fixtures.adapter($1), name: $1, for: folder)
    }
  }

  func engine(threads: Int = 1, lanes: Int = 192) -> Engine {
    Engine(
      decoder, options: EngineOptions(workers: 1, threadsPerWorker: threads, maximumLanes: lanes))
  }

  func request(_ golden: Case, beams: Int, newTokens: Int = 24) throws -> GenerationRequest {
    try request(
      tokens: golden.promptTokens, adapter: golden.adapter, beams: beams, newTokens: newTokens)
  }

  func request(
    tokens: [Int32], adapter: String?, beams: Int, newTokens: Int = 24
  ) throws -> GenerationRequest {
    let settings = GenerationSettings(
      numBeams: beams, maxNewTokens: newTokens, endOfSequence: decoder.endOfSequence)
    return GenerationRequest(
      tokens: tokens, adapter: adapter.flatMap { adapters[$0] }, settings: settings)
  }
}
