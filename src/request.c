/* SPDX-License-Identifier: MIT */
/* What does the caller ask for?  Pure; runs in the caller's process as the very
 * first thing, as euid 0, on bytes that the caller chose. */
#include "request.h"

#include <string.h>

#include "near.h"
#include "path.h"
#include "xalloc.h"

#define NOFAULT NULL

/* Each is compared with all others of its kind. */
enum { BINDS_MAX = 64, ENVS_MAX = 5000 };

/* A handler takes the value (NULL where the option has none); it returns what
 * is wrong with it, or NOFAULT. */
typedef const char *option_handler(struct request *request, const char *value);

struct option {
	char letter; /* or 0 */
	const char *name;
	bool takes_value;
	option_handler *handle;
};

/* An option that another program has, and what to do here. */
struct foreign {
	const char *word;
	const char *cure;
};

static const struct foreign foreign[] = {
	{ "-v", "bind what the policy allows with -B SRC[:DST[:ro|rw]]" },
	{ "-it", "the terminal is always yours" },
	{ "-ti", "the terminal is always yours" },
	{ "-i", "the terminal is always yours" },
	{ "-t", "the terminal is always yours" },
	{ "-u", "the command always runs as you" },
	{ "--user", "the command always runs as you" },
	{ "--rm", "nothing is left of a box anyway" },
	{ "-R", "root file systems come from the policy; pick a box with -b" },
	{ "--rootfs",
		"root file systems come from the policy; pick a box with -b" },
	{ "--privileged", "there is no privilege in a box" },
	{ "--cap-add", "there is no privilege in a box" },
	{ "--config", "the policy is in a fixed place; try one with --check" },
};

static const char *
once(const char **field, const char *value)
{
	if (*field)
		return "given twice";
	*field = value;
	return NOFAULT;
}

static const char *
take_mode(struct request *request, enum request_mode mode)
{
	if (request->mode != MODE_RUN && request->mode != mode)
		return "cannot be combined with another of -n -l -h -V "
		       "--check";
	request->mode = mode;
	return NOFAULT;
}

static const char *
take_box(struct request *request, const char *value)
{
	return once(&request->box, value);
}

static const char *
take_env(struct request *request, const char *value)
{
	if (request->nenv == ENVS_MAX)
		return "given more than 5000 times";
	request->env[request->nenv++] = value;
	return NOFAULT;
}

static const char *
take_bind(struct request *request, const char *value)
{
	if (request->nbinds == BINDS_MAX)
		return "given more than 64 times";
	return value_bind(value, &request->binds[request->nbinds++]);
}

static const char *
take_chdir(struct request *request, const char *value)
{
	size_t n = strlen(value);

	/* A shell completes directories with a slash at the end. */
	if (n > 1 && value[n - 1] == '/' && value[n - 2] != '/')
		value = xstrndup(value, n - 1);
	if (!path_is_clean(value))
		return "must be an absolute path without //, . or ..";
	return once(&request->chdir, value);
}

static const char *
take_string(struct request *request, const char *value)
{
	return once(&request->string, value);
}

static const char *
take_hostname(struct request *request, const char *value)
{
	if (!value_is_hostname(value))
		return "must be 1 to 64 of A-Z a-z 0-9 . _ - and not begin "
		       "with . or -";
	return once(&request->hostname, value);
}

static const char *
take_network(struct request *request, const char *value)
{
	if (strcmp(value, "none"))
		return "can only be none; what more there is, the box gives";
	request->no_network = true;
	return NOFAULT;
}

static const char *
take_limit(struct request *request, enum limit limit, const char *value)
{
	if (request->limits.v[limit])
		return "given twice";
	return limit_parse(limit, value, &request->limits.v[limit]);
}

static const char *
take_memory(struct request *request, const char *value)
{
	return take_limit(request, LIMIT_MEMORY, value);
}

static const char *
take_pids_limit(struct request *request, const char *value)
{
	return take_limit(request, LIMIT_PIDS, value);
}

static const char *
take_cpus(struct request *request, const char *value)
{
	return take_limit(request, LIMIT_CPUS, value);
}

static const char *
take_timeout(struct request *request, const char *value)
{
	return take_limit(request, LIMIT_TIMEOUT, value);
}

static const char *
take_status_fd(struct request *request, const char *value)
{
	uint64_t fd;

	if (request->status_fd >= 0)
		return "given twice";
	if (!value_count(value, INT32_MAX, &fd) || fd < 3)
		return "must be the number of an open descriptor, at least 3, "
		       "as in: --status-fd=3 3>status";
	request->status_fd = (int)fd;
	return NOFAULT;
}

static const char *
take_explain(struct request *request, const char *value)
{
	(void)value;
	return take_mode(request, MODE_EXPLAIN);
}

static const char *
take_list(struct request *request, const char *value)
{
	(void)value;
	request->list_full = request->mode == MODE_LIST;
	return take_mode(request, MODE_LIST);
}

static const char *
take_json(struct request *request, const char *value)
{
	(void)value;
	request->json = true;
	return NOFAULT;
}

static const char *
take_check(struct request *request, const char *value)
{
	(void)value;
	return take_mode(request, MODE_CHECK);
}

static const char *
take_help(struct request *request, const char *value)
{
	(void)value;
	return take_mode(request, MODE_HELP);
}

static const char *
take_version(struct request *request, const char *value)
{
	(void)value;
	return take_mode(request, MODE_VERSION);
}

