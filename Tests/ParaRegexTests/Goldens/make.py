"""What Python's re finds, for Tests/ParaRegexTests. Run with Python 3.11: python3 make.py | gzip -9n > python.jsonl.gz"""

import json
import random
import re
import warnings

warnings.simplefilter("ignore")
draw = random.Random(7)

CHARACTERS = list("abAB01_ .-\n") + ["é", "É", "ß", "٣", "²", "Ⅷ", "中", "\u0301", "\u2028", "\x1c", "σ", "ς", "K", "😀"]
ATOMS = (
    ["a", "b", "A", "0", "_", "é", "中", "-", "{", "}", "]", "\\.", "\\-", "\\n", "\\x41", "\\u00e9", "\\101", "\\0", "."]
    + ["\\w", "\\W", "\\d", "\\D", "\\s", "\\S", "\\b", "\\B", "\\A", "\\Z", "^", "$"]
    + ["[ab]", "[^a]", "[a-c0]", "[\\w-]", "[^\\W\\d]", "[\\S]", "[]a]", "[^]a]", "[\\b]", "[é-ü]", "[^\\s\\w]", "[.-]"]
)
QUANTIFIERS = ["*", "+", "?", "{2}", "{1,2}", "{,1}", "{1,}", "*?", "+?", "??", "{1,2}?", "*+", "?+"]
BROKEN = ["\\q", "(", ")", "[", "*", "a**", "(?P<n>a)(?P<n>b)", "\\1", "(?P=x)", "(?<x>a)", "[b-a]", "a{2}{3}", "(?z)", "a(?i)b", "\\",
          "[\\w-z]", "(?P<1>a)", "(?(2)a|b)", "\\x4", "(?#", "(a\\1)", "a{1,2}*", "(*UTF)a", "(?R)", "\\Qa\\E", "\\pL"]


def expression(depth=0):
    parts = []
    for _ in range(draw.randint(1, 3)):
        kind = draw.random()
        if depth < 2 and kind < 0.3:
            inside = "|".join(expression(depth + 1) for _ in range(draw.randint(1, 2)))
            opening = draw.choice(["(", "(", "(?:", "(?=", "(?!", "(?i:", "(?a:", "(?s:", "(?m:", "(?>"])
            atom = opening + inside + ")"
        elif kind < 0.34:
            atom = draw.choice(["(?<=a)", "(?<!\\w)", "(?<=[ab]0)"])
        elif kind < 0.36:
            atom = "\\1"
        else:
            atom = draw.choice(ATOMS)
        if draw.random() < 0.35:
            atom += draw.choice(QUANTIFIERS)
        parts.append(atom)
    return "".join(parts)


def flagged(pattern):
    return draw.choice(["", "", "", "", "(?i)", "(?m)", "(?s)", "(?a)", "(?x) ", "(?im)"]) + pattern


def case(pattern, template):
    texts = ["".join(draw.choice(CHARACTERS) for _ in range(draw.randint(0, 14))) for _ in range(2)]
    item = {"pattern": pattern, "template": template, "texts": texts}
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError) as error:
        return item | {"error": str(error)}
    item["findall"] = [[list(x) if isinstance(x, tuple) else [x] for x in compiled.findall(text)] for text in texts]
    item["match"] = [m.group() if (m := compiled.match(text)) else None for text in texts]
    item["fullmatch"] = [compiled.fullmatch(text) is not None for text in texts]
    item["split"] = [compiled.split(text) for text in texts]
    try:
        item["sub"] = [[compiled.sub(template, text), compiled.sub(template, text, count=1)] for text in texts]
    except (re.error, IndexError):
        item["sub"] = None
    return item


TEMPLATES = ["", "x", "<\\g<0>>", "\\1", "[\\\\]", "\\n", "\\g<1>-", "\\.", "\\g<name>", "\\q", "\\012", "\\07"]
patterns = [flagged(expression()) for _ in range(4000)] + BROKEN
patterns += ["(?P<name>a)(?P=name)", "(a)?(?(1)b|c)", "(?x) a # c\n b", "(?x)[ #]a\\ b", "(?:a|b)++", "(?#c)a", "a{ 1}", "a{1, 2}", "x{,}"]
patterns += [".*\\b(q_proj|k_proj)\\b", "(?<!k)_proj", "#### (\\-?[0-9\\.\\,]+)", "(-?[$0-9.,]{2,})|(-?[0-9]+)", "\\((.*?)\\)", "(?:^|\\n)([A-D])"]
for pattern in patterns:
    print(json.dumps(case(pattern, draw.choice(TEMPLATES)), ensure_ascii=False))
