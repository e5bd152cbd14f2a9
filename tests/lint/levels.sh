#!/bin/sh
# SPDX-License-Identifier: MIT
# Includes go one way: a module may include only modules that stand before it
# in this list, from what knows nothing to what knows all.
set -u
cd "$(dirname "$0")/../../src" || exit 1
order='die xalloc chars near utf8 json path place fault envname word value limit accounts caller logline status twins report sys syscalls scan
policy tokens keys request home passwd binds mounts rules reader authorize advice env plan
explain list scrub clock deadline start cred trusted log slot cgroup ending mountinfo ns fs dev source target root walk interp listed
rlimits command load offers programs check init monitor box main nonss'
passed=0 failed=0

rank() {
	n=0
	for module in $order; do
		n=$((n + 1))
		[ "$module" = "$1" ] && echo "$n" && return
	done
	echo 0
}

for file in *.[ch]; do
	module=${file%.*}
	own=$(rank "$module")
	bad=
	case $module in syscalls-gen) continue ;; esac
	[ "$own" -gt 0 ] || bad=" (not in the list)"
	for header in $(sed -n 's/^#include "\(.*\)\.h"/\1/p' "$file"); do
		case $header in "$module" | config | syscalls-data) continue ;; esac
		other=$(rank "$header")
		[ "$other" -gt 0 ] && [ "$other" -lt "$own" ] || bad="$bad $header.h"
	done
	if [ -n "$bad" ]; then
		echo "FAIL: levels: $file must not include$bad"
		failed=$((failed + 1))
	else
		passed=$((passed + 1))
	fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
