"""Writes the goldens of TokenizersTests: what the reference libraries make of the test texts.

    texts.json            strings of our own, and places (file, line) in ../shared/data
    fixtures/*            small tokenizers, trained here on the strings of our own
    <name>.json           per tokenizer: the texts' ids, and what they decode to where that differs

Run: python3 make_goldens.py <package root>. The versions of the libraries stand in every file.
"""

import base64
import json
import os
import random
import sys

import sentencepiece
import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors, trainers

ROOT = os.path.abspath(sys.argv[1])
HERE = ROOT + "/Tests/ParaTokenizersTests/Goldens"
DATA = ROOT + "/../shared/data"
VERSIONS = {"tokenizers": tokenizers.__version__, "sentencepiece": sentencepiece.__version__}

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
QWEN2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LLAMA3 = QWEN2.replace(r"|\p{N}|", r"|\p{N}{1,3}|")

BYTES = [f"<0x{byte:02X}>" for byte in range(256)]

PROSE = """The lighthouse keeper's cat had seen 1,024 ships and wasn't impressed by any of them.
"You'll want the blue one," she'd say; they're all the same, I've said it before -- it's 3.14159!
When the storm came in, the lamp went out, and the sea said nothing at all for 45 minutes.
Don't count the waves: there are 7, then 77, then 777, then 7777, and then it is morning.
Résumé, naïveté, façade, crème brûlée and Ångström walked into a café; coöperation followed.
Die Straße über die Brücke führt zum Müllerschen Häuschen, größer als das Schloß nebenan.
Москва и Київ, Ελληνικά γράμματα, עִבְרִית, العربية, हिन्दी, ไทย, 日本語のテキスト, 中文文本, 한국어.
She sells sea shells; the shells she sells are surely sea shells. So said the sea, so said she.
def f(x):\n\treturn x ** 2  # two spaces, a tab\n\n\nprint(f(12345))\n
A long    run of     spaces, a trailing one \nand a line break\r\nof the other kind.
"""

PARTS = [
    "a", "b", "Z", " ", "  ", "\n", "\r\n", "\t", "'s", "'S", "'ſ", "'LL", "'re", "'d", "1", "22",
    "3333", "٣", "½", "é", "e\u0301", "ﬁ", "Å", "\u212a", "中", "文", "日本", "한", "ᄒ", "ᅡ", "ᆫ",
    "👍", "👨\u200d👩\u200d👧", "🏽", "\u200d", "\u00a0", "\u3000", "\u2028", "\u0085", "▁", "▁▁", ".",
    ",", "!?", "…", "\u0300", "\u0323", "_", "<s>", "</s>", "<|endoftext|>", "<unk>",
    "<|im_start|>", "Ⅷ", "ǆ", "ß", "İ", "Σ", "\u0000", "\u0007", "\ufeff", "\ufffd", "𝒳", "ไทย",
    "हिन्दी", "עִברִית", "\u1680", "\u200b", "\ue000", "<|eot_id|>", "Ġ", "the", " the", "ing",
    " [INST] ", "<0x0A>", "$", "a.b", "\U000e0041",
]  # fmt: skip


def own_texts():
    generator = random.Random(20240501)
    texts = ["", " ", "  ", "\n", " a", "a ", "▁", "'", "' s", "<", "<|", "\u0301"]
    texts += PROSE.split("\n")
    for _ in range(130):
        texts.append("".join(generator.choices(PARTS, k=generator.randint(1, 14))))
    for _ in range(25):  # scalars that every library's Unicode tables know
        scalars = generator.choices(list(range(0x20, 0x250)) + list(range(0x370, 0x1100)), k=12)
        texts.append("".join(chr(s) for s in scalars if normal(chr(s))))
    return texts


def normal(character):
    import unicodedata

    return unicodedata.ucd_3_2_0.category(character) != "Cn"


def corpus_lines():
    generator = random.Random(7)
    places = []
    for file, count in [
        ("corpus-wikipedia-en/AA_wiki_00.txt", 40),
        ("corpus-wikipedia-en/AB_wiki_00.txt", 10),
        ("corpus-tinystories/tinystories-0.9MB.txt", 15),
        ("corpus-tinystories/tinystories-4MB-lowercase.txt", 10),
    ]:
        lines = open(f"{DATA}/{file}", encoding="utf-8").read().split("\n")
        fitting = [i for i, line in enumerate(lines) if 40 < len(line) < 400]
        places += [[file, i] for i in sorted(generator.sample(fitting, count))]
    return places


