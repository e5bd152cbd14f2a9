/* SPDX-License-Identifier: MIT */
/* Who is process 1 of the box?  As euid 0 until cred_drop, then as the caller,
 * without any privilege and not traceable. */
#include "init.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "cred.h"
#include "die.h"
#include "ns.h"
#include "root.h"
#include "status.h"
#include "sys.h"

/* Only the two pipes stay open beside 0-2. */
static void
close_others(int go, int status)
{
	unsigned low = (unsigned)(go < status ? go : status);
	unsigned high = (unsigned)(go < status ? status : go);

	if ((low > 3 && sys_close_range(3, low - 1) < 0) ||
		(high > low + 1 && sys_close_range(low + 1, high - 1) < 0) ||
		sys_close_range(high + 1, ~0U) < 0)
		die_errno("cannot close descriptors");
}

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

static void
tell(int fd, enum status_kind kind, int value)
{
	struct status record = { .kind = kind, .value = value };

	if (write(fd, &record, sizeof(record)) != (ssize_t)sizeof(record))
		die_errno("cannot tell the monitor");
}

/* The set of all signals. */
static sigset_t
every_signal(void)
{
	sigset_t set;

	(void)sigfillset(&set);
	return set;
}

/* What init knows of the command. */
struct watch {
	pid_t command;
	int status;   /* the pipe */
	int stops;    /* how often it was stopped */
	bool stopped; /* it is now */
	bool group;   /* job control came to the group since the last go_on */
};

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
		w->stopped = WIFSTOPPED(how);
		if (w->stopped) {
			tell(w->status, STATUS_STOPPED, ++w->stops);
		} else if (WIFCONTINUED(how)) {
			tell(w->status, STATUS_CONTINUED, w->stops);
		} else {
			tell(w->status, STATUS_ENDED, how);
			_exit(0);
		}
	}
}

/*
 * SIGCONT, handed on by the monitor for stop number `stop`.  If a shell sent it
 * to the whole process group, the command has its own copy, and may have been
 * stopped anew by now: a second one, late, would undo that.
 */
static void
go_on(struct watch *w, int stop)
{
	reap(w);
	if (w->stopped ? stop == w->stops : !w->group)
		(void)kill(w->command, SIGCONT);
	w->group = false;
}

/* Shells control jobs with these, and send them to the whole group. */
static bool
is_job_control(int signo)
{
	return signo == SIGCONT || signo == SIGTSTP || signo == SIGTTIN ||
	       signo == SIGTTOU;
}

/*
 * A signal from outside of the pid namespace has no sender here (si_pid 0), and
 * the monitor's have SI_QUEUE, or nothing at all where the caller's limit of
 * pending signals is reached (then also si_uid is 0).  Others are not handed
 * on: what the terminal (SI_KERNEL) or kill(2) sends to the process group has
 * reached the command by itself, and the box's own processes know the command.
 */
static void
take_signal(struct watch *w, int signo, const siginfo_t *info)
{
	bool outside = info->si_pid == 0;
	bool queued = outside && info->si_code == SI_QUEUE;
	bool bare = outside && info->si_code == SI_USER && info->si_uid == 0;
	int value = queued ? info->si_value.sival_int : STATUS_PLAIN;

	if (signo == SIGCHLD)
		reap(w);
	else if (value != STATUS_PLAIN)
		go_on(w, value);
	else if (queued || bare)
		(void)kill(w->command, signo); /* it may just have ended */
	else if (outside && is_job_control(signo))
		w->group = true;
}

static void
serve(pid_t command, int status)
{
	struct watch w = { .command = command, .status = status };
	sigset_t set = every_signal();

	for (;;) {
		siginfo_t info;
		int signo = sigwaitinfo(&set, &info);

		if (signo > 0)
			take_signal(&w, signo, &info);
		else if (errno != EINTR)
			die_errno("cannot wait for signals");
	}
}

/*
 * What was sent to the process group before the command was there, a key of the
 * terminal above all, waits here, and is handed on.  What came since the fork
 * has reached the command as well: it blocks every signal until shortly before
 * its exec, so that a second copy is merged with the first.
 */
static void
hand_on_early(pid_t command)
{
	const struct timespec now = { 0, 0 };
	sigset_t set = every_signal();
	siginfo_t info;
	int signo;

	(void)sigdelset(&set, SIGCHLD);
	while ((signo = sigtimedwait(&set, &info, &now)) > 0)
		if (info.si_pid == 0 &&
			(signo != STATUS_CONT ||
				info.si_value.sival_int == STATUS_PLAIN))
			(void)kill(command, signo);
}

static pid_t
spawn(const struct plan *plan, const struct saved *saved)
{
	pid_t pid = fork();

	if (pid < 0)
		die(EXIT_MINIBOX,
			"cannot start the command: too many processes of yours "
			"are running; see: ulimit -u");
	if (pid == 0)
		command_exec(plan, saved);
	hand_on_early(pid);
	return pid;
}

void
init_run(const struct plan *plan, const struct saved *saved, int go, int status)
{
	if (plan->netns)
		ns_enter_network(plan->netns);
	root_build(plan);
	ns_set_hostname(plan->hostname);
	if (plan->namespaces & CLONE_NEWNET)
		ns_loopback_up();
	close_others(go, status);
	cred_drop(plan->uid, plan->gid);
	new_keyring();
	wait_for_go(go);
	serve(spawn(plan, saved), status);
	_exit(EXIT_MINIBOX);
}
