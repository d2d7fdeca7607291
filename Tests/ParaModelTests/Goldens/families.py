"""Writes tiny models of every family and what the reference implementation answers on them.

    python families.py            writes families/ beside itself (torch 2.9.1, transformers 4.57.3, peft 0.18.0)

Each folder of families/ is a model of random weights as transformers saves it, some with adapters as PEFT saves them.
families.json lists the cases: a model, maybe an adapter, the prompt, and the 16 tokens decoded greedily after it.
families.safetensors holds for each case the fp32 logits after the prompt (`.prefill`) and after the 16th token (`.step`),
by eager attention. Each is computed twice, with the cache and without, and must agree.
"""

import json
import shutil
from pathlib import Path

import peft
import torch
import transformers
from safetensors.torch import save_file

STEPS = 16
PROMPTS = {"short": 5, "long": 21}  # the windows are 8 positions: one shorter, one longer
HERE = Path(__file__).parent
SMALL = dict(
    vocab_size=128, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, max_position_embeddings=64, bos_token_id=1, eos_token_id=2)

MODELS = {
    "llama-biases": ("Llama", dict(num_key_value_heads=4, attention_bias=True, mlp_bias=True)),
    "llama3-sharded": ("Llama", dict(
        rope_theta=100.0, tie_word_embeddings=True, rope_scaling=dict(  # one wavelength on each side, one between
            rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
            original_max_position_embeddings=32))),
    "llama-linear-f16": ("Llama", dict(rope_scaling=dict(rope_type="linear", factor=4.0))),
    "mistral-window": ("Mistral", dict(sliding_window=8, head_dim=16)),
    "mistral-full": ("Mistral", dict(sliding_window=None)),
    "qwen2-tied": ("Qwen2", dict(tie_word_embeddings=True, sliding_window=8, max_window_layers=0)),
    "qwen2-window": ("Qwen2", dict(
        num_hidden_layers=3, use_sliding_window=True, sliding_window=8, max_window_layers=1)),
    "gemma-bf16": ("Gemma", dict(num_attention_heads=1, num_key_value_heads=1, head_dim=256)),
    "gemma-gelu": ("Gemma", dict(head_dim=8, hidden_act="gelu")),
    "gemma2": ("Gemma2", dict(
        num_hidden_layers=3, head_dim=16, sliding_window=8, query_pre_attn_scalar=10,
        attn_logit_softcapping=4.0, final_logit_softcapping=6.0)),
    "gemma2-uncapped": ("Gemma2", dict(
        head_dim=8, sliding_window=8, query_pre_attn_scalar=8, attn_logit_softcapping=None,
        final_logit_softcapping=None, layer_types=["full_attention", "sliding_attention"])),
}
# What must change the logits, or else the goldens would not notice its lack.
FEATURES = {
    "llama3-sharded": [dict(rope_scaling=None)],
    "llama-linear-f16": [dict(rope_scaling=None)],
    "mistral-window": [dict(sliding_window=None), dict(sliding_window=9)],
    "qwen2-window": [dict(layer_types=[kind + "_attention"] * 3) for kind in ("full", "sliding")],
    "gemma-gelu": [dict(hidden_act="gelu_pytorch_tanh"), dict(hidden_act="silu")],
    "gemma2": [
        dict(attn_logit_softcapping=None), dict(final_logit_softcapping=None), dict(query_pre_attn_scalar=16),
        dict(sliding_window=64)],
}
DTYPES = {"gemma-bf16": torch.bfloat16, "llama-linear-f16": torch.float16}
ADAPTERS = {
    "qwen2-tied": {
        "ia3": peft.IA3Config(
            target_modules=["k_proj", "v_proj", "down_proj"], feedforward_modules=["down_proj"],
            init_ia3_weights=False),
        "lora": peft.LoraConfig(
            r=2, lora_alpha=3, target_modules=["q_proj", "v_proj", "up_proj"], init_lora_weights=False),
    },
    "llama-biases": {
        "ia3": peft.IA3Config(
            target_modules=["k_proj", "v_proj", "down_proj"], feedforward_modules=["down_proj"],
            init_ia3_weights=False),
    },
}


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
    model = getattr(transformers, family + "ForCausalLM")(config)
    model.generation_config.eos_token_id = [2, 5]
    randomise(model)
    model.to(DTYPES.get(name, torch.float32)).save_pretrained(
        folder, max_shard_size="30KB" if "sharded" in name else "5GB")


def save_adapter(model, folder):
    model.save_pretrained(folder, save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)
    path = folder / "adapter_config.json"  # PEFT writes its sets in any order
    keys = {key: sorted(value) if isinstance(value, list) else value for key, value in json.loads(path.read_text()).items()}
    path.write_text(json.dumps(keys, indent=1) + "\n")


def load(folder, **changes):
    config = transformers.AutoConfig.from_pretrained(folder)
    for key, value in changes.items():
        setattr(config, key, value)
    return transformers.AutoModelForCausalLM.from_pretrained(
        folder, config=config, dtype=torch.float32, attn_implementation="eager").eval()


@torch.no_grad()
def answer(model, prompt):
    out = model(torch.tensor([prompt]), use_cache=True)
    prefill, tokens = out.logits[0, -1], []
    for _ in range(STEPS):
        tokens.append(int(out.logits[0, -1].argmax()))
        out = model(torch.tensor([tokens[-1:]]), past_key_values=out.past_key_values, use_cache=True)
    whole = model(torch.tensor([prompt + tokens]), use_cache=False).logits[0]
    for cached, plain in [(prefill, whole[len(prompt) - 1]), (out.logits[0, -1], whole[-1])]:
        assert torch.allclose(cached, plain, atol=1e-4 * float(plain.abs().max())), "the cache changes the answer"
    return prefill, out.logits[0, -1], tokens


def check_features(folder, prompt, logits):
    for changes in FEATURES.get(folder.name, []):
        changed = answer(load(folder, **changes), prompt)[0]
        difference = float((changed - logits).abs().max() / logits.abs().max())
        assert difference > 1e-4, f"{folder.name} does not show {changes}: {difference}"


def main():
    assert (torch.__version__.split("+")[0], transformers.__version__, peft.__version__) == ("2.9.1", "4.57.3", "0.18.0")
    torch.manual_seed(20)
    torch.set_num_threads(1)
    root = HERE / "families"
    shutil.rmtree(root, ignore_errors=True)
    cases, logits = [], {}
    for name in MODELS:
        save(name, root / name)
        for adapter, config in {None: None, **ADAPTERS.get(name, {})}.items():
            model = load(root / name)
            if adapter:
                model = peft.get_peft_model(model, config).eval()
                for parameter in (p for n, p in model.named_parameters() if "ia3" in n):
                    parameter.data = 1 + 0.5 * torch.randn_like(parameter)
                config.base_model_name_or_path = name
                save_adapter(model, root / f"{name}.{adapter}")
            for length, count in PROMPTS.items():
                prompt = torch.randint(3, SMALL["vocab_size"], (count,)).tolist()
                key = ".".join(filter(None, [name, adapter, length]))
                logits[key + ".prefill"], logits[key + ".step"], tokens = answer(model, prompt)
                if length == "long" and not adapter:
                    check_features(root / name, prompt, logits[key + ".prefill"])
                cases.append(dict(key=key, model=name, adapter=adapter, prompt=prompt, generated=tokens))
    save_file(logits, HERE / "families.safetensors")
    (HERE / "families.json").write_text(json.dumps(dict(cases=cases), separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
