#!/usr/bin/env python3
"""
The page of aml-serve in a browser: check_page.py URL FOLDER.  TAP; screenshots and PDF go to FOLDER.

URL is where the service is mounted, with a slash at the end. It serves two models of the same classes, at least five, with
--max-body 8388608 and --min-prob. Answers that no model gives on demand are made here and put in the place of the service's.
"""
import base64, json, pathlib, shutil, sys, tempfile, urllib.request

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests/browser"))
from browser import Browser
from pages import LOUD, WIDTHS, end, ok, printed, seen

LIMIT, LARGE = 8 << 20, 50 << 20
PNG = ("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
       "RU5ErkJggg==")
ODD = ("<img src=x onerror=alert(1)>.tiff", "a\"b'&amp;\\.tiff", "two\nlines\tand a tab.tiff", "cell\u202effit.exe.tiff",
       "\u05ea\u05d0 1.tiff", "--; %0A%s $(id).tiff")
SHOWN = {ODD[2]: "two\\u000alines\\u0009and a tab.tiff", ODD[3]: "cell\\u202effit.exe.tiff"}

# What the page shows of each cell, the first on the page first.
CARDS = """[...document.querySelectorAll("#gallery > li")].map(li => ({
    title: li.querySelector("h3 b").textContent, name: li.querySelector("bdi").textContent,
    percent: li.querySelector("h3 .number")?.textContent ?? null,
    says: [...li.querySelectorAll(":scope > p")].slice(1).map(p => p.textContent),
    again: !!li.querySelector("[aria-label^=Try]"), tags: li.querySelector("bdi").childElementCount,
    loaded: li.querySelector("img")?.naturalWidth > 0, alt: li.querySelector("img")?.alt ?? "",
    bars: li.querySelectorAll(":scope > ol > li").length, rest: li.querySelectorAll("details li").length}))"""


class Service:
    """The service, asked without a browser."""

    def __init__(self, url):
        self.url = url
        self.about = self.ask("about")
        self.model = self.about["models"][0]
        self.codes = [c["code"] for c in self.model["classes"]]

    def ask(self, path, body=None):
        request = urllib.request.Request(self.url + path, body, {"Content-Type": "image/tiff"} if body else {})
        with urllib.request.urlopen(request, timeout=60) as f:
            return json.load(f)

    def cell(self, path, model=None):
        """What the page should show of a picture."""
        return self.ask("cells?model=" + (model or self.model["name"]), pathlib.Path(path).read_bytes())["cells"][0]

    def row(self, path):
        """A line of the table, as aml-predictions(5) has it."""
        cell = self.cell(path)
        p = {c["class"]: c["probability"] for c in cell["classes"]}
        name = path.name
        for special, escape in ("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"):
            name = name.replace(special, escape)
        return "\t".join([name, "-", cell["class"]] + ["%.9g" % p[c] for c in self.codes]) + "\n"


class Page:
    """The page, and what its user does."""

    def __init__(self, url, scratch):
        self.url, self.browser, self.heard = url, Browser(), []
        self.browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(scratch))

    def open(self, width=1280):
        self.heard += self.browser.events
        self.browser.open(self.url, width)
        return self.browser.wait('!document.getElementById("files").disabled')

    def choose(self, *paths):
        before = self.browser.evaluate("cells.length")
        self.browser.choose("#files", *paths)
        self.browser.wait("cells.length > %d" % before)

    def pause(self, seconds):
        self.browser.evaluate("new Promise(done => setTimeout(done, %d))" % (1000 * seconds))

    def done(self):
        return self.browser.wait('document.getElementById("running").hidden')

    def cards(self):
        self.browser.wait('[...document.images].every(i => i.complete)', 10)
        return self.browser.evaluate(CARDS)

    def text(self, name):
        return self.browser.evaluate('document.getElementById("%s").textContent' % name)

    def focus(self, script):
        self.browser.evaluate("(%s).focus()" % script)

    def press(self, script, key="Enter"):
        self.focus(script)
        self.browser.press(key)

    def clear(self):
        self.press('document.getElementById("clear")')

    def requests(self, part):
        """How many requests since the page was opened had PART in their address."""
        self.browser.evaluate("0")
        return sum(m == "Network.requestWillBeSent" and part in p["request"]["url"] for m, p in self.browser.events)

    def offline(self, offline):
        self.browser.call("Network.emulateNetworkConditions", offline=offline, latency=0, downloadThroughput=-1,
                          uploadThroughput=-1)

    def hold(self, what="*cells?*"):
        self.browser.call("Fetch.enable", patterns=[{"urlPattern": what}])

    def release(self):
        self.browser.call("Fetch.disable")

    def held(self, n=1):
        """The next N requests that wait for what the test does with them."""
        got = []
        for _ in range(600):
            got += [p["requestId"] for p in self.browser.take("Fetch.requestPaused")]
            if len(got) >= n:
                return got
            self.pause(.1)
        raise TimeoutError("%d requests of %d" % (len(got), n))

    def reply(self, request, body, status=200, kind="application/json"):
        body = body if isinstance(body, str) else json.dumps(body)
        self.browser.call("Fetch.fulfillRequest", requestId=request, responseCode=status,
                          responseHeaders=[{"name": "Content-Type", "value": kind}],
                          body=base64.b64encode(body.encode()).decode())

    def replied(self, path, body, **more):
        """The card of a picture for which the service is made to answer BODY."""
        self.hold()
        self.choose(path)
        self.reply(self.held()[0], body, **more)
        self.done()
        self.release()
        return self.cards()[0]