def text_at(place):
    return open(f"{DATA}/{place[0]}", encoding="utf-8").read().split("\n")[place[1]]


def write(name, value):
    with open(f"{HERE}/{name}.json", "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=True, separators=(",", ":"))


def golden(name, texts, encode, decode):
    ids = [encode(text) for text in texts]
    decoded = {str(i): decode(x) for i, x in enumerate(ids) if decode(x) != texts[i]}
    write(name, {"libraries": VERSIONS, "ids": ids, "decoded": decoded})


def golden_json(name, texts, tokenizer):
    golden(name, texts, lambda text: tokenizer.encode(text).ids, tokenizer.decode)


def of_sentencepiece(path):
    processor = sentencepiece.SentencePieceProcessor(model_file=path)
    return lambda text: [processor.bos_id()] + processor.encode(text), processor.decode


def qwen2():
    folder = DATA + "/tokenizer-qwen2"
    merges = open(folder + "/merges.txt", encoding="utf-8").read().split("\n")
    pairs = [tuple(line.split(" ")) for line in merges if line and not line.startswith("#version")]
    tokenizer = Tokenizer(models.BPE(vocab=json.load(open(folder + "/vocab.json")), merges=pairs))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = byte_level(QWEN2)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def byte_level(pattern):
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


def llama3():
    """As transformers' TikTokenConverter makes it."""
    ranks = {}
    for line in open(DATA + "/tokenizer-llama3/tokenizer.model", "rb"):
        token, rank = line.split()
        ranks[base64.b64decode(token)] = int(rank)
    alphabet = sorted(range(256), key=lambda b: not (33 <= b <= 126 or 161 <= b <= 172 or b >= 174))
    printable = [b for b in alphabet if 33 <= b <= 126 or 161 <= b <= 172 or b >= 174]
    symbols = {b: chr(b) for b in printable}
    symbols |= {b: chr(256 + i) for i, b in enumerate(b for b in range(256) if b not in symbols)}
    spell = lambda token: "".join(symbols[b] for b in token)
    merges = []
    for token, rank in ranks.items():
        cuts = [(token[:i], token[i:]) for i in range(1, len(token))]
        cuts = [(a, b) for a, b in cuts if a in ranks and b in ranks]
        merges += [(rank, spell(a), spell(b)) for a, b in sorted(cuts, key=lambda c: (ranks[c[0]], ranks[c[1]]))]
    merges.sort(key=lambda merge: merge[0])
    vocab = {spell(token): rank for token, rank in ranks.items()}
    model = models.BPE(vocab=vocab, merges=[m[1:] for m in merges], ignore_merges=True)
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = byte_level(LLAMA3)
    tokenizer.decoder = decoders.ByteLevel()
    names = ["<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>"]
    names += ["<|reserved_special_token_1|>", "<|finetune_right_pad_id|>"]
    names += ["<|reserved_special_token_2|>", "<|start_header_id|>", "<|end_header_id|>"]
    names += ["<|eom_id|>", "<|eot_id|>", "<|python_tag|>"]
    names += [f"<|reserved_special_token_{i}|>" for i in range(3, 248)]
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in names])
    tokenizer.post_processor = template(tokenizer, "<|begin_of_text|> $A")
    return tokenizer


def template(tokenizer, single):
    tokens = [(t, tokenizer.token_to_id(t)) for t in single.split() if not t.startswith("$")]
    return processors.TemplateProcessing(single=single, special_tokens=tokens)


