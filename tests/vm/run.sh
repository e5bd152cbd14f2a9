#!/bin/sh
# SPDX-License-Identifier: MIT
#
# How does minibox behave under another kernel: Debian's, with cgroup v2, and
# under systemd?
#
#	sh tests/vm/run.sh BUILD_DIR [PART]...
#
# Run as root.  The parts are box (or box:TEST-NAME-PATTERN), faults and systemd;
# all of them by default, and box in two halves.  Each has a virtual machine of
# its own, and all run at once; what they print comes one after the other.  They
# see /usr, /etc, the tree and BUILD_DIR, shared read-only, and have memory for the
# rest.  The kernel is that of Debian's package, which apt-get fetches, unless
# MINIBOX_TEST_KERNEL is the path of the .deb file.  The processor is emulated, as
# not every /dev/kvm can be relied on; MINIBOX_TEST_KVM=1 is for one that can.  The
# last line is "N passed, N failed, N skipped"; exit 1 if a test failed, 2 if none
# could run.

set -eu
limit=2700	# seconds that a machine may be on

die() {
	echo "run.sh: $*" >&2
	exit 2
}

download_kernel() {
	package=$(apt-cache depends linux-image-cloud-amd64 |
		awk '$1 == "Depends:" { print $2; exit }')
	[ -n "$package" ] &&
		apt-get -qq -o APT::Sandbox::User=root download "$package"
}

fetch_kernel() {
	deb=${MINIBOX_TEST_KERNEL-}
	[ -n "$deb" ] || {
		download_kernel || {
			apt-get update -qq && download_kernel
		} || die 'no kernel to be had (is this amd64?)'
		deb=$(echo linux-image-*.deb)
	}
	dpkg-deb -x "$deb" kernel || die "cannot unpack $deb"
}

make_initramfs() {
	mkdir -p initramfs/bin initramfs/lib
	cp "$(command -v busybox)" initramfs/bin
	install "$here/init.sh" initramfs/init
	for module in virtio_ring virtio virtio_pci_legacy_dev \
		virtio_pci_modern_dev virtio_pci virtio_console fuse virtiofs \
		overlay; do
		find kernel -name "$module.ko*" -exec cp {} initramfs/lib \;
		file=initramfs/lib/$module.ko
		[ ! -e "$file.xz" ] || xz -d "$file.xz"
		[ ! -e "$file" ] || echo "insmod /lib/$module.ko"
	done >initramfs/modules
	(cd initramfs && find . | busybox cpio -o -H newc) >initramfs.cpio \
		2>log || die "busybox cpio: $(cat log)"
}

# What the machine may see, in the directory share
make_share() {
	mkdir -p share/usr share/etc
	mount -o bind,ro /usr share/usr
	mount -o bind,ro /etc share/etc
	source=$(sed -n 's/^abs_top_srcdir = //p' "$build/Makefile")
	for directory in "$tree" "$build" "$(realpath "$source")"; do
		echo "$directory"
		mkdir -p "share/tree$directory"
		mount -o bind,ro "$directory" "share/tree$directory"
	done >share/directories
	echo "here='$here' build='$build' slow=$slow" >share/settings
}

serve() { # PART
	for server in /usr/libexec/virtiofsd /usr/lib/qemu/virtiofsd; do
		[ ! -x "$server" ] || break
	done
	"$server" --socket-path="$PWD/$1.socket" -o source="$PWD/share" \
		-o cache=always >"$1.server" 2>&1 &
	for _ in $(seq 100); do
		[ ! -S "$1.socket" ] || return 0
		sleep 0.1
	done
	die "no file server: $(cat "$1.server")"
}

boot() { # PART
	timeout "$limit" qemu-system-x86_64 -accel "$accel" -cpu max -smp 2 -m 2G \
		-object memory-backend-memfd,id=memory,size=2G,share=on \
		-machine q35,memory-backend=memory \
		-nodefaults -no-user-config -no-reboot -display none \
		-kernel kernel/boot/vmlinuz-* -initrd initramfs.cpio \
		-append "console=ttyS0 quiet panic=-1 part=$1 \
			systemd.unit=minibox-test.service" \
		-serial "file:$1.console" \
		-chardev "socket,id=share,path=$1.socket" \
		-device vhost-user-fs-pci,chardev=share,tag=share \
		-chardev "file,id=output,path=$1.output" \
		-device virtio-serial-pci \
		-device virtserialport,chardev=output </dev/null >"$1.qemu" 2>&1 &
	qemu=$!
	tail -n +1 -s 0.2 -f --pid="$qemu" "$1.output"
	wait "$qemu"
}

# What a part has counted.  Without a count in its last line, or with a bad
# status and no failure, it is one; and so it is without an end.
count() { # PART
	awk '
	/^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { line = $0; next }
	/^== .* ended with status [0-9]+ / {
		split(line, n, " ")
		ended = line && (n[3] || !$6)
	}
	{ line = "" }
	END { print n[1] + 0, n[3] + !ended, n[5] + 0 }' "$1.output"
}

machine() { # PART
	serve "$1"
	: >"$1.output"
	started=$(date +%s)
	status=0
	boot "$1" || status=$?
	echo "== the machine was on for $(($(date +%s) - started)) s"
	count "$1" >>counts
	[ "$status" -ne 0 ] || ! grep -q '^== .* ended with' "$1.output" ||
		return 0
	echo "FAIL: no end; status $status of qemu (124: stopped after $limit s)"
	tail -n 60 "$1.server" "$1.qemu" "$1.console"
}

inside() {
	cd "$1"
	build=$2
	shift 2
	accel=tcg,thread=multi slow=5
	[ -z "${MINIBOX_TEST_KVM-}" ] || accel=kvm slow=1
	[ $# -gt 0 ] || set -- 'box:test_[!m-z]*' 'box:test_[m-z]*' faults systemd
	fetch_kernel
	make_initramfs
	make_share
	for part; do
		: >"$part.log"
		machine "$part" >"$part.log" 2>&1 &
		echo $! >"$part.pid"
	done
	for part; do
		tail -n +1 -s 0.2 -f --pid="$(cat "$part.pid")" "$part.log"
		wait "$(cat "$part.pid")" || echo 0 1 0 >>counts
	done
	awk '{ p += $1; f += $2; s += $3 }
		END { print p " passed, " f " failed, " s " skipped"; exit f > 0 }
		' counts
}

[ "$(id -u)" = 0 ] || die "must be run as root"
here=$(cd "$(dirname "$0")" && pwd -P)
tree=$(cd "$here/../.." && pwd -P)
if [ "${1-}" = --inside ]; then
	shift
	inside "$@"
	exit
fi
[ $# -ge 1 ] || die "usage: sh tests/vm/run.sh BUILD_DIR [PART]..."
build=$(cd "$1" && pwd -P) || die "no such directory: $1"
shift
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
# Neither a mount nor a process outlives it.
unshare -m -p -f --kill-child --mount-proc --propagation private \
	sh "$here/run.sh" --inside "$work" "$build" "$@" &
inside=$!
trap 'kill -s KILL "$inside"; exit 2' HUP INT TERM
wait "$inside" || status=$?
exit "$status"
