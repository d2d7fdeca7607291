import ParaCheckpoints
import ParaTensors

/// One new token for every running beam: it attends to its request's prompt and to its own past,
/// as far back as the layer's window reaches.
struct DecodeMetadata: AttentionMetadata {
  let sequences: PackedSequences
  let blocks: [Range<Int>]
  private let requests: [StepRequest]
  private let decoder: Decoder
  private let rotary: RotaryTables.Angles
  private let pasts: KVPageTable
  private let scratchCount: Int

  init(_ requests: [StepRequest], _ decoder: Decoder) {
    var first = 0
    sequences = PackedSequences(
      requests.map { request in
        defer { first += request.lanes.count }
        return PackedSequence(
          rows: first..<first + request.lanes.count, adapter: request.adapter)
      }, for: decoder.compute)
    blocks = sequences.wholeSegments(upTo: Decoder.blockRows)
    self.requests = requests
    self.decoder = decoder
    rotary = decoder.rotary.angles(
      through: requests.map { $0.prompt.length + $0.step }.max() ?? 0)
    pasts = KVPageTable(requests)
    scratchCount =
      requests.map {
        decoder.attention.decodeScratch(
          lanes: $0.lanes.count, prompt: $0.prompt.length, past: $0.step + 1)
      }.max() ?? 0
  }

  /// Nothing: PARA's vectors were made at prefill.
  func prepare(layer: Int, hidden: Matrix, _ context: ForwardContext) {}

  func attend(layer: Int, block: Range<Int>, _ rows: Attention.Rows, _ context: ForwardContext) {
    let attention = decoder.attention
    let scratch = context.matrix(.scores, context.parallel.threads, scratchCount)
    let heads = attention.keyValueHeads
    let own = sequences.overlapping(block)
    context.parallel.parts(own.count * heads, grain: 2) { thread, items in
      // A request's heads go together.
      func next(_ item: Int) -> (request: Int, heads: Range<Int>, seen: Attention.KVView) {
        let (request, head) = item.quotientAndRemainder(dividingBy: heads)
        let count = min(heads - head, items.upperBound - item)
        return (
          own.lowerBound + request, head..<head + count,
          seen(own.lowerBound + request, layer, head)
        )
      }
      var item = items.lowerBound
      var current = next(item)
      while item < items.upperBound {
        item += current.heads.count
        let after = item < items.upperBound ? next(item) : current
        let lanes = sequences.list[current.request].rows
        attention.decode(
          rows.rows(lanes.lowerBound - block.lowerBound..<lanes.upperBound - block.lowerBound),
          heads: current.heads, current.seen, next: after.seen,
          window: decoder.configuration.windows[layer], rotary: rotary[layer],
          scratch: scratch.row(thread))
        current = after
      }
    }
  }

  private func seen(_ index: Int, _ layer: Int, _ head: Int) -> Attention.KVView {
    let request = requests[index]
    return (
      request.prompt.slice(layer: layer, head: head),
      GeneratedKVView(
        rows: pasts.rows(of: index), lanes: request.lanes.count, count: request.step + 1,
        keyOffset: request.generated.keyOffset(layer: layer, head: head),
        valueOffset: request.generated.valueOffset(layer: layer, head: head),
        headBytes: request.generated.headBytes)
    )
  }
}

/// The addresses of every lane's past in a step, for all layers.
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
        precondition(lane.ancestry.count == request.step + 1)
        let place = base + start + index * stride
        for (step, row) in lane.ancestry.enumerated() {
          place[step] = request.generated.address(row: Int(row))
        }
        for step in request.step + 1..<stride { place[step] = place[request.step] }
      }
    }
  }

  deinit { base.deallocate() }

  func rows(of request: Int) -> UnsafePointer<UnsafePointer<CChar>?> {
    UnsafePointer(base + starts[request])
  }
}
