"""Writes tiny models of the families that transformers 5 brought, and what it answers on them.

    python families5.py           writes families5/ beside itself
                                  (torch 2.13.0, transformers 5.24.0, peft 0.21.2, safetensors 0.8.0)

Each folder of families5/ is a model of random weights as transformers saves it, with `rope_parameters` in its
config.json. NAME.KIND is an adapter for it: LoRA and (IA)3 as PEFT saves them (on Phi at the fused modules), BitFit and
PARA in the same layout, applied by forward hooks on the projections; where a module fuses several, on their slice.
families5.json lists the cases: a model, maybe an adapter, the prompt, the 16 tokens decoded greedily after it (nothing
ends them), and what `generate` answers greedily and with three beams (tokens 2 and 5 end it).
families5.safetensors holds for each case the fp32 logits after the prompt (`.prefill`) and after the 16th token
(`.step`), by eager attention. Each is computed twice, with the cache and without, and must agree.
"""

import json
import shutil
from pathlib import Path

import peft
import torch
import transformers
from safetensors.torch import save_file
from torch.nn import functional as F

STEPS = 16
NEW_TOKENS = 12
PROMPTS = {"short": 5, "long": 21}  # the windows are 8 positions: one shorter, one longer
MARGIN = 0.02  # between the two greatest logits at every greedy step
HERE = Path(__file__).parent
PREFIX = "base_model.model."
VERSIONS = ("2.13.0", "5.24.0", "0.21.2")
SMALL = dict(
    vocab_size=96, hidden_size=32, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, max_position_embeddings=64, bos_token_id=1, eos_token_id=2, pad_token_id=0)
ROPE = dict(rope_type="default", rope_theta=100.0)

MODELS = {
    # Heads of another size than hidden / heads, norms of each query and key head.
    "qwen3": ("Qwen3", dict(head_dim=16, tie_word_embeddings=True, rope_parameters=ROPE)),
    "qwen3-window": ("Qwen3", dict(
        num_hidden_layers=3, head_dim=8, attention_bias=True, use_sliding_window=True, sliding_window=8,
        max_window_layers=1, rope_parameters=ROPE | dict(rope_type="linear", factor=4.0))),
    # Five sliding layers with the local base, one with the global base and its scaling.
    "gemma3": ("Gemma3Text", dict(
        num_hidden_layers=6, hidden_size=16, head_dim=12, sliding_window=8, query_pre_attn_scalar=10,
        rope_parameters=dict(
            full_attention=dict(rope_type="linear", factor=8.0, rope_theta=1000.0),
            sliding_attention=dict(rope_type="default", rope_theta=20.0)))),
    "gemma3-capped": ("Gemma3Text", dict(
        num_hidden_layers=3, hidden_size=16, head_dim=8, sliding_window=8, query_pre_attn_scalar=8,
        final_logit_softcapping=6.0, layer_types=["full_attention", "sliding_attention", "full_attention"])),
    # Every second layer without rotary embedding.
    "smollm3": ("SmolLM3", dict(
        num_hidden_layers=4, no_rope_layer_interval=2, hidden_size=16, num_attention_heads=2, num_key_value_heads=1,
        rope_parameters=ROPE)),
    "smollm3-window": ("SmolLM3", dict(
        num_hidden_layers=3, no_rope_layers=[0, 1, 0], use_sliding_window=True, sliding_window=8, attention_bias=True,
        mlp_bias=True, tie_word_embeddings=False, rope_parameters=ROPE)),
    # Norms after the blocks only, and norms of all query and all key heads together.
    "olmo2": ("Olmo2", dict(rope_parameters=ROPE)),
    # Fused projections; a window over all layers.
    "phi3": ("Phi3", dict(
        sliding_window=8, original_max_position_embeddings=64,
        rope_parameters=ROPE | dict(partial_rotary_factor=1.0))),
    # Three quarters of a head are rotated, by the short factors; the cosines are scaled.
    "phi4": ("Phi3", dict(
        num_attention_heads=2, num_key_value_heads=1, tie_word_embeddings=True, max_position_embeddings=1024,
        original_max_position_embeddings=64, rope_parameters=ROPE | dict(
            rope_type="longrope", partial_rotary_factor=0.75, short_factor=[1.0, 1.1, 1.3, 1.7, 2.0, 3.0],
            long_factor=[2.0, 3.0, 5.0, 8.0, 13.0, 21.0]))),
}
ADAPTED = ["qwen3", "gemma3", "smollm3", "olmo2", "phi4"]
FLOAT32 = ["olmo2"]  # the others are stored in bf16


