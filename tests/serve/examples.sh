#!/usr/bin/env bash
# examples/serve: serve.sh, and the snippets within real web servers: lighttpd, nginx, Apache, those that are installed.
# shellcheck disable=SC2317 # run_rows, until_true and within call the functions
. "${0%/*}/../lib.sh"
# shellcheck source=tests/ready.sh
. "$TESTS/ready.sh"
# shellcheck source=tests/printed.sh
. "$TESTS/printed.sh"
export PATH=$PATH:/usr/sbin
SERVE=$TOP/examples/serve

# All web servers run as nobody where this runs as root: what they read lies in the open.
chmod 755 "$SCRATCH" .
mkdir a\ b && cd a\ b || exit 1
cp "${MODEL:-$TOP/build/demo/models/federated-exact.npz}" model.npz 2>/dev/null || run make_ready
cp "$(command -v aml-serve)" aml-serve
find "$TOP/examples/demo-cells/BAS" -name '*.tiff' | sort | head -n 1 | xargs -d '\n' -I{} cp {} cell.tiff
digest=$(sha256sum cell.tiff | cut -d ' ' -f 1)

if ! command -v curl >/dev/null || ! command -v lighttpd >/dev/null; then
	skip "curl or lighttpd is not installed"
	end
fi

# free_port: one at which nobody listens now
free_port() {
	local port
	for port in $(shuf -i 20000-29999 -n 50); do
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
	done
}

# until_true CMD...: tries for 20 seconds
until_true() {
	for _ in $(seq 200); do
		"$@" >/dev/null 2>&1 && return
		sleep .1
	done
	return 1
}

answers() { curl -s -o "$SCRATCH/answer" -w '%{http_code}' "$@" >"$SCRATCH/code"; }
# gives STATUS TEXT DESCRIPTION ARGUMENT OF CURL...
gives() {
	local want=$1 text=$2 what=$3
	shift 3
	answers "$@"
	cp "$SCRATCH/answer" "$out"
	command="curl $*"
	status=$(cat "$SCRATCH/code")
	if [ "$status" = "$want" ] && grep -qF -- "$text" "$SCRATCH/answer"; then
		ok "$what: $want"
	else
		fail "$what: expected $want and '$text'"
	fi
}

# answers_all URL: the requests that each way must answer; $login: arguments of curl
answers_all() {
	local chunked=("${login[@]}" -H 'Transfer-Encoding: chunked' --data-binary @cell.tiff)
	gives 200 '</html>' "$1 has the page" "${login[@]}" "$2"
	gives 200 '"models": [{"name": "cells"' "$1 tells what it serves" "${login[@]}" "$2about"
	gives 200 "$digest" "$1 takes a TIFF as the body" "${login[@]}" --data-binary @cell.tiff \
		-H 'Content-Type: image/tiff' "$2cells?model=cells&top=1"
	gives 200 '"file": "cell.tiff"' "$1 takes a form" "${login[@]}" -F f=@cell.tiff -F g=@cell.tiff "$2cells"
	case $1 in
	apache.conf*) gives 411 '' "$1 wants the length of a body" "${chunked[@]}" "$2cells" ;;
	apache-cgi*) gives 411 'length is not told' "$1 wants the length of a body" "${chunked[@]}" "$2cells" ;;
	*) gives 200 "$digest" "$1 takes a body without a length told" "${chunked[@]}" "$2cells" ;;
	esac
	gives 404 'nothing is at /no' "$1 knows no other path" "${login[@]}" "$2no"
	gives 200 '"state": "AVAILABLE"' "$1 has TensorFlow Serving's" "${login[@]}" "$2v1/models/cells"
	gives 200 '"ready": true' "$1 has the Open Inference Protocol" "${login[@]}" "$2v2/health/ready"
}

# ---- serve.sh ----

# of PROCESS: those that it started
of() { pgrep -P "$1"; }
started() { grep -q http "$SCRATCH/said"; }

# serves ARGUMENT...: serve.sh with these
serves() { starts sh "$SERVE/serve.sh" "$@"; }

# starts COMMAND...: which runs serve.sh, in a process group of its own as at a terminal
# shellcheck disable=SC2016 # Perl's variables
starts() {
	mkdir -p "$SCRATCH/tmp dir"
	: >"$SCRATCH/said"              # no address of the one before
	TMPDIR="$SCRATCH/tmp dir" BIN=$BIN AML_SERVE_OPTIONS="-m cells=model.npz" \
		setsid perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$@" \
		>"$SCRATCH/said" 2>"$err" &
	process=$!
	until_true started
	children=$(of "$process" | paste -s -d ,)
	check "it has begun: $*" test -n "$children"
}

