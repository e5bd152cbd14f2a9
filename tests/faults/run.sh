#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What if a system call of the privileged half fails, or if a process is killed
# there?
#
#	sh tests/faults/run.sh BUILD_DIR
#
# Run as root; ../stage.sh says where it happens, sweep.py what.  The last line is
# "N passed, N failed, N skipped"; exit 1 if a test failed, 2 if none could run.

set -eu

here=$(cd "$(dirname "$0")" && pwd -P)
[ $# -ge 1 ] || {
	echo "usage: sh tests/faults/run.sh BUILD_DIR" >&2
	exit 2
}
build=$1
shift
exec sh "$here/../stage.sh" "$build" python3 -u "$here/sweep.py" "$@"
