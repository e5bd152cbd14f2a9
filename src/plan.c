/* SPDX-License-Identifier: MIT */
/* What will be done?  Pure; runs in the caller's process before the clone. */
#include "plan.h"

#include <linux/sched.h>
#include <string.h>

#include "die.h"
#include "env.h"
#include "home.h"
#include "path.h"
#include "xalloc.h"

static void
plan_cwd(struct plan *plan, const char *cwd)
{
	for (size_t i = 0; i < plan->ncwds; i++)
		if (!strcmp(plan->cwds[i], cwd))
			return;
	plan->cwds[plan->ncwds++] = cwd;
}

/* -C, or: the caller's own place if the box has it, the home, the root. */
static void
plan_cwds(struct plan *plan, const struct caller *caller,
	const struct request *request, const char *home)
{
	const char *cwd = caller->cwd, *own = caller->home;

	if (request->chdir) {
		plan_cwd(plan, request->chdir);
		plan->cwd_must = true;
		return;
	}
	if (cwd && path_is_clean(cwd)) {
		if (own && path_is_clean(own) && own[1] &&
			path_beneath(cwd, own)) {
			const char *rest = cwd + strlen(own);

			cwd = *rest ? path_join(home, rest + 1) : home;
		}
		plan_cwd(plan, cwd);
	}
	plan_cwd(plan, home);
	plan_cwd(plan, "/");
}

static void
plan_candidate(
	struct plan *plan, const struct box *box, const char *path, int cwd)
{
	const struct item *why = authorize_command(box, path, plan->argv + 1);

	if (!why)
		return;
	if (plan->ncandidates == 0)
		plan->allowed_by = why;
	plan->candidates[plan->ncandidates++] = (struct candidate){
		.path = path,
		.cwd = cwd,
	};
}

/* A bare name: every directory of the box's path. */
static void
plan_search(struct plan *plan, const struct box *box, const char *name)
{
	size_t n = 1;

	for (const char *p = box->path; *p; p++)
		n += *p == ':';
	plan->candidates = xcalloc(n, sizeof(*plan->candidates));
	for (const char *dir = box->path;; dir++) {
		size_t len = strcspn(dir, ":");

		plan_candidate(
			plan, box, path_join(xstrndup(dir, len), name), -1);
		dir += len;
		if (!*dir)
			return;
	}
}

static void
plan_candidates(struct plan *plan, const struct box *box, const char *command)
{
	if (command[0] != '/' && !strchr(command, '/')) {
		plan_search(plan, box, command);
		return;
	}
	plan->candidates = xcalloc(PLAN_CWDS_MAX, sizeof(*plan->candidates));
	if (command[0] == '/') {
		plan_candidate(plan, box, command, -1);
		return;
	}
	while (!strncmp(command, "./", 2))
		command += 2;
	for (size_t i = 0; i < plan->ncwds; i++)
		plan_candidate(
			plan, box, path_join(plan->cwds[i], command), (int)i);
}

/* The words to run; argv[0] is the command as it was asked for, for now. */
static char **
plan_argv(const struct box *box, const struct request *request)
{
	char **argv, *shell;
	size_t n = 0;

	if (request->command[0])
		return request->command;
	shell = xstrdup(box->shell);
	argv = xcalloc(5, sizeof(*argv));
	argv[n++] = shell;
	if (request->login || !request->string)
		argv[n++] = xstrdup("-l");
	if (request->string) {
		argv[n++] = xstrdup("-c");
		argv[n++] = xstrdup(request->string);
	}
	return argv;
}

/* The path that the command stands for is not one to compare. */
static bool
is_unclean(const char *command)
{
	while (!strncmp(command, "./", 2))
		command += 2;
	return !path_is_clean(
		*command == '/' ? command : path_join("/", command));
}

/* `line` of command-exact is for the program that was asked for, by its path
 * or by its name. */
static bool
is_for(const char *line, const char *command)
{
	const char *path = xstrndup(line, strcspn(line, " "));

	return !strcmp(
		strchr(command, '/') ? path : strrchr(path, '/') + 1, command);
}

