"""Records what transformers' `generate` returns for the embedded model over a grid of search settings.

    python search.py FIXTURES          writes search.json beside this file

Versions as in fixtures/make/requirements.txt. fp32, eager attention, one prompt at a time.
"""

import itertools
import json
import sys
from pathlib import Path

import torch
import transformers
from transformers import AutoTokenizer, LlamaForCausalLM

FIXTURES = Path(sys.argv[1])
PROMPTS = [
    "Problem:\nTom has 3 apples and buys 4 more. How many apples has Tom?\nAnswer:",
    "Table:\nships\nColumns:\nname, cargo, crew\nQuestion:\nWhat is the cargo of the ship called Lily?\nAnswer:",
]


def settings():
    """Every combination of the search's own settings, then single constraints on top of a few of them."""
    for beams, penalty, early in itertools.product([1, 2, 3, 5, 8], [-1.0, 0.0, 0.6, 1.0, 2.0], [False, True, "never"]):
        if beams > 1 or (penalty == 1.0 and early is False):
            yield dict(num_beams=beams, length_penalty=penalty, early_stopping=early)
    for beams, early in itertools.product([1, 3], [False, True]):
        base = dict(num_beams=beams, length_penalty=1.0, early_stopping=early if beams > 1 else False)
        yield base | dict(min_new_tokens=8)
        yield base | dict(no_repeat_ngram_size=2)
        yield base | dict(repetition_penalty=1.5)
        yield base | dict(repetition_penalty=0.8, no_repeat_ngram_size=3, min_new_tokens=5)
        yield base | dict(eos_token_id=[1, 16, 14])
        yield base | dict(stop_strings=["he", "\n"])


@torch.no_grad()
def run(model, tokenizer, prompt, chosen):
    ids = tokenizer(prompt, return_tensors="pt")["input_ids"]
    extra = {"tokenizer": tokenizer} if "stop_strings" in chosen else {}
    output = model.generate(
        ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=16, return_dict_in_generate=True,
        output_scores=True, num_return_sequences=chosen["num_beams"], **chosen, **extra)
    sequences = []
    for row, sequence in enumerate(output.sequences[:, ids.shape[1]:].tolist()):
        while sequence and sequence[-1] == model.config.pad_token_id:
            sequence.pop()
        score = float(output.sequences_scores[row]) if chosen["num_beams"] > 1 else None
        sequences.append({"tokens": sequence, "score": score})
    return {"prompt": ids[0].tolist(), "settings": chosen, "sequences": sequences}


if __name__ == "__main__":
    torch.set_num_threads(1)
    model = LlamaForCausalLM.from_pretrained(
        FIXTURES / "model", dtype=torch.float32, attn_implementation="eager").eval()
    tokenizer = AutoTokenizer.from_pretrained(FIXTURES / "model")
    cases = [run(model, tokenizer, prompt, chosen) for prompt in PROMPTS for chosen in settings()]
    lines = ",\n".join("  " + json.dumps(case) for case in cases)
    versions = json.dumps({"torch": torch.__version__, "transformers": transformers.__version__})
    Path(__file__).with_name("search.json").write_text(
        f'{{\n "versions": {versions},\n "max_new_tokens": 16,\n "cases": [\n{lines}\n ]\n}}\n')
    print(len(cases), "cases")