def fixtures(texts):
    """Small tokenizers that between them use every part that tokenizer.json may name."""
    n, p, d = normalizers, pre_tokenizers, decoders
    specials = ["<unk>", "<s>", "</s>"]
    unigram = lambda: trainers.UnigramTrainer(
        vocab_size=260, unk_token="<unk>", special_tokens=specials, show_progress=False
    )
    bpe = lambda **more: trainers.BpeTrainer(
        vocab_size=330, special_tokens=specials, show_progress=False, **more
    )
    bytes_bpe = lambda: bpe(initial_alphabet=p.ByteLevel.alphabet())
    plans = {
        "unigram-nfkc": (models.Unigram(), unigram(), n.Sequence([n.NFKC(), n.Replace(" ", "▁")]),
                         p.Metaspace(), d.Metaspace()),
        "unigram-strip": (models.Unigram(), unigram(),
                          n.Sequence([n.NFD(), n.StripAccents(), n.Lowercase(), n.Strip()]),
                          p.Sequence([p.WhitespaceSplit(), p.Metaspace(prepend_scheme="first")]),
                          d.Metaspace(prepend_scheme="first")),
        "unigram-nfkd": (models.Unigram(), unigram(), n.Sequence([n.NFKD(), n.Strip(left=False)]),
                         p.Metaspace(prepend_scheme="never", split=False),
                         d.Metaspace(prepend_scheme="never")),
        "bpe-words": (models.BPE(unk_token="<unk>"), bpe(), n.NFC(),
                      p.Sequence([p.Whitespace(), p.Punctuation("contiguous"), p.Digits(False)]), None),
        "bpe-metaspace": (models.BPE(unk_token="<unk>", fuse_unk=True), bpe(), n.Prepend("▁"),
                          p.Sequence([p.Punctuation("merged_with_previous"),
                                      p.Metaspace(prepend_scheme="first")]),
                          d.Sequence([d.Replace("▁", " "), d.Fuse(), d.Strip(" ", 1, 0)])),
        "bpe-llama3": (models.BPE(ignore_merges=True), bytes_bpe(), None, byte_level(LLAMA3),
                       d.ByteLevel()),
        "bpe-qwen2": (models.BPE(), bytes_bpe(), n.NFC(), byte_level(QWEN2), d.ByteLevel()),
        "bpe-gemma": (models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True),
                      trainers.BpeTrainer(vocab_size=620, special_tokens=specials + BYTES,
                                          show_progress=False),
                      n.Replace(" ", "▁"), p.Split(" ", "merged_with_previous"),
                      d.Sequence([d.Replace("▁", " "), d.ByteFallback(), d.Fuse()])),
        "bpe-prefix": (models.BPE(), bytes_bpe(), None,
                       p.Sequence([p.Split(" ", "merged_with_next"), p.Punctuation("removed"),
                                   p.Digits(True), p.ByteLevel(add_prefix_space=True)]), d.ByteLevel()),
    }  # fmt: skip
    for behavior, invert in [("removed", True), ("isolated", False), ("merged_with_previous", False),
                             ("merged_with_next", True), ("contiguous", False)]:  # fmt: skip
        cut = p.Sequence([p.Split("a", behavior, invert), p.Split(Regex(GPT2), behavior, invert),
                          p.ByteLevel(add_prefix_space=False, use_regex=False)])  # fmt: skip
        name = "split-" + behavior.replace("_", "-")
        plans[name] = (models.BPE(), bytes_bpe(), None, cut, d.ByteLevel())
    for name, (model, trainer, normalizer, pre_tokenizer, decoder) in plans.items():
        tokenizer = Tokenizer(model)
        if normalizer:
            tokenizer.normalizer = normalizer
        tokenizer.pre_tokenizer = pre_tokenizer
        if decoder:
            tokenizer.decoder = decoder
        tokenizer.train_from_iterator(PROSE.split("\n") * 20, trainer)
        yield name, without_added_bytes(tokenizer)
    yield "added-tokens", added_tokens()


def without_added_bytes(tokenizer):
    """Byte pieces belong to the model; as added tokens they would be found in the text."""
    value = json.loads(tokenizer.to_str())
    value["added_tokens"] = [t for t in value["added_tokens"] if t["content"] not in BYTES]
    return Tokenizer.from_str(json.dumps(value))


