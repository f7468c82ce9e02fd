#!/usr/bin/env bash
# aml-serve: CGI and SCGI, pictures, TensorFlow Serving's REST, the Open Inference Protocol, the log, workers, and what is refused.
. "${0%/*}/../lib.sh"
# shellcheck source=tests/small.sh
. "$TESTS/small.sh"

# what stands at the end of a pipe sets variables
shopt -s lastpipe

run make_small
exits 0 "what the tests need"
aml-train -q -d data -b 8 -e 2 --bn exact start.npz model.npz
picture=$(find cells -name '*.tiff' | sort | head -n 1)
aml-predict -k 4 --json model.npz "$picture" >told
read -r _ class probability <<<"$(aml-predict model.npz "$picture")"
digest=$(aml-info --json model.npz | sed -n 's/.*"digest": "\([0-9a-f]*\)".*/\1/p' | head -n 1)

# ---- one request as CGI ----

# cgi METHOD PATH [NAME=VALUE]...: body from standard input
cgi() {
	local method=$1 path=$2
	shift 2
	cat >body
	run env -i PATH="$PATH" ${AML_ISA:+AML_ISA="$AML_ISA"} GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD="$method" PATH_INFO="$path" \
		CONTENT_LENGTH="$(wc -c <body)" AML_SERVE_OPTIONS="-m cells=model.npz --log log" "$@" aml-serve <body
	answered
}

# What came: its status in $http, its headers in heading, its body in answer.
answered() {
	tr -d '\r' <"$out" | sed '/^$/q' >heading
	http=$(sed -n 's/^Status: \([0-9]*\).*/\1/p' heading)
	tail -c +$(($(LC_ALL=C grep -abo $'^\r$' "$out" | head -n 1 | cut -d: -f1) + 3)) "$out" >answer
}

# is STATUS DESCRIPTION, says TEXT DESCRIPTION: of the answer
is() { if [ "$http" = "$1" ]; then ok "$2: $1"; else fail "$2: ${http:-no status}, expected $1"; fi; }
says() { if grep -qF -- "$1" answer; then ok "$2"; else fail "$2: '$(head -c 300 answer)' without '$1'"; fi; }
# logs TEXT DESCRIPTION: the last line of the log
logs() { if tail -n 1 log | grep -qF -- "$1"; then ok "$2"; else fail "$2: '$(tail -n 1 log)' without '$1'"; fi; }
# key KEY: the first number or text under it in the answer
key() { grep -o "\"$1\": \"\{0,1\}[^\",}]*" answer | head -n 1 | sed 's/.*: "\{0,1\}//'; }
# shellcheck disable=SC2317 # check calls it
near() { awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; exit !(d < 2e-6 && d > -2e-6) }'; }

cgi GET / </dev/null
exits 0 "CGI"
is 200 "the page"
check "the page: HTML" grep -qx 'Content-Type: text/html; charset=utf-8' heading
check "the page is the file" cmp -s answer "$TOP/libcore/serve/served_page.html"
check "the page asks nobody else" grep -q "^Content-Security-Policy: default-src 'none'" heading
cgi HEAD / </dev/null
check "HEAD: no body, its length" test "$http $(wc -c <answer) $(grep -c "^Content-Length: $(wc -c <"$TOP/libcore/serve/served_page.html")\$" heading)" = "200 0 1"
cgi GET "" SCRIPT_NAME=/cgi-bin/aml-serve </dev/null
is 301 "without a slash at the end"
check "there is the page" grep -qx 'Location: /cgi-bin/aml-serve/' heading
cgi GET /about </dev/null
says '"name": "cells"' "about: the model"
says "\"digest\": \"$digest\"" "about: its digest, as aml-info has it"
says '"max_body": 67108864' "about: the largest request"

