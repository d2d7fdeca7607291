"""Writes differential.jsonl.gz: templates of a seeded grammar with what jinja2 makes of them.

    pip install jinja2==3.1.6
    python make.py [count] [seed]

Each line is {"template", "mode", "expected"} or {"template", "mode", "fails": true}; the variables of all are in
CONTEXT, which is the first line. Modes: "task" is lm-evaluation-harness's environment, "chat" that of transformers' chat
templates. Templates whose text would hold an address or Python's Markup, or that take longer than a second, are left out.
"""

import gzip
import json
import random
import re
import signal
import sys

import jinja2
import jinja2.ext
import jinja2.sandbox

assert jinja2.__version__ == "3.1.6"

CONTEXT = {
    "n": 7, "m": -3, "z": 0, "big": 12345678901234567890123, "x": 2.5, "y": -0.125, "h": 1e16, "t": True, "f": False,
    "none": None, "s": "Hello, World", "e": "", "u": "Größe ñ日本 e\u0301", "w": "  two  words \n", "c": "a,b,,c", "q": "it's \"so\"",
    "l": [3, 1, 2], "k": ["b", "A", "c", "a"], "d": {"a": 1, "b": "two", "items": [1]}, "v": {"name": "x", "tags": ["p", "q"], "deep": {"er": [1, {"z": 0}]}},
    "r": [{"a": 2, "b": "x", "g": "u"}, {"a": 1, "b": "Y", "g": "v"}, {"a": 2, "b": "z", "g": "u"}], "o": [], "p": {},
}
NAMES = list(CONTEXT) + ["missing", "range", "i"]


