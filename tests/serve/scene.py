"""What the parts of check.sh share: results, aml-serve, web servers in front of it, SCGI by hand, what aml-predict says."""
import atexit, glob, io, json, os, pathlib, shutil, signal, socket, subprocess, sys, tempfile, time

TOP = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ["BIN"])
PATIENCE = 120                          # seconds until something that must happen has not happened

folder = pathlib.Path(tempfile.mkdtemp(prefix="s.", dir=os.environ.get("SCRATCH")))      # short: sockets lie there
running = []


# ---- results, numbered by check.sh ----

def ok(passed, what, *more):
    """One result; MORE is shown where it is bad."""
    print("ok" if passed else "not ok", "-", what, flush=True)
    for m in more if not passed else ():
        print("#  ", "\n#   ".join(str(m)[:2000].splitlines()), flush=True)
    return passed


def same(got, want, what):
    return ok(got == want, what, "got  %.600r" % (got,), "want %.600r" % (want,))


def tell(*text):
    print("#", *text, flush=True)


def until(happened, seconds=PATIENCE):
    """Waits until HAPPENED() is true, and returns what it was last."""
    end = time.monotonic() + seconds
    while not (result := happened()) and time.monotonic() < end:
        time.sleep(.02)
    return result


# ---- models and pictures ----

MODEL, OTHER = os.environ["MODEL"], os.environ["OTHER"]


def cells(each=1):
    """EACH pictures of every class: the demo's, and those of a folder wbc beside the source if it is there."""
    roots = [TOP / "examples/demo-cells", *map(pathlib.Path, glob.glob(str(TOP.parent / "shared/wbc/*")))]
    return [f for r in roots if r.is_dir() for c in sorted(r.iterdir()) if c.is_dir()
            for f in [f for f in sorted(c.iterdir()) if f.suffix in (".tiff", ".png", ".jpg")][:each]]


def predicted(model, files):
    """What aml-predict prints: {file: {class: probability}}."""
    printed = subprocess.run([BIN / "aml-predict", "--json", "-k", "15", model, *files], check=True,
                             capture_output=True, text=True).stdout
    return {pathlib.Path(a["file"]): {p["class"]: p["probability"] for p in a["predictions"]}
            for a in map(json.loads, printed.splitlines())}


def pixels(file):
    """The bytes that the network gets, S x S x C."""
    import numpy as np
    return np.load(io.BytesIO(subprocess.run([BIN / "aml-downsample", "-t", "u1", file], check=True,
                                             capture_output=True).stdout))


# ---- processes ----

def start(command, **more):
    p = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, **more)
    running.append(p)
    return p


@atexit.register
def clean():
    for p in running:
        if p.poll() is None:
            p.terminate()
            try:
                p.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                p.kill()
    shutil.rmtree(folder, ignore_errors=True)


class Serve:
    """aml-serve in a folder of its own, at the socket SOCKET, with LOG and STDERR beside it."""

    def __init__(self, *options, models=("cells=" + MODEL,), workers=2, name="serve", log=None, wait=True):
        self.home = folder / name
        self.home.mkdir(exist_ok=True)
        for part in ("cwd", "tmp"):
            (self.home / part).mkdir(exist_ok=True)
        self.socket = str(self.home / "socket")
        self.log, self.stderr = log or self.home / "log", self.home / "stderr"
        self.began = time.monotonic()
        with open(self.stderr, "wb") as err:
            self.process = start([BIN / "aml-serve", *sum((["-m", m] for m in models), []), "--listen", self.socket,
                                  "-j", workers, "--log", self.log, *options],
                                 cwd=self.home / "cwd", env={**os.environ, "TMPDIR": str(self.home / "tmp")}, stderr=err)
        if wait and not until(lambda: self.process.poll() is not None or self.answers()):
            sys.exit("aml-serve does not come up: " + self.said())
        self.took = time.monotonic() - self.began

    def answers(self):
        try:
            return ask(self, "/about").status == 200
        except OSError:
            return False

    def said(self):
        return self.stderr.read_text(errors="replace")

    def workers(self):
        pid = self.process.pid
        with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
            return sorted(map(int, f.read().split()))

    def hang_up(self):
        self.process.send_signal(signal.SIGHUP)

    def stop(self):
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def log_lines(self):
        return pathlib.Path(self.log).read_bytes().splitlines()


def memory(pid, field="VmRSS"):
    """MiB"""
    with open("/proc/%d/status" % pid) as f:
        return int(next(line for line in f if line.startswith(field)).split()[1]) / 1024


def descriptors(pids):
    return sum(len(os.listdir("/proc/%d/fd" % pid)) for pid in pids)


# ---- SCGI ----

def netstring(head):
    return b"%d:%s," % (len(head), head)


def head(variables):
    return netstring(b"".join(k.encode() + b"\0" + (v if isinstance(v, bytes) else v.encode()) + b"\0"
                              for k, v in variables.items()))


