"""Makes the goldens of AdapterGoldenTests: a tiny random Llama, adapter folders of every kind, and their logits.

    python Tests/ParaAdaptersTests/Goldens/make.py      with peft 0.18.0, torch 2.9.1, transformers 4.57.3

LoRA and (IA)3 are PEFT's own; PARA and BitFit are the plain modules below. Every adapter answers the same two
prompts: logits after the prompt, and after one more token.
"""

import json
import math
import shutil
from pathlib import Path

import peft
import torch
import transformers
from peft import IA3Config, LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from torch.nn import functional as F
from transformers import LlamaConfig, LlamaForCausalLM

HERE = Path(__file__).parent
SITES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
PROMPTS = [[1, 5, 9, 33, 2, 60, 17], [1, 44, 3]]
NEXT = [12, 7]

LORA = {
    "lora-plain": dict(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"]),
    "lora-rslora": dict(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"], use_rslora=True),
    "lora-all-linear": dict(r=2, lora_alpha=3, target_modules="all-linear"),
    "lora-regex": dict(r=2, lora_alpha=4, target_modules=r"model\.layers\.[01]\.(self_attn\.[qk]|mlp\.up)_proj"),
    "lora-exclude": dict(r=2, lora_alpha=4, target_modules="all-linear", exclude_modules=["1.mlp.down_proj", "k_proj"]),
    "lora-exclude-regex": dict(r=2, lora_alpha=4, target_modules=["q_proj", "o_proj"], exclude_modules=r".*\.1\..*o_proj"),
    "lora-layers": dict(r=2, lora_alpha=4, target_modules=["q_proj", "up_proj"], layers_to_transform=[1], layers_pattern="layers"),
    "lora-one-layer": dict(r=2, lora_alpha=4, target_modules=["o_proj"], layers_to_transform=0),
    "lora-patterns": dict(
        r=2, lora_alpha=4, target_modules=["q_proj", "k_proj", "down_proj"], use_rslora=True,
        rank_pattern={"layers.0.self_attn.q_proj": 5, r"[kd].*_proj": 3},
        alpha_pattern={"^model.layers.1.self_attn.q_proj": 7, "mlp.down_proj": 0.5}),
    "lora-bias-all": dict(r=2, lora_alpha=4, target_modules=["q_proj", "v_proj"], bias="all"),
    "lora-bias-lora-only": dict(r=2, lora_alpha=4, target_modules=["q_proj", "v_proj"], bias="lora_only"),
    "lora-fan-in-fan-out": dict(r=2, lora_alpha=4, target_modules=["k_proj", "gate_proj"], fan_in_fan_out=True),
    "lora-bfloat16": dict(r=2, lora_alpha=4, target_modules=["q_proj", "v_proj"]),
    "lora-float16": dict(r=2, lora_alpha=4, target_modules=["q_proj", "v_proj"]),
}
# The projections of this base have biases, which PEFT trains and saves whole.
BIASED = {
    "biased-lora-all": dict(r=2, lora_alpha=4, target_modules=["q_proj", "v_proj"], bias="all"),
    "biased-lora-only": dict(r=2, lora_alpha=4, target_modules=["q_proj", "v_proj"], bias="lora_only"),
}
IA3 = {
    "ia3-usual": dict(target_modules=["k_proj", "v_proj", "down_proj"], feedforward_modules=["down_proj"]),
    "ia3-all-forward": dict(target_modules=SITES, feedforward_modules=["down_proj", "gate_proj", "up_proj"]),
    "ia3-outputs": dict(target_modules=SITES, feedforward_modules=[]),
    "ia3-inputs": dict(target_modules=["q_proj", "o_proj", "up_proj"], feedforward_modules=["q_proj", "o_proj"]),
    "ia3-regex": dict(
        target_modules=r".*\.(v_proj|up_proj|down_proj)", feedforward_modules=r".*\.mlp\.down_proj",
        exclude_modules=["0.self_attn.v_proj"], fan_in_fan_out=True),
}
USUAL = ["q_proj", "v_proj", "up_proj"]
PARA = {
    "para-usual": dict(),
    "para-mean": dict(pool="mean"),
    "para-first": dict(pool="first"),
    "para-attention": dict(pool="attention"),
    "para-relu": dict(activation="relu"),
    "para-silu": dict(activation="silu"),
    "para-tanh": dict(activation="tanh"),
    "para-every-site": dict(target_modules=SITES, pool="attention"),
    "para-one-site": dict(target_modules=["v_proj"], r=5),
    "para-without-bias": dict(bias=False),
}
ACTIVATIONS = {"gelu": F.gelu, "relu": F.relu, "silu": F.silu, "tanh": torch.tanh}


def base(folder, **options):
    config = LlamaConfig(
        vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=64, bos_token_id=1, eos_token_id=2, initializer_range=0.2,
        **options)
    model = LlamaForCausalLM(config).eval()
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.normal_(parameter, std=0.3)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    return folder


def fresh(folder):
    return LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()


@torch.no_grad()
def logits(model, start=lambda prompt: None):
    """[prompts, 2, vocabulary]: after each prompt, and after its next token."""
    rows = []
    for prompt, token in zip(PROMPTS, NEXT):
        start(prompt)
        rows.append(model(torch.tensor([prompt + [token]]), use_cache=False).logits[0, -2:])
    return torch.stack(rows)


def save_peft(model, folder, dtype=torch.float32):
    """Saves, and reads back what a user of the folder gets."""
    model.peft_config["default"].base_model_name_or_path = "tiny"
    if dtype != torch.float32:
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.data = parameter.data.to(dtype)
    model.save_pretrained(folder, save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)


def peft_case(name, config, folder, model_folder, dtype=torch.float32):
    model = get_peft_model(fresh(model_folder), config)
    for key, parameter in model.named_parameters():
        if key.endswith("bias"):
            parameter.data += 0.2 * torch.randn_like(parameter)
    save_peft(model, folder, dtype)
    return logits(PeftModel.from_pretrained(fresh(model_folder), folder).eval().float())


def projection(layer, site):
    return getattr(layer.self_attn if site in SITES[:4] else layer.mlp, site)


def para_case(options, folder, model_folder):
    """v = activation(pool(h) W_down) W_up + b_up, from the prompt's rows of the states that enter the layer."""
    config = dict(peft_type="PARA", r=3, pool="last", activation="gelu", bias=True, target_modules=USUAL) | options
    model, tensors, vectors, prompt = fresh(model_folder), {}, {}, []
    sites = [site for site in SITES if site in config["target_modules"]]

    def pool(h, prefix):  # [rows, hidden] → [hidden]
        match config["pool"]:
            case "last": return h[-1]
            case "first": return h[0]
            case "mean": return h.mean(0)
            case "attention":
                weights = torch.softmax(h @ tensors[prefix + "para_pool.weight"][0] / math.sqrt(h.shape[1]), 0)
                return weights @ h

    for index, layer in enumerate(model.model.layers):
        widths = [projection(layer, site).out_features for site in sites]
        prefix = f"base_model.model.model.layers.{index}."
        tensors[prefix + "para_down.weight"] = torch.randn(config["r"], 32) * 0.3
        tensors[prefix + "para_up.weight"] = torch.randn(sum(widths), config["r"]) * 0.3
        if config["bias"]:
            tensors[prefix + "para_up.bias"] = 1 + 0.2 * torch.randn(sum(widths))
        if config["pool"] == "attention":
            tensors[prefix + "para_pool.weight"] = 3 * torch.randn(1, 32)

        def generate(_, arguments, prefix=prefix, index=index, widths=widths):
            h = arguments[0][0, :len(prompt[-1])]
            middle = ACTIVATIONS[config["activation"]](F.linear(pool(h, prefix), tensors[prefix + "para_down.weight"]))
            made = F.linear(middle, tensors[prefix + "para_up.weight"], tensors.get(prefix + "para_up.bias"))
            vectors[index] = dict(zip(sites, made.split(widths)))

        layer.register_forward_pre_hook(generate)
        for site in sites:
            projection(layer, site).register_forward_hook(
                lambda _, __, output, index=index, site=site: output * vectors[index][site])
    save_folder(folder, config, tensors)
    return logits(model, start=prompt.append)


def bitfit_case(folder, model_folder):
    model, tensors = fresh(model_folder), {}
    for index, layer in enumerate(model.model.layers):
        for site in SITES:
            home = "self_attn" if site in SITES[:4] else "mlp"
            bias = 0.3 * torch.randn(projection(layer, site).out_features)
            tensors[f"base_model.model.model.layers.{index}.{home}.{site}.bias"] = bias
            projection(layer, site).register_forward_hook(lambda _, __, output, bias=bias: output + bias)
    save_folder(folder, dict(peft_type="BITFIT", target_modules=SITES), tensors)
    return logits(model)


def save_folder(folder, config, tensors):
    folder.mkdir(parents=True)
    save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n")


def doubly_prefixed(folder, plain):
    """As when a model that PEFT has wrapped is wrapped again."""
    shutil.copytree(plain, folder)
    tensors = {"base_model.model." + name: value for name, value in load_file(plain / "adapter_model.safetensors").items()}
    save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})


