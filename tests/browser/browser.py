"""A headless Chromium that obeys: the DevTools protocol over its pipes, with nothing but the standard library."""
import base64, json, os, shutil, subprocess, tempfile, time

PROGRAMS = "chromium", "chromium-browser", "google-chrome"
KEYS = {"Tab": (9, ""), "ArrowDown": (40, ""), "ArrowUp": (38, ""), "Enter": (13, "\r"), " ": (32, " ")}    # code, text


class Browser:
    """One page. `events` has what the browser told since it was last emptied, as (method, params)."""

    def __init__(self):
        program = next(filter(None, map(shutil.which, PROGRAMS)))
        self.profile = tempfile.mkdtemp(prefix="aml-browser.")
        commands, self.to = os.pipe()
        self.answers, answers = os.pipe()
        self.process = subprocess.Popen(
            ["sh", "-c", 'exec "$0" "$@" 3<&%d 4>&%d' % (commands, answers), program, "--headless", "--no-sandbox",
             "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run", "--remote-debugging-pipe",
             "--disable-background-networking", "--user-data-dir=" + self.profile, "about:blank"],
            pass_fds=(commands, answers), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        self.rest, self.number, self.session, self.events = b"", 0, None, []
        page = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in "Page", "Runtime", "Log", "Network":
            self.call(domain + ".enable")

    def message(self):
        while b"\0" not in self.rest:
            more = os.read(self.answers, 1 << 20)
            if not more:
                raise EOFError("the browser is gone")
            self.rest += more
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def send(self, method, **params):
        self.number += 1
        order = {"id": self.number, "method": method, "params": params}
        if self.session:
            order["sessionId"] = self.session
        os.write(self.to, json.dumps(order).encode() + b"\0")
        return self.number

    def call(self, method, **params):
        """The result of a command; events that come meanwhile are kept. A dialog is closed, as the page stands still below it."""
        number = self.send(method, **params)
        while True:
            got = self.message()
            if got.get("id") == number:
                if "error" in got:
                    raise RuntimeError("%s: %s" % (method, got["error"]["message"]))
                return got["result"]
            self.events.append((got.get("method"), got.get("params")))
            if got.get("method") == "Page.javascriptDialogOpening":
                self.send("Page.handleJavaScriptDialog", accept=False)

    def window(self, width, height=900, dark=False, still=False):
        """The size of the window, and what its user prefers: a dark page, no motion."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", media="",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
                            {"name": "prefers-reduced-motion", "value": "reduce" if still else "no-preference"}])

    def open(self, url, width, height=900, dark=False):
        """Loads URL in a window of this width; returns when everything on it is there."""
        self.window(width, height, dark)
        self.events.clear()
        self.call("Page.navigate", url=url)
        while not any(method == "Page.loadEventFired" for method, _ in self.events):
            got = self.message()
            self.events.append((got.get("method"), got.get("params")))
        self.evaluate("document.fonts.ready.then(() => 0)")

    def evaluate(self, script):
        got = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in got:
            raise RuntimeError(got["exceptionDetails"]["exception"]["description"])
        return got["result"].get("value")

    def wait(self, condition, seconds=60):
        """Until the script CONDITION is true; returns whether it became so."""
        end = time.monotonic() + seconds
        while not self.evaluate("Boolean(%s)" % condition):
            if time.monotonic() > end:
                return False
            time.sleep(.05)
        return True

    def take(self, method):
        """The parameters of all events of this kind, which are then forgotten."""
        self.evaluate("0")
        got = [p for m, p in self.events if m == method]
        self.events = [(m, p) for m, p in self.events if m != method]
        return got

    def choose(self, selector, *paths):
        """Files for an <input type=file>."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(p) for p in paths])

    def drop(self, x, y, *paths):
        data = {"items": [], "files": [str(p) for p in paths], "dragOperationsMask": 1}
        for kind in "dragEnter", "dragOver", "drop":
            self.call("Input.dispatchDragEvent", type=kind, x=x, y=y, data=data)

    def press(self, key):
        code, text = KEYS[key]
        more = {"text": text} if text else {}
        for kind in "keyDown" if text else "rawKeyDown", "keyUp":
            self.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **more)
            more = {}

    def screenshot(self, path, clip=None):
        """The whole page, or CLIP = (x, y, width, height) of it."""
        more = {"clip": dict(zip(("x", "y", "width", "height"), clip), scale=1)} if clip else {}
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, **more)["data"]
        with open(path, "wb") as f:
            f.write(base64.b64decode(data))

    def print(self, path):
        data = self.call("Page.printToPDF", printBackground=False, preferCSSPageSize=True, paperWidth=8.27,
                         paperHeight=11.69)["data"]
        with open(path, "wb") as f:
            f.write(base64.b64decode(data))

    def close(self):
        self.session = None
        self.call("Browser.close")
        self.process.wait(30)
        shutil.rmtree(self.profile, ignore_errors=True)