def percent(p):
    return ("> 99.9" if p < 1 and "%.1f" % (100 * p) == "100.0" else "%.1f" % (100 * p)) + "\u00a0%"


def same(card, cell, path, service):
    """Does the card say what the service says?"""
    entry = next(c for c in service.model["classes"] if c["code"] == cell["class"])
    title, shown = (entry["name"], percent(cell["probability"])) if cell["answered"] else ("No answer", None)
    name = SHOWN.get(path.name, path.name)
    return (card["title"], card["name"], card["percent"]) == (title, name, shown) and card["loaded"]


def made(service, p, **more):
    """An answer of the service whose likeliest class is its first, with P."""
    rest = [(1 - p) / (len(service.codes) - 1)] * (len(service.codes) - 1)
    model = service.model
    classes = [{"class": c["code"], "name": c["name"], "probability": q} for c, q in zip(model["classes"], [p] + rest)]
    cell = {"file": "x", "sha256": "0" * 64, "width": 1, "height": 1, "class": service.codes[0], "probability": p,
            "answered": True, "classes": classes, "picture": PNG, "explanation": PNG, **more}
    return {"model": {"name": model["name"], "digest": model["digest"]}, "min_prob": .5, "cells": [cell]}


# ---- what is checked ----

def check_model(page, service):
    ok(page.open(), "the page asks which models there are")
    digest = service.model["digest"]
    ok((page.text("short"), page.text("digest")) == (digest[:12], digest), "the digest, short and whole")
    names = page.browser.evaluate('[...document.getElementById("model").options].map(o => o.text)')
    ok(len(names) == 2 and names == [m["name"] for m in service.about["models"]], "a choice of models", names)
    ok("8.4\u00a0MB" in page.text("limit"), "the largest size", page.text("limit"))


def check_one(page, service, path):
    page.choose(path)
    page.browser.wait('document.querySelector("#gallery img")')
    page.done()
    card, cell = page.cards()[0], service.cell(path)
    ok(same(card, cell, path, service), "one picture: class, probability, name, picture", card, cell)
    ok((card["bars"], card["rest"]) == (5, len(service.codes) - 5), "five bars, the others on demand", card)
    ok(page.text("status").startswith(path.name + ": "), "the answer is read aloud", page.text("status"))
    ok(page.browser.evaluate('document.getElementById("summary").hidden'), "one picture is no differential")
    before = page.browser.evaluate('document.querySelector("#gallery img").src')
    for key, pressed in ("Enter", "true"), (" ", "false"):
        page.press('document.querySelector("#gallery [aria-pressed]")', key)
        page.browser.wait("document.querySelector('#gallery img').complete")
        card = page.cards()[0]
        state = page.browser.evaluate('document.querySelector("#gallery [aria-pressed]").ariaPressed')
        moved = page.browser.evaluate('document.querySelector("#gallery img").src') != before
        ok(state == pressed and moved == (pressed == "true") and card["loaded"] and ("looked" in card["alt"]) == moved,
           "where it looked, by the key %r: %s" % (key, pressed), card)


def check_ten(page, service, paths):
    page.hold()
    page.browser.drop(640, 700, *paths)
    first = page.held(2)
    page.pause(.3)
    ok(len(first) == 2 and not page.browser.take("Fetch.requestPaused"),
       "ten dropped beside the field: two requests at a time")
    ok(page.text("done") == "1 of 11", "progress", page.text("done"))
    for request in first:
        page.browser.call("Fetch.continueRequest", requestId=request)
    page.release()
    page.done()
    cards, cells = page.cards(), [service.cell(p) for p in paths]
    ok(len(cards) == 11 and all(same(*x, service) for x in zip(cards, cells, paths)),
       "ten answers, the newest files first", *cards)
    page.press('document.getElementById("everywhere")', " ")
    ok(all("looked" in c["alt"] for c in page.cards()), "where it looked, on all pictures")
    page.press('document.getElementById("everywhere")', " ")


