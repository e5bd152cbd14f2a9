/* SPDX-License-Identifier: MIT */
/* How does a line reach the log?  Runs in the caller's process before the
 * clone, with fsuid 0. */
#include "log.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { STAT_MAX = 1024 }; /* bytes of /proc/self/stat: numbers and a name */

static const char *
read_tty(void)
{
	int fd = open("/proc/self/stat", O_RDONLY | O_NOCTTY | O_CLOEXEC);
	char stat[STAT_MAX] = "";
	ssize_t n;

	if (fd < 0)
		return NULL;
	n = read(fd, stat, sizeof(stat) - 1);
	(void)close(fd);
	return n > 0 ? logline_tty(stat) : NULL;
}

/* With the effective ids: the kernel would add the real ones, and a daemon that
 * keeps them could not tell the line from one that the caller sends himself
 * (unix(7), SCM_CREDENTIALS). */
static void
send_line(int fd, char *line, size_t n)
{
	struct sockaddr_un daemon = {
		.sun_family = AF_UNIX,
		.sun_path = "/dev/log",
	};
	const struct ucred sender = { getpid(), geteuid(), getegid() };
	union {
		char space[CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr head;
	} extra = { { 0 } };
	struct iovec text = { line, n };
	const struct msghdr message = {
		.msg_name = &daemon,
		.msg_namelen = sizeof(daemon),
		.msg_iov = &text,
		.msg_iovlen = 1,
		.msg_control = extra.space,
		.msg_controllen = sizeof(extra.space),
	};

	extra.head.cmsg_level = SOL_SOCKET;
	extra.head.cmsg_type = SCM_CREDENTIALS;
	extra.head.cmsg_len = CMSG_LEN(sizeof(sender));
	memcpy(CMSG_DATA(&extra.head), &sender, sizeof(sender));
	(void)sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void
log_send(struct logline *l)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	char line[LOGLINE_MAX];

	if (fd < 0)
		return;
	l->pid = getpid();
	l->tty = read_tty();
	send_line(fd, line, logline_make(line, l));
	(void)close(fd);
}
