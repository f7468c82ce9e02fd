"""The server functions in FEDn's own executor, without a network: servicer.py SERVER_FUNCTIONS.py

What a combiner would send goes to the class that runs the functions in FEDn's hook service. stdout: a line for each
check, "ok" or "not ok", a tab, and what was checked."""
import inspect, io, json, logging, os, subprocess, sys, zipfile
from importlib.machinery import SourceFileLoader

import fedn.network.grpc.fedn_pb2 as fedn
import numpy as np
from fedn.common.log_config import logger
from fedn.network.combiner.hooks.hooks import FunctionServiceServicer
from fedn.network.combiner.modelservice import bytesIO_request_generator as pieces
from fedn.network.combiner.modelservice import model_as_bytesIO, unpack_model
from fedn.utils.helpers.plugins.numpyhelper import Helper

sys.dont_write_bytecode = True
code = inspect.getsource(SourceFileLoader("server_functions", sys.argv[1]).load_module().ServerFunctions)      # as FEDn's API client
shapes = [(3, 3, 4, 2), (2,), (3, 3, 2, 2), (2,), (3, 3, 2, 2), (2,), (3, 3, 2, 2), (2,), (8, 5), (5,), (5,), (5,), (5,), (5,), (5, 3), (3,)]
random = np.random.default_rng(1)
previous = [random.random(s, "f4") for s in shapes]
scratch = os.environ["TMPDIR"]
seed, classes = scratch + "/seed.npz", ["A", "B", "C"]
np.savez(seed, **{str(i): a for i, a in enumerate(previous)})
digest = json.loads(subprocess.check_output(["aml-info", "--json", seed]))["digest"]
with zipfile.ZipFile(seed, "a") as z:
    z.comment = json.dumps({"size": 16, "classes": classes}).encode()
log = io.StringIO()
logger.addHandler(logging.StreamHandler(log))
service = FunctionServiceServicer()
parent = [digest]


class Context:
    def set_code(self, code):
        self.code = code

    set_details = set_code


def moved(by, array=8):
    """The model that a client would send after a step."""
    return [a + np.float32(by) if i == array else a for i, a in enumerate(previous)]


def client(name, model, told):
    service.HandleMetadata(fedn.ClientMetaRequest(metadata=json.dumps(told), client_id=name), None)
    model = model if isinstance(model, io.BytesIO) else model_as_bytesIO(model)
    service.HandleStoreModel(pieces(model, fedn.StoreModelRequest, {"id": name}), None)


def ask():
    answer = list(service.HandleAggregation(fedn.AggregationRequest(aggregate="aggregate"), Context()))
    return unpack_model(iter(answer), Helper())[0] if answer else None


def round(updates, announce=True):
    """One round as a combiner takes it; returns the model."""
    log.seek(0)
    log.truncate()
    service.HandleProvidedFunctions(fedn.ProvidedFunctionsRequest(function_code=code), None)
    if announce:
        answer = service.HandleClientConfig(pieces(model_as_bytesIO(previous), fedn.ClientConfigRequest, {}), None)
        assert json.loads(answer.client_settings) == {}
    service.HandleStoreModel(pieces(model_as_bytesIO(previous), fedn.StoreModelRequest, {"id": "global_model"}), None)
    for name, (model, told) in updates.items():
        client(name, model, told)
    return ask()


def check(what, good):
    print("ok" if good else "not ok", what, sep="\t")
    if not good:
        print(log.getvalue(), file=sys.stderr)


def equal(a, b):
    return a is not None and all(x.dtype == y.dtype and np.array_equal(x, y) for x, y in zip(a, b, strict=True))


good = {"a": (moved(1 / 64), {"num_examples": 10, "parents": parent}), "b": (moved(1 / 8), {"num_examples": 30})}
mean = [np.float32(0.75) * b + np.float32(0.25) * a for a, b in zip(good["a"][0], good["b"][0])]
mean[8] = previous[8] + np.float32(1 / 4 * 1 / 64 + 3 / 4 * 1 / 8)


def refused(what, update, name="wrong", why=""):
    """A round with it is the round without it, and its line names it."""
    got = round({**good, name: update})
    line = [s for s in log.getvalue().splitlines() if "refused" in s and name in s and why in s]
    check(what + " is refused, by name", equal(got, want) and len(line) == 1)


