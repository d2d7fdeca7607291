"""The model folder with a tokenizer, which Hugging Face's tools need: 32,000 placeholder words."""

import json

from measure import VOCABULARY


def word(token):
    return ["<unk>", "<s>", "</s>"][token] if token < 3 else f"w{token}"


def with_tokenizer(model, folder):
    """A folder with links to the model's files and a tokenizer beside them."""
    folder.mkdir(exist_ok=True)
    for file in model.iterdir():
        link = folder / file.name
        if not link.exists():
            link.symlink_to(file.resolve())
    tokenizer = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
        "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": None, "decoder": None,
        "model": {
            "type": "WordLevel", "unk_token": "<unk>", "vocab": {word(token): token for token in range(VOCABULARY)},
        },
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "PreTrainedTokenizerFast", "unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>",
    }))
    return folder
