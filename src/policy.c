/* SPDX-License-Identifier: MIT */
/* What does the policy say?  Pure; any process. */
#include "policy.h"

#include <string.h>

const struct box *
policy_find(const struct policy *policy, const char *name)
{
	size_t low = 0, high = policy->nboxes;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = strcmp(name, policy->by_name[mid]->name);

		if (c == 0)
			return policy->by_name[mid];
		if (c < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

bool
policy_any_command(const struct box *box)
{
	for (size_t i = 0; i < box->command.n; i++)
		if (!strcmp(box->command.v[i].text, "*"))
			return true;
	return false;
}

bool
policy_user_env(const struct box *box)
{
	if (box->user_env == USER_ENV_BY_COMMAND)
		return policy_any_command(box);
	return box->user_env == USER_ENV_YES;
}
