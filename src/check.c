/* SPDX-License-Identifier: MIT */
/* Would the boxes of this policy start, and is what they are made of safe? Runs
 * as root who asks, real uid 0. */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup.h"
#include "die.h"
#include "keys.h"
#include "listed.h"
#include "mountinfo.h"
#include "mounts.h"
#include "offers.h"
#include "path.h"
#include "programs.h"
#include "sys.h"
#include "tokens.h"
#include "trusted.h"
#include "xalloc.h"

enum { MOUNTINFO_MAX = 64 << 20 };

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
			xasprintf("the mount point %s%s", op->target,
				errno == ELOOP
					? " is or leads through a symbolic link"
					: xasprintf(": %s", strerror(errno))),
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
check_procs(int place, const char *source, const char *covered,
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
	check_procs(op->place, op->source, NULL, faults);
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
			check_any_point(box, root, op, faults);
		else if (!op->make)
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

static bool
is_file(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

/* Where the root file system is not written to, what -B may name must be there
 * for everybody. */
static void
check_allow_bind(const struct box *box, const struct caller *sample, int root,
	const struct item *item, struct faults *warnings)
{
	size_t n = strlen(item->target);
	bool slash = n > 1 && item->target[n - 1] == '/', directory;
	struct value_bind asked = {
		.source = slash ? xasprintf("%sx", item->source) : item->source,
		.target = slash ? xasprintf("%sx", item->target) : item->target,
	};
	const struct request request = { .binds = &asked, .nbinds = 1 };
	const char *point = xstrndup(item->target, n - slash);
	struct refusal refusal;
	struct mounts mounts;
	int fd;

	if (tokens_in(item->source) || tokens_in(item->target) ||
		!mounts_make(&mounts, box, sample, &request, &refusal))
		return;
	for (size_t i = 1; i < mounts.n; i++)
		if (mounts.ops[i].asked && mounts.ops[i].make)
			return;
	fd = sys_open_any(root, point + 1, SYS_RESOLVE_PLAIN, &directory);
	if (fd >= 0)
		(void)close(fd);
	else if (errno == ENOENT)
		fault_add(warnings, item->place,
			"allow-bind: no mount point %s%s, so that -B is "
			"refused; fix: %s %s%s",
			point, slash ? "/ and what is in it" : "",
			is_file(item->source) ? "touch" : "mkdir -p",
			box->rootfs, point);
	else
		fault_add(warnings, item->place,
			"allow-bind: the mount point %s%s, so that -B is "
			"refused",
			point,
			errno == ELOOP ? " is or leads through a symbolic link"
				       : xasprintf(": %s", strerror(errno)));
}

static void
check_allow_binds(const struct box *box, const struct caller *sample, int root,
	struct faults *warnings)
{
	for (size_t i = 0; i < box->allow_bind.n; i++)
		check_allow_bind(
			box, sample, root, &box->allow_bind.v[i], warnings);
}

/* What this host cannot do for the box. */
static void
check_host(
	const struct box *box, const char *cgroup_root, struct faults *warnings)
{
	static const enum policy_key limits[] = { KEY_MEMORY, KEY_PIDS_LIMIT,
		KEY_CPUS };
	struct cgroup_trouble trouble;

	if (box->exec == EXEC_LISTED && !listed_is_possible())
		fault_add(warnings, box->places[KEY_EXEC],
			"exec: box '%s' is refused on this host, which has no "
			"Landlock (Linux 5.19, booted with landlock among "
			"lsm=)",
			box->name);
	if (!limit_needs_cgroup(&box->limits))
		return;
	trouble = cgroup_look(cgroup_root);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (trouble.why && box->places[limits[i]]) {
			fault_add(warnings, box->places[limits[i]],
				"box '%s' is refused on this host: %s; fix: %s",
				box->name, trouble.why, trouble.cure);
			return;
		}
}

/* `seen`: another box has the same root file system. */
static void
check_root(const struct box *box, const struct accounts *accounts,
	const char *cgroup_root, bool seen, struct faults *faults,
	struct faults *warnings)
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
		check_procs(box->places[KEY_ROOTFS], box->rootfs,
			box->proc == PROC_NONE ? NULL
					       : path_join(box->rootfs, "proc"),
			faults);
	if (mounts_make(&mounts, box, &sample, &nothing, &refusal))
		check_mounts(box, fd, &mounts, faults);
	check_netns(box, faults);
	check_allow_binds(box, &sample, fd, warnings);
	check_host(box, cgroup_root, warnings);
	programs_check(box, fd, warnings);
	if (!seen)
		offers_check(box, fd, warnings);
	(void)close(fd);
}

void
check_boxes(const struct policy *policy, const struct accounts *accounts,
	struct faults *faults, struct faults *warnings)
{
	for (size_t i = 0; i < policy->nboxes; i++) {
		const struct box *box = &policy->boxes[i];
		bool seen = false;

		for (size_t k = 0; k < i; k++)
			seen |= !strcmp(policy->boxes[k].rootfs, box->rootfs);
		check_root(box, accounts, policy->cgroup_root, seen, faults,
			warnings);
	}
}
