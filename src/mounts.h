/* SPDX-License-Identifier: MIT */
/*
 * Which mounts make up the box?
 *
 * Pure: the box, the caller and what he asks for in, a list of steps out.
 * minibox.conf(5), MOUNTS.  Nothing that a caller types can widen it.
 */
#ifndef MINIBOX_MOUNTS_H
#define MINIBOX_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "caller.h"
#include "fault.h"
#include "policy.h"
#include "request.h"

enum op_kind {
	OP_ROOT,  /* the root file system `source` on /; writable: an overlay */
	OP_TMPFS, /* an empty tmpfs */
	OP_DIR,   /* the caller's directory beneath a tmpfs of the box */
	OP_PROC,  /* a fresh procfs */
	OP_SYS,   /* a fresh sysfs, read-only */
	OP_DEV,   /* the minimal /dev */
	OP_BIND,  /* a file or directory of the host, with what is mounted
		   * below it */
	OP_FILE,  /* `text`, and behind it what the box has there; read-only */
};

/* One step of root_build; they are done in the order of the array. */
struct op {
	enum op_kind kind;
	const char *source; /* OP_ROOT, OP_BIND: clean, on the host */
	const char *target; /* clean, in the box */
	const char *text;   /* OP_FILE */
	uint64_t size;      /* bytes; of a tmpfs, or of an overlay's upper */
	uint64_t inodes;
	mode_t mode;
	bool if_exists; /* skipped where the box has no such directory (file,
			 * for OP_FILE and binds of files) */
	bool make;      /* a missing mount point is made */
	bool pid_only;  /* OP_PROC: subset=pid */
	bool writable;  /* OP_ROOT, OP_BIND */
	bool noexec;    /* OP_TMPFS, OP_BIND, OP_DEV (of /dev/shm) */
	/* OP_BIND: opened with the caller's rights, the first `fixed` bytes of
	 * the source apart from the rest; else every component above the last
	 * must be root's. */
	bool as_caller;
	size_t fixed;
	bool own;       /* OP_BIND: a directory that the caller owns */
	bool if_source; /* OP_BIND: skipped where the host has none */
	bool asked;     /* OP_BIND: of -B */
	bool typed;     /* the target is walked and made with his rights: it is
			 * his word, in part, or in his directory */
	int place;      /* of the policy; 0: of no single one */
};

struct mounts {
	struct op *ops;
	size_t n, room;
};

/* The steps, OP_ROOT first.  false: not possible, see *refusal. */
bool mounts_make(struct mounts *mounts, const struct box *box,
	const struct caller *caller, const struct request *request,
	struct refusal *refusal);

/* NULL, or why nothing can be mounted on `target` after all that is there; then
 * *place is that of the mount in the way, if it has one and *place was 0. */
const char *mounts_fault(
	const struct mounts *mounts, const char *target, int *place);

#endif
