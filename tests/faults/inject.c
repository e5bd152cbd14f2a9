/* SPDX-License-Identifier: MIT */
/*
 * What if this one system call, of this one process, fails?
 *
 *	inject FD UID PROCESS SYSCALL N ACTION COMMAND [ARG]...
 *
 * Runs COMMAND as UID and traces it, as root, so that the setuid bit counts.
 * PROCESS says whose call is meant: 0 is COMMAND, 1 a child of it, 2 a child of
 * that, "any" is each of them.  COMMAND counts from the end of its execve on,
 * the others until theirs.  (strace(1) can do all of this, but counts in every
 * process alike: what it does to the N-th call of a child it has done to the
 * N-th of the parent before.)  N is the occurrence of SYSCALL, or N+ for that
 * and all that follow.  ACTION:
 *
 *	error=NUMBER	the call is not made and returns that errno
 *	return=NUMBER	the call is not made and returns that
 *	result=NUMBER	the call is made and returns that errno all the same
 *	kill		the process gets SIGKILL before the call is made
 *
 * On descriptor FD it reports what the kernel says of the three processes when
 * the program of process 2 starts, before its first instruction; and, in the
 * last line, how often it acted, how many programs were started, and the status
 * of COMMAND as a shell would show it.  It ends when all that COMMAND started
 *has ended, or 2 s after COMMAND, or after 10 s (then the status is -1), and
 *never takes anything along.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESSES_MAX = 256, ANY = -1, WHOLE = 10, AFTERWARDS = 2 };

static const char *const names[] = {
#include "names.h" /* [NUMBER] = "NAME", of every system call */
};

struct process {
	pid_t pid;
	int depth;    /* -1: its parent has not been heard of yet */
	bool waiting; /* stopped until then */
	bool counted;
	bool in_call; /* whose result is to be replaced */
};

enum action { NOT_MADE, MADE, KILLED };

struct injection {
	int depth;
	long number;
	long first;
	bool all;
	enum action action;
	long value; /* what the call returns */
	long seen, done;
};

static struct process processes[PROCESSES_MAX];
static size_t nprocesses;
static struct injection injection;
static int report;
static volatile sig_atomic_t time_is_up;

static void __attribute__((noreturn)) fail(const char *what)
{
	fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
	exit(99);
}

static struct process *
process_of(pid_t pid)
{
	for (size_t i = 0; i < nprocesses; i++)
		if (processes[i].pid == pid)
			return &processes[i];
	if (nprocesses == PROCESSES_MAX) {
		errno = E2BIG;
		fail("processes");
	}
	processes[nprocesses] = (struct process){ .pid = pid, .depth = -1 };
	return &processes[nprocesses++];
}

/* Only the calls that are counted are stopped at. */
static bool
is_watched(const struct process *p)
{
	bool is_over = injection.done > 0 && !injection.all;

	return p->in_call ||
	       (p->counted && !is_over &&
		       (injection.depth == ANY || injection.depth == p->depth));
}

static void
go_on(const struct process *p, int signo)
{
	bool stop = is_watched(p);

	/* ESRCH: it was killed meanwhile */
	if (ptrace(stop ? PTRACE_SYSCALL : PTRACE_CONT, p->pid, NULL,
		    (long)signo) < 0 &&
		errno != ESRCH)
		fail("ptrace");
}

/* Sets the result of a call.  At its entry, too: number -1 is no call, and what
 * stands in the register of the result stays there. */
static void
set_result(pid_t pid, long result, bool is_entry)
{
	struct user_regs_struct regs;
	struct iovec iov = { &regs, sizeof(regs) };

	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov) < 0)
		fail("PTRACE_GETREGSET");
#if defined(__x86_64__)
	regs.rax = (unsigned long long)result;
	if (is_entry)
		regs.orig_rax = (unsigned long long)-1;
#elif defined(__aarch64__)
	int none = -1;
	struct iovec call = { &none, sizeof(none) };

	regs.regs[0] = (unsigned long long)result;
	if (is_entry &&
		ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &call) < 0)
		fail("PTRACE_SETREGSET");
#else
#error "here the registers of this machine are needed"
#endif
	if (ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &iov) < 0)
		fail("PTRACE_SETREGSET");
}

/* Is it this one? */
static bool
is_meant(const struct process *p, long number)
{
	if (!is_watched(p) || number != injection.number)
		return false;
	injection.seen++;
	return injection.all ? injection.seen >= injection.first
			     : injection.seen == injection.first;
}

static void
at_call(struct process *p)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, sizeof(info), &info) < 0) {
		if (errno != ESRCH)
			fail("PTRACE_GET_SYSCALL_INFO");
		return;
	}
	if (info.op == PTRACE_SYSCALL_INFO_EXIT && p->in_call) {
		set_result(p->pid, injection.value, false);
		p->in_call = false;
	}
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY ||
		!is_meant(p, (long)info.entry.nr))
		return;
	injection.done++;
	if (injection.action == KILLED)
		(void)kill(p->pid, SIGKILL);
	else if (injection.action == MADE)
		p->in_call = true;
	else
		set_result(p->pid, injection.value, true);
}

