import ParaCheckpoints
package import ParaTensors

extension Decoder {
  /// The logits of final hidden states, or of some of them, [rows, vocabulary]; valid until the
  /// arena's next use.
  ///
  /// - Parameter states: [rows, hidden], as `prefillStates` and `stepStates` return them.
  package func logits(
    _ states: QuantizedActivations, rows: Range<Int>? = nil, _ context: ForwardContext
  ) -> Matrix {
    let rows = rows ?? 0..<states.rows
    let logits = context.matrix(.logits, rows.count, configuration.vocabularySize)
    head.logits(states, rows, into: logits, parallel: context.parallel)
    return logits
  }

  /// Scratch for a scan of the LM head by final hidden states; shares its memory with `logits`.
  package func headScratch(_ states: QuantizedActivations, _ context: ForwardContext) -> Matrix {
    context.matrix(
      .logits, 1,
      activationTable.headScratch(states: states.rows, threads: context.parallel.threads))
  }
}
