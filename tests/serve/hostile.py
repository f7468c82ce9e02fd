"""What no web server would send, straight at the socket; meanwhile and afterwards a normal request is answered right."""
import io, json, os, resource, struct, threading, time, zlib
from scene import *

TIMEOUT, LIMIT = 4, 8 << 20
CONNECTIONS = 10_000
serve = Serve("--timeout", TIMEOUT, "--max-body", LIMIT)
files = cells()[:2]
picture, want = files[0].read_bytes(), predicted(MODEL, files)[files[0]]
workers = serve.workers()
ids = set()                             # of all answers that came


def listing():
    return sorted(str(f) for f in serve.home.rglob("*"))


def keep(answer):
    ids.add(answer.headers.get("X-Request-ID"))
    return answer


def is_right(seconds=PATIENCE):
    end = time.monotonic() + seconds
    answer = keep(ask(serve, "/cells", picture, query="top=15"))
    return answer.status == 200 and time.monotonic() <= end and \
        {c["class"]: c["probability"] for c in answer.json()["cells"][0]["classes"]} == want


def refused(what, data, statuses=(400,), end=False):
    """DATA is answered with one of STATUSES and a message; 0: the connection may be closed without a word."""
    answer = send(serve, data, end)
    if answer.status:
        keep(answer)
    return ok(answer.status in statuses and (not answer.status or answer.error()), what + ": refused",
              "status %d" % answer.status, answer.data[:500])


def answered(what, data, statuses):
    answer = keep(send(serve, data))
    ok(answer.status in statuses, what + ": %s" % " or ".join(map(str, statuses)), answer.data[:500])
    return answer


def raw_head(head_bytes, body=b""):
    return netstring(head_bytes) + body


ok(is_right(), "at first a normal request is right")
before, at_first = listing(), [memory(p) for p in workers]

# ---- half requests ----

whole = request("/cells", picture)
for n in (0, 1, 3, 20, len(whole) - len(picture) - 1, len(whole) - len(picture), len(whole) - 1):
    refused("%d of %d bytes, then the end" % (n, len(whole)), whole[:n], (0, 400), end=True)
refused("half a request, then nothing", whole[:5000], (408,))
refused("nothing at all", b"", (408,))


def slowly():
    """A byte a second; the connection must be over soon after the time for a request."""
    s, begin = connect(serve), time.monotonic()
    try:
        for i in range(PATIENCE):
            s.sendall(whole[i:i + 1])
            time.sleep(1)
    except (BrokenPipeError, ConnectionResetError):
        pass
    keep(receive(s))
    return time.monotonic() - begin


took = slowly()
ok(took < PATIENCE / 2, "a byte a second: over after %.0f s" % took)

# ---- lengths that lie ----


def lengthy(length, body=picture, **more):
    return request("/cells", body, CONTENT_LENGTH=length, **more)


refused("Content-Length of more than comes", lengthy(str(len(picture) + 1)), (408,))
refused("the same, then the end", lengthy(str(len(picture) + 1)), (0, 400), end=True)
answered("Content-Length of less than comes", lengthy("100"), (400,))
answered("Content-Length 0 and a body", lengthy("0"), (400,))
for length, statuses in (("-1", (400,)), ("-0", (400,)), ("+5", (400,)), (" 5", (400,)), ("5 ", (400,)), ("0x10", (400,)), ("1e3", (400,)),
                         ("5,5", (400,)), ("five", (400,)), (str(LIMIT + 1), (413,)), (str(1 << 31), (413,)), (str((1 << 32) + 5), (413,)),
                         (str(1 << 62), (400, 413)), (str(1 << 64), (400, 413)), (str((1 << 64) + 5), (400, 413)), ("9" * 1000, (400, 413))):
    refused("Content-Length %.25s" % length, lengthy(length), statuses)
