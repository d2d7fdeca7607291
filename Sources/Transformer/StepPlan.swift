import Tensors

/// One new token for every running beam: it attends to its request's prompt and to its own past,
/// as far back as the layer's window reaches.
struct StepPlan: AttentionPlan {
  let segments: [RowSegment]
  let positions: [Int]
  private let rows: [(request: StepRequest, lane: StepRequest.Lane)]
  private let attention: Attention
  private let windows: [Int]

  init(_ requests: [StepRequest], attention: Attention, windows: [Int]) {
    var first = 0
    segments = requests.map { request in
      defer { first += request.lanes.count }
      return RowSegment(rows: first..<first + request.lanes.count, adjustments: request.adjustments)
    }
    rows = requests.flatMap { request in request.lanes.map { (request, $0) } }
    positions = rows.map { $0.request.prompt.length + $0.request.step }
    self.attention = attention
    self.windows = windows
  }

  /// Nothing: PARA's vectors were made at prefill.
  func prepare(layer: Int, hidden: Matrix) {}

  func attend(
    layer: Int, query: Matrix, keys: Matrix, values: Matrix, into out: Matrix, _ pass: Pass
  ) {
    let longest = (positions.max() ?? 0) + 1
    let scores = pass.matrix(
      .scores, pass.parallel.threads, attention.scratchCount(positions: longest))
    pass.parallel.parts(query.rows, grain: 4) { part, range in
      for row in range {
        let (request, lane) = rows[row]
        lane.ancestry.withUnsafeBufferPointer { ancestry in
          request.generated.store(
            layer: layer, row: Int(ancestry[ancestry.count - 1]), key: keys.row(row),
            value: values.row(row))
          let length = request.prompt.length
          let first = max(0, positions[row] + 1 - windows[layer])
          let past = request.prompt.run(layer: layer, positions: min(first, length)..<length)
          let own = request.generated.run(
            layer: layer, ancestry: .init(rebasing: ancestry.dropFirst(max(0, first - length))))
          attention.apply(
            query: query.row(row), runs: [past, own], scratch: scores.row(part), into: out.row(row))
        }
      }
    }
  }
}