def request(path, body=b"", method=None, query="", **more):
    """The bytes of a request; MORE are variables, also in place of what they would be."""
    return head({"CONTENT_LENGTH": str(len(body)), "SCGI": "1", "REQUEST_METHOD": method or ("POST" if body else "GET"),
                 "PATH_INFO": path, "QUERY_STRING": query, **more}) + body


class Answer:
    def __init__(self, data):
        self.data = data
        top, _, self.body = data.partition(b"\r\n\r\n")
        self.headers = dict(line.split(": ", 1) for line in top.decode("latin1").split("\r\n") if ": " in line)
        self.status = int(self.headers.get("Status", "0")[:3])

    def json(self):
        return json.loads(self.body)

    def error(self):
        """The message of an error; "" where the body is none."""
        try:
            return self.json()["error"]
        except (ValueError, KeyError, TypeError):
            return ""


def connect(serve):
    """Patiently: with a timeout Python does not wait itself where the queue of the socket is full."""
    end = time.monotonic() + PATIENCE
    while True:
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(PATIENCE)
        try:
            s.connect(serve.socket)
            return s
        except BlockingIOError:
            s.close()
            if time.monotonic() > end:
                raise
            time.sleep(.01)


def receive(s):
    data = b""
    try:
        while piece := s.recv(1 << 16):
            data += piece
    except ConnectionResetError:
        pass
    s.close()
    return Answer(data)


def send(serve, data, end=False):
    """Sends DATA as it is, and the end of the stream where END; what comes back."""
    s = connect(serve)
    try:
        s.sendall(data)
        if end:
            s.shutdown(socket.SHUT_WR)
    except (BrokenPipeError, ConnectionResetError):         # refused before all was sent: the answer is there
        pass
    return receive(s)


def ask(serve, path, body=b"", **more):
    return send(serve, request(path, body, **more))


def tensor_json(x, key="inputs"):
    return json.dumps({key: x}).encode()


# ---- web servers ----

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


LIGHTTPD = """
server.modules = ("mod_alias", "mod_setenv", "mod_cgi", "mod_scgi")
server.bind = "127.0.0.1"
server.port = %(port)d
server.document-root = "%(home)s"
server.errorlog = "%(home)s/error.log"
server.upload-dirs = ("%(home)s")
server.max-request-size = 131072
server.max-connections = 2048
server.max-fds = 8192
$HTTP["url"] =~ "^/cgi($|/)" {
	alias.url = ("/cgi" => "%(bin)s/aml-serve")
	cgi.assign = ("aml-serve" => "")
	setenv.set-environment = ("AML_SERVE_OPTIONS" => "%(options)s")
}
else $HTTP["url"] =~ "^/below/" {
	scgi.server = ("/below" => (("socket" => "%(socket)s", "check-local" => "disable")))
}
else $HTTP["url"] =~ "" {
	scgi.server = ("/" => (("socket" => "%(socket)s", "check-local" => "disable", "fix-root-scriptname" => "enable")))
}
"""

NGINX = """
daemon off;
worker_processes 1;
error_log %(home)s/error.log;
pid %(home)s/pid;
events { worker_connections 4096; }
http {
	access_log off;
	client_max_body_size 128m;
	client_body_temp_path %(home)s/body;
	proxy_temp_path %(home)s/proxy;
	fastcgi_temp_path %(home)s/fastcgi;
	uwsgi_temp_path %(home)s/uwsgi;
	scgi_temp_path %(home)s/scgi;
	server {
		listen 127.0.0.1:%(port)d;
		location / {
			include /etc/nginx/scgi_params;
			scgi_pass unix:%(socket)s;
		}
		location ~ ^/below(/.*) {
			include /etc/nginx/scgi_params;
			scgi_param PATH_INFO $1;
			scgi_pass unix:%(socket)s;
		}
	}
}
"""


class Web:
    """A web server on a free port of loopback in front of SERVE; CGI at /cgi with CGI_OPTIONS (lighttpd alone)."""

    def __init__(self, kind, serve, cgi_options=""):
        self.kind, self.port = kind, free_port()
        home = pathlib.Path(tempfile.mkdtemp(prefix=kind, dir=folder))
        config = home / "config"
        config.write_text({"lighttpd": LIGHTTPD, "nginx": NGINX}[kind] % {
            "port": self.port, "home": home, "socket": serve.socket, "bin": BIN, "options": cgi_options})
        os.chmod(folder, 0o755)
        os.chmod(home, 0o777)
        program = shutil.which(kind, path=os.environ["PATH"] + ":/usr/sbin")
        with open(home / "stderr", "wb") as err:
            self.process = start([program, "-D", "-f", config] if kind == "lighttpd" else
                                 [program, "-p", home, "-e", home / "error.log", "-c", config,
                                  *(["-g", "user root;"] if os.geteuid() == 0 else [])], stderr=err)
        if not until(lambda: self.process.poll() is not None or self.is_up()) or self.process.poll() is not None:
            sys.exit("%s does not come up: %s" % (kind, (home / "stderr").read_text()))
        self.host = "127.0.0.1:%d" % self.port
        self.url = "http://" + self.host

    def is_up(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0
