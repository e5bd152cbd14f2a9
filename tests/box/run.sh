#!/bin/sh
# SPDX-License-Identifier: MIT
#
# How does the installed, setuid minibox behave, seen from outside?
#
#	sh tests/box/run.sh BUILD_DIR [TEST-NAME-PATTERN]...
#
# Run as root; ../stage.sh says where it happens.  The last line is
# "N passed, N failed, N skipped"; exit 1 if a test failed, 2 if none could run.

set -eu

die() {
	echo "run.sh: $*" >&2
	exit 2
}

# On the stage (../stage.sh): users, their homes, and the probes.  The tests and
# the sources are copied, lest the new /home hide them.
inside() {
	mkdir "$STAGE_SCRATCH/tests"
	cp "$1"/*.py "$1"/*.c "$STAGE_SCRATCH/tests"
	mkdir "$STAGE_SCRATCH/source"
	(cd "$(sed -n 's/^abs_top_srcdir = //p' "$MINIBOX_TEST_BUILD/Makefile")" &&
		tar -c --exclude=./.git .) |
		tar -x -C "$STAGE_SCRATCH/source" --no-same-owner
	here=$STAGE_SCRATCH/tests
	shift

	mount -t tmpfs -o mode=0755 tmpfs /home
	mount -t tmpfs -o mode=1777 tmpfs /dev/shm
	sed -i '/^tester:/d' /etc/passwd /etc/group

	while IFS=: read -r name uid home; do
		sed -i "/^$name:/d; /^[^:]*:[^:]*:$uid:/d" /etc/passwd
		echo "$name:x:$uid:$uid::$home:/bin/sh" >>/etc/passwd
		case $home in
		/nonexistent) ;;
		*)	mkdir -p "$home"
			chown "$uid:$uid" "$home" ;;
		esac
	done <<-'USERS'
		alice:4001:/home/alice
		bob:4002:/home/bob
		eve:4003:/home/eve
		homeless:4004:/nonexistent
		carol:4005:/home/dept/lab/carol
		4002:4010:/nonexistent
	USERS
	for group in lab:5001 denied:5002; do
		sed -i "/^${group%:*}:/d; /^[^:]*:[^:]*:${group#*:}:/d" /etc/group
	done
	printf '%s\n' lab:x:5001:alice denied:x:5002: >>/etc/group

	# A copy of the root file system with the probes in it, where every
	# user can reach it: the tests show what it would allow without a box.
	root=/usr/local/lib/minibox-test/root
	mkdir -p "${root%/*}"
	cp -a /var/lib/minibox/demo "$root"
	for probe in probe syscalls-probe; do
		${CC:-cc} -O1 -static -pthread -o "$root/bin/$probe" "$here/$probe.c" ||
			die "cannot compile $here/$probe.c"
	done
	for tool in race kills; do
		${CC:-cc} -O1 -static -o "${root%/*}/$tool" "$here/$tool.c" ||
			die "cannot compile $here/$tool.c"
	done

	cd "$here"
	exec env -i PATH="$PATH" LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 \
		MINIBOX_TEST_SCRATCH="$STAGE_SCRATCH" \
		MINIBOX_TEST_SLOW="${MINIBOX_TEST_SLOW:-1}" \
		MINIBOX_TEST_MESSAGES="${MINIBOX_TEST_MESSAGES-}" \
		python3 -c \
		'import sys, harness; sys.exit(harness.main(sys.argv[1:]))' "$@"
}

[ "$(id -u)" = 0 ] || die "must be run as root"
case ${1-} in
--inside)
	shift
	inside "$@" ;;
'')
	die "usage: sh tests/box/run.sh BUILD_DIR [TEST-NAME-PATTERN]..." ;;
esac
here=$(cd "$(dirname "$0")" && pwd -P)
build=$1
shift
exec sh "$here/../stage.sh" "$build" sh "$here/run.sh" --inside "$here" "$@"
