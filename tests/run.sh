#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs every test: sudo sh tests/run.sh [--bench]
#
# On Debian and Ubuntu it installs what is missing.  It builds in a directory
# of its own, leaves the tree and the host as they are, and ends with
#     N passed, N failed, N skipped
set -u
source=$(cd "$(dirname "$0")/.." && pwd) || exit 1
packages='gcc make autoconf automake pkg-config libc6-dev linux-libc-dev
binutils libcap-ng-dev libinih-dev libseccomp-dev busybox-static libcmocka-dev
clang clang-format musl-tools mandoc shellcheck strace gdb python3 util-linux
procps iproute2 umoci mmdebstrap pv zstd xz-utils libcap2-bin tcc
git systemd zsh fish bash-completion openssh-server openssh-client'
lean=	# without what they recommend
[ "$(dpkg --print-architecture 2>/dev/null)" != amd64 ] || lean=qemu-system-x86
bench=
[ "${1:-}" = --bench ] && bench=1 &&
	packages="$packages bubblewrap"

fail() {
	echo "tests/run.sh: $*" >&2
	exit 1
}

missing_of() { # PACKAGE...
	for package; do
		state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)
		[ "$state" = 'install ok installed' ] || printf ' %s' "$package"
	done
}

install_missing() {
	command -v dpkg-query >/dev/null ||
		fail "not Debian or Ubuntu: install the counterparts of:" $packages
	missing=$(missing_of $packages) missing_lean=$(missing_of $lean)
	[ -n "$missing$missing_lean" ] || return 0
	echo "installing:$missing$missing_lean"
	export DEBIAN_FRONTEND=noninteractive
	{
		apt-get update -qq &&
			apt-get install -y -qq $missing &&
			apt-get install -y -qq --no-install-recommends \
				$missing_lean
	} >"$work/apt.log" 2>&1 || {
		cat "$work/apt.log" >&2
		fail "could not install:$missing$missing_lean"
	}
}

# build NAME CC [CONFIGURE_ARG]...: $work/NAME from the copy of the tree
build() {
	name=$1
	cc=$2
	shift 2
	mkdir "$work/$name" && cd "$work/$name" || exit 1
	{
		../tree/configure CC="$cc" --prefix=/usr/local \
			--sysconfdir=/etc --localstatedir=/var "$@" &&
			make -j2 && make -j2 check TESTS=
	} >build.log 2>&1 || {
		tail -n 40 build.log >&2
		fail "the $name build failed"
	}
	# Warnings are errors of ours: of the levels that configure asks for.
	if grep -E 'warning:' build.log; then
		suite_result "warnings of the $name build" '0 passed, 1 failed, 0 skipped'
	else
		suite_result "warnings of the $name build" '1 passed, 0 failed, 0 skipped'
	fi
	cd "$work" || exit 1
}

suite_result() { # NAME LINE
	printf '%-32s %s\n' "$1" "$2"
	passed=$((passed + $(echo "$2" | awk '{ print $1 }')))
	failed=$((failed + $(echo "$2" | awk '{ print $3 }')))
	skipped=$((skipped + $(echo "$2" | awk '{ print $5 }')))
}

# suite NAME COMMAND...: the last line of its output counts; without one, or
# with a bad status and no failure counted, it is a failure.
suite() {
	name=$1
	shift
	started=$(date +%s)
	"$@" >"$work/suite.log" 2>&1 </dev/null
	status=$?
	line=$(tail -n 1 "$work/suite.log" |
		grep -xE '[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped')
	case ${line:-none} in
	none) line='0 passed, 1 failed, 0 skipped' ;;
	*' 0 failed'*) [ "$status" -eq 0 ] ||
		line='0 passed, 1 failed, 0 skipped' ;;
	esac
	suite_result "$name ($(($(date +%s) - started)) s)" "$line"
	grep -iE '^(skip|.*\.\.\. skipped)' "$work/suite.log"
	case $line in
	*' 0 failed'*) ;;
	*) tail -n 200 "$work/suite.log" ;;
	esac
}

# Debian's own kernel in an emulator.
second_kernel() {
	[ "$(dpkg --print-architecture)" = amd64 ] &&
		apt-cache show linux-image-cloud-amd64 >/dev/null 2>&1 || {
		echo 'skip: no package linux-image-cloud-amd64 (Debian, amd64)'
		echo '0 passed, 0 failed, 1 skipped'
		return
	}
	sh "$source/tests/vm/run.sh" "$work/release"
}

pure_half() { # NAME: the tests that need no root, on that build
	suite "unit, $1" sh "$source/tests/unit/run.sh" "$work/$1"
	suite "golden, $1" env top_srcdir="$source" \
		top_builddir="$work/$1" ASAN_OPTIONS=detect_leaks=0 \
		sh "$source/tests/golden/run.sh"
}

[ "$(id -u)" = 0 ] || fail "must be root: sudo sh tests/run.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
chmod 755 "$work"
passed=0 failed=0 skipped=0

install_missing
mkdir "$work/tree" && (cd "$source" && tar -c --exclude=./.git .) |
	tar -x -C "$work/tree" --no-same-owner
(cd "$work/tree" && autoreconf -fi) >"$work/autoreconf.log" 2>&1 || {
	cat "$work/autoreconf.log" >&2
	fail "autoreconf failed"
}
build release gcc
build clang clang
build gcc-sanitizers gcc --enable-sanitizers
build clang-sanitizers clang --enable-sanitizers

for name in release gcc-sanitizers clang-sanitizers; do
	pure_half "$name"
done
suite "purity" sh "$source/tests/lint/purity.sh" "$work/release"
suite "include levels" sh "$source/tests/lint/levels.sh"
suite "binary" sh "$source/tests/lint/elf.sh" "$work/release/src/minibox"
suite "style" sh "$source/tests/lint/style.sh" "$work/release"
suite "messages" python3 "$source/tests/lint/messages.py" "$source/src" \
	"$source/man"
suite "fuzz" sh "$source/tests/fuzz/run.sh" "$work/release"
suite "install" sh "$source/tests/install/run.sh" "$work/tree"
suite "boxes" env CC=gcc MINIBOX_TEST_MESSAGES="$work/messages" \
	sh "$source/tests/box/run.sh" "$work/release"
suite "completions" sh "$source/tests/completions/run.sh" "$work/release"
suite "root file systems" sh "$source/tests/rootfs/run.sh" "$work/release"
suite "faults" env MINIBOX_TEST_MESSAGES="$work/messages" \
	sh "$source/tests/faults/run.sh" "$work/release"
suite "messages seen" python3 "$source/tests/lint/messages.py" "$source/src" \
	"$source/man" "$work/messages" "$source/tests"
suite "second kernel" second_kernel
if [ -n "$bench" ]; then
	sh "$source/tests/bench/run.sh" "$work/release" || failed=$((failed + 1))
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
