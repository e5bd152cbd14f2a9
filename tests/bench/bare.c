/* SPDX-License-Identifier: MIT */
/*
 * What does the kernel charge for a box?
 *
 *	bare ROOT COMMAND [ARG]...
 *
 * Has the kernel do what minibox has it do for the default box, and nothing
 * else: no policy, no drop of privileges, no filter.  As root, for measuring
 * only: COMMAND stays root.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <net/if.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define AT_RECURSIVE 0x8000
#define TMPFS "size=67108864,nr_inodes=16384,mode="

/* sys/mount.h clashes with linux/mount.h. */
int mount(const char *source, const char *target, const char *type,
	unsigned long flags, const void *options);

static const char *const nodes[] = { "null", "zero", "full", "random",
	"urandom" };
static const unsigned minors[] = { 3, 5, 7, 8, 9 };
static const char *const links[][2] = {
	{ "pts/ptmx", "dev/ptmx" },
	{ "/proc/self/fd", "dev/fd" },
	{ "/proc/self/fd/0", "dev/stdin" },
	{ "/proc/self/fd/1", "dev/stdout" },
	{ "/proc/self/fd/2", "dev/stderr" },
};

/* The result of a call that has not failed. */
static int
ok(long result)
{
	if (result < 0) {
		perror("bare");
		_exit(125);
	}
	return (int)result;
}

static void
attributes(int fd, const char *path, unsigned flags, uint64_t set,
	uint64_t propagation)
{
	struct mount_attr attr = { .attr_set = set,
		.propagation = propagation };

	ok(syscall(SYS_mount_setattr, fd, path, flags, &attr, sizeof(attr)));
}

/* Of a root file system, in which it is. */
static void
make_dev(void)
{
	char path[32];

	ok(mount("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_NOEXEC,
		"size=65536,nr_inodes=32,mode=755"));
	for (int i = 0; i < 5; i++) {
		(void)snprintf(path, sizeof(path), "dev/%s", nodes[i]);
		ok(mknod(path, S_IFCHR | 0666, makedev(1, minors[i])));
		ok(chmod(path, 0666));
		ok(symlink(links[i][0], links[i][1]));
	}
	ok(mknod("dev/tty", S_IFCHR | 0666, makedev(5, 0)));
	ok(chmod("dev/tty", 0666));
	ok(mkdir("dev/pts", 0755));
	ok(mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
		"newinstance,ptmxmode=0666,mode=0620,gid=5"));
	ok(mkdir("dev/shm", 0755));
	ok(mount("tmpfs", "dev/shm", "tmpfs", MS_NOSUID | MS_NODEV,
		TMPFS "1777"));
	attributes(AT_FDCWD, "dev", 0, MOUNT_ATTR_RDONLY, 0);
}

/* A copy of the file of the root file system with a line more, on it. */
static void
copy_file(const char *name, const char *base, const char *path)
{
	char text[4096] = "user:x:4001:4001::/home/user:/bin/sh\n";
	int from = ok(open(path, O_RDONLY | O_CLOEXEC)), mount_fd;
	int to = ok(open(base, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
	ssize_t n = ok(read(from, text + 37, sizeof(text) - 37));

	ok(write(to, text, 37 + (size_t)n));
	mount_fd = ok(syscall(SYS_open_tree, to, "",
		AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
	attributes(mount_fd, "", AT_EMPTY_PATH,
		MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
			MOUNT_ATTR_NOEXEC,
		MS_PRIVATE);
	ok(syscall(SYS_move_mount, mount_fd, "", AT_FDCWD, name,
		MOVE_MOUNT_F_EMPTY_PATH));
	(void)close(from);
	(void)close(to);
	(void)close(mount_fd);
}

static void
make_root(const char *path)
{
	int root, quiet = MS_NOSUID | MS_NODEV;

	attributes(AT_FDCWD, "/", AT_RECURSIVE, 0, MS_PRIVATE);
	root = ok(syscall(SYS_open_tree, AT_FDCWD, path,
		AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
	attributes(root, "", AT_EMPTY_PATH | AT_RECURSIVE,
		MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
		MS_PRIVATE);
	ok(mount("tmpfs", "/proc", "tmpfs", quiet | MS_NOEXEC,
		"size=4194304,nr_inodes=16,mode=755"));
	ok(mkdir("/proc/root", 0755));
	ok(syscall(SYS_move_mount, root, "", AT_FDCWD, "/proc/root",
		MOVE_MOUNT_F_EMPTY_PATH));
	copy_file("/proc/root/etc/passwd", "/proc/passwd",
		"/proc/root/etc/passwd");
	copy_file(
		"/proc/root/etc/group", "/proc/group", "/proc/root/etc/group");
	ok(fchdir(root));
	ok(mount("tmpfs", "tmp", "tmpfs", quiet, TMPFS "1777"));
	ok(mount("tmpfs", "var/tmp", "tmpfs", quiet, TMPFS "1777"));
	ok(mount("tmpfs", "run", "tmpfs", quiet, TMPFS "755"));
	ok(mount("tmpfs", "home", "tmpfs", quiet, TMPFS "755"));
	ok(mkdir("home/user", 0700));
	ok(mount("proc", "proc", "proc", quiet | MS_NOEXEC,
		"hidepid=invisible"));
	make_dev();
	attributes(AT_FDCWD, "/proc", 0, MOUNT_ATTR_RDONLY, 0);
	ok(chdir("/proc"));
	ok(syscall(SYS_pivot_root, ".", "."));
	ok(syscall(SYS_umount2, ".", 2 /* MNT_DETACH */));
	ok(fchdir(root));
	ok(chroot("."));
}

static void
loopback_up(void)
{
	int fd = ok(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	struct ifreq ifr = { .ifr_name = "lo" };

	ok(ioctl(fd, SIOCGIFFLAGS, &ifr));
	ifr.ifr_flags |= IFF_UP;
	ok(ioctl(fd, SIOCSIFFLAGS, &ifr));
	(void)close(fd);
}

static int
wait_for(pid_t pid)
{
	int status;

	ok(waitpid(pid, &status, 0));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}

int
main(int argc, char **argv)
{
	struct clone_args args = {
		.flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC |
			 CLONE_NEWUTS | CLONE_NEWCGROUP | CLONE_NEWNET,
		.exit_signal = SIGCHLD,
	};
	pid_t pid;

	if (argc < 3)
		return 125;
	pid = ok(syscall(SYS_clone3, &args, sizeof(args)));
	if (pid > 0)
		return wait_for(pid);
	make_root(argv[1]);
	ok(sethostname("container-box", 13));
	loopback_up();
	pid = ok(fork());
	if (pid > 0)
		return wait_for(pid);
	return ok(execv(argv[2], argv + 2));
}
