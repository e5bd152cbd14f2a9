/* SPDX-License-Identifier: MIT */
/*
 * What does the system call filter of a box do with each call?
 *
 * Runs inside a box, unprivileged and already filtered; it installs nothing.
 * Every probe makes one call in a child of its own and prints one line:
 *
 *	NAME ok | ENAME | SIGNAME
 *
 * The arguments are such that the kernel itself refuses the call for a reason
 * of its own that comes before any question of privilege (EFAULT, EINVAL,
 * EBADF, ENOTTY), or grants it.  So EPERM, EAFNOSUPPORT and, for clone3,
 * ENOSYS can only be the filter's.  Exceptions: pivot_root, move_mount,
 * fsopen, fsmount and fspick, where the kernel asks for privilege first; the
 * raw-* probes, which are the real thing; socket domains that the kernel does
 * not have.
 *
 * Build: gcc -static -o syscalls-probe syscalls-probe.c -pthread
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#endif
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define UPPER (0xdeadbeefUL << 32) /* what an int argument ignores */
#define NONE (~0UL)                /* no fd, or flags that do not exist */
#define PIPE (~1UL)                /* stands for an fd that is no terminal */

#if defined(__s390__)
enum { CLONE_FLAGS = 1 };
#else
enum { CLONE_FLAGS = 0 };
#endif

/* A flag that unshare does not know, and two that clone does not take
 * together: EINVAL, before it is asked who may have the namespace. */
#define UNSHARE(flag) .nr = SYS_unshare, .args[0] = (flag) | 1
#define CLONE(flags) .nr = SYS_clone, .args[CLONE_FLAGS] = (flags)
#define BAD_CLONE(flag) CLONE((flag) | CLONE_SIGHAND | SIGCHLD)

struct call {
	const char *name;
	long nr;
	unsigned long args[5];
};

