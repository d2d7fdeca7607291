import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaModel
import ParaTestSupport
import Synchronization
import Testing

@Suite struct AdapterCacheTests {
  private let model: ModelFolder
  private let folder: TemporaryFolder
  private var shape: ModelConfiguration { model.configuration }

  init() throws {
    model = try ModelFolder(Fixtures.model)
    folder = try TemporaryFolder()
  }

  private func lora(alpha: Int) -> AdapterSample {
    AdapterSample.lora([.value], layers: [0], rank: 1, shape).with(["lora_alpha": alpha])
  }

  /// Bytes of one such adapter in use: in fp32, and again packed for the kernels.
  private var size: Int { 2 * 4 * (shape.hiddenSize + shape.keyValueSize) }

  private func write(_ name: String, alpha: Int) throws {
    try lora(alpha: alpha).write(to: folder.url.appending(path: name))
  }

  private func cache(budget: Int = .max) throws -> AdapterCache {
    AdapterCache(folders: try AdapterCache.discover(in: folder.url), for: model, budget: budget)
  }

  @Test func readsOnceAndKnowsItsNames() throws {
    try write("a", alpha: 1)
    let cache = try cache()
    #expect(cache.adapters.isEmpty)
    let first = try #require(try cache.adapter(named: "a"))
    #expect(try cache.adapter(named: "a") === first)
    #expect(try cache.adapter(named: "b") == nil)
    #expect(cache.adapters["a"]?.contentHash == first.contentHash)
    #expect(cache.residentBytes == size)
  }

