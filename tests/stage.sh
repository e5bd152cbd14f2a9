#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Runs a command where minibox is installed and the host is out of reach:
#
#	sh stage.sh BUILD_DIR COMMAND [ARG]...
#
# Run as root.  In a private mount namespace, in which /etc, /usr/local and
# /var are overlays and /run is empty, it does `make install` from BUILD_DIR,
# makes the root file system /var/lib/minibox/demo, the user tester (uid and gid
# 4001, no home) and a policy that lets him run anything in the box demo.
# COMMAND finds a scratch directory, gone afterwards, in $STAGE_SCRATCH.

set -eu

die() {
	echo "stage.sh: $*" >&2
	exit 2
}

# quietly COMMAND...: what it says is shown if it fails
quietly() {
	"$@" >"$STAGE_SCRATCH/log" 2>&1 || {
		cat "$STAGE_SCRATCH/log" >&2
		die "failed: $*"
	}
}

inside() {
	STAGE_SCRATCH=$1 build=$2
	export STAGE_SCRATCH
	shift 2

	mount -t tmpfs -o mode=0755 tmpfs "$STAGE_SCRATCH"
	for dir in /etc /usr/local /var; do
		upper=$STAGE_SCRATCH/$(echo "$dir" | tr / _)
		mkdir "$upper" "$upper.work"
		mount -t overlay -o \
			"lowerdir=$dir,upperdir=$upper,workdir=$upper.work" \
			overlay "$dir"
	done
	mount -t tmpfs -o mode=0755 tmpfs /run
	rm -rf /etc/minibox.conf /etc/minibox.conf.d /var/lib/minibox \
		/usr/local/bin/minibox /usr/local/sbin/minibox-rootfs
	quietly env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u DESTDIR \
		make -s -C "$build" install
	[ -u /usr/local/bin/minibox ] ||
		die "not setuid: /usr/local/bin/minibox (is $build configured" \
			"with --prefix=/usr/local --sysconfdir=/etc" \
			"--localstatedir=/var ?)"
	cp /etc/minibox.conf "$STAGE_SCRATCH/minibox.conf.installed"
	quietly /usr/local/sbin/minibox-rootfs busybox demo

	sed -i '/^tester:/d; /^[^:]*:[^:]*:4001:/d' /etc/passwd /etc/group
	echo 'tester:x:4001:4001::/nonexistent:/bin/sh' >>/etc/passwd
	echo 'tester:x:4001:' >>/etc/group
	printf '%s\n' '[box demo]' 'rootfs = /var/lib/minibox/demo' \
		'users = tester' 'command = *' >/etc/minibox.conf
	chmod 0644 /etc/minibox.conf

	cd /
	exec env -i PATH="$PATH" LC_ALL=C CC="${CC:-cc}" \
		PYTHONDONTWRITEBYTECODE=1 STAGE_SCRATCH="$STAGE_SCRATCH" \
		MINIBOX_TEST_SLOW="${MINIBOX_TEST_SLOW:-1}" \
		MINIBOX_TEST_MESSAGES="${MINIBOX_TEST_MESSAGES-}" \
		MINIBOX_TEST_BUILD="$build" "$@"
}

[ "$(id -u)" = 0 ] || die "must be run as root"
if [ "${1-}" = --inside ]; then
	shift
	inside "$@"
fi
[ $# -ge 2 ] || die "usage: sh stage.sh BUILD_DIR COMMAND [ARG]..."
build=$(cd "$1" && pwd -P) || die "no such directory: $1"
self=$(cd "$(dirname "$0")" && pwd -P)/stage.sh
shift
umask 022
scratch=$(mktemp -d)
chmod 0755 "$scratch"
trap 'rmdir "$scratch"' EXIT
trap 'exit 2' HUP INT TERM
status=0
unshare -m -u --propagation private sh "$self" --inside \
	"$scratch" "$build" "$@" || status=$?
exit "$status"
