import ArgumentParser
import Foundation
import ParaAdapters
import ParaBench
import ParaCheckpoints
import ParaModel
import ParaTensors

struct VerifyInvariance: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-invariance",
    abstract: "Check on this machine that a row's answer does not depend on its batch.",
    discussion: """
      Answers random prompts alone on one thread, then in batches of 2, 7, 64 and 256 lanes, with one thread and with several, \
      adapters mixed, and compares tokens and the bits of scores. Exit code 1: something differed.

      Example:  para verify-invariance fixtures/model --compute-type int8 --adapter fixtures/adapters/math-para \
      --adapter fixtures/adapters/sql-lora
      """)

  @Argument(help: "A Hugging Face model folder.")
  var model: String

  @Option(help: "float32, bfloat16 or int8; without it, each of them.")
  var computeType: ComputeType?

  @Option(
    help:
      "The KV cache's data type: float32, bfloat16 or int8; without it, the default and another."
  )
  var kvCacheType: KVCacheType?

  @Option(
    help: "An adapter's folder; may be given several times. Without any, random ones of every kind."
  )
  var adapter: [String] = []

  @Option(help: "Threads to compare with one.")
  var threads = max(2, ProcessorCount.available)

  func validate() throws { try requireCounts([("--threads", threads)]) }

  func run() throws {
    try Terminal.reporting {
      let threads = min(threads, max(2, ProcessorCount.available))
      let folder = try ModelFolder(URL(filePath: model))
      let adapters = try adapter.map {
        try Adapter(folder: URL(filePath: $0), name: $0, for: folder)
      }
      var check = InvarianceCheck()
      check.threads = threads
      var differ = false
      for (compute, cache) in kinds {
        let decoder = try Decoder(folder, compute: compute, cache: cache, threads: threads)
        let report = try check.run(decoder, adapters: adapters)
        let kind = "\(compute), caches \(decoder.cacheFormat)"
        for difference in report.differences {
          Terminal.print(
            "\(kind): request \(difference.request) in a batch of \(difference.lanes) lanes on \(difference.threads) "
              + "threads has \(difference.what)")
        }
        Terminal.print(
          "\(kind) (\(Kernels.name)): \(report.requests) requests, \(report.comparisons) comparisons, "
            + "\(report.differences.count) differences")
        differ = differ || !report.differences.isEmpty
      }
      if differ { throw ExitCode.failure }
    }
  }

  private var kinds: [(ComputeType, KVCacheType?)] {
    (computeType.map { [$0] } ?? ComputeType.allCases).flatMap { compute in
      let usualAndOther = [nil, compute == .int8 ? KVCacheType.bfloat16 : .int8]
      return (kvCacheType.map { [$0] } ?? usualAndOther).map { (compute, $0) }
    }
  }
}
