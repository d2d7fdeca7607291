public import ParaModel
import ParaTensors

extension MemoryPlan.Demand {
  /// What requests ask of a model that is loaded: what is resident now is taken to stay.
  public init(_ decoder: Decoder, requests: [RequestSize]) {
    ResidentMemory.release()
    self.init(
      footprint: decoder.footprint, resident: ResidentMemory.bytes ?? 0,
      embeddings: decoder.embeddingBytes, requests: requests)
  }
}
