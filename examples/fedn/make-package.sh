#!/bin/sh
# Makes the files that the organiser of a federation uploads: make-package.sh [SEED [CLASSES]]
# Writes package.tgz (the compute package) and seed.npz (the initial model) to the current folder. Needs neither Python nor FEDn.
set -eu
case ${1:-} in
-h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit ;;
-*) echo "make-package.sh: unknown option $1; try --help" >&2; exit 2 ;;
esac
here=$(cd "$(dirname "$0")" && pwd)
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C "$here/package" -czf package.tgz fedn.yaml
aml-init -s "${1:-0}" --classes "${2:-15}" seed.npz
sha256sum package.tgz seed.npz
