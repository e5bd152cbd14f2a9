#!/bin/sh
# SPDX-License-Identifier: MIT
# The quickstart, as README.md has it, where nothing is installed yet.
#
# usage: sh ../stage.sh BUILD sh quickstart.sh TREE
set -u
tree=$1
out=$STAGE_SCRATCH/out

fail() {
	cat "$out"
	echo "quickstart: $*" >&2
	exit 1
}

# quickstart USER [VARIABLE=VALUE]...: shows the box, as that user
quickstart() {
	user=$1
	shift
	env "$@" sh "$tree/etc/quickstart.sh" >"$out" 2>&1 || fail "status $?"
	for line in '/etc/minibox.conf: OK' 'host name:  container-box' \
		"ids:        uid=[0-9]*($user) .*" \
		'root:       bin  *dev .*' \
		'privilege:  CapEff: 0000000000000000 NoNewPrivs: 1 ' \
		' *2 .* /bin/sh -c .*'; do
		grep -qx "$line" "$out" || fail "not shown: $line"
	done
	[ "$(sed -n '/^processes:/,/^$/p' "$out" | wc -l)" -le 8 ] ||
		fail "processes of the host are shown"
}

make -s -C "$MINIBOX_TEST_BUILD" uninstall >"$out" 2>&1 || fail "no uninstall"
[ -x /var/lib/minibox/demo/bin/busybox ] ||
	fail "uninstall removes a root file system"
[ ! -e /usr/local/bin/minibox ] || fail "uninstall leaves the program"
rm -r /etc/minibox.conf /var/lib/minibox
quickstart nobody -u SUDO_USER
cp /etc/minibox.conf "$STAGE_SCRATCH/first"
quickstart tester SUDO_USER=tester
cmp -s /etc/minibox.conf "$STAGE_SCRATCH/first" || fail "the policy was changed"
sed -i 's/^\[box demo\]/[box other]/' /etc/minibox.conf
! sh "$tree/etc/quickstart.sh" >"$out" 2>&1 || fail "overlooks an edited policy"
grep -q 'is edited and has no \[box demo\]' "$out" || fail "gives no reason"
grep -q '^\[box other\]' /etc/minibox.conf || fail "lost an edited policy"
