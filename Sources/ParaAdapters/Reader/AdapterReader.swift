import Foundation
import ParaCheckpoints
import ParaModel
import ParaTensors

/// Reads a PEFT folder into layers: takes the tensors that the configuration asks for, and refuses
/// what is left over.
struct AdapterReader {
  let configuration: AdapterConfiguration
  let file: SafetensorsFile
  let base: BaseModel
  /// The modules that the configuration names; nil leaves them to the tensors.
  let targets: TargetModules?
  /// Names of the tensors by their place.
  let places: [TensorPlace: String]
  private var unread: Set<TensorPlace>

  var model: ModelConfiguration { base.configuration }

  init(_ folder: AdapterFolder, base: BaseModel) throws {
    configuration = folder.configuration
    file = folder.file
    self.base = base
    targets =
      configuration.method == .para ? nil : try configuration.targetModules()
    places = try folder.places()
    unread = Set(places.keys)
    try checkLayers()
    try checkTargets()
  }

  mutating func layers() throws -> [AdapterWeights.Layer] {
    let layers =
      switch configuration.method {
      case .para: try paraLayers()
      case .lora: try loraLayers()
      case .ia3: try ia3Layers()
      case .bitFit: try bitFitLayers()
      }
    // In order, so that the same folder is refused in the same words.
    if let left = unread.min(by: { $0.name < $1.name }) {
      throw unexpected(left, reason(against: left))
    }
    return layers
  }

  /// The tensor of a place as a weight; an error if the file lacks it or it has another shape.
  mutating func take(_ place: TensorPlace, rows: Int, columns: Int) throws -> Weight {
    guard let name = places[place] else {
      throw CheckpointError(
        .missingTensor, file.url,
        "has no tensor \(place.name), which adapter_config.json asks for with shape \([rows, columns])."
      )
    }
    unread.remove(place)
    return try file.weight(name, rows: rows, columns: columns)
  }

  /// The layers and projections that are adapted.
  var adapted: [(layer: Int, projection: Projection)] {
    let projections = (0..<model.layers).flatMap { layer in
      Projection.allCases.map { (layer: layer, projection: $0) }
    }
    if let targets {
      return projections.filter {
        targets.contains(
          TensorPlace(layer: $0.layer, projection: $0.projection, part: "").module, layer: $0.layer)
      }
    }
    let present = Set(
      places.keys.map { TensorPlace(layer: $0.layer, projection: $0.projection, part: "") })
    return projections.filter {
      present.contains(TensorPlace(layer: $0.layer, projection: $0.projection, part: ""))
    }
  }

  var emptyLayers: [AdapterWeights.Layer] {
    Array(repeating: AdapterWeights.Layer(), count: model.layers)
  }
}
