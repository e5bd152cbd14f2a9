/* SPDX-License-Identifier: MIT */
/*
 * What does a caller do while boxes start, and what would a careless program
 * show him?
 *
 *	race swap N DIR NAME LINK...	exchanges NAME with each LINK in turn,
 *		and back, in DIR, until its input ends and it was done N times
 *		at least; prints how often
 *	race peek SECONDS PATH FILE UID TEXT...	the control, run as root: it
 *		looks whether PATH is a directory of UID's, then reads FILE
 *		beneath PATH, until it has read every TEXT; prints those texts
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_EVERY = 512 };

static void
fail(const char *what)
{
	fprintf(stderr, "race: %s: %s\n", what, strerror(errno));
	exit(2);
}

static int
input_ended(void)
{
	struct pollfd p = { .fd = 0, .events = POLLIN };

	return poll(&p, 1, 0) != 0;
}

static int
swap(long least, char **argv)
{
	int dir = open(argv[0], O_PATH | O_DIRECTORY);
	long count = 0;

	if (dir < 0)
		fail(argv[0]);
	for (int i = 2;; i = argv[i + 1] ? i + 1 : 2) {
		for (int way = 0; way < 2; way++, count++)
			if (renameat2(dir, argv[1], dir, argv[i],
				    RENAME_EXCHANGE) < 0)
				fail(argv[i]);
		if (count % LOOK_EVERY == 0 && count >= least && input_ended())
			break;
	}
	printf("%ld\n", count);
	return 0;
}

/* What the control sees, or NULL if it refuses. */
static const char *
look(const char *path, const char *file, uid_t uid)
{
	static char text[64];
	struct stat st;
	int dir, fd;
	ssize_t n;

	if (lstat(path, &st) < 0 || !S_ISDIR(st.st_mode) || st.st_uid != uid)
		return NULL;
	dir = open(path, O_PATH | O_DIRECTORY);
	if (dir < 0)
		return NULL;
	fd = openat(dir, file, O_RDONLY);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	(void)close(dir);
	if (fd >= 0)
		(void)close(fd);
	if (n < 0)
		return NULL;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static int
peek(long seconds, char **argv)
{
	time_t end = time(NULL) + seconds;
	char **texts = argv + 3;
	uid_t uid = (uid_t)atoi(argv[2]);

	while (*texts && time(NULL) < end) {
		const char *text = look(argv[0], argv[1], uid);
		char **t = texts;

		while (text && *t && strcmp(text, *t) != 0)
			t++;
		if (!text || !*t)
			continue;
		puts(text);
		for (; *t; t++) /* it need not be seen again */
			t[0] = t[1];
	}
	return *texts ? 1 : 0;
}

int
main(int argc, char *argv[])
{
	if (argc > 5 && !strcmp(argv[1], "swap"))
		return swap(atol(argv[2]), argv + 3);
	if (argc > 6 && !strcmp(argv[1], "peek"))
		return peek(atol(argv[2]), argv + 3);
	fprintf(stderr, "usage: race swap|peek ...\n");
	return 98;
}
