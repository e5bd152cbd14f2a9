/* SPDX-License-Identifier: MIT */
/* Who watches over the box from outside?  Runs in the caller's process after
 * the clone: as euid 0 until cred_drop, its first act, then as the caller. */
#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "cred.h"
#include "deadline.h"
#include "die.h"
#include "ending.h"
#include "scrub.h"
#include "status.h"
#include "sys.h"

struct monitor {
	struct ending end; /* what is known of it */
	int signals;       /* signalfd */
	int go;
	int status;
	int pidfd;
	struct deadline deadline;
	int tty;         /* the controlling terminal, or -1 */
	bool foreground; /* our process group had the terminal */
	bool leader;     /* of the session */
	/* Of the command, as init counts its stops: the last in which we
	 * stopped, too, and the last that we were told of. */
	int stops, told;
	bool must_stop; /* the last record says that the command stopped */
	bool closed;    /* no more records */
};

/*
 * A shell in the box takes the terminal for a process group of its own and
 * cannot give it back, since our group has no number in its pid namespace.  If
 * the group that has the terminal is no more, it was the box's.
 */
static void
restore_terminal(const struct monitor *m)
{
	pid_t group;

	if (m->tty < 0 || !m->foreground)
		return;
	group = tcgetpgrp(m->tty);
	if (group > 1 && group != getpgrp() && kill(-group, 0) < 0 &&
		errno == ESRCH)
		(void)tcsetpgrp(m->tty, getpgrp()); /* SIGTTOU is blocked */
}

static void
look_at_terminal(struct monitor *m)
{
	m->tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	m->foreground = m->tty >= 0 && tcgetpgrp(m->tty) == getpgrp();
}

static void
open_signals(struct monitor *m)
{
	sigset_t set;

	(void)sigfillset(&set);
	m->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (m->signals < 0)
		die_errno("cannot wait for signals");
}

/*
 * What a process sends to us is meant for the command.  The terminal's own keys
 * go to the whole process group, and so to the command by themselves; but when
 * it hangs up, only the leader of the session is told, and continued.
 */
static bool
is_forwarded(const struct monitor *m, const struct signalfd_siginfo *info)
{
	if (info->ssi_code == SI_KERNEL)
		return m->leader && (info->ssi_signo == SIGHUP ||
					    info->ssi_signo == SIGCONT);
	/* <= 0: kill(2) and its kin, and our timers; the kernel's own codes are
	 * above. */
	return info->ssi_code <= 0 && info->ssi_code != SI_TIMER &&
	       info->ssi_signo != SIGCHLD;
}

/* Without the queue: see status.h. */
static void
hand_on_by_pipe(const struct monitor *m, int signo)
{
	unsigned char byte = (unsigned char)(signo | STATUS_BYTE);

	if (write(m->go, &byte, 1) < 0 && errno != EPIPE && errno != EAGAIN)
		die_errno("cannot hand on signal %d", signo);
	if (sys_pidfd_send_signal(m->pidfd, STATUS_KICK, NULL) < 0 &&
		errno != ESRCH)
		die_errno("cannot hand on signal %d", signo);
}

static void
hand_on(const struct monitor *m, int signo, int sender)
{
	struct status_signal value = {
		.signo = (uint8_t)signo,
		.stop = (uint8_t)m->stops,
		.ms = (uint16_t)clock_ms(),
	};
	siginfo_t info = { 0 };

	info.si_signo = STATUS_SIGNAL;
	info.si_code = SI_QUEUE; /* tells init that it is from us */
	info.si_errno = sender;
	info.si_value.sival_int = status_pack(value);
	if (sys_pidfd_send_signal(m->pidfd, STATUS_SIGNAL, &info) < 0) {
		if (errno == EAGAIN)
			hand_on_by_pipe(m, signo);
		else if (errno != ESRCH) /* it has just ended: seen next */
			die_errno("cannot hand on signal %d", signo);
		return;
	}
	/* If the whole group was stopped, init was, too.  If not, this would
	 * take back a stop that init is still to see: twins.h needs it. */
	info.si_signo = SIGCONT;
	if (signo == SIGCONT && sys_pidfd_is_stopped(m->pidfd))
		(void)sys_pidfd_send_signal(m->pidfd, SIGCONT, &info);
}

static void
forward(const struct monitor *m, bool all)
{
	for (;;) {
		struct signalfd_siginfo info;
		ssize_t n = read(m->signals, &info, sizeof(info));

		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0 && errno != EINTR)
			die_errno("cannot read signals");
		if (n > 0 && (all || is_forwarded(m, &info)))
			hand_on(m, (int)info.ssi_signo, (int)info.ssi_pid);
	}
}

/* The low half of a clock_ms() that is past, whole.  Not when the record is
 * read: the caller can delay that. */
static int64_t
time_of(int32_t low)
{
	int64_t now = clock_ms();

	return now - (int64_t)((uint32_t)now - (uint32_t)low);
}

