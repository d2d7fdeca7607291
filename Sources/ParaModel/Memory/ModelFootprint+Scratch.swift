import ParaCheckpoints
import ParaTensors

extension ModelFootprint {
  /// The largest of a worker's passes, in numbers.
  public struct PassSize: Sendable, Hashable {
    /// Prompt tokens, or lanes of a step.
    public var rows: Int
    /// Rows whose next token is looked for: prompts, or lanes of a step.
    public var states: Int
    /// Tokens of the longest prompt.
    public var longestPrompt: Int
    /// Tokens of the longest answer; 0 at prefill.
    public var longestAnswer: Int
    /// Lanes of the widest request; 0 at prefill.
    public var widest: Int
    /// True if any request draws at random or has its logits edited.
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
  }

  /// What a arena holds after a pass of this size: the slots of `ForwardContext`, in their order.
  ///
  /// This is the one place that follows `Decoder.run`; low-rank inner products, a few hundred
  /// numbers a row of a block, are left out.
  public func scratch(_ context: PassSize) -> Int {
    let block = min(context.rows, max(RowBlock.size, context.widest))
    let widestState = max(model.hiddenSize, model.querySize, model.feedForwardSize)
    let hidden = context.rows * model.hiddenSize
    let projections = block * (model.querySize + 2 * model.keyValueSize)
    let projected = model.outputNorms ? block * model.hiddenSize : 0
    let gated = FeedForwardTiling(
      model.feedForwardSize, rows: block, threads: context.threads, compute)
    let gateAndUp =
      block * (gated.gateColumns + gated.upColumns)
      + QuantizedActivations.scratchCount(rows: block, columns: model.feedForwardSize, compute)
    let row = context.threads * (widestState + 15)
    let prepared = max(
      QuantizedActivations.scratchCount(
        rows: block, columns: max(model.hiddenSize, model.querySize), compute),
      QuantizedActivations.scratchCount(rows: context.states, columns: model.hiddenSize, compute))
    let last = context.widest == 0 ? context.states * model.hiddenSize : 0
    return 4
      * (hidden + projections + projected + gateAndUp + row + prepared + scores(context) + last
        + logits(context))
  }

  private func scores(_ context: PassSize) -> Int {
    context.threads
      * (context.widest == 0
        ? attention.prefillScratch(tokens: context.longestPrompt)
        : attention.decodeScratch(
          lanes: context.widest, prompt: context.longestPrompt, past: context.longestAnswer))
  }

  /// Whole rows are made some at a time.
  private func logits(_ context: PassSize) -> Int {
    let whole =
      context.needsWholeLogits ? min(context.states, Self.wholeRows) * model.vocabularySize : 0
    return max(
      whole,
      ShortlistLMHead.scratchCount(
        rows: context.states, vocabulary: model.vocabularySize, hidden: model.hiddenSize,
        compute, threads: context.threads))
  }

  /// Whole rows of logits that are made at a time: a vocabulary may have 256 k words.
  package static let wholeRows = 16
}