def parameters(**changes):
    def change(config):
        for key, value in changes.items():
            setattr(config, key, value)
    return change


def rope(kind=None, **changes):
    def change(config):
        (config.rope_parameters[kind] if kind else config.rope_parameters).update(changes)
    return change


def without(*norms):
    """Query and key norms left out, or others."""
    def change(model):
        for name, module in list(model.named_modules()):
            if name.endswith(norms):
                module.forward = lambda x: x
    return change


# What must change the logits, or else the goldens would not notice its lack: (of the configuration, of the model).
FEATURES = {
    "qwen3": [(rope(rope_theta=50.0), None), (None, without("q_norm")), (None, without("k_norm"))],
    "qwen3-window": [
        (parameters(sliding_window=64), None), (rope(factor=1.0), None),
        (parameters(layer_types=["sliding_attention"] * 3), None)],
    "gemma3": [
        (parameters(sliding_window=64), None), (parameters(query_pre_attn_scalar=12), None),
        (parameters(layer_types=["sliding_attention"] * 6), None), (rope("full_attention", factor=1.0), None),
        (rope("full_attention", rope_theta=20.0), None), (rope("sliding_attention", rope_theta=1000.0), None),
        (None, without("q_norm")), (None, without("k_norm")), (None, without("post_feedforward_layernorm"))],
    "gemma3-capped": [(parameters(final_logit_softcapping=None), None)],
    "smollm3": [(parameters(no_rope_layers=[1, 1, 1, 1]), None), (parameters(no_rope_layers=[0, 1, 0, 1]), None)],
    "smollm3-window": [(parameters(sliding_window=64), None), (parameters(no_rope_layers=[1, 1, 1]), None)],
    "olmo2": [
        (None, without("q_norm")), (None, without("k_norm")), (None, without("post_attention_layernorm")),
        (None, without("post_feedforward_layernorm"))],
    "phi3": [(parameters(sliding_window=None), None)],
    "phi4": [
        (rope(short_factor=[1.0] * 6), None), (rope(attention_factor=1.0), None),
        (rope(partial_rotary_factor=0.5, short_factor=[1.0] * 4, long_factor=[1.0] * 4), None)],
}
SITES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def randomise(model):
    """Matrices that make scores of several units, so that caps and windows show; norms and biases off their start."""
    for name, parameter in model.named_parameters():
        if parameter.dim() == 1:
            parameter.data += 0.2 * torch.randn_like(parameter)
        else:
            spread = 0.5 if "embed" in name or "lm_head" in name else 1.5 / parameter.shape[1] ** 0.5
            parameter.data = spread * torch.randn_like(parameter)


def save(name, folder):
    family, changes = MODELS[name]
    config = getattr(transformers, family + "Config")(**SMALL | changes)
    model = getattr(transformers, family.removesuffix("Text") + "ForCausalLM")(config)
    model.generation_config.eos_token_id = [2, 5]
    randomise(model)
    model.to(torch.float32 if name in FLOAT32 else torch.bfloat16).save_pretrained(folder)


def load(folder, change=None):
    config = transformers.AutoConfig.from_pretrained(folder)
    if change:
        change(config)
    return transformers.AutoModelForCausalLM.from_pretrained(
        folder, config=config, dtype=torch.float32, attn_implementation="eager").eval()


# Adapters


class Slices:
    """The projections of a layer as (module, the slice of its output), whether it fuses them or not."""

    def __init__(self, layer, config):
        attention, mlp = layer.self_attn, layer.mlp
        heads, pairs = config.num_attention_heads * attention.head_dim, config.num_key_value_heads * attention.head_dim
        self.slices = {"o_proj": (attention.o_proj, None), "down_proj": (mlp.down_proj, None)}
        if hasattr(attention, "qkv_proj"):
            for site, start, width in [("q_proj", 0, heads), ("k_proj", heads, pairs), ("v_proj", heads + pairs, pairs)]:
                self.slices[site] = (attention.qkv_proj, slice(start, start + width))
            half = config.intermediate_size
            self.slices["gate_proj"] = (mlp.gate_up_proj, slice(0, half))
            self.slices["up_proj"] = (mlp.gate_up_proj, slice(half, 2 * half))
        else:
            for site in SITES:
                home = attention if hasattr(attention, site) else mlp
                self.slices[site] = (getattr(home, site), None)

    def width(self, site):
        module, part = self.slices[site]
        return part.stop - part.start if part else module.out_features

    def hook(self, site, change):
        module, part = self.slices[site]

        def apply(_, __, output):
            if part is None:
                return change(output)
            output = output.clone()
            output[..., part] = change(output[..., part])
            return output

        module.register_forward_hook(apply)


