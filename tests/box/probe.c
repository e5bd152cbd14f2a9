/* SPDX-License-Identifier: MIT */
/*
 * What does a program in the box see, and what can it not do?
 *
 * One small static program with a word as first argument; the tests run it in
 * a box and, as the control, outside.  A word that tries something forbidden
 * prints "NAME ok" or "NAME ERRNO" for each try.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void
report(const char *name, long rc)
{
	printf("%s %s\n", name, rc == -1 ? strerrorname_np(errno) : "ok");
}

/* Prints the open file descriptors; succeeds if they are 0, 1 and 2. */
static int
probe_fds(const char *arg)
{
	unsigned int open = 0;
	int others = 0;

	(void)arg;
	for (int fd = 0; fd < 20000; fd++) {
		if (fcntl(fd, F_GETFD) == -1)
			continue;
		if (fd <= 2)
			open |= 1u << fd;
		else
			others++;
		dprintf(1, "%d\n", fd);
	}
	return open == 7 && others == 0 ? 0 : 1;
}

/* Prints real, effective and saved user and group ids. */
static int
probe_ids(const char *arg)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;

	(void)arg;
	if (getresuid(&r, &e, &s) == -1 || getresgid(&rg, &eg, &sg) == -1)
		return 1;
	printf("%u %u %u %u %u %u\n", r, e, s, rg, eg, sg);
	return 0;
}

/* Every way back to root. */
static int
probe_root(const char *arg)
{
	struct __user_cap_header_struct h = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct d[2] = {
		{ .effective = 1u << CAP_CHOWN, .permitted = 1u << CAP_CHOWN },
	};
	gid_t zero = 0;

	(void)arg;
	report("setresuid", setresuid(0, 0, 0));
	report("setuid", setuid(0));
	report("setreuid", setreuid(0, 0));
	report("setresgid", setresgid(0, 0, 0));
	report("setgroups", setgroups(1, &zero));
	setfsuid(0);
	errno = EPERM;
	report("setfsuid", setfsuid((uid_t)-1) == 0 ? 0 : -1);
	report("chroot", chroot("/"));
	report("securebits", prctl(PR_SET_SECUREBITS, 0));
	report("capset", syscall(SYS_capset, &h, d));
	return 0;
}

/* Ends itself by any signal, also those the C library keeps for itself. */
static int
probe_raise(const char *arg)
{
	syscall(SYS_kill, getpid(), atoi(arg));
	pause();
	return 99;
}

/* Prints the signals that arrive; ends on QUIT. */
static int
probe_catch(const char *arg)
{
	siginfo_t info;
	sigset_t all;

	(void)arg;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	dprintf(1, "ready\n");
	while (sigwaitinfo(&all, &info) != -1) {
		dprintf(1, "%s\n", sigabbrev_np(info.si_signo));
		if (info.si_signo == SIGQUIT)
			return 0;
	}
	return 1;
}

/* Writes what it is told to stderr, which a hang-up of the terminal leaves
 * alone. */
static void
say(const char *text)
{
	const struct iovec line[] = {
		{ .iov_base = (void *)text, .iov_len = strlen(text) },
		{ .iov_base = "\n", .iov_len = 1 },
	};

	if (writev(2, line, 2) == -1)
		_exit(97);
}

static void
count(int signo)
{
	say(sigabbrev_np(signo));
	if (signo == SIGUSR2)
		_exit(0);
}

/* Says the name of each signal that its handler gets, one at a time; ends on
 * USR2.  Sends signal N to its process group first. */
static int
probe_count(const char *arg)
{
	struct sigaction action = { .sa_handler = count };

	sigfillset(&action.sa_mask);
	for (int signo = 1; signo < 32; signo++)
		(void)sigaction(signo, &action, NULL);
	say("ready");
	if (atoi(arg) > 0 && kill(0, atoi(arg)) == -1)
		return 1;
	while (pause() == -1)
		;
	return 1;
}

/* Ignores signal N. */
static int
probe_ignore(const char *arg)
{
	(void)signal(atoi(arg), SIG_IGN);
	say("ready");
	while (pause() == -1)
		;
	return 1;
}

/* How another process of this uid is to run: one by one, and by group. */
static void
tune(const char *who, pid_t pid)
{
	struct sched_param param = { 0 };
	cpu_set_t cpus;
	struct rlimit limit;
	struct {
		unsigned int size, policy;
		unsigned long long flags;
		int nice;
		unsigned int priority;
		unsigned long long times[3];
	} attr = { .size = 48 };

	printf("%s ", who);
	report("setpriority", setpriority(PRIO_PROCESS, (id_t)pid, 1));
	printf("%s ", who);
	report("sched_setscheduler",
		sched_setscheduler(pid, SCHED_BATCH, &param));
	printf("%s ", who);
	report("sched_setparam", sched_setparam(pid, &param));
	attr.nice = 1;
	printf("%s ", who);
	report("sched_setattr", syscall(SYS_sched_setattr, pid, &attr, 0));
	sched_getaffinity(0, sizeof(cpus), &cpus);
	printf("%s ", who);
	report("sched_setaffinity",
		sched_setaffinity(pid, sizeof(cpus), &cpus));
	printf("%s ", who);
	report("ioprio_set", syscall(SYS_ioprio_set, 1, pid, 2 << 13 | 4));
	printf("%s ", who);
	report("prlimit", prlimit(pid, RLIMIT_CORE, NULL, &limit));
}

