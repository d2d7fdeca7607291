import Adapters
import Checkpoints
import Tensors

extension Decoder {
  /// Runs tokens, one a row, through all layers; returns the last layer's states, [rows, hidden].
  func forward(_ tokens: [Int32], _ plan: some AttentionPlan, _ pass: Pass) -> Matrix {
    let hidden = pass.matrix(.hidden, tokens.count, configuration.hiddenSize)
    for (row, token) in tokens.enumerated() {
      embedding.copyRows(Int(token)..<Int(token) + 1, into: hidden.row(row))
    }
    Elementwise.scale(hidden, configuration.embeddingScale)
    for layer in layers.indices {
      plan.prepare(layer: layer, hidden: hidden)
      attentionBlock(layer, hidden, plan, pass)
      feedForwardBlock(layer, hidden, plan.segments, pass)
    }
    return hidden
  }

  /// hidden += W_o · attention(RoPE(W_q x), RoPE(W_k x), W_v x), x = norm(hidden)
  private func attentionBlock(
    _ layer: Int, _ hidden: Matrix, _ plan: some AttentionPlan, _ pass: Pass
  ) {
    let rows = hidden.rows
    let normed = norm(hidden, layers[layer].inputNorm, .normed, pass)
    let query = pass.matrix(.query, rows, configuration.querySize)
    let key = pass.matrix(.key, rows, configuration.keyValueSize)
    let value = pass.matrix(.value, rows, configuration.keyValueSize)
    project(normed, .query, layer, plan.segments, into: query, pass)
    project(normed, .key, layer, plan.segments, into: key, pass)
    project(normed, .value, layer, plan.segments, into: value, pass)
    rotary.apply(query, positions: plan.positions, parallel: pass.parallel)
    rotary.apply(key, positions: plan.positions, parallel: pass.parallel)
    let attended = pass.matrix(.attended, rows, configuration.querySize)
    plan.attend(layer: layer, query: query, keys: key, values: value, into: attended, pass)
    let projected = pass.matrix(.projected, rows, configuration.hiddenSize)
    project(attended, .output, layer, plan.segments, into: projected, pass)
    add(projected, normedBy: layers[layer].outputNorms?.attention, to: hidden, pass)
  }

  /// hidden += W_down · (activation(W_gate x) ⊙ W_up x), x = norm(hidden)
  private func feedForwardBlock(
    _ layer: Int, _ hidden: Matrix, _ segments: [RowSegment], _ pass: Pass
  ) {
    let normed = norm(hidden, layers[layer].feedForwardNorm, .normed, pass)
    let gate = pass.matrix(.gate, hidden.rows, configuration.feedForwardSize)
    let up = pass.matrix(.up, hidden.rows, configuration.feedForwardSize)
    project(normed, .gate, layer, segments, into: gate, pass)
    project(normed, .up, layer, segments, into: up, pass)
    Elementwise.gate(gate, up, by: configuration.activation, parallel: pass.parallel)
    let projected = pass.matrix(.projected, hidden.rows, configuration.hiddenSize)
    project(gate, .down, layer, segments, into: projected, pass)
    add(projected, normedBy: layers[layer].outputNorms?.feedForward, to: hidden, pass)
  }

  /// hidden += norm(x), or x where there is no norm.
  private func add(_ x: Matrix, normedBy weight: Weight?, to hidden: Matrix, _ pass: Pass) {
    if let weight { norm(x, weight, into: x, pass) }
    Elementwise.add(hidden, x)
  }

  private func norm(_ x: Matrix, _ weight: Weight, _ slot: Pass.Slot, _ pass: Pass) -> Matrix {
    let out = pass.matrix(slot, x.rows, x.columns)
    norm(x, weight, into: out, pass)
    return out
  }

  private func norm(_ x: Matrix, _ weight: Weight, into out: Matrix, _ pass: Pass) {
    RMSNorm.apply(
      x, weight: weight, epsilon: configuration.normEpsilon, into: out, parallel: pass.parallel)
  }

  /// The logits of states that left the last layer, [rows, vocabulary].
  func logits(_ hidden: Matrix, _ pass: Pass) -> Matrix {
    let normed = norm(hidden, finalNorm, .lastNormed, pass)
    let logits = pass.matrix(.logits, hidden.rows, configuration.vocabularySize)
    MatrixProduct.apply(normed, head, into: logits, parallel: pass.parallel)
    Elementwise.softCap(logits, configuration.logitCap, parallel: pass.parallel)
    return logits
  }
}
