import ParaCheckpoints
import ParaModel

/// What an adapter takes in memory, in bytes, told from its files' headers alone.
public struct AdapterFootprint: Sendable, Hashable {
  /// Once rows have used it: its numbers and, for methods whose numbers are brought into another
  /// layout, those again.
  public let atWork: Int
  /// The vectors that it makes of each prompt.
  public let vectors: Int

  init(_ folder: AdapterFolder, _ model: ModelConfiguration) throws {
    let numbers = folder.parameterCount * MemoryLayout<Float>.size
    switch folder.configuration.method {
    case .para:
      let outputs = try PARAOptions(folder.configuration).outputSize(model)
      (atWork, vectors) = (2 * numbers, model.layers * outputs * MemoryLayout<Float>.size)
    case .lora: (atWork, vectors) = (2 * numbers, 0)
    case .ia3, .bitFit: (atWork, vectors) = (numbers, 0)
    }
  }
}

extension AdapterBank {
  /// What the adapter of a name will take; nil if there is none, or its folder is of no use: then
  /// its rows fail and it takes nothing.
  public func footprint(named name: String) -> AdapterFootprint? {
    folders[name].flatMap { try? AdapterFootprint(AdapterFolder($0), base.configuration) }
  }
}