def save_folder(folder, config, tensors):
    folder.mkdir(parents=True)
    save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=1) + "\n")


def bitfit(model, folder):
    tensors = {}
    for index, layer in enumerate(model.model.layers):
        slices = Slices(layer, model.config)
        for site in SITES:
            home = "self_attn" if site in SITES[:4] else "mlp"
            bias = 0.3 * torch.randn(slices.width(site))
            tensors[f"{PREFIX}model.layers.{index}.{home}.{site}.bias"] = bias
            slices.hook(site, lambda output, bias=bias: output + bias)
    save_folder(folder, dict(peft_type="BITFIT", target_modules=SITES), tensors)
    return model


def para(model, folder):
    """v = GELU(h[last] W_down) W_up + b_up, from the hidden states that enter the layer at the end of the prompt."""
    sites = ["q_proj", "k_proj", "v_proj", "up_proj"]
    config = dict(peft_type="PARA", r=3, pool="last", activation="gelu", bias=True, target_modules=sites)
    tensors, model.vectors = {}, {}
    for index, layer in enumerate(model.model.layers):
        slices, prefix = Slices(layer, model.config), f"{PREFIX}model.layers.{index}."
        widths = [slices.width(site) for site in sites]
        down = torch.randn(3, model.config.hidden_size) * 0.1
        up, bias = torch.randn(sum(widths), 3) * 0.3, 1 + 0.2 * torch.randn(sum(widths))
        tensors |= {prefix + "para_down.weight": down, prefix + "para_up.weight": up, prefix + "para_up.bias": bias}

        def generate(_, arguments, named, index=index, widths=widths, down=down, up=up, bias=bias):
            if index not in model.vectors:
                states = (arguments[0] if arguments else named["hidden_states"])[:, model.prompt_end]
                made = F.linear(F.gelu(F.linear(states, down)), up, bias)
                model.vectors[index] = dict(zip(sites, made.unsqueeze(1).split(widths, dim=-1)))

        layer.register_forward_pre_hook(generate, with_kwargs=True)
        for site in sites:
            slices.hook(site, lambda output, index=index, site=site: output * model.vectors[index][site])
    save_folder(folder, config, tensors)
    return model


def from_peft(config):
    def make(model, folder):
        fused = hasattr(model.model.layers[0].self_attn, "qkv_proj")
        names = dict(k_proj="qkv_proj", v_proj="qkv_proj", q_proj="qkv_proj", gate_proj="gate_up_proj", up_proj="gate_up_proj")
        chosen = config()
        chosen.target_modules = {names.get(site, site) if fused else site for site in chosen.target_modules}
        model = peft.get_peft_model(model, chosen).eval()
        for parameter in (p for n, p in model.named_parameters() if "ia3" in n):
            parameter.data = 1 + 0.5 * torch.randn_like(parameter)
        model.save_pretrained(folder, save_embedding_layers=False)
        (folder / "README.md").unlink(missing_ok=True)
        path = folder / "adapter_config.json"  # PEFT writes its sets in any order
        keys = {k: sorted(v) if isinstance(v, list) else v for k, v in json.loads(path.read_text()).items()}
        keys["base_model_name_or_path"] = folder.name.partition(".")[0]
        path.write_text(json.dumps(keys, indent=1) + "\n")
        return model
    return make


ADAPTERS = {
    "lora": from_peft(lambda: peft.LoraConfig(r=2, lora_alpha=3, target_modules=SITES, init_lora_weights=False)),
    "ia3": from_peft(lambda: peft.IA3Config(
        target_modules=["k_proj", "v_proj", "down_proj"], feedforward_modules=["down_proj"], init_ia3_weights=False)),
    "bitfit": bitfit,
    "para": para,
}


