"""llama.cpp by llama-cpp-python's bindings: bf16 and q8_0, one concurrent sequence per row of the batch."""

import ctypes
import json

import measure

FORMATS = {"bfloat16": "BF16", "int8": "Q8_0"}
NAMES = {
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}
OUTER = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}


def gguf_name(name):
    name = name.removesuffix(".weight")
    if name in OUTER:
        return OUTER[name] + ".weight"
    _, _, layer, module = name.split(".", 3)
    return f"blk.{layer}.{NAMES[module]}.weight"


def interleaved(weight, heads):
    """The rows of each head in llama.cpp's order: its rotary embedding pairs neighbours, not halves."""
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def prepare(model, stored, folder):
    import gguf
    from safetensors import safe_open

    config = json.loads((model / "config.json").read_text())
    heads = {"q_proj": config["num_attention_heads"], "k_proj": config["num_key_value_heads"]}
    format = gguf.GGMLQuantizationType[FORMATS[stored]]
    writer = gguf.GGUFWriter(folder / "model.gguf", "llama", use_temp_file=True)
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_rope_dimension_count(config["hidden_size"] // config["num_attention_heads"])
    writer.add_vocab_size(config["vocab_size"])
    writer.add_tokenizer_model("none")
    with safe_open(model / "model.safetensors", "pt") as tensors:
        for name in tensors.keys():
            weight = tensors.get_tensor(name).float().numpy()
            projection = name.split(".")[-2]
            if projection in heads:
                weight = interleaved(weight, heads[projection])
            if weight.ndim == 1:
                writer.add_tensor(gguf_name(name), weight)
            else:
                writer.add_tensor(gguf_name(name), gguf.quants.quantize(weight, format), raw_dtype=format)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def load(a):
    import llama_cpp as c
    import numpy

    if a.beams > 1:
        raise measure.Unsupported("llama.cpp has no beam search")
    c.llama_log_set(quiet, None)
    c.llama_backend_init()
    model = c.llama_model_load_from_file(str(a.folder / "model.gguf").encode(), c.llama_model_default_params())
    settings = c.llama_context_default_params()
    settings.n_ctx = a.batch_size * (a.prompt_tokens + a.new_tokens)
    settings.n_seq_max = a.batch_size
    settings.n_batch, settings.n_ubatch = 2048, 512
    settings.n_threads = settings.n_threads_batch = a.threads
    context = c.llama_init_from_model(model, settings)
    words = c.llama_vocab_n_tokens(c.llama_model_get_vocab(model))
    batch = c.llama_batch_init(settings.n_batch, 0, 1)

    def decode(entries):
        """Runs (token, position, sequence, wants logits); returns the greedy choices, in order."""
        batch.n_tokens = len(entries)
        for index, (token, position, sequence, logits) in enumerate(entries):
            batch.token[index], batch.pos[index], batch.logits[index] = token, position, logits
            batch.n_seq_id[index], batch.seq_id[index][0] = 1, sequence
        status = c.llama_decode(context, batch)
        if status:
            raise RuntimeError(f"llama_decode: {status}")
        outputs = sum(entry[3] for entry in entries)
        if not outputs:
            return []
        logits = numpy.ctypeslib.as_array(c.llama_get_logits(context), shape=(outputs, words))
        return logits.argmax(axis=1).tolist()

    def work(rows, new_tokens):
        c.llama_memory_clear(c.llama_get_memory(context), True)
        length = len(rows[0])
        entries = [
            (token, position, sequence, position == length - 1)
            for sequence, row in enumerate(rows) for position, token in enumerate(row)]
        tokens = [token for part in measure.batches(entries, settings.n_batch) for token in decode(part)]
        answers = [[token] for token in tokens]
        for position in range(length, length + new_tokens - 1):
            tokens = decode([(token, position, sequence, True) for sequence, token in enumerate(tokens)])
            for answer, token in zip(answers, tokens):
                answer.append(token)
        return answers

    return work


@ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
def quiet(level, text, data):
    """Silences llama.cpp's log."""


measure.run("llamacpp", load, prepare)
