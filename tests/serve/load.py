"""Fifty clients at once through lighttpd and nginx, for LOAD_SECONDS."""
import http.client, statistics, threading, time
from scene import *

CLIENTS, SECONDS = 50, int(os.environ["LOAD_SECONDS"])
files = cells(3)
pictures = [f.read_bytes() for f in files]
want = predicted(MODEL, files)
serve = Serve("--timeout", PATIENCE)
webs = [Web("lighttpd", serve), Web("nginx", serve)]
times, bad = [], []
begin = time.monotonic()


def client(number):
    c = http.client.HTTPConnection("127.0.0.1", webs[number % 2].port, timeout=PATIENCE)
    k = number
    while time.monotonic() < begin + SECONDS:
        k = (k + 7) % len(files)
        start = time.perf_counter()
        try:
            c.request("POST", "/cells?top=15", pictures[k], {"Content-Type": "image/tiff"})
            answer = c.getresponse()
            body = answer.read()
            got = {p["class"]: p["probability"] for p in json.loads(body)["cells"][0]["classes"]} if answer.status == 200 else body
            if got != want[files[k]]:
                bad.append((answer.status, webs[number % 2].kind, files[k].name, got))
        except Exception as e:
            bad.append((webs[number % 2].kind, repr(e)))
            c.close()
        times.append(1e3 * (time.perf_counter() - start))


threads = [threading.Thread(target=client, args=(i,)) for i in range(CLIENTS)]
workers = serve.workers()
for t in threads:
    t.start()
time.sleep(max(SECONDS / 4, 2))
first = [memory(p) for p in workers]
for t in threads:
    t.join()
took = time.monotonic() - begin
last = [memory(p) for p in workers]
tell("%d requests in %.1f s, %.1f a second; p50 %.0f ms, p99 %.0f ms" % (
    len(times), took, len(times) / took, statistics.median(times), sorted(times)[int(.99 * len(times))]))
tell("memory of the workers, MiB, after a quarter of the time and at the end: %s, %s" % tuple(
    " ".join("%.1f" % m for m in ms) for ms in (first, last)))
same(bad[:3], [], "%d clients, %d requests: no error, no wrong answer" % (CLIENTS, len(times)))
same(serve.workers(), workers, "the workers are the same")
ok(all(b <= a + 24 for a, b in zip(first, last)), "their memory stays", first, last)
ok(sum(b'"path": "/cells"' in line for line in serve.log_lines()) == len(times), "as many lines in the log as answers")
same(serve.stop(), 0, "SIGTERM: exit 0")
same(serve.said(), "", "nothing on standard error")
