#!/bin/sh
# SPDX-License-Identifier: MIT
#
# How long does it take to start a program in a box, compared with others?
#
#	sh tests/bench/run.sh BUILD_DIR
#
# Run as root; ../stage.sh says where it happens, compare.py what.

set -eu

here=$(cd "$(dirname "$0")" && pwd -P)
[ $# -eq 1 ] || {
	echo "usage: sh tests/bench/run.sh BUILD_DIR" >&2
	exit 2
}
exec sh "$here/../stage.sh" "$1" python3 "$here/compare.py"
