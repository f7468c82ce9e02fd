#!/usr/bin/env bash
# Start the service that runs server functions, or start it anew, with the caller's environment.          usage: hooks.sh WORKDIR
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(cd "${1:?usage: hooks.sh WORKDIR}" && pwd -P)
[[ -e $work/env ]] || { echo "hooks.sh: no $work/env; run up.sh first" >&2; exit 1; }
# shellcheck source=/dev/null # up.sh wrote it
source "$work/env"
open() { (exec 3<>"/dev/tcp/127.0.0.1/$FEDN_HOOKS_PORT") 2>/dev/null; }
"$here/down.sh" "$work" hooks
open && { echo "hooks.sh: port $FEDN_HOOKS_PORT is taken" >&2; exit 1; }
mkdir -p "$work/hooks"
export TMPDIR=$work/hooks
(cd "$work/hooks" && exec setsid "$FEDN_VENV/bin/python" "$here/services.py" hooks "$FEDN_HOOKS_PORT" \
  >"$work/log/hooks.log" 2>&1 </dev/null) &
echo $! >"$work/run/hooks.pid"
for _ in $(seq 300); do
  open && exit
  kill -0 "$(<"$work/run/hooks.pid")" 2>/dev/null || break
  sleep 0.2
done
echo "hooks.sh: the service did not come up: $(tail -5 "$work/log/hooks.log")" >&2
exit 1
