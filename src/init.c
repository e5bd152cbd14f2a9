/* SPDX-License-Identifier: MIT */
/* Who is process 1 of the box?  As euid 0 until cred_drop, then as the caller,
 * without any privilege and not traceable. */
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "command.h"
#include "cred.h"
#include "die.h"
#include "ns.h"
#include "root.h"
#include "status.h"
#include "sys.h"
#include "twins.h"

/* Session keyrings are inherited, and the command must not find what the
 * caller keeps in his: session-keyring(7).  ENOSYS: a kernel without keys. */
static void
new_keyring(void)
{
	if (sys_join_session_keyring() < 0 && errno != ENOSYS)
		die_errno("cannot make a session keyring (see: "
			  "/proc/sys/kernel/keys/maxkeys)");
}

/*
 * The monitor writes the byte when it has dropped its privileges; if it is
 * killed before, the pipe ends.  From the drop on, a dying monitor takes init
 * along (PR_SET_PDEATHSIG, cleared by every change of credentials: so it is
 * set here).  It may have died between the byte and the prctl: then the pipe
 * has no writer any more.
 */
static void
wait_for_go(int go)
{
	struct pollfd end = { .fd = go, .events = POLLIN };
	ssize_t n;
	char byte;
	int ended;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		die_errno("cannot ask for the parent death signal");
	do
		n = read(go, &byte, 1);
	while (n < 0 && errno == EINTR);
	do
		ended = poll(&end, 1, 0);
	while (ended < 0 && errno == EINTR);
	if (n < 0 || ended < 0)
		die_errno("cannot wait for the monitor");
	if (n == 0 || ended)
		_exit(EXIT_MINIBOX); /* nobody is left to be told */
}

/*
 * A monitor that has stopped itself goes on when the command does, or is gone.
 * It cannot be named here, but it is the owner of the pipe `go`, gets SIGCONT
 * when that is read (F_SETOWN, F_SETSIG: fcntl(2)), and has left bytes there
 * when it stopped: more than one, since its stop may take a SIGCONT back that
 * comes at the same instant.  At the end, the closing does the same.
 */
static void
wake_monitor(int go)
{
	char byte;

	if (read(go, &byte, 1) < 0 && errno != EAGAIN && errno != EINTR)
		die_errno("cannot wake the monitor");
}

/* false: the pipe is full. */
static bool
try_to_tell(int fd, enum status_kind kind, int value)
{
	struct status record = { .kind = kind, .value = value };

	if (write(fd, &record, sizeof(record)) == (ssize_t)sizeof(record))
		return true;
	if (errno != EAGAIN && errno != EINTR)
		die_errno("cannot tell the monitor");
	return false;
}

/* The set of all signals. */
static sigset_t
every_signal(void)
{
	sigset_t set;

	(void)sigfillset(&set);
	return set;
}

/* die() tells the monitor, too. */
static void
tell_death(const struct die_listener *self, enum status_kind kind, int status,
	const char *message)
{
	struct status record = { .kind = kind, .value = status };

	(void)strncpy(record.text, message, sizeof(record.text) - 1);
	/* A monitor that is gone needs no answer. */
	(void)!write(self->fd, &record, sizeof(record));
}

static void
tell_no_setup(const struct die_listener *self, int status, const char *message)
{
	tell_death(self, STATUS_NO_SETUP, status, message);
}

static void
tell_no_exec(const struct die_listener *self, int status, const char *message)
{
	tell_death(self, STATUS_NO_EXEC, status, message);
}

enum { TAKEN_MAX = 32, TICK_MS = 20, UNREAD_MAX = 8 };

/* What init knows of the command. */
struct watch {
	pid_t command;
	const struct init_fds *fds;
	bool changed; /* something ended, stopped or goes on: see serve */
	int stops;    /* how often it was stopped */
	bool stopped; /* it is now */
	bool news;    /* and that was not told yet */
	int wakes;    /* how often the monitor is still to be woken */
	struct twins twins;
};

/* How many records there are that the monitor has not read. */
static int
unread(int status)
{
	int bytes;

	if (ioctl(status, FIONREAD, &bytes) < 0)
		die_errno("cannot look at the pipe of the monitor");
	return bytes / (int)sizeof(struct status);
}

/* Says how the command is, if that is new and there is room, and wakes the
 * monitor until it has read that the command goes on. */
