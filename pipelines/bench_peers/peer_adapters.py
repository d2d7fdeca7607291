"""64 tenants' adapters in one batch in PyTorch: LoRA by PEFT's mixed batches, PARA by fixtures/make/para.py.

Beam 3 or greedy; prompts take the adapters in rotation.
"""

import sys
import warnings
from pathlib import Path

import measure

sys.path.append(str(Path(__file__).resolve().parents[2] / "fixtures" / "make"))
TARGETS = ["q_proj", "v_proj", "up_proj"]


def many_para(model, count):
    """`count` PARA adapters with random weights, stacked; each row of a batch uses one."""
    import torch
    from para import PARA, Para
    from torch.nn import functional as F

    class ManyPara(Para):
        def start(self, tenants):  # [rows]: each row's adapter
            self.tenants, self.vectors = tenants, {}

        def attach(self, index, layer):
            super().attach(index, layer)
            for name in [name for name in self.values if name.startswith(f"model/layers/{index}/")]:
                self.values[name] = torch.nn.Parameter(0.02 * torch.randn(count, *self.values[name].shape))

        def generate(self, index, widths, h):  # h [rows, tokens, hidden]
            if index in self.vectors:
                return
            of_row = lambda name: self[f"model.layers.{index}.para_{name}"][self.tenants]  # [rows, …]
            middle = F.gelu(torch.einsum("rh,rmh->rm", h[:, -1], of_row("down.weight")))
            vectors = 1 + torch.einsum("rm,rvm->rv", middle, of_row("up.weight")) + of_row("up.bias")
            self.vectors[index] = dict(zip(self.projections, vectors.unsqueeze(1).split(widths, dim=-1)))

    return ManyPara(model, PARA | {"target_modules": TARGETS}).to(model.dtype)


def many_lora(model, count):
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(r=8, lora_alpha=16, target_modules=TARGETS, init_lora_weights=False, task_type="CAUSAL_LM")
    model = get_peft_model(model, config, adapter_name="tenant0")
    for index in range(1, count):
        model.add_adapter(f"tenant{index}", config)
    return model.to(model.dtype).eval()


def load(a):
    import torch
    from transformers import AutoModelForCausalLM

    if a.compute_type == "int8":
        raise measure.Unsupported("PEFT does not adapt torch's dynamically quantized layers")
    warnings.simplefilter("ignore")
    torch.set_num_threads(a.threads)
    torch.set_grad_enabled(False)
    model = AutoModelForCausalLM.from_pretrained(a.model, dtype=getattr(torch, a.compute_type)).eval()
    base = model
    if a.adapters == "lora":
        model = many_lora(model, a.adapter_count)
    para = many_para(model, a.adapter_count) if a.adapters == "para" else None
    served = 0

    def work(rows, new_tokens):
        nonlocal served
        tenants = [(served + row) % a.adapter_count for row in range(len(rows))]
        served += len(rows)
        if para:
            para.start(torch.tensor(tenants).repeat_interleave(a.beams))
        named = {"adapter_names": [f"tenant{tenant}" for tenant in tenants]} if a.adapters == "lora" else {}
        rows = torch.tensor(rows)
        answers = model.generate(
            input_ids=rows, attention_mask=torch.ones_like(rows), num_beams=a.beams, do_sample=False, pad_token_id=0,
            min_new_tokens=new_tokens, max_new_tokens=new_tokens, **named)
        return answers[:, rows.shape[1]:].tolist()

    return work


measure.run("adapters", load)