twice = b"CONTENT_LENGTH\0%d\0SCGI\x001\0REQUEST_METHOD\0POST\0PATH_INFO\0/cells\0CONTENT_LENGTH\x005\0" % len(picture)
refused("two Content-Lengths", raw_head(twice, picture))
refused("no Content-Length", raw_head(b"SCGI\x001\0REQUEST_METHOD\0GET\0PATH_INFO\0/about\0"))
refused("Content-Length not the first", raw_head(b"SCGI\x001\0CONTENT_LENGTH\x000\0REQUEST_METHOD\0GET\0"))
refused("SCGI 2", request("/about", SCGI="2"))
refused("an empty head", b"0:,")
refused("two methods", raw_head(b"CONTENT_LENGTH\x000\0SCGI\x001\0REQUEST_METHOD\0GET\0REQUEST_METHOD\0POST\0PATH_INFO\0/about\0"))
for what, data in (("no number", b"abc:"), ("a negative number", b"-5:CONTE,"), ("a leading zero", b"070:" + bytes(70) + b","),
                   ("a long number", b"9" * 40 + b":"), ("2 GiB", b"2147483648:C"), ("2^64", b"18446744073709551616:C"), ("no colon", b"70;CONTENT_LENGTH"),
                   ("no comma", request("/about").replace(b",", b";", 1)), ("one too few", b"5:CONTENT_LENGTH\x000\0,"), ("HTTP", b"GET / HTTP/1.1\r\n\r\n"),
                   ("a name without value", netstring(b"CONTENT_LENGTH\x000\0SCGI\x001\0REQUEST_METHOD\0")), ("no NUL at the end", netstring(b"CONTENT_LENGTH\x000\0SCGI\x001\0A\0b")),
                   ("an empty name", netstring(b"CONTENT_LENGTH\x000\0SCGI\x001\0\0b\0"))):
    refused("netstring, " + what, data, (0, 400, 408))
refused("random bytes", os.urandom(1 << 16), (0, 400, 408))

# ---- variables ----

NAMES = ("CONTENT_TYPE", "REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "REMOTE_USER", "REQUEST_ID", "HTTP_X_REQUEST_ID", "DOCUMENT_URI",
         "SCRIPT_NAME", "HTTP_INFERENCE_HEADER_CONTENT_LENGTH", "HTTP_HOST")
split = 0
for name in NAMES:
    for evil in ("a\r\nSet-Cookie: x=1\r\n\r\n<script>", "a\nb", "\r", "\x7f\x1b[2J", "%00%0d%0aSet-Cookie:%20x=1", "\udcff\udcfe", "'\"\\<&>", "x" * 60000):
        evil = evil.encode("utf-8", "surrogateescape")
        if name == "PATH_INFO":
            evil = b"/v1/models/" + evil
        variables = {"PATH_INFO": "/cells", "QUERY_STRING": "top=1", "REQUEST_METHOD": "POST", name: evil}
        answer = keep(send(serve, head({"CONTENT_LENGTH": str(len(picture)), "SCGI": "1", **variables}) + picture))
        top = answer.data.partition(b"\r\n\r\n")[0]
        lines = top.split(b"\r\n")
        split += not answer.status or b"Set-Cookie" in top or b"\n" in b"".join(lines) or any(b": " not in line for line in lines)
    answer = keep(send(serve, raw_head(b"CONTENT_LENGTH\x000\0SCGI\x001\0" + name.encode() + b"\0a\0\0b\0")))
    split += b"Set-Cookie" in answer.data or answer.status == 200
same(split, 0, "NUL, CR, LF, escapes, bytes that are no text in each of %d variables: no header is made" % len(NAMES))
for path in ("/../../etc/passwd", "/v1/models/../../../etc/passwd", "/v1/models/..%2f..%2fetc%2fpasswd", "/cells/../about/../../etc/shadow", "//etc/passwd",
             "/v2/models/cells/versions/../../../x", "/.", "/..", "/%2e%2e/%2e%2e", "/" * 5000, "/v1/models/cells:predict/../x"):
    answer = answered("path %.40s" % path, request(path), (400, 404))
    ok(b"root:" not in answer.data, "nothing of a file is in it")
