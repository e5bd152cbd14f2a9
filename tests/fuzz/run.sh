#!/bin/sh
# SPDX-License-Identifier: MIT
# Fuzzers of the pure half, with ASan and UBSan: the corpus, then RUNS inputs
# that are made up, always the same.
#
# usage: run.sh BUILD_DIR [RUNS]
#
# KEEP=DIR leaves the two programs in DIR, to look for longer (into NEW, with
# CORPUS for a start), and to take over what was found that adds something:
#     DIR/policy -dict=tests/fuzz/dict -max_len=4096 NEW CORPUS
#     DIR/policy -merge=1 CORPUS NEW
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
build=$(cd "${1:?usage: run.sh BUILD_DIR [RUNS]}" && pwd) || exit 1
runs=${2:-20000}
top=$(cd "$here/../.." && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
passed=0 failed=0
# What is not the arena's is freed, or of libc.
export ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1

finish() { # [SKIPPED]
	echo "$passed passed, $failed failed, ${1:-0} skipped"
	[ "$failed" -eq 0 ]
	exit
}

skip() {
	echo "skip: $*"
	finish 1
}

pass() {
	passed=$((passed + ${1:-1}))
}

fail() { # WHAT [LOG]
	[ -z "${2:-}" ] || tail -n 100 "$2"
	echo "FAIL: fuzz: $1"
	failed=$((failed + 1))
}

sanitize=-fsanitize=address,undefined

compile() { # ARG...: to objects in the working directory
	# shellcheck disable=SC2086 # one word each
	clang -c -std=gnu11 -O2 -g -fno-omit-frame-pointer "$sanitize" \
		-fno-sanitize-recover=all -D_GNU_SOURCE -DSYSCONFDIR='"/etc"' \
		-I"$here" -I"$top/src" -I"$build" -I"$build/src" $inih "$@"
}

# The pure half as Makefile.am has it, and who the caller is.
pure_sources() {
	sed -n '/^src_libpure_a_SOURCES/,/[^\\]$/p' "$top/Makefile.am" |
		grep -o 'src/[a-z0-9-]*\.c' | grep -vxE 'src/(xalloc|near)\.c' |
		sed "s|^|$top/|"
	echo "$top/src/caller.c"
}

# What is followed is the product alone; and not near.c, whose loops are no
# news, and take half of the time.
# shellcheck disable=SC2046 # words; no build has blanks in its path
build_fuzzers() {
	cd "$work" || return 1
	compile -fsanitize=fuzzer-no-link -Dopen_memstream=arena_memstream \
		-Dfree=arena_drop -include arena.h $(pure_sources) &&
		compile "$top/src/near.c" "$here/arena.c" "$here/expect.c" \
			"$here/use.c" || return 1
	for name in policy argv; do
		mkdir "$name.d" &&
			compile -o "$name.d/$name.o" "$here/$name.c" &&
			clang "$sanitize,fuzzer" -o "$name" \
				"$name.d/$name.o" ./*.o \
				-Wl,-Bstatic -linih -Wl,-Bdynamic || return 1
	done
}

# What a key or an option is called, a fuzzer need not find out.
check_dict() {
	names=$(sed -n 's/^\t\[KEY_[A-Z_]*\] = { "\([a-z-]*\)",.*/\1/p' \
		"$top/src/keys.c")
	[ -n "$names" ] || {
		fail "no key found in keys.c"
		return
	}
	for name in $names; do
		grep -qx "\"\\\\x0a$name = \"" "$here/dict" || {
			fail "the key $name is not in tests/fuzz/dict"
			return
		}
	done
	pass
}

fuzz() { # NAME
	corpus=$here/corpus/$1
	n=$(find "$corpus" -type f | wc -l)
	if "$work/$1" -runs=0 -artifact_prefix="$work/found-" \
		"$corpus" >"$work/log" 2>&1 </dev/null; then
		pass "$n"
	else
		fail "the corpus of $1" "$work/log"
	fi
	[ "$runs" -gt 0 ] || return 0
	cp -r "$corpus" "$work/$1.new"
	if "$work/$1" -seed=1 -runs="$runs" -max_len=4096 -timeout=20 \
		-dict="$here/dict" -artifact_prefix="$work/found-" \
		"$work/$1.new" >"$work/log" 2>&1 </dev/null; then
		pass
	else
		fail "$1, after at most $runs runs; the input in base64:" \
			"$work/log"
		for file in "$work"/found-*; do
			[ ! -e "$file" ] || base64 "$file"
		done
	fi
	rm -rf "$work"/found-* "$work/$1.new"
}

command -v clang >/dev/null || skip 'no clang'
echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void)
{ return 0; }' >"$work/probe.c"
clang "$sanitize,fuzzer" -o "$work/probe" "$work/probe.c" \
	>"$work/log" 2>&1 || {
	cat "$work/log"
	skip 'clang has no libFuzzer or no ASan here (libclang-rt-dev)'
}
rm "$work/probe" "$work/probe.c"
inih=$(pkg-config --cflags inih) || inih=
if build_fuzzers >"$work/log" 2>&1; then
	pass
else
	fail "the fuzzers do not compile" "$work/log"
	finish
fi
[ -z "${KEEP:-}" ] || cp "$work/policy" "$work/argv" "$KEEP" || exit 1
check_dict
fuzz policy
fuzz argv
finish
