#!/bin/sh
# Installs the packages that the build needs and that are missing: sh examples/setup.sh [test|optional|peers|lint|ci|fedn|slurm|browser|serve|servers]...
# Uses apt-get on Debian and its derivatives; on other systems it lists the missing packages. Does nothing if none is missing.
set -eu
case ${1:-} in
-h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit ;;
-*) echo "setup.sh: unknown option $1; try --help" >&2; exit 2 ;;
esac

missing=

want() {
	missing="$missing $*"
}

has() {
	command -v "$1" >/dev/null 2>&1
}

# library PKG-CONFIG-NAME PACKAGE
library() {
	if ! has pkg-config || ! pkg-config --exists "$1"; then
		want "$2"
	fi
}

build_needs() {
	has make || want make
	has "${CC:-gcc}" || want gcc
	echo '#include <stdio.h>' | "${CC:-gcc}" -E - >/dev/null 2>&1 || want libc6-dev
	has pkg-config || want pkgconf
	[ -n "${BLAS_LIBS:-}" ] || library openblas libopenblas-dev
	library libtiff-4 libtiff-dev
	library libpng libpng-dev
	library libjpeg libjpeg-dev
	library zlib zlib1g-dev
}

test_needs() {
	has prove || want perl
	has bash || want bash
	has xmllint || want libxml2-utils
	has strace || want strace
	has pgrep || want procps
}

# What tests skip where it is missing.
optional_needs() {
	has zsh || want zsh
	has fish || want fish
	has jq || want jq
	has ssh-keygen || want openssh-client
}

peers_needs() {
	python3 -c 'import ensurepip, venv' 2>/dev/null || want python3-venv
}

lint_needs() {
	has clang || want clang
	has clang-tidy || want clang-tidy
	has cppcheck || want cppcheck
	has shellcheck || want shellcheck
	has mandoc || want mandoc
	[ -n "$(find /usr/share/groff -name mdoc.tmac 2>/dev/null)" ] || want groff
	has git || want git
}

ci_needs() {
	has valgrind || want valgrind libc6-dbg
	has man || want man-db
}

fedn_needs() {
	peers_needs
	has curl || want curl
	has debootstrap || want debootstrap
}

slurm_needs() {
	has slurmctld || want slurm-wlm
	has munged || want munge
	[ -x /usr/sbin/sshd ] || want openssh-server
	has ssh || want openssh-client
}

browser_needs() {
	has chromium || has chromium-browser || has google-chrome || want chromium
	has tidy || want tidy
	has python3 || want python3
}

serve_needs() {
	[ -x /usr/sbin/lighttpd ] || has lighttpd || want lighttpd
}

# What the tests of aml-serve ask.
servers_needs() {
	serve_needs
	peers_needs
	has curl || want curl
	[ -x /usr/sbin/nginx ] || has nginx || want nginx-light
	[ -x /usr/sbin/apache2 ] || has apache2 || want apache2
}

install_missing() {
	as_root=
	if [ "$(id -u)" -ne 0 ]; then
		has sudo || {
			echo "setup: run as root: apt-get install$missing" >&2
			exit 1
		}
		as_root=sudo
	fi
	echo "setup: installing$missing" >&2
	$as_root apt-get update -qq
	# shellcheck disable=SC2086 # a list of packages
	$as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends $missing >/dev/null
	case $missing in
	*" lighttpd"*) $as_root systemctl disable -q --now lighttpd 2>/dev/null || : ;; # nobody asked for its server
	esac
}

list_missing() {
	cat >&2 <<TEXT
setup: apt-get not found; these packages (Debian's names) are missing:
 $missing
On Fedora they are make gcc pkgconf-pkg-config openblas-devel libtiff-devel libpng-devel
libjpeg-turbo-devel zlib-devel, and for the tests perl-Test-Harness and libxml2.
Any C11 compiler with GNU extensions, any CBLAS (make BLAS_LIBS=... BLAS_CFLAGS=...) and GNU make will do.
TEXT
	exit 1
}

for part in build "$@"; do
	"${part}_needs"
done
[ -n "$missing" ] || exit 0
if has apt-get; then
	install_missing
else
	list_missing
fi
