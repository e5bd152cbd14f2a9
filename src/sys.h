/* SPDX-License-Identifier: MIT */
/*
 * System calls that a libc of this century may not wrap: glibc has most of
 * these since 2.36, musl not yet.  One thin function each; -1 and errno on
 * failure, close-on-exec always.  Pages of section 2; the kernel that brought
 * each is named.  Linux 5.12 (mount_setattr) is what minibox needs.
 */
#ifndef MINIBOX_SYS_H
#define MINIBOX_SYS_H

#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/landlock.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000 /* linux/fcntl.h, which clashes with fcntl.h */
#endif
#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif

enum { SYS_DETACH = 2 }; /* MNT_DETACH; sys/mount.h clashes, too */

/* 5.3; without CLONE_VM it returns twice, as fork(2) does. */
static inline pid_t
sys_clone3(struct clone_args *args)
{
	return (pid_t)syscall(SYS_clone3, args, sizeof(*args));
}

/* 5.9 */
static inline int
sys_close_range(unsigned first, unsigned last)
{
	return (int)syscall(SYS_close_range, first, last, 0);
}

/* From a directory downwards, and through no link. */
#define SYS_RESOLVE_PLAIN \
	(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS)

/* 5.6 */
static inline int
sys_openat2(int dirfd, const char *path, uint64_t flags, uint64_t resolve)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = resolve,
	};

	return (int)syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
}

/* What is there, O_PATH, and whether it is a directory, without looking at it.
 * As a directory first: else an automount would not be triggered. */
static inline int
sys_open_any(int dirfd, const char *path, uint64_t resolve, bool *directory)
{
	int fd = sys_openat2(dirfd, path, O_PATH | O_DIRECTORY, resolve);

	*directory = fd >= 0 || errno != ENOTDIR;
	return *directory ? fd : sys_openat2(dirfd, path, O_PATH, resolve);
}

/* 5.2: a copy of the mount at `fd`, with all mounts below it, not attached. */
static inline int
sys_open_tree_clone(int fd)
{
	return (int)syscall(SYS_open_tree, fd, "",
		AT_EMPTY_PATH | AT_RECURSIVE | OPEN_TREE_CLONE |
			OPEN_TREE_CLOEXEC);
}

/* 5.2: attaches the detached mount `fd` at dirfd + path, which may be "". */
static inline int
sys_move_mount(int fd, int dirfd, const char *path)
{
	return (int)syscall(SYS_move_mount, fd, "", dirfd, path,
		MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

/* 5.12 */
static inline int
sys_mount_setattr(
	int dirfd, const char *path, unsigned flags, struct mount_attr *attr)
{
	return (int)syscall(
		SYS_mount_setattr, dirfd, path, flags, attr, sizeof(*attr));
}

/* 5.2 */
static inline int
sys_fsopen(const char *type)
{
	return (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
}

/* 5.2; value NULL with FSCONFIG_CMD_CREATE and key NULL. */
static inline int
sys_fsconfig(int fd, unsigned cmd, const char *key, const char *value)
{
	return (int)syscall(SYS_fsconfig, fd, cmd, key, value, 0);
}

/* 5.2 */
static inline int
sys_fsmount(int fd, unsigned attr)
{
	return (int)syscall(SYS_fsmount, fd, FSMOUNT_CLOEXEC, attr);
}

static inline int
sys_pivot_root(const char *new_root, const char *put_old)
{
	return (int)syscall(SYS_pivot_root, new_root, put_old);
}

static inline int
sys_umount2(const char *path, int flags)
{
	return (int)syscall(SYS_umount2, path, flags);
}

/* 5.1 */
static inline int
sys_pidfd_send_signal(int pidfd, int signo, siginfo_t *info)
{
	return (int)syscall(SYS_pidfd_send_signal, pidfd, signo, info, 0);
}

/* 5.4: as waitid(2) with P_PIDFD; the system call also says what the child and
 * all that it has waited for have used. */
static inline int
sys_wait_pidfd(int pidfd, siginfo_t *info, struct rusage *usage)
{
	return (int)syscall(SYS_waitid, 3 /* P_PIDFD */, pidfd, info,
		WEXITED | __WALL, usage);
}

/* Whether the child is stopped now; that is left to be asked again. */
static inline bool
sys_pidfd_is_stopped(int pidfd)
{
	siginfo_t info = { 0 };

	return syscall(SYS_waitid, 3, pidfd, &info,
		       WSTOPPED | WNOHANG | WNOWAIT | __WALL, NULL) == 0 &&
	       info.si_signo == SIGCHLD;
}

/* By themselves: timer_create(3) would bring threads along. */
static inline int
sys_timer_create(clockid_t clock, struct sigevent *event, int *timer)
{
	return (int)syscall(SYS_timer_create, clock, event, timer);
}

static inline int
sys_timer_settime(int timer, const struct itimerspec *value)
{
	return (int)syscall(SYS_timer_settime, timer, 0, value, NULL);
}

/* The version of Landlock; -1: the kernel has none, or it is not switched on.
 */
static inline int
sys_landlock_abi(void)
{
	return (int)syscall(SYS_landlock_create_ruleset, NULL, 0,
		LANDLOCK_CREATE_RULESET_VERSION);
}

/* 5.13 */
static inline int
sys_landlock_create(const struct landlock_ruleset_attr *attr, size_t size)
{
	return (int)syscall(SYS_landlock_create_ruleset, attr, size, 0);
}

static inline int
sys_landlock_add_path(
	int ruleset, const struct landlock_path_beneath_attr *rule)
{
	return (int)syscall(SYS_landlock_add_rule, ruleset,
		LANDLOCK_RULE_PATH_BENEATH, rule, 0);
}

static inline int
sys_landlock_restrict(int ruleset)
{
	return (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
}

/* A new, empty, anonymous session keyring: keyctl(2). */
static inline long
sys_join_session_keyring(void)
{
	return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL, 0, 0, 0);
}

#endif