static const struct option options[] = {
	{ 'b', "box", true, take_box },
	{ 'B', "bind", true, take_bind },
	{ 'e', "env", true, take_env },
	{ 'C', "chdir", true, take_chdir },
	{ 'c', NULL, true, take_string },
	{ 0, "hostname", true, take_hostname },
	{ 0, "network", true, take_network },
	{ 0, "memory", true, take_memory },
	{ 0, "pids-limit", true, take_pids_limit },
	{ 0, "cpus", true, take_cpus },
	{ 0, "timeout", true, take_timeout },
	{ 0, "status-fd", true, take_status_fd },
	{ 'n', "dry-run", false, take_explain },
	{ 'l', "list", false, take_list },
	{ 0, "json", false, take_json },
	{ 0, "check", false, take_check },
	{ 'h', "help", false, take_help },
	{ 'V', "version", false, take_version },
};

static const struct option *
option_find(const char *word, size_t n, bool is_long)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const struct option *o = &options[i];

		if (is_long ? o->name && strlen(o->name) == n &&
					!memcmp(o->name, word, n)
			    : o->letter && o->letter == word[0])
			return o;
	}
	return NULL;
}

static const char *
unknown(const char *word)
{
	size_t n = strcspn(word, "=");
	struct near near = { 0 };

	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		const char *f = foreign[i].word;
		size_t len = strlen(f);

		/* -v/a:/b is -v, too */
		if ((len == n || (len == 2 && word[1] != '-')) &&
			!memcmp(f, word, len))
			return xasprintf(
				"there is no %s: %s", f, foreign[i].cure);
	}
	near.word = xstrndup(word, n);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].name)
			near_try(&near, xasprintf("--%s", options[i].name));
	return xasprintf("unknown option %s%s; see: minibox -h", near.word,
		near_hint(&near));
}

static const char *
apply(struct request *request, const struct option *o, const char *value)
{
	const char *fault = o->handle(request, value);

	if (!fault)
		return NOFAULT;
	if (o->name)
		return xasprintf("--%s%s%s: %s", o->name, value ? "=" : "",
			value ? value : "", fault);
	return xasprintf("-%c: %s", o->letter, fault);
}

/* `--name`, `--name=value`, `--name value`; *used counts the words. */
static const char *
parse_long(struct request *request, char **words, int *used)
{
	const char *name = words[0] + 2;
	size_t n = strcspn(name, "=");
	const struct option *o = option_find(name, n, true);
	const char *value = name[n] ? name + n + 1 : NULL;

	if (!o)
		return unknown(words[0]);
	if (!o->takes_value)
		return value ? xasprintf("--%s takes no value", o->name)
			     : apply(request, o, NULL);
	if (!value) {
		value = words[1];
		*used = 2;
	}
	if (!value)
		return xasprintf("--%s needs a value", o->name);
	return apply(request, o, value);
}

/* `-x`, `-xy`, `-xVALUE`, `-x VALUE`. */
static const char *
parse_short(struct request *request, char **words, int *used)
{
	const char *fault = NOFAULT;

	for (const char *s = words[0] + 1; *s && !fault; s++) {
		const struct option *o = option_find(s, 1, false);
		const char *value = s + 1;

		if (!o)
			return unknown(words[0]);
		if (!o->takes_value) {
			fault = apply(request, o, NULL);
			continue;
		}
		if (!*value) {
			value = words[1];
			*used = 2;
		}
		if (!value)
			return xasprintf("-%c needs a value", o->letter);
		return apply(request, o, value);
	}
	return fault;
}

static bool
asks_for_limits(const struct request *request)
{
	for (int i = 0; i < LIMITS; i++)
		if (request->limits.v[i])
			return true;
	return false;
}

/* What goes with what. */
static const char *
check(struct request *request)
{
	bool runs = request->mode == MODE_RUN || request->mode == MODE_EXPLAIN;
	bool narrows = request->nenv || request->nbinds || request->chdir ||
		       request->hostname || request->no_network ||
		       request->string || request->status_fd >= 0 ||
		       asks_for_limits(request);

	if (request->mode == MODE_HELP || request->mode == MODE_VERSION)
		return NOFAULT;
	if (request->mode == MODE_CHECK && request->command[0]) {
		request->check_file = request->command[0];
		request->command++;
	}
	if (!runs && (narrows || request->command[0]))
		return xasprintf("%s and a command or its options exclude each "
				 "other; see: minibox -h",
			request->mode == MODE_LIST ? "-l" : "--check");
	if (request->json && request->mode != MODE_LIST)
		return "--json goes with -l";
	if (request->mode == MODE_CHECK && request->box)
		return "--check looks at every box; leave -b out";
	if (request->string && request->command[0])
		return "-c takes one string; put the words in quotes";
	if (request->command[0] && !*request->command[0])
		return "the command is empty; name a program";
	return NOFAULT;
}

const char *
request_parse(struct request *request, int argc, char **argv)
{
	const char *fault = NOFAULT;
	int i = 1;

	*request = (struct request){
		.mode = MODE_RUN,
		.login = argv[0][0] == '-',
		.status_fd = -1,
		.env = xcalloc((size_t)argc, sizeof(*request->env)),
		.binds = xcalloc(BINDS_MAX, sizeof(*request->binds)),
	};
	while (i < argc && argv[i][0] == '-' && argv[i][1] && !fault) {
		int used = 1;

		if (!strcmp(argv[i], "--")) {
			i++;
			break;
		}
		fault = argv[i][1] == '-'
				? parse_long(request, argv + i, &used)
				: parse_short(request, argv + i, &used);
		i += used;
	}
	request->command = argv + (i < argc ? i : argc);
	return fault ? fault : check(request);
}