want = round(good)
check("two updates give their mean", want is not None and all(np.allclose(x, y, atol=1e-7, rtol=1e-6) for x, y in zip(want, mean)))
check("the table of updates is in the log", "2 of 2 updates" in log.getvalue() and "cosine" in log.getvalue())
check("FEDn asks again and gets the same", equal(ask(), want))
round({**good, "c": (moved(1), {"num_examples": 1})})
check("without client_settings a round is of its own updates", equal(round(good, False), want))
n = {"num_examples": 20}
refused("NaN", (moved(np.nan), n), why="array 8")
refused("infinity", (moved(np.inf, 0), n))
refused("a negative variance", (moved(-9, 13), n))
refused("another shape", ([*previous[:14], np.zeros((5, 2), "f4"), np.zeros(2, "f4")], n))
refused("an array too few", (previous[:15], n))
refused("no array", ([], n))
refused("text for numbers", (moved(1)[:15] + [np.array(["a"] * 3)], n))
for count in ("20", 0, -3, 2.5, None, [20], float("nan"), 10**30):
    refused("num_examples %r" % count, (moved(1), {"num_examples": count}))
refused("an update of another round", (moved(1), {**n, "parents": ["0" * 64]}), why="not trained from the previous model")
refused("an update that is there", (good["a"][0], n), why="same numbers")
refused("what does not fit into facts", (moved(1), {**n, "parents": ["0" * 70000]}))
for name in ("../outside", "a=b", "a b", "ü", "", "x" * 300):
    refused("the id %.20r" % name, (moved(1), n), name)
check("and is written nowhere", not os.path.exists(scratch + "/outside.npz"))
for name in ("-q", "--help", ".x", "previous", "a.npz"):
    got = round({"a": good["a"], name: good["b"]})
    check("the id %r is none of ours" % name, equal(got, want))
got = round({**good, "a.npz": (moved(np.nan), n)})
check("the id a.npz is not taken for a", equal(got, want) and "refused a:" not in log.getvalue())
got = round({**good, "global_model": (moved(1000), n)})
check("a client called global_model changes nothing", equal(got, want))
got = round({**good, "late": (io.BytesIO(b"no archive"), n)})
check("nor does one without a model", equal(got, want))
got = round({"a": (moved(np.nan), n), "b": (moved(np.inf), n)})
check("where all are refused the model stays", equal(got, previous) and "no update is left of 2" in log.getvalue())
check("and where none came", equal(round({}), previous) and "no update is left of 0" in log.getvalue())

here = os.environ["PATH"]
os.environ["PATH"] = "/nowhere"
check("without aml-fedavg the model stays", equal(round(good), previous) and "No such file" in log.getvalue())
os.environ["PATH"] = here
os.environ["AML_FEDAVG"] = "--wrong"
check("with wrong options, too", equal(round(good), previous) and "--wrong" in log.getvalue())
os.environ["AML_FEDAVG"] = ""
check("and FEDn goes on asking us", equal(round(good), want) and service.implemented_functions["incremental_aggregate"])

others = classes[::-1]
first = {"first": (moved(1 / 2), {**n, "classes": others})}
round({**first, **good, "last": (moved(1 / 4), {**n, "classes": classes})})
check("without a seed no client tells the classes", "4 of 4 updates" in log.getvalue())
os.environ["AML_SEED"] = seed
refused("with it, another order of the classes", (moved(1), {**n, "classes": others}), why="its classes are")
got = round({**first, **good})
check("also of whom is first", equal(got, want) and "refused first: " in log.getvalue())
refused("another size", (moved(1), {**n, "size": 15}))
del os.environ["AML_SEED"]

with open(scratch + "/sites.tsv", "w") as f:
    f.write("site\tkey\tmin_examples\na\t-\t-\nb\t-\t25\n")
os.environ["AML_FEDAVG"] = "--roster " + f.name
told = {"num_examples": 30, "parents": parent}
listed = {"a": good["a"], "b": (good["b"][0], told)}
check("a roster's sites", equal(round(listed), want))
got = round({**listed, "c": (moved(1), told)})
check("and no others", equal(got, want) and "refused c: " in log.getvalue())
got = round({**listed, "b": (moved(1), {**told, "num_examples": 20})})
check("with too few images, and none for it", equal(got, previous) and "refused b: " in log.getvalue())
os.environ["AML_FEDAVG"] += " --allow-missing"
got = round({**listed, "b": (moved(1), {**told, "num_examples": 20})})
check("but with --allow-missing", equal(got, good["a"][0]))
os.environ["AML_FEDAVG"] = ""

check("no folder is left", not [s for s in os.listdir(scratch) if s.startswith("round-")])
kept = os.environ["AML_ROUNDS"] = scratch + "/kept"
os.mkdir(kept)
check("AML_ROUNDS keeps a round's", equal(round(good), want) and len(os.listdir(kept)) == 1
      and sorted(os.listdir(os.path.join(kept, os.listdir(kept)[0]))) == ["client-a.npz", "client-b.npz", "log", "next.npz", "previous.npz"])
