#!/bin/sh
# SPDX-License-Identifier: MIT
# What the shipped binary is: static-pie, full RELRO, NX, no interpreter, no
# name service, no dlopen, no writable and executable segment.
#
# usage: elf.sh BINARY
set -u
binary=${1:?usage: elf.sh BINARY}
passed=0 failed=0

check() { # NAME COMMAND...
	name=$1
	shift
	if "$@" >/dev/null; then
		passed=$((passed + 1))
	else
		echo "FAIL: elf: $name"
		failed=$((failed + 1))
	fi
}
has() { # TEXT TOOL...: the tool's output matches
	text=$1
	shift
	"$@" "$binary" 2>&1 | grep -qE -- "$text"
}
lacks() { ! has "$@"; }

check "is position independent" has 'Type: +DYN' readelf -hW
check "says PIE" has 'FLAGS_1.*PIE' readelf -dW
check "binds now" has 'FLAGS_1.*NOW' readelf -dW
check "has RELRO" has GNU_RELRO readelf -lW
check "has no interpreter" lacks INTERP readelf -lW
check "needs no library" lacks NEEDED readelf -dW
check "has a stack that cannot be executed" has 'GNU_STACK.* RW +0x' readelf -lW
check "has no segment that is writable and executable" \
	lacks 'LOAD.* RWE ' readelf -lW
check "has no text relocation" lacks TEXTREL readelf -dW
check "has symbols to look at" has ' T main$' nm
check "has no name service" lacks 'nss_|libnss|nsswitch|nscd' nm
check "names no name service" lacks 'libnss|nsswitch|nscd' strings -a
check "has no dlopen" lacks 'dlopen|dlsym' nm
check "has no syslog of libc" lacks 'openlog|vsyslog' nm
check "writes to no console" lacks '/dev/console' strings -a
check "protects its stack" has __stack_chk_fail nm
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
