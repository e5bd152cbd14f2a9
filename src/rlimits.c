/* SPDX-License-Identifier: MIT */
/* What may each process of the command use?  Runs in the child of init, as the
 * caller, without any privilege. */
#include "rlimits.h"

#include <errno.h>
#include <sys/resource.h>

#include "die.h"

static void
set_rule(const struct rlimit_kind *kind, const struct rlimit_rule *rule)
{
	struct rlimit limit;

	if (getrlimit((unsigned)kind->resource, &limit) < 0)
		die_errno("cannot read the %s limit", kind->name);
	if (rule->value < limit.rlim_max)
		limit.rlim_max = rule->value;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit((unsigned)kind->resource, &limit) < 0)
		die_errno("cannot set the %s limit", kind->name);
}

static void
set_nice(int nice)
{
	int now;

	errno = 0;
	now = getpriority(PRIO_PROCESS, 0);
	if (now == -1 && errno)
		die_errno("cannot read the nice value");
	if (now < nice && setpriority(PRIO_PROCESS, 0, nice) < 0)
		die_errno("cannot set the nice value");
}

void
rlimits_set(const struct plan *plan, const struct saved *saved)
{
	static const struct rlimit_rule no_core = { .given = true };
	const struct rlimit_rule *rules = plan->box->rlimits;

	if (setrlimit(RLIMIT_FSIZE, &saved->fsize) < 0 ||
		setrlimit(RLIMIT_NOFILE, &saved->nofile) < 0)
		die_errno("cannot give the resource limits back");
	if (!rules[RLIMIT_RULE_CORE].given)
		set_rule(&limit_rlimits[RLIMIT_RULE_CORE], &no_core);
	for (size_t i = 0; i < RLIMIT_RULES; i++)
		if (rules[i].given)
			set_rule(&limit_rlimits[i], &rules[i]);
	if (plan->box->nice >= 0)
		set_nice(plan->box->nice);
}
