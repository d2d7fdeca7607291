import ParaDecoding
import ParaIngest
import ParaTensors

extension JobFile {
  private enum InputKey: String, CaseIterable {
    case path, task, adapter, adapters
    case adapterField = "adapter_field"
    case adapterDefault = "adapter_default"
    case split
    case id, format, members, records, limit, generation
  }

  private enum PromptsKey: String, CaseIterable {
    case fewShotCount = "num_fewshot"
    case fewShotSeed = "fewshot_seed"
    case systemInstruction = "system_instruction"
    case appliesChatTemplate = "apply_chat_template"
    case hasExamplesAsTurns = "fewshot_as_multiturn"
    case specialTokens = "special_tokens_in_text"
  }

  static func prompts(_ node: JobNode) throws -> PromptsEntry {
    let prompts = try JobSection<PromptsKey>(node)
    return PromptsEntry(
      fewShotCount: try prompts[.fewShotCount]?.int(in: 0...(1 << 20)),
      fewShotSeed: try prompts[.fewShotSeed]?.int(in: 0...(.max)),
      systemInstruction: try prompts[.systemInstruction]?.string(),
      appliesChatTemplate: try prompts[.appliesChatTemplate]?.bool(),
      hasExamplesAsTurns: try prompts[.hasExamplesAsTurns]?.bool(),
      specialTokens: try prompts[.specialTokens]?.choice())
  }

  private enum EngineKey: String, CaseIterable {
    case threads
    case batchTokens = "batch_tokens"
    case maxLanes = "max_lanes"
    case adapterMemory = "adapter_memory"
    case prefixMemory = "prefix_memory"
    case computeType = "compute_type"
    case cacheType = "kv_cache_type"
    case memory
  }

  static func input(_ node: JobNode) throws -> InputEntry {
    let input = try JobSection<InputKey>(node)
    return InputEntry(
      node: node, path: try input.required(.path).string(), task: try input.required(.task),
      split: try input[.split]?.string(), adapters: try adapters(of: input),
      id: try input[.id]?.string(),
      format: try input[.format].map { try $0.choice() as InputFormat }?.rawValue,
      members: try input[.members]?.string(),
      records: try input[.records]?.string(), limit: try input[.limit]?.int(in: 1...(.max)),
      generation: try GenerationOptions(input[.generation]))
  }

  private static func adapters(of input: JobSection<InputKey>) throws -> AdapterEntry {
    let key = try input.only(of: [.adapter, .adapters, .adapterField])
    if key != .adapterField, let unused = input[.adapterDefault] {
      throw unused.wrongValue("has no effect without 'adapter_field'")
    }
    switch key {
    case .adapter?: return .names([try input.required(.adapter)])
    case .adapters?: return .names(try input.required(.adapters).nonEmptyList())
    case .adapterField?:
      return .field(try input.required(.adapterField).string(), missing: input[.adapterDefault])
    default: return .names([])
    }
  }

  static func engine(_ node: JobNode) throws -> EngineEntry {
    let engine = try JobSection<EngineKey>(node)
    let counts = 1...1 << 30  // times the number of workers, still an Int
    return EngineEntry(
      threads: try engine[.threads]?.int(in: 1...1024),
      batchTokens: try engine[.batchTokens]?.int(in: counts),
      maxLanes: try engine[.maxLanes]?.int(in: counts),
      adapterMemory: try engine[.adapterMemory]?.byteCount(),
      prefixMemory: try engine[.prefixMemory]?.byteCount(),
      computeType: try engine[.computeType]?.choice(),
      cacheType: try engine[.cacheType]?.choice(),
      memory: try engine[.memory]?.byteCount())
  }
}