static int
probe_tune(const char *arg)
{
	pid_t child = fork();

	(void)arg;
	if (child == 0)
		for (;;)
			pause();
	tune("child", child);
	tune("init", 1);
	report("group setpriority", setpriority(PRIO_PGRP, 0, 1));
	report("user setpriority", setpriority(PRIO_USER, 0, 1));
	report("group ioprio_set", syscall(SYS_ioprio_set, 2, 0, 2 << 13 | 4));
	report("user ioprio_set",
		syscall(SYS_ioprio_set, 3, getuid(), 2 << 13 | 4));
	kill(child, SIGKILL);
	return 0;
}

/* As many processes as there may be, each of which makes more. */
static int
probe_forks(const char *arg)
{
	(void)arg;
	for (;;)
		(void)fork();
}

/* Sends init what only the monitor sends, with numbers that no signal has. */
static int
probe_forge(const char *arg)
{
	siginfo_t info = { 0 };

	(void)arg;
	info.si_code = SI_QUEUE;
	for (int value = 65; value < 256; value++) {
		info.si_value.sival_int = value;
		(void)syscall(SYS_rt_sigqueueinfo, 1, SIGRTMIN, &info);
		info.si_value.sival_int = value << 8;
		(void)syscall(SYS_rt_sigqueueinfo, 1, SIGRTMIN, &info);
	}
	for (int signo = 1; signo < 65; signo++)
		(void)syscall(SYS_rt_sigqueueinfo, 1, signo, &info);
	puts("forged");
	return 0;
}

/* Leaves N orphans behind, then waits for the end of its input. */
static int
probe_orphans(const char *arg)
{
	char byte;

	for (int n = atoi(arg); n > 0; n--) {
		pid_t pid = fork();

		if (pid == -1)
			return 1;
		if (pid == 0)
			_exit(fork() == -1);
		if (waitpid(pid, NULL, 0) == -1)
			return 1;
	}
	dprintf(1, "ready\n");
	return read(0, &byte, 1) == 0 ? 0 : 1;
}

/* Types into the terminal that is its standard input. */
static int
probe_type(const char *arg)
{
	int byte = '#', tioclinux = 2, discipline = N_TTY;

	(void)arg;
	report("TIOCSTI", ioctl(0, TIOCSTI, &byte));
	report("TIOCSTI-high",
		syscall(SYS_ioctl, 0L, 0x100000000L | (long)TIOCSTI, &byte));
	report("TIOCLINUX", ioctl(0, TIOCLINUX, &tioclinux));
	report("TIOCSETD", ioctl(0, TIOCSETD, &discipline));
	return 0;
}

/* Connects to the abstract socket NAME. */
static int
probe_connect(const char *arg)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(a.sun_path + 1, arg, strlen(arg));
	report("connect",
		connect(fd, (struct sockaddr *)&a,
			(socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
				    strlen(arg))));
	return 0;
}

/* A pseudo terminal of the box's own. */
static int
probe_pty(const char *arg)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY);
	char *name =
		fd == -1 || grantpt(fd) || unlockpt(fd) ? NULL : ptsname(fd);

	(void)arg;
	puts(name == NULL ? strerrorname_np(errno) : name);
	report("open", name ? open(name, O_RDWR | O_NOCTTY) : -1);
	return 0;
}

/* Attaches to process PID. */
static int
probe_trace(const char *arg)
{
	long rc = ptrace(PTRACE_SEIZE, atoi(arg), NULL, NULL);

	report("ptrace", rc);
	return rc == -1 ? 1 : 0;
}

/* A user namespace of its own. */
static int
probe_userns(const char *arg)
{
	struct {
		unsigned long long flags, rest[10];
	} args = {
		.flags = CLONE_NEWUSER,
	};
	long pid;

	(void)arg;
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		_exit(0);
	report("clone3", pid);
	pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		_exit(0);
	report("clone", pid);
	report("unshare", unshare(CLONE_NEWUSER));
	return 0;
}

static const struct {
	const char *word;
	int (*run)(const char *arg);
} probes[] = {
	{ "fds", probe_fds },
	{ "ids", probe_ids },
	{ "root", probe_root },
	{ "raise", probe_raise },
	{ "catch", probe_catch },
	{ "count", probe_count },
	{ "ignore", probe_ignore },
	{ "orphans", probe_orphans },
	{ "tune", probe_tune },
	{ "forks", probe_forks },
	{ "forge", probe_forge },
	{ "type", probe_type },
	{ "connect", probe_connect },
	{ "pty", probe_pty },
	{ "trace", probe_trace },
	{ "userns", probe_userns },
};

int
main(int argc, char *argv[])
{
	for (size_t i = 0; argc > 1 && i < sizeof(probes) / sizeof(*probes);
		i++)
		if (strcmp(argv[1], probes[i].word) == 0)
			return probes[i].run(argc > 2 ? argv[2] : "");
	fprintf(stderr, "usage: probe WORD [ARG]\n");
	return 98;
}
