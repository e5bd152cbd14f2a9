/* SPDX-License-Identifier: MIT */
/* What environment does the command get, and which -e is refused? */
#include "tables.h"

#include "env.h"

#define BOX "[box b]\nrootfs = /r\n" /* what is added stands in line 3 */

/* The environment behind PWD=, its entries with `|` between them, or NULL and
 * *refusal.  `own` is the caller's, `typed` what -e says. */
static const char *
built(const char *lines, const char *own, const char *typed,
	struct refusal *refusal)
{
	struct caller caller = unit_caller();
	struct request request = { 0 };
	const char *text = NULL;
	char **env;
	int n;

	if (*own)
		caller.env = unit_words(own, &n);
	assert_null(unit_request(&request, typed));
	*refusal = (struct refusal){ 0 };
	env = env_build(unit_box(xasprintf(BOX "%s", lines)), &caller,
		"/home/alice", &request, refusal);
	if (!env)
		return NULL;
	/* The place that the command's process fills in. */
	assert_string_equal(env[0], "PWD=");
	for (char **e = env + 1; *e; e++)
		text = text ? xasprintf("%s|%s", text, *e) : *e;
	return text;
}

/* The part of `text` behind minibox's own variables. */
static const char *
added(const char *text)
{
	static const char own[] =
		"HOME=/home/alice|LOGNAME=alice|USER=alice|SHELL=/bin/sh|"
		"PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:"
		"/sbin|container=minibox|MINIBOX_BOX=b";
	size_t n = strlen(own);

	assert_non_null(text);
	assert_memory_equal(text, own, n);
	return text[n] == '|' ? text + n + 1 : text + n;
}

static void
own(void **state)
{
	struct refusal r;

	(void)state;
	assert_string_equal(
		built("shell = /bin/bash\npath = /x:/y\ncommand = *\n", "", "",
			&r),
		"HOME=/home/alice|LOGNAME=alice|USER=alice|SHELL=/bin/bash|"
		"PATH=/x:/y|container=minibox|MINIBOX_BOX=b");
	assert_string_equal(added(built("", "", "", &r)), "");
}

