/* SPDX-License-Identifier: MIT */
/* What may this process do?  Runs as euid 0 until cred_drop returns. */
#include "cred.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdbool.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "die.h"

#define LOCKED(bit) (issecure_mask(bit) | issecure_mask(bit##_LOCKED))
#define SECUREBITS \
	(LOCKED(SECURE_NOROOT) | LOCKED(SECURE_NO_SETUID_FIXUP) | \
		issecure_mask(SECURE_KEEP_CAPS_LOCKED) | \
		LOCKED(SECURE_NO_CAP_AMBIENT_RAISE))

/* When a capability is effective.  All else goes at once. */
enum when {
	AS_ROOT, /* fsuid 0: setfsuid(2) takes it away with the rest */
	ALWAYS,
	LENT, /* only where cred_lend asks for it */
};

/* What the drop and the building of a box take. */
static const struct {
	unsigned cap;
	enum when when;
	const char *name;
} needed[] = {
	{ CAP_SETUID, ALWAYS, "CAP_SETUID" },
	{ CAP_SETGID, ALWAYS, "CAP_SETGID" },
	{ CAP_SETPCAP, ALWAYS, "CAP_SETPCAP" },       /* securebits */
	{ CAP_SYS_ADMIN, ALWAYS, "CAP_SYS_ADMIN" },   /* namespaces, mounts */
	{ CAP_SYS_CHROOT, ALWAYS, "CAP_SYS_CHROOT" }, /* chroot */
	{ CAP_NET_ADMIN, ALWAYS, "CAP_NET_ADMIN" },   /* loopback up */
	{ CAP_MKNOD, AS_ROOT, "CAP_MKNOD" },          /* /dev */
	{ CAP_CHOWN, AS_ROOT, "CAP_CHOWN" }, /* mount points: see target */
	/* an overlay copies up with the rights of who mounted it */
	{ CAP_DAC_OVERRIDE, LENT, "CAP_DAC_OVERRIDE" },
	{ CAP_FOWNER, LENT, "CAP_FOWNER" },
};

enum { NEEDED = sizeof(needed) / sizeof(needed[0]) };

static uint64_t
mask_of(bool as_root, bool lent)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < NEEDED; i++)
		if (needed[i].when == ALWAYS ||
			(needed[i].when == AS_ROOT && as_root) ||
			(needed[i].when == LENT && lent))
			mask |= (uint64_t)1 << needed[i].cap;
	return mask;
}

struct sets {
	uint64_t effective, permitted, inheritable;
};

/* The kernel's answer, not the library's memory. */
static struct sets
read_sets(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct d[2];

	if (syscall(SYS_capget, &head, d) < 0)
		die_errno("cannot read the capabilities");
	return (struct sets){
		.effective = d[0].effective | (uint64_t)d[1].effective << 32,
		.permitted = d[0].permitted | (uint64_t)d[1].permitted << 32,
		.inheritable = d[0].inheritable | (uint64_t)d[1].inheritable
							  << 32,
	};
}

/* These sets, and nothing is inheritable; and so nothing is ambient: the kernel
 * lets no capability be that unless it is both permitted and inheritable,
 * capabilities(7). */
static bool
sets_are(uint64_t effective, uint64_t permitted)
{
	struct sets now = read_sets();

	return now.effective == effective && now.permitted == permitted &&
	       now.inheritable == 0;
}

/* Makes these effective, all that is needed permitted, and nothing else. */
static void
apply_sets(uint64_t effective)
{
	capng_clear(CAPNG_SELECT_BOTH);
	for (size_t i = 0; i < NEEDED; i++) {
		unsigned how = CAPNG_PERMITTED;

		if (effective >> needed[i].cap & 1)
			how |= CAPNG_EFFECTIVE;
		if (capng_update(CAPNG_ADD, (capng_type_t)how, needed[i].cap) <
			0)
			die(EXIT_MINIBOX, "libcap-ng: cannot add a capability");
	}
	if (capng_apply(CAPNG_SELECT_CAPS) < 0)
		die(EXIT_MINIBOX, "libcap-ng: cannot set the capabilities");
	if (!sets_are(effective, mask_of(true, true)))
		die(EXIT_MINIBOX, "the capabilities could not be set");
}

/*
 * PR_CAPBSET_READ fails with EINVAL for the first number that is no capability
 * of this kernel, and for all above it: two in a row are the end, and any other
 * answer is no proof.
 */
static bool
bounding_is_empty(void)
{
	int beyond = 0, cap;

	for (cap = 0; beyond < 2; cap++) {
		int in = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);

		if (in > 0 || (in < 0 && errno != EINVAL) ||
			(in == 0 && beyond))
			return false;
		beyond += in < 0;
	}
	return cap > CAP_SYS_ADMIN + beyond;
}

/*
 * By plain prctl: the library would read /proc/PID/status three times for it,
 * and Debian's says that it worked when it did not.
 */
