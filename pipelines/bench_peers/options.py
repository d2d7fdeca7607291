"""The options of `pipelines/bench-peers`, and what its `--help` says. Run as a program, it only validates them."""

import argparse
from pathlib import Path

import plan

HELP = """\
Runs para and its peers (CTranslate2, OpenVINO GenAI, transformers, llama.cpp) on the same workloads on this machine,
interleaved, and prints ratios: above 1, para is faster.

The workloads: Llamas with random weights (S 15 million, M 110 million, L 1.1 billion parameters), prompts of random tokens, a
fixed number of new tokens. prefill stops at each prompt's first new token; greedy and beam3 decode; adapters is beam3
with 64 tenants' adapters mixed (PARA and LoRA), against PEFT and a PARA in PyTorch.

The peers are installed from PyPI in pinned versions (several GB; llama.cpp is compiled). First each peer runs once with
every compute type and batch size; then the fastest batch size of each type runs interleaved with para: para, peer, para,
next peer, … para. A ratio compares a peer's run with the mean of the two runs of para around it. All run on two
threads unless `--threads` says otherwise, with an allocator that keeps freed memory, which is each peer's fastest setting.
"""
EXAMPLES = """\
examples:
  pipelines/bench-peers --models S --work greedy             a few minutes, and as many for the installation
  pipelines/bench-peers --env peers --quick --json all.json  keeps the environment and the models for the next time
  pipelines/bench-peers --env peers --models M --work beam3 --compute int8 --peers ctranslate2 --batch 64 --repeat 3
                                                             peak memory at 64 concurrent requests

Run nothing else meanwhile. Exit codes: 0 all ran, 1 nothing could be compared, 2 usage, 3 some runs failed (the
table says which and why).
"""


def choices(allowed):
    def parse(text):
        values = text.split(",")
        for value in values:
            if value not in allowed:
                raise argparse.ArgumentTypeError(f"{value!r} is none of {', '.join(allowed)}")
        return values
    return parse


def numbers(text):
    return [int(part) for part in text.split(",")]


def options():
    parser = argparse.ArgumentParser(
        "pipelines/bench-peers", description=HELP, epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--models", metavar="…", type=choices(["S", "M", "L"]), default="S,M,L", help="of S,M,L; default all three")
    add("--work", metavar="…", type=choices(["prefill", "greedy", "beam3", "adapters"]), default="prefill,greedy,beam3",
        help="of prefill,greedy,beam3,adapters; default the first three")
    add("--peers", metavar="…", type=choices(list(plan.OFFERS)), default=",".join(plan.OFFERS),
        help="of ctranslate2,openvino,transformers,llamacpp; default all four")
    add("--compute", metavar="…", type=choices(plan.PRECISION), default="bfloat16,int8",
        help="para's compute types, of bfloat16,int8,float32 (default bfloat16,int8); peers run these and those of higher precision")
    add("--quick", action="store_true", help="only the settings known to be fastest for each model and workload")
    add("--batch", type=numbers, metavar="N,…", help="the peers' batch sizes, instead of the default ones")
    add("--repeat", type=int, default=1, metavar="N", help="interleaved rounds; the medians are reported (default 1)")
    add("--env", type=Path, metavar="DIR",
        help="the peers' virtual environment, created if missing, and kept (default: a temporary one)")
    add("--model-folder", type=Path, metavar="DIR", help="models and their conversions, kept (default: models in --env)")
    add("--json", type=Path, metavar="FILE", help="every run and ratio; written after each cell")
    add("--prompts", type=int, default=64, metavar="N", help="default 64")
    add("--slow-prompts", type=int, default=16, metavar="N",
        help="peers' prompts in beam 3 on L, which is slow; tokens/s are compared (default 16)")
    add("--prompt-tokens", type=int, default=128, metavar="N", help="default 128")
    add("--new-tokens", type=int, default=64, metavar="N", help="default 64")
    add("--adapter-count", type=int, default=64, metavar="N", help="default 64")
    add("--threads", type=int, default=2, metavar="N", help="default 2")
    add("--time-limit", type=int, default=1800, metavar="SECONDS", help="of a single run (default 1800)")
    add("--para", type=Path, metavar="FILE", default=Path(__file__).parents[2] / ".build" / "release" / "para",
        help="a built para (default: the repository's, which is built first)")
    return parser.parse_args()


if __name__ == "__main__":
    options()
