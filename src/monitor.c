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

#include "cred.h"
#include "die.h"
#include "scrub.h"
#include "status.h"
#include "sys.h"

#ifndef P_PIDFD
#define P_PIDFD 3 /* waitid(2), Linux 5.4 */
#endif

struct monitor {
	int signals; /* signalfd */
	int status;
	int pidfd;
	int tty;         /* the controlling terminal, or -1 */
	bool foreground; /* our process group had the terminal */
	int stops;       /* of the command, as init counts them */
	bool must_stop;  /* the last record says that the command stopped */
	bool closed;     /* no more records */
	bool ended;
	int how; /* status of the command, if it ended */
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

/* What a process sends to us is meant for the command.  The terminal's own
 * keys go to the whole process group, and so to the command by themselves. */
static bool
is_forwarded(const struct signalfd_siginfo *info)
{
	/* <= 0: kill(2) and its kin; the kernel's own codes are above. */
	return info->ssi_code <= 0 && info->ssi_signo != SIGCHLD;
}

static void
hand_on(const struct monitor *m, int signo)
{
	bool cont = signo == SIGCONT;
	siginfo_t info = { 0 };

	info.si_signo = cont ? STATUS_CONT : signo;
	info.si_code = SI_QUEUE; /* tells init that it is from us */
	info.si_value.sival_int = cont ? m->stops : STATUS_PLAIN;
	if (sys_pidfd_send_signal(m->pidfd, info.si_signo, &info) == 0)
		return;
	/* Real-time signals count against RLIMIT_SIGPENDING; SIGCONT itself
	 * always arrives. */
	info.si_signo = signo;
	if (errno == EAGAIN &&
		sys_pidfd_send_signal(m->pidfd, signo, &info) == 0)
		return;
	if (errno != ESRCH && errno != EAGAIN)
		die_errno("cannot hand on signal %d", signo);
	/* init has just ended, and that is seen next */
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
		if (n > 0 && (all || is_forwarded(&info)))
			hand_on(m, (int)info.ssi_signo);
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
		m->must_stop = record.kind == STATUS_STOPPED;
		if (record.kind == STATUS_STOPPED)
			m->stops = record.value;
		m->ended = record.kind == STATUS_ENDED;
		if (m->ended)
			m->how = record.value;
	}
}

/*
 * The command stopped, so we do, and whoever waits for us sees it.  SIGSTOP
 * would drop a SIGCONT that is pending: one that came since then means that the
 * command goes on, too, and it may be the only one, as when the shell has died.
 */
static void
stop(struct monitor *m)
{
	sigset_t pending;

	restore_terminal(m);
	read_status(m);
	if (sigpending(&pending) < 0)
		die_errno("cannot tell which signals are pending");
	if (m->must_stop && !sigismember(&pending, SIGCONT))
		(void)kill(getpid(), SIGSTOP);
	m->must_stop = false;
}

static void
watch(struct monitor *m)
{
	struct pollfd fds[] = {
		{ .fd = m->status, .events = POLLIN },
		{ .fd = m->signals, .events = POLLIN },
	};

	while (!m->closed) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			die_errno("cannot wait for the box");
		forward(m, false);
		read_status(m);
		if (m->must_stop)
			stop(m);
	}
}

/* Ends as the command did: of the same signal, for a shell to see, without a
 * core of ours; or with 128 + N, if that signal cannot end us. */
static _Noreturn void
end_like(int how)
{
	if (WIFEXITED(how))
		_exit(WEXITSTATUS(how));
	scrub_unblock_signals();
	(void)kill(getpid(), WTERMSIG(how));
	_exit(128 + WTERMSIG(how));
}

/* init is gone, and with it every process of the box, once this returns. */
static void
wait_for_init(const struct monitor *m, siginfo_t *info)
{
	while (waitid((idtype_t)P_PIDFD, (id_t)m->pidfd, info,
		       WEXITED | __WALL) < 0)
		if (errno != EINTR)
			die_errno("cannot wait for the end of the box");
}

void
monitor_run(const struct plan *plan, int go, int status, int pidfd)
{
	struct monitor m = { .status = status, .pidfd = pidfd };
	siginfo_t info = { 0 };

	cred_drop(plan->uid, plan->gid);
	open_signals(&m);
	if (fcntl(m.status, F_SETFL, O_NONBLOCK) < 0)
		die_errno("cannot watch the box");
	look_at_terminal(&m);
	/* A key that was pressed before init was there waits here only; of
	 * the others init has a copy pending, and takes no second one. */
	forward(&m, true);
	/* EPIPE: init has failed and said why; that is seen below. */
	if (write(go, "", 1) < 0 && errno != EPIPE)
		die_errno("cannot start the box");
	watch(&m);
	wait_for_init(&m, &info);
	restore_terminal(&m);
	if (m.ended)
		end_like(m.how);
	if (info.si_code == CLD_EXITED)
		_exit(EXIT_MINIBOX);
	die(EXIT_MINIBOX, "the box was ended from outside by signal %d",
		info.si_status);
}