def main():
    torch.set_num_threads(1)
    torch.manual_seed(20250203)
    for folder in ["model", "biased-model", "adapters"]:
        shutil.rmtree(HERE / folder, ignore_errors=True)
    model, biased, adapters = base(HERE / "model"), base(HERE / "biased-model", attention_bias=True), HERE / "adapters"
    made = {"none": logits(fresh(model)), "biased-none": logits(fresh(biased))}
    for name, options in LORA.items():
        dtype = {"lora-bfloat16": torch.bfloat16, "lora-float16": torch.float16}.get(name, torch.float32)
        config = LoraConfig(init_lora_weights=False, task_type="CAUSAL_LM", **options)
        made[name] = peft_case(name, config, adapters / name, model, dtype)
    for name, options in BIASED.items():
        config = LoraConfig(init_lora_weights=False, task_type="CAUSAL_LM", **options)
        made[name] = peft_case(name, config, adapters / name, biased)
    for name, options in IA3.items():
        config = IA3Config(init_ia3_weights=False, task_type="CAUSAL_LM", **options)
        made[name] = peft_case(name, config, adapters / name, model)
    doubly_prefixed(adapters / "lora-doubly-prefixed", adapters / "lora-plain")
    made["lora-doubly-prefixed"] = made["lora-plain"].clone()
    for name, options in PARA.items():
        made[name] = para_case(options, adapters / name, model)
    made["bitfit"] = bitfit_case(adapters / "bitfit", model)
    save_file({name: value.reshape(4, -1).contiguous() for name, value in made.items()}, HERE / "logits.safetensors")
    versions = {"peft": peft.__version__, "torch": torch.__version__, "transformers": transformers.__version__}
    golden = {"versions": versions, "prompts": PROMPTS, "next": NEXT, "adapters": sorted(p.name for p in adapters.iterdir())}
    (HERE / "logits.json").write_text(json.dumps(golden, indent=2) + "\n")


if __name__ == "__main__":
    main()
