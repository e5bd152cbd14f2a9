/* SPDX-License-Identifier: MIT */
/*
 * What happens, in which order?
 *
 * main is the list of steps of the caller's process, from the first
 * instruction to the clone.  Until a function says that it drops, the process
 * is setuid root: it writes nothing to descriptors of the caller, looks at no
 * environment variable, and runs no other program.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include "config.h"

#include "advice.h"
#include "box.h"
#include "check.h"
#include "cred.h"
#include "die.h"
#include "ending.h"
#include "explain.h"
#include "list.h"
#include "load.h"
#include "log.h"
#include "request.h"
#include "scrub.h"
#include "slot.h"
#include "start.h"
#include "xalloc.h"

enum { EXIT_YES = 0, EXIT_NO = 1 }; /* of -l and --check */

/* All that main knows when a mode begins. */
struct context {
	enum start start;
	struct request request;
	struct saved saved;
	struct policy policy;
	struct faults faults, warnings;
	struct accounts accounts;
	struct caller caller;
};

static const char usage[] =
	"usage: minibox [-b BOX] [OPTION]... [--] [COMMAND [ARG]...]\n"
	"       minibox [-b BOX] [OPTION]... -c STRING\n"
	"       minibox -n [the same]\n"
	"       minibox -l[l] [-b BOX] [--json]\n"
	"       minibox --check [FILE]\n"
	"       minibox -h | -V\n"
	"\n"
	"Runs COMMAND, or the box's shell, in a box that the administrator\n"
	"has set up, as yourself.\n"
	"\n"
	"  -b, --box=NAME          the box to enter\n"
	"  -c STRING               run the box's shell with -c STRING\n"
	"  -C, --chdir=DIR         working directory in the box\n"
	"  -B, --bind=SRC[:DST[:ro|rw]]\n"
	"                          show a file or directory of yours\n"
	"  -e, --env=NAME[=VALUE]  set a variable, or take yours along\n"
	"      --hostname=NAME     host name in the box\n"
	"      --network=none      no network, even if the box has one\n"
	"      --memory=SIZE, --pids-limit=N, --cpus=N, --timeout=DURATION\n"
	"                          limits, within those of the box\n"
	"      --status-fd=FD      one JSON line about the end, to FD\n"
	"  -n, --dry-run           explain the decision, run nothing\n"
	"  -l, --list              list your boxes and their commands; -ll: "
	"all\n"
	"                          that you get there; --json: for programs\n"
	"      --check [FILE]      check a policy; - is standard input\n"
	"  -h, --help              this text\n"
	"  -V, --version           versions of minibox and what is in it\n"
	"\n"
	"Exit status: that of COMMAND; 124 time limit, 125 minibox failed, "
	"126\n"
	"denied or not executable, 127 not found.  See minibox(1), "
	"minibox.conf(5).\n";

/* Root is not needed any more: before anything is printed.  Root himself, who
 * needs no minibox to be root, stays as he is. */
static void
drop(const struct context *c)
{
	if (c->start == START_SETUID)
		cred_drop(getuid(), getgid());
}

/* What was printed must have arrived (a full disk, a closed pipe). */
static _Noreturn void
finish(int status)
{
	if (fflush(stdout) != 0)
		die_errno("cannot write the output");
	_exit(status);
}

static _Noreturn void
mode_help(struct context *c)
{
	drop(c);
	fputs(usage, stdout);
	finish(EXIT_YES);
}

static _Noreturn void
mode_version(struct context *c)
{
	drop(c);
	printf("minibox %s (", PACKAGE_VERSION);
#ifdef __GLIBC__
	printf("glibc %s, ", gnu_get_libc_version());
#endif
	printf("libcap-ng %s, inih %s, filter by libseccomp %s)\n",
		CAPNG_VERSION, INIH_VERSION, SECCOMP_VERSION);
	finish(EXIT_YES);
}

static void
print_line(const char *place, const char *kind, const char *text)
{
	char plain[1024], line[DIE_LINE_MAX];

	die_escape(plain, sizeof(plain), place);
	die_escape(line, sizeof(line), text);
	printf("%s: %s%s\n", plain, kind, line);
}

static void
print_faults(
	const struct context *c, const struct faults *faults, const char *kind)
{
	for (size_t i = 0; i < faults->n; i++)
		print_line(place_text(&c->policy.files, faults->v[i].place),
			kind, faults->v[i].text);
}

