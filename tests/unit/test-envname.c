/* SPDX-License-Identifier: MIT */
/* Which variables are never carried into a box? */
#include "tables.h"

#include "envname.h"

static void
names(void **state)
{
	static const struct {
		const char *name;
		bool is;
	} t[] = {
		{ "A", true },
		{ "a", true },
		{ "_", true },
		{ "A1", true },
		{ "_A_1z", true },
		{ "", false },
		{ "1A", false },
		{ "A-B", false },
		{ "A B", false },
		{ "A=", false },
		{ "=A", false },
		{ "A*", false },
		{ "A.B", false },
		{ "BASH_FUNC_x%%", false },
		{ "A\n", false },
		{ "\xc3\xa4", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		if (envname_is_name(t[i].name, strlen(t[i].name)) != t[i].is)
			fail_msg("'%s'", t[i].name);
	/* Only the first n bytes count; a NUL is not part of a name. */
	assert_true(envname_is_name("AB=c", 2));
	assert_false(envname_is_name("AB=c", 3));
	assert_false(envname_is_name("AB", 3));
	assert_false(envname_is_name("\0A", 2));
}

/* Refused: by a box that lists commands, and by one that runs any. */
static void
refused(void **state)
{
	static const struct {
		const char *name;
		bool listed, any;
	} t[] = {
		{ "HOME", true, true },
		{ "LOGNAME", true, true },
		{ "USER", true, true },
		{ "SHELL", true, true },
		{ "PATH", true, true },
		{ "PWD", true, true },
		{ "container", true, true },
		{ "MINIBOX_BOX", true, true },
		{ "LD_PRELOAD", true, true },
		{ "LD_LIBRARY_PATH", true, true },
		{ "LD_AUDIT", true, true },
		{ "LD_", true, true },
		{ "GLIBC_TUNABLES", true, true },
		{ "GCONV_PATH", true, false },
		{ "LOCPATH", true, false },
		{ "NLSPATH", true, false },
		{ "MALLOC_TRACE", true, false },
		{ "MALLOC_", true, false },
		{ "BASH_ENV", true, false },
		{ "ENV", true, false },
		{ "BASH_FUNC_ls", true, false },
		{ "SHELLOPTS", true, false },
		{ "BASHOPTS", true, false },
		{ "PS4", true, false },
		{ "IFS", true, false },
		{ "PROMPT_COMMAND", true, false },
		{ "PERL5LIB", true, false },
		{ "PERL", true, false },
		{ "PYTHONPATH", true, false },
		{ "RUBYOPT", true, false },
		{ "NODE_OPTIONS", true, false },
		{ "JAVA_TOOL_OPTIONS", true, false },
		{ "_JAVA_OPTIONS", true, false },
		{ "GIT_SSH_COMMAND", true, false },
		/* Their neighbours. */
		{ "HOMES", false, false },
		{ "HOM", false, false },
		{ "home", false, false },
		{ "OLDPWD", false, false },
		{ "CONTAINER", false, false },
		{ "MINIBOX_BOXES", false, false },
		{ "LD", false, false },
		{ "LDFLAGS", false, false },
		{ "ld_preload", false, false },
		{ "GLIBC_TUNABLES2", false, false },
		{ "LOCPATHS", false, false },
		{ "MALLOC", false, false },
		{ "ENVIRONMENT", false, false },
		{ "PS1", false, false },
		{ "PERSONAL", false, false },
		{ "PYTHO", false, false },
		{ "NODE_OPTION", false, false },
		{ "GIT", false, false },
		{ "TERM", false, false },
		{ "EDITOR", false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		size_t n = strlen(t[i].name);
		char *entry = xasprintf("%s=value", t[i].name);

		if (envname_is_refused(entry, n, false) != t[i].listed ||
			envname_is_refused(entry, n, true) != t[i].any)
			fail_msg("%s", t[i].name);
	}
	/* Only the first n bytes count. */
	assert_false(envname_is_refused("PATHOLOGY", 9, false));
	assert_true(envname_is_refused("PATHOLOGY", 4, false));
}

static void
plain_only(void **state)
{
	static const struct {
		const char *name;
		bool is;
	} t[] = {
		{ "TERM", true },
		{ "LANG", true },
		{ "LC_ALL", true },
		{ "LC_", true },
		{ "TERMINFO", false },
		{ "TERMCAP", false },
		{ "TER", false },
		{ "LANGUAGE", false },
		{ "LC", false },
		{ "lang", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		if (envname_is_plain_only(t[i].name, strlen(t[i].name)) !=
			t[i].is)
			fail_msg("%s", t[i].name);
}

static void
plain_values(void **state)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz"
				      "0123456789_.@:+-";
	char value[66] = "";

	(void)state;
	assert_false(envname_value_is_plain(""));
	assert_true(envname_value_is_plain("xterm-256color"));
	assert_true(envname_value_is_plain("de_DE.UTF-8@euro"));
	assert_false(envname_value_is_plain("../../x"));
	assert_false(envname_value_is_plain("a b"));
	for (int c = 1; c < 256; c++) {
		char text[] = { 'a', (char)c, 'z', '\0' };

		if (envname_value_is_plain(text) != !!strchr(allowed, c))
			fail_msg("byte %d", c);
	}
	memset(value, 'x', 64);
	assert_true(envname_value_is_plain(value));
	value[64] = 'x';
	assert_false(envname_value_is_plain(value));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(refused),
		cmocka_unit_test(plain_only),
		cmocka_unit_test(plain_values),
	};

	return cmocka_run_group_tests_name("envname", tests, NULL, NULL);
}
