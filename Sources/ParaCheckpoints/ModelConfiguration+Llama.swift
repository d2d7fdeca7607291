extension ModelConfiguration {
  /// Llama: biases where `config.json` says so.
  mutating func resolveLlama(_ file: ModelConfigurationFile) {
    attentionBias = file.attentionBias ? .everywhere : .none
    feedForwardBias = file.mlpBias
  }
}