static void
kept(void **state)
{
	static const struct {
		const char *lines, *own, *kept;
	} t[] = {
		/* Unasked: three names, and plain values only. */
		{ "", "TERM=xterm|LANG=C|LC_ALL=C.UTF-8|LC_X=1",
			"TERM=xterm|LANG=C|LC_ALL=C.UTF-8|LC_X=1" },
		{ "env-keep = none\n", "TERM=xterm", "TERM=xterm" },
		{ "", "TERMINFO=/x|LANGUAGE=de|XTERM=1|lang=C", "" },
		{ "", "TERM=../x|LANG=a b|LC_ALL=|LC_X=\x1b[m", "" },
		{ "env-keep = TERM, L*\n", "TERM=/x|LANG=$(x)|LC_A=\n", "" },
		{ "", "TERM", "" },
		/* By name, by prefix. */
		{ "env-keep = A\n", "A=1|B=2|AA=3|a=4|XA=5", "A=1" },
		{ "env-keep = A, B\n", "B=2|A=1", "B=2|A=1" },
		{ "env-keep = A_*\n", "A_=1|A_B=2|A=3|XA_=4", "A_=1|A_B=2" },
		{ "env-keep = A\n",
			"A= any \x1b value=", "A= any \x1b value=" },
		{ "env-keep = A\n", "A=", "A=" },
		{ "[defaults]\nenv-keep = A\n", "A=1", "A=1" },
		{ "env-keep = B\n[defaults]\nenv-keep = A\n", "A=1|B=2",
			"B=2" },
		/* The first of two counts. */
		{ "env-keep = A\n", "A=1|A=2", "A=1" },
		{ "env-keep = A, AA\n", "AA=1|A=2", "AA=1|A=2" },
		/* What is no NAME=VALUE. */
		{ "env-keep = A, X*\n", "A|=A|A B=1|X-Y=1|X=|1X=1", "X=" },
		/* Never these, whatever a prefix says. */
		{ "env-keep = H*, P*, L*, S*, U*, M*, c*\n",
			"HOME=/x|PATH=/x|PWD=/x|LOGNAME=x|LD_PRELOAD=x|"
			"LD_=1|SHELL=x|USER=x|MINIBOX_BOX=x|container=x|HI=1",
			"HI=1" },
		{ "env-keep = G*, B*, P*, E*, I*, N*, _*\n",
			"GLIBC_TUNABLES=x|BASH_ENV=x|PYTHONPATH=x|ENV=x|"
			"IFS=x|NODE_OPTIONS=x|_JAVA_OPTIONS=x|GIT_DIR=x|"
			"PS4=x|PS1=y|GITX=y",
			"PS1=y|GITX=y" },
		{ "command = *\nenv-keep = G*, B*, P*, L*\n",
			"GLIBC_TUNABLES=x|LD_AUDIT=x|PATH=x|BASH_ENV=y|"
			"PYTHONPATH=y|GIT_DIR=y",
			"BASH_ENV=y|PYTHONPATH=y|GIT_DIR=y" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct refusal r;
		const char *text = added(built(t[i].lines, t[i].own, "", &r));

		if (strcmp(text, t[i].kept))
			fail_msg("%s%s: %s", t[i].lines, t[i].own, text);
	}
}

/* The later wins: own, kept, set, -e; each name stands once. */
static void
order(void **state)
{
	static const struct {
		const char *lines, *own, *typed, *result;
	} t[] = {
		{ "env-set = A=set\n", "A=own", "", "A=set" },
		{ "env-keep = A\nenv-set = A=set\n", "A=own", "", "A=set" },
		{ "env-set = A=1\nenv-set = A=2\n", "", "", "A=2" },
		{ "env-set = A=1\nenv-set = AA=2\n", "", "", "A=1|AA=2" },
		{ "env-set = AA=1\nenv-set = A=2\n", "", "", "AA=1|A=2" },
		{ "env-set = TERM=a b\n", "TERM=xterm", "", "TERM=a b" },
		{ "env-set = LD_PRELOAD=/x\n", "", "", "LD_PRELOAD=/x" },
		{ "user-env = yes\nenv-set = A=set\n", "A=own", "-e|A=e",
			"A=e" },
		{ "user-env = yes\nenv-keep = A\n", "A=own", "-e|A=e", "A=e" },
		{ "user-env = yes\nenv-set = A=set\n", "A=own", "-e|A",
			"A=own" },
		{ "user-env = yes\nenv-set = A=set\n", "", "-e|A", "A=set" },
		{ "user-env = yes\n", "", "-e|A=1|-e|A=2", "A=2" },
		{ "user-env = yes\n", "B=own|A=1", "-e|B|-e|C=3", "B=own|C=3" },
		{ "user-env = yes\n", "B=1|B=2", "-e|B", "B=1" },
		{ "user-env = yes\n", "BB=1", "-e|B", "" },
		{ "user-env = yes\n", "TERM=xterm", "-e|TERM=vt100",
			"TERM=vt100" },
		{ "user-env = yes\n", "",
			"-e|A= any \x1b value=", "A= any \x1b value=" },
		{ "user-env = yes\n", "", "-e|A=", "A=" },
	};
	struct refusal r;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const char *text =
			added(built(t[i].lines, t[i].own, t[i].typed, &r));

		if (strcmp(text, t[i].result))
			fail_msg("%s%s %s: %s", t[i].lines, t[i].own,
				t[i].typed, text);
	}
	/* env-set may say what the caller may not. */
	assert_string_equal(built("env-set = HOME=/h\nenv-set = PATH=/p\n"
				  "env-set = SHELL=/s\n",
				    "", "", &r),
		"HOME=/h|LOGNAME=alice|USER=alice|SHELL=/s|PATH=/p|"
		"container=minibox|MINIBOX_BOX=b");
}