/* A caller who is not root loses root before the file is opened. */
static _Noreturn void
mode_check(struct context *c)
{
	const char *path = c->request.check_file;
	const struct places *files = &c->policy.files;
	bool root = c->start == START_ROOT;

	drop(c);
	if (path)
		(void)load_file(&c->policy, path, &c->faults);
	else
		(void)load_policy(&c->policy, NULL, &c->faults);
	load_accounts(&c->accounts);
	if (!c->faults.n) {
		advice_policy(&c->policy, &c->accounts, &c->warnings);
		if (root)
			check_boxes(&c->policy, &c->accounts, &c->faults,
				&c->warnings);
	}
	fault_sort(&c->faults);
	fault_sort(&c->warnings);
	print_faults(c, &c->faults, "");
	print_faults(c, &c->warnings, "warning: ");
	if (c->faults.n)
		finish(EXIT_NO);
	for (size_t i = 0; i < files->n; i++)
		print_line(files->v[i].name, "", "OK");
	finish(EXIT_YES);
}

/* A policy with a fault lets nobody in; only root is told what it is, and in
 * which drop-in file: its name may say more than the caller should know. */
static _Noreturn void
policy_refused(const struct context *c)
{
	const struct fault *f = &c->faults.v[0];
	const char *where = place_text(&c->policy.files, f->place);

	struct logline line = {
		.kind = LOGLINE_FAULT,
		.caller = &c->caller,
		.why = xasprintf("%s: %s", where, f->text),
	};

	if (c->start == START_ROOT)
		die(EXIT_MINIBOX, "%s: %s; see: minibox --check", where,
			f->text);
	log_send(&line);
	if (strcmp(place_file(&c->policy.files, f->place), load_policy_path))
		where = load_drop_in_path;
	die(EXIT_MINIBOX, "%s: policy error; tell your administrator", where);
}

static bool
admits_caller(const struct box *box, const void *data)
{
	const struct caller *caller = data;
	const struct item *why;

	return authorize_admits(box, caller, caller->accounts, &why);
}

/* Everything that a decision needs. */
static void
load_all(struct context *c)
{
	const struct reader_wish wish = { admits_caller, &c->caller };
	const char *trouble = start_trouble(c->start);

	if (trouble)
		die(EXIT_MINIBOX, "%s", trouble);
	load_accounts(&c->accounts);
	caller_read(&c->caller, &c->accounts);
	/* Root may hear of every box. */
	if (!load_policy(
		    &c->policy, c->caller.uid == 0 ? NULL : &wish, &c->faults))
		policy_refused(c);
}

static _Noreturn void
mode_list(struct context *c)
{
	struct list_request request = {
		.box = c->request.box,
		.full = c->request.list_full,
		.json = c->request.json,
	};

	load_all(c);
	drop(c);
	request.cgroup_root = c->policy.cgroup_root;
	if (list_boxes(stdout, &c->policy, &request, &c->caller, &c->accounts))
		finish(EXIT_YES);
	if (request.json)
		finish(EXIT_NO);
	if (c->request.box)
		die(EXIT_NO,
			"box '%s' is not available to you%s; see: minibox -l",
			c->request.box,
			authorize_meant(&c->policy, c->request.box, &c->caller,
				&c->accounts));
	die(EXIT_NO, "no box is available to you; ask your administrator");
}

/* A command that is the name of a box of the caller's: the -b was forgotten. */
static const char *
meant_box(const struct context *c)
{
	const char *word = c->request.command[0];
	const struct box *box = word ? policy_find(&c->policy, word) : NULL;
	const struct item *why;

	return box && authorize_admits(box, &c->caller, &c->accounts, &why)
		       ? box->name
		       : NULL;
}

/* The plan, or false and why not; *box is the box that admits the caller, or
 * NULL. */
static bool
decide(struct context *c, const struct box **box, struct plan *plan,
	struct refusal *refusal)
{
	const char *meant = meant_box(c);
	bool permit;

	*box = authorize_choose(
		&c->policy, c->request.box, &c->caller, &c->accounts, refusal);
	permit =
		*box && plan_make(plan, *box, &c->caller, &c->request, refusal);
	plan->meant = meant;
	plan->cgroup_root = c->policy.cgroup_root;
	if (!permit && meant)
		refusal->text = xasprintf(
			"%s (did you mean: -b %s?)", refusal->text, meant);
	return permit;
}