def added_tokens():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        PROSE.lower().split("\n") * 20,
        trainers.BpeTrainer(vocab_size=330, show_progress=False,
                            initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))  # fmt: skip
    tokenizer.add_tokens([
        AddedToken("the", single_word=True, normalized=True),
        AddedToken("ing", lstrip=True, normalized=False),
        AddedToken("<unk>", rstrip=True, normalized=False),
        AddedToken("[INST]", lstrip=True, rstrip=True, normalized=False, special=True),
        AddedToken("THE", normalized=True, rstrip=True),
        AddedToken("é", single_word=True, lstrip=True, normalized=True),
        AddedToken("22", single_word=True, normalized=False),
        AddedToken("2", normalized=False, lstrip=True),
    ])  # fmt: skip
    tokenizer.add_special_tokens(
        [AddedToken("<s>", normalized=True), AddedToken("<|im_start|>", lstrip=True)]
    )
    tokenizer.post_processor = processors.Sequence(
        [template(tokenizer, "<s> $A <|im_start|>"), processors.ByteLevel()]
    )
    return tokenizer


def sentencepiece_fixtures():
    rules = HERE + "/fixtures/rules.tsv"
    with open(rules, "w") as file:  # a small stand-in for nmt_nfkc, which is 240 kB
        for source, target in [("\ufb01", "fi"), ("½", "1⁄2"), ("\u3000", " "), ("\t", " "), ("\n", " "),
                               ("\u0007", ""), ("e\u0301", "\u00e9"), ("\u212b", "\u00c5"), ("…", "..."),
                               ("\u200b", " "), ("日本", "nihon")]:  # fmt: skip
            hexadecimal = lambda text: " ".join(f"{ord(c):X}" for c in text)
            file.write(f"{hexadecimal(source)}\t{hexadecimal(target)}\n")
    corpus = HERE + "/fixtures/prose.txt"
    open(corpus, "w", encoding="utf-8").write(PROSE * 20)
    plans = {
        "rules": dict(normalization_rule_tsv=rules),
        "bytes": dict(normalization_rule_name="identity", byte_fallback=True,
                      remove_extra_whitespaces=False),
        "user-defined": dict(normalization_rule_tsv=rules, byte_fallback=True, add_dummy_prefix=False,
                             user_defined_symbols=["<|im_start|>", "the", "日本", "ing"]),
        "spaceless": dict(normalization_rule_name="identity", split_by_whitespace=False),
    }  # fmt: skip
    for kind, size in [("unigram", 420), ("bpe", 430)]:
        for plan, options in plans.items():
            name = f"sp-{kind}-{plan}"
            sentencepiece.SentencePieceTrainer.train(
                input=corpus, model_prefix=f"{HERE}/fixtures/{name}", vocab_size=size, model_type=kind,
                minloglevel=2, hard_vocab_limit=False, character_coverage=0.99, **options)  # fmt: skip
            os.remove(f"{HERE}/fixtures/{name}.vocab")
            yield name, f"{HERE}/fixtures/{name}.model"
    os.remove(rules)
    os.remove(corpus)


def shared_vocabularies():
    """The vocabularies of the shared data by name, each as (encode, decode)."""
    of_json = lambda tokenizer: (lambda text: tokenizer.encode(text).ids, tokenizer.decode)
    for name in ["gpt2", "llama2", "smollm"]:
        yield name, of_json(Tokenizer.from_file(f"{DATA}/tokenizer-{name}/tokenizer.json"))
    yield "llama3", of_json(llama3())
    yield "qwen2", of_json(qwen2())
    for name, path in [("llama2-sp", "llama2/tokenizer.model"), ("mistral-v1", "mistral/tokenizer.model.v1"),
                       ("mistral-v3", "mistral/tokenizer.model.v3"),
                       ("tinystories4096", "tinystories4096/tokenizer4096.model")]:  # fmt: skip
        yield name, of_sentencepiece(f"{DATA}/tokenizer-{path}")


if __name__ == "__main__":
    own, places = own_texts(), corpus_lines()
    write("texts", {"own": own, "corpus": places})
    os.makedirs(HERE + "/fixtures", exist_ok=True)
    for name, tokenizer in fixtures(own):
        tokenizer.save(f"{HERE}/fixtures/{name}.json", pretty=False)
        golden_json(name, own, tokenizer)
    for name, path in sentencepiece_fixtures():
        golden(name, own, *of_sentencepiece(path))
    every = own + [text_at(place) for place in places]
    for name, (encode, decode) in shared_vocabularies():
        golden(name, every, encode, decode)
