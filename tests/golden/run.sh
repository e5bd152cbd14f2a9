#!/bin/sh
# SPDX-License-Identifier: MIT
# Golden tests: policy + caller + argv -> the text of minibox -n and -l.
#
# Each cases/NAME has: argv (one word a line, argv[0] first), expected, and,
# where they differ from those of cases/default: policy.conf, caller.
# UPDATE=1 writes what is printed into expected; review the diff like code.
set -u
here=${top_srcdir:-../..}/tests/golden
decide=${top_builddir:-../..}/tests/golden/decide
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT
passed=0 failed=0

pick() { # CASE FILE: the case's own, or the default
	if [ -e "$here/cases/$1/$2" ]; then
		printf '%s' "$here/cases/$1/$2"
	else
		printf '%s' "$here/cases/default/$2"
	fi
}

for dir in "$here"/cases/*/; do
	name=$(basename "$dir")
	"$decide" "$(pick "$name" policy.conf)" "$here/passwd" "$here/group" \
		"$(pick "$name" caller)" "$dir/argv" >"$out" 2>&1
	if [ -n "${UPDATE:-}" ]; then
		cp "$out" "$dir/expected"
	fi
	if diff -u "$dir/expected" "$out"; then
		passed=$((passed + 1))
	else
		echo "FAIL: golden/$name"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
