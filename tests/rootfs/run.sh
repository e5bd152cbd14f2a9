#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What does the installed minibox-rootfs make, and what does it refuse?
#
#	sh tests/rootfs/run.sh BUILD_DIR [TEST-NAME-PATTERN]...
#
# Run as root; ../stage.sh says where it happens.  The last line is
# "N passed, N failed, N skipped"; exit 1 if a test failed, 2 if none could run.

set -eu

die() {
	echo "run.sh: $*" >&2
	exit 2
}

# On the stage (../stage.sh): tester gets a home.  The tests are copied, lest
# the new /home hide them.
inside() {
	here=$1
	shift

	mkdir "$STAGE_SCRATCH/tests"
	cp "$here"/*.py "$here/../box/harness.py" "$STAGE_SCRATCH/tests"
	cd "$STAGE_SCRATCH/tests"
	mount -t tmpfs -o mode=0755 tmpfs /home
	mkdir /home/tester
	chown 4001:4001 /home/tester
	sed -i '/^tester:/s,/nonexistent,/home/tester,' /etc/passwd

	exec env -i PATH="$PATH" LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 \
		MINIBOX_TEST_SCRATCH="$STAGE_SCRATCH" python3 -c \
		'import sys, harness; sys.exit(harness.main(sys.argv[1:]))' "$@"
}

[ "$(id -u)" = 0 ] || die "must be run as root"
case ${1-} in
--inside)
	shift
	inside "$@" ;;
'')
	die "usage: sh tests/rootfs/run.sh BUILD_DIR [TEST-NAME-PATTERN]..." ;;
esac
here=$(cd "$(dirname "$0")" && pwd -P)
build=$1
shift
exec sh "$here/../stage.sh" "$build" sh "$here/run.sh" --inside "$here" "$@"
