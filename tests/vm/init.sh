#!/bin/busybox sh
# SPDX-License-Identifier: MIT
#
# The first program of the virtual machine: makes a root file system out of
# tmpfs, the shared /usr, a copy of /etc, and the tree, and goes on there with
# guest.sh, or with systemd, which starts it.  ($part is from the kernel's command
# line.)  The initramfs itself will not do: nothing can pivot_root(2) from it.  An
# overlay will not do either: stage.sh and minibox put two on top of each other,
# and the kernel allows no third.
#
# shellcheck shell=dash disable=SC1091,SC2154

set -eu
PATH=/bin
/bin/busybox --install -s /bin

make_root() {
	mkdir -p boot home mnt opt root srv proc sys dev run usr var/lib var/log
	mkdir -m 1777 tmp var/tmp
	ln -s /run var/run
	for name in bin sbin lib lib32 lib64 libx32; do
		ln -s "usr/$name" "$name"
	done
	mount --bind /share/usr usr
	mount -t tmpfs -o mode=0755 tmpfs usr/local
	cp -a /share/etc etc
	cp /share/settings "/share/tree$here/guest.sh" .
	echo "part='$part'" >>settings
	while read -r directory; do
		mkdir -p ".$directory"
		mount --bind "/share/tree$directory" ".$directory"
	done </share/directories
}

kernel_file_systems() {
	mount --move /proc proc
	mount --move /sys sys
	mount --move /dev dev
	mkdir dev/pts dev/shm
	mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts dev/pts
	mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs dev/shm
	mount -t tmpfs -o mode=0755,nosuid,nodev tmpfs run
	mount -t cgroup2 -o nsdelegate cgroup2 sys/fs/cgroup
}

# Of systemd itself; the units of the host's administrator stay out.
units() {
	rm -rf etc/systemd/system etc/fstab etc/machine-id
	mkdir etc/systemd/system
	cp "/share/tree$here/minibox-test.service" etc/systemd/system
	for unit in systemd-udevd systemd-udev-trigger systemd-hwdb-update \
		systemd-firstboot systemd-journal-flush systemd-repart; do
		ln -s /dev/null "etc/systemd/system/$unit.service"
	done
}

mkdir -p /proc /sys /dev /share /new
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
sh /modules
mount -t virtiofs -o ro share /share
mount -t tmpfs -o mode=0755 tmpfs /new
cd /new
. /share/settings
make_root
kernel_file_systems
if [ "$part" = systemd ]; then
	units
	exec switch_root /new /lib/systemd/systemd
fi
exec switch_root /new /bin/sh /guest.sh
