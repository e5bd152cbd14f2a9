#!/bin/sh
# SPDX-License-Identifier: MIT
# What tools can say about the text: man pages, shell scripts, format of the C
# sources, entries of the top level, and that the sources compile with another
# libc.
#
# usage: style.sh BUILD_DIR
set -u
build=$(cd "${1:?usage: style.sh BUILD_DIR}" && pwd) || exit 1
cd "$(dirname "$0")/../.." || exit 1
passed=0 failed=0

check() { # NAME COMMAND...
	name=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		echo "FAIL: style: $name"
		failed=$((failed + 1))
	fi
}

for page in man/*.[1-8]; do
	check "$page" mandoc -Tlint -Wwarning "$page"
done
for script in src/minibox-rootfs etc/*.sh tests/*.sh tests/*/*.sh .ci/run; do
	check "$script" shellcheck -S warning "$script"
done
for source in src/*.[ch] tests/*/*.c; do
	check "format of $source" clang-format --dry-run -Werror "$source"
done
for source in src/*.c; do
	case $source in */syscalls-gen.c) continue ;; esac # for the build machine
	check "$source with musl" musl-gcc -fsyntax-only -std=gnu11 -Wall \
		-Wextra -Werror -D_GNU_SOURCE -DSYSCONFDIR='"/etc"' \
		"-I$build" "-I$build/src" -idirafter /usr/include \
		-idirafter "/usr/include/$(gcc -print-multiarch)" "$source"
done

# Each literal block under EXAMPLES is a whole policy.
examples() {
	dir=$(mktemp -d) || return 1
	awk -v dir="$dir" '
		/^\.Sh / { here = $2 == "EXAMPLES" }
		here && /^\.Bd -literal/ { file = dir "/" ++n; next }
		/^\.Ed/ { file = "" }
		file { gsub(/\\-/, "-"); print >file }' man/minibox.conf.5
	found=0
	for policy in "$dir"/*; do
		found=$((found + 1))
		setpriv --reuid 65534 --regid 65534 --clear-groups \
			"$build/src/minibox" --check - <"$policy" >"$dir.log" ||
			{ cat "$dir.log" "$policy"; found=-99; }
	done
	rm -rf "$dir" "$dir.log"
	[ "$found" -ge 8 ]
}
check "the examples of minibox.conf(5)" examples

# What a build leaves in the tree is known to .gitignore.
entries() {
	for entry in *; do
		case $entry in
		configure.ac | Makefile.am | README.md | LICENSE) continue ;;
		src | etc | man | tests) continue ;;
		esac
		grep -qxE "/?$entry/?" .gitignore && continue
		echo "unexpected: $entry"
		return 1
	done
}
check "the top level" entries
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
