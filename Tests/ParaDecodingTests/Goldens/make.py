"""Records what `transformers` generates for a model whose scores are a hash of the prefix.

    python make.py          # writes beam.json, stop.json, greedy.json and warpers.json beside this file

The scores are exact in fp32 and in every language: bits 40 to 63 of a 64-bit hash, times -2^-20.
They pose as log-probabilities, so log_softmax is the identity here; a search never notices
that they are not normalised. Made with transformers 4.57.3 and torch 2.
"""

import itertools
import json
import pathlib
import random

import torch
import transformers
from transformers import GenerationConfig, GenerationMixin, PretrainedConfig, PreTrainedModel
from transformers.generation.logits_process import (
    MinPLogitsWarper,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)
from transformers.generation.stopping_criteria import StoppingCriteria
from transformers.modeling_outputs import CausalLMOutput

MASK = (1 << 64) - 1
HERE = pathlib.Path(__file__).parent
FILLER = -1e8  # scores below it belong to beams that `transformers` made up to fill the batch


def mix(x):
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & MASK
    return x ^ (x >> 31)


def log_probability(seed, prefix, token):
    state = seed
    for each in [*prefix, token]:
        state = mix((state + each + 1) * 0x9E3779B97F4A7C15 & MASK)
    return -((state >> 40) + 1) * 2.0**-20


class HashConfig(PretrainedConfig):
    model_type = "hash"

    def __init__(self, vocab_size=8, seed=0, **rest):
        super().__init__(**rest)
        self.vocab_size, self.seed = vocab_size, seed


class HashModel(PreTrainedModel, GenerationMixin):
    config_class = HashConfig

    def __init__(self, config):
        super().__init__(config)
        self.nothing = torch.nn.Parameter(torch.zeros(1))
        self.filled_up = False

    def prepare_inputs_for_generation(self, input_ids, **_):
        return {"input_ids": input_ids}

    def forward(self, input_ids, attention_mask=None, **_):
        rows = [
            [log_probability(self.config.seed, prefix, token) for token in range(self.config.vocab_size)]
            for prefix in input_ids.tolist()
        ]
        return CausalLMOutput(logits=torch.tensor(rows, dtype=torch.float32)[:, None, :])

    def _get_top_k_continuations(self, num_beams, **rest):
        result = super()._get_top_k_continuations(num_beams=num_beams, **rest)
        self.filled_up |= bool((result[0][:, :num_beams] < FILLER).any())
        return result


class PairSum(StoppingCriteria):
    """Stands for a stop string: true when the last two generated tokens add up to a multiple."""

    def __init__(self, prompt_length, modulus):
        self.prompt_length, self.modulus = prompt_length, modulus

    def __call__(self, input_ids, scores, **_):
        generated = input_ids[:, self.prompt_length :]
        if generated.shape[1] < 2:
            return torch.zeros(len(input_ids), dtype=torch.bool)
        return generated[:, -2:].sum(1) % self.modulus == 0


def generate(case):
    """The hypotheses of a case, or None where a padding beam took part."""
    model = HashModel(HashConfig(vocab_size=case["vocabulary"], seed=case["seed"]))
    settings = dict(case["settings"])
    ends = settings.get("eos_token_id") or None
    config = GenerationConfig(
        **settings | {"eos_token_id": ends},
        do_sample=False,
        use_cache=False,
        pad_token_id=case["vocabulary"],
        return_dict_in_generate=True,
        output_scores=True,
    )
    prompt = torch.tensor([case["prompt"]])
    modulus = case.get("stop_modulus")
    stops = [PairSum(prompt.shape[1], modulus)] if modulus else []
    result = model.generate(prompt, generation_config=config, stopping_criteria=stops)
    if model.filled_up:
        return None
    hypotheses = []
    for row, sequence in enumerate(result.sequences[:, prompt.shape[1] :].tolist()):
        tokens = [token for token in sequence if 0 <= token < case["vocabulary"]]
        beams = settings["num_beams"] > 1
        score = float(result.sequences_scores[row]) if beams else None
        hypotheses.append([tokens, score] if beams else [tokens])
    return hypotheses