def check_counts(page, cells):
    rows = page.browser.evaluate(
        '[...document.querySelectorAll("#rows tr")].map(tr => [...tr.cells].map(c => c.firstChild.data))')
    answered = [c["class"] for c in cells if c["answered"]]
    counts = sorted(({c: answered.count(c) for c in answered}).items())
    ok(sorted((code, int(n)) for code, n, _ in rows) == counts, "counts by class", rows, counts)
    ok(all(share == percent(int(n) / len(answered)) for _, n, share in rows), "shares of what is answered", rows)
    silent = len(cells) - len(answered)
    ok(("%d without an answer" % silent in page.text("apart")) == (silent > 0), "abstained cells apart", page.text("apart"))


def check_refused(page, service, scratch):
    bad = {"broken.tiff": b"II*\0" + bytes(range(256)) * 4, "words.txt": b"This is no picture.\n", "empty.png": b""}
    for name, data in bad.items():
        (scratch / name).write_bytes(data)
        page.choose(scratch / name)
        page.browser.wait('document.querySelector("#gallery bdi").textContent === "%s"' % name)
        page.done()
        card = page.cards()[0]
        ok(card["title"] == "Not read" and card["says"] and not card["again"], name + ": told in words", card)
    large = scratch / "large.tiff"
    with large.open("wb") as f:
        f.truncate(LARGE)
    before = page.requests("cells?")
    page.choose(large)
    card = page.cards()[0]
    ok(card["title"] == "Too large" and all(size + "\u00a0MB" in card["says"][0] for size in ("52.4", "8.4")),
       "50 MiB: told", card)
    ok(page.requests("cells?") == before, "50 MiB: not sent")
    ok("4 not read" in page.text("apart"), "the table tells of what has no answer", page.text("apart"))


def check_odd(page, service, paths):
    page.choose(*paths)
    page.browser.wait('document.querySelectorAll("#gallery li > img").length === %d' % len(paths))
    page.done()
    cards = page.cards()
    ok([c["name"] for c in cards] == [SHOWN.get(p.name, p.name) for p in paths] and not any(c["tags"] for c in cards),
       "odd names are text", *cards)
    ok(not page.browser.take("Page.javascriptDialogOpening"), "odd names run nothing")
    twins = sum("same file" in " ".join(c["says"]) for c in cards)
    ok(twins == len(paths) - 1, "copies of a file are told", *cards)
    evil = "<b>bold</b><script>alert(1)</script>"
    card = page.replied(paths[0], made(service, .9, note=evil))
    ok(evil in card["says"], "a note is text", card)
    card = page.replied(paths[0], made(service, .9, error=evil))
    ok(evil in card["says"][0], "an error is text", card)


def check_table(page, service, paths, scratch):
    table = scratch / "predictions.tsv"
    page.clear()
    page.choose(*paths)
    page.browser.wait('document.querySelectorAll("#gallery li > img").length === %d' % len(paths))
    page.done()
    page.press('document.getElementById("save")')
    for _ in range(100):
        if table.exists():
            break
        page.pause(.1)
    want = "\t".join(["id", "true", "predicted"] + service.codes) + "\n" + "".join(map(service.row, paths))
    got = table.read_bytes().decode()
    ok(got == want, "the table, as aml-predictions(5) has it", *set(got.splitlines()) ^ set(want.splitlines()))
    p = made(service, .9)
    p["cells"][0]["classes"][1]["probability"] = 1.5e-7
    page.clear()
    page.replied(paths[0], p)
    row = page.browser.evaluate('tableRow(cells[0]).join(" ")')
    ok(" 0.9 1.5e-07 " in row, "a tiny probability, as C writes it", row)


def check_abstention(page, service, path):
    name = service.model["classes"][0]["name"]
    for p, has, below in (.412, "41.2", "50.0"), (.49999, "49.999", "50.000"):
        card = page.replied(path, made(service, p, answered=False))
        says = "The model does not say: its best guess, %s, has %s\u00a0%%, below %s\u00a0%%." % (name, has, below)
        ok(card["title"] == "No answer" and says in card["says"], "abstention at %g, in words" % p, card, says)
    card = page.replied(path, made(service, .99996))
    ok(card["percent"] == "> 99.9\u00a0%", "nearly sure is not sure", card)


