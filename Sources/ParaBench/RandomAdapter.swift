import ParaAdapters
import ParaCheckpoints
import ParaModel
import ParaTensors

/// Adapters with random weights, for benchmarks and checks in which only shapes matter.
enum RandomAdapter {
  /// Ranks as in the PARA paper's comparison of both methods.
  private static let loraRank = 8
  private static let paraRank = 12

  /// LoRA on q, v and up; PARA on q, v and up; (IA)³ on k, v and up; BitFit on all projections.
  static func make(_ method: AdapterMethod, _ model: ModelConfiguration, seed: Int) -> Adapter {
    var random = SplitMix(seed: UInt64(seed) &+ 7)
    func weight(_ rows: Int, _ columns: Int, around centre: Float = 0) -> Weight {
      let values = (0..<rows * columns).map { _ in
        centre + Float(random.next() >> 40) * 0x1p-24 * 0.02 - 0.01
      }
      return Weight(FloatBuffer(values), rows: rows, columns: columns)
    }
    let layers = (0..<model.layers).map { _ in
      var layer = AdapterWeights.Layer()
      switch method {
      case .lora:
        for projection in [Projection.query, .value, .up] {
          layer.projections[projection] = ProjectionAdjustment(
            lowRank: .init(
              a: weight(loraRank, projection.inputSize(model)),
              b: weight(projection.outputSize(model), loraRank), factor: 2))
        }
      case .ia3:
        for projection in [Projection.key, .value, .up] {
          layer.projections[projection] = ProjectionAdjustment(
            scale: weight(1, projection.outputSize(model), around: 1))
        }
      case .bitFit:
        for projection in Projection.allCases {
          layer.projections[projection] = ProjectionAdjustment(
            bias: weight(1, projection.outputSize(model)))
        }
      case .para:
        let options = PARAOptions(rank: paraRank)
        let outputs = options.outputSize(model)
        layer.generator = VectorGenerator(
          down: weight(paraRank, model.hiddenSize), up: weight(outputs, paraRank),
          bias: weight(1, outputs, around: 1), parts: options.parts(model))
      }
      return layer
    }
    return Adapter(
      name: "\(method)-\(seed)", method: method, contentHash: "\(method)-\(seed)",
      parameterCount: 0, layers: layers)
  }
}
