#!/usr/bin/env bash
# The steps of examples/fedn/Dockerfile in bare Debian roots, without Docker; then its client's programs, as its user: dockerfile.sh
# As root, with debootstrap. Understands what that file uses: FROM, RUN, COPY, ENV, USER, WORKDIR, CMD. TAP on stdout.
. "$(dirname "$0")/../lib.sh"
SUITE_OF='s/^debian:\([a-z]*\).*/\1/'
PATHS=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# Of this machine's settings what pip needs to reach its server. Files that they name go where no package overwrites them;
# folders are left out.
network=() files=()
while IFS='=' read -r name value; do
	[ ! -f "$value" ] || { files+=("$value") && value=/var/tmp/${value##*/}; }
	[ -d "$value" ] || network+=("$name=$value")
done < <(env | grep -E '^(PIP_[A-Z_]*|[a-z]+_proxy|[A-Z]+_PROXY)=')

# base SUITE FOLDER: a bare Debian, made once. Containers may forbid that: then nothing can be told.
base() {
	[ -d "$SCRATCH/$1" ] || debootstrap --variant=minbase "$1" "$SCRATCH/$1" >"$out" 2>&1 || {
		[ "$count" -gt 0 ] || echo "1..0 # SKIP debootstrap: $(tail -n 1 "$out")"
		exit 0
	}
	cp -a "$SCRATCH/$1" "$2" && cp /etc/resolv.conf /etc/hosts "$2/etc/" || return
	[ ${#files[@]} -eq 0 ] || cp "${files[@]}" "$2/var/tmp/"
}

# inside USER COMMAND: by sh, in the stage's folder and environment
inside() {
	chroot --userspec="$1" "$root" env -i HOME=/tmp PATH=$PATHS "${network[@]}" "${settings[@]}" \
		sh -c "cd '$folder' && $2" </dev/null
}

# copy FROM TO, or --from=STAGE FROM TO
copy() {
	case $1 in
	--from=*) cp -a "$SCRATCH/stage-${1#--from=}$2/." "$root$3" ;;
	.) mkdir -p "$root$2" && git -C "$TOP" ls-files -z | (cd "$TOP" && xargs -0 cp -a --parents -t "$root$2") ;;
	*) return 1 ;;
	esac
}

# step INSTRUCTION REST
step() {
	local words
	read -ra words <<<"$2"
	case $1 in
	FROM)
		stage=${words[2]:-last} root=$SCRATCH/stage-${words[2]:-last} folder=/ user=root settings=()
		base "$(sed "$SUITE_OF" <<<"${words[0]}")" "$root"
		;;
	RUN) inside "$user" "$2" >&2 ;;
	COPY) copy "${words[@]}" ;;
	ENV) settings+=("${2/\$PATH/$PATHS}") ;;
	USER) user=$2 ;;
	WORKDIR) folder=$2 && mkdir -p "$root$2" ;;
	CMD) start=$2 ;;
	*) return 1 ;;
	esac
}

stage='' root='' folder=/ user=root settings=() start=
while read -r name rest; do
	command="$stage: $name $rest"
	step "$name" "$rest" 2>"$err"
	status=$?
	exits 0 "$name ${rest:0:60}"
	[ "$status" -eq 0 ] || end
done < <(sed -e '/^ *#/d; /^ *$/d' "$TOP/examples/fedn/Dockerfile" | sed -e ':a; /\\$/{N; s/\\\n */ /; ba}')

for tool in "$TOP"/tools/aml-*.c; do
	tool=$(basename "$tool" .c)
	run inside "$user" "$tool --version"
	exits 0 "$tool, as $user"
done
program=${start#*\"} program=${program%%\"*}
run inside "$user" "$program --help"
exits 0 "$program, which CMD starts, as $user"
stdout_has client
end
