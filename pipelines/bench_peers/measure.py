"""What the peers' programs share: arguments, prompts, timing, and the JSON result.

A peer has two functions. `prepare(model, compute_type, folder)` converts the model in a separate process, so that the
conversion's memory is not counted. `load(arguments)` returns a function that takes a batch of prompts
[rows, prompt tokens] and the number of new tokens, generates, and returns the new tokens [rows, new tokens].
"""

import argparse
import json
import random
import time
from pathlib import Path

VOCABULARY = 32_000
FIRST_WORD = 3  # after the unknown, begin and end tokens


class Unsupported(Exception):
    """The peer does not support this workload or compute type."""


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path, help="a folder with config.json and model.safetensors")
    parser.add_argument("--compute-type", choices=["float32", "bfloat16", "int8"], required=True)
    parser.add_argument("--workload", choices=["prefill", "greedy", "beam3"], default="greedy")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--prompts", type=int, default=64)
    parser.add_argument("--prompt-tokens", type=int, default=128)
    parser.add_argument("--new-tokens", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--adapters", choices=["none", "para", "lora"], default="none")
    parser.add_argument("--adapter-count", type=int, default=64)
    parser.add_argument("--prepare", action="store_true", help="only convert the model")
    parser.add_argument("--json", type=Path)
    result = parser.parse_args()
    result.beams = 3 if result.workload == "beam3" else 1
    if result.workload == "prefill":
        result.new_tokens = 1
    return result


def prompts(count, tokens, seed=1):
    numbers = random.Random(seed)
    return [[numbers.randrange(FIRST_WORD, VOCABULARY) for _ in range(tokens)] for _ in range(count)]


def peak_memory():
    """Peak resident bytes of this process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024


def batches(rows, size):
    return [rows[start:start + size] for start in range(0, len(rows), size)]


def run(name, load, prepare=None, stored={}, whole=False):
    """A peer's program.

    `stored`: the type in which weights are stored, where it is not the compute type.
    `whole`: the peer takes all prompts at once and batches them itself.
    """
    a = arguments()
    a.stored = stored.get(a.compute_type, a.compute_type)
    a.folder = a.model.parent / f"{name}-{a.stored}"  # beside the model
    done = a.folder / "ready"
    if prepare and not done.exists():
        a.folder.mkdir(exist_ok=True)
        prepare(a.model, a.stored, a.folder)
        done.touch()
    if a.prepare:
        return
    start = time.perf_counter()
    try:
        work = load(a)
    except Unsupported as reason:
        raise SystemExit(str(reason))
    load_seconds = time.perf_counter() - start
    work(prompts(min(a.batch_size, a.prompts), a.prompt_tokens, seed=2), min(a.new_tokens, 4))  # warm up
    rows = prompts(a.prompts, a.prompt_tokens)
    start = time.perf_counter()
    answers = [row for batch in ([rows] if whole else batches(rows, a.batch_size)) for row in work(batch, a.new_tokens)]
    seconds = time.perf_counter() - start
    check(answers, a)
    result = {
        "seconds": seconds, "load_seconds": load_seconds, "peak_memory_bytes": peak_memory(),
        "sample": [int(token) for token in answers[0][:8]],
    }
    text = json.dumps(result)
    a.json.write_text(text + "\n") if a.json else print(text)


def check(answers, a):
    """A run that generated fewer tokens is not a measurement."""
    lengths = {len(row) for row in answers}
    if len(answers) != a.prompts or lengths != {a.new_tokens}:
        raise SystemExit(f"expected {a.prompts} × {a.new_tokens} new tokens, got {len(answers)} × {sorted(lengths)}")


