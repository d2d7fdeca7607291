"""Records what transformers' `generate` returns for the embedded model with each of its logits processors.

    python processors.py FIXTURES          writes processors.json beside this file

transformers 5.24.0, torch 2.15.0. fp32, eager attention, one prompt at a time.
"""

import itertools
import json
import sys
from pathlib import Path

import torch
import transformers
from transformers import AutoTokenizer, LlamaForCausalLM

FIXTURES = Path(sys.argv[1])
NEW_TOKENS = 8
PROMPTS = [
    "Problem:\nTom has 3 apples and buys 4 more. How many apples has Tom?\nAnswer:",
    "Table:\nships\nColumns:\nname, cargo, crew\nQuestion:\nWhat is the cargo of the ship called Lily?\nAnswer:",
]
SETTINGS = [
    {"suppress_tokens": [717, 331, 16]},
    {"begin_suppress_tokens": [717, 538, 790]},
    {"bad_words_ids": [[880], [1080, 16], [274, 717]]},
    {"sequence_bias": [[[717], -3.0], [[880, 324], -5.0], [[14], 2.5]]},
    {"forced_eos_token_id": 1},
    {"forced_eos_token_id": 1, "eos_token_id": [16]},
    {"encoder_repetition_penalty": 1.7},
    {"encoder_no_repeat_ngram_size": 2},
    {"exponential_decay_length_penalty": [2, 1.8]},
    {"min_length": 40},
    {
        "suppress_tokens": [717], "bad_words_ids": [[880]], "repetition_penalty": 1.3, "encoder_repetition_penalty": 1.2,
        "no_repeat_ngram_size": 2, "exponential_decay_length_penalty": [3, 1.2], "forced_eos_token_id": 1,
        "min_new_tokens": 3,
    },
]


@torch.no_grad()
def run(model, tokenizer, prompt, chosen):
    ids = tokenizer(prompt, return_tensors="pt")["input_ids"]
    output = model.generate(
        ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=NEW_TOKENS,
        return_dict_in_generate=True, output_scores=True, num_return_sequences=chosen["num_beams"], **chosen)
    ends = chosen.get("eos_token_id", [model.generation_config.eos_token_id])
    sequences = []
    for row, sequence in enumerate(output.sequences[:, ids.shape[1]:].tolist()):
        end = next((index for index, token in enumerate(sequence) if token in ends), len(sequence))
        score = float(output.sequences_scores[row]) if chosen["num_beams"] > 1 else None
        sequences.append({"tokens": sequence[: end + 1], "score": score})
    return {"prompt": ids[0].tolist(), "settings": chosen, "sequences": sequences}


if __name__ == "__main__":
    torch.set_num_threads(1)
    model = LlamaForCausalLM.from_pretrained(
        FIXTURES / "model", dtype=torch.float32, attn_implementation="eager").eval()
    tokenizer = AutoTokenizer.from_pretrained(FIXTURES / "model")
    cases = [
        run(model, tokenizer, prompt, {"num_beams": beams} | settings)
        for prompt, settings, beams in itertools.product(PROMPTS, SETTINGS, [1, 3])]
    lines = ",\n".join("  " + json.dumps(case) for case in cases)
    versions = json.dumps({"torch": torch.__version__, "transformers": transformers.__version__})
    Path(__file__).with_name("processors.json").write_text(
        f'{{\n "versions": {versions},\n "max_new_tokens": {NEW_TOKENS},\n "cases": [\n{lines}\n ]\n}}\n')
    print(len(cases), "cases")
