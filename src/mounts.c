/* SPDX-License-Identifier: MIT */
/* Which mounts make up the box?  Pure; runs in the caller's process before the
 * clone. */
#include "mounts.h"

#include <string.h>

#include "binds.h"
#include "die.h"
#include "home.h"
#include "passwd.h"
#include "path.h"
#include "tokens.h"
#include "xalloc.h"

#define TMPFS_PER_INODE 4096

/* They exist in every box whose root file system has the directory. */
static const struct {
	const char *target;
	mode_t mode;
} standing[] = {
	{ "/tmp", 01777 },
	{ "/var/tmp", 01777 },
	{ "/run", 0755 },
};

enum { STANDING = sizeof(standing) / sizeof(standing[0]) };

static const char shm[] = "/dev/shm";

/* What the functions below work on. */
struct builder {
	struct mounts *mounts;
	const struct box *box;
	const struct caller *caller;
	const struct request *request;
	struct refusal *refusal;
	bool listed; /* exec = listed: nothing that can be written is run */
};

static struct op *
add(struct builder *b, enum op_kind kind, const char *target)
{
	struct mounts *m = b->mounts;
	struct op *op;

	m->ops = xgrow(m->ops, m->n, &m->room, sizeof(*m->ops));
	op = &m->ops[m->n++];
	*op = (struct op){ .kind = kind, .target = target };
	return op;
}

static void
set_size(struct op *op, uint64_t size)
{
	op->size = size;
	op->inodes = size / TMPFS_PER_INODE;
}

/* A place that nothing else is mounted on, above or below, is free for what
 * the box shows by itself. */
static bool
is_free(const struct mounts *m, const char *target)
{
	for (size_t i = 1; i < m->n; i++)
		if (path_beneath(m->ops[i].target, target) ||
			path_beneath(target, m->ops[i].target))
			return false;
	return true;
}

static bool
beneath_shm(const char *target)
{
	return path_beneath(target, shm) && strcmp(target, shm);
}

/* Why `target` and the earlier mount exclude each other, or NULL. */
static const char *
in_the_way(const struct op *earlier, const char *target)
{
	if (earlier->kind == OP_DIR || earlier->kind == OP_FILE ||
		earlier->if_source)
		return NULL; /* the last two give way: see is_free */
	if (path_beneath(earlier->target, target))
		return xasprintf("%s would cover the mount on %s", target,
			earlier->target);
	if (!path_beneath(target, earlier->target) ||
		earlier->kind == OP_TMPFS ||
		(earlier->kind == OP_DEV && beneath_shm(target)))
		return NULL;
	return xasprintf(
		"%s lies beneath the mount on %s", target, earlier->target);
}

const char *
mounts_fault(const struct mounts *m, const char *target, int *place)
{
	bool shm_is_there = false;

	for (size_t i = 1; i < m->n; i++) {
		const char *why = in_the_way(&m->ops[i], target);

		if (why && *place == 0)
			*place = m->ops[i].place;
		if (why)
			return why;
		shm_is_there |= m->ops[i].kind == OP_DEV;
	}
	if (path_is_kernels(target) && !(shm_is_there && beneath_shm(target)))
		return xasprintf("%s lies in /proc, /sys or /dev, where "
				 "nothing is mounted",
			target);
	return target[1] ? NULL : "/ would cover the box";
}

/* Whether the mount point lies where a missing one can be made.  A standing
 * tmpfs that it lies on becomes one that must be there. */
static bool
take_ground(struct builder *b, const char *target)
{
	bool overlay = b->box->root == ROOT_OVERLAY;

	for (size_t i = 1; i < b->mounts->n; i++) {
		struct op *op = &b->mounts->ops[i];

		if (op->kind != OP_TMPFS || !path_beneath(target, op->target))
			continue;
		op->make |= op->if_exists && overlay;
		op->if_exists = false;
		return true;
	}
	return overlay || beneath_shm(target);
}

/* The item of `tmpfs` for that path, or NULL. */
static const struct item *
tmpfs_item(const struct box *box, const char *target)
{
	for (size_t i = 0; i < box->tmpfs.n; i++)
		if (!strcmp(box->tmpfs.v[i].target, target))
			return &box->tmpfs.v[i];
	return NULL;
}

