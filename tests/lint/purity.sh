#!/bin/sh
# SPDX-License-Identifier: MIT
# The pure half stays pure: what its objects need from outside is on a list, and
# what a single object needs beyond that is named here with it.  inih is known
# to reader.c only, libcap-ng to cred.c only.
#
# usage: purity.sh BUILD_DIR
set -u
build=${1:?usage: purity.sh BUILD_DIR}
root=$(cd "$(dirname "$0")/../.." && pwd)
passed=0 failed=0

# Memory, text, sorting, the compiler's own; our own modules are exempt below.
common='calloc|realloc|free|strndup|strdup|qsort|strtol|bcmp|
mem(chr|cmp|cpy|move|set)|str(chr|rchr|cmp|ncmp|len|spn|cspn|pbrk|str)|
(__)?v?(snprintf|asprintf)(_chk)?|__(memcpy|memmove|memset|strcpy|strncpy)_chk|
__isoc23_strtol|__stack_chk_fail|__ubsan_.*|__asan_.*|__sanitizer_.*|
_GLOBAL_OFFSET_TABLE_'
common=$(printf '%s' "$common" | tr -d '\n')

extra() { # OBJECT: what it alone may use, and why
	case $1 in
	die.o) # ends the process: drops, writes, exits
		echo '__errno_location|strerror|write|_exit|syscall|getresuid|getresgid|setresuid|setresgid|setfsuid|setfsgid|prctl|poll|(__)?poll_chk|signal' ;;
	logline.o) echo "strtoul|__isoc23_strtoul" ;;
	explain.o) # prints to the stream it is given
		echo '(__)?fprintf(_chk)?|fputs|fputc|fwrite|putc' ;;
	list.o) # the same, and takes a plan as text
		echo '(__)?fprintf(_chk)?|fputs|fputc|fwrite|putc|open_memstream|fclose' ;;
	reader.o) echo 'ini_parse_stream' ;;
	*) echo '-' ;;
	esac
}

for object in $(ar t "$build/src/libpure.a"); do
	dir=$(mktemp -d) || exit 1
	(cd "$dir" && ar x "$build/src/libpure.a" "$object")
	ours=$(nm -g --defined-only "$build/src/libpure.a" 2>/dev/null |
		awk 'NF == 3 { print $3 }' | sort -u | tr '\n' '|')
	bad=$(nm -u "$dir/$object" | awk '{ print $2 }' |
		grep -vxE "(${ours}$common|$(extra "$object"))")
	rm -rf "$dir"
	if [ -n "$bad" ]; then
		echo "FAIL: purity: $object uses" $bad
		failed=$((failed + 1))
	else
		passed=$((passed + 1))
	fi
done

only() { # HEADER FILE
	users=$(cd "$root/src" && grep -l "<$1>" ./*.[ch])
	if [ "$users" = "./$2" ]; then
		passed=$((passed + 1))
	else
		echo "FAIL: $1 is included by:" $users
		failed=$((failed + 1))
	fi
}
only ini.h reader.c
only cap-ng.h cred.c
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 2 ]