static void
at_birth(const struct process *parent)
{
	unsigned long pid;
	struct process *child;

	if (ptrace(PTRACE_GETEVENTMSG, parent->pid, NULL, &pid) < 0)
		return;
	child = process_of((pid_t)pid);
	child->depth = parent->depth + 1;
	child->counted = parent->counted;
	if (child->waiting)
		go_on(child, 0);
}

/* The credentials of the three processes, from /proc. */
static void
report_state(void)
{
	for (size_t i = 0; i < nprocesses; i++) {
		const struct process *p = &processes[i];
		char path[32], line[256];
		FILE *in;

		(void)snprintf(path, sizeof(path), "/proc/%d/status", p->pid);
		in = fopen(path, "re");
		while (in && fgets(line, sizeof(line), in))
			if (!strncmp(line, "Uid:", 4) ||
				!strncmp(line, "Gid:", 4) ||
				!strncmp(line, "Groups:", 7) ||
				!strncmp(line, "Cap", 3) ||
				!strncmp(line, "NoNewPrivs:", 11))
				dprintf(report, "%d %s", p->depth, line);
		if (in)
			(void)fclose(in);
	}
}

/* One stop of a traced process; true: a program was started. */
static bool
at_stop(struct process *p, int status)
{
	int signo = WSTOPSIG(status), event = status >> 16;

	switch (event) {
	case 0:
		if (signo == (SIGTRAP | 0x80)) {
			at_call(p);
			signo = 0;
		}
		go_on(p, signo);
		return false;
	case PTRACE_EVENT_CLONE:
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
		at_birth(p);
		break;
	case PTRACE_EVENT_EXEC:
		/* The first program is to be looked at, a second is not. */
		p->counted = p->depth == 0;
		if (p->depth == 2)
			report_state();
		break;
	case PTRACE_EVENT_STOP:
		if (p->depth < 0) {
			p->waiting = true;
			return false;
		}
		if (signo != SIGTRAP) { /* it was stopped, and stays so */
			(void)ptrace(PTRACE_LISTEN, p->pid, NULL, NULL);
			return false;
		}
		break;
	default:
		break;
	}
	go_on(p, 0);
	return event == PTRACE_EVENT_EXEC;
}

static pid_t
start(uid_t uid, char **argv)
{
	int ready[2];
	pid_t pid;
	char byte;

	if (pipe(ready) < 0)
		fail("pipe");
	pid = fork();
	if (pid < 0)
		fail("fork");
	if (pid == 0) {
		(void)close(ready[1]);
		if (read(ready[0], &byte, 1) != 1)
			_exit(99);
		(void)close(ready[0]);
		if (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 ||
			setresuid(uid, uid, uid) < 0)
			_exit(99);
		execv(argv[0], argv);
		_exit(99);
	}
	if (ptrace(PTRACE_SEIZE, pid, NULL,
		    (long)(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE |
			    PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			    PTRACE_O_TRACEEXEC)) < 0)
		fail("PTRACE_SEIZE");
	if (write(ready[1], "", 1) != 1)
		fail("write");
	(void)close(ready[0]);
	(void)close(ready[1]);
	process_of(pid)->depth = 0;
	return pid;
}

static void
on_alarm(int signo)
{
	(void)signo;
	time_is_up = 1;
}

/* Again and again, lest one comes just before a wait begins. */
static void
limit(int seconds)
{
	struct itimerval timer = { { 0, 50000 }, { seconds, 0 } };

	if (setitimer(ITIMER_REAL, &timer, NULL) < 0)
		fail("setitimer");
}

static long
number_of(const char *name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i] && !strcmp(names[i], name))
			return (long)i;
	errno = ENOSYS;
	fail(name);
}

static void
parse(char **words)
{
	const char *action = words[3];
	char *end;

	injection.depth = strcmp(words[0], "any") ? atoi(words[0]) : ANY;
	injection.number = number_of(words[1]);
	injection.first = strtol(words[2], &end, 10);
	injection.all = *end == '+';
	if (!strcmp(action, "kill"))
		injection.action = KILLED;
	else if (!strncmp(action, "error=", 6))
		injection.value = -atol(action + 6);
	else if (!strncmp(action, "return=", 7))
		injection.value = atol(action + 7);
	else if (!strncmp(action, "result=", 7)) {
		injection.action = MADE;
		injection.value = -atol(action + 7);
	} else {
		errno = EINVAL;
		fail(action);
	}
}

int
main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	int programs = 0, result = -1;
	pid_t first;

	if (argc < 8) {
		errno = EINVAL;
		fail("arguments");
	}
	report = atoi(argv[1]);
	if (fcntl(report, F_SETFD, FD_CLOEXEC) < 0)
		fail("descriptor of the report");
	parse(argv + 3);
	if (sigaction(SIGALRM, &sa, NULL) < 0)
		fail("sigaction");
	first = start((uid_t)atol(argv[2]), argv + 7);
	limit(WHOLE);
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, __WALL);

		if (time_is_up || (pid < 0 && errno == ECHILD))
			break;
		if (pid < 0)
			continue;
		if (WIFSTOPPED(status)) {
			programs += at_stop(process_of(pid), status);
		} else if (pid == first) {
			result = WIFEXITED(status) ? WEXITSTATUS(status)
						   : 128 + WTERMSIG(status);
			limit(AFTERWARDS);
		}
	}
	dprintf(report, "%ld %d %d\n", injection.done, programs, result);
	return 0;
}