static void
add_tmpfs(struct builder *b, const char *target, const struct item *item,
	mode_t mode, bool if_exists)
{
	bool make = !if_exists && take_ground(b, target);
	struct op *op = add(b, OP_TMPFS, target);

	set_size(op, item && item->size ? item->size : b->box->tmp_size);
	op->mode = item && item->mode >= 0 ? (mode_t)item->mode : mode;
	op->if_exists = if_exists;
	op->make = make;
	op->noexec = b->listed;
	op->place = item ? item->place : 0;
}

static bool
is_standing(const char *target)
{
	for (size_t i = 0; i < STANDING; i++)
		if (!strcmp(standing[i].target, target))
			return true;
	return !strcmp(target, shm); /* see add_system */
}

static bool
misplaced(struct builder *b, const char *key, const char *target, int place)
{
	const char *why = mounts_fault(b->mounts, target, &place);

	if (!why)
		return false;
	(void)fault_refuse(b->refusal, EXIT_MINIBOX, place,
		xasprintf("box '%s': %s: %s; choose another path", b->box->name,
			key, why));
	return true;
}

static bool
add_all_tmpfs(struct builder *b)
{
	for (size_t i = 0; i < STANDING; i++)
		add_tmpfs(b, standing[i].target,
			tmpfs_item(b->box, standing[i].target),
			standing[i].mode, true);
	for (size_t i = 0; i < b->box->tmpfs.n; i++) {
		const struct item *item = &b->box->tmpfs.v[i];

		if (tmpfs_item(b->box, item->target) != item)
			return fault_refuse(b->refusal, EXIT_MINIBOX,
				item->place,
				xasprintf("tmpfs: %s is given twice",
					item->target));
		if (is_standing(item->target))
			continue;
		if (misplaced(b, "tmpfs", item->target, item->place))
			return false;
		add_tmpfs(b, item->target, item, 0755, false);
	}
	return true;
}

static bool
add_home(struct builder *b)
{
	const struct box *box = b->box;
	const char *home = home_in_box(box, b->caller), *why;
	bool bound = box->home == HOME_RO || box->home == HOME_RW;
	int place = box->places[KEY_HOME];
	struct op *op;

	if (box->home == HOME_NONE)
		return true;
	if (misplaced(b, "home", "/home", place))
		return false;
	add_tmpfs(b, "/home", NULL, 0755, false);
	op = add(b, OP_DIR, home);
	op->mode = 0700;
	op->typed = true; /* so that it becomes his */
	if (!bound)
		return true;
	why = home_fault(box, b->caller);
	if (!why && !policy_any_command(box) && binds_shadowed(box, home))
		why = xasprintf("it has commands in %s", home);
	if (why)
		return fault_refuse(b->refusal, EXIT_MINIBOX, place,
			xasprintf("box '%s' shows your home, but %s; tell your "
				  "administrator",
				box->name, why));
	op = add(b, OP_BIND, home);
	op->source = b->caller->home;
	op->fixed = b->caller->known ? strlen(op->source) : 0;
	op->as_caller = true;
	op->typed = true;
	op->make = true; /* it is there: OP_DIR */
	op->own = true;
	op->writable = box->home == HOME_RW;
	op->noexec = b->listed;
	op->place = place;
	return true;
}

static void
add_system(struct builder *b)
{
	const struct box *box = b->box;
	const struct item *item = tmpfs_item(box, shm);
	bool make = box->root == ROOT_OVERLAY;
	struct op *op;

	if (box->proc != PROC_NONE) {
		op = add(b, OP_PROC, "/proc");
		op->pid_only = box->proc == PROC_PID;
		op->make = make;
	}
	if (box->sys == SYS_RO)
		add(b, OP_SYS, "/sys")->make = make;
	op = add(b, OP_DEV, "/dev");
	set_size(op, item && item->size ? item->size : box->tmp_size);
	op->mode = item && item->mode >= 0 ? (mode_t)item->mode : 01777;
	op->noexec = b->listed;
	op->make = make;
}

/* Why the bind cannot be where it is to be, or NULL.  `theirs`: callers choose
 * what is shown, or where. */
