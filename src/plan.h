/* SPDX-License-Identifier: MIT */
/*
 * What will be done?
 *
 * Pure: everything that is decided, as data.  Below box_run nothing is decided
 * any more; `minibox -n` prints the same data (explain).
 */
#ifndef MINIBOX_PLAN_H
#define MINIBOX_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "authorize.h"
#include "mounts.h"
#include "request.h"
#include "syscalls.h"

enum { PLAN_CWDS_MAX = 3 };

/* A path that the command may turn out to be. */
struct candidate {
	const char *path;
	int cwd; /* only if this working directory was taken; -1: always */
};

struct plan {
	const struct box *box;
	const struct item *allowed_by; /* for the first candidate */
	uid_t uid;
	gid_t gid;
	const gid_t *groups;
	size_t ngroups;
	uint64_t namespaces; /* CLONE_NEW* */
	const char *hostname;
	const char *netns; /* of the admin's, to be entered; or NULL */
	struct mounts mounts;
	/* The first that exists is taken; cwd_must: there is only one. */
	const char *cwds[PLAN_CWDS_MAX];
	size_t ncwds;
	bool cwd_must;
	/* The first that exists is run.  All of them are allowed. */
	struct candidate *candidates;
	size_t ncandidates;
	bool must_be_trusted; /* owned by root, with all that leads to it */
	const char *meant; /* a box that the command is the name of, or NULL */
	char **argv;       /* [0] is left for the candidate */
	char **envp;       /* [0] is left for PWD= */
	int umask;         /* -1: the caller's */
	struct limits limits;
	const char *cgroup_root; /* NULL: auto */
	int status_fd;           /* where the end is told; -1: nowhere */
	enum syscalls_filter filter;
	bool listed_only; /* nothing but what the box lists is ever executed */
};

/* What the caller wants in the box that admits him, as a plan.  false: not
 * allowed, see *refusal. */
bool plan_make(struct plan *plan, const struct box *box,
	const struct caller *caller, const struct request *request,
	struct refusal *refusal);

/* The same without a command: what every command in the box gets. */
bool plan_make_box(struct plan *plan, const struct box *box,
	const struct caller *caller, struct refusal *refusal);

#endif