refused("a variable of a megabyte", request("/about", X="x" * (1 << 20)), (400, 413))
refused("a million variables", head({"CONTENT_LENGTH": "0", "SCGI": "1", **{"X%d" % i: "" for i in range(1_000_000)}}), (400, 413))
refused("2,000 variables", head({"CONTENT_LENGTH": "0", "SCGI": "1", **{"X%d" % i: "" for i in range(2000)}}), (400, 413))
ok(is_right(), "a normal request is right")

# ---- pictures that are more than they seem ----


def png(width, height, data, kind=6, depth=8):
    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)) + data(chunk) + chunk(b"IEND", b"")


def packed(count):
    """COUNT zeros, deflated to a thousandth."""
    z, out, block = zlib.compressobj(9), [], bytes(1 << 20)
    for _ in range(count >> 20):
        out.append(z.compress(block))
    return b"".join(out) + z.compress(bytes(count & ((1 << 20) - 1))) + z.flush()


def bomb(width, height, kind=6):
    samples = {0: 1, 2: 3, 6: 4}[kind]
    return png(width, height, lambda chunk: chunk(b"IDAT", packed(height * (1 + width * samples))), kind)


def tiff(width, height, strips=1, more=b"", compression=1, count=None):
    tags = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, compression), (262, 3, 1, 1), (273, 4, 1, 8),
            (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, count if count is not None else width * height & 0xffffffff)]
    at = 8 + len(more)
    return b"II*\0" + struct.pack("<I", at) + more + struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *t) for t in tags) + bytes(4)


def jpeg(width, height):
    return b"\xff\xd8" + b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3) + bytes([1, 17, 0, 2, 17, 0, 3, 17, 0]) + \
        b"\xff\xda" + struct.pack(">HB", 12, 3) + bytes([1, 0, 2, 0, 3, 0, 0, 63, 0]) + bytes(100) + b"\xff\xd9"


