import ParaTensors

extension RandomModel.Shape {
  /// `config.json`.
  var configuration: [String: any Sendable] {
    [
      "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
      "rms_norm_eps": 1e-5, "rope_theta": 10_000, "bos_token_id": 1, "eos_token_id": 2,
      "vocab_size": vocabularySize, "hidden_size": hiddenSize,
      "intermediate_size": feedForwardSize, "num_hidden_layers": layers,
      "num_attention_heads": heads, "num_key_value_heads": keyValueHeads,
      "max_position_embeddings": contextLength, "tie_word_embeddings": tiedHead,
      "torch_dtype": "bfloat16",
    ]
  }

  /// Every tensor, in the order of the file.
  var tensors: [SafetensorsWriter.Entry] {
    func entry(_ name: String, _ rows: Int, _ columns: Int) -> SafetensorsWriter.Entry {
      .init(name: "\(name).weight", format: .bfloat16, rows: rows, columns: columns)
    }
    let keyValueSize = hiddenSize / heads * keyValueHeads
    let perLayer = (0..<layers).flatMap { layer in
      [
        ("input_layernorm", 1, hiddenSize),
        ("self_attn.q_proj", hiddenSize, hiddenSize),
        ("self_attn.k_proj", keyValueSize, hiddenSize),
        ("self_attn.v_proj", keyValueSize, hiddenSize),
        ("self_attn.o_proj", hiddenSize, hiddenSize),
        ("post_attention_layernorm", 1, hiddenSize),
        ("mlp.gate_proj", feedForwardSize, hiddenSize),
        ("mlp.up_proj", feedForwardSize, hiddenSize),
        ("mlp.down_proj", hiddenSize, feedForwardSize),
      ].map { entry("model.layers.\(layer).\($0)", $1, $2) }
    }
    let head = tiedHead ? [] : [entry("lm_head", vocabularySize, hiddenSize)]
    return [entry("model.embed_tokens", vocabularySize, hiddenSize)] + perLayer
      + [entry("model.norm", 1, hiddenSize)] + head
  }
}