static const struct call calls[] = {
	/* refused by every filter */
	{ "tiocsti", SYS_ioctl, { PIPE, TIOCSTI } },
	{ "tiocsti-upper", SYS_ioctl, { PIPE, TIOCSTI | UPPER } },
	{ "tioclinux", SYS_ioctl, { PIPE, TIOCLINUX } },
	{ "tioclinux-upper", SYS_ioctl, { PIPE, TIOCLINUX | UPPER } },
	{ "tiocsetd", SYS_ioctl, { PIPE, TIOCSETD } },
	{ "tiocsetd-upper", SYS_ioctl, { PIPE, TIOCSETD | UPPER } },
	{ "keyctl", SYS_keyctl, { 0, (unsigned long)-3, 0 } },
	{ "keyctl-upper", (long)(SYS_keyctl | UPPER), { 0 } },
	{ "add_key", SYS_add_key, { 0 } },
	{ "request_key", SYS_request_key, { 0 } },

	/* refused by the default filter */
	{ "io_uring_setup", SYS_io_uring_setup, { 0 } },
	{ "io_uring_enter", SYS_io_uring_enter, { NONE } },
	{ "io_uring_register", SYS_io_uring_register, { NONE } },
	{ "userfaultfd", SYS_userfaultfd, { NONE } },
	{ "bpf", SYS_bpf, { NONE } },
	{ "perf_event_open", SYS_perf_event_open, { 0, 0, 0, 0, NONE } },
	{ "open_by_handle_at", SYS_open_by_handle_at, { NONE, 0, 0 } },
	{ "setns", SYS_setns, { NONE, 0 } },
	{ "unshare-newns", UNSHARE(CLONE_NEWNS) },
	{ "unshare-newcgroup", UNSHARE(CLONE_NEWCGROUP) },
	{ "unshare-newuts", UNSHARE(CLONE_NEWUTS) },
	{ "unshare-newipc", UNSHARE(CLONE_NEWIPC) },
	{ "unshare-newuser", UNSHARE(CLONE_NEWUSER) },
	{ "unshare-newpid", UNSHARE(CLONE_NEWPID) },
	{ "unshare-newnet", UNSHARE(CLONE_NEWNET) },
	{ "unshare-newtime", UNSHARE(CLONE_NEWTIME) },
	{ "unshare-newuser-upper", UNSHARE(CLONE_NEWUSER | UPPER) },
	{ "clone-newns", BAD_CLONE(CLONE_NEWNS) },
	{ "clone-newcgroup", BAD_CLONE(CLONE_NEWCGROUP) },
	{ "clone-newuts", BAD_CLONE(CLONE_NEWUTS) },
	{ "clone-newipc", BAD_CLONE(CLONE_NEWIPC) },
	{ "clone-newuser", BAD_CLONE(CLONE_NEWUSER) },
	{ "clone-newpid", BAD_CLONE(CLONE_NEWPID) },
	{ "clone-newnet", BAD_CLONE(CLONE_NEWNET) },
	{ "clone-newuser-upper", BAD_CLONE(CLONE_NEWUSER | UPPER) },
	{ "clone3", SYS_clone3, { 0, 0 } },
	{ "mount", SYS_mount, { 0 } },
#ifdef SYS_umount
	{ "umount", SYS_umount, { 0 } },
#endif
	{ "umount2", SYS_umount2, { 0, NONE } },
	{ "pivot_root", SYS_pivot_root, { 0, 0 } },
	{ "open_tree", SYS_open_tree, { NONE, 0, NONE } },
	{ "move_mount", SYS_move_mount, { NONE, 0, NONE, 0, NONE } },
	{ "fsopen", SYS_fsopen, { 0, NONE } },
	{ "fsconfig", SYS_fsconfig, { NONE } },
	{ "fsmount", SYS_fsmount, { NONE, NONE, NONE } },
	{ "fspick", SYS_fspick, { NONE, 0, NONE } },
	{ "mount_setattr", SYS_mount_setattr, { NONE, 0, NONE } },
	{ "open_tree_attr", SYS_open_tree_attr, { NONE, 0, NONE } },
	{ "socket-vsock-upper", SYS_socket, { AF_VSOCK | UPPER, SOCK_STREAM } },
	{ "socket-15-upper", SYS_socket, { 15 | UPPER, SOCK_STREAM } },
	{ "socket-negative", SYS_socket, { NONE, SOCK_STREAM } },
	{ "socketpair-tipc", SYS_socketpair, { AF_TIPC, SOCK_STREAM } },

	/* the real thing */
	{ "raw-unshare-newuser", SYS_unshare, { CLONE_NEWUSER } },
	{ "raw-clone-newuser", CLONE(CLONE_NEWUSER | SIGCHLD) },

	/* let through by every filter */
	{ "tcgets", SYS_ioctl, { PIPE, TCGETS } },
	{ "tcgets-upper", SYS_ioctl, { PIPE, TCGETS | UPPER } },
	{ "tiocgwinsz", SYS_ioctl, { PIPE, TIOCGWINSZ } },
	{ "unshare-nothing", UNSHARE(0) },
	{ "unshare-fs", SYS_unshare, { CLONE_FS } },
	{ "unshare-files", SYS_unshare, { CLONE_FILES } },
	{ "clone-nothing", BAD_CLONE(0) },
	{ "clone-plain", CLONE(SIGCHLD) },
	{ "chroot", SYS_chroot, { 0 } },
	{ "name_to_handle_at", SYS_name_to_handle_at, { NONE, 0, 0 } },
	{ "personality", SYS_personality, { 0xffffffff } },
	{ "ptrace", SYS_ptrace, { PTRACE_TRACEME } },
	{ "getpid", SYS_getpid, { 0 } },
	{ "getpid-upper", (long)(SYS_getpid | UPPER), { 0 } },
	{ "number-minus-1", -1, { 0 } },
	{ "number-4000", 4000, { 0 } },

#if defined(__x86_64__) && defined(__LP64__)
	/* x32, and what looks like it: a signal, by every filter */
	{ "x32-getpid", 0x40000000 | SYS_getpid, { 0 } },
	{ "x32-ioctl", 0x40000000 | 514, { PIPE, TIOCSTI } },
	{ "x32-keyctl", 0x40000000 | SYS_keyctl, { 0 } },
	{ "x32-last", 0x7fffffff, { 0 } },
	{ "number-minus-2", -2, { 0 } },
#endif
};