static void
tell_news(struct watch *w)
{
	/* Room is left for the end. */
	if (w->news && unread(w->fds->status) < UNREAD_MAX)
		w->news = !try_to_tell(w->fds->status,
			w->stopped ? STATUS_STOPPED : STATUS_CONTINUED,
			w->stops);
	if (w->wakes > 0 && !w->news && unread(w->fds->status) == 0)
		w->wakes = 0;
	if (w->wakes > 0) {
		w->wakes--;
		wake_monitor(w->fds->go);
	}
}

static void
pause_ms(int ms)
{
	struct timespec t = { .tv_nsec = ms * 1000000L };

	(void)nanosleep(&t, NULL);
}

/* The command has ended, and all of the box.  A monitor that may be stopped
 * must have read it before the pipe closes, and be woken. */
static _Noreturn void
tell_end(struct watch *w, int how)
{
	while (!try_to_tell(w->fds->status, STATUS_ENDED, how)) {
		wake_monitor(w->fds->go);
		pause_ms(TICK_MS);
	}
	w->wakes = w->stops ? STATUS_WAKES : 0;
	while (w->wakes > 0) {
		tell_news(w);
		if (w->wakes > 0)
			pause_ms(TICK_MS);
	}
	_exit(0);
}

/* The kernel would kill what is left when init ends, but then forget what it
 * has used. */
static void
end_all(void)
{
	(void)kill(-1, SIGKILL); /* everything but us; ESRCH: nothing is left */
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
}

/* Reaps whatever ended or stopped; returns when nothing more did.  Ends with
 * the command. */
static void
reap(struct watch *w)
{
	for (;;) {
		int how;
		pid_t pid = waitpid(-1, &how, WNOHANG | WUNTRACED | WCONTINUED);

		if (pid < 0 && errno == EINTR)
			continue;
		if (pid < 0)
			die_errno("cannot wait for the command");
		if (pid == 0)
			return;
		if (pid != w->command)
			continue; /* an orphan of the box */
		if (!WIFSTOPPED(how) && !WIFCONTINUED(how)) {
			end_all();
			w->news = false;
			tell_end(w, how);
		}
		w->stopped = WIFSTOPPED(how);
		w->stops += w->stopped;
		w->wakes = w->stopped ? 0 : STATUS_WAKES;
		w->news = true;
		tell_news(w);
	}
}

/* init and the command are in the process group of the monitor at first; a
 * shell with job control leaves it.  The group has no number in here. */
static bool
shares_our_group(pid_t command)
{
	return getpgid(command) == getpgrp();
}

static void
remember(struct watch *w, int signo, const siginfo_t *info)
{
	enum twins_from from = info->si_code > 0   ? TWINS_TERMINAL
			       : info->si_pid == 0 ? TWINS_OUTSIDE
						   : TWINS_INSIDE;

	twins_remember(&w->twins, from, signo, info->si_pid, clock_ms());
}

/*
 * A signal that the monitor hands on, or whoever pretends to be it.  A command
 * that still is in the stop that the monitor was in has missed its SIGCONT.
 */
static void
hand_on(struct watch *w, const struct status_signal *s, pid_t sender)
{
	bool twin;

	if (s->signo < 1 || s->signo > TWINS_SIGNALS)
		return;
	twin = twins_recall(&w->twins, s, sender, clock_ms()) &&
	       shares_our_group(w->command);
	if (twin && s->signo == SIGCONT) {
		reap(w);
		twin = !w->stopped || s->stop != (uint8_t)w->stops;
	}
	if (!twin)
		(void)kill(w->command, s->signo); /* it may just have ended */
}

/* Signals that came over the pipe: see status.h. */
static void
hand_on_bytes(struct watch *w)
{
	struct status_signal s = { .stop = (uint8_t)w->stops };
	unsigned char byte;

	while (read(w->fds->go, &byte, 1) == 1) {
		s.signo = byte & (STATUS_BYTE - 1);
		s.ms = (uint16_t)clock_ms();
		if (byte & STATUS_BYTE)
			hand_on(w, &s, 0);
	}
}

/* si_pid 0: from outside of the pid namespace. */
static bool
is_monitors(const siginfo_t *info)
{
	return info->si_code == SI_QUEUE && info->si_pid == 0;
}

/* Others than the monitor's are not handed on: what the terminal or kill(2)
 * sends to the process group has reached the command by itself, or comes from
 * the monitor as well; and the box's own processes know the command. */
