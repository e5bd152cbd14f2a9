/* SPDX-License-Identifier: MIT */
/*
 * Is there a command line that gets more than the policy gives?
 *
 * The input is argv: words with NUL bytes between them.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "die.h"
#include "expect.h"
#include "path.h"
#include "reader.h"
#include "use.h"
#include "value.h"
#include "xalloc.h"

enum { WORDS_MAX = 6000 };

/* Anything runs; only what is listed; for one caller; for none of them. */
static const char policy_text[] = "[minibox]\n"
				  "default-box = a\n"
				  "[defaults]\n"
				  "allow-bind = %h/:%h/:rw\n"
				  "env-keep = EDITOR, X*\n"
				  "[box a]\n"
				  "rootfs = /srv/a\n"
				  "users = *\n"
				  "command = *\n"
				  "network = host\n"
				  "memory = 1G\n"
				  "cpus = 2\n"
				  "timeout = 1h\n"
				  "bind = /data/%u:/data:rw\n"
				  "[box b]\n"
				  "rootfs = /srv/b\n"
				  "users = *\n"
				  "command = /bin/\n"
				  "command-exact = /opt/app/run --once\n"
				  "path = /bin:/usr/bin:/opt/app\n"
				  "exec = listed\n"
				  "user-env = yes\n"
				  "pids-limit = 9\n"
				  "allow-bind = /w/:/u/:ro\n"
				  "allow-bind = /w/x:/v\n"
				  "allow-bind = /w/%u/:/opt/%U/:rw\n"
				  "[box c]\n"
				  "rootfs = /srv/c\n"
				  "users = 4001\n"
				  "command = /usr/bin/make\n"
				  "home = rw\n"
				  "tmpfs = /u\n"
				  "allow-bind = /w/:/u/\n"
				  "[box d]\n"
				  "rootfs = /srv/d\n"
				  "users = bob\n"
				  "command = *\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each word has memory of its own, so that ASan sees where it ends. */
static char **
split(const char *data, size_t size, int *argc)
{
	size_t n = 1;
	char **argv;

	for (size_t i = 0; i < size; i++)
		n += data[i] == '\0';
	if (n > WORDS_MAX)
		n = WORDS_MAX;
	argv = xcalloc(n + 1, sizeof(*argv));
	for (*argc = 0; *argc < (int)n; ++*argc) {
		size_t len = strnlen(data, size);

		argv[*argc] = xstrndup(data, len);
		if (len < size)
			len++;
		data += len;
		size -= len;
	}
	return argv;
}

/* Whatever was typed, a terminal obeys nothing of what is said. */
static void
check_fault(const char *fault)
{
	size_t size = strlen(fault) * 4 + 6;
	char *plain = xcalloc(size, 1);

	die_escape(plain, size, fault);
	CHECK(*plain && expect_is_plain(plain, true) && !strchr(plain, '\n'));
}

static void
check_request(const struct request *r, char **argv, int argc)
{
	bool quiet = r->mode == MODE_HELP || r->mode == MODE_VERSION,
	     runs = r->mode == MODE_RUN || r->mode == MODE_EXPLAIN;

	CHECK(r->command >= argv + 1 - (argc == 0) &&
		r->command <= argv + argc);
	CHECK(r->login == (argv[0][0] == '-'));
	CHECK(r->status_fd == -1 || r->status_fd >= 3);
	CHECK(!r->chdir || path_is_clean(r->chdir));
	CHECK(!r->hostname || value_is_hostname(r->hostname));
	CHECK(r->nbinds <= 64 && r->nenv <= 5000);
	for (size_t i = 0; i < r->nbinds; i++)
		CHECK(r->binds[i].source &&
			(r->binds[i].has_mode || !r->binds[i].writable));
	if (quiet)
		return;
	CHECK(runs || (!r->command[0] && !r->nenv && !r->nbinds && !r->string));
	CHECK(!r->command[0] || (*r->command[0] && !r->string));
	CHECK(r->mode == MODE_LIST || (!r->list_full && !r->json));
	CHECK(r->mode == MODE_CHECK || !r->check_file);
}

static bool
is_same_op(const struct op *a, const struct op *b)
{
	return a->kind == b->kind && !strcmp(a->target, b->target) &&
	       (a->source ? b->source && !strcmp(a->source, b->source)
			  : !b->source) &&
	       a->size == b->size && a->mode == b->mode &&
	       a->writable == b->writable && a->noexec == b->noexec &&
	       a->as_caller == b->as_caller && a->fixed == b->fixed;
}

/* Options give nothing but what -B asks for, and take away. */
static void
check_narrower(const struct plan *plan, const struct plan *base)
{
	for (size_t i = 0; i < plan->mounts.n; i++) {
		bool found = plan->mounts.ops[i].asked;

		for (size_t k = 0; k < base->mounts.n; k++)
			found |= is_same_op(
				&plan->mounts.ops[i], &base->mounts.ops[k]);
		CHECK(found);
	}
	for (int i = 0; i < LIMITS; i++)
		CHECK(!base->limits.v[i] ||
			(plan->limits.v[i] &&
				plan->limits.v[i] <= base->limits.v[i]));
	CHECK((plan->namespaces & base->namespaces) == base->namespaces);
	CHECK(plan->filter == base->filter ||
		base->filter == SYSCALLS_MINIMUM_HOST);
	CHECK(plan->umask == base->umask);
	CHECK(plan->must_be_trusted == base->must_be_trusted);
	CHECK(plan->listed_only == base->listed_only);
	CHECK(plan->ncandidates == base->ncandidates);
}

/* The same request without what narrows. */
static struct request
bare(const struct request *request)
{
	return (struct request){
		.mode = request->mode,
		.login = request->login,
		.box = request->box,
		.chdir = request->chdir,
		.status_fd = -1,
		.string = request->string,
		.command = request->command,
	};
}

static void
run(FILE *out, const struct policy *policy, const struct caller *caller,
	const struct request *request)
{
	const struct request less = bare(request);
	struct plan plan, base;

	if (!use_request(out, policy, caller, request, &plan))
		return;
	for (int i = 0; i < LIMITS; i++)
		CHECK(!request->limits.v[i] ||
			plan.limits.v[i] == request->limits.v[i]);
	CHECK(use_request(out, policy, caller, &less, &base));
	check_narrower(&plan, &base);
}

static void
use(const struct request *request, size_t salt)
{
	const struct list_request list = {
		.box = request->box,
		.full = request->list_full,
		.json = request->json,
	};
	const struct reader_file file = { "p", policy_text,
		sizeof(policy_text) - 1, NULL };
	struct caller caller = use_caller(salt % USE_CALLERS, use_accounts());
	struct faults faults = { 0 };
	struct policy policy;
	char *text;
	size_t size;
	FILE *out = arena_memstream(&text, &size);

	reader_parse(&policy, &file, 1, NULL, &faults);
	CHECK(!faults.n);
	if (request->mode == MODE_LIST)
		use_list(out, &policy, &caller, &list);
	else if (request->mode == MODE_RUN || request->mode == MODE_EXPLAIN)
		run(out, &policy, &caller, request);
	(void)fclose(out);
	CHECK(expect_is_plain(text, true));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request request, again;
	const char *fault, *second;
	int argc;
	char **argv = split((const char *)data, size, &argc);

	fault = request_parse(&request, argc, argv);
	second = request_parse(&again, argc, argv);
	CHECK(!fault == !second && (!fault || !strcmp(fault, second)));
	if (fault) {
		check_fault(fault);
	} else {
		check_request(&request, argv, argc);
		use(&request, size);
	}
	arena_end();
	return 0;
}