static const struct {
	int value;
	const char *name;
} errors[] = {
	{ 0, "ok" },
	{ E2BIG, "E2BIG" },
	{ EACCES, "EACCES" },
	{ EAFNOSUPPORT, "EAFNOSUPPORT" },
	{ EAGAIN, "EAGAIN" },
	{ EBADF, "EBADF" },
	{ EFAULT, "EFAULT" },
	{ EINVAL, "EINVAL" },
	{ EIO, "EIO" },
	{ ENODEV, "ENODEV" },
	{ ENOENT, "ENOENT" },
	{ ENOMEM, "ENOMEM" },
	{ ENOSPC, "ENOSPC" },
	{ ENOSYS, "ENOSYS" },
	{ ENOTTY, "ENOTTY" },
	{ EOPNOTSUPP, "EOPNOTSUPP" },
	{ EPERM, "EPERM" },
	{ EPROTONOSUPPORT, "EPROTONOSUPPORT" },
	{ ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT" },
	{ ESRCH, "ESRCH" },
	{ EUSERS, "EUSERS" },
}, signals[] = {
	{ SIGILL, "SIGILL" },
	{ SIGKILL, "SIGKILL" },
	{ SIGSEGV, "SIGSEGV" },
	{ SIGSYS, "SIGSYS" },
};

static int pipe_fd;

static void
print_status(const char *name, int status)
{
	int error = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	int signal = WIFSIGNALED(status) ? WTERMSIG(status) : -1;

	for (size_t i = 0; i < COUNT(errors); i++)
		if (errors[i].value == error) {
			printf("%s %s\n", name, errors[i].name);
			return;
		}
	for (size_t i = 0; i < COUNT(signals); i++)
		if (signals[i].value == signal) {
			printf("%s %s\n", name, signals[i].name);
			return;
		}
	printf("%s status-%d\n", name, status);
}

/* Prints what became of the call that `run` makes with `arg`. */
static void
probe(const char *name, int (*run)(const void *arg), const void *arg)
{
	const struct rlimit no_core = { 0, 0 };
	int status;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid < 0) {
		printf("%s cannot-fork\n", name);
		return;
	}
	if (pid == 0) {
		(void)setrlimit(RLIMIT_CORE, &no_core);
		_exit(run(arg));
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			exit(1);
	print_status(name, status);
}

static int
outcome(long result)
{
	return result < 0 ? errno : 0;
}

/* A child that clone made ends like its parent: with 0. */
static int
run_call(const void *arg)
{
	const struct call *call = arg;
	unsigned long a[COUNT(call->args)];

	for (size_t i = 0; i < COUNT(a); i++)
		a[i] = call->args[i] == PIPE ? (unsigned long)pipe_fd
					     : call->args[i];
	return outcome(syscall(call->nr, a[0], a[1], a[2], a[3], a[4]));
}

static int
run_clone3(const void *arg)
{
	struct clone_args how = {
		.flags = *(const uint64_t *)arg,
		.exit_signal = SIGCHLD,
	};

	return outcome(syscall(SYS_clone3, &how, sizeof(how)));
}

/* netlink has no streams, vsock not everywhere datagrams. */
static int
run_socket(const void *arg)
{
	int domain = *(const int *)arg;
	int type = domain == AF_NETLINK ? SOCK_DGRAM : SOCK_STREAM;

	return outcome(socket(domain, type, 0));
}

static int
run_socketpair(const void *arg)
{
	int sv[2];

	return outcome(socketpair(*(const int *)arg, SOCK_STREAM, 0, sv));
}

static void *
thread(void *arg)
{
	return arg;
}

static int
run_thread(const void *arg)
{
	pthread_t id;
	int error = pthread_create(&id, NULL, thread, NULL);

	(void)arg;
	return error ? error : pthread_join(id, NULL);
}

static int
run_vfork(const void *arg)
{
	pid_t pid = vfork();

	(void)arg;
	if (pid == 0)
		_exit(0);
	return outcome(pid);
}

static int
run_vm_readv(const void *arg)
{
	char from = 'x', to = 0;
	struct iovec src = { &from, 1 }, dst = { &to, 1 };

	(void)arg;
	return outcome(process_vm_readv(getpid(), &dst, 1, &src, 1, 0));
}

/* Programs that have a filter of their own must be able to add it. */
static int
run_filter(const void *arg)
{
	struct sock_filter allow[] = {
		{ BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW },
	};
	struct sock_fprog program = { COUNT(allow), allow };

	(void)arg;
	return outcome(
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0));
}

