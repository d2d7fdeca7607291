package import ParaCheckpoints
package import ParaModel

/// A PARA adapter's shape: what its configuration decides.
package struct PARAOptions: Sendable, Hashable {
  package var rank: Int
  package var pool: PromptPool
  package var activation: GeneratorActivation
  /// The projections whose output is scaled.
  package var projections: Set<Projection>
  /// True if the up-projection has a bias, which starts at 1.
  package var bias: Bool

  package init(
    rank: Int = 12, pool: PromptPool = .last, activation: GeneratorActivation = .gelu,
    projections: Set<Projection> = [.query, .value, .up], bias: Bool = true
  ) {
    self.rank = rank
    self.pool = pool
    self.activation = activation
    self.projections = projections
    self.bias = bias
  }

  /// How many numbers a layer's generator makes.
  package func outputSize(_ model: ModelConfiguration) -> Int {
    projections.reduce(0) { $0 + $1.outputSize(model) }
  }

  /// The part of a generator's output that scales each projection: in the order q, k, v, o, gate, up,
  /// down.
  package func parts(_ model: ModelConfiguration) -> ProjectionTable<Range<Int>?> {
    var parts = ProjectionTable<Range<Int>?>(repeating: nil)
    var offset = 0
    for projection in Projection.allCases where projections.contains(projection) {
      parts[projection] = offset..<offset + projection.outputSize(model)
      offset += projection.outputSize(model)
    }
    return parts
  }

  /// Trained numbers in all layers: d·r + r·d_out each, and d_out of a bias, and d of a pool that
  /// learns.
  package func parameterCount(_ model: ModelConfiguration) -> Int {
    let outputs = outputSize(model)
    let projections = (model.hiddenSize + outputs) * rank
    return model.layers
      * (projections + (bias ? outputs : 0) + (pool == .attention ? model.hiddenSize : 0))
  }
}

extension PARAOptions {
  init(_ configuration: AdapterConfiguration) throws {
    self.init(
      rank: try configuration.positiveInteger("r"),
      pool: try configuration.choice("pool", default: .last),
      activation: try configuration.choice("activation", default: .gelu),
      bias: try configuration.flag("bias", default: true))
    guard let value = configuration["target_modules"] else { return }
    guard case .list = value, let names = value.texts, !names.isEmpty,
      names.allSatisfy({ Projection.named($0) != nil })
    else {
      throw configuration.wrong(
        "target_modules",
        "a list of " + Projection.allCases.map(\.moduleName).joined(separator: ", "))
    }
    projections = Set(names.compactMap(Projection.named))
  }
}
