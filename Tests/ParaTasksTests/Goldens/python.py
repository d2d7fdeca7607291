"""Records what Python's random and ast modules and lm_eval's sampler answer: python.json.

Run with Python 3.11 and lm_eval 0.4.13 (pip install lm_eval==0.4.13), in this folder:

    python python.py
"""

import ast
import json
import random

from lm_eval.api.samplers import ContextSampler, FirstNSampler

SEEDS = [0, 1, 42, 1234, 4294967295, 4294967296, 123456789012345678, -7]
SAMPLES = [(1, 1), (2, 6), (5, 5), (5, 21), (5, 22), (6, 84), (6, 86), (17, 86), (22, 500), (3, 1000000)]

LITERALS = [
    "1", "-1", "+5", "- 2", "-(3)", "--1", "007", "000", "1_000", "1__0", "_1", "1_", "0x1F", "0b101", "0o17", "0xG",
    "1.5", "-.5", "5.", "1e3", "1E-3", "1.e2", ".", "e5", "1e", "1_0.5", "1._5", "12345678901234567890",
    "-12345678901234567890", "1j", "1+2j", "inf", "nan", "True", "False", "None", "Truely", "...", "a", "-True",
    "''", "'a'", '"a"', "'it\\'s'", '"it\'s"', "'a' 'b'", "'a' \"b\" 'c'", "u'x'", "r'\\n'", "b'x'", "f'x'", "'''a\nb'''",
    "'a\nb'", "'\\n\\t\\\\'", "'\\x41\\u00e9\\U0001F600'", "'\\x4'", "'\\101\\0'", "'\\d'", "'\\\n'", "'\\N{DASH}'",
    "'unclosed", "'a'b", "'é日本'", "R'a\\'b'", "\"\"\"q\"q\"\"\"", "''''''",
    "[]", "[1, 2]", "[1, 2,]", "[,]", "[1 2]", "[ 'a' , \"b's\" ]", "['a'\n, 'b']", "[[1], [2, [3]]]", "[1, 2", "1]", "[a]",
    "[1/2]", "[1+1]", "['a'] ", " ['a']", "\n['a']", "['a']  # why", "['a', # one\n 'b']", "[True, None, -1.5]",
    "()", "(1)", "(1,)", "(1, 'a')", "1, 2", "1,", "[1],[2]", "('a' 'b')", "((1))", "[()]", "[(1, 2), (3,)]",
    "{}", "{'a': 1}", "{'a': 1, 'b': [2]}", "{1: 2, 1: 3}", "{'a' 1}", "{[1]: 2}", "{'a': 1,}", "[{'text': 'x'}]",
    "", " ", "not a list", "['a'.upper()]", "[x for x in y]", "[*[1]]", "['a', b]", "[1:2]", "[lambda: 1]",
    "['\\\\frac{1}{2}', \"5'\"]", "[\"a\\\"b\", 'c']", "['don\\'t', '\"']", "[0, 00, 0.0]", "[01]",
]


def literal(text):
    try:
        value = ast.literal_eval(text)
    except Exception:
        return None
    # Kinds that no list of answers holds.
    return None if unusable(value) else repr(value)


def unusable(value):
    if isinstance(value, (bytes, complex, set)) or value is Ellipsis:
        return True
    if isinstance(value, dict):
        return any(unusable(x) for x in list(value.keys()) + list(value.values()))
    return isinstance(value, (list, tuple)) and any(unusable(x) for x in value)


def drawn(seed, count, rows, sampler, leaves_out):
    docs = [{"i": i, "q": q} for i, q in enumerate(rows)]
    for doc in docs:
        if doc["q"] == "same":
            doc["i"] = 0
    pool = sampler([dict(doc, place=i) for i, doc in enumerate(docs)], rnd=seed)
    plain = [dict(doc) for doc in docs]

    class Row(dict):
        """Equal without its place, which says where it was drawn."""

        def __eq__(self, other):
            return {k: v for k, v in self.items() if k != "place"} == {k: v for k, v in other.items() if k != "place"}

        def __ne__(self, other):
            return not self == other

    pool.df = [Row(doc, place=i) for i, doc in enumerate(plain)]
    pool.set_rnd(seed)
    result = []
    for doc in plain:
        try:
            result.append([x["place"] for x in pool.sample(count, eval_doc=Row(doc) if leaves_out else None)])
        except Exception:
            result.append(None)
    return {"seed": seed, "count": count, "rows": plain, "first": sampler is FirstNSampler, "leavesOut": leaves_out,
            "drawn": result}


def main():
    samples = []
    for seed in SEEDS:
        generator = random.Random(seed)
        samples.append({"seed": seed, "drawn": [
            {"count": k, "population": n, "indices": generator.sample(range(n), k)} for k, n in SAMPLES]})
    rows = {"distinct": [f"q{i}" for i in range(12)], "doubled": ["same"] * 4 + ["a", "b", "c"],
            "small": ["a", "b", "c"]}
    fewshot = [drawn(seed, count, rows[name], sampler, out) for seed in (1234, 7) for name in rows
               for count in (1, 3) for sampler in (ContextSampler, FirstNSampler) for out in (True, False)]
    golden = {"samples": samples, "literals": [{"text": t, "value": literal(t)} for t in LITERALS], "fewshot": fewshot}
    with open("python.json", "w") as file:
        json.dump(golden, file, separators=(",", ":"))
        file.write("\n")


main()
