/* SPDX-License-Identifier: MIT */
/* What does the installed policy say, and may it be believed?  Runs in the
 * caller's process before the clone, with fsuid 0. */
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "die.h"
#include "mountinfo.h"
#include "mounts.h"
#include "path.h"
#include "reader.h"
#include "sys.h"
#include "trusted.h"
#include "xalloc.h"

enum { ACCOUNTS_MAX = 64 << 20 }; /* bytes of /etc/passwd or /etc/group */
enum { MOUNTINFO_MAX = 64 << 20 };

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

	file.text = trusted_read_file(path, READER_MAX, &file.size, &file.why);
	files->size += file.size;
	if (files->size > READER_ALL_MAX) {
		file.text = NULL;
		file.why = "this file and those before it are larger than "
			   "64 MiB";
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

	if (strcmp(path, "-"))
		fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	else
		file.name = "stdin";
	if (fd < 0)
		file.why = strerror(errno);
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

static void
add_point_fault(const struct box *box, const struct op *op, const char *why,
	struct faults *faults)
{
	fault_add(faults, op->place ? op->place : box->places[KEY_ROOTFS],
		"%s: %s", box->rootfs, why);
}

/* A mount point that a start of the box would miss, or refuse. */
static void
check_point(const struct box *box, int root, const struct op *op,
	bool directory, struct faults *faults)
{
	bool is_directory;
	int fd = sys_open_any(
		root, op->target + 1, SYS_RESOLVE_PLAIN, &is_directory);

	if (fd < 0 && errno == ENOENT)
		add_point_fault(box, op,
			xasprintf("no mount point %s; fix: %s %s%s", op->target,
				directory ? "mkdir -p" : "touch", box->rootfs,
				op->target),
			faults);
	else if (fd < 0)
		add_point_fault(box, op,
			xasprintf("the mount point %s %s", op->target,
				errno == ELOOP
					? "is or leads through a symbolic link"
					: strerror(errno)),
			faults);
	else if (is_directory != directory)
		add_point_fault(box, op,
			xasprintf("the mount point %s is %s directory",
				op->target, directory ? "not a" : "a"),
			faults);
	if (fd >= 0)
		(void)close(fd);
}

/* The same where it is the caller's to say whether it is a directory. */
static void
check_any_point(const struct box *box, int root, const struct op *op,
	struct faults *faults)
{
	bool directory;
	int fd = sys_open_any(
		root, op->target + 1, SYS_RESOLVE_PLAIN, &directory);

	if (fd >= 0)
		(void)close(fd);
	else if (!op->make)
		check_point(box, root, op, true, faults);
}

/* A /proc that would come along: every start refuses it. */
static void
add_proc_fault(int place, const char *source, const char *covered,
	struct faults *faults)
{
	int fd = open("/proc/self/mountinfo", O_RDONLY | O_NOCTTY | O_CLOEXEC);
	const char *why, *text, *point;
	size_t size;

	text = fd < 0 ? NULL : trusted_read_fd(fd, MOUNTINFO_MAX, &size, &why);
	if (!text)
		die(EXIT_MINIBOX, "cannot read /proc/self/mountinfo");
	(void)close(fd);
	point = mountinfo_proc(text, source, covered);
	if (point)
		fault_add(faults, place,
			"%s: a /proc is mounted on %s; fix: umount %s", source,
			point, point);
}

/* What a bind shows to everybody; *directory: it is one. */
static bool
check_source(const struct op *op, bool *directory, struct faults *faults)
{
	const char *why;
	int fd = trusted_open(op->source, directory, &why);

	if (fd < 0) {
		fault_add(faults, op->place, "bind: %s", why);
		return false;
	}
	add_proc_fault(op->place, op->source, NULL, faults);
	(void)close(fd);
	return true;
}

/* All that does not depend on who calls. */
static void
check_mounts(const struct box *box, int root, const struct mounts *mounts,
	struct faults *faults)
{
	for (size_t i = 1; i < mounts->n; i++) {
		const struct op *op = &mounts->ops[i];
		bool directory = true;

		if (op->kind == OP_DIR || op->if_exists || op->own ||
			(op->as_caller && op->typed))
			continue;
		if (op->as_caller) {
			check_any_point(box, root, op, faults);
			continue;
		}
		if (op->kind == OP_BIND &&
			!check_source(op, &directory, faults))
			continue;
		if (!op->make)
			check_point(box, root, op, directory, faults);
	}
}

static void
check_netns(const struct box *box, struct faults *faults)
{
	const char *name = box->network.netns, *why;
	int dir = name ? trusted_open_dir("/run", &why) : -1, fd = -1;
	bool directory;

	if (!name)
		return;
	if (dir >= 0) {
		fd = trusted_open(
			path_join("/run/netns", name), &directory, &why);
		if (fd < 0)
			why = xasprintf("%s; fix: ip netns add %s", why, name);
		(void)close(dir);
	}
	if (fd < 0)
		fault_add(faults, box->places[KEY_NETWORK], "network: %s", why);
	else
		(void)close(fd);
}

static void
check_root(const struct box *box, const struct accounts *accounts,
	struct faults *faults)
{
	const struct request nothing = { 0 };
	const struct caller sample = {
		.name = "nobody",
		.home = "/home/nobody",
		.known = true,
		.accounts = accounts,
	};
	struct refusal refusal;
	struct mounts mounts;
	const char *why;
	int fd = trusted_open_dir(box->rootfs, &why);

	if (fd < 0) {
		fault_add(faults, box->places[KEY_ROOTFS],
			"%s: %s; see: minibox-rootfs(8)", box->rootfs, why);
		return;
	}
	if (box->root == ROOT_RO)
		add_proc_fault(box->places[KEY_ROOTFS], box->rootfs,
			box->proc == PROC_NONE ? NULL
					       : path_join(box->rootfs, "proc"),
			faults);
	if (mounts_make(&mounts, box, &sample, &nothing, &refusal))
		check_mounts(box, fd, &mounts, faults);
	(void)close(fd);
	check_netns(box, faults);
}

void
load_check_roots(const struct policy *policy, const struct accounts *accounts,
	struct faults *faults)
{
	for (size_t i = 0; i < policy->nboxes; i++)
		check_root(&policy->boxes[i], accounts, faults);
}
