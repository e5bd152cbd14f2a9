/* SPDX-License-Identifier: MIT */
/* How does minibox end with a message?  Every process, every privilege; see
 * die.h for the order in which it happens. */
#include "die.h"

#include <errno.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { STDERR_MS = 1000 }; /* that it may stay full */

/* Gives up all privilege of this process, whatever its state, by plain system
 * calls: die() must work in the middle of a failed drop, too. */
static bool
die_drop(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = { { 0 } };
	uid_t ruid, euid, suid;
	gid_t rgid, egid, sgid;

	if (getresuid(&ruid, &euid, &suid) < 0 ||
		getresgid(&rgid, &egid, &sgid) < 0)
		return false;
	if (ruid == 0)
		return true; /* root asked, root reads the answer */
	/* Only what is needed: in a user namespace without a mapping even
	 * setting an id to what it is fails. */
	if ((egid != rgid || sgid != rgid) && setresgid(rgid, rgid, rgid) < 0)
		return false;
	if ((euid != ruid || suid != ruid) && setresuid(ruid, ruid, ruid) < 0)
		return false;
	/* The file system ids follow the others only where those changed. */
	(void)setfsgid(rgid);
	(void)setfsuid(ruid);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (syscall(SYS_capset, &head, none) < 0)
		return false;
	return getresuid(&ruid, &euid, &suid) == 0 && euid == ruid &&
	       suid == ruid;
}

void
die_escape(char *dst, size_t size, const char *src)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = 0;

	for (; *src && n + 5 < size; src++) {
		unsigned char c = (unsigned char)*src;

		if (c >= 0x20 && c < 0x7f) {
			dst[n++] = (char)c;
			continue;
		}
		dst[n++] = '\\';
		dst[n++] = 'x';
		dst[n++] = hex[c >> 4];
		dst[n++] = hex[c & 15];
	}
	dst[n] = '\0';
}

/* The one variable that outlives a call: a death can happen anywhere, and those
 * on the way cannot all be given this to hand down. */
static const struct die_listener *die_listener;

void
die_listen(const struct die_listener *listener)
{
	die_listener = listener;
}

/* One write: lines of several processes do not mix. */
static void __attribute__((format(printf, 2, 0)))
die_line(int status, const char *fmt, va_list ap, const char *why)
{
	static const char prefix[] = "minibox: ";
	struct pollfd ready = { .fd = STDERR_FILENO, .events = POLLOUT };
	char raw[DIE_LINE_MAX], line[DIE_LINE_MAX + 32];
	size_t n = sizeof(prefix) - 1;

	memcpy(line, prefix, sizeof(prefix));
	if (vsnprintf(raw, sizeof(raw), fmt, ap) < 0)
		raw[0] = '\0';
	die_escape(line + n, DIE_LINE_MAX - 256, raw);
	if (why) {
		size_t end = strlen(line);

		(void)snprintf(line + end, sizeof(line) - end, ": %s", why);
	}
	/* A full or closed stderr changes nothing (THREATS L04), nor does a
	 * limit of file sizes. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	if (die_listener && status)
		die_listener->tell(die_listener, status, line + n);
	n = strlen(line);
	line[n] = '\n';
	if (poll(&ready, 1, STDERR_MS) == 0 ||
		write(STDERR_FILENO, line, n + 1) < 0)
		return;
}

void
die_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	die_line(0, fmt, ap, NULL);
	va_end(ap);
}

void
die(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (die_drop())
		die_line(status, fmt, ap, NULL);
	va_end(ap);
	_exit(status);
}

void
die_errno(const char *fmt, ...)
{
	const char *why = strerror(errno);
	va_list ap;

	va_start(ap, fmt);
	if (die_drop())
		die_line(EXIT_MINIBOX, fmt, ap, why);
	va_end(ap);
	_exit(EXIT_MINIBOX);
}
