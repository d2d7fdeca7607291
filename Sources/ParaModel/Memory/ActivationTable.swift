import ParaCheckpoints
import ParaTensors

/// The size of a forward pass, on which its activation buffers depend.
public struct ForwardSize: Sendable, Hashable {
  /// Prompt tokens, or lanes of a decoding step.
  public var rows: Int
  /// Rows whose next token is looked for: prompts, or lanes of a step.
  public var states: Int
  /// Tokens of the longest prompt.
  public var longestPrompt: Int
  /// Tokens of the longest answer; 0 at prefill.
  public var longestAnswer: Int
  /// Lanes of the widest request; 0 at prefill.
  public var widest: Int
  /// True if any request samples or has its logits edited.
  public var needsWholeLogits: Bool
  public var threads: Int

  public init(
    rows: Int, states: Int, longestPrompt: Int, longestAnswer: Int = 0, widest: Int = 0,
    needsWholeLogits: Bool, threads: Int
  ) {
    self.rows = rows
    self.states = states
    self.longestPrompt = longestPrompt
    self.longestAnswer = longestAnswer
    self.widest = widest
    self.needsWholeLogits = needsWholeLogits
    self.threads = threads
  }

  var isPrefill: Bool { widest == 0 }

  /// Rows of the largest row block; a request's lanes are never divided.
  var block: Int { min(rows, max(RowBlock.size, widest)) }
}

/// The activation buffers of a forward pass.
enum ActivationBuffer {
  // The whole pass.
  case hidden  // [rows, hidden]
  // A prefill's last layer.
  case last  // the prompts' last tokens, [prompts, hidden]
  // A layer's attention.
  case query, key, value  // [block, heads × headSize]
  case scores  // a thread's scratch, [threads, scratch]
  // A block's residual, in families with a norm there.
  case projected  // [block, hidden]
  // The feed-forward block.
  case gate, up  // a tile of features, [block, features]
  case gated  // quantized, [block, feedForward]
  // A projection.
  case row  // an input before it is quantized, [threads, columns]
  case quantized  // inputs, or the final states, [block or states, columns]
  // The LM head.
  case logits  // of some states, or a scan's scratch
  // Adapters; outside the plan, they grow on demand.
  case lowRankInner(Projection)  // A x, [block, rank]
  case scaledInput(Projection)  // quantized, [block, columns]

  /// The buffer's place in the arena.
  var index: Int {
    switch self {
    case .hidden: 0
    case .last: 1
    case .query: 2
    case .key: 3
    case .value: 4
    case .scores: 5
    case .projected: 6
    case .gate: 7
    case .up: 8
    case .gated: 9
    case .row: 10
    case .quantized: 11
    case .logits: 12
    case .lowRankInner(let projection): 13 + 2 * projection.rawValue
    case .scaledInput(let projection): 14 + 2 * projection.rawValue
    }
  }
}

/// How large each activation buffer of a forward pass is.
///
/// The one table for both: a pass reserves its buffers by it (`ForwardContext.reserving`), and the
/// memory plan adds it up for the largest pass to come (`ModelFootprint.scratch`).
struct ActivationTable {
  let model: ModelConfiguration
  let attention: Attention
  let compute: ComputeType

  /// What a pass reserves when it begins.
  static let reserved: [ActivationBuffer] = [
    .hidden, .last, .query, .key, .value, .scores, .projected, .gate, .up, .gated, .row, .quantized,
  ]

  /// fp32 elements of a buffer.
  func elements(_ buffer: ActivationBuffer, _ size: ForwardSize) -> Int {
    let block = size.block
    switch buffer {
    case .hidden: return size.rows * model.hiddenSize
    case .last: return size.isPrefill ? size.states * model.hiddenSize : 0
    case .query: return block * model.querySize
    case .key, .value: return block * model.keyValueSize
    case .scores: return size.threads * scores(size)
    case .projected: return model.outputNorms ? block * model.hiddenSize : 0
    case .gate: return block * tiling(size).gateColumns
    case .up: return block * tiling(size).upColumns
    case .gated: return quantized(rows: block, columns: model.feedForwardSize)
    case .row: return size.threads * Self.rowColumns(widestInput)
    case .quantized:
      return max(
        quantized(rows: block, columns: widestInput),
        quantized(rows: size.states, columns: model.hiddenSize))
    case .logits: return logits(size)
    case .lowRankInner, .scaledInput: return 0
    }
  }

  /// The inputs of `down` are quantized in place.
  private var widestInput: Int { max(model.hiddenSize, model.querySize) }

  /// Columns of a thread's `row`: whole vectors of every instruction set.
  static func rowColumns(_ columns: Int) -> Int { (columns + 15) / 16 * 16 }

  /// The feed-forward tiles of a row block: as its rows allow, or those of the largest block where
  /// they would not fit into its buffers.
  func tiling(rows: Int, _ size: ForwardSize) -> FeedForwardTiling {
    let largest = tiling(size)
    let own = FeedForwardTiling(
      model.feedForwardSize, rows: rows, threads: size.threads, compute)
    let fits =
      rows * own.gateColumns <= size.block * largest.gateColumns
      && rows * own.upColumns <= size.block * largest.upColumns
    return fits ? own : largest
  }

  private func tiling(_ size: ForwardSize) -> FeedForwardTiling {
    FeedForwardTiling(model.feedForwardSize, rows: size.block, threads: size.threads, compute)
  }

  private func quantized(rows: Int, columns: Int) -> Int {
    QuantizedActivations.scratchCount(rows: rows, columns: columns, compute)
  }

  /// Attention's scratch of one thread.
  private func scores(_ size: ForwardSize) -> Int {
    size.isPrefill
      ? attention.prefillScratch(tokens: size.longestPrompt)
      : attention.decodeScratch(
        lanes: size.widest, prompt: size.longestPrompt, past: size.longestAnswer)
  }

  /// Whole rows are computed `ModelFootprint.wholeRows` at a time.
  private func logits(_ size: ForwardSize) -> Int {
    let whole = min(size.states, ModelFootprint.wholeRows) * model.vocabularySize
    let scan = headScratch(states: size.states, threads: size.threads)
    return size.needsWholeLogits ? max(whole, scan) : scan
  }

  /// Scratch of a scan of the LM head.
  func headScratch(states: Int, threads: Int) -> Int {
    ShortlistLMHead.scratchCount(
      rows: states, vocabulary: model.vocabularySize, hidden: model.hiddenSize, compute,
      threads: threads)
  }
}
