import ParaCheckpoints
package import ParaTensors

extension Decoder {
  /// The logits of states that left the last layer, or of some of them, [rows, vocabulary]; they
  /// live in the arena until the next call.
  package func logits(
    _ states: QuantizedActivations, rows: Range<Int>? = nil, _ context: ForwardContext
  )
    -> Matrix
  {
    let rows = rows ?? 0..<states.rows
    let logits = context.matrix(.logits, rows.count, configuration.vocabularySize)
    head.logits(states, rows, into: logits, parallel: context.parallel)
    return logits
  }

  /// What searches want to know of each row's logits, without writing them.
  package func answers(
    _ states: QuantizedActivations, _ queries: [VocabularyHead.Query], _ context: ForwardContext
  ) -> [VocabularyHead.Answer] {
    let scratch = context.matrix(
      .logits, 1,
      ScreenedHead.scratchCount(
        rows: states.rows, vocabulary: vocabularySize, hidden: states.columns, compute,
        threads: context.parallel.threads))
    return head.answers(states, queries, scratch: scratch, parallel: context.parallel)
  }
}
