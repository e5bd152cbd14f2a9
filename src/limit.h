/* SPDX-License-Identifier: MIT */
/*
 * How much may a box use, and for how long?
 *
 * Pure.  The limits that a policy sets, that a caller may ask for by an option
 * of the same name, and those that are known as resource limits (getrlimit(2)).
 */
#ifndef MINIBOX_LIMIT_H
#define MINIBOX_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where cgroup v2 is mounted: cgroups(7). */
#define LIMIT_CGROUP_TOP "/sys/fs/cgroup"

/* Of the box as a whole.  0 is no limit. */
enum limit {
	LIMIT_MEMORY,  /* bytes; cgroup v2 */
	LIMIT_PIDS,    /* processes and threads of the command; cgroup v2 */
	LIMIT_CPUS,    /* thousandths of a processor; cgroup v2 */
	LIMIT_TIMEOUT, /* milliseconds from the start of the command */
	LIMITS
};

struct limits {
	uint64_t v[LIMITS];
};

/* As in the policy and, after --, on the command line. */
const char *limit_name(enum limit limit);

/* NULL, or what is wrong with the value. */
const char *limit_parse(enum limit limit, const char *value, uint64_t *number);

/* A number of that kind as a policy would write it. */
const char *limit_text(enum limit limit, uint64_t number);

/* The same for a size: in the largest unit that leaves nothing. */
const char *limit_size_text(uint64_t bytes);

/* Whether a control group is needed for them. */
bool limit_needs_cgroup(const struct limits *limits);

/* The resource limits that a policy can set for the command. */
enum {
	RLIMIT_RULE_NOFILE,
	RLIMIT_RULE_NPROC,
	RLIMIT_RULE_CORE,
	RLIMIT_RULE_FSIZE,
	RLIMIT_RULE_AS,
	RLIMIT_RULE_MEMLOCK,
	RLIMIT_RULE_STACK,
	RLIMIT_RULE_CPU,
	RLIMIT_RULES
};

/* Soft = hard = the smaller of `value` and the caller's hard limit. */
struct rlimit_rule {
	bool given;
	uint64_t value; /* LIMIT_UNLIMITED: the caller's hard limit */
};

#define LIMIT_UNLIMITED UINT64_MAX

enum rlimit_unit { UNIT_NUMBER, UNIT_SIZE, UNIT_SECONDS };

/* What the rules are called (after "rlimit-") and stand for. */
struct rlimit_kind {
	const char *name;
	int resource; /* RLIMIT_* */
	enum rlimit_unit unit;
};

extern const struct rlimit_kind limit_rlimits[RLIMIT_RULES];

/* NULL, or what is wrong with the value. */
const char *limit_parse_rlimit(
	enum rlimit_unit unit, const char *value, struct rlimit_rule *rule);

#endif
