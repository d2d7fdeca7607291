import ParaCheckpoints
import ParaModel
import ParaTensors

/// DoRA (arXiv 2402.09353) as PEFT computes it: a LoRA whose adapted weight is brought to a trained
/// magnitude in each output feature, y' = m / ‖W + s B A‖ ⊙ (W x + s B (A x)) + b, the norm over the
/// input features. The model's bias b is not scaled.
///
/// The norm is constant once the adapter is trained (section 4.3), so it is computed when the folder is
/// read and DoRA is a LoRA with a scale:
///
///     y' = scale ⊙ (W x + b + bias + s B (A x))      scale = m / ‖W + s B A‖,  bias = b / scale − b
struct DoRA: AdapterKind {
  static let name = "DORA"
  static let title = "DoRA"
  static let peftType = LoRA.peftType
  static let flag: String? = "use_dora"
  // PEFT has no bias of B with DoRA.
  static let keys = LoRA.keys.subtracting(["lora_bias"])
  static let tensors =
    "lora_A.weight, lora_B.weight and lora_magnitude_vector, with bias all or lora_only bias"

  private let lora: LoRA

  init(_ configuration: AdapterConfiguration) throws { lora = try LoRA(configuration) }

  /// LoRA's tensors and `lora_magnitude_vector` [output] for each adapted module.
  func layers(from reader: inout AdapterReader) throws -> [AdapterWeights.Layer] {
    var layers = try lora.layers(from: &reader)
    for module in reader.adapted {
      let magnitude = try reader.take(
        "lora_magnitude_vector", of: module, rows: 1, columns: module.outputSize)
      guard reader.readsNumbers else { continue }
      for part in module.parts {
        guard var adjustment = layers[module.layer].projections[part.projection] else { continue }
        let weight = try reader.base.weight(of: part.projection, layer: module.layer)
        let bias = try reader.base.bias(of: part.projection, layer: module.layer)
        do {
          try adjustment.normalize(weight, to: magnitude.elements(part.rows), modelBias: bias)
        } catch let error as UnusableMagnitude {
          throw reader.malformed(
            "has a lora_magnitude_vector at \(module.path) that cannot be used: \(error.reason).")
        }
        layers[module.layer].projections[part.projection] = adjustment
      }
      reader.base.releasePages()
    }
    return layers
  }
}

// What is reported, planned and benchmarked.
extension DoRA {
  func ranks(in folder: AdapterFolder) throws -> [Int] { try lora.ranks(in: folder) }

  func footprint(parameters: Int, _ model: ModelConfiguration) -> AdapterFootprint {
    lora.footprint(parameters: parameters, model)
  }

  /// Rank 8 on q, v and up.
  static func random(_ model: ModelConfiguration, _ weights: inout RandomWeights)
    -> [AdapterWeights.Layer]
  {
    LoRA.random(model, &weights).map { lora in
      var layer = lora
      for projection in Projection.allCases where layer.projections[projection] != nil {
        layer.projections[projection]?.scale = weights.make(
          1, projection.outputSize(model), around: 1)
      }
      return layer
    }
  }
}

/// Why an output feature cannot be brought to its magnitude.
private struct UnusableMagnitude: Error {
  var reason: String
}

extension ProjectionAdjustment {
  /// Turns LoRA's adjustment into DoRA's.
  ///
  /// - Parameters:
  ///   - weight: The model's W, [output, input].
  ///   - magnitude: m, [1, output].
  ///   - modelBias: The model's b, [1, output], to which a trained bias of the adjustment is relative.
  fileprivate mutating func normalize(
    _ weight: Weight, to magnitude: Weight, modelBias: Weight?
  ) throws {
    guard let lowRank else { return }
    let scale = zip(magnitude.array, lowRank.norms(addedTo: weight)).map { $0 / $1 }
    if let feature = scale.firstIndex(where: { !$0.isFinite }) {
      throw UnusableMagnitude(
        reason: "divided by the norm of its adapted weight, feature \(feature) is \(scale[feature])"
      )
    }
    self.scale = Weight(vector: scale)
    guard let own = modelBias?.array else { return }
    let trained = bias.map { zip(own, $0.array).map { $0 + $1 } } ?? own
    let unscaled = own.indices.map { trained[$0] / scale[$0] - own[$0] }
    if let feature = unscaled.firstIndex(where: { !$0.isFinite }) {
      throw UnusableMagnitude(reason: "feature \(feature) is 0, but the model has a bias there")
    }
    bias = Weight(vector: unscaled)
  }
}

extension LowRankUpdate {
  /// Rows of W that are adapted at a time.
  private static let blockRows = 64

  /// The norm of each row of W + factor · B A, [output].
  ///
  /// - Parameter weight: W, [output, input].
  fileprivate func norms(addedTo weight: Weight) -> [Float] {
    let transposedA = Weight(a.transposed(), rows: a.columns, columns: a.rows)  // [input, rank]
    let block = FloatBuffer(count: min(Self.blockRows, weight.rows) * weight.columns)
    let b = self.b.upcast
    var norms: [Float] = []
    for first in stride(from: 0, to: weight.rows, by: Self.blockRows) {
      let rows = first..<min(first + Self.blockRows, weight.rows)
      weight.copyRows(rows, into: block.base)
      let sum = Matrix(base: block.base, rows: rows.count, columns: weight.columns)
      let left = Matrix(
        base: UnsafeMutablePointer(mutating: b.row(first)), rows: rows.count, columns: rank)
      SGEMM.apply(
        left, transposedA, into: sum, alpha: factor, beta: 1, parallel: Parallel(threads: 1))
      norms += (0..<rows.count).map { index in
        let row = sum.row(index)
        return Elementwise.dot(row, row, count: weight.columns).squareRoot()
      }
    }
    return norms
  }
}

extension AdapterMethod {
  public static let dora = AdapterMethod(DoRA.self)
}
