"""Makes the goldens of AdapterGoldenTests for PEFT 0.21: DoRA, LoRA with biases, and LoRA and (IA)3 recorded again.

    python Tests/ParaAdaptersTests/Goldens/peft-0.21/make.py      with the versions of VERSIONS below

A tiny Phi-3 fuses q, k and v, and gate and up, and adapters target the fused modules.
The cases of ../make.py are recorded again on its models; those goldens stay as PEFT 0.18 made them. DoRA also runs
on a tiny Qwen 2, whose q, k and v projections have biases, because PEFT's scale leaves out the model's bias.
"""

import importlib.util
import json
import shutil
from pathlib import Path

import peft
import torch
import transformers
from peft import IA3Config, LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from transformers import Phi3Config, Phi3ForCausalLM, Qwen2Config, Qwen2ForCausalLM

HERE = Path(__file__).parent
VERSIONS = {"peft": "0.21.2", "torch": "2.13.0+cpu", "transformers": "5.24.0"}

specification = importlib.util.spec_from_file_location("make", HERE.parent / "make.py")
earlier = importlib.util.module_from_spec(specification)
specification.loader.exec_module(earlier)

ALL = earlier.SITES
BOTH = ["q_proj", "v_proj"]
PLAIN, BIASED, QWEN, PHI = "../model", "../biased-model", "qwen2-model", "phi3-model"
DORA = {
    "dora-plain": (PLAIN, dict(r=4, lora_alpha=8, target_modules=BOTH)),
    "dora-everywhere": (PLAIN, dict(r=3, lora_alpha=5, target_modules=ALL)),
    "dora-rslora": (PLAIN, dict(r=4, lora_alpha=8, target_modules="all-linear", use_rslora=True)),
    "dora-patterns": (PLAIN, dict(
        r=2, lora_alpha=4, target_modules=["q_proj", "k_proj", "down_proj"], use_rslora=True,
        rank_pattern={"layers.0.self_attn.q_proj": 5, r"[kd].*_proj": 3}, alpha_pattern={"mlp.down_proj": 0.5})),
    "dora-layers": (PLAIN, dict(r=2, lora_alpha=4, target_modules=["o_proj", "gate_proj"], layers_to_transform=[1])),
    "dora-fan-in-fan-out": (PLAIN, dict(r=2, lora_alpha=4, target_modules=["k_proj", "gate_proj"], fan_in_fan_out=True)),
    "dora-bfloat16": (PLAIN, dict(r=2, lora_alpha=4, target_modules=BOTH)),
    "dora-model-biases": (BIASED, dict(r=2, lora_alpha=4, target_modules=["q_proj", "k_proj", "v_proj", "o_proj"])),
    "dora-qwen2": (QWEN, dict(r=3, lora_alpha=6, target_modules=ALL)),
    "dora-qwen2-rslora": (QWEN, dict(
        r=4, lora_alpha=6, target_modules=ALL, use_rslora=True, rank_pattern={"k_proj": 2, r"layers\.1\.mlp\.up_proj": 6})),
    "dora-bias-all": (QWEN, dict(r=2, lora_alpha=4, target_modules=["q_proj", "o_proj"], bias="all")),
    "dora-bias-lora-only": (QWEN, dict(r=2, lora_alpha=4, target_modules=BOTH, bias="lora_only")),
}
LORA_BIAS = {
    "lora-b-bias": (PLAIN, dict(r=2, lora_alpha=4, target_modules=BOTH)),
    "lora-b-bias-everywhere": (PLAIN, dict(r=4, lora_alpha=6, target_modules=ALL, use_rslora=True)),
    "lora-b-bias-qwen2": (QWEN, dict(r=2, lora_alpha=4, target_modules=ALL)),
    "lora-b-bias-beside-trained": (QWEN, dict(r=2, lora_alpha=4, target_modules=BOTH, bias="lora_only")),
    "lora-b-bias-all": (BIASED, dict(r=2, lora_alpha=4, target_modules=["k_proj", "o_proj"], bias="all")),
}
FUSED = {
    "fused-lora": (False, dict(r=3, lora_alpha=6, target_modules=["qkv_proj", "down_proj"])),
    "fused-lora-all-linear": (False, dict(r=2, lora_alpha=4, target_modules="all-linear", lora_bias=True)),
    "fused-dora": (False, dict(r=3, lora_alpha=6, target_modules=["qkv_proj", "o_proj", "gate_up_proj"], use_dora=True)),
    "fused-ia3": (True, dict(target_modules=["qkv_proj", "down_proj"], feedforward_modules=["down_proj"])),
    "fused-ia3-inputs": (True, dict(target_modules=["qkv_proj", "gate_up_proj"], feedforward_modules=["gate_up_proj"])),
}


