"""Records what the reference packages compute: python metrics.py evaluate-v2.0.py > metrics.json

Python 3.11 with lm_eval 0.4.13, sacrebleu 2.6.0, rouge_score 0.1.2, nltk 3.10.4, scikit-learn 1.9.1, numpy 2.4.6.
The argument is the official script of SQuAD 2.0.
"""

import importlib.metadata
import importlib.util
import json
import random
import string
import sys
import warnings

import sacrebleu
from lm_eval.api import metrics, registry
from lm_eval import filters  # noqa: F401
from nltk.stem.porter import PorterStemmer
from rouge_score.rouge_scorer import RougeScorer
from sklearn.metrics import f1_score

warnings.simplefilter("ignore")
random.seed(24)

WORDS = (
    "the a of and to in is was for on that with as his they at be this have from or had by hot but some what there "
    "we can out other were all your when up use how said an each she which do their time if will way about many then "
    "them would write like so these her long make thing see him two has look more day could go come did number sound "
    "no most people my over know water than call first who may down side been now find Berlin Zürich naïve 北京 東京 "
    "1,000 3.14 U.S. don't e-mail $5 50% (yes) \"quoted\" &amp; &quot;x&quot; <skipped> co-op 10-year ... , . ! ? ;"
).split()


def sentence(count):
    return " ".join(random.choice(WORDS) for _ in range(count))


def changed(text):
    """The text with words lost, added, replaced, and a run of words moved."""
    words = text.split()
    for _ in range(random.randint(0, 4)):
        place = random.randrange(len(words) + 1)
        kind = random.randrange(4)
        if kind == 0:
            del words[place : place + random.randint(1, 2)]
        elif kind == 1:
            words.insert(place, random.choice(WORDS))
        elif kind == 2 and place < len(words):
            words[place] = random.choice(WORDS)
        else:
            run = words[place : place + random.randint(1, 5)]
            del words[place : place + len(run)]
            target = random.randrange(len(words) + 1)
            words[target:target] = run
    return " ".join(words)


def pair(size, references):
    text = sentence(size)
    return [changed(text), [changed(text) if index else text for index in range(references)]]


HARD = [
    ["", ["something"]], ["something", [""]], ["", [""]], [" ", ["\n"]], ["a", ["a"]], ["a b c", ["a b c"]],
    ["line one-\nline two", ["line oneline two"]], ["one\r\ntwo", ["one two"]], ["Hello , world .", ["Hello, world."]],
    ["x\u00a0y\u3000z", ["x y z"]], ["STRASSE", ["Straße"]], ["I.e. 1.5, 2-3 and (4)", ["I.e. 1.5 , 2 - 3 and ( 4 )"]],
    ["e\u0301t\u00e9", ["\u00e9t\u00e9"]], ["a. b, c", ["a . b , c"]], ["!!! word", ["word !!!"]], ["'' ``", ["\" \""]],
    ["d e f a b c", ["a b c d e f"]], ["b a d c f e h g", ["a b c d e f g h"]], ["a a a a a b", ["b a a a a a"]],
    [" ".join(map(str, range(70))), [" ".join(map(str, [*range(60, 70), *range(60)]))]],
    [sentence(3), [sentence(120)]], [sentence(120), [sentence(2)]],
]
CORPORA = [
    [pair(random.randint(4, 30), 1) for _ in range(40)],
    [pair(random.randint(1, 12), random.randint(1, 4)) for _ in range(40)],
    [pair(3, 1) for _ in range(6)],
    HARD,
    [["a b", ["c d"]]],
]


def streams(corpus):
    """Sacrebleu's layout: the n-th reference of every sentence, None where there is none."""
    count = max(len(references) for _, references in corpus)
    padded = [references + [None] * (count - len(references)) for _, references in corpus]
    return [prediction for prediction, _ in corpus], list(map(list, zip(*padded)))


def scores(corpus):
    return {
        "bleu": sacrebleu.corpus_bleu(*streams(corpus)).score,
        "chrf": sacrebleu.corpus_chrf(*streams(corpus)).score,
        "chrf++": sacrebleu.corpus_chrf(*streams(corpus), word_order=2).score,
        "ter": sacrebleu.corpus_ter(*streams(corpus)).score,
    }


def translation():
    corpora = [{"rows": corpus, "scores": scores(corpus)} for corpus in CORPORA]
    # Each sentence on its own, so that errors cannot cancel.
    rows = [row for corpus in CORPORA for row in corpus]
    return corpora + [{"rows": [row], "scores": scores([row])} for row in rows]


