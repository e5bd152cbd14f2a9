/* SPDX-License-Identifier: MIT */
/* Is there room for another box of this name?  Runs in the caller's process
 * before the clone, with fsuid 0. */
#include "slot.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "die.h"
#include "trusted.h"
#include "xalloc.h"

#define SLOT_DIR "/run/minibox"

static int
open_dir(void)
{
	const char *why;
	int fd;

	if (mkdir(SLOT_DIR, 0700) < 0 && errno != EEXIST)
		die_errno("cannot make " SLOT_DIR
			  ", where running boxes are counted (max-running)");
	fd = trusted_open_dir(SLOT_DIR, &why);
	if (fd < 0)
		die(EXIT_MINIBOX,
			"cannot count running boxes (max-running): %s", why);
	return fd;
}

static int
open_file(const char *box)
{
	const char *name = xasprintf("%s.lock", box);
	int dir = open_dir();
	int fd = openat(dir, name,
		O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
			O_CLOEXEC,
		0600);
	struct stat st;

	if (fd < 0)
		die_errno("cannot open %s/%s (max-running)", SLOT_DIR, name);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != 0 ||
		st.st_mode & 077)
		die(EXIT_MINIBOX,
			"%s/%s is not a file of root's with mode 0600 "
			"(max-running); tell your administrator to remove it",
			SLOT_DIR, name);
	(void)close(dir);
	return fd;
}

int
slot_take(const char *box, uid_t uid, uint64_t max)
{
	int fd = open_file(box);
	uint64_t first = (uint64_t)getpid() % max; /* seldom taken */

	for (uint64_t i = 0; i < max; i++) {
		struct flock lock = {
			.l_type = F_WRLCK,
			.l_whence = SEEK_SET,
			.l_start = (off_t)((uint64_t)uid << 16 |
					   (first + i) % max),
			.l_len = 1,
		};

		if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
			return fd;
		if (errno != EAGAIN && errno != EACCES)
			die_errno("cannot lock %s/%s.lock (max-running)",
				SLOT_DIR, box);
	}
	(void)close(fd);
	return -1;
}
