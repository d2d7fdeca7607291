import ParaEngine
import Testing

@Suite struct EngineOptionsTests {
  /// The embedded model is small: a batch for each thread, but for work that cannot fill them.
  @Test(arguments: [(nil, 4, 1), (1, 1, 4), (32, 1, 4), (33, 4, 1)] as [(Int?, Int, Int)])
  func fewLanesShareOneBatch(lanes: Int?, workers: Int, threads: Int) throws {
    let options = EngineOptions(
      threads: 4, for: try EmbeddedModel().decoder, allLanes: lanes)
    #expect(options.workers == workers)
    #expect(options.threadsPerWorker == threads)
  }
}
