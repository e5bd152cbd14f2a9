/* SPDX-License-Identifier: MIT */
/* What does the installed policy say, and may it be believed?  Runs in the
 * caller's process before the clone, with fsuid 0, or for --check after a
 * drop. */
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "die.h"
#include "path.h"
#include "reader.h"
#include "trusted.h"
#include "xalloc.h"

enum { ACCOUNTS_MAX = 64 << 20 }; /* bytes of /etc/passwd or /etc/group */

const char load_policy_path[] = SYSCONFDIR "/minibox.conf";
const char load_drop_in_path[] = SYSCONFDIR "/minibox.conf.d";

/* The files of one policy. */
struct files {
	struct reader_file *v;
	size_t n, room;
	size_t size; /* of all */
};

static void
add_file(struct files *files, const struct reader_file *file)
{
	files->v = xgrow(files->v, files->n, &files->room, sizeof(*files->v));
	files->v[files->n++] = *file;
}

static void
read_trusted(struct files *files, const char *path)
{
	struct reader_file file = { .name = path };

	if (files->size <= READER_ALL_MAX)
		file.text = trusted_read_file(
			path, READER_MAX, &file.size, &file.why);
	files->size += file.size;
	if (files->size > READER_ALL_MAX) {
		file.text = NULL;
		file.why = "this file and those before it are larger than "
			   "16 MiB";
	}
	add_file(files, &file);
}

static int
name_cmp(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* In the order of their names, as bytes. */
static void
read_drop_ins(struct files *files)
{
	struct reader_file file = { .name = load_drop_in_path };
	char **names;
	size_t n;

	if (!trusted_list(load_drop_in_path, &names, &n, &file.why)) {
		add_file(files, &file);
		return;
	}
	if (n > 1)
		qsort(names, n, sizeof(*names), name_cmp);
	for (size_t i = 0; i < n; i++) {
		const char *path = path_join(load_drop_in_path, names[i]);

		file.name = path;
		file.why = "its name must be A-Z a-z 0-9 _ - and .conf; rename "
			   "it, or let it end in something else";
		switch (reader_name(names[i])) {
		case READER_DROP_IN:
			read_trusted(files, path);
			break;
		case READER_BAD_NAME:
			add_file(files, &file);
			break;
		case READER_IGNORED:
			break;
		}
	}
}

bool
load_policy(struct policy *policy, const struct reader_wish *wish,
	struct faults *faults)
{
	struct files files = { 0 };

	read_trusted(&files, load_policy_path);
	read_drop_ins(&files);
	reader_parse(policy, files.v, files.n, wish, faults);
	return faults->n == 0;
}

bool
load_file(struct policy *policy, const char *path, struct faults *faults)
{
	struct reader_file file = { .name = path };
	int fd = STDIN_FILENO;
	struct stat st;

	if (strcmp(path, "-"))
		fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	else
		file.name = "stdin";
	if (fd < 0)
		file.why = strerror(errno);
	else if (fd != STDIN_FILENO &&
		 (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)))
		file.why = "not a regular file; for a pipe, write - and give "
			   "it as the standard input";
	else
		file.text =
			trusted_read_fd(fd, READER_MAX, &file.size, &file.why);
	reader_parse(policy, &file, 1, NULL, faults);
	return faults->n == 0;
}

static const char *
read_accounts(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	const char *why;
	size_t size;
	char *text;

	if (fd < 0)
		die_errno("cannot open %s", path);
	text = trusted_read_fd(fd, ACCOUNTS_MAX, &size, &why);
	if (!text)
		die(EXIT_MINIBOX, "cannot read %s: %s", path, why);
	(void)close(fd);
	return text;
}

void
load_accounts(struct accounts *accounts)
{
	accounts_read(accounts, read_accounts("/etc/passwd"),
		read_accounts("/etc/group"));
}
