/* SPDX-License-Identifier: MIT */
/* What does the installed policy say, and may it be believed?  Runs in the
 * caller's process before the clone, with fsuid 0. */
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "die.h"
#include "reader.h"
#include "trusted.h"

enum { ACCOUNTS_MAX = 64 << 20 }; /* bytes of /etc/passwd or /etc/group */

const char load_policy_path[] = SYSCONFDIR "/minibox.conf";

bool
load_policy(struct policy *policy, struct faults *faults)
{
	const char *why;
	size_t size;
	char *text =
		trusted_read_file(load_policy_path, READER_MAX, &size, &why);

	if (!text)
		fault_add(faults, load_policy_path, 0, "%s", why);
	else
		reader_parse(policy, load_policy_path, text, size, faults);
	return faults->n == 0;
}

bool
load_file(struct policy *policy, const char *path, struct faults *faults)
{
	int fd = STDIN_FILENO;
	const char *why;
	size_t size;
	char *text;

	if (strcmp(path, "-"))
		fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	else
		path = "stdin";
	if (fd < 0) {
		fault_add(faults, path, 0, "%s", strerror(errno));
		return false;
	}
	text = trusted_read_fd(fd, READER_MAX, &size, &why);
	if (!text)
		fault_add(faults, path, 0, "%s", why);
	else
		reader_parse(policy, path, text, size, faults);
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

/* A mount point that a start of the box would miss. */
static void
check_point(const struct policy *policy, const struct box *box, int root,
	const char *name, struct faults *faults)
{
	struct stat st;

	if (fstatat(root, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		fault_add(faults, policy->file, box->lines[KEY_ROOTFS],
			"%s: no mount point /%s; fix: mkdir %s/%s", box->rootfs,
			name, box->rootfs, name);
	else if (!S_ISDIR(st.st_mode))
		fault_add(faults, policy->file, box->lines[KEY_ROOTFS],
			"%s: the mount point /%s is not a directory",
			box->rootfs, name);
}

static void
check_root(const struct policy *policy, const struct box *box,
	struct faults *faults)
{
	const char *why;
	int fd = trusted_open_dir(box->rootfs, &why);

	if (fd < 0) {
		fault_add(faults, policy->file, box->lines[KEY_ROOTFS],
			"%s: %s", box->rootfs, why);
		return;
	}
	check_point(policy, box, fd, "dev", faults);
	if (box->home == HOME_TMPFS)
		check_point(policy, box, fd, "home", faults);
	if (box->proc != PROC_NONE)
		check_point(policy, box, fd, "proc", faults);
	if (box->sys != SYS_NONE)
		check_point(policy, box, fd, "sys", faults);
	(void)close(fd);
}

void
load_check_roots(const struct policy *policy, struct faults *faults)
{
	for (size_t i = 0; i < policy->nboxes; i++)
		check_root(policy, &policy->boxes[i], faults);
}
