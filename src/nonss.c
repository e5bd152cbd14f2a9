/* SPDX-License-Identifier: MIT */
/*
 * What keeps NSS, syslog and dlopen out of a static program that links
 * libcap-ng?
 *
 * One function of the library, capng_change_id, which minibox does not call,
 * refers to getpwuid and initgroups, and with them the whole name service
 * comes in: it loads shared objects by dlopen, in a setuid program
 * (CVE-2025-32463 is that class).  Debian's build also calls syslog, which
 * opens files and a socket.  And every static program of glibc holds dlopen for
 * iconv's modules, which nobody here converts with (CVE-2025-4802 was a dlopen
 * in static setuid programs).  These definitions stand in for libc's, so that
 * the linker never fetches those.  Nothing calls them; if something did, it
 * would fail.
 */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stddef.h>
#include <syslog.h>
#undef syslog /* a macro with clang and _FORTIFY_SOURCE */

/* Not declared by every libc. */
void __syslog_chk(int priority, int flag, const char *fmt, ...);

struct passwd *
getpwuid(uid_t uid)
{
	(void)uid;
	errno = ENOSYS;
	return NULL;
}

int
initgroups(const char *user, gid_t group)
{
	(void)user;
	(void)group;
	errno = ENOSYS;
	return -1;
}

void
syslog(int priority, const char *fmt, ...)
{
	(void)priority;
	(void)fmt;
}

void
__syslog_chk(int priority, int flag, const char *fmt, ...)
{
	(void)priority;
	(void)flag;
	(void)fmt;
}

#ifdef HAVE_GCONV_STUBS
void *__gconv_find_shlib(const char *name);
int __gconv_release_shlib(void *handle);

void *
__gconv_find_shlib(const char *name)
{
	(void)name;
	return NULL;
}

int
__gconv_release_shlib(void *handle)
{
	(void)handle;
	return 0;
}
#endif
