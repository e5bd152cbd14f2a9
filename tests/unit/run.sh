#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the unit tests and adds up what cmocka counted.
#
# usage: run.sh BUILD_DIR
set -u
build=${1:?usage: run.sh BUILD_DIR}
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT
passed=0 failed=0
# What minibox allocates it leaves to exec or exit (src/xalloc.h).
export ASAN_OPTIONS=detect_leaks=0

for test in "$build"/tests/unit/test-*; do
	case $test in *.o | *.log | *.trs) continue ;; esac
	"$test" >"$out" 2>&1
	status=$?
	n=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test(s)\.$/\1/p' "$out")
	bad=$(sed -n 's/^\[  FAILED  \] \([0-9]*\) test(s), .*/\1/p' "$out")
	passed=$((passed + ${n:-0}))
	if [ "$status" -ne 0 ] || [ -n "$bad" ] || [ "${n:-0}" -eq 0 ]; then
		cat "$out"
		echo "FAIL: $(basename "$test") (status $status)"
		failed=$((failed + ${bad:-1}))
	fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
