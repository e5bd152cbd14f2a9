/* SPDX-License-Identifier: MIT */
/* Which system calls does the command get?  Command process, between fork and
 * exec, unprivileged; see syscalls.h. */
#include "syscalls.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>

#include "syscalls-data.h"

/* struct sock_fprog of linux/filter.h; there `code` is not const, though the
 * kernel only reads it. */
struct program {
	unsigned short len;
	const struct sock_filter *code;
};

_Static_assert(sizeof(struct program) == sizeof(struct sock_fprog) &&
		       offsetof(struct program, code) ==
			       offsetof(struct sock_fprog, filter),
	"struct program must be what the kernel reads");

static const struct program programs[] = {
	[SYSCALLS_DEFAULT] = { filter_default_len, filter_default },
	[SYSCALLS_MINIMUM] = { filter_minimum_len, filter_minimum },
	[SYSCALLS_MINIMUM_HOST] = { filter_minimum_host_len,
		filter_minimum_host },
	[SYSCALLS_NO_MEMFD] = { filter_no_memfd_len, filter_no_memfd },
};

int
syscalls_install(enum syscalls_filter which)
{
	if ((size_t)which >= sizeof(programs) / sizeof(programs[0])) {
		errno = EINVAL;
		return -1;
	}
	return prctl(
		PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &programs[which], 0, 0);
}