#if defined(__x86_64__) && defined(__LP64__)
/* The i386 ABI from a 64-bit process, by its own call numbers. */
static const struct call calls_i386[] = {
	{ "i386-getpid", 20, { 0 } },
	{ "i386-tiocsti", 54, { PIPE, TIOCSTI } },
	{ "i386-tiocsti-upper", 54, { PIPE, TIOCSTI | UPPER } },
	{ "i386-tioclinux", 54, { PIPE, TIOCLINUX } },
	{ "i386-tcgets", 54, { PIPE, TCGETS } },
	{ "i386-keyctl", 288, { 0, (unsigned long)-3, 0 } },
	{ "i386-add_key", 286, { 0 } },
	{ "i386-request_key", 287, { 0 } },
	{ "i386-io_uring_setup", 425, { 0 } },
	{ "i386-socket-unix", 359, { AF_UNIX, SOCK_STREAM, 0 } },
	{ "i386-socket-inet", 359, { AF_INET, SOCK_STREAM, 0 } },
	{ "i386-socket-vsock", 359, { AF_VSOCK, SOCK_STREAM, 0 } },
	{ "i386-socket-vsock-upper", 359,
		{ AF_VSOCK | UPPER, SOCK_STREAM, 0 } },
};

/* socketcall(2): the number within it, and what lies in memory. */
static const struct call calls_socketcall[] = {
	{ "i386-socketcall-socket-unix", 1, { AF_UNIX, SOCK_STREAM, 0 } },
	{ "i386-socketcall-socket-vsock", 1, { AF_VSOCK, SOCK_STREAM, 0 } },
	{ "i386-socketcall-bind", 2, { NONE, 0, 0 } },
};

static int
int80(long nr, const unsigned long args[static 3])
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(nr), "b"(args[0]), "c"(args[1]), "d"(args[2])
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)result < 0 ? -(int)result : 0;
}

static int
run_i386(const void *arg)
{
	const struct call *call = arg;
	unsigned long a[3];

	for (size_t i = 0; i < COUNT(a); i++)
		a[i] = call->args[i] == PIPE ? (unsigned long)pipe_fd
					     : call->args[i];
	return int80(call->nr, a);
}

static int
run_socketcall(const void *arg)
{
	const struct call *call = arg;
	uint32_t *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	unsigned long a[3] = { (unsigned long)call->nr, (uintptr_t)low, 0 };

	if (low == MAP_FAILED)
		return 255;
	for (size_t i = 0; i < 3; i++)
		low[i] = (uint32_t)call->args[i];
	return int80(102, a);
}

static void
probe_i386(void)
{
	for (size_t i = 0; i < COUNT(calls_i386); i++)
		probe(calls_i386[i].name, run_i386, &calls_i386[i]);
	for (size_t i = 0; i < COUNT(calls_socketcall); i++)
		probe(calls_socketcall[i].name, run_socketcall,
			&calls_socketcall[i]);
}
#else
static void
probe_i386(void)
{
}
#endif

static void
probe_sockets(void)
{
	static const int unix_domain = AF_UNIX;
	char name[32];

	for (int domain = 0; domain < 64; domain++) {
		(void)snprintf(name, sizeof(name), "socket-%d", domain);
		probe(name, run_socket, &domain);
	}
	probe("socketpair-unix", run_socketpair, &unix_domain);
}

int
main(void)
{
	static const uint64_t plain = 0, newuser = CLONE_NEWUSER;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return 1;
	pipe_fd = fds[0];
	for (size_t i = 0; i < COUNT(calls); i++)
		probe(calls[i].name, run_call, &calls[i]);
	probe("raw-clone3-newuser", run_clone3, &newuser);
	probe("raw-clone3-plain", run_clone3, &plain);
	probe("thread", run_thread, NULL);
	probe("vfork", run_vfork, NULL);
	probe("process_vm_readv", run_vm_readv, NULL);
	probe("own-filter", run_filter, NULL);
	probe_sockets();
	probe_i386();
	return fflush(stdout) ? 1 : 0;
}
