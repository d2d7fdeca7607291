"""Records where transformers' StopStringCriteria ends answers: stop-strings.json beside this file.

Per tokenizer answers of random tokens, stop strings cut out of their text with special tokens, some altered, and the
number of tokens at which the answer ends; -1 if it does not.

    python stop_strings.py      (transformers 5.24.0, tokenizers 0.23.3, torch 2.15.0)
"""

import json
import random
import shutil
import tempfile
from pathlib import Path

import torch
import transformers
from transformers import AutoTokenizer
from transformers.generation.stopping_criteria import StopStringCriteria

HERE = Path(__file__).parent
FAST = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"}
TOKENIZERS = [
    (HERE.parents[2] / "fixtures/model/tokenizer.json", FAST),
    (HERE / "fixtures/bpe-gemma.json", {"tokenizer_class": "LlamaTokenizer", "unk_token": "<unk>"}),
    (HERE / "fixtures/unigram-nfkc.json", FAST),
]
TEXT = "Tom has 3 jars.\n\nQ: What?\r\n### Answer: 12, isn't it</s><s> the  sea\tthe end"


def cases(tokenizer):
    generator = random.Random(7)
    for number in range(60):
        tokens = tokenizer(TEXT, add_special_tokens=False)["input_ids"]
        generator.shuffle(tokens)
        tokens = tokens[: generator.randint(1, 12)]
        text = tokenizer.decode(tokens)
        start = generator.randrange(len(text)) if text else 0
        stop = text[start : start + generator.randint(1, 5)] or "\n"
        if number % 4 == 0:
            stop = stop[::-1]
        try:
            criterion = StopStringCriteria(tokenizer, [stop])
        except ValueError:  # no token holds a part of it
            continue
        ends = [n for n in range(1, len(tokens) + 1) if criterion(torch.tensor([tokens[:n]]), None).item()]
        yield {"tokens": tokens, "stop": stop, "end": ends[0] if ends else -1}


if __name__ == "__main__":
    record = {"transformers": transformers.__version__}
    parts = []
    for file, config in TOKENIZERS:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(file, Path(folder) / "tokenizer.json")
            (Path(folder) / "tokenizer_config.json").write_text(json.dumps(config))
            tokenizer = AutoTokenizer.from_pretrained(folder)
            rows = ",\n".join("   " + json.dumps(row, ensure_ascii=False) for row in cases(tokenizer))
        name = "model" if file.name == "tokenizer.json" else file.name
        parts.append('  {"base": %s, "config": %s, "rows": [\n%s\n  ]}' % (json.dumps(name), json.dumps(config), rows))
    text = json.dumps(record, indent=1)[:-2] + ',\n "cases": [\n' + ",\n".join(parts) + "\n ]\n}\n"
    (HERE / "stop-strings.json").write_text(text)
    print(text.count('"end": -1'), "of", text.count('"end"'), "do not end")
