#!/bin/sh
# SPDX-License-Identifier: MIT
# make install and make distcheck, as root and as an ordinary user.
#
# usage: run.sh TREE, a copy of the source tree with configure in it
set -u
tree=$(cd "${1:?usage: run.sh TREE}" && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
passed=0 failed=0

check() { # NAME COMMAND...
	name=$1
	shift
	if "$@" >"$work/log" 2>&1; then
		passed=$((passed + 1))
	else
		tail -n 30 "$work/log"
		echo "FAIL: install: $name"
		failed=$((failed + 1))
	fi
}

is() { # FILE MODE OWNER
	[ "$(stat -c '%a %U:%G' "$1")" = "$2 $3" ]
}

configured() { # DIR CONFIGURE_ARG...
	dir=$1
	shift
	mkdir "$dir" && cd "$dir" && "$tree/configure" --prefix=/usr/local \
		--sysconfdir=/etc "$@" && make
}

installed() { # DIR: make install into DIR.root
	make -C "$1" install DESTDIR="$1.root"
}

as_nobody() {
	cp -R "$tree" "$work/theirs" && chown -R nobody "$work/theirs" &&
		chmod 755 "$work" && cd "$work/theirs" &&
		setpriv --reuid nobody --regid nogroup --clear-groups \
			env HOME="$work/theirs" sh -c \
			'mkdir b && cd b && ../configure && make distcheck'
}

as_root() {
	mkdir "$work/ours" && cd "$work/ours" && "$tree/configure" &&
		make distcheck
}

check "builds" configured "$work/a" --localstatedir=/var
check "installs" installed "$work/a"
check "sets 4755 root:root" is "$work/a.root/usr/local/bin/minibox" 4755 \
	root:root
check "gives a policy" is "$work/a.root/etc/minibox.conf" 600 root:root
check "and a directory for more" is "$work/a.root/etc/minibox.conf.d" 700 \
	root:root
for unit in service slice; do
	check "installs minibox.$unit" is \
		"$work/a.root/usr/local/lib/systemd/system/minibox.$unit" \
		644 root:root
done
echo '# edited' >>"$work/a.root/etc/minibox.conf"
check "installs again" installed "$work/a"
check "leaves an edited policy" grep -q '^# edited$' \
	"$work/a.root/etc/minibox.conf"
touch "$work/a.root/etc/minibox.conf.d/mine.conf"
check "checks what it shipped" "$work/a.root/usr/local/bin/minibox" --check \
	"$tree/etc/minibox.conf"
check "uninstalls" make -C "$work/a" uninstall DESTDIR="$work/a.root"
check "keeps an edited policy" test -e "$work/a.root/etc/minibox.conf"
check "keeps other files of it" \
	test -e "$work/a.root/etc/minibox.conf.d/mine.conf"
check "builds for a package" configured "$work/b" --disable-setuid-install
check "installs for a package" installed "$work/b"
check "sets no setuid bit then" is "$work/b.root/usr/local/bin/minibox" 755 \
	root:root
check "builds for a group" configured "$work/c" --with-setuid-group=daemon
check "installs for a group" installed "$work/c"
check "sets 4750 root:GROUP" is "$work/c.root/usr/local/bin/minibox" 4750 \
	root:daemon
check "quickstart" sh "$tree/tests/stage.sh" "$work/a" \
	sh "$tree/tests/install/quickstart.sh" "$tree"
check "passes distcheck as root" as_root
check "passes distcheck as nobody" as_nobody
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