  @Test func discoversFoldersWithAConfiguration() throws {
    try write("a", alpha: 1)
    try write("b", alpha: 2)
    _ = try folder.write("no adapter", to: "notes/readme.txt")
    _ = try folder.write("a file", to: "adapter_config.json")
    #expect(try AdapterCache.discover(in: folder.url).keys.sorted() == ["a", "b"])
    let missing = folder.url.appending(path: "missing")
    let error = #expect(throws: CheckpointError.self) { try AdapterCache.discover(in: missing) }
    #expect(
      error?.description == "\(missing.path): cannot be listed; a folder of adapters is needed.")
  }

  @Test func namesOfIdenticalContentShareOneAdapter() throws {
    try write("a", alpha: 1)
    try write("same", alpha: 1)
    try write("other", alpha: 2)
    let cache = try cache()
    #expect(try cache.adapter(named: "a") === cache.adapter(named: "same"))
    #expect(try cache.adapter(named: "a") !== cache.adapter(named: "other"))
    #expect(cache.residentBytes == 2 * size)
  }

  @Test func theLeastRecentlyUsedLeavesAndLivesOnInUse() throws {
    for (index, name) in ["a", "b", "c"].enumerated() { try write(name, alpha: index + 1) }
    let cache = try cache(budget: 2 * size)
    let first = try #require(try cache.adapter(named: "a"))
    weak let second = try cache.adapter(named: "b")
    #expect(second != nil)
    _ = try cache.adapter(named: "a")
    _ = try cache.adapter(named: "c")
    #expect(second == nil, "b was used least recently and by nobody")
    #expect(cache.residentBytes == 2 * size)
    _ = try cache.adapter(named: "b")
    // a has left now, but it is alive here, so nothing is read again.
    #expect(try cache.adapter(named: "a") === first)
  }

  @Test func oneAboveTheBudgetIsServed() throws {
    try write("a", alpha: 1)
    let cache = try cache(budget: 1)
    let resident = ObjectIdentifier(try #require(try cache.adapter(named: "a")))
    #expect(try cache.adapter(named: "a").map { ObjectIdentifier($0) } == resident)
  }

  /// What waits with a reference takes no memory, and gets the same content when its turn comes.
  @Test func referencesHoldNothing() throws {
    for (index, name) in ["a", "b"].enumerated() { try write(name, alpha: index + 1) }
    let cache = try cache(budget: size)
    let references = try ["a", "b", "a"].map { try #require(try cache.reference(named: $0)) }
    #expect(cache.residentBytes == size && references[0].contentHash != references[1].contentHash)
    #expect(try cache.reference(named: "c") == nil)
    let adapters = try references.map { try $0.adapter() }
    #expect(adapters.map(\.contentHash) == references.map(\.contentHash))
    #expect(adapters[0] === adapters[2] && references[0].identity.method == .lora)
  }

  @Test func aReferenceToWhatHasChangedIsRefused() throws {
    for (index, name) in ["a", "b"].enumerated() { try write(name, alpha: index + 1) }
    let cache = try cache(budget: size)
    let reference = try #require(try cache.reference(named: "a"))
    _ = try cache.adapter(named: "b")
    try write("a", alpha: 3)
    #expect(throws: CheckpointError.self) { try reference.adapter() }
    #expect(throws: CheckpointError.self) { try cache.reference(named: "a") }
  }

  @Test func anAdapterThatChangesDuringARunIsRefused() throws {
    try write("a", alpha: 1)
    try write("b", alpha: 2)
    let cache = try cache(budget: size)
    let hash = try #require(try cache.adapter(named: "a")).contentHash
    _ = try cache.adapter(named: "b")
    try write("a", alpha: 3)
    let error = #expect(throws: CheckpointError.self) { try cache.adapter(named: "a") }
    let message = try #require(error?.message)
    #expect(
      message.hasPrefix("has changed since it was first read: its content was \(hash) and is "))
  }

  /// What a configuration and a header say is known without reading a number: a NaN is not.
  @Test func aCheckReadsNoNumbers() throws {
    try write("sound", alpha: 1)
    try lora(alpha: 1).with(["use_qalora": true]).write(to: folder.url.appending(path: "variant"))
    try lora(alpha: 1).with(["r": 3]).write(to: folder.url.appending(path: "rank"))
    let prefix = AdapterSample.prefix(0, .value)
    try lora(alpha: 1).adding([
      prefix + "lora_B.weight": AdapterSample.constant(.nan, shape.keyValueSize, 1)
    ]).write(to: folder.url.appending(path: "nan"))
    let cache = try cache()
    try cache.check(named: "sound")
    try cache.check(named: "nan")
    try cache.check(named: "absent")
    for (name, message) in [
      ("variant", "has the key use_qalora with the value true, which is not supported for LORA."),
      (
        "rank",
        "tensor \(prefix)lora_A.weight has shape [\(shape.hiddenSize)], expected [3, \(shape.hiddenSize)]."
      ),
    ] {
      let error = #expect(throws: CheckpointError.self) { try cache.check(named: name) }
      #expect(error?.message == message)
    }
    #expect(cache.adapters.isEmpty && cache.residentBytes == 0)
    #expect(throws: CheckpointError.self) { try cache.adapter(named: "nan") }
  }

  @Test func aBrokenFolderIsRefusedEachTime() throws {
    _ = try folder.write("{}", to: "a/adapter_config.json")
    try write("b", alpha: 1)
    let cache = try cache()
    for _ in 0..<2 {
      let error = #expect(throws: CheckpointError.self) { try cache.adapter(named: "a") }
      #expect(error?.message == "cannot be opened: No such file or directory.")
    }
    #expect(try cache.adapter(named: "b") != nil)
  }

  /// A pipe in an adapter's place holds its reader up for as long as nobody writes.
  @Test(.timeLimit(.minutes(1))) func oneThatTakesLongHoldsUpNoOther() throws {
    try write("a", alpha: 1)
    let pipe = try folder.write("", to: "slow/adapter_config.json")
    try FileManager.default.removeItem(at: pipe)
    try #require(mkfifo(pipe.path, 0o600) == 0)
    let cache = try cache()
    let answer = Mutex<String?>(nil), done = DispatchSemaphore(value: 0)
    DispatchQueue.global().async {
      do { _ = try cache.adapter(named: "slow") } catch { answer.withLock { $0 = "\(error)" } }
      done.signal()
    }
    #expect(try cache.adapter(named: "a") != nil)
    close(open(pipe.path, O_WRONLY))
    done.wait()
    #expect(answer.withLock(\.self) == "\(pipe.path): is not a regular file.")
  }

  /// A thousand tenants, memory for ten, four workers that each ask for half of them: every tenant is
  /// asked for twice and gets their own.
  @Test func aThousandAdaptersInTheMemoryOfTen() throws {
    for index in 0..<1000 { try write("tenant-\(index)", alpha: index + 1) }
    let cache = try cache(budget: 10 * size)
    let wrong = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 4) { worker in
      for step in 0..<500 {
        let index = (worker * 250 + step) % 1000
        let adapter = try? cache.adapter(named: "tenant-\(index)")
        let factor = adapter?.layers[0].projections[.value]?.lowRank?.factor
        if factor != Float(index + 1) { wrong.add(1, ordering: .relaxed) }
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
    #expect(cache.residentBytes <= 10 * size)
    #expect(cache.adapters.count == 1000)
  }
}