pictures = {
    "PNG, 2^31-1 a side": png(2**31 - 1, 2**31 - 1, lambda chunk: chunk(b"IDAT", packed(1000))),
    "PNG, 100,000 a side": png(100_000, 100_000, lambda chunk: chunk(b"IDAT", packed(1000))),
    "PNG, a row of 2,000,000": bomb(2_000_000, 1),
    "PNG bomb of 400 MB": bomb(10_000, 10_000),
    "PNG bomb of 1.6 GB": bomb(20_000, 20_000),
    "PNG, 0 wide": png(0, 5, lambda chunk: b""),
    "PNG, text of a bomb": png(5, 5, lambda chunk: chunk(b"zTXt", b"a\0\0" + packed(1 << 29)) + chunk(b"IDAT", packed(5 * 21))),
    "PNG, profile of a bomb": png(5, 5, lambda chunk: chunk(b"iCCP", b"a\0\0" + packed(1 << 29)) + chunk(b"IDAT", packed(5 * 21))),
    "PNG, 100,000 chunks": png(5, 5, lambda chunk: b"".join(chunk(b"tEXt", b"a\0b") for _ in range(100_000)) + chunk(b"IDAT", packed(5 * 21))),
    "TIFF, 2^32-1 a side": tiff(2**32 - 1, 2**32 - 1),
    "TIFF, 100,000 a side": tiff(100_000, 100_000),
    "TIFF, 30,000 a side and no data": tiff(30_000, 30_000),
    "TIFF, deflated bomb": (lambda z: tiff(30_000, 30_000, more=z, compression=8, count=len(z)))(packed(30_000 * 30_000)),
    "TIFF, directory within itself": b"II*\0\x08\0\0\0\0\0\x08\0\0\0",
    "TIFF, a million tags": b"II*\0\x08\0\0\0\xff\xff" + struct.pack("<HHII", 65000, 2, 0xffffffff, 0xffffffff) * 65535,
    "JPEG, 65,500 a side": jpeg(65_500, 65_500),
    "half a picture": picture[:len(picture) // 2],
}
for what, data in pictures.items():
    answered(what, request("/cells", data, query="explain=1&preview=1"), (200, 400, 413))
ok(is_right(), "a normal request is right")

# ---- JSON ----

PREDICT = "/v1/models/cells:predict"
for path in (PREDICT, "/v2/models/cells/infer"):
    for what, data in (("lists 100,000 deep", b'{"inputs": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"), ("lists 100,000 deep without end", b"[" * 100_000),
                       ("objects 100,000 deep", b'{"inputs":' * 100_000 + b"1" + b"}" * 100_000), ("a million strings", json.dumps({"inputs": ["x"] * 1_000_000}).encode()),
                       ("a million keys", json.dumps({"k%d" % i: 0 for i in range(400_000)}).encode()), ("a million empty lists", b'{"inputs": [' + b"[]," * 1_000_000 + b"[]]}"),
                       ("four million numbers", b'{"inputs": [' + b"1," * 4_000_000 + b"1]}"), ("a number of a million digits", b'{"inputs": [' + b"1" * 1_000_000 + b"]}"),
                       ("an exponent of a million digits", b'{"inputs": [1e' + b"9" * 1_000_000 + b"]}"), ("a string of 4 MB", b'{"inputs": "' + b"x" * (4 << 20) + b'"}'),
                       ("half an escape", b'{"inputs": "\\ud800'), ("bytes that are no text", b'{"inputs": "\xff\xfe"}'), ("NUL", b'{"inputs": \0}'),
                       ("a b64 of 4 MB", b'{"inputs": [{"b64": "' + b"A" * (4 << 20) + b'"}]}'), ("a key twice", b'{"inputs": [1], "inputs": [2]}')):
        refused("%s, %s" % (path[:3], what), request(path, data))
for shape in ([2**31, 100, 100, 4], [2**62, 100, 100, 4], [-1, 100, 100, 4], [0, 100, 100, 4], [1e30, 100, 100, 4], [1 << 20, 100, 100, 4], [1], [], "x", [[1]], [1.5, 100, 100, 4]):
    body = {"inputs": [{"name": "inputs", "datatype": "FP32", "shape": shape, "data": [0, 1]}]}
    refused("v2, shape %s" % shape, request("/v2/models/cells/infer", json.dumps(body).encode()))
for length in ("-1", "99999999999999999999", "x", "1", "0"):
    refused("v2, header length %s" % length, request("/v2/models/cells/infer", b'{"inputs": []}', HTTP_INFERENCE_HEADER_CONTENT_LENGTH=length))
for size in (-1, 2**63, 2**64, 4, 1e300, "4", None):
    body = json.dumps({"inputs": [{"name": "inputs", "datatype": "FP32", "shape": [1, 100, 100, 4], "parameters": {"binary_data_size": size}}]}).encode()
    refused("v2, binary_data_size %s" % size, request("/v2/models/cells/infer", body + bytes(16), HTTP_INFERENCE_HEADER_CONTENT_LENGTH=str(len(body))))
ok(is_right(), "a normal request is right")

# ---- forms ----


def form(body, kind="multipart/form-data; boundary=b"):
    return request("/cells", body, CONTENT_TYPE=kind)


def part(content=b"", head=b'Content-Disposition: form-data; name="a"; filename="b"'):
    return b"--b\r\n" + head + b"\r\n\r\n" + content + b"\r\n"


for what, data in (("100,000 parts", form(part() * 100_000 + b"--b--\r\n")), ("no end", form(part())), ("no part", form(b"--b--\r\n")), ("nothing", request("/cells", method="POST", CONTENT_TYPE="multipart/form-data; boundary=b")),
                   ("no boundary", form(part(), "multipart/form-data")), ("an empty boundary", form(part(), "multipart/form-data; boundary=")),
                   ("a boundary of 60 kB", form(part(), "multipart/form-data; boundary=" + "b" * 60_000)), ("boundaries alone", form(b"--b\r\n" * 500_000)),
                   ("a head of 4 MB", form(part(b"", b"X: " + b"x" * (4 << 20)) + b"--b--\r\n")), ("a head without end", form(b"--b\r\nContent-Disposition: form-data")),
                   ("no name", form(part(b"", b"X: y") + b"--b--\r\n")), ("a million dashes", form(b"-" * 1_000_000))):
    refused("form, " + what, data)
name = b'"; rm -rf / \xff\xfe<script>../../etc/passwd'
answer = answered("form, names of files that want to be more",
                  form(part(picture, b'Content-Disposition: form-data; name="a"; filename="' + name.replace(b'"', b"%22") + b'"') +
                       part(picture, b'Content-Disposition: form-data; name="a"; filename="../../x"') + b"--b--\r\n"), (200,))
same([c.get("class") for c in answer.json()["cells"]] if answer.status == 200 else None, [max(want, key=want.get)] * 2, "both are answered")
answered("form, 1,000 pictures that are none", form(part(b"x") * 1000 + b"--b--\r\n"), (200,))
ok(is_right(), "a normal request is right")

# ---- connections ----

soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, CONNECTIONS + 1000), hard))
count = CONNECTIONS if min(hard, CONNECTIONS + 1000) > CONNECTIONS + 500 else 2000
idle, waiting, answers = [], [0], []