/* Each refusal, with the sibling that is allowed. */
static void
refused(void **state)
{
	static const char yes[] = "user-env = yes\n";
	static const struct {
		const char *lines, *typed, *sibling;
		int status;
		const char *part;
	} t[] = {
		/* The name. */
		{ yes, "1A=b", "A1=b", 125, "'1A' is not a variable name" },
		{ yes, "=b", "_=b", 125, "'' is not a variable name" },
		{ yes, "", "A", 125, "'' is not a variable name" },
		{ yes, "A B=c", "A_B=c", 125, "not a variable name" },
		{ yes, "A-B=c", "A_B=c", 125, "not a variable name" },
		{ yes, "A*", "A", 125, "not a variable name" },
		{ yes, "A\n=b", "A=\n", 125, "not a variable name" },
		{ yes, "BASH_FUNC_x%%=y", "BASHFUNC=y", 125,
			"not a variable name" },
		/* Minibox's own, and the loader's. */
		{ yes, "HOME=/x", "HOMES=/x", 126, "HOME cannot be set" },
		{ yes, "PATH=/x", "PATHS=/x", 126, "cannot be set" },
		{ yes, "PATH", "PATHS", 126, "cannot be set" },
		{ yes, "PWD=/x", "OLDPWD=/x", 126, "cannot be set" },
		{ yes, "USER=x", "USERS=x", 126, "cannot be set" },
		{ yes, "container=x", "Container=x", 126, "cannot be set" },
		{ yes, "MINIBOX_BOX=x", "MINIBOX=x", 126, "cannot be set" },
		{ yes, "LD_PRELOAD=x", "LDPRELOAD=x", 126, "cannot be set" },
		{ yes, "GLIBC_TUNABLES=", "GLIBC=", 126, "cannot be set" },
		{ "command = *\n", "LD_AUDIT=x", "LDAUDIT=x", 126,
			"cannot be set in box 'b'" },
		{ "command = *\n", "SHELL=x", "SHELLS=x", 126,
			"cannot be set" },
		/* What steers interpreters, unless anything runs. */
		{ yes, "BASH_ENV=x", "BASHENV=x", 126, "cannot be set" },
		{ yes, "GIT_SSH=x", "GITSSH=x", 126, "cannot be set" },
		{ yes, "PERL5LIB=x", "PEARL=x", 126, "cannot be set" },
		{ yes, "IFS=x", "IFSS=x", 126, "cannot be set" },
		/* Values of the three. */
		{ yes, "TERM=a b", "TERM=a.b", 125, "TERM must be 1 to 64" },
		{ yes, "LANG=", "LANG=C", 125, "LANG must be" },
		{ yes, "LC_ALL=../x", "LC_ALL=x", 125, "LC_ALL must be" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct refusal r;

		if (built(t[i].lines, "", xasprintf("-e|%s", t[i].typed), &r) ||
			r.status != t[i].status || !strstr(r.text, t[i].part))
			fail_msg("%s: %s", t[i].typed, r.text);
		if (!built(t[i].lines, "", xasprintf("-e|%s", t[i].sibling),
			    &r))
			fail_msg("%s: %s", t[i].sibling, r.text);
	}
	for (size_t i = 0; i < COUNT(t); i++) {
		struct refusal r;

		/* One that is right before or behind does not help. */
		assert_null(built(t[i].lines, "",
			xasprintf("-e|OK=1|-e|%s", t[i].typed), &r));
		assert_null(built(t[i].lines, "",
			xasprintf("-e|%s|-e|OK=1", t[i].typed), &r));
	}
}

/* With command = *, interpreters may be steered. */
static void
any_command(void **state)
{
	struct refusal r;

	(void)state;
	assert_string_equal(added(built("command = *\n", "PYTHONPATH=/p",
				    "-e|BASH_ENV=x|-e|PYTHONPATH", &r)),
		"BASH_ENV=x|PYTHONPATH=/p");
	/* A name alone whose value is not plain is an error as well. */
	assert_null(built("command = *\n", "TERM=/x", "-e|TERM", &r));
	assert_int_equal(r.status, 125);
	assert_string_equal(
		added(built("command = *\n", "TERM=x", "-e|TERM", &r)),
		"TERM=x");
}

/* Whether the box takes -e at all, and the line that says so. */
static void
user_env(void **state)
{
	static const struct {
		const char *lines;
		int line; /* -1: it does */
	} t[] = {
		{ "", 1 },
		{ "user-env = no\n", 3 },
		{ "command = /bin/\n", 1 },
		{ "command = *\nuser-env = no\n", 4 },
		{ "[defaults]\nuser-env = no\n", 4 },
		{ "command = *\n", -1 },
		{ "user-env = yes\n", -1 },
		{ "[defaults]\nuser-env = yes\n", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct refusal r;
		const char *text = built(t[i].lines, "", "-e|A=b", &r);

		if (!text != (t[i].line > 0) ||
			(!text &&
				(r.place != t[i].line || r.status != 126 ||
					!strstr(r.text, "does not allow -e"))))
			fail_msg("%s: line %d", t[i].lines, r.place);
		/* Without -e nothing is refused. */
		assert_non_null(built(t[i].lines, "A=b", "", &r));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(own),
		cmocka_unit_test(kept),
		cmocka_unit_test(order),
		cmocka_unit_test(refused),
		cmocka_unit_test(any_command),
		cmocka_unit_test(user_env),
	};

	return cmocka_run_group_tests_name("env", tests, NULL, NULL);
}