static _Noreturn void
mode_explain(struct context *c)
{
	struct refusal refusal = { 0 };
	const struct box *box;
	struct plan plan;
	bool permit;

	load_all(c);
	permit = decide(c, &box, &plan, &refusal);
	drop(c);
	if (permit)
		explain_permit(stdout, &c->policy, &plan);
	else
		explain_deny(stdout, &c->policy, box, &refusal);
	finish(permit ? EXIT_YES : EXIT_DENIED);
}

/* A bare name is logged as such where several files may be meant. */
static void
log_permit(const struct context *c, const struct plan *plan)
{
	struct logline line = {
		.kind = LOGLINE_PERMIT,
		.caller = &c->caller,
		.box = plan->box->name,
		.root = plan->box->rootfs,
		.command = plan->ncandidates == 1 ? plan->candidates[0].path
						  : NULL,
		.argv = plan->argv,
	};

	if (c->policy.log == LOG_ALL)
		log_send(&line);
}

/* A usage error (125) is not logged as a denial. */
static void
log_deny(const struct context *c, const struct box *box,
	const struct plan *plan, const struct refusal *refusal)
{
	const char *typed = c->request.string;
	char *string[] = { xstrdup("-c"), typed ? xstrdup(typed) : NULL, NULL };
	struct logline line = {
		.kind = LOGLINE_DENY,
		.caller = &c->caller,
		.why = refusal->brief ? refusal->brief : refusal->text,
		.box = box ? box->name : c->request.box,
		.argv = box     ? plan->argv
			: typed ? string
				: c->request.command,
	};

	if (c->policy.log != LOG_NONE && refusal->status == EXIT_DENIED)
		log_send(&line);
}

/* What no policy says alone: whether one more may run.  *slot is for box_run.
 */
static bool
take_slot(const struct plan *plan, int *slot, struct refusal *refusal)
{
	const struct box *box = plan->box;

	*slot = -1;
	if (!box->max_running)
		return true;
	*slot = slot_take(box->name, plan->uid, box->max_running);
	if (*slot >= 0)
		return true;
	(void)fault_refuse(refusal, EXIT_DENIED, box->places[KEY_MAX_RUNNING],
		xasprintf("box '%s': you have %llu of it running, and more are "
			  "not allowed; wait until one has ended",
			box->name, (unsigned long long)box->max_running));
	refusal->brief = "max-running reached";
	return false;
}

static _Noreturn void
mode_run(struct context *c)
{
	struct refusal refusal = { 0 };
	const struct box *box;
	struct plan plan;
	int slot;

	if (c->start == START_ROOT && !start_trouble(c->start))
		die(EXIT_MINIBOX,
			"not for root; run it as yourself, without sudo");
	load_all(c);
	if (decide(c, &box, &plan, &refusal) &&
		take_slot(&plan, &slot, &refusal)) {
		log_permit(c, &plan);
		box_run(&plan, &c->saved, slot);
	}
	log_deny(c, box, &plan, &refusal);
	die(refusal.status, "%s", refusal.text);
}

static void (*const modes[])(struct context *c) = {
	[MODE_RUN] = mode_run,
	[MODE_EXPLAIN] = mode_explain,
	[MODE_LIST] = mode_list,
	[MODE_CHECK] = mode_check,
	[MODE_HELP] = mode_help,
	[MODE_VERSION] = mode_version,
};

int
main(int argc, char **argv)
{
	static char *no_environment[] = { NULL };
	struct die_listener to_caller = {
		.tell = ending_tell_death,
		.stage = "policy",
	};
	struct context c = { 0 };
	const char *fault;

	/* execve(2) lets argc be 0, and before Linux 5.18 it arrives so
	 * (CVE-2021-4034). */
	if (argc < 1 || !argv[0])
		die(EXIT_MINIBOX, "started without a name; see: minibox -h");
	c.caller.env = environ;
	environ = no_environment;
	fault = request_parse(&c.request, argc, argv);
	if (fault)
		die(EXIT_MINIBOX, "%s", fault);
	scrub_process(&c.saved, c.request.status_fd);
	if (c.request.mode == MODE_RUN && c.request.status_fd >= 0) {
		to_caller.fd = c.request.status_fd;
		die_listen(&to_caller);
	}
	c.start = start_state();
	if (c.start == START_SETUID)
		cred_cut();
	modes[c.request.mode](&c);
	return EXIT_MINIBOX;
}