/* Why no candidate is left, in words that help. */
static const char *
refusal_text(const struct box *box, const char *command)
{
	if (is_unclean(command))
		return xasprintf(
			"%s: a command must have no //, ., .. or slash "
			"at the end in its path; write the path it "
			"stands for",
			command);
	for (size_t i = 0; i < box->command_exact.n; i++)
		if (is_for(box->command_exact.v[i].text, command))
			return xasprintf("box '%s' allows %s only with other "
					 "arguments; see: minibox -l -b %s",
				box->name, command, box->name);
	return xasprintf("box '%s' does not allow %s; see: minibox -l -b %s",
		box->name, command, box->name);
}

static enum syscalls_filter
plan_filter(const struct box *box, bool host_network)
{
	if (box->syscalls == FILTER_DEFAULT)
		return SYSCALLS_DEFAULT;
	return host_network ? SYSCALLS_MINIMUM_HOST : SYSCALLS_MINIMUM;
}

/* What the caller asks for can only be less than what the policy gives. */
static bool
plan_limits(struct limits *limits, const struct box *box,
	const struct request *request, struct refusal *refusal)
{
	static const enum policy_key keys[LIMITS] = {
		[LIMIT_MEMORY] = KEY_MEMORY,
		[LIMIT_PIDS] = KEY_PIDS_LIMIT,
		[LIMIT_CPUS] = KEY_CPUS,
		[LIMIT_TIMEOUT] = KEY_TIMEOUT,
	};

	*limits = box->limits;
	for (enum limit i = 0; i < LIMITS; i++) {
		uint64_t wanted = request->limits.v[i];

		if (!wanted)
			continue;
		if (limits->v[i] && wanted > limits->v[i])
			return fault_refuse(refusal, EXIT_DENIED,
				box->places[keys[i]],
				xasprintf("--%s: box '%s' allows at most %s; "
					  "ask for that or less",
					limit_name(i), box->name,
					limit_text(i, limits->v[i])));
		limits->v[i] = wanted;
	}
	return true;
}

/* What needs no command. */
static void
plan_begin(struct plan *plan, const struct box *box,
	const struct caller *caller, const struct request *request)
{
	int network = request->no_network ? NETWORK_NONE : box->network.kind;

	*plan = (struct plan){
		.box = box,
		.uid = caller->uid,
		.gid = caller->gid,
		.groups = caller->groups,
		.ngroups = caller->ngroups,
		.namespaces = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC |
			      CLONE_NEWUTS | CLONE_NEWCGROUP |
			      (network == NETWORK_NONE ? CLONE_NEWNET : 0),
		.netns = network == NETWORK_NETNS ? box->network.netns : NULL,
		.hostname =
			request->hostname ? request->hostname : box->hostname,
		.must_be_trusted = !policy_any_command(box),
		.argv = plan_argv(box, request),
		.umask = box->umask,
		.status_fd = request->status_fd,
		.filter = plan_filter(box, network == NETWORK_HOST),
		.listed_only = box->exec == EXEC_LISTED,
	};
	plan_cwds(plan, caller, request, home_in_box(box, caller));
}

static bool
plan_end(struct plan *plan, const struct box *box, const struct caller *caller,
	const struct request *request, struct refusal *refusal)
{
	if (!plan_limits(&plan->limits, box, request, refusal))
		return false;
	if (!mounts_make(&plan->mounts, box, caller, request, refusal))
		return false;
	plan->envp = env_build(
		box, caller, home_in_box(box, caller), request, refusal);
	return plan->envp != NULL;
}

bool
plan_make(struct plan *plan, const struct box *box, const struct caller *caller,
	const struct request *request, struct refusal *refusal)
{
	plan_begin(plan, box, caller, request);
	plan_candidates(plan, box, plan->argv[0]);
	if (plan->ncandidates == 0) {
		(void)fault_refuse(refusal, EXIT_DENIED, box->place,
			refusal_text(box, plan->argv[0]));
		refusal->brief = "command not allowed";
		return false;
	}
	return plan_end(plan, box, caller, request, refusal);
}

bool
plan_make_box(struct plan *plan, const struct box *box,
	const struct caller *caller, struct refusal *refusal)
{
	static char *no_command[] = { NULL };
	const struct request nothing = {
		.status_fd = -1,
		.command = no_command,
	};

	plan_begin(plan, box, caller, &nothing);
	return plan_end(plan, box, caller, &nothing, refusal);
}