cgi POST /cells QUERY_STRING=top=2 <"$picture"
is 200 "a picture"
check "its class" test "$(key class)" = "$class"
check "its probability, as aml-predict has it" near "$(key probability)" "$probability"
says "\"sha256\": \"$(sha256sum <"$picture" | cut -d' ' -f1)\"" "its digest"
says '"width": 120, "height": 120' "its size"
check "two classes" test "$(grep -o '"name": ' answer | wc -l)" -eq 3
says '"answered": true' "without --min-prob it never abstains"
logs "\"sha256\": \"$(sha256sum <"$picture" | cut -d' ' -f1)\", \"class\": \"$class\"" "the log: the picture's digest, and the answer"
logs "\"model\": \"cells\", \"digest\": \"$digest\"" "the log: which model"
check "the log: no file's name" test "$(grep -c "${picture##*/}" log)" -eq 0
cgi POST /cells AML_SERVE_OPTIONS="-m cells=model.npz --log log --min-prob 1" <"$picture"
says '"answered": false' "below --min-prob it abstains"
logs '"answered": false' "and the log says so"
cgi POST /cells QUERY_STRING='explain=1&preview=1' <"$picture"
check "two pictures in the answer" test "$(grep -o 'data:image/png;base64,' answer | wc -l)" -eq 2
sed 's/.*"explanation": "data:image\/png;base64,\([^"]*\)".*/\1/' answer | base64 -d >explanation.png
aml-explain -q -o want.png model.npz "$picture"
same explanation.png want.png "where it looked: aml-explain's picture"
cgi POST /cells QUERY_STRING=model=cells HTTP_X_REQUEST_ID=abc-1 <"$picture"
check "the request's id comes back" grep -qx 'X-Request-ID: abc-1' heading
logs '"request": "abc-1"' "and stands in the log"

form() {
	printf -- '--b\r\nContent-Disposition: form-data; name="file"; filename="a %s"\r\n\r\n' '%22x%22<&.tiff'
	cat "$picture"
	printf -- '\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="text.txt"\r\n\r\nno picture\r\n--b--\r\n'
}
form >upload
cgi POST /cells QUERY_STRING=top=1 CONTENT_TYPE='multipart/form-data; boundary=b' <upload
is 200 "a form with two files"
says "\"class\": \"$class\"" "the picture has its class"
says '"file": "a \"x\"<&.tiff"' "by its name"
says '"file": "text.txt", "sha256": "' "the text is named"
says '"error": "' "and refused, which stops nobody"

# ---- what is refused ----
cgi POST /cells <<<'no picture'
is 400 "no picture"
cgi POST /cells </dev/null
says 'no picture' "nothing at all"
head -c 5000 "$picture" | cgi POST /cells
is 400 "half a picture"
cgi POST /cells QUERY_STRING=model=other <"$picture"
is 404 "no such model"
cgi POST /cells QUERY_STRING=top=x <"$picture"
is 400 "top=x"
cgi GET /cells </dev/null
is 405 "GET of cells"
check "and which method it is" grep -qx 'Allow: POST' heading
cgi GET /../../etc/passwd </dev/null
is 404 "a path with dots"
cgi POST /cells AML_SERVE_OPTIONS="-m cells=model.npz --log log --max-body 1000" <"$picture"
is 413 "a body above --max-body"
cgi POST /cells CONTENT_LENGTH=50000000 AML_SERVE_OPTIONS="-m cells=model.npz --log log" <"$picture"
says "of 50000000 bytes" "a body that ends early"
head -c 300000 /dev/zero >large
cgi POST /cells CONTENT_LENGTH= HTTP_TRANSFER_ENCODING=chunked <"$picture"
is 411 "a body whose length is not told"
for length in '' 50000000; do
	exec 5<large
	run env -i PATH="$PATH" GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=POST PATH_INFO=/cells CONTENT_LENGTH=$length HTTP_TRANSFER_ENCODING=chunked \
		AML_SERVE_OPTIONS="-m cells=model.npz" aml-serve <&5
	check "what is refused is read to its end (length '$length')" test -z "$(head -c 1 <&5 | tr '\0' 0)"
	exec 5<&-
done
cgi POST /cells CONTENT_LENGTH=-1 <"$picture"
is 400 "a length of -1"
cgi GET /about QUERY_STRING=--help </dev/null
is 400 "a query that would be a command line"
logs '"status": 400' "it has its line in the log"
cgi GET /about QUERY_STRING=--help AML_SERVE_OPTIONS= </dev/null
is 400 "a query that would be a command line, without options in the environment"
check "it has its line on standard error" grep -q '"status": 400' "$err"
cgi GET /about AML_SERVE_OPTIONS="-m cells=model.npz --log /dev/full" </dev/null
is 500 "without its line in the log no answer"
cp model.npz before.npz
cp model.npz other.npz
echo text >text
for name in other.npz text; do
	cgi GET /about AML_SERVE_OPTIONS="-m cells=model.npz --log $name" </dev/null
	check "a log that is none is refused: $name" grep -q "$name: does not begin with '{', as a log does" "$err"
done
same other.npz before.npz "... and stays as it was"
printf '{"time": "half' >torn.log
for _ in 1 2; do
	cgi GET /about AML_SERVE_OPTIONS="-m cells=model.npz --log torn.log" </dev/null
done
check "a line that was cut stays alone" test "$(grep -c '^{"time": "half$' torn.log) $(grep -c '^{.*}$' torn.log) $(wc -l <torn.log)" = "1 2 3"
printf 'x' >broken.npz
cgi GET /about AML_SERVE_OPTIONS="-m broken.npz" </dev/null
fails_with "broken.npz: " "a broken model"
for bad in none.npz cells empty.npz; do
	[ $bad != empty.npz ] || : >empty.npz
	run aml-serve -m m=$bad --listen sock
	fails_with "$bad: " "a model that is none: $bad"
done
run aml-serve -m model.npz
exits 2 "neither socket nor CGI"
run aml-serve --listen sock
exits 2 "no model"
run aml-serve -m a=model.npz -m a=model.npz --listen sock
fails_with "two models are called 'a'" "one name twice"
run aml-serve -m 'a b=model.npz' --listen sock
fails_with "'a b' is no name for a URL" "a name with a blank"
run aml-serve -m model.npz --listen 192.0.2.1:9000
fails_with "not this machine's loopback" "an address that others reach"
echo text >sock
run aml-serve -m model.npz --listen ./sock
fails_with "./sock: is there, and no socket" "a file where the socket goes"
check "and the file stays" grep -q text sock

# ---- numbers ----
# list FILE.npy: its bytes as nested lists of floats, 20 x 20 x 4
list() {
	tail -c 1600 "$1" | od -A n -t u1 -v -w4 | awk '
	{ printf "%s[%.9g,%.9g,%.9g,%.9g]%s", (NR % 20 == 1 ? (NR == 1 ? "[[" : ",[") : ","), $1 / 255, $2 / 255, $3 / 255, $4 / 255, (NR % 20 ? "" : "]") }
	END { print "]" }'
}
aml-downsample -q -s 20 -t u1 "$picture" >one.npy
list one.npy >one.json
# first KEY: the probabilities of the first image under KEY
first() { sed -n "s/.*\"$1\": \[\[*\([^]]*\)\].*/\1/p" answer | tr -d ' ' | tr , '\n'; }
grep -o '"class": "[A-Z]*", "probability": [0-9.e-]*' told | sed 's/"class": "\([A-Z]*\)", "probability": /\1 /' | sort | cut -d' ' -f2 >want
# shellcheck disable=SC2317 # check calls it
same_probabilities() { paste want - | awk '{ d = $1 - $2; if (d > 2e-6 || d < -2e-6) bad = 1 } END { exit bad || NR != 4 }'; }
for form in '{"instances": [@]}' '{"instances": [{"inputs": @}]}' '{"instances": [@, @], "signature_name": "serving_default"}'; do
	one=$(cat one.json)
	echo "${form//@/$one}" | cgi POST /v1/models/cells:predict
	is 200 "rows: $form"
	check "the probabilities of aml-predict" same_probabilities < <(first predictions)
done
for form in '{"inputs": [@]}' '{"inputs": {"inputs": [@]}}'; do
	one=$(cat one.json)
	echo "${form//@/$one}" | cgi POST /v1/models/cells/versions/1:predict
	check "column: $form" same_probabilities < <(first outputs)
done
printf '{"instances": [{"b64": "%s"}]}' "$(base64 -w 0 "$picture")" | cgi POST /v1/models/cells:predict
check "a picture in base64" same_probabilities < <(first predictions)
flat=$(tr -d '[]' <one.json)
printf '{"id": "7", "inputs": [{"name": "inputs", "datatype": "FP32", "shape": [1, 20, 20, 4], "data": [%s]}]}' "$flat" |
	cgi POST /v2/models/cells/infer
says '"id": "7"' "inference: the id comes back"
check "inference: the probabilities" same_probabilities < <(first data)
request='{"inputs": [{"name": "inputs", "datatype": "UINT8", "shape": [1, 20, 20, 4], "parameters": {"binary_data_size": 1600}}]}'
{ printf '%s' "$request" && tail -c 1600 one.npy; } | cgi POST /v2/models/cells/infer HTTP_INFERENCE_HEADER_CONTENT_LENGTH=${#request}
check "inference: bytes in binary" same_probabilities < <(first data)
request=${request%\}}', "outputs": [{"name": "outputs", "parameters": {"binary_data": true}}]}'
{ printf '%s' "$request" && tail -c 1600 one.npy; } | cgi POST /v2/models/cells/infer HTTP_INFERENCE_HEADER_CONTENT_LENGTH=${#request}
check "inference: an answer in binary" same_probabilities < <(tail -c 16 answer | od -A n -t f4 -v -w4)
check "and where it begins" grep -qx "Inference-Header-Content-Length: $(($(wc -c <answer) - 16))" heading

# BODY STATUS BEGINNING
while IFS=$'\t' read -r body want text; do
	cgi POST /v1/models/cells:predict <<<"$body"
	is "$want" "$body"
	says "\"error\": \"$text" "$text"
done <<'TABLE'
x	400	JSON Parse error:
[]	400	JSON Value:
{}	400	Missing 'inputs' or 'instances' key
{"inputs": [1], "instances": [1]}	400	JSON Value: Not formatted correctly expecting only one of
{"instances": 1}	400	JSON Value: Excepting 'instances' value to be an list/array
{"instances": []}	400	JSON Value: No values for 'instances' array
{"instances": [[1, 2], [3]]}	400	Encountered list at unexpected size: 1
{"instances": [[[1, 2]], [[3, 4, 5]]]}	400	Encountered list at unexpected size: 3 expected size: 2
{"instances": [[1, null]]}	400	JSON Value: is not of expected type: float
{"instances": [[1, "2"]]}	400	JSON Value: is not of expected type: float
{"inputs": {"other": [1]}}	400	Missing named input: inputs in 'inputs' object.
{"instances": [1], "signature_name": "other"}	400	Serving signature name: \"other\" not found in signature def
{"instances": [[1, 2]]}	400	the input is [1,2], the model takes [N,20,20,4]
{"instances": [{"b64": "AAAA"}]}	400	instance 0:
{"inputs": [{"inputs": [[[1]]]}]}	400	JSON Value: is not of expected type: float
TABLE
sed 's/0\.[0-9]*/255/' one.json | sed 's/.*/{"instances": [&]}/' | cgi POST /v1/models/cells:predict
says "pixels are floats from 0 to 1" "bytes where floats belong"
# METHOD PATH STATUS TEXT
while read -r method path want text; do
	cgi "$method" "$path" <<<'{}'
	is "$want" "$method $path"
	says "$text" "$method $path: $text"
done <<'TABLE'
GET /v1/models/cells 200 "state": "AVAILABLE"
GET /v1/models/cells/versions/1 200 "error_code": "OK"
GET /v1/models/cells/versions/0 200 "version": "1"
GET /v1/models/cells/metadata 200 "method_name": "tensorflow/serving/predict"
GET /v1/models/other 404 Could not find any versions of model other
POST /v1/models/other:predict 404 Servable not found for request: Latest(other)
POST /v1/models/cells/versions/2:predict 404 Servable not found for request: Specific(cells, 2)
GET /v1/models/cells:predict 400 Malformed request: GET /v1/models/cells:predict
POST /v1/models/cells:classify 400 Malformed request: POST
POST /v1/models/cells 400 Malformed request: POST
GET /v1 400 Malformed request: GET /v1
GET /v2 200 "extensions": ["binary_tensor_data"]
GET /v2/health/live 200 "live": true
GET /v2/health/ready 200 "ready": true
GET /v2/health/other 404 nothing is at
GET /v2/models/cells 200 "shape": [-1, 20, 20, 4]
GET /v2/models/cells/ready 200 "ready": true
GET /v2/models/other 404 unknown model: 'other'
GET /v2/models/cells/versions/2 404 version 1 alone
POST /v2/models/cells/infer 400 must be a list of one input
GET /v2/models/cells/infer 405 the method is POST here
TABLE

# ---- a socket ----
port=
for attempt in 1 2 3 4 5; do
	port=$((20000 + (RANDOM + attempt) % 20000))
	aml-serve -m cells=model.npz --listen 127.0.0.1:"$port" -j 2 --log scgi.log 2>server.err &
	server=$!
	for _ in {1..100}; do
		(: <>/dev/tcp/127.0.0.1/"$port") 2>/dev/null && break 2
		kill -0 "$server" 2>/dev/null || break
		sleep .1
	done
done

# scgi METHOD PATH BODY
scgi() {
	printf '%s\0' CONTENT_LENGTH "$(wc -c <"$3")" SCGI 1 REQUEST_METHOD "$1" PATH_INFO "$2" >variables
	command="scgi $*"
	{
		printf '%d:' "$(wc -c <variables)" >&3
		cat variables >&3
		printf ',' >&3
		cat "$3" >&3
		cat <&3 >"$out"
	} 3<>/dev/tcp/127.0.0.1/"$port"
	answered
}
workers() { pgrep -P "$server" | sort; }
scgi POST /cells "$picture"
is 200 "SCGI: a picture"
check "its class" test "$(key class)" = "$class"
scgi GET /about /dev/null
says "\"digest\": \"$digest\"" "SCGI: the digest, computed"
exec 4<>/dev/tcp/127.0.0.1/"$port"
printf '70:CONTENT_' >&4
scgi GET /v2/health/live /dev/null
is 200 "one that says half a word keeps nobody waiting"
printf 'x' >&4
exec 4>&-
{ printf '5:hello,' >&3 && cat <&3 >"$out"; } 3<>/dev/tcp/127.0.0.1/"$port"
answered
is 400 "what is no SCGI"
case ${AML_CONF:-} in
asan | tsan | cov) ;;                 # are not confined
*)
	for worker in $(workers); do
		check "worker: no new rights, and only some calls" \
			test "$(grep -cE '^(NoNewPrivs:.1|Seccomp:.2)$' "/proc/$worker/status")" -eq 2
	done
	;;