static void
take_record(struct monitor *m, const struct status *record)
{
	m->must_stop = record->kind == STATUS_STOPPED;
	switch ((enum status_kind)record->kind) {
	case STATUS_STARTED:
		m->end.started = time_of(record->value);
		deadline_start(&m->deadline, m->end.started);
		break;
	case STATUS_STOPPED:
		m->told = record->value;
		break;
	case STATUS_CONTINUED:
		break;
	case STATUS_ENDED:
		m->end.ended = true;
		m->end.how = record->value;
		break;
	case STATUS_NO_SETUP:
	case STATUS_NO_EXEC:
		m->end.failed = *record;
		m->end.failed.text[STATUS_TEXT_MAX - 1] = '\0';
		break;
	}
}

/* All records that are there; at the end of the pipe, m->closed. */
static void
read_status(struct monitor *m)
{
	for (;;) {
		struct status record;
		ssize_t n = read(m->status, &record, sizeof(record));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		m->closed = n == 0;
		if (m->closed)
			return;
		if (n != (ssize_t)sizeof(record))
			die_errno("cannot read what became of the command");
		take_record(m, &record);
	}
}

static bool
cont_is_pending(void)
{
	sigset_t pending;

	if (sigpending(&pending) < 0)
		die_errno("cannot tell which signals are pending");
	return sigismember(&pending, SIGCONT) == 1;
}

/*
 * The command stopped, so we do, and whoever waits for us sees it.  SIGSTOP
 * would drop a SIGCONT that is pending: one that came since then means that the
 * command goes on, too, and it may be the only one, as when the shell has died.
 * But nobody has seen us stop yet, so that it is not meant to end this stop: up
 * to the end, the stop that init hears of with it is the one before.  The bytes
 * let init wake us: see wake_monitor there.  They are written before the last
 * look at what init says.
 */
static void
stop(struct monitor *m)
{
	static const char wakes[STATUS_WAKES];

	restore_terminal(m);
	if (write(m->go, wakes, sizeof(wakes)) < 0 && errno != EPIPE &&
		errno != EAGAIN)
		die_errno("cannot ask to be woken");
	forward(m, false);
	read_status(m);
	while (m->must_stop && cont_is_pending()) {
		forward(m, false);
		read_status(m);
	}
	m->stops = m->told;
	if (m->must_stop && deadline_left(&m->deadline) != 0)
		(void)kill(getpid(), SIGSTOP);
	m->must_stop = false;
}

/* init ends the box as if the command had been killed, and so knows what all of
 * it has used; unless the caller has stopped init. */
static void
check_time(struct monitor *m)
{
	if (m->end.ended)
		return;
	switch (deadline_step(&m->deadline)) {
	case DEADLINE_WAIT:
		break;
	case DEADLINE_END:
		m->end.time_over = true;
		hand_on(m, SIGKILL, 0);
		break;
	case DEADLINE_KILL:
		/* ESRCH: it has just ended by itself. */
		cgroup_kill(m->end.cgroup);
		if (sys_pidfd_send_signal(m->pidfd, SIGKILL, NULL) < 0 &&
			errno != ESRCH)
			die_errno("cannot end the box in time");
		break;
	}
}

static void
watch(struct monitor *m)
{
	struct pollfd fds[] = {
		{ .fd = m->status, .events = POLLIN },
		{ .fd = m->signals, .events = POLLIN },
	};

	while (!m->closed) {
		if (poll(fds, 2, deadline_left(&m->deadline)) < 0 &&
			errno != EINTR)
			die_errno("cannot wait for the box");
		forward(m, false);
		read_status(m);
		check_time(m);
		if (m->must_stop)
			stop(m);
	}
}

/* init is gone, and with it every process of the box, once this returns. */
static void
wait_for_init(struct monitor *m)
{
	while (sys_wait_pidfd(m->pidfd, &m->end.init, &m->end.usage) < 0)
		if (errno != EINTR)
			die_errno("cannot wait for the end of the box");
}

/* SIGCONT for us when init reads from the pipe or is gone. */
static void
arm(const struct monitor *m)
{
	if (fcntl(m->status, F_SETFL, O_NONBLOCK) < 0 ||
		fcntl(m->go, F_SETOWN, getpid()) < 0 ||
		fcntl(m->go, F_SETSIG, SIGCONT) < 0 ||
		fcntl(m->go, F_SETFL, O_NONBLOCK | O_ASYNC) < 0)
		die_errno("cannot watch the box");
}

void
monitor_run(const struct monitor_start *start)
{
	struct monitor m = {
		.end = { .plan = start->plan, .cgroup = start->cgroup },
		.go = start->go,
		.status = start->status,
		.pidfd = start->pidfd,
	};

	cred_drop(start->plan->uid, start->plan->gid);
	open_signals(&m);
	arm(&m);
	deadline_make(
		&m.deadline, (int64_t)start->plan->limits.v[LIMIT_TIMEOUT]);
	/* Anew when the command starts. */
	deadline_start(&m.deadline, clock_ms());
	look_at_terminal(&m);
	m.leader = getsid(0) == getpid();
	/* A key that was pressed before init was there waits here only; of
	 * the others init has a copy pending, and takes no second one. */
	forward(&m, true);
	/* EPIPE: init has failed and said why; that is seen below. */
	if (write(m.go, "", 1) < 0 && errno != EPIPE)
		die_errno("cannot start the box");
	watch(&m);
	wait_for_init(&m);
	deadline_finish(&m.deadline);
	restore_terminal(&m);
	ending_run(&m.end);
}
