public import ParaModel
import ParaTensors

extension MemoryPlan.Demand {
  /// What requests ask of a model that is loaded: what is resident now is taken to stay.
  public init(_ decoder: Decoder, requests: [RequestSize]) {
    ProcessMemory.release()
    self.init(
      footprint: decoder.footprint, resident: ProcessMemory.residentBytes ?? 0,
      embeddings: decoder.embeddingBytes, requests: requests)
  }
}