def check_trouble(page, service, path):
    retry = 'document.querySelector("#gallery [aria-label^=Try]")'
    page.clear()
    page.offline(True)
    page.choose(path)
    page.done()
    card = page.cards()[0]
    ok(card["title"] == "Not reached" and card["again"], "no network: told, with another try", card)
    page.offline(False)
    page.press(retry)
    ok(page.browser.evaluate('document.activeElement.matches("#gallery > li")'), "the focus stays at the cell")
    page.browser.wait('document.querySelector("#gallery img")')
    ok(same(page.cards()[0], service.cell(path), path, service), "the second try is answered")
    html = "<!DOCTYPE html><title>x</title><p>Bad gateway"
    for status, title, again in ((502, "No reply", True), (200, "Not understood", True), (413, "Too large", False),
                                 (401, "Not signed in", False)):
        card = page.replied(path, html, status=status, kind="text/html")
        ok((card["title"], card["again"]) == (title, again) and "Bad gateway" not in str(card),
           "HTML with status %d" % status, card)
    card = page.replied(path, {"error": "all workers are busy"}, status=503)
    ok("all workers are busy" in card["says"] and card["again"], "503, with the service's words", card)
    other = made(service, .9)
    other["model"]["digest"] = "f" * 64
    ok(page.replied(path, other)["title"] == "Another model", "a model that was exchanged meanwhile is noticed")
    for body in {}, {"cells": []}, {"cells": [{"class": "?", "classes": []}]}, [], "null", "7":
        card = page.replied(path, body)
        ok(card["title"] == "Not understood", "an answer that is none: %s" % body, card)
    page.clear()
    ok(page.text("none") and not page.cards(), "all removed")


def check_about(page):
    page.hold("*about")
    page.heard += page.browser.events
    page.browser.call("Page.reload")
    page.reply(page.held()[0], "<p>Starting", status=503, kind="text/html")
    ok(page.browser.wait('!document.getElementById("trouble").hidden', 10), "no service: told")
    page.release()
    page.press('document.getElementById("retry")')
    ok(page.browser.wait('!document.getElementById("files").disabled', 10), "no service: another try")


def check_cancel(page, paths):
    page.hold()
    page.choose(*paths)
    page.held(2)
    page.press('document.getElementById("cancel")')
    cards = page.cards()
    ok([c["title"] for c in cards] == ["Cancelled"] * len(paths) and all(c["again"] for c in cards), "cancelled", *cards)
    ok(page.browser.evaluate('document.activeElement.id') == "files", "the focus goes to the field")
    page.release()
    page.press('document.getElementById("again")')
    page.browser.wait('document.querySelectorAll("#gallery li > img").length === %d' % len(paths))
    ok(all(c["loaded"] for c in page.cards()), "all once more")
    page.press('document.querySelector("#gallery [aria-label^=Remove]")')
    ok(len(page.cards()) == len(paths) - 1, "one removed")
    ok(page.browser.evaluate('document.activeElement === document.querySelector("#gallery > li")'),
       "the focus goes to the next")


def check_other_model(page, service, path):
    other = service.about["models"][1]
    page.clear()
    page.choose(path)
    page.browser.wait('document.querySelector("#gallery img")')
    page.press('document.getElementById("model")', "ArrowDown")
    page.browser.wait("model === about.models[1]", 10)
    page.browser.wait('document.querySelector("#gallery img")')
    page.done()
    ok(same(page.cards()[0], service.cell(path, other["name"]), path, service), "the other model is asked again",
       page.cards()[0])
    ok(page.text("digest") == other["digest"], "its digest")
    page.press('document.getElementById("model")', "ArrowUp")
    page.done()