class Grammar:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, *choices):
        return self.random.choice(choices)

    def literal(self):
        return self.pick("1", "0", "-2", "10", "3.5", "1e3", "1_000", "0x1F", "true", "false", "none", "'a'", "'b c'", '"x\\ny"', "'é'", "''", "[]",
                         "[1, 2, 3]", "['a', 'b']", "(1, 'a')", "{'a': 1, 'b': 2}", "{}", "(1,)", "'%s-%d'", "'{}:{:>4}'", "'Tit le'")

    def expression(self, depth=3):
        if depth <= 0 or self.random.random() < 0.15:
            return self.pick(self.literal, lambda: self.random.choice(NAMES))()
        e = lambda: self.expression(depth - 1)
        kind = self.random.randrange(15)
        if kind == 0:
            return f"({e()} {self.pick('+', '-', '*', '/', '//', '%')} {e()})"
        if kind == 1:
            return f"{e()} ~ {e()}"
        if kind == 2:
            return f"({e()} {self.pick('==', '!=', '<', '<=', '>', '>=', 'in', 'not in')} {e()})"
        if kind == 3:
            return f"({e()} {self.pick('and', 'or')} {e()})"
        if kind == 4:
            return f"({e()} if {e()} else {e()})" if self.random.random() < 0.8 else f"({e()} if {e()})"
        if kind == 5:
            return self.pick(f"not {e()}", f"-{e()}", f"({e()})", f"+{e()}")
        if kind == 6:
            a = lambda: self.pick("", "1", "-1", "2", "-3", "0", "100")
            # Slices of constants are folded by jinja2 with other rules than at run time.
            value = self.pick("s", "l", "w", "k", "u", "o", "missing", "n", "d", "d.a", "v.tags", "s.split(',')", "c.upper()")
            return f"{value}[{a()}:{a()}{self.pick('', ':' + a(), ':-1', ':2')}]"
        if kind == 7:
            return f"{e()}[{self.pick('0', '-1', '1', chr(39) + 'a' + chr(39), e())}]"
        if kind == 8:
            return f"{e()}.{self.pick('a', 'b', 'name', 'deep', 'items', '0', 'x', 'tags')}"
        if kind in (9, 10):
            return f"{e()}{self.method(e)}"
        if kind in (11, 12):
            return f"{e()} | {self.filter(e)}"
        if kind == 13:
            return f"({e()} is {self.pick('', 'not ')}{self.test(e)})"
        return self.pick(f"[{e()}, {e()}]", f"({e()}, {e()})", "{'k': " + e() + ", 'j': " + e() + "}", f"range({self.pick('3', 'n', '1, 4', '5, 0, -2', e())})|list",
                         f"dict(a={e()})", f"({e()} ** {self.pick('2', '0', '3')})")

    def method(self, e):
        return self.pick(".upper()", ".lower()", ".title()", ".capitalize()", ".strip()", ".lstrip('aH ')", ".rstrip()", ".split()", ".split(',')", ".split(',', 1)", ".rsplit(' ', 1)", ".splitlines()",
                         ".replace('a', 'bb')", ".replace('', '-')", f".startswith({e()})", ".endswith('d')", ".find('o')", ".rfind('o')", ".count('l')", ".index('l')", ".join(['x', 'y'])", ".zfill(5)", ".center(9)", ".ljust(6, '.')",
                         ".rjust(6)", ".isdigit()", ".isalpha()", ".isupper()", ".islower()", ".isspace()", ".istitle()", ".isalnum()", ".swapcase()", ".partition(',')", ".rpartition('o')", ".removeprefix('He')", ".removesuffix('ld')", ".format(1, 2)",
                         f".format({e()}, {e()})", ".items()", ".keys()", ".values()", ".get('a')", f".get({e()}, 0)", ".copy()", ".items()|list", ".index(1)", ".count(1)", ".expandtabs()", ".append(1)", ".pop()")

    def filter(self, e):
        return self.pick("abs", "upper", "lower", "title", "capitalize", "trim", "trim('a')", "length", "count", "first", "last", "list", "join", "join(', ')", f"join({e()})", "sort", "sort(reverse=true)", "sort(attribute='a')", "sort(attribute='b', case_sensitive=true)",
                         "unique|list", "min", "max", "sum", "sum(attribute='a')", "round", "round(1)", "round(0, 'floor')", "round(1, 'ceil')", "int", "int(5)", "float", "float(1.5)", "string", "default('D')", "default('D', true)", f"d({e()})", "replace('a', 'b')", "replace('l', 'L', 1)",
                         "reverse|list", "map('upper')|list", "map(attribute='a')|list", "map(attribute='zz', default=0)|list", "select|list", "select('odd')|list", "reject('none')|list", "selectattr('a')|list", "selectattr('a', 'equalto', 2)|list", "rejectattr('b', 'eq', 'x')|list",
                         "batch(2)|list", "batch(2, '-')|list", "slice(2)|list", "dictsort", "dictsort(by='value')", "dictsort(true, 'key', true)", "items|list", "tojson", "tojson(indent=2)", "indent", "indent(2, true)", "indent(1, blank=true)", "truncate(8)", "truncate(8, true)", "truncate(5, false, '..', 0)",
                         "wordcount", "center(12)", "format(1, 2)", "format(*l)", "groupby('a')", "groupby('g')|map('first')|list", "escape", "striptags", "urlencode", "filesizeformat", "attr('a')", "nosuch", "map('nosuch')|list", "string|length", "list|length", "wordwrap(5)", "center")

    def test(self, e):
        return self.pick("defined", "undefined", "none", "string", "number", "mapping", "sequence", "iterable", "odd", "even", "divisibleby 2", "divisibleby(3)", f"eq {e()}", "in [1, 2, 'a']", "true", "false", "boolean", "integer", "float", "lower", "upper", "sameas none", "gt 1", "lt(5)", "callable", "equalto('a')", "nosuch")

    def space(self):
        return self.pick("", "", "", "-", "+") if self.random.random() < 0.3 else ""

    def tag(self, body):
        open_, close = self.space(), self.space()
        return "{%" + open_ + " " + body + " " + close + "%}"

    def output(self, depth=3):
        return "{{" + self.pick("", "", "-") + " " + self.expression(depth) + " " + self.pick("", "", "-") + "}}"

    def text(self):
        return self.pick("a", " ", "\n", "  b\n", "\n\n", "x {# note #}\n", "{#- c -#}", "\t", "}} ", "{ % ", "line\r\n", "  {# c #}  \n", "é")

    def block(self, depth=2):
        return "".join(self.statement(depth - 1) for _ in range(self.random.randrange(1, 4)))

    def statement(self, depth=2):
        kind = self.random.randrange(14) if depth > 0 else self.random.randrange(4)
        if kind < 2:
            return self.text()
        if kind < 4:
            return self.output(2)
        if kind < 6:
            middle = self.pick("", self.tag("else") + self.block(depth), self.tag("elif " + self.expression(1)) + self.block(depth))
            return self.tag("if " + self.expression(2)) + self.block(depth) + middle + self.tag("endif")
        if kind < 9:
            target, source = self.pick(("i", "l"), ("i", "range(3)"), ("i", "r"), ("a, b", "d.items()"), ("i", "k"), ("i", "s"), ("i", "o"), ("i", self.expression(1)))
            loop = self.pick("", "{{ loop.index }}", "{{ loop.last }}", "{{ loop.revindex0 }}{{ loop.length }}", "{{ loop.cycle('p', 'q') }}", "{{ loop.previtem is defined }}", "{{ loop.changed(i) }}")
            control = self.pick("", "", "", self.tag("if loop.first") + self.tag(self.pick("break", "continue")) + self.tag("endif"))
            other = self.pick("", "", self.tag("else") + self.text())
            return self.tag(f"for {target} in {source}" + self.pick("", "", " if " + self.expression(1))) + loop + control + self.block(depth) + other + self.tag("endfor")
        if kind < 10:
            return self.tag(f"set {self.pick('i', 'n', 'a, b', 'ns.x')} = {self.expression(2)}") + "{{ i }}"
        if kind == 10:
            return self.tag("set i" + self.pick("", " | upper")) + self.block(depth) + self.tag("endset") + "[{{ i }}]"
        if kind == 11:
            call = self.pick("g()", "g(1)", "g(1, 2)", "g(b=3)", "g(1, 2, 3)", "g(c=1)")
            return self.tag(f"macro g(a, b={self.literal()})") + "{{ a }}|{{ b }}" + self.pick("", "{{ varargs }}", "{{ kwargs }}", "{{ caller() }}") + self.tag("endmacro") + self.pick("{{ " + call + " }}", self.tag("call " + call) + "in" + self.tag("endcall"))
        if kind == 12:
            return self.tag(f"with i = {self.expression(1)}") + self.block(depth) + self.tag("endwith")
        return self.tag("set ns = namespace(x=1)") + self.tag("for i in l") + self.tag("set ns.x = ns.x + i") + self.tag("endfor") + "{{ ns.x }}" + self.pick("", self.tag("raw") + " {{ x }} {% " + self.tag("endraw"), self.tag("filter upper") + self.block(depth) + self.tag("endfilter"))


