#!/bin/sh
# SPDX-License-Identifier: MIT
#
# How does minibox get on with systemd?  run.sh runs this in a virtual machine
# that systemd has started:
#
#	sh systemd.sh BUILD_DIR
#
# minibox is installed for good there, where only the machine's memory is
# written.  The last line is "N passed, N failed, N skipped"; exit 1 if a test
# failed.

set -u
build=$1
passed=0 failed=0
root=/sys/fs/cgroup/minibox.slice/minibox.service

# check NAME COMMAND...: does it succeed?
check() {
	name=$1
	shift
	if output=$("$@" 2>&1); then
		echo "ok: $name"
		passed=$((passed + 1))
	else
		echo "FAIL: $name: $output"
		failed=$((failed + 1))
	fi
}

is_up() {
	state=$(systemctl is-system-running --wait) || {
		echo "$state"
		systemctl --no-pager --failed
		return 1
	}
}

has_controllers() {
	cat /sys/fs/cgroup/cgroup.controllers
	for controller in cpu memory pids; do
		grep -qw "$controller" /sys/fs/cgroup/cgroup.controllers || return
	done
}

# /usr is shared read-only, so that what is installed is mounted there.
install() {
	make -s -C "$build" install DESTDIR=/opt/minibox &&
		mount --bind /opt/minibox/usr/local /usr/local &&
		cp /opt/minibox/etc/minibox.conf /etc &&
		minibox-rootfs busybox demo &&
		printf '%s\n' '[box demo]' 'rootfs = /var/lib/minibox/demo' \
			'users = 4001' 'command = *' 'memory = 64M' \
			'pids-limit = 20' '[box free]' \
			'rootfs = /var/lib/minibox/demo' 'users = 4001' \
			'command = *' >/etc/minibox.conf &&
		systemctl daemon-reload
}

as_user() {
	setpriv --reuid 4001 --regid 4001 --clear-groups "$@"
}

# start [COMMAND...]: a box that goes on; $! is its minibox.
start() {
	[ $# -gt 0 ] || set -- /bin/sleep 1000
	setpriv --reuid 4001 --regid 4001 --clear-groups \
		minibox -b demo "$@" >/dev/null 2>&1 &
	for _ in $(seq 100); do
		group=$root/demo.4001.$!
		[ ! -e "$group" ] || [ "$(cat "$group/pids.current")" -lt 2 ] ||
			return 0
		sleep 0.1
	done
	return 1
}

# is STATUS TEXT COMMAND...: both are so, on whatever descriptor
is() {
	status=$1 text=$2
	shift 2
	said=$(as_user "$@" 2>&1)
	got=$?
	echo "status $got: $said"
	[ "$got" = "$status" ] || return
	case $said in
	*"$text"*) ;;
	*) return 1 ;;
	esac
}

has_keeper() {
	cat "$root/cgroup.procs" "$root/cgroup.subtree_control" \
		"$root/keeper/cgroup.procs" || return
	[ -z "$(cat "$root/cgroup.procs")" ] &&
		[ "$(wc -l <"$root/keeper/cgroup.procs")" = 1 ]
}

boxes() {
	find "$root" -maxdepth 1 -name 'demo.*' | wc -l
}

one_group_is_left() {
	as_user minibox -b demo /bin/true && [ "$(boxes)" = 1 ] &&
		as_user minibox -b demo /bin/true && [ "$(boxes)" = 1 ]
}

is_member() {
	start || return
	cat "$group/pids.max" "$group/memory.max"
	[ "$(cat "$group/pids.max")" = 21 ]
	answer=$?
	kill $! && ! wait $! && return "$answer"
}

# A running box when the service stops.
ends_with_the_service() {
	start && systemctl stop minibox.service || return
	! wait $! && [ ! -e "$root" ]
}

# stopped_with STATUSES SECONDS SCRIPT: how a box with that script ends when the
# service stops, and how long that takes at least.
stopped_with() {
	start /bin/sh -c "$3" || return
	sleep 1 # until the trap is set
	begin=$(date +%s)
	systemctl stop minibox.service || return
	wait $!
	got=$? took=$(($(date +%s) - begin))
	echo "status $got after $took s"
	systemctl start minibox.service && [ "$took" -ge "$2" ] &&
		echo "$1" | grep -qw "$got"
}

# journal WORD [ARG]...: is it in what minibox said there?
journal() {
	word=$1
	shift
	journalctl --sync &&
		journalctl --no-pager -t minibox -p alert -S today "$@" |
		grep "$word"
}

# What minibox says is root's; what a user says in its name is not.
is_in_the_journal() {
	! as_user minibox -b nosuch-refused /bin/true || return
	as_user logger -t minibox -p authpriv.alert 'forged by a user' &&
		journal 'BOX=nosuch-refused' _UID=0 &&
		journal 'forged by a user' _UID=4001 &&
		! journal 'forged by a user' _UID=0
}

check 'the system is up' is_up
check 'systemd is process 1' grep -qx systemd /proc/1/comm
check 'there is cgroup v2' test "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs
check 'and it has controllers' has_controllers
check 'minibox is installed' install
check 'a box without limits needs no service' \
	is 0 '' minibox -b free /bin/true
check 'one with limits does' is 125 'systemctl enable --now minibox.service' \
	minibox -b demo /bin/true
check 'the service starts' systemctl enable --now minibox.service
check 'and is up' systemctl is-active minibox.service
check 'its process has moved on' has_keeper
check 'a box runs' is 0 'inside' minibox -b demo /bin/echo inside
check 'in a group with its limits' is_member
check 'which only the next start removes' one_group_is_left
check 'a box that needs too much memory ends' is 137 'memory limit of 64M' \
	sh -c 'minibox -b demo /bin/dd if=/dev/zero of=/dev/null bs=100M; exit $?'
check 'and the service does not' systemctl is-active minibox.service
check 'the slice limits all boxes' systemctl set-property --runtime \
	minibox.slice MemoryMax=1G
check 'and they still run' is 0 '' minibox -b demo /bin/true
check 'a box ends with the service' ends_with_the_service
check 'then the cure is told again' is 125 'minibox.service' \
	minibox -b demo /bin/true
check 'the service starts again' systemctl start minibox.service
check 'and boxes do' is 0 '' minibox -b demo /bin/true
check 'a command is asked to end' \
	stopped_with 7 0 'trap "exit 7" TERM; while :; do sleep 1; done'
check 'and killed after 10 seconds' \
	stopped_with '125 or 137' 9 'trap "" TERM; while :; do sleep 1; done'
check 'the journal knows who was refused' is_in_the_journal

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