def meanwhile():
    while not waiting[0]:
        begin = time.monotonic()
        try:
            answers.append((is_right(), time.monotonic() - begin))
        except OSError as e:
            answers.append((False, repr(e)))


other = threading.Thread(target=meanwhile)
other.start()
refusals = 0
for i in range(count):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(TIMEOUT)
    try:
        s.connect(serve.socket)
        if i % 2:
            s.sendall(whole[:i % 3000])
        idle.append(s)
    except OSError:                     # the queue is full
        refusals += 1
        s.close()
until(lambda: len(answers) >= 5, 60)
waiting[0] = 1
other.join()
good = sum(a[0] for a in answers)
tell("%d connections opened and left, %d refused; meanwhile %d answers, the slowest after %.1f s" % (
    len(idle), refusals, good, max((a[1] for a in answers if a[0]), default=0)))
ok(good == len(answers) >= 5, "%d connections left open: another client gets all its answers, right ones" % len(idle), [a for a in answers if not a[0]][:5])
for s in idle:
    s.close()
left = [connect(serve) for _ in range(200)]
for s in left:                          # whole requests, nobody takes the answer
    s.sendall(request("/cells", picture, query="preview=1&explain=1") if len(left) % 2 else request("/", b""))
    s.close()
ok(until(is_right), "clients that do not wait for their answer: a normal request is right")

# ---- afterwards ----

ok(is_right(), "in the end a normal request is right")
same(serve.workers(), workers, "by the same workers")
now = [memory(p) for p in workers]
tell("memory of the workers, MiB, at first, now, at most: " + "; ".join(
    "%.0f %.0f %.0f" % (a, b, memory(p, "VmHWM")) for a, b, p in zip(at_first, now, workers)))
ok(all(b <= a + 200 for a, b in zip(at_first, now)), "their memory is bounded", at_first, now)
same(listing(), before, "no file was written but the log")
same(os.listdir(serve.home / "cwd") + os.listdir(serve.home / "tmp"), [], "its own folder and TMPDIR are empty")
try:
    lines = [json.loads(line) for line in serve.log_lines()]
except ValueError as e:
    lines = []
    ok(False, "each line of the log is JSON", e)
ok(ids - {None} <= {line["request"] for line in lines}, "each answer has its line in the log, as JSON", ids - {line["request"] for line in lines})
ok(None not in ids, "each answer has its id")
same(serve.stop(), 0, "SIGTERM: exit 0")
same(serve.said(), "", "nothing on standard error")
