"""What tests of pages share: TAP, and looking at the page that is open."""
import json, pathlib, sys

WIDTHS = 1280, 400, 320                 # a wide window, a telephone, and the wide window at 400 %
LOUD = "Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"
SCRIPT = pathlib.Path(__file__).with_name("check_page.js").read_text()
count = failed = 0


def ok(passed, what, *more):
    global count, failed
    count += 1
    failed += not passed
    print("ok" if passed else "not ok", count, "-", what, flush=True)
    if not passed:
        for m in more[:5]:
            print("#  ", str(m)[:300], flush=True)


def seen(browser, name, picture, landmarks, runs):
    """Is the open page whole and readable? A screenshot of it goes to PICTURE."""
    wrong = browser.evaluate("(%s)(%s)" % (SCRIPT, json.dumps({"landmarks": landmarks, "runs": runs})))
    ok(not wrong, name + ": seen whole, read aloud, in contrast", *wrong)
    browser.screenshot(picture)
    ok(picture.stat().st_size > 20000, name + ": a screenshot")


def printed(browser, name, path):
    browser.print(path)
    ok(path.read_bytes().startswith(b"%PDF"), name + ": on paper")


def end():
    print("1..%d" % count)
    sys.exit(failed > 0)