ENGLISH = (
    "relational conditional rational valenci hesitanci digitizer conformabli radicalli differentli vileli analogousli "
    "vietnamization predication operator feudalism decisiveness hopefulness callousness formaliti sensitiviti "
    "sensibiliti triplicate formative formalize electriciti electrical hopeful goodness revival allowance inference "
    "airliner gyroscopic adjustable defensible irritant replacement adjustment dependent adoption homologou communism "
    "activate angulariti homologous effective bowdlerize probate rate cease controll roll caresses ponies ties caress "
    "cats feed agreed plastered bled motoring sing conflated troubled sized hopping tanned falling hissing fizzed "
    "failing filing happy sky skies dying lying tying news innings outing cannings howe proceed exceed succeed enjoy "
    "enjoyment spied died dies flies fulli hopefulli geologi biology archaeology apologi generalizations oscillators "
    "running runner easily fairly saying says played plays lady ladies busy business quietly usually nationally "
    "year3 3rd 2nd yyyy syzygy by ying eed aed ing sses ies ss oed uing abatement cement moment element aiming owed"
).split()
PARTS = [
    ["", "con", "re", "ab", "tr", "y", "st"],
    ["act", "form", "happ", "ell", "iz", "ov", "ank", "ey", "ll", "tt", "ee"],
    ["ed", "ing", "ies", "y", "ational", "izer", "alli", "fulness", "iviti", "icate", "ical", "ement", "ion", "sion", "e", "logi"],
]
STEMS = ENGLISH + ["".join(parts) for parts in ([a, b, c] for a in PARTS[0] for b in PARTS[1] for c in PARTS[2])]


def rouge():
    types = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
    texts = [
        ["", [""]], ["", ["a b"]], ["a b", [""]], ["...", ["..."]], ["The cats were running.", ["A cat runs", "the cat ran"]],
        ["Zürich 北京 abc", ["zürich abc"]], ["İstanbul", ["istanbul"]], ["\n\na b\n\nc", ["c\na b\n"]],
    ]
    for _ in range(60):
        lines = [" ".join(random.choice(ENGLISH) for _ in range(random.randint(1, 9))) for _ in range(random.randint(1, 4))]
        references = ["\n".join(changed(line) for line in lines) for _ in range(random.randint(1, 2))]
        random.shuffle(lines)
        texts.append(["\n".join(map(changed, lines)), references])
    cases = []
    for prediction, references in texts:
        found = []
        for stems in [False, True]:
            best = RougeScorer(types, use_stemmer=stems).score_multi(references, prediction)
            found.append([best[kind].fmeasure for kind in types])
        cases.append({"prediction": prediction, "references": references, "plain": found[0], "stemmed": found[1]})
    return cases


def exact_match():
    # Without İ: in lower case it is longer, and numpy cuts the text to the length that it had.
    texts = ["Yes.", "yes", " yes", "yes\n", "Yes 1!", "YES", "ΑΣ", "ας", "e\u0301", "\u00e9", "$1,000", "1000", "a-b", "ab", "«ab»", "٣"]
    options = [
        {}, {"ignore_case": True}, {"ignore_punctuation": True}, {"ignore_numbers": True},
        {"ignore_case": True, "ignore_punctuation": True, "ignore_numbers": True},
        {"regexes_to_ignore": [",", "\\$", "(?s).*#### ", "\\.$"]}, {"regexes_to_ignore": [r"\s"], "ignore_case": True},
    ]
    cases = []
    for option in options:
        for prediction in texts:
            equal = [
                reference for reference in texts
                if metrics.exact_match_hf_evaluate([prediction], [reference], **option)["exact_match"] == 1
            ]
            cases.append({"options": option, "prediction": prediction, "equal": equal})
    return {"texts": texts, "cases": cases}


def aggregations():
    numbers = [random.uniform(-5, 1) for _ in range(31)]
    weighted = [[random.uniform(-90, -1), random.randint(1, 40)] for _ in range(17)]
    result = {"numbers": numbers, "weighted": weighted, "values": {}}
    for name in ["mean", "median", "perplexity"]:
        result["values"][name] = registry.get_aggregation(name)(numbers)
    for name in ["weighted_perplexity", "bits_per_byte"]:
        result["values"][name] = registry.get_aggregation(name)(weighted)
    result["mean_stderr"] = metrics.mean_stderr(numbers)
    return result


def labels():
    cases = []
    for classes, size in [(2, 1), (2, 2), (2, 20), (2, 20), (3, 30), (5, 40), (1, 5), (4, 4)]:
        golds = [random.randrange(classes) for _ in range(size)]
        predictions = [gold if random.random() < 0.6 else random.randrange(classes) for gold in golds]
        case = {"golds": golds, "predictions": predictions}
        case["mcc"] = float(metrics.matthews_corrcoef(list(zip(golds, predictions))))
        for average in ["macro", "micro", "weighted"]:
            case[average] = float(f1_score(golds, predictions, average=average))
        case["binary"] = float(f1_score(golds, predictions)) if classes <= 2 else None
        cases.append(case)
    return cases


def brier():
    rows = []
    for _ in range(9):
        scores = [random.uniform(-8, -1) for _ in range(4)]
        rows.append([random.randrange(4), scores])
    from lm_eval.utils import softmax

    import numpy as np

    return {"rows": rows, "value": float(metrics.brier_score([(gold, softmax(np.array(s))) for gold, s in rows]))}


