"""Compares the speed of encoding with that of the `tokenizers` package, in turns on the same machine and text.

    python3 speed.py <package root> [runs]      needs a release build of the tests (pipelines/test)

Both encode the two Wikipedia files of ../shared/data (2.1 MB) on one core, para as one text, the reference as one text
or line by line, whichever is faster; the best of five a run, and of all runs in the table. The reference is
sentencepiece where the vocabulary is a SentencePiece model.
"""

import os
import re
import subprocess
import sys
import time

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import make_goldens
from make_corpora import FILES
from make_goldens import DATA, ROOT, VERSIONS

NAMES = ["gpt2", "llama2", "llama3", "qwen2", "smollm", "llama2-sp"]
TEST = ["swift", "test", "-c", "release", "-Xswiftc", "-enable-testing", "--skip-build", "--filter", "speedOnEnglishText"]


def theirs(encode, text):
    def once(texts):
        start = time.perf_counter()
        for part in texts:
            encode(part)
        return time.perf_counter() - start

    ways = [[text], text.split("\n")]
    return len(text.encode()) / 1e6 / min(once(way) for way in ways for _ in range(5))


def ours():
    output = subprocess.run(TEST, cwd=ROOT, env={**os.environ, "PARA_SPEED_TESTS": "1"}, capture_output=True, text=True)
    return {name: float(speed) for name, speed in re.findall(r"^speed (\S+) (\S+)$", output.stdout, re.MULTILINE)}


if __name__ == "__main__":
    text = b"\n".join(open(f"{DATA}/{file}", "rb").read() for file in FILES["wikipedia-en"]).decode()
    vocabularies = dict(make_goldens.shared_vocabularies())
    best = {name: [0.0, 0.0] for name in NAMES}
    for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 3):
        for name, speed in ours().items():
            best[name][0] = max(best[name][0], speed)
        for name in NAMES:
            best[name][1] = max(best[name][1], theirs(vocabularies[name][0], text))
    print("MB/s on one core;", VERSIONS)
    for name, (our, their) in best.items():
        print(f"{name:12} para {our:6.1f}   theirs {their:6.1f}   ratio {our / their:5.1f}")
