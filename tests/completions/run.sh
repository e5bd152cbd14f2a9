#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Do the completions of etc/completions offer, in real shells, what may follow?
#
#	sh tests/completions/run.sh [BUILD_DIR]
#
# With BUILD_DIR, as root, those that it installs are tried as well, with the
# setuid binary; ../stage.sh says where.  The last line is
# "N passed, N failed, N skipped"; exit 1 if a test failed.

set -eu

here=$(cd "$(dirname "$0")" && pwd -P)
if [ $# -gt 0 ] && [ -z "${STAGE_SCRATCH-}" ]; then
	exec sh "$here/../stage.sh" "$1" sh "$here/run.sh" "$1"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
chmod 0755 "$work"
python3 -B "$here/cases.py" "$work"