esac
before=$(workers)
kill -9 "$(head -n 1 <<<"$before")"
for _ in {1..100}; do
	[ "$(workers | wc -l)" -eq 2 ] && [ "$(workers)" != "$before" ] && break
	sleep .1
done
check "a worker that was killed is replaced" test "$(workers | wc -l)" -eq 2
check "and named" grep -q "was ended by signal 9; another takes its place" server.err
scgi POST /cells "$picture"
is 200 "and the service goes on"
cp broken.npz new.npz
mv new.npz model.npz
kill -HUP "$server"
for _ in {1..100}; do
	grep -q "the former models go on" server.err && break
	sleep .1
done
check "a broken model is told" grep -q "model.npz: .*; the former models go on" server.err
mv scgi.log scgi.log.1
kill -HUP "$server"
for _ in {1..100}; do
	[ -e scgi.log ] && [ "$(workers | wc -l)" -eq 2 ] && break
	sleep .1
done
scgi POST /cells "$picture"
check "SIGHUP: the log is begun anew" test -s scgi.log
check "and the former one answers" test "$http $(key class)" = "200 $class"
cp start.npz new.npz
mv new.npz model.npz
fresh=$(aml-info --json start.npz | sed -n 's/.*"digest": "\([0-9a-f]*\)".*/\1/p' | head -n 1)
for _ in {1..100}; do
	scgi GET /about /dev/null
	grep -q "$fresh" answer && break
	sleep .1
done
says "\"digest\": \"$fresh\"" "another file under the name is served without a word"
kill -TERM "$server"
wait "$server"
check "SIGTERM: exit 0" test $? -eq 0
check "a line for each request" test "$(grep -c '^{"time": .*}$' scgi.log)" -eq "$(wc -l <scgi.log)"
end