is_empty() { [ -z "$(ls -A "$SCRATCH/tmp dir")" ]; }

# ended DESCRIPTION: nothing of it is left
ended() {
	until_true is_empty
	wait "$process"
	status=$?
	check "$1: no process is left" test -z "$(ps -o pid= -p "$process,$children")"
	check "$1: no file is left" is_empty
}

login=()
port=$(free_port)
serves model.npz "$port"
url=$(grep -o 'http://[^ ]*' "$SCRATCH/said")
check "serve.sh tells the address" test "$url" = "http://127.0.0.1:$port/"
answers_all serve.sh "$url"
head -c 68000000 /dev/zero >large
gives 413 '' "serve.sh refuses 68 MB" --data-binary @large "${url}cells"
run sh "$SERVE/serve.sh" model.npz "$port"
fails_with "port $port is in use" "a port that is taken"
kill -INT -- "-$process"
ended "Ctrl-C"
exits 130 "Ctrl-C"

serves model.npz
gives 200 models "without a port it finds one" "$(grep -o 'http://[^ ]*' "$SCRATCH/said")about"
kill -TERM "$process"
ended SIGTERM
exits 143 SIGTERM

rows() {
	cat <<-'TABLE'
	README.md                | sh examples/serve/serve.sh build/demo | line
	examples/serve/README.md | sh examples/serve/serve.sh build/demo | line
	TABLE
}
# line BLOCK: as it is printed, beside links to what it names
line() {
	mkdir -p "$SCRATCH/line/build/demo/models"
	ln -sfn "$TOP/examples" "$SCRATCH/line/examples"
	ln -sf "$PWD/model.npz" "$SCRATCH/line/build/demo/models/federated-exact.npz"
	ln -sf "$PWD/model.npz" "$SCRATCH/line/model.npz"
	cd "$SCRATCH/line" && starts sh "$1"
	cd "$OLDPWD" || exit 1
	gives 200 '</html>' "$(cat "$1")" "$(grep -o 'http://[^ ]*' "$SCRATCH/said")"
	kill -INT -- "-$process"
	ended "the printed line"
}
# shellcheck disable=SC2119 # all of them
run_rows

for name in aml-serve lighttpd; do
	serves model.npz "$(free_port)"
	check "$name is killed" pkill -KILL -P "$process" -x "$name"
	ended "$name dies"
	exits 1 "$name dies"
	stderr_has "$name has ended"
done

run sh "$SERVE/serve.sh"
fails_with "which model?" "no model"
run sh "$SERVE/serve.sh" missing.npz
fails_with "missing.npz: no such file" "a model that is not there"
run sh "$SERVE/serve.sh" cell.tiff
fails_with "cell.tiff" "a model that is none"
run sh "$SERVE/serve.sh" model.npz http
fails_with "http: no port" "a port that is none"
run sh "$SERVE/serve.sh" model.npz 70000
fails_with "70000: no port" "a port that is too high"

# ---- the snippets ----

printf 'ada:%s\n' "$(perl -e 'print crypt("secret", "\$6\$salt\$")')" >users
: >users.empty
mkdir logs web
[ "$(id -u)" -ne 0 ] || chown nobody logs
login=(-u ada:secret)

(umask 0; exec aml-serve --listen socket -m cells=model.npz --log log 2>../aml-serve.err) &
service=$!
until_true test -S socket
trap 'kill $service $server 2>/dev/null; wait; rm -rf "$SCRATCH"' EXIT
server=

# snippet FILE PREFIX: the file with the paths of this test
snippet() {
	sed "s|/run/aml-serve.sock|$PWD/socket|; s|/etc/aml-serve/users|$PWD/users|
		s|/usr/local/bin/aml-serve|$PWD/aml-serve|; s|/var/log/aml-serve/requests.log|$words/log|
		s|/srv/aml-serve/cells.npz|$words/model.npz|" "$SERVE/$1" |
		if [ "$2" = / ]; then
			at_the_root "$1"
		else
			cat
		fi
}

