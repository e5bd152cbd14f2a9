/* SPDX-License-Identifier: MIT */
/* What does minibox tell about its decisions?  Runs in the caller's process
 * without any privilege. */
#include "explain.h"

#include <linux/sched.h>
#include <string.h>

#include "die.h"
#include "keys.h"
#include "word.h"
#include "xalloc.h"

enum { GROUPS_SHOWN = 32 };

static void
print_namespaces(FILE *out, uint64_t flags)
{
	static const struct {
		uint64_t flag;
		const char *name;
	} names[] = {
		{ CLONE_NEWNS, "mount" },
		{ CLONE_NEWPID, "pid" },
		{ CLONE_NEWIPC, "ipc" },
		{ CLONE_NEWUTS, "uts" },
		{ CLONE_NEWCGROUP, "cgroup" },
		{ CLONE_NEWNET, "network" },
	};

	fputs("  namespaces:", out);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (flags & names[i].flag)
			fprintf(out, " %s", names[i].name);
	fputc('\n', out);
}

static void
print_size(FILE *out, const char *name, uint64_t bytes)
{
	fprintf(out, "%s%s", name, limit_size_text(bytes));
}

static void
print_root(FILE *out, const struct op *op)
{
	if (!op->writable) {
		fprintf(out, "%s on /, ro nosuid nodev", op->source);
		return;
	}
	fprintf(out, "overlay on /, lower=%s upper=(tmpfs", op->source);
	print_size(out, " size=", op->size);
	fprintf(out, " inodes=%llu) rw nosuid nodev",
		(unsigned long long)op->inodes);
}

static void
print_tmpfs(FILE *out, const struct op *op)
{
	fputs("tmpfs on ", out);
	fputs(word_quote(op->target), out);
	print_size(out, ", size=", op->size);
	fprintf(out, " inodes=%llu mode=%04o nosuid nodev",
		(unsigned long long)op->inodes, (unsigned)op->mode);
}

static void
print_bind(FILE *out, const struct op *op)
{
	fputs("bind ", out);
	fputs(word_quote(op->source), out);
	fputs(" on ", out);
	fputs(word_quote(op->target), out);
	fprintf(out, ", %s nosuid nodev", op->writable ? "rw" : "ro");
}

static void
print_kind(FILE *out, const struct plan *plan, const struct op *op)
{
	switch (op->kind) {
	case OP_ROOT:
		print_root(out, op);
		break;
	case OP_TMPFS:
		print_tmpfs(out, op);
		break;
	case OP_DIR:
		fputs("directory ", out);
		fputs(word_quote(op->target), out);
		fprintf(out, ", mode=%04o owner=%u:%u", (unsigned)op->mode,
			(unsigned)plan->uid, (unsigned)plan->gid);
		break;
	case OP_PROC:
		fprintf(out,
			"proc on %s, hidepid=invisible%s nosuid nodev noexec",
			op->target, op->pid_only ? " subset=pid" : "");
		break;
	case OP_SYS:
		fprintf(out, "sysfs on %s, ro nosuid nodev noexec", op->target);
		break;
	case OP_DEV:
		fprintf(out,
			"minimal dev on %s: null zero full random urandom tty "
			"ptmx pts shm",
			op->target);
		print_size(out, " (size=", op->size);
		fprintf(out, " mode=%04o%s) fd stdin stdout stderr",
			(unsigned)op->mode, op->noexec ? " noexec" : "");
		break;
	case OP_BIND:
		print_bind(out, op);
		break;
	case OP_FILE:
		fprintf(out,
			"copy of %s with your entries first, ro nosuid "
			"nodev",
			op->target);
		break;
	}
}

/* A step, and what it depends on. */
static void
print_op(FILE *out, const struct plan *plan, const struct op *op)
{
	fputs("  mount: ", out);
	print_kind(out, plan, op);
	if (op->noexec && op->kind != OP_DEV)
		fputs(" noexec", out);
	if (op->as_caller)
		fputs(", opened with your rights", out);
	if (op->own)
		fputs(", if it is a directory of yours", out);
	if (op->if_source)
		fputs(", if the host has it", out);
	if (op->if_exists)
		fputs(", if it exists", out);
	if (op->make && !op->own)
		fputs(", made if it is missing", out);
	fputc('\n', out);
}

static void
print_ids(FILE *out, const struct plan *plan)
{
	fprintf(out, "  ids: uid=%u gid=%u groups=", (unsigned)plan->uid,
		(unsigned)plan->gid);
	for (size_t i = 0; i < plan->ngroups && i < GROUPS_SHOWN; i++)
		fprintf(out, "%s%u", i ? "," : "", (unsigned)plan->groups[i]);
	if (plan->ngroups > GROUPS_SHOWN)
		fprintf(out, ",... (%zu in all)", plan->ngroups);
	fputc('\n', out);
}

/* The limits of the box as a whole. */
static void
print_limits(FILE *out, const struct plan *plan)
{
	const struct box *box = plan->box;

	for (enum limit i = 0; i < LIMITS; i++)
		if (plan->limits.v[i])
			fprintf(out, "  %s: %s\n", limit_name(i),
				limit_text(i, plan->limits.v[i]));
	if (limit_needs_cgroup(&plan->limits))
		fprintf(out, "  control group: below %s\n",
			plan->cgroup_root ? plan->cgroup_root
					  : "that of minibox.service, or "
					    "/sys/fs/cgroup/minibox");
	if (box->max_running)
		fprintf(out, "  max-running: %llu\n",
			(unsigned long long)box->max_running);
	if (plan->status_fd >= 0)
		fprintf(out, "  status: a line to descriptor %d\n",
			plan->status_fd);
}