static void
take_signal(struct watch *w, int signo, const siginfo_t *info)
{
	struct status_signal s = status_unpack(info->si_value.sival_int);

	if (signo == SIGCHLD)
		w->changed = true;
	else if (!is_monitors(info))
		remember(w, signo, info);
	else if (signo == STATUS_SIGNAL)
		hand_on(w, &s, info->si_errno);
	if (signo == STATUS_KICK && info->si_pid == 0)
		hand_on_bytes(w);
}

/* A stop is told only when no signal is left that might end it at once; but
 * nobody can hold the end of the box up by sending ever more. */
static _Noreturn void
serve(struct watch *w)
{
	const struct timespec now = { 0, 0 };
	const struct timespec tick = { .tv_nsec = TICK_MS * 1000000 };
	sigset_t set = every_signal();
	int taken = 0; /* since something has changed */

	for (;;) {
		const struct timespec *limit = w->changed            ? &now
					       : w->news || w->wakes ? &tick
								     : NULL;
		siginfo_t info;
		int signo = sigtimedwait(&set, &info, limit);

		if (signo > 0)
			take_signal(w, signo, &info);
		else if (errno != EAGAIN && errno != EINTR)
			die_errno("cannot wait for signals");
		taken = w->changed && signo > 0 ? taken + 1 : 0;
		if (w->changed && (signo <= 0 || taken > TAKEN_MAX)) {
			w->changed = false;
			reap(w);
		} else if (signo <= 0) {
			tell_news(w);
		}
	}
}

/*
 * What was sent to the process group before the command was there, a key of the
 * terminal above all, waits here, and is handed on.  What came since the fork
 * has reached the command as well: it blocks every signal until shortly before
 * its exec, so that a second copy is merged with the first.
 */
static void
hand_on_early(struct watch *w)
{
	const struct timespec now = { 0, 0 };
	sigset_t set = every_signal(), early;
	siginfo_t info;
	int signo;

	(void)sigdelset(&set, SIGCHLD);
	(void)sigemptyset(&early);
	while ((signo = sigtimedwait(&set, &info, &now)) > 0) {
		if (is_monitors(&info) && signo == STATUS_SIGNAL) {
			signo = status_unpack(info.si_value.sival_int).signo;
		} else {
			remember(w, signo, &info);
			if (info.si_pid != 0)
				continue; /* the command is there */
		}
		(void)sigaddset(&early, signo);
	}
	(void)sigdelset(&early, SIGCONT); /* nothing was stopped yet */
	for (signo = 1; signo <= TWINS_SIGNALS; signo++)
		if (sigismember(&early, signo) == 1)
			(void)kill(w->command, signo);
	if (sigismember(&early, STATUS_KICK) == 1)
		hand_on_bytes(w);
}

static pid_t
spawn(const struct plan *plan, const struct saved *saved, int status)
{
	struct die_listener listener = { tell_no_exec, status, NULL };
	pid_t pid = fork();

	if (pid < 0)
		die(EXIT_MINIBOX,
			"cannot start the command: too many processes of yours "
			"are running; see: ulimit -u");
	if (pid == 0) {
		die_listen(&listener);
		command_exec(plan, saved, status);
	}
	return pid;
}

static void
build(const struct plan *plan)
{
	if (plan->netns)
		ns_enter_network(plan->netns);
	if (limit_needs_cgroup(&plan->limits))
		ns_hide_cgroups();
	root_build(plan);
	ns_set_hostname(plan->hostname);
	if (plan->namespaces & CLONE_NEWNET)
		ns_loopback_up();
}

void
init_run(const struct plan *plan, const struct saved *saved,
	const struct init_fds *fds)
{
	struct die_listener listener = { tell_no_setup, fds->status, NULL };
	const int shared[] = { fds->go, fds->status, fds->slot };
	struct watch w = { .fds = fds };

	die_listen(&listener);
	build(plan);
	scrub_close_others(shared, sizeof(shared) / sizeof(shared[0]));
	cred_drop(plan->uid, plan->gid);
	new_keyring();
	wait_for_go(fds->go);
	if (fcntl(fds->go, F_SETFL, O_NONBLOCK) < 0 ||
		fcntl(fds->status, F_SETFL, O_NONBLOCK) < 0)
		die_errno("cannot use the pipes of the monitor");
	/* Else nobody asks. */
	if (plan->limits.v[LIMIT_TIMEOUT] || plan->status_fd >= 0)
		(void)try_to_tell(fds->status, STATUS_STARTED,
			(int32_t)(uint32_t)clock_ms());
	w.command = spawn(plan, saved, fds->status);
	hand_on_early(&w);
	serve(&w);
}
