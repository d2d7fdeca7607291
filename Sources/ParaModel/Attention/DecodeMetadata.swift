import ParaCheckpoints
import ParaTensors

/// Attention of a decoding step, one new token for every lane: it attends to its request's prompt
/// and to its own beam's tokens, as far back as the layer's window reaches.
struct DecodeMetadata: AttentionMetadata {
  let sequences: PackedSequences
  let blocks: [Range<Int>]
  private let requests: [StepRequest]
  private let attention: Attention
  private let windows: [Int]
  private let rotary: RotaryTables.Angles
  private let pages: KVPageTable
  private let scratchCount: Int

  init(_ requests: [StepRequest], _ decoder: Decoder) {
    self.requests = requests
    sequences = PackedSequences(
      counts: requests.map(\.lanes.count), adapters: requests.map(\.adapter),
      for: decoder.compute)
    blocks = sequences.wholeSequences(upTo: RowBlock.size)
    attention = decoder.attention
    windows = decoder.configuration.windows
    rotary = decoder.rotary.angles(
      through: requests.map { $0.prompt.length + $0.step }.max() ?? 0)
    pages = KVPageTable(requests)
    scratchCount =
      requests.map {
        decoder.attention.decodeScratch(
          lanes: $0.lanes.count, prompt: $0.prompt.length, past: $0.step + 1)
      }.max() ?? 0
  }

  func attend(_ block: RowBlock, _ rows: Attention.Rows) {
    let parallel = block.pass.parallel
    let scratch = block.pass.matrix(.scores, parallel.threads, scratchCount)
    let own = sequences.overlapping(block.rows)
    parallel.parts(own.count * attention.keyValueHeads, grain: 2) { thread, items in
      var run = headRun(from: items.lowerBound, to: items.upperBound, of: own)
      while let current = run {
        run = headRun(from: current.end, to: items.upperBound, of: own)
        let lanes = sequences.list[current.request].rows
        let first = block.rows.lowerBound
        attention.decode(
          rows.rows(lanes.lowerBound - first..<lanes.upperBound - first), heads: current.heads,
          view(current, block.layer), next: view(run ?? current, block.layer),
          window: windows[block.layer], rotary: rotary[block.layer],
          scratch: scratch.row(thread))
      }
    }
  }

  /// Key/value heads of one request that a thread takes together.
  private struct HeadRun {
    let request: Int
    let heads: Range<Int>
    /// The item after the run's last.
    let end: Int
  }

  /// The run that begins at an item, items being the requests' heads one after the other; nil behind
  /// the last.
  private func headRun(from item: Int, to end: Int, of requests: Range<Int>) -> HeadRun? {
    guard item < end else { return nil }
    let (index, head) = item.quotientAndRemainder(dividingBy: attention.keyValueHeads)
    let count = min(attention.keyValueHeads - head, end - item)
    return HeadRun(
      request: requests.lowerBound + index, heads: head..<head + count, end: item + count)
  }

  /// The keys and values of a run's first head.
  private func view(_ run: HeadRun, _ layer: Int) -> Attention.KVView {
    let (request, head) = (requests[run.request], run.heads.lowerBound)
    return (
      request.prompt.view(layer: layer, head: head),
      GeneratedKVView(
        rows: pages.rows(of: run.request), lanes: request.lanes.count, count: request.step + 1,
        keyOffset: request.generated.keyOffset(layer: layer, head: head),
        valueOffset: request.generated.valueOffset(layer: layer, head: head),
        headBytes: request.generated.headBytes)
    )
  }
}

/// The page table of a decoding step, for all layers: for each lane the addresses of its generated
/// tokens' rows in the KV cache.
private final class KVPageTable: @unchecked Sendable {  // written once, before it is shared
  private let base: UnsafeMutablePointer<UnsafePointer<CChar>?>
  private let starts: [Int]

  init(_ requests: [StepRequest]) {
    var count = 0
    starts = requests.map { request in
      defer { count += request.lanes.count * GeneratedKVView.stride(count: request.step + 1) }
      return count
    }
    base = .allocate(capacity: max(1, count))
    for (request, start) in zip(requests, starts) {
      request.generated.reserve(step: request.step)
      let stride = GeneratedKVView.stride(count: request.step + 1)
      for (index, lane) in request.lanes.enumerated() {
        precondition(lane.backPointers.count == request.step + 1)
        let place = base + start + index * stride
        for (step, row) in lane.backPointers.enumerated() {
          place[step] = request.generated.address(row: Int(row))
        }
        // The kernels read whole groups of addresses.
        for step in request.step + 1..<stride { place[step] = place[request.step] }
      }
    }
  }

  deinit { base.deallocate() }

  /// [lanes, stride]
  func rows(of request: Int) -> UnsafePointer<UnsafePointer<CChar>?> {
    UnsafePointer(base + starts[request])
  }
}