static void
print_rlimit(
	FILE *out, const struct rlimit_kind *kind, const struct rlimit_rule *r)
{
	if (r->value == LIMIT_UNLIMITED)
		fprintf(out, " %s=unlimited", kind->name);
	else if (kind->unit == UNIT_SIZE)
		fprintf(out, " %s=%s", kind->name, limit_size_text(r->value));
	else
		fprintf(out, " %s=%llu", kind->name,
			(unsigned long long)r->value);
}

/* The limits of each of its processes. */
static void
print_rlimits(FILE *out, const struct plan *plan)
{
	const struct rlimit_rule *rules = plan->box->rlimits;
	bool any = false;

	fputs("  rlimit:", out);
	if (!rules[RLIMIT_RULE_CORE].given)
		fputs(" core=0", out);
	for (size_t i = 0; i < RLIMIT_RULES; i++)
		if (rules[i].given) {
			print_rlimit(out, &limit_rlimits[i], &rules[i]);
			any = true;
		}
	fputs(any ? " (or your hard limits, if lower)\n" : "\n", out);
	if (plan->box->nice >= 0)
		fprintf(out, "  nice: at least %d\n", plan->box->nice);
}

static void
print_command(FILE *out, const struct plan *plan)
{
	const struct candidate *c = plan->candidates;

	fputs("  directory:", out);
	for (size_t i = 0; i < plan->ncwds; i++) {
		fputs(plan->cwd_must ? " " : " try ", out);
		fputs(word_quote(plan->cwds[i]), out);
	}
	fputs("\n  command:", out);
	for (size_t i = 0; i < plan->ncandidates; i++) {
		fputs(plan->ncandidates > 1 ? " try " : " ", out);
		fputs(word_quote(c[i].path), out);
		if (c[i].cwd >= 0 && plan->ncwds > 1) {
			fputs(" (in ", out);
			fputs(word_quote(plan->cwds[c[i].cwd]), out);
			fputc(')', out);
		}
	}
	for (char **arg = plan->argv + 1; *arg; arg++) {
		fputs(arg == plan->argv + 1 ? "\n  arguments: " : " ", out);
		fputs(word_quote(*arg), out);
	}
	fputc('\n', out);
}

void
explain_plan(FILE *out, const struct plan *plan)
{
	static const char *const filters[] = {
		[SYSCALLS_DEFAULT] = "default",
		[SYSCALLS_MINIMUM] = "minimum",
		[SYSCALLS_MINIMUM_HOST] = "minimum, vsock allowed",
	};

	print_namespaces(out, plan->namespaces);
	fprintf(out, "  hostname: %s\n", plan->hostname);
	if (plan->namespaces & CLONE_NEWNET)
		fputs("  network: loopback only\n", out);
	if (plan->netns)
		fprintf(out, "  network: namespace /run/netns/%s\n",
			plan->netns);
	for (size_t i = 0; i < plan->mounts.n; i++)
		print_op(out, plan, &plan->mounts.ops[i]);
	print_ids(out, plan);
	fputs("  capabilities: none, no_new_privs\n", out);
	fprintf(out, "  syscalls: %s%s\n", filters[plan->filter],
		plan->listed_only ? ", no memfd_create" : "");
	if (plan->listed_only)
		fputs("  exec: only the commands that the box lists, and their "
		      "interpreters (Landlock)\n",
			out);
	print_limits(out, plan);
	print_rlimits(out, plan);
	if (plan->umask >= 0)
		fprintf(out, "  umask: %04o\n", (unsigned)plan->umask);
	else
		fputs("  umask: the caller's\n", out);
	fputs("  environment: PWD=(the directory)", out);
	for (char **e = plan->envp + 1; *e; e++) {
		fputc(' ', out);
		fputs(word_quote(*e), out);
	}
	fputc('\n', out);
	if (plan->ncandidates)
		print_command(out, plan);
	if (plan->must_be_trusted)
		fputs("  only if root owns the command and all that leads to "
		      "it, and nobody else can write there\n",
			out);
}

void
explain_permit(FILE *out, const struct policy *policy, const struct plan *plan)
{
	const struct item *why = plan->allowed_by;
	const struct item *exact = plan->box->command_exact.v;
	bool is_exact = exact && why >= exact &&
			why < exact + plan->box->command_exact.n;

	fprintf(out, "permit\nbox: %s\ndecided by: %s: %s = %s\nplan:\n",
		plan->box->name, place_text(&policy->files, why->place),
		keys_name(is_exact ? KEY_COMMAND_EXACT : KEY_COMMAND),
		why->text);
	explain_plan(out, plan);
	if (plan->uid == 0)
		fputs("not for root: minibox runs nothing for uid 0\n", out);
}

void
explain_deny(FILE *out, const struct policy *policy, const struct box *box,
	const struct refusal *refusal)
{
	size_t size = strlen(refusal->text) * 4 + 6;
	char *text = xcalloc(size, 1);

	die_escape(text, size, refusal->text);
	fputs("deny\n", out);
	if (box)
		fprintf(out, "box: %s\n", box->name);
	if (refusal->place)
		fprintf(out, "decided by: %s\n",
			place_text(&policy->files, refusal->place));
	fprintf(out, "reason: %s\n", text);
}
