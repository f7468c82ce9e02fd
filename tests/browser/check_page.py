#!/usr/bin/env python3
"""Opens pages of aml-report in a browser: check_page.py FOLDER PAGE.html...  TAP; screenshots and PDF go to FOLDER."""
import pathlib, sys

from browser import Browser

WIDTHS = 1280, 400, 320                 # a wide window, a telephone, and the wide window at 400 %
LOUD = "Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"
count = failed = 0


def ok(passed, what, *more):
    global count, failed
    count += 1
    failed += not passed
    print("ok" if passed else "not ok", count, "-", what, flush=True)
    if not passed:
        for m in more[:5]:
            print("#  ", str(m)[:300], flush=True)


def check(browser, page, folder, script):
    url = page.resolve().as_uri()
    for width in WIDTHS:
        for dark in False, True:
            name = "%s, %d pixels, %s" % (page.name, width, "dark" if dark else "light")
            browser.open(url, width, dark=dark)
            loud = [p for m, p in browser.events if m in LOUD]
            asked = [p["request"]["url"] for m, p in browser.events if m == "Network.requestWillBeSent"]
            wrong = browser.evaluate(script)
            ok(not loud, name + ": nothing on the console", *loud)
            away = [u[:80] for u in asked if u != url and not u.startswith("data:")]
            ok(url in asked and not away, name + ": no request", *away)
            ok(not wrong, name + ": seen whole, read aloud, in contrast", *wrong)
            picture = folder / ("%s-%d-%s.png" % (page.stem, width, "dark" if dark else "light"))
            browser.screenshot(picture)
            ok(picture.stat().st_size > 20000, name + ": a screenshot")
    printed = folder / (page.stem + ".pdf")
    browser.print(printed)
    ok(printed.read_bytes().startswith(b"%PDF"), page.name + ": on paper")


def main():
    folder, pages = pathlib.Path(sys.argv[1]), map(pathlib.Path, sys.argv[2:])
    script = pathlib.Path(__file__).with_name("check_page.js").read_text()
    browser = Browser()
    for page in pages:
        check(browser, page, folder, script)
    browser.close()
    print("1..%d" % count)
    sys.exit(failed > 0)


main()
