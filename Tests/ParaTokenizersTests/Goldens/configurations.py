"""Records what transformers makes of the configuration beside a vocabulary: configurations.json beside this file.

Each case is a vocabulary of `fixtures` or the package's model, the files beside it, and per text the ids of
AutoTokenizer and what they decode to without and with special tokens. Where nothing says whether a SentencePiece model
begins texts with <s>, this version does not, and earlier ones and para do: those cases say it.

    python configurations.py      (transformers 5.24.0, tokenizers 0.23.3, sentencepiece 0.2.3, protobuf 7.36.2)
"""

import contextlib
import io
import json
import shutil
import tempfile
from pathlib import Path

import tokenizers
import transformers
from transformers import AutoTokenizer

HERE = Path(__file__).parent
MODEL = HERE.parents[2] / "fixtures/model/tokenizer.json"
SPECIAL = {"normalized": False, "special": True}
FAST = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"}
LLAMA = {"tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}


def token(content, **flags):
    return {"content": content, "lstrip": False, "rstrip": False, "single_word": False, **SPECIAL, **flags}


BASE = {"0": token("<s>"), "1": token("</s>"), "2": token("<pad>")}
TEXTS = ["Hello you", "a<s>b</s> c <pad> d", "x<sep>y <|tool|>z <think> w", "", " It is n't , you know .", "12 34\n\nthe the"]


def config(**keys):
    return {"tokenizer_config.json": {**FAST, "added_tokens_decoder": BASE, **keys}}


def llama(model_type="llama", **keys):
    return {"tokenizer_config.json": {**LLAMA, **keys}, "config.json": {"model_type": model_type}}


def without_bos(files):
    return {**files, "tokenizer_config.json": {**files["tokenizer_config.json"], "add_bos_token": False}}


CASES = [
    ("model", name, files) for name, files in {
        "nothing beside": {},
        "as saved": config(),
        "a token more in added_tokens_decoder": config(added_tokens_decoder={**BASE, "2048": token("<|tool|>")}),
        "a gap before a token more": config(added_tokens_decoder={**BASE, "2050": token("<|tool|>")}),
        "a token more that is not special": config(
            added_tokens_decoder={**BASE, "2048": token("<think>", special=False, normalized=True)}),
        "a piece of the vocabulary as added token": config(added_tokens_decoder={**BASE, "300": token("the")}),
        "special in the file only": config(added_tokens_decoder={"1": token("</s>", special=False)}),
        "additional_special_tokens": config(extra_special_tokens={}, additional_special_tokens=["<sep>", "<think>"]),
        "extra_special_tokens": config(extra_special_tokens=["<sep>"], additional_special_tokens=["<think>"]),
        "extra_special_tokens by name": config(extra_special_tokens={"tool_token": "<|tool|>"}),
        "extra_special_tokens as objects": config(extra_special_tokens=[{"__type": "AddedToken", **token("<sep>", rstrip=True)}]),
        "a token of its own name": config(think_token="<think>"),
        "eos named and nowhere added": config(added_tokens_decoder={"0": token("<s>")}),
        "eos as object": config(eos_token={"__type": "AddedToken", **token("<sep>", lstrip=True)}),
        "eos null": config(eos_token=None),
        "lstrip and rstrip": config(added_tokens_decoder={**BASE, "2": token("<pad>", lstrip=True, rstrip=True)}),
        "single_word": config(added_tokens_decoder={**BASE, "0": token("<s>", single_word=True)}),
        "normalized": config(added_tokens_decoder={**BASE, "0": token("<s>", normalized=True)}),
        "split_special_tokens": config(
            split_special_tokens=True,
            added_tokens_decoder={**BASE, "2048": token("<think>", special=False, normalized=True)}),
        "clean_up_tokenization_spaces": config(clean_up_tokenization_spaces=True),
        "clean_up_tokenization_spaces in spite of BPE": config(
            clean_up_tokenization_spaces=True, clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output=True),
        "add_bos_token and add_eos_token do not count": config(add_bos_token=False, add_eos_token=True),
        "add_prefix_space does not count": config(add_prefix_space=True),
        "model_max_length does not count": config(model_max_length=2, padding_side="left", truncation_side="left"),
        "special_tokens_map.json": {
            "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast"},
            "special_tokens_map.json": {"eos_token": "</s>", "pad_token": token("<sep>", lstrip=True, special=True)}},
        "special_tokens_map.json beside added_tokens_decoder": {
            **config(), "special_tokens_map.json": {"eos_token": "<sep>"}},
        "added_tokens.json": {
            "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<sep>"},
            "added_tokens.json": {"<sep>": 2048, "<|tool|>": 2049}},
        "added_tokens.json beside added_tokens_decoder": {**config(), "added_tokens.json": {"<sep>": 2048}},
        "GPT2Tokenizer": config(tokenizer_class="GPT2Tokenizer"),
        "GPT2Tokenizer, add_prefix_space": config(tokenizer_class="GPT2Tokenizer", add_prefix_space=True),
        "Qwen2Tokenizer": config(tokenizer_class="Qwen2Tokenizer"),
        "Qwen2Tokenizer, flags": config(
            tokenizer_class="Qwen2TokenizerFast", added_tokens_decoder={**BASE, "2": token("<pad>", lstrip=True)}),
        "LlamaTokenizer over byte level": config(tokenizer_class="LlamaTokenizerFast"),
        "no class, model_type qwen3": {"config.json": {"model_type": "qwen3"}},
        "another class, model_type qwen2": {
            **config(tokenizer_class="LlamaTokenizer"), "config.json": {"model_type": "qwen2"}},
        "GPT2Tokenizer, model_type olmo2": {
            **config(tokenizer_class="GPT2Tokenizer", add_prefix_space=True), "config.json": {"model_type": "olmo2"}},
        "class in config.json": {
            "tokenizer_config.json": {"bos_token": "<s>"},
            "config.json": {"model_type": "llama", "tokenizer_class": "GPT2Tokenizer"}},
        "an unknown class": config(tokenizer_class="SomeTokenizer"),
    }.items()
] + [
    (base, f"{name}, {base}", files if base.endswith("json") or "bos and eos" in name else without_bos(files))
    for base in ["bpe-metaspace.json", "bpe-gemma.json", "sp-bpe-bytes.model"]
    for name, files in {
        "LlamaTokenizer": llama(),
        "LlamaTokenizer, legacy": llama(legacy=True),
        "LlamaTokenizer, no prefix": llama(add_prefix_space=False),
        "LlamaTokenizer, bos and eos": llama(add_bos_token=True, add_eos_token=True, extra_special_tokens=["<sep>"]),
        "LlamaTokenizer, model_type mistral": llama("mistral", legacy=True),
    }.items()
] + [
    ("bpe-gemma.json", "GemmaTokenizer", {
        "tokenizer_config.json": {"tokenizer_class": "GemmaTokenizer", "bos_token": "<s>", "eos_token": "</s>",
                                  "pad_token": None, "unk_token": "<unk>"},
        "config.json": {"model_type": "gemma2"}}),
    ("unigram-nfkc.json", "clean_up_tokenization_spaces of a unigram model", config(clean_up_tokenization_spaces=True)),
    ("sp-bpe-bytes.model", "add_bos_token and no class", {
        "tokenizer_config.json": {"add_bos_token": True, "add_eos_token": True}, "config.json": {"model_type": "llama"}}),
]  # fmt: skip


def recorded(base, name, files):
    source = MODEL if base == "model" else HERE / "fixtures" / base
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(source, Path(folder) / ("tokenizer" + source.suffix))
        for file, content in files.items():
            (Path(folder) / file).write_text(json.dumps(content))
        with contextlib.redirect_stderr(io.StringIO()):
            tokenizer = AutoTokenizer.from_pretrained(folder)
        ids = [tokenizer(text)["input_ids"] for text in TEXTS]
        return {
            "name": name, "base": base, "files": files, "class": type(tokenizer).__name__, "ids": ids,
            "decoded": [tokenizer.decode(row, skip_special_tokens=True) for row in ids],
            "visible": [tokenizer.decode(row) for row in ids],
            "roles": tokenizer.special_tokens_map,
        }


if __name__ == "__main__":
    record = {"transformers": transformers.__version__, "tokenizers": tokenizers.__version__, "texts": TEXTS}
    cases = ",\n".join("  " + json.dumps(recorded(*case), ensure_ascii=False) for case in CASES)
    (HERE / "configurations.json").write_text(json.dumps(record, indent=1)[:-2] + ',\n "cases": [\n' + cases + "\n ]\n}\n")
    print(len(CASES), "cases")