static void
drop_bounding(void)
{
	int cap = 0;

	while (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
		cap++;
	if (errno != EINVAL) /* the first number that is no capability */
		die_errno("cannot drop capability %d", cap);
}

/* A container may have taken some of them from its root. */
static void
require_needed(void)
{
	uint64_t permitted = read_sets().permitted;

	for (size_t i = 0; i < NEEDED; i++)
		if (!(permitted >> needed[i].cap & 1))
			die(EXIT_MINIBOX,
				"root has no %s here (a container?); minibox "
				"needs it to build a box",
				needed[i].name);
}

/* The calls report no errors: what a second one returns is the proof. */
static void
set_fs_ids(uid_t uid, gid_t gid)
{
	(void)setfsgid(gid);
	(void)setfsuid(uid);
	if ((gid_t)setfsgid((gid_t)-1) != gid ||
		(uid_t)setfsuid((uid_t)-1) != uid)
		die(EXIT_MINIBOX, "cannot set the file system ids");
}

void
cred_as_caller(uid_t uid, gid_t gid)
{
	set_fs_ids(uid, gid);
	if (!sets_are(mask_of(false, false), mask_of(true, true)))
		die(EXIT_MINIBOX, "the rights are not those of the caller");
}

/* With fsuid 0 the kernel makes every permitted capability over files
 * effective, those that are only lent as well: capabilities(7). */
void
cred_as_root(void)
{
	set_fs_ids(0, 0);
	apply_sets(mask_of(true, false));
}

void
cred_as_nobody(void)
{
	enum { NOBODY = 65534 };

	if (setgroups(0, NULL) < 0)
		die_errno("cannot drop the groups");
	set_fs_ids(NOBODY, NOBODY);
	capng_setpid(0);
	capng_clear(CAPNG_SELECT_CAPS);
	if (capng_apply(CAPNG_SELECT_CAPS) < 0 || !sets_are(0, 0))
		die(EXIT_MINIBOX, "the capabilities could not be set");
}

void
cred_lend(void)
{
	apply_sets(mask_of(true, true));
}

void
cred_take_back(void)
{
	apply_sets(mask_of(true, false));
}

void
cred_cut(void)
{
	gid_t gid = getgid();

	require_needed();
	if (prctl(PR_SET_SECUREBITS, 0, 0, 0, 0) < 0)
		die_errno("cannot reset the securebits");
	/* 0: the calling thread, in every process from here on.  Otherwise the
	 * library keeps the pid of its first call, which is another process
	 * after the clone. */
	capng_setpid(0);
	drop_bounding();
	apply_sets(mask_of(true, false));
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		die_errno("cannot clear the ambient capabilities");
	if (!bounding_is_empty())
		die(EXIT_MINIBOX, "the capabilities could not be cut");
	if (setresgid(gid, gid, gid) < 0)
		die_errno("cannot set the group ids");
	set_fs_ids(0, 0);
}

/* Everything that cred_drop did, read back. */
static void
cred_prove(uid_t uid, gid_t gid)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;

	if (getresuid(&r, &e, &s) < 0 || r != uid || e != uid || s != uid ||
		(uid_t)setfsuid((uid_t)-1) != uid)
		die(EXIT_MINIBOX, "the user ids are not dropped");
	if (getresgid(&rg, &eg, &sg) < 0 || rg != gid || eg != gid ||
		sg != gid || (gid_t)setfsgid((gid_t)-1) != gid)
		die(EXIT_MINIBOX, "the group ids are not dropped");
	if (!sets_are(0, 0) || !bounding_is_empty())
		die(EXIT_MINIBOX, "the capabilities are not dropped");
	if (prctl(PR_GET_SECUREBITS, 0, 0, 0, 0) != SECUREBITS)
		die(EXIT_MINIBOX, "the securebits are not locked");
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		die(EXIT_MINIBOX, "no_new_privs is not set");
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		die(EXIT_MINIBOX, "the process is dumpable");
	if (setuid(0) == 0 || setresuid(0, 0, 0) == 0)
		die(EXIT_MINIBOX, "root could be had back");
}

void
cred_drop(uid_t uid, gid_t gid)
{
	if (uid == 0 || uid == (uid_t)-1)
		die(EXIT_MINIBOX, "there is nobody to drop to");
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		die_errno("cannot clear the ambient capabilities");
	if (setresgid(gid, gid, gid) < 0)
		die_errno("cannot drop the group ids");
	if (prctl(PR_SET_SECUREBITS, SECUREBITS, 0, 0, 0) < 0)
		die_errno("cannot lock the securebits");
	if (setresuid(uid, uid, uid) < 0)
		die_errno("cannot drop the user ids");
	/* Before the capabilities go: as long as they are there, nobody can
	 * trace us, even where fs.suid_dumpable is 1. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		die_errno("cannot stay undumpable");
	capng_clear(CAPNG_SELECT_BOTH);
	if (capng_apply(CAPNG_SELECT_CAPS) < 0)
		die(EXIT_MINIBOX, "libcap-ng: cannot drop the capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		die_errno("cannot set no_new_privs");
	cred_prove(uid, gid);
}
