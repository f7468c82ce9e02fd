"""Writes corpus/service: requests as they arrive at the socket, for the model of fuzz_service.c. Plain Python.

good-*: answered with 200. bad-*: refused. What fuzzing found is added by hand and stays (found-*)."""
import base64, json, struct, zlib
from corpus_file import put
SIDE = 12
IMAGE = [[[.25, .5, .75, 1] for _ in range(SIDE)] for _ in range(SIDE)]
FLAT = [x for row in IMAGE for pixel in row for x in pixel]


def ask(name, method, path, body=b"", **variables):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    pairs = dict(CONTENT_LENGTH=str(len(body)), SCGI="1", REQUEST_METHOD=method, PATH_INFO=path, **variables)
    head = b"".join(k.encode() + b"\0" + v.encode() + b"\0" for k, v in pairs.items())
    put("service", name, b"%d:" % len(head) + head + b"," + body)


def png(side):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + b"\x40\x80\xc0" * side for _ in range(side))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)) + \
        chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def form(*files):
    parts = [b"--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"%s\"\r\n\r\n%s\r\n" % (name, data)
             for name, data in files]
    return b"".join(parts) + b"--b--\r\n"


def binary(kind, data, **more):
    head = json.dumps({"inputs": [{"name": "inputs", "datatype": kind, "shape": [1, SIDE, SIDE, 4],
                                   "parameters": {"binary_data_size": len(data)}}], **more}).encode()
    return head + data, str(len(head))


ask("good-page", "GET", "/")
ask("good-head", "HEAD", "/about")
ask("good-about", "GET", "/about")
ask("good-cell", "POST", "/cells", png(20), QUERY_STRING="top=2")
ask("good-explained", "POST", "/cells", png(9), QUERY_STRING="explain=1&preview=1&model=m")
ask("good-form", "POST", "/cells", form((b"a%22.png", png(5)), (b"t.txt", b"text")),
    CONTENT_TYPE="multipart/form-data; boundary=b", QUERY_STRING="top=1", REMOTE_USER="somebody")
ask("good-status", "GET", "/v1/models/m")
ask("good-metadata", "GET", "/v1/models/m/versions/1/metadata")
ask("good-rows", "POST", "/v1/models/m:predict", {"instances": [IMAGE, IMAGE]})
ask("good-named-rows", "POST", "/v1/models/m:predict", {"instances": [{"inputs": IMAGE}]})
ask("good-column", "POST", "/v1/models/m:predict", {"inputs": {"inputs": [IMAGE]}, "signature_name": "serving_default"})
ask("good-b64", "POST", "/v1/models/m/versions/1:predict",
    {"instances": [{"b64": base64.b64encode(png(7)).decode()}]}, HTTP_X_REQUEST_ID="abc-1")
ask("good-server", "GET", "/v2")
ask("good-live", "GET", "/v2/health/live")
ask("good-model", "GET", "/v2/models/m")
ask("good-infer", "POST", "/v2/models/m/infer",
    {"id": "7", "inputs": [{"name": "inputs", "datatype": "FP32", "shape": [1, SIDE, SIDE, 4], "data": FLAT}]})
body, length = binary("FP32", struct.pack("<%df" % len(FLAT), *FLAT),
                      outputs=[{"name": "outputs", "parameters": {"binary_data": True}}])
ask("good-infer-binary", "POST", "/v2/models/m/infer", body, HTTP_INFERENCE_HEADER_CONTENT_LENGTH=length)
body, length = binary("UINT8", bytes(len(FLAT)), parameters={"binary_data_output": True})
ask("good-infer-bytes", "POST", "/v2/models/m/versions/1/infer", body, HTTP_INFERENCE_HEADER_CONTENT_LENGTH=length)
ask("bad-path", "GET", "/../x")
ask("bad-method", "PUT", "/cells", png(3))
ask("bad-picture", "POST", "/cells", png(30)[:-20])
ask("bad-top", "POST", "/cells", png(3), QUERY_STRING="top=%00")
ask("bad-ragged", "POST", "/v1/models/m:predict", {"instances": [[1, 2], [3]]})
ask("bad-nested", "POST", "/v1/models/m:predict", b'{"inputs": ' + b"[" * 40 + b"]" * 40 + b"}")
ask("bad-value", "POST", "/v1/models/m:predict", {"instances": [[[[2] * 4] * SIDE] * SIDE]})
ask("bad-both", "POST", "/v1/models/m:predict", {"inputs": [1], "instances": [1]})
ask("bad-shape", "POST", "/v2/models/m/infer",
    {"inputs": [{"name": "inputs", "datatype": "FP32", "shape": [1e9, SIDE, SIDE, 4], "data": [1]}]})
ask("bad-binary", "POST", "/v2/models/m/infer", binary("FP32", b"\0" * 5)[0], HTTP_INFERENCE_HEADER_CONTENT_LENGTH="9999")
ask("bad-form", "POST", "/cells", b"--b\r\n", CONTENT_TYPE="multipart/form-data; boundary=b")
ask("bad-utf8", "POST", "/v1/models/m:predict", b'{"signature_name": "\xff\xfe", "instances": [1]}', REMOTE_USER="\x7f\u202e")
