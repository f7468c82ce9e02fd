"""TensorFlow Serving's errors by status and the beginning of their message; 404, 405, 413 through web servers."""
import json, re
import requests
from scene import *

LIMIT = 2 << 20
serve = Serve("--max-body", LIMIT)
webs = [Web("lighttpd", serve, "-m cells=%s --max-body %d" % (MODEL, LIMIT)), Web("nginx", serve)]
roots = [(webs[0].url, "lighttpd"), (webs[1].url, "nginx"), (webs[0].url + "/cgi", "lighttpd, CGI")]
net = ask(serve, "/about").json()["models"][0]
size, channels = net["size"], net["channels"]


def image(side=size, deep=channels, value=0):
    return [[[value] * deep] * side] * side


def ragged():
    x = image()
    return x[:-1] + [x[-1][:-1]]


PREDICT = "/v1/models/cells:predict"
FLOAT = r"JSON Value: .*is not of expected type: float"
# Status, message as a pattern, path, body; what only the graph says ends in a pattern of ours.
ROWS = [
    (400, "JSON Parse error: ", PREDICT, "not JSON"),
    (400, "JSON Parse error: ", PREDICT, ""),
    (400, "JSON Parse error: ", PREDICT, '{"inputs": [[[[0,'),
    (400, "Missing 'inputs' or 'instances' key", PREDICT, {}),
    (400, "JSON Value: .*Not formatted correctly expecting only one of", PREDICT, {"inputs": [image()], "instances": [image()]}),
    (400, ".*Excepting 'instances' .*to be an list/array", PREDICT, {"instances": 1}),
    (400, ".*Excepting 'instances' .*to be an list/array", PREDICT, {"instances": {"inputs": image()}}),
    (400, ".*No values .*'instances' array", PREDICT, {"instances": []}),
    (400, "Encountered list at unexpected size: ", PREDICT, {"inputs": [ragged()]}),
    (400, "Encountered list at unexpected size: ", PREDICT, {"instances": [ragged()]}),
    (400, FLOAT, PREDICT, {"inputs": [image(value="a")]}),
    (400, FLOAT, PREDICT, {"inputs": [image(value=None)]}),
    (400, FLOAT, PREDICT, {"instances": [image(value=None)]}),
    (400, FLOAT, PREDICT, {"inputs": [image(value={"b64": "AAAA"})]}),
    (400, FLOAT, PREDICT, {"inputs": "text"}),
    (400, "Missing named input: ", PREDICT, {"inputs": {"x": [image()]}}),
    (400, "Missing named input: ", PREDICT, {"instances": [{"x": image()}]}),
    (400, 'Serving signature name: "others" not found in signature def', PREDICT, {"inputs": [image()], "signature_name": "others"}),
    (400, r".*\[1,%d,%d,%d\]" % (size + 1, size + 1, channels), PREDICT, {"inputs": [image(size + 1)]}),
    (400, r".*\[1,%d,%d,%d\]" % (size, size, channels - 1), PREDICT, {"inputs": [image(deep=channels - 1)]}),
    (400, "", PREDICT, {"inputs": image()}),
    (400, "", PREDICT, '{"inputs": [[[[1e39]]]]}'),
    (404, r"Servable not found for request: Latest\(others\)", "/v1/models/others:predict", {"inputs": [image()]}),
    (404, r"Servable not found for request: Specific\(cells, 2\)", "/v1/models/cells/versions/2:predict", {"inputs": [image()]}),
    (400, "Malformed request: POST /v1/models/cells:explain", "/v1/models/cells:explain", {"inputs": [image()]}),
    (400, "Malformed request: POST /v1/elsewhere", "/v1/elsewhere", {"inputs": [image()]}),
    (400, "Malformed request: GET /v1/elsewhere", "/v1/elsewhere", None),
]


def fails(name, status, pattern, got, what):
    try:
        message = got.json()["error"]
    except (ValueError, KeyError):
        message = None
    good = got.status_code == status and message is not None and re.match(pattern, message) and \
        got.headers["Content-Type"].startswith("application/json")
    ok(good, "%s: %s: %d %s" % (name, what, status, pattern), "got %d %s" % (got.status_code, got.text[:300]))


def rows(url, name):
    for status, pattern, path, body in ROWS:
        text = body if isinstance(body, str) else json.dumps(body)
        got = requests.get(url + path) if body is None else requests.post(url + path, data=text)
        fails(name, status, pattern, got, "%.40s" % text)


def others(url, name):
    picture = cells()[0].read_bytes()
    for method, path, status in (("GET", "/nothing", 404), ("GET", "/v2/models/others", 404), ("GET", "/v1/models/others", 404),
                                 ("POST", "/cells?model=others", 404), ("GET", "/cells", 405), ("PUT", "/cells", 405),
                                 ("DELETE", "/about", 405), ("POST", "/", 405), ("GET", "/v2/models/cells/infer", 405),
                                 ("POST", "/cells?top=0", 400), ("POST", "/cells?top=x", 400)):
        fails(name, status, "", requests.request(method, url + path, data=picture if method in ("POST", "PUT") else None), method + " " + path)
    fails(name, 400, "", requests.post(url + "/cells", data=b"no picture"), "a text as a picture")
    fails(name, 400, "", requests.post(url + "/cells", data=b""), "nothing as a picture")
    fails(name, 413, "", requests.post(url + "/cells", data=bytes(LIMIT + 1)), "a byte too many")
    fails(name, 413, "", requests.post(url + "/cells", data=bytes(8 * LIMIT)), "eight times too many")
    at_limit = requests.post(url + "/cells", data=picture + bytes(LIMIT - len(picture)))
    ok(at_limit.status_code == 200, name + ": as many bytes as are allowed", at_limit.text[:300])
    got = requests.head(url + "/about")
    ok(got.status_code == 200 and not got.content, name + ": HEAD")


rows(*roots[0])
for url, name in roots:
    others(url, name)
for at in (2, 3, 9, 22):
    status, pattern, path, body = ROWS[at]
    fails("lighttpd, CGI", status, pattern, requests.post(roots[2][0] + path, data=body if isinstance(body, str) else json.dumps(body)),
          "row %d" % at)
same(serve.stop(), 0, "SIGTERM: exit 0")
