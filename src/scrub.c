/* SPDX-License-Identifier: MIT */
/* What has the caller left in this process?  Runs as the first act in the
 * caller's process, as euid 0. */
#include "scrub.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "die.h"
#include "sys.h"

enum { SIGNALS = 64, MASK_BYTES = SIGNALS / 8 };
enum { NOFILE_MIN = 20 }; /* of the default box; each bind is one more */

static const int kept[SCRUB_KEPT] = { SIGHUP, SIGINT, SIGQUIT };

/* By the bare system calls: sigaction(3) and sigprocmask(3) leave out the two
 * signals that libc uses itself, and those are inherited like any other. */
static int
raw_disposition(int signo, uintptr_t handler)
{
	/* The kernel's struct begins with the handler; the rest is 0. */
	uintptr_t action[8] = { handler };

	return (int)syscall(
		SYS_rt_sigaction, signo, action, NULL, (size_t)MASK_BYTES);
}

static void
raw_mask(uint64_t mask)
{
	if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL,
		    (size_t)MASK_BYTES) < 0)
		die_errno("cannot set the signal mask");
}

static void
all_dispositions(uintptr_t handler)
{
	for (int signo = 1; signo <= SIGNALS; signo++)
		if (signo != SIGKILL && signo != SIGSTOP &&
			raw_disposition(signo, handler) < 0)
			die_errno("cannot reset signal %d", signo);
}

void
scrub_block_signals(void)
{
	raw_mask(UINT64_MAX);
}

static bool
is_ignored(int signo)
{
	uintptr_t action[8];

	if (syscall(SYS_rt_sigaction, signo, NULL, action, (size_t)MASK_BYTES) <
		0)
		die_errno("cannot read the disposition of signal %d", signo);
	return action[0] == (uintptr_t)SIG_IGN;
}

void
scrub_give_back_signals(const struct saved *saved)
{
	for (size_t i = 0; i < SCRUB_KEPT; i++)
		if (saved->ignored[i] &&
			raw_disposition(kept[i], (uintptr_t)SIG_IGN) < 0)
			die_errno("cannot ignore signal %d", kept[i]);
	raw_mask(0);
}

/* To ignore a signal is to drop it where it is pending: signal(7).  The mask
 * that was inherited is of no interest, but it is why some may be. */
void
scrub_signals(void)
{
	uint64_t pending = 0;

	scrub_block_signals();
	if (syscall(SYS_rt_sigpending, &pending, (size_t)MASK_BYTES) < 0)
		die_errno("cannot tell which signals are pending");
	if (pending)
		all_dispositions((uintptr_t)SIG_IGN);
	all_dispositions((uintptr_t)SIG_DFL);
	raw_mask(0);
}

static void
scrub_timers(void)
{
	static const unsigned timers[] = { ITIMER_REAL, ITIMER_VIRTUAL,
		ITIMER_PROF };
	const struct itimerval off = { 0 };

	for (size_t i = 0; i < sizeof(timers) / sizeof(timers[0]); i++)
		if (setitimer(timers[i], &off, NULL) < 0)
			die_errno("cannot stop a timer");
}

/* The next descriptor that is opened must not become one of 0-2; and O_PATH
 * ones lead out of the box (so do directories: see command.c). */
static void
scrub_stdio(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		int flags = fcntl(fd, F_GETFL);

		/* NOLINTNEXTLINE: it is for the command, no CLOEXEC */
		if (flags < 0 && open("/dev/null", O_RDWR | O_NOCTTY) != fd)
			die(EXIT_MINIBOX,
				"descriptor %d is closed and /dev/null cannot "
				"be opened",
				fd);
		if (flags >= 0 && flags & O_PATH)
			die(EXIT_MINIBOX,
				"descriptor %d is opened with O_PATH, which "
				"leads out of the box; redirect it",
				fd);
	}
}

/* The descriptor that the caller wants to be written to.  Only its flags are
 * looked at: it may lie on a file system of his. */
static void
scrub_keep(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		die(EXIT_MINIBOX,
			"--status-fd=%d: no such descriptor is open; as in: "
			"--status-fd=3 3>status",
			fd);
	if (flags & O_PATH || (flags & O_ACCMODE) == O_RDONLY)
		die(EXIT_MINIBOX,
			"--status-fd=%d: the descriptor is not open for "
			"writing; as in: --status-fd=3 3>status",
			fd);
}

void
scrub_close_others(const int keep[], size_t n)
{
	unsigned first = 3;

	for (;;) {
		unsigned next = ~0U; /* the lowest of them from `first` on */

		for (size_t i = 0; i < n; i++)
			if (keep[i] >= (int)first && (unsigned)keep[i] < next)
				next = (unsigned)keep[i];
		if (next > first && sys_close_range(first, next - 1) < 0)
			die_errno("close_range (Linux 5.12 or later is "
				  "needed)");
		if (next == ~0U)
			return;
		first = next + 1;
	}
}

/* Saves the limit and sets its soft part to `soft`, or to the hard limit if
 * that is lower. */
static void
scrub_limit(unsigned resource, struct rlimit *saved, rlim_t soft)
{
	struct rlimit now;

	if (getrlimit(resource, saved) < 0)
		die_errno("cannot read a resource limit");
	now = *saved;
	now.rlim_cur = soft < now.rlim_max ? soft : now.rlim_max;
	if (setrlimit(resource, &now) < 0)
		die_errno("cannot set a resource limit");
}

static void
scrub_prctl(void)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		die_errno("cannot become undumpable");
	if (prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0) < 0)
		die_errno("cannot clear the parent death signal");
	if (prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0) < 0)
		die_errno("cannot stop being a subreaper");
	if (personality(PER_LINUX) < 0)
		die_errno("cannot reset the personality");
}

void
scrub_process(struct saved *saved, int keep)
{
	struct rlimit core; /* not given back: the command gets 0 */

	scrub_prctl();
	scrub_timers();
	for (size_t i = 0; i < SCRUB_KEPT; i++)
		saved->ignored[i] = is_ignored(kept[i]);
	scrub_signals();
	if (keep >= 0)
		scrub_keep(keep);
	scrub_close_others(&keep, 1);
	scrub_stdio();
	scrub_limit(RLIMIT_NOFILE, &saved->nofile, RLIM_INFINITY);
	if (saved->nofile.rlim_max < NOFILE_MIN)
		die(EXIT_MINIBOX,
			"too few descriptors allowed: %u, and %d are needed; "
			"see: ulimit -Hn",
			(unsigned)saved->nofile.rlim_max, NOFILE_MIN);
	scrub_limit(RLIMIT_FSIZE, &saved->fsize, RLIM_INFINITY);
	scrub_limit(RLIMIT_CORE, &core, 1);
	saved->umask = umask(022);
}
