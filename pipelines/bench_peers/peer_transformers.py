"""transformers' generate: fp32, bf16, and int8 by torch's dynamic quantization of every linear layer."""

import warnings

import measure


def load(a):
    import torch
    from transformers import AutoModelForCausalLM

    warnings.simplefilter("ignore")
    torch.set_num_threads(a.threads)
    torch.set_grad_enabled(False)
    dtype = torch.bfloat16 if a.compute_type == "bfloat16" else torch.float32
    model = AutoModelForCausalLM.from_pretrained(a.model, dtype=dtype).eval()
    if a.compute_type == "int8":
        model = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)

    def work(rows, new_tokens):
        rows = torch.tensor(rows)
        answers = model.generate(
            rows, attention_mask=torch.ones_like(rows), num_beams=a.beams, do_sample=False, pad_token_id=0,
            min_new_tokens=new_tokens, max_new_tokens=new_tokens)
        return answers[:, rows.shape[1]:].tolist()

    return work


measure.run("transformers", load)
