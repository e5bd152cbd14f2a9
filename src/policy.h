/* SPDX-License-Identifier: MIT */
/*
 * What does the policy say?
 *
 * Pure: the policy as data.  What the keys mean is said in minibox.conf(5);
 * there is no rule order.  How it is read: keys, rules, reader.  Every `place`
 * is one in `files`, see place.h.
 */
#ifndef MINIBOX_POLICY_H
#define MINIBOX_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "limit.h"
#include "place.h"

/* What each means: the table in keys.c, and minibox.conf(5). */
enum policy_key {
	KEY_DEFAULT_BOX,
	KEY_CGROUP_ROOT,
	KEY_LOG,
	KEY_ROOTFS,
	KEY_DESCRIPTION,
	KEY_USERS,
	KEY_GROUPS,
	KEY_DENY_USERS,
	KEY_DENY_GROUPS,
	KEY_COMMAND,
	KEY_COMMAND_EXACT,
	KEY_EXEC,
	KEY_SHELL,
	KEY_PATH,
	KEY_ROOT,
	KEY_TMPFS,
	KEY_TMP_SIZE,
	KEY_HOME,
	KEY_PROC,
	KEY_SYS,
	KEY_BIND,
	KEY_ALLOW_BIND,
	KEY_PASSWD,
	KEY_NETWORK,
	KEY_HOSTNAME,
	KEY_SYSCALLS,
	KEY_ENV_KEEP,
	KEY_ENV_SET,
	KEY_USER_ENV,
	KEY_UMASK,
	KEY_MEMORY,
	KEY_PIDS_LIMIT,
	KEY_CPUS,
	KEY_TIMEOUT,
	KEY_MAX_RUNNING,
	KEY_NICE,
	KEY_RLIMIT_NOFILE,
	KEY_RLIMIT_NPROC,
	KEY_RLIMIT_CORE,
	KEY_RLIMIT_FSIZE,
	KEY_RLIMIT_AS,
	KEY_RLIMIT_MEMLOCK,
	KEY_RLIMIT_STACK,
	KEY_RLIMIT_CPU,
	KEY_COUNT
};

/* The values of the keys that take one word of a few; the words stand in
 * keys.c in the same order, but for `network`, and for what user-env is where
 * nothing is said.  Fields are ints, as they are set through a pointer. */
enum exec_kind { EXEC_ANY, EXEC_LISTED };
enum root_kind { ROOT_RO, ROOT_OVERLAY };
enum home_kind { HOME_TMPFS, HOME_NONE, HOME_RO, HOME_RW };
enum proc_kind { PROC_FULL, PROC_PID, PROC_NONE };
enum sys_kind { SYS_NONE, SYS_RO };
enum network_kind { NETWORK_NONE, NETWORK_HOST, NETWORK_NETNS };
enum syscalls_kind { FILTER_DEFAULT, FILTER_NONE };
enum log_kind { LOG_ALL, LOG_DENIED, LOG_NONE };
enum user_env_kind { USER_ENV_NO, USER_ENV_YES, USER_ENV_BY_COMMAND };

/* One item of a list, and where it stands. */
struct item {
	char *text;
	int place;
	bool numeric; /* users and groups: `id` holds the number */
	uint32_t id;
	const char *source; /* bind and allow-bind, with tokens */
	const char *target; /* the same, and the path of a tmpfs */
	bool writable;
	uint64_t size; /* tmpfs: bytes; 0: the box's tmp-size */
	int mode;      /* tmpfs; -1: as it is by default */
};

struct list {
	struct item *v;
	size_t n;
	size_t room;
	bool none; /* it says so */
};

struct network {
	int kind;
	const char *netns; /* of NETWORK_NETNS */
};

struct box {
	const char *name;
	int place;             /* of `[box NAME]` */
	int places[KEY_COUNT]; /* where a key was first given; 0: nowhere */
	const char *rootfs;
	const char *description; /* or NULL */
	struct list users, groups, deny_users, deny_groups;
	struct list command, command_exact;
	const char *shell;
	const char *path;
	const char *hostname; /* with %b replaced */
	int exec, root, home, proc, sys, passwd, syscalls, user_env;
	uint64_t tmp_size; /* bytes */
	struct list tmpfs, bind, allow_bind;
	struct network network;
	int umask; /* -1: the caller's */
	struct list env_keep, env_set;
	struct limits limits;
	uint64_t max_running; /* of one user; 0: no limit */
	int nice;             /* -1: the caller's */
	struct rlimit_rule rlimits[RLIMIT_RULES];
};

struct policy {
	struct places files;
	int places[KEY_COUNT];   /* of the keys of [minibox] */
	const char *default_box; /* or NULL */
	const char *cgroup_root; /* NULL: auto */
	int log;
	struct box defaults;
	int defaults_place; /* 0: no such section */
	struct box *boxes;
	size_t nboxes;
	struct box **by_name; /* sorted */
};

/* The box of that name, or NULL. */
const struct box *policy_find(const struct policy *policy, const char *name);

/* `command = *`: the box runs anything. */
bool policy_any_command(const struct box *box);

/* Whether -e is allowed in the box. */
bool policy_user_env(const struct box *box);

#endif