def phi3(folder):
    config = Phi3Config(
        vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=64, bos_token_id=1, eos_token_id=2, pad_token_id=0,
        initializer_range=0.2)
    Phi3ForCausalLM(config).eval().save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)


def qwen2(folder):
    config = Qwen2Config(
        vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=64, bos_token_id=1, eos_token_id=2, initializer_range=0.2)
    model = Qwen2ForCausalLM(config).eval()
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.normal_(parameter, std=0.3)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)


def fresh(model_folder):
    kind = {QWEN: Qwen2ForCausalLM, PHI: Phi3ForCausalLM}.get(model_folder, transformers.LlamaForCausalLM)
    return kind.from_pretrained(HERE / model_folder, dtype=torch.float32, attn_implementation="eager").eval()


def case(name, model_folder, config):
    """Trains nothing: random tensors, saved by PEFT, and the logits of the model that PEFT loads from the folder."""
    model = get_peft_model(fresh(model_folder), config)
    for key, parameter in model.named_parameters():
        if key.endswith("bias"):
            parameter.data += 0.2 * torch.randn_like(parameter)
        if "magnitude" in key:  # starts as the norm, which is DoRA's identity
            parameter.data *= 1 + 0.3 * torch.randn_like(parameter)
    dtypes = {"bfloat16": torch.bfloat16, "float16": torch.float16}
    earlier.save_peft(model, HERE / "adapters" / name, dtypes.get(name.split("-")[-1], torch.float32))
    return earlier.logits(PeftModel.from_pretrained(fresh(model_folder), HERE / "adapters" / name).eval().float())


def cases():
    def lora(options, **more):
        return LoraConfig(init_lora_weights=False, task_type="CAUSAL_LM", **options, **more)

    for name, (model, options) in DORA.items():
        yield name, model, lora(options, use_dora=True)
    for name, (model, options) in LORA_BIAS.items():
        yield name, model, lora(options, lora_bias=True)
    for name, options in earlier.LORA.items():
        yield name, PLAIN, lora(options)
    for name, options in earlier.BIASED.items():
        yield name, BIASED, lora(options)
    for name, options in earlier.IA3.items():
        yield name, PLAIN, IA3Config(init_ia3_weights=False, task_type="CAUSAL_LM", **options)
    for name, (scales, options) in FUSED.items():
        config = IA3Config(init_ia3_weights=False, task_type="CAUSAL_LM", **options) if scales else lora(options)
        yield name, PHI, config


def main():
    found = {"peft": peft.__version__, "torch": torch.__version__, "transformers": transformers.__version__}
    assert found == VERSIONS, f"the goldens are made with {VERSIONS}, not {found}"
    torch.set_num_threads(1)
    torch.manual_seed(20261130)
    for folder in [QWEN, PHI, "adapters"]:
        shutil.rmtree(HERE / folder, ignore_errors=True)
    qwen2(HERE / QWEN)
    made, models = {}, {}
    for name, model in [("none", PLAIN), ("biased-none", BIASED), ("qwen2-none", QWEN)]:
        made[name], models[name] = earlier.logits(fresh(model)), model
    for name, model, config in cases():
        if model == PHI and not (HERE / PHI).exists():
            phi3(HERE / PHI)
        made[name], models[name] = case(name, model, config), model
    made["phi3-none"], models["phi3-none"] = earlier.logits(fresh(PHI)), PHI
    save_file({name: value.reshape(4, -1).contiguous() for name, value in made.items()}, HERE / "logits.safetensors")
    golden = {"versions": found, "prompts": earlier.PROMPTS, "next": earlier.NEXT, "models": models}
    (HERE / "logits.json").write_text(json.dumps(golden, indent=2) + "\n")


if __name__ == "__main__":
    main()