def environments():
    task = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    chat = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[jinja2.ext.loopcontrols])
    chat.filters["tojson"] = lambda x, ensure_ascii=False, indent=None, separators=None, sort_keys=False: json.dumps(
        x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)
    return {"task": task, "chat": chat}


def case(template, mode, environment):
    signal.alarm(1)
    try:
        try:
            parsed = environment.from_string(template)
        except jinja2.UndefinedError:
            return None  # a constant expression, folded though it stands where it may never run
        text = parsed.render(json.loads(json.dumps(CONTEXT)))
        text.encode()
    except Exception:
        return {"template": template, "mode": mode, "fails": True}
    finally:
        signal.alarm(0)
    # jinja2 folds constants while it compiles, and so never meets a filter without a name of its own behind them.
    if re.search(r"\|\s*\w+\.", template):
        return None
    # Texts that are safe for HTML are a type of their own in Python, which shows only in lists.
    if " at 0x" in text.lower() or "Markup(" in text or len(text) > 2000:
        return None
    return {"template": template, "mode": mode, "expected": text}


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    grammar, environment = Grammar(int(sys.argv[2]) if len(sys.argv) > 2 else 1), environments()
    lines = [CONTEXT]
    while len(lines) <= count:
        mode = grammar.pick("task", "chat")
        template = grammar.output(4) if grammar.random.random() < 0.5 else grammar.block(3) + grammar.pick("", "\n", "\n\n")
        found = case(template, mode, environment[mode])
        # Most long expressions fail somewhere; a third of failures is enough.
        if found and (not found.get("fails") or grammar.random.random() < 0.2):
            lines.append(found)
    with gzip.GzipFile("differential.jsonl.gz", "wb", mtime=0) as file:
        for line in lines:
            file.write((json.dumps(line, ensure_ascii=False) + "\n").encode())
    print(len(lines) - 1, "templates,", sum("expected" in line for line in lines), "with text")


if __name__ == "__main__":
    main()