static const char *
bind_fault(const struct builder *b, struct bind *bind, bool theirs)
{
	const char *why = mounts_fault(b->mounts, bind->target, &bind->place);
	const char *shadowed;

	if (why || !theirs || policy_any_command(b->box))
		return why;
	shadowed = binds_shadowed(b->box, bind->target);
	return shadowed ? xasprintf("%s would change what %s is in a box that "
				    "lists its commands",
				  bind->target, shadowed)
			: NULL;
}

static bool
add_bind(struct builder *b, struct bind *bind, const char *key, bool as_caller)
{
	const char *why = bind_fault(b, bind, as_caller || bind->typed);
	bool make;
	struct op *op;

	if (why)
		return fault_refuse(b->refusal,
			bind->asked ? EXIT_DENIED : EXIT_MINIBOX, bind->place,
			xasprintf("box '%s': %s: %s%s", b->box->name, key, why,
				bind->asked ? "; choose another DST, or leave "
					      "it out"
					    : "; choose another path"));
	make = take_ground(b, bind->target);
	op = add(b, OP_BIND, bind->target);
	op->source = bind->source;
	op->fixed = bind->fixed;
	op->as_caller = as_caller;
	/* Below /home it is the caller's own directory that is gone through. */
	op->typed = bind->typed || path_beneath(bind->target, "/home");
	op->writable = bind->writable;
	op->make = make;
	op->place = bind->place;
	op->asked = bind->asked;
	op->noexec = (b->listed && (as_caller || bind->writable)) ||
		     (bind->asked && !policy_any_command(b->box));
	return true;
}

static bool
add_binds(struct builder *b)
{
	const struct list *list = &b->box->bind;
	struct bind bind;

	for (size_t i = 0; i < list->n; i++)
		if (!binds_expand(&bind, b->box, &list->v[i], b->caller,
			    b->refusal) ||
			!add_bind(
				b, &bind, "bind", tokens_in(list->v[i].source)))
			return false;
	for (size_t i = 0; i < b->request->nbinds; i++) {
		if (!binds_choose(&bind, b->box, &b->request->binds[i],
			    b->caller, b->refusal) ||
			!add_bind(b, &bind, "-B", true))
			return false;
	}
	return true;
}

/* The host's file, where the box has one: read by anybody, changed by none. */
static void
add_host_file(struct builder *b, const char *path)
{
	struct op *op;

	if (!is_free(b->mounts, path))
		return;
	op = add(b, OP_BIND, path);
	op->source = path;
	op->fixed = strlen(path);
	op->as_caller = true;
	op->if_exists = true;
	op->if_source = true;
	op->noexec = true;
}

static void
add_text(struct builder *b, const char *path, const char *text)
{
	struct op *op;

	if (!is_free(b->mounts, path))
		return;
	op = add(b, OP_FILE, path);
	op->text = text;
	op->if_exists = true;
	op->noexec = true;
}

/* What the box shows in /etc by itself, unless the policy mounts there. */
static void
add_etc(struct builder *b)
{
	const struct box *box = b->box;

	if (box->network.kind == NETWORK_HOST && !b->request->no_network) {
		add_host_file(b, "/etc/resolv.conf");
		add_host_file(b, "/etc/hosts");
	}
	if (!box->passwd)
		return;
	add_text(b, "/etc/passwd",
		passwd_user(
			b->caller, home_in_box(box, b->caller), box->shell));
	add_text(b, "/etc/group", passwd_groups(b->caller));
}

/* In this order nothing covers what was mounted before. */
bool
mounts_make(struct mounts *mounts, const struct box *box,
	const struct caller *caller, const struct request *request,
	struct refusal *refusal)
{
	struct builder b = {
		.mounts = mounts,
		.box = box,
		.caller = caller,
		.request = request,
		.refusal = refusal,
		.listed = box->exec == EXEC_LISTED,
	};
	struct op *op;

	*mounts = (struct mounts){ 0 };
	op = add(&b, OP_ROOT, "/");
	op->source = box->rootfs;
	op->writable = box->root == ROOT_OVERLAY;
	if (op->writable)
		set_size(op, box->tmp_size);
	if (!add_all_tmpfs(&b) || !add_home(&b))
		return false;
	add_system(&b);
	if (!add_binds(&b))
		return false;
	add_etc(&b);
	return true;
}
