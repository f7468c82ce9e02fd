#!/usr/bin/env python3
"""Opens pages of aml-report in a browser: check_page.py FOLDER PAGE.html...  TAP; screenshots and PDF go to FOLDER."""
import pathlib, sys

from browser import Browser
from pages import LOUD, WIDTHS, end, ok, printed, seen

LANDMARKS = "header", "nav", "main", "footer"


def check(browser, page, folder):
    url = page.resolve().as_uri()
    for width in WIDTHS:
        for dark in False, True:
            scheme = "dark" if dark else "light"
            name = "%s, %d pixels, %s" % (page.name, width, scheme)
            browser.open(url, width, dark=dark)
            loud = [p for m, p in browser.events if m in LOUD]
            asked = [p["request"]["url"] for m, p in browser.events if m == "Network.requestWillBeSent"]
            ok(not loud, name + ": nothing on the console", *loud)
            away = [u[:80] for u in asked if u != url and not u.startswith("data:")]
            ok(url in asked and not away, name + ": no request", *away)
            seen(browser, name, folder / ("%s-%d-%s.png" % (page.stem, width, scheme)), LANDMARKS, runs=False)
    printed(browser, page.name, folder / (page.stem + ".pdf"))


def main():
    folder, pages = pathlib.Path(sys.argv[1]), map(pathlib.Path, sys.argv[2:])
    browser = Browser()
    for page in pages:
        check(browser, page, folder)
    browser.close()
    end()


main()
