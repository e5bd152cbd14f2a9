#!/bin/sh
# SPDX-License-Identifier: MIT
#
# In the virtual machine: runs the $part of the settings (see run.sh) and turns
# the machine off.  Without systemd this is process 1; since it always waits for
# something, the shell reaps every orphan.  The output goes to a port of its own:
# on the console the kernel would interfere.
#
# shellcheck disable=SC1091,SC2154

set -u

run() { # COMMAND...
	started=$(date +%s)
	echo "== $part, Linux $(uname -r)"
	setsid --wait "$@"
	echo "== $part ended with status $? after $(($(date +%s) - started)) s"
}

run_part() {
	case $part in
	systemd) run sh "$here/systemd.sh" "$build" ;;
	*:*) run sh "$here/../${part%%:*}/run.sh" "$build" "${part#*:}" ;;
	*) run sh "$here/../$part/run.sh" "$build" ;;
	esac
}

. /settings
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export CC=gcc MINIBOX_TEST_SLOW="$slow"
umask 022
prlimit --pid $$ --nofile=1024:524288
ip link set lo up
until port=$(ls /dev/vport*p1); do
	sleep 0.1
done
run_part </dev/null 2>&1 | cat >"$port"
busybox poweroff -f