PIPELINES = [
    [["remove_whitespace", {}], ["take_first", {}]],
    [["lowercase", {}], ["take_first", {}]],
    [["uppercase", {}], ["take_first", {}]],
    [["regex", {}], ["take_first", {}]],
    [["regex", {"regex_pattern": r"(-?[$0-9.,]{2,})|(-?[0-9]+)", "group_select": -1}], ["take_first", {}]],
    [["regex", {"regex_pattern": r"(\b[ABCD]\b)", "fallback": "none"}], ["majority_vote", {}], ["take_first", {}]],
    [["take_first_k", {"k": 2}], ["regex", {"regex_pattern": "[0-9]+"}], ["majority_vote", {}], ["take_first", {}]],
    [["regex", {"regex_pattern": r"(\b[ABCD]\b)"}], ["take_first", {}], ["map", {"mapping_dict": {"A": 0, "B": 1}, "default_value": -1}], ["take_first", {}]],
    [["multi_choice_regex", {"regex_pattern": r"(\([A-Z]\))", "group_select": 0, "ignore_case": True, "ignore_punctuation": True}], ["take_first", {}]],
    [["multi_choice_regex", {"regex_pattern": r"(\([A-Z]\))", "group_select": -1, "regexes_to_ignore": [r"\bthe\b"]}], ["take_first", {}]],
    [["format_span", {}], ["take_first", {}]],
]
ANSWERS = [
    [" The answer is 5. #### 17 ", "#### 1,000", "#### -3.5 or 4"],
    ["B", "C", "B"], ["(A) no, (B)", "The guilty of romance", "it is: C"], ["I say: B.", "x", ""],
    ["Person: Tom, none $$ location: Bern\ntime: noon", "ORG: UN $$", "people: Ann"], ["ΑΣ ß", "İ", "ﬁ"], ["", " ", "\u3000"],
    ["$1,234.5 and 6", "no number", "A B 7"], ["GUILTY!", "guilty of romance", "Not: A"],
]
CHOICES = ["Guilty", "Guilty of Romance", "The x (y)?", " C."]


def filtered():
    cases = []
    for pipeline in PIPELINES:
        for answers in ANSWERS:
            responses = [answers]
            try:
                for name, options in pipeline:
                    responses = list(registry.get_filter(name)(**options).apply(responses, [{"choices": CHOICES}]))
                    responses = [list(each) if not isinstance(each, (str, int)) else each for each in responses]
                value = str(responses[0])
            except IndexError:
                value = None
            cases.append({"pipeline": pipeline, "answers": answers, "result": value})
    return {"choices": CHOICES, "cases": cases}


def squad():
    spec = importlib.util.spec_from_file_location("official", sys.argv[1])
    official = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(official)
    texts = ["", "the", "Paris", "paris!", "a big city", "the big city", "42", "city in France", " "]
    questions, predictions, doubts = [], {}, {}
    for index in range(60):
        answers = random.sample(texts, random.choice([0, 0, 1, 2, 3]))
        questions.append({"id": str(index), "answers": [{"text": text} for text in answers]})
        predictions[str(index)] = random.choice(texts[2:] if random.random() < 0.7 else texts)
        doubts[str(index)] = random.randrange(20) / 20
    dataset = [{"paragraphs": [{"qas": questions}]}]
    has_answer = official.make_qid_to_has_ans(dataset)
    raw = official.get_raw_scores(dataset, predictions)
    results = []
    for threshold in [1.0, 0.5]:
        exact, f1 = (official.apply_no_ans_threshold(each, doubts, has_answer, threshold) for each in raw)
        result = official.make_eval_dict(exact, f1)
        for prefix, kind in [("HasAns", True), ("NoAns", False)]:
            ids = [key for key, value in has_answer.items() if value == kind]
            official.merge_eval(result, official.make_eval_dict(exact, f1, qid_list=ids), prefix)
        official.find_all_best_thresh(result, predictions, *raw, doubts, has_answer)
        results.append({"threshold": threshold, "values": result})
    rows = [
        {"prediction": predictions[each["id"]], "references": [a["text"] for a in each["answers"]], "doubt": doubts[each["id"]]}
        for each in questions
    ]
    return {"rows": rows, "results": results}


packages = ["lm_eval", "sacrebleu", "rouge_score", "nltk", "scikit-learn", "numpy"]
golden = {
    "made_with": [f"Python {sys.version.split()[0]}"] + [f"{name} {importlib.metadata.version(name)}" for name in packages],
    "translation": translation(), "stems": [[word, PorterStemmer().stem(word)] for word in STEMS], "rouge": rouge(),
    "exact_match": exact_match(), "aggregations": aggregations(), "labels": labels(), "brier": brier(),
    "filters": filtered(), "squad_v2": squad(),
}
print("{" + ",\n".join(f"{json.dumps(key)}:{json.dumps(value)}" for key, value in golden.items()) + "}")
