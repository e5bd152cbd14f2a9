/* SPDX-License-Identifier: MIT */
/* Was minibox started the way it must be?  Runs in the caller's process, as
 * euid 0 or, if the answer is no, as the caller. */
#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "sys.h"

/* The beginning of a file that must lie on a real procfs (CVE-2015-1334). */
static bool
proc_read(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	struct statfs fs;
	ssize_t n = -1;

	if (fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC)
		n = read(fd, text, size - 1);
	if (fd >= 0)
		(void)close(fd);
	text[n < 0 ? 0 : n] = '\0';
	return n >= 0;
}

/* The initial user namespace maps every id to itself: user_namespaces(7). */
static bool
in_initial_userns(void)
{
	unsigned long inside, outside, count;
	char text[256];

	if (!proc_read("/proc/self/uid_map", text, sizeof(text)))
		return false;
	return sscanf(text, "%lu %lu %lu", &inside, &outside, &count) == 3 &&
	       inside == 0 && outside == 0 && count == 4294967295UL;
}

static bool
is_traced(void)
{
	char text[4096], *tracer;

	if (!proc_read("/proc/self/status", text, sizeof(text)))
		return false;
	tracer = strstr(text, "\nTracerPid:");
	return tracer && strtol(tracer + 11, NULL, 10) != 0;
}

enum start
start_state(void)
{
	uid_t r, e, s;

	if (getresuid(&r, &e, &s) < 0)
		return START_PLAIN;
	if (r == 0 && e == 0 && s == 0)
		return START_ROOT;
	if (r != 0 && e == 0 && s == 0 && getauxval(AT_SECURE))
		return START_SETUID;
	return START_PLAIN;
}

/* Why the setuid bit did nothing. */
static const char *
why_plain(void)
{
	struct statvfs fs;
	struct stat st;

	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return "no_new_privs is set, so minibox cannot become root; "
		       "run it outside of this sandbox or service";
	if (is_traced())
		return "it is being traced, so it cannot become root; run it "
		       "without strace or gdb";
	if (stat("/proc/self/exe", &st) < 0)
		return "not running as root; is it installed setuid root?";
	if (st.st_uid != 0 || !(st.st_mode & S_ISUID))
		return "not installed setuid root; fix: run make install as "
		       "root, which sets owner and mode";
	if (statvfs("/proc/self/exe", &fs) == 0 && fs.f_flag & ST_NOSUID)
		return "it lies on a file system mounted nosuid, so it cannot "
		       "become root; install it elsewhere";
	return "not running as root although it is installed setuid root; a "
	       "security module may forbid it";
}

const char *
start_trouble(enum start state)
{
	if (access("/proc/self/uid_map", F_OK) < 0)
		return "/proc is not mounted; minibox needs it to see that "
		       "this is no user namespace";
	if (!in_initial_userns())
		return "running in a user namespace, where it cannot become "
		       "root; run it outside";
	if (state == START_PLAIN)
		return why_plain();
	/* With these arguments it can only fail; how tells if it exists. */
	if (syscall(SYS_mount_setattr, -1, NULL, 0, NULL, 0) < 0 &&
		errno == ENOSYS)
		return "this kernel is too old; Linux 5.12 or later is needed";
	return NULL;
}