def check_keyboard(page, path):
    """What Tab reaches, in order, each with a mark that is seen."""
    page.open()
    page.choose(path, path)
    page.browser.wait('document.querySelectorAll("#gallery img").length === 2')
    page.browser.evaluate('document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute("tabindex")')
    stops, marks = [], []
    while len(stops) < 40:
        page.browser.press("Tab")
        stop = page.browser.evaluate("""(e => e === document.body ? "" : e.id || e.className || e.ariaLabel?.split(":")[0]
            || e.textContent.split(" ")[0])(document.activeElement)""")
        if not stop or stop in stops[:1]:
            break
        stops.append(stop)
        marks.append(page.browser.evaluate(
            '(e => getComputedStyle(e.closest(".drop") || e).outlineStyle)(document.activeElement)'))
    more = page.browser.evaluate('document.querySelector("#gallery summary").textContent.split(" ")[0]')
    want = ["skip", "model", "Digest", "kinds", "files", "table", "everywhere", "save", "clear"]
    want += [more, "Where it looked", "Remove"] * 2
    ok([s for s in stops if s != "aside"] == want, "Tab goes through all in order", stops, want)
    ok(all(m == "solid" for m in marks), "the focus is seen everywhere", marks)
    tree = page.browser.call("Accessibility.getFullAXTree")["nodes"]
    roles = "button", "checkbox", "combobox", "link", "image", "region", "DisclosureTriangle", "progressbar"
    nameless = [n["role"]["value"] for n in tree if not n.get("ignored") and n.get("role", {}).get("value") in roles
                and not n.get("name", {}).get("value")]
    ok(not nameless, "all has a name", *nameless)


def check_folder(page, service, paths, scratch):
    within = scratch / "slide" / "left"
    within.mkdir(parents=True)
    for p in paths:
        shutil.copy(p, within)
    page.clear()
    page.browser.drop(640, 400, scratch / "slide")
    page.browser.wait('document.querySelectorAll("#gallery img").length === %d' % len(paths))
    ok([c["name"] for c in page.cards()] == sorted(p.name for p in paths), "a folder", *page.cards())


def check_looks(page, service, paths, refused, folder):
    page.open()
    page.choose(*paths, *refused)
    page.browser.wait('document.querySelectorAll("#gallery img").length === %d' % len(paths))
    page.done()
    page.replied(paths[0], made(service, .412, answered=False, picture=None, explanation=None))
    page.replied(paths[0], "<p>Bad gateway", status=502, kind="text/html")
    page.browser.evaluate('document.querySelectorAll("#gallery [aria-pressed]")[1].click()')
    page.browser.evaluate('document.querySelectorAll("#gallery summary")[2].click()')
    for width in WIDTHS:
        for dark in False, True:
            scheme = "dark" if dark else "light"
            page.browser.window(width, dark=dark)
            seen(page.browser, "%d pixels, %s" % (width, scheme), folder / ("serve-%d-%s.png" % (width, scheme)),
                 ("header", "main", "footer"), runs=True)
    page.browser.window(1280, still=True)
    moving = page.browser.evaluate("""[...document.querySelectorAll("*")].filter(e =>
        (s => parseFloat(s.transitionDuration) || s.animationName !== "none")(getComputedStyle(e))).length""")
    ok(moving == 0, "nothing moves where no motion is preferred", moving)
    page.browser.evaluate("scrollTo(0, document.body.scrollHeight)")
    top = page.browser.evaluate('document.querySelector(".research").getBoundingClientRect().top')
    ok(top == 0, "the warning stays in sight", top)
    printed(page.browser, "the page", folder / "serve.pdf")


def check_quiet(page, url):
    """Nothing on the console but what the browser says of failed requests; nothing from elsewhere."""
    heard = page.heard + page.browser.events
    loud = [p for m, p in heard if m in LOUD and p.get("entry", {}).get("source") != "network"]
    ok(not loud, "nothing on the console", *loud)
    asked = {p["request"]["url"].split("?")[0] for m, p in heard if m == "Network.requestWillBeSent"}
    away = [u[:80] for u in asked if u not in (url, url + "about", url + "cells") and not u.startswith(("data:", "blob:"))]
    ok(url + "cells" in asked and not away, "no request elsewhere", *away)


def main():
    url, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="aml-serve-page."))
    paths = sorted((TOP / "examples/demo-cells").glob("*/*.tiff"))[::55][:11]
    odd = [pathlib.Path(shutil.copy(paths[0], scratch / name)) for name in ODD]
    service, page = Service(url), Page(url, scratch)
    check_model(page, service)
    check_one(page, service, paths[0])
    check_ten(page, service, paths[1:])
    check_counts(page, [service.cell(p) for p in paths])
    check_refused(page, service, scratch)
    page.clear()
    check_odd(page, service, odd)
    check_table(page, service, odd + paths[1:], scratch)
    check_abstention(page, service, paths[0])
    check_trouble(page, service, paths[0])
    check_cancel(page, paths[:5])
    check_folder(page, service, paths[:3], scratch)
    check_other_model(page, service, paths[0])
    check_about(page)
    check_keyboard(page, paths[0])
    check_looks(page, service, paths, [scratch / "words.txt", scratch / "large.tiff", odd[0]], folder)
    check_quiet(page, url)
    page.browser.close()
    shutil.rmtree(scratch)
    end()


main()