# Answers


def start(model, prompt):
    """Forgets the last prompt's vectors, which only PARA has."""
    model.vectors, model.prompt_end = {}, len(prompt) - 1


@torch.no_grad()
def answer(model, prompt):
    start(model, prompt)
    out = model(torch.tensor([prompt]), use_cache=True)
    prefill, tokens, margins = out.logits[0, -1], [], []
    for _ in range(STEPS):
        tokens.append(int(out.logits[0, -1].argmax()))
        top = out.logits[0, -1].topk(2).values
        margins.append(float(top[0] - top[1]))
        out = model(torch.tensor([tokens[-1:]]), past_key_values=out.past_key_values, use_cache=True)
    start(model, prompt)
    whole = model(torch.tensor([prompt + tokens]), use_cache=False).logits[0]
    for cached, plain in [(prefill, whole[len(prompt) - 1]), (out.logits[0, -1], whole[-1])]:
        assert torch.allclose(cached, plain, atol=1e-4 * float(plain.abs().max())), "the cache changes the answer"
    return prefill.clone(), out.logits[0, -1].clone(), tokens, min(margins)


class Noise(transformers.LogitsProcessor):
    """As much as rounding differs between implementations, and more."""

    def __call__(self, input_ids, scores):
        return scores + 1e-3 * torch.randn_like(scores)


@torch.no_grad()
def generate(model, prompt, beams, noise=False):
    start(model, prompt)
    output = model.generate(
        input_ids=torch.tensor([prompt]), attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
        num_beams=beams, do_sample=False, max_new_tokens=NEW_TOKENS, length_penalty=1.0, early_stopping=False,
        return_dict_in_generate=True, output_scores=True, logits_processor=[Noise()] if noise else [])
    tokens = output.sequences[0, len(prompt):].tolist()
    while tokens and tokens[-1] == 0:
        tokens.pop()
    return dict(tokens=tokens, score=float(output.sequences_scores[0]) if beams > 1 else None)


def case(model, count):
    """A random prompt whose answers rounding cannot turn round."""
    for _ in range(100):
        prompt = torch.randint(3, SMALL["vocab_size"], (count,)).tolist()
        prefill, step, tokens, margin = answer(model, prompt)
        greedy, beam = generate(model, prompt, 1), generate(model, prompt, 3)
        if margin > MARGIN and all(generate(model, prompt, 3, noise=True)["tokens"] == beam["tokens"] for _ in range(4)):
            return prefill, step, dict(
                prompt=prompt, generated=tokens, greedy=greedy["tokens"], beam=beam["tokens"], beam_score=beam["score"])
    raise SystemExit("no prompt has a clear answer")


def check_features(folder, prompt, logits):
    for change_config, change_model in FEATURES[folder.name]:
        model = load(folder, change_config)
        if change_model:
            change_model(model)
        with torch.no_grad():
            changed = model(torch.tensor([prompt]), use_cache=False).logits[0, -1]
        difference = float((changed - logits).abs().max() / logits.abs().max())
        assert difference > 1e-3, f"{folder.name} does not show a feature: {difference}"


def main():
    found = (torch.__version__.split("+")[0], transformers.__version__, peft.__version__)
    assert found == VERSIONS, found
    torch.manual_seed(23)
    torch.set_num_threads(1)
    root = HERE / "families5"
    shutil.rmtree(root, ignore_errors=True)
    cases, logits = [], {}
    for name in MODELS:
        save(name, root / name)
        for adapter, attach in {None: None, **(ADAPTERS if name in ADAPTED else {})}.items():
            model = load(root / name)
            if adapter:
                model = attach(model, root / f"{name}.{adapter}")
            for length, count in PROMPTS.items():
                key = ".".join(filter(None, [name, adapter, length]))
                logits[key + ".prefill"], logits[key + ".step"], made = case(model, count)
                if length == "long" and not adapter:
                    check_features(root / name, made["prompt"], logits[key + ".prefill"])
                cases.append(dict(key=key, model=name, adapter=adapter) | made)
                print(key, made["greedy"], made["beam"])
    save_file(logits, HERE / "families5.safetensors")
    lines = ",\n".join("  " + json.dumps(case, separators=(",", ":")) for case in cases)
    (HERE / "families5.json").write_text(f'{{"new_tokens":{NEW_TOKENS},"cases":[\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
