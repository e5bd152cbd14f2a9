/* SPDX-License-Identifier: MIT */
/* What will be done?  Pure; runs in the caller's process before the clone. */
#include "plan.h"

#include <linux/sched.h>
#include <string.h>

#include "die.h"
#include "env.h"
#include "path.h"
#include "xalloc.h"

#define TMPFS_SIZE ((uint64_t)64 << 20)
#define TMPFS_PER_INODE 4096

/* They exist in every box whose root file system has the directory. */
static const struct {
	const char *target;
	mode_t mode;
} standing_tmpfs[] = {
	{ "/tmp", 01777 },
	{ "/var/tmp", 01777 },
	{ "/run", 0755 },
};

static struct op *
plan_op(struct plan *plan, enum op_kind kind, const char *target)
{
	struct op *op = &plan->ops[plan->nops++];

	*op = (struct op){ .kind = kind, .target = target };
	return op;
}

static void
plan_tmpfs(struct plan *plan, const char *target, mode_t mode, bool if_exists)
{
	struct op *op = plan_op(plan, OP_TMPFS, target);

	op->size = TMPFS_SIZE;
	op->inodes = TMPFS_SIZE / TMPFS_PER_INODE;
	op->mode = mode;
	op->if_exists = if_exists;
}

/* Where the home is in the box: its own path below /home, else /home/NAME. */
static const char *
plan_home(const struct box *box, const struct caller *caller)
{
	const char *home = caller->home;

	if (box->home == HOME_NONE)
		return "/";
	if (home && path_is_clean(home) && path_beneath(home, "/home") &&
		strcmp(home, "/home"))
		return home;
	return path_join("/home", caller->name);
}

/* In this order nothing covers what was mounted before. */
static void
plan_ops(struct plan *plan, const struct box *box, const char *home)
{
	size_t n = sizeof(standing_tmpfs) / sizeof(standing_tmpfs[0]);
	struct op *op;

	plan_op(plan, OP_ROOT, "/")->source = box->rootfs;
	for (size_t i = 0; i < n; i++)
		plan_tmpfs(plan, standing_tmpfs[i].target,
			standing_tmpfs[i].mode, true);
	if (box->home == HOME_TMPFS) {
		plan_tmpfs(plan, "/home", 0755, false);
		op = plan_op(plan, OP_DIR, home);
		op->mode = 0700;
		op->uid = plan->uid;
		op->gid = plan->gid;
	}
	if (box->proc != PROC_NONE)
		plan_op(plan, OP_PROC, "/proc")->pid_only =
			box->proc == PROC_PID;
	if (box->sys == SYS_RO)
		plan_op(plan, OP_SYS, "/sys");
	op = plan_op(plan, OP_DEV, "/dev");
	op->size = TMPFS_SIZE; /* of /dev/shm */
	op->inodes = TMPFS_SIZE / TMPFS_PER_INODE;
}

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

bool
plan_make(struct plan *plan, const struct box *box, const struct caller *caller,
	const struct request *request, struct refusal *refusal)
{
	bool host_network =
		box->network == NETWORK_HOST && !request->no_network;
	const char *home = plan_home(box, caller);

	*plan = (struct plan){
		.box = box,
		.uid = caller->uid,
		.gid = caller->gid,
		.groups = caller->groups,
		.ngroups = caller->ngroups,
		.namespaces = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC |
			      CLONE_NEWUTS | CLONE_NEWCGROUP |
			      (host_network ? 0 : CLONE_NEWNET),
		.hostname =
			request->hostname ? request->hostname : box->hostname,
		.must_be_trusted = !policy_any_command(box),
		.argv = plan_argv(box, request),
		.umask = box->umask,
		.filter = plan_filter(box, host_network),
	};
	plan_ops(plan, box, home);
	plan_cwds(plan, caller, request, home);
	plan_candidates(plan, box, plan->argv[0]);
	if (plan->ncandidates == 0) {
		*refusal = (struct refusal){
			.status = EXIT_DENIED,
			.text = refusal_text(box, plan->argv[0]),
			.line = box->line,
		};
		return false;
	}
	plan->envp = env_build(box, caller, home, request, refusal);
	return plan->envp != NULL;
}
