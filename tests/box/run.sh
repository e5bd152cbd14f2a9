#!/bin/sh
# SPDX-License-Identifier: MIT
#
# How does the installed, setuid minibox behave, seen from outside?
#
#	sh tests/box/run.sh BUILD_DIR [TEST-NAME-PATTERN]...
#
# Run as root.  Everything happens in private mount and UTS namespaces, in which
# /etc, /usr/local and /var are overlays, /home, /run and /dev/shm are empty:
# `make install`, the made-up users, the policies and the root file systems of
# the tests never reach the host.  The last line is
# "N passed, N failed, N skipped"; exit 1 if a test failed, 2 if none could run.

set -eu

die() {
	echo "run.sh: $*" >&2
	exit 2
}

# Inside the namespace: $1 is the scratch directory.
inside() {
	scratch=$1 build=$2 here=$3
	shift 3

	mount -t tmpfs -o mode=0755 tmpfs "$scratch"
	mount -t tmpfs -o mode=0755 tmpfs /home
	mount -t tmpfs -o mode=0755 tmpfs /run
	mount -t tmpfs -o mode=1777 tmpfs /dev/shm
	for dir in /etc /usr/local /var; do
		upper=$scratch/$(echo "$dir" | tr / _)
		mkdir "$upper" "$upper.work"
		mount -t overlay -o \
			"lowerdir=$dir,upperdir=$upper,workdir=$upper.work" \
			overlay "$dir"
	done
	rm -rf /etc/minibox.conf /etc/minibox.conf.d /var/lib/minibox \
		/usr/local/bin/minibox /usr/local/sbin/minibox-rootfs

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

	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u DESTDIR \
		make -s -C "$build" install >"$scratch/install.log" 2>&1 || {
		cat "$scratch/install.log" >&2
		die "make install failed in $build"
	}
	[ -u /usr/local/bin/minibox ] || die "not setuid: /usr/local/bin/minibox" \
		"(is $build configured with --prefix=/usr/local --sysconfdir=/etc" \
		"--localstatedir=/var ?)"
	cp /etc/minibox.conf "$scratch/minibox.conf.installed"
	/usr/local/sbin/minibox-rootfs busybox demo >"$scratch/rootfs.log" 2>&1 || {
		cat "$scratch/rootfs.log" >&2
		die "minibox-rootfs busybox demo failed"
	}

	# A copy of the root file system with the probes in it, where every
	# user can reach it: the tests show what it would allow without a box.
	root=/usr/local/lib/minibox-test/root
	mkdir -p "${root%/*}"
	cp -a /var/lib/minibox/demo "$root"
	for probe in probe syscalls-probe; do
		${CC:-cc} -O1 -static -pthread -o "$root/bin/$probe" "$here/$probe.c" ||
			die "cannot compile $here/$probe.c"
	done

	cd "$here"
	exec env -i PATH="$PATH" LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 \
		MINIBOX_TEST_SCRATCH="$scratch" python3 -c \
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
build=$(cd "$1" && pwd -P) || die "no such directory: $1"
here=$(cd "$(dirname "$0")" && pwd -P)
shift
umask 022
scratch=$(mktemp -d)
chmod 0755 "$scratch"
trap 'rmdir "$scratch"' EXIT
trap 'exit 2' HUP INT TERM
status=0
unshare -m -u --propagation private sh "$here/run.sh" --inside \
	"$scratch" "$build" "$here" "$@" || status=$?
exit "$status"
