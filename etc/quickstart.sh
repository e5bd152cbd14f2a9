#!/bin/sh
# SPDX-License-Identifier: MIT
# From a fresh machine to a box: sudo sh etc/quickstart.sh
#
# Installs what is missing (Debian, Ubuntu), builds, installs, makes a busybox
# root file system, writes a demo policy if there is none, and shows the box as
# the user who called sudo, or as nobody.  Can be run again; works offline once
# everything is there.
set -eu

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
# What the caller exports for builds of his own must not move this one.
unset CDPATH DESTDIR MAKEFLAGS CONFIG_SITE
packages='gcc make autoconf automake pkg-config libc6-dev linux-libc-dev
libcap-ng-dev libinih-dev libseccomp-dev busybox-static'
policy=/etc/minibox.conf
source=$(cd "$(dirname "$0")/.." && pwd)

fail() {
	echo "quickstart: $*" >&2
	exit 1
}

step() {
	printf '\n== %s\n' "$*"
}

# Runs a command with its output in a log that is shown only if it fails.
quietly() {
	"$@" >"$work/log" 2>&1 || {
		tail -n 30 "$work/log" >&2
		fail "failed: $*"
	}
}

install_missing() {
	if ! command -v dpkg-query >/dev/null; then
		# shellcheck disable=SC2086 # one word each
		for tool in gcc make autoconf automake pkg-config busybox; do
			command -v "$tool" >/dev/null || fail "$tool is missing;" \
				"this is neither Debian nor Ubuntu: install the" \
				"counterparts of:" $packages
		done
		return 0
	fi
	missing=
	for package in $packages; do
		# One line for each architecture; a held package is there too.
		dpkg-query -W -f '${db:Status-Status}\n' "$package" \
			2>/dev/null | grep -qx installed ||
			missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	step "Installing packages:$missing"
	export DEBIAN_FRONTEND=noninteractive
	# One broken source of many is no reason to give up yet.
	apt-get update -qq >"$work/log" 2>&1 ||
		echo "quickstart: apt-get update failed;" \
			"trying with the lists at hand" >&2
	# shellcheck disable=SC2086 # one word each
	quietly apt-get install -y -qq --no-install-recommends \
		-o DPkg::Lock::Timeout=120 $missing </dev/null
}

# In a directory of its own: the caller's tree gets no files of root's.
build_and_install() {
	step "Building and installing minibox"
	mkdir "$work/tree"
	quietly tar -cf "$work/tree.tar" --exclude=./.git -C "$source" .
	quietly tar -xf "$work/tree.tar" --no-same-owner -C "$work/tree"
	cd "$work/tree"
	# What the caller built here, with other options, must not be taken.
	[ ! -e Makefile ] || quietly make distclean
	quietly autoreconf -fi
	mkdir build
	cd build
	quietly ../configure --prefix=/usr/local --sysconfdir=/etc \
		--localstatedir=/var
	quietly make
	quietly make install
	cd /
	minibox -V
}

make_rootfs() {
	[ -d /var/lib/minibox/demo ] && return 0
	step "Making a root file system from busybox"
	quietly minibox-rootfs busybox demo
}

# Only in place of the policy that admits nobody.
write_policy() {
	if ! cmp -s "$source/etc/minibox.conf" "$policy"; then
		grep -q '^\[box demo\]' "$policy" || fail "$policy is edited and has" \
			"no [box demo]; add the section that follows, and run" \
			"this again:" "$(demo_policy)"
		return 0
	fi
	step "Writing a demo policy to $policy"
	demo_policy >"$work/policy.new"
	chmod 600 "$work/policy.new"
	cp "$work/policy.new" "$policy.new"
	chmod 600 "$policy.new"
	mv "$policy.new" "$policy"
}

demo_policy() {
	cat <<-'END'
		[box demo]
		rootfs = /var/lib/minibox/demo
		description = A small system to look around in
		users = *
		command = *
	END
}

# The script runs in the box.
# shellcheck disable=SC2016
show_box() {
	who=${SUDO_USER:-nobody}
	[ "$who" != root ] || who=nobody
	id "$who" >/dev/null 2>&1 || fail "no such user: $who; unset SUDO_USER"
	step "minibox -b demo /bin/sh -c ... as $who"
	cd /
	setpriv --reuid "$who" --regid "$(id -g "$who")" --init-groups \
		/usr/local/bin/minibox -b demo /bin/sh -c '
		echo "host name:  $(hostname)"
		echo "ids:        $(id)"
		echo "root:       $(ls -C / | tr "\n" " ")"
		echo "privilege:  $(grep -E "CapEff|NoNewPrivs" /proc/self/status | tr "\n\t" "  ")"
		echo "processes:"
		ps -o pid,user,args | cut -c 1-70'
}

[ "$(id -u)" = 0 ] || fail "must be root: sudo sh etc/quickstart.sh"
work=$(mktemp -d) || fail "cannot make a temporary directory; set TMPDIR"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
umask 022
printf '#!/bin/sh\n' >"$work/probe"
chmod 700 "$work/probe"
"$work/probe" 2>/dev/null || fail "${work%/*} is mounted noexec;" \
	"name another directory: sudo TMPDIR=DIR sh etc/quickstart.sh"
install_missing
build_and_install
make_rootfs
write_policy
minibox --check
show_box
step "Next"
cat <<'END'
  minibox -b demo /bin/sh      look around, as an ordinary user
  minibox -n -b demo ls        what would be done, and why
  man minibox.conf             who may run what: /etc/minibox.conf
END