def beam_cases():
    choice = random.Random(20)
    grid = itertools.product(
        [2, 3, 5, 8], [-1.0, 0.0, 0.6, 1.0, 2.0], [False, True, "never"], [1, 2], [0, 3], [1.0, 1.3], [0, 2]
    )
    for beams, penalty, early, ends, minimum, repetition, ngram in grid:
        vocabulary = choice.choice({2: [4, 6], 3: [5, 6], 5: [6, 9], 8: [12, 20]}[beams])
        yield {
            "vocabulary": vocabulary,
            "seed": choice.randrange(1 << 32),
            "prompt": [choice.randrange(vocabulary) for _ in range(choice.randrange(1, 4))],
            "settings": {
                "num_beams": beams,
                "max_new_tokens": choice.randrange(1, 9) if minimum == 0 else choice.randrange(4, 9),
                "num_return_sequences": choice.choice([1, beams]),
                "length_penalty": penalty,
                "early_stopping": early,
                "eos_token_id": choice.sample(range(vocabulary), ends),
                "min_new_tokens": minimum,
                "repetition_penalty": repetition,
                "no_repeat_ngram_size": ngram,
            },
        }


def stop_cases():
    choice = random.Random(22)
    grid = itertools.product([1, 2, 3, 5], [-1.0, 0.0, 1.0, 2.0], [False, True, "never"], [0, 1, 2], [3, 5])
    for beams, penalty, early, ends, modulus in grid:
        vocabulary = choice.choice([beams + 5, 2 * beams + 6])
        yield {
            "vocabulary": vocabulary,
            "seed": choice.randrange(1 << 32),
            "prompt": [choice.randrange(vocabulary)],
            "stop_modulus": modulus,
            "settings": {
                "num_beams": beams,
                "max_new_tokens": choice.randrange(2, 12),
                "num_return_sequences": beams,
                "length_penalty": penalty,
                "early_stopping": early,
                "eos_token_id": choice.sample(range(vocabulary), ends),
            },
        }


def greedy_cases():
    choice = random.Random(21)
    for minimum, repetition, ngram, ends in itertools.product([0, 3], [1.0, 1.3, 0.8], [0, 1, 2, 3], [0, 1, 2]):
        vocabulary = choice.choice([6, 9, 15]) if ngram != 1 else 30
        yield {
            "vocabulary": vocabulary,
            "seed": choice.randrange(1 << 32),
            "prompt": [choice.randrange(vocabulary) for _ in range(choice.randrange(1, 4))],
            "settings": {
                "num_beams": 1,
                "max_new_tokens": 12,
                "eos_token_id": choice.sample(range(vocabulary), ends),
                "min_new_tokens": minimum,
                "repetition_penalty": repetition,
                "no_repeat_ngram_size": ngram,
            },
        }


def warper_cases():
    """Which tokens remain after temperature, top_k, top_p and min_p, in `generate`'s order."""
    for number, (temperature, k, p, minimum) in enumerate(
        itertools.product([0.5, 1.0, 3.0], [0, 1, 4], [0.0, 0.3, 0.9, 1.0], [0.0, 0.2])
    ):
        seed = 1000 + number
        row = torch.tensor([[log_probability(seed, [], token) / 4 for token in range(12)]])
        warpers = [TemperatureLogitsWarper(temperature)]
        warpers += [TopKLogitsWarper(k)] if k else []
        warpers += [TopPLogitsWarper(p)] if p < 1 else []
        warpers += [MinPLogitsWarper(minimum)] if minimum else []
        for warper in warpers:
            row = warper(None, row)
        probabilities = torch.softmax(row.double(), -1)[0].tolist()
        settings = {"do_sample": True, "temperature": temperature, "top_k": k, "top_p": p, "min_p": minimum}
        kept = {token: round(value, 9) for token, value in enumerate(probabilities) if value > 0}
        yield {"seed": seed, "vocabulary": 12, "settings": settings, "kept": kept}


def write(name, cases):
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    versions = f"transformers {transformers.__version__}, torch {torch.__version__}"
    text = '{"made_with":"%s","cases":[\n%s\n]}\n' % (versions, lines)
    (HERE / name).write_text(text)
    print(name, len(cases), "cases", len(text), "bytes")


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.nn.functional.log_softmax = lambda scores, dim: scores
    transformers.logging.set_verbosity_error()
    searches = {"beam.json": beam_cases(), "stop.json": stop_cases(), "greedy.json": greedy_cases()}
    for name, cases in searches.items():
        recorded = [case | {"hypotheses": generate(case)} for case in cases]
        whole = [case for case in recorded if case["hypotheses"]]
        print(len(recorded) - len(whole), "cases left out: beams were made up")
        write(name, whole)
    write("warpers.json", list(warper_cases()))
