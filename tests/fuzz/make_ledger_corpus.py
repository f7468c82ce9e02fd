"""Writes corpus/ledger. Plain Python.

good-*: the chain holds. odd-*: unusual, and it does. bad-*: it does not. What fuzzing found is added by hand."""
import hashlib
import json
from corpus_file import put

ORIGIN = "0" * 64


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def line(number, before, parent, **members):
    """A round of two sites, with other MEMBERS."""
    said = {"round": number, "before": before, "version": "0.1", "rule": "mean", "weighing": "num_examples", "bn": "average",
            "parent": parent, "result": digest("model %d" % number), "missing": [],
            "inputs": [{"site": site, "digest": digest("d%s%d" % (site, number)), "sha256": digest("s%s%d" % (site, number)),
                        "examples": 12, "weight": 12, "norm": 1.5, "cosine": .25, "signed": site == "north"}
                       for site in ("east", "north")]}
    said.update(members)
    return json.dumps(said) + "\n"


def chain(n, first=None):
    lines = []
    for number in range(1, n + 1):
        before = digest(lines[-1]) if lines else ORIGIN
        parent = digest("model %d" % (number - 1))
        lines.append(first if first and number == 1 else line(number, before, parent))
    return lines


THREE = chain(3)
put("ledger", "good-one", THREE[0])
put("ledger", "good-three", "".join(THREE))
put("ledger", "odd-empty", "")
put("ledger", "odd-no-parent", line(1, ORIGIN, None))
put("ledger", "odd-more-members", line(1, ORIGIN, None, clip=None, note=[1, {"a": "b"}]))
put("ledger", "odd-not-measured", line(1, ORIGIN, None).replace("1.5", "null").replace("0.25", "null"))
put("ledger", "odd-examples-unknown", line(1, ORIGIN, None).replace('"examples": 12', '"examples": null'))
put("ledger", "odd-missing", line(1, ORIGIN, None, missing=["west", "\u00e4"]))
put("ledger", "odd-optimiser", line(1, ORIGIN, None, server_opt="adam", server_rate=.001))
put("ledger", "bad-torn", "".join(THREE)[:-10])
put("ledger", "bad-zeros", "".join(THREE)[:-300] + "\0" * 300)
put("ledger", "bad-no-json", "hello\n")
put("ledger", "bad-blank-line", THREE[0] + "\n")
put("ledger", "bad-removed", THREE[0] + THREE[2])
put("ledger", "bad-first-removed", THREE[1] + THREE[2])
put("ledger", "bad-exchanged", THREE[0] + THREE[2] + THREE[1])
put("ledger", "bad-twice", THREE[0] + THREE[0])
put("ledger", "bad-altered", "".join(THREE).replace("true", "false", 1))
put("ledger", "bad-round", line(2, ORIGIN, None))
put("ledger", "bad-no-inputs", line(1, ORIGIN, None, inputs=[]))
put("ledger", "bad-weight", line(1, ORIGIN, None).replace('"weight": 12', '"weight": -12'))
put("ledger", "bad-site", line(1, ORIGIN, None).replace('"east"', "17"))
put("ledger", "bad-digest", line(1, ORIGIN, None, result="5e0a"))
put("ledger", "bad-missing", line(1, ORIGIN, None, missing=[None]))
put("ledger", "bad-fork", THREE[0] + line(2, digest(THREE[0]), digest("another model")))
