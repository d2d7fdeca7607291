"""Records what transformers' logits processors, in its own order, make of random scores.

    python processors.py          writes processors.json beside this file

transformers 5.24.0, torch 2.15.0. The vocabulary has 16 tokens; 3 and 5 end an answer; at most 8 tokens are generated.
A score of null is -inf.
"""

import json
import math
import random
from pathlib import Path
from types import SimpleNamespace

import torch
import transformers
from transformers import GenerationConfig
from transformers.generation.utils import GenerationMixin

VOCABULARY, NEW_TOKENS, ENDS = 16, 8, [3, 5]
SETTINGS = {
    "sequence_bias": [[[4], 1.25], [[7, 2], -2.5], [[1, 7, 2], 0.3], [[9], -0.7]],
    "encoder_repetition_penalty": 1.3,
    "repetition_penalty": 1.7,
    "no_repeat_ngram_size": 2,
    "encoder_no_repeat_ngram_size": 3,
    "bad_words_ids": [[5], [8], [2, 6], [7, 2, 3]],
    "min_length": 6,
    "min_new_tokens": 3,
    "forced_bos_token_id": 11,
    "forced_eos_token_id": 3,
    "exponential_decay_length_penalty": [2, 1.4],
    "suppress_tokens": [0, 12],
    "begin_suppress_tokens": [1, 2, 11],
}


def chosen(generator):
    """Each setting alone, then random sets of them."""
    for key in SETTINGS:
        for _ in range(8):
            yield {key: SETTINGS[key]}
    for _ in range(100):
        yield {key: SETTINGS[key] for key in SETTINGS if generator.random() < 0.4}


def processed(settings, prompt, generated, scores):
    config = GenerationConfig(eos_token_id=ENDS, max_length=len(prompt) + NEW_TOKENS, **settings)
    config._eos_token_tensor = torch.tensor(ENDS)
    model = SimpleNamespace(
        config=SimpleNamespace(is_encoder_decoder=False),
        _merge_criteria_processor_list=lambda default, custom: default)
    processors = GenerationMixin._get_logits_processor(
        model, config, input_ids_seq_length=len(prompt), encoder_input_ids=torch.tensor([prompt]), device="cpu")
    return processors(torch.tensor([prompt + generated]), torch.tensor([scores]))[0].tolist()


def case(generator, settings):
    # Few tokens, so that sequences repeat.
    prompt = [generator.choice([1, 2, 7, 6]) for _ in range(generator.choice([1, 1, 4, 7]))]
    generated = [generator.choice([1, 2, 7]) for _ in range(generator.choice([0, 0, 1, 2, 3, 5, 7]))]
    scores = torch.randn(VOCABULARY, generator=torch.Generator().manual_seed(generator.randrange(1 << 30)))
    scores = [float(score) for score in scores]
    result = processed(settings, prompt, generated, scores)
    return {
        "settings": settings, "prompt": prompt, "generated": generated, "scores": scores,
        "processed": [None if score == -math.inf else score for score in result]}


if __name__ == "__main__":
    generator = random.Random(1)
    cases = [case(generator, settings) for settings in chosen(generator)]
    lines = ",\n".join("  " + json.dumps(case) for case in cases)
    made_with = f"transformers {transformers.__version__}, torch {torch.__version__}"
    Path(__file__).with_name("processors.json").write_text(
        f'{{\n "made_with": "{made_with}",\n "cases": [\n{lines}\n ]\n}}\n')
    print(len(cases), "cases")