# What the comments of the snippets say of the root of a host.
at_the_root() {
	case $1 in
	lighttpd*) sed '/^url.redirect/d; s|/cells-service|/|' ;;
	nginx*) sed '/^location = /,/^}/d; s|/cells-service||' ;;
	apache*) sed '/^Redirect/d; s|/cells-service/*"|/"|' ;;
	esac
}

configure_lighttpd() {
	cat <<-CONF
		server.modules = ( )
		server.document-root = "$PWD/web"
		server.upload-dirs = ( "$PWD/logs" )
		server.bind = "127.0.0.1"
		server.port = $port
	CONF
	[ "$(id -u)" -ne 0 ] || echo 'server.username = "nobody"'
	snippet "$1" "$2"
}

configure_nginx() {
	cat <<-CONF
		$([ "$(id -u)" -ne 0 ] || echo "user nobody $(id -gn nobody);")
		daemon off;
		pid "$PWD/nginx.pid";
		error_log "$PWD/nginx.log";
		events { }
		http {
		access_log off;
		client_body_temp_path "$PWD/logs/body";
		scgi_temp_path "$PWD/logs/scgi"; proxy_temp_path "$PWD/logs/proxy";
		fastcgi_temp_path "$PWD/logs/fastcgi"; uwsgi_temp_path "$PWD/logs/uwsgi";
		server {
		listen 127.0.0.1:$port;
	CONF
	snippet "$1" "$2" | sed "s|unix:.*;|\"unix:$PWD/socket\";|; s|auth_basic_user_file .*;|auth_basic_user_file \"$PWD/users\";|"
	echo '} }'
}

configure_apache2() {
	local module
	cat <<-CONF
		ServerName localhost
		ServerRoot "$PWD"
		PidFile "$PWD/apache.pid"
		ErrorLog "$PWD/apache.log"
		Listen 127.0.0.1:$port
		DocumentRoot "$PWD/web"
		DefaultRuntimeDir "$PWD/logs"
		$([ "$(id -u)" -ne 0 ] || printf 'User nobody\nGroup %s\n' "$(id -gn nobody)")
	CONF
	for module in mpm_event authn_core authz_core proxy proxy_scgi auth_basic authn_file authz_user env setenvif headers \
		alias cgid; do
		echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
	done
	snippet "$1" "$2" | sed "s|AuthUserFile .*|AuthUserFile \"$PWD/users\"|"
}

start_lighttpd() { exec lighttpd -D -f "$PWD/server.conf"; }
start_nginx() { exec nginx -p "$PWD" -e "$PWD/nginx.log" -c "$PWD/server.conf"; }
start_apache2() { exec apache2 -DFOREGROUND -f "$PWD/server.conf"; }

is_open() { (exec 3<>"/dev/tcp/127.0.0.1/$port"); }

# within SERVER SNIPPET PREFIX LOG
within() {
	local url what="$2 at $3"
	port=$(free_port)
	url=http://127.0.0.1:$port$3
	: >"$4" && chmod 666 "$4"
	"configure_$1" "$2" "$3" >server.conf
	("start_$1" >../server.out 2>"$err") &
	server=$!
	if ! until_true is_open; then
		fail "$what: $1 does not start"
		return
	fi
	answers_all "$what" "$url"
	gives 401 '' "$what wants a login" "${url}about"
	gives 401 '' "$what wants the right one" -u ada:wrong "${url}about"
	gives 413 '' "$what refuses 68 MB" "${login[@]}" --data-binary @large "${url}cells"
	check "$what: the log has the user and the path" grep -q '"user": "ada", "method": "POST", "path": "/cells", "status": 200' "$4"
	gives 200 '' "$what follows to the page" "${login[@]}" -L "${url%/}"
	kill "$server"
	wait "$server" 2>/dev/null
	server=
}

# Words of AML_SERVE_OPTIONS have no blanks, so their folder has none.
words=${PWD%/*}/words
mkdir "$words" && cp model.npz "$words" && chmod 644 "$words/model.npz"
[ "$(id -u)" -ne 0 ] || chown nobody "$words"

for prefix in / /cells-service/; do
	for name in lighttpd nginx apache2; do
		if ! command -v "$name" >/dev/null; then
			skip "$name is not installed"
			continue
		fi
		within "$name" "${name%2}.conf" "$prefix" log
	done
done
for name in lighttpd apache2; do
	! command -v "$name" >/dev/null || within "$name" "${name%2}-cgi.conf" /cells-service/ "$words/log"
done
end
