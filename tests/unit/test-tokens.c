/* SPDX-License-Identifier: MIT */
/* What do %u, %U, %h, %b and %% stand for, and what is left to the caller? */
#include "tables.h"

#include "path.h"
#include "tokens.h"

static const struct tokens alice = {
	.user = "alice",
	.uid = "1000",
	.home = "/home/alice",
	.home_fixed = true,
	.box = "lab",
};

/* The path without and with a home that the host vouches for. */
static void
expand(void **state)
{
	static const struct {
		const char *path, *out;
		size_t fixed;       /* where the host knows the caller */
		size_t fixed_typed; /* where the home is his own word */
	} t[] = {
		/* Without a token: all of it. */
		{ "/a", "/a", 2, 2 },
		{ "/a/b/c", "/a/b/c", 6, 6 },
		{ "/a/", "/a/", 3, 3 },
		{ "/", "/", 1, 1 },
		/* What stands before the first component with a token. */
		{ "/%u", "/alice", 0, 0 },
		{ "/a/%u", "/a/alice", 2, 2 },
		{ "/a/b/%u", "/a/b/alice", 4, 4 },
		{ "/a/%u/b", "/a/alice/b", 2, 2 },
		{ "/a/%u/", "/a/alice/", 2, 2 },
		{ "/a/x%u", "/a/xalice", 2, 2 },
		{ "/a/x%uy/b", "/a/xalicey/b", 2, 2 },
		{ "/x%u", "/xalice", 0, 0 },
		{ "/a/%u/%U", "/a/alice/1000", 2, 2 },
		{ "/a/%u%U", "/a/alice1000", 2, 2 },
		{ "/a/%U", "/a/1000", 2, 2 },
		{ "/a/%b", "/a/lab", 2, 2 },
		{ "/a/%b/c", "/a/lab/c", 2, 2 },
		/* %% is a sign like others. */
		{ "/%%", "/%", 2, 2 },
		{ "/a%%", "/a%", 3, 3 },
		{ "/a%%b/c", "/a%b/c", 6, 6 },
		{ "/a/%%/b", "/a/%/b", 6, 6 },
		{ "/a%%%%b", "/a%%b", 5, 5 },
		{ "/a%%u", "/a%u", 4, 4 },
		{ "/a/b%%%u", "/a/b%alice", 2, 2 },
		{ "/a%%/%u", "/a%/alice", 3, 3 },
		{ "/a/%u%%", "/a/alice%", 2, 2 },
		{ "/a/%u/%%", "/a/alice/%", 2, 2 },
		{ "/a/%u/b%%c/d", "/a/alice/b%c/d", 2, 2 },
		/* The home: fixed, if it is the host's word. */
		{ "%h", "/home/alice", 11, 0 },
		{ "%h/", "/home/alice/", 11, 0 },
		{ "%h/a", "/home/alice/a", 11, 0 },
		{ "%h/a/b", "/home/alice/a/b", 11, 0 },
		{ "%h/%u", "/home/alice/alice", 11, 0 },
		{ "%h/%%", "/home/alice/%", 11, 0 },
		{ "%h/a/%U/%b", "/home/alice/a/1000/lab", 11, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct tokens typed = alice;
		size_t fixed = 77, of_typed = 77;
		const char *out = tokens_expand(t[i].path, &alice, &fixed);

		typed.home_fixed = false;
		assert_string_equal(
			tokens_expand(t[i].path, &typed, &of_typed), out);
		if (strcmp(out, t[i].out) || fixed != t[i].fixed ||
			of_typed != t[i].fixed_typed)
			fail_msg("%s: %s %zu %zu", t[i].path, out, fixed,
				of_typed);
		/* Up to a component's end. */
		assert_true(fixed == 0 || !out[fixed] || out[fixed] == '/' ||
			    out[fixed - 1] == '/');
		assert_null(tokens_path_fault(t[i].path));
	}
}

/* Only what needs a home needs one. */
static void
no_home(void **state)
{
	struct tokens homeless = alice;
	size_t fixed;

	(void)state;
	homeless.home = NULL;
	assert_null(tokens_expand("%h", &homeless, &fixed));
	assert_null(tokens_expand("%h/", &homeless, &fixed));
	assert_null(tokens_expand("%h/%u", &homeless, &fixed));
	assert_string_equal(tokens_expand("/%u", &homeless, &fixed), "/alice");
	assert_string_equal(tokens_expand("/%%h", &homeless, &fixed), "/%h");
}

/* A value with a % is not expanded once more. */
static void
once(void **state)
{
	const struct tokens odd = {
		.user = "%h",
		.uid = "%U",
		.home = "/home/%u",
		.box = "%%",
	};
	size_t fixed;

	(void)state;
	assert_string_equal(tokens_expand("%h/%u/%U/%b", &odd, &fixed),
		"/home/%u/%h/%U/%%");
}

static void
faults(void **state)
{
#define TOKENS "the tokens are %u, %U, %h, %b and %%"
#define FIRST "%h stands first, and alone in its component"
#define PATH "must be an absolute path"
	static const struct {
		const char *path, *part;
	} t[] = {
		{ "/a%b.c", NULL },
		{ "/a/..%u", NULL },
		{ "/a:b", NULL },
		{ "/%", TOKENS },
		{ "%", TOKENS },
		{ "/a%", TOKENS },
		{ "/a/%%%", TOKENS },
		{ "/%x", TOKENS },
		{ "/%H", TOKENS },
		{ "/%B", TOKENS },
		{ "/% u", TOKENS },
		{ "/%/u", TOKENS },
		{ "/%u/%n", TOKENS },
		{ "/%s%s%n", TOKENS },
		{ "%h%", FIRST },
		{ "/%h", FIRST },
		{ "/a/%h", FIRST },
		{ "/a%h", FIRST },
		{ "%hx", FIRST },
		{ "%h%u", FIRST },
		{ "%h%h", FIRST },
		{ "%h/%h", FIRST },
		{ "%%%h", FIRST },
		{ "", PATH },
		{ "a", PATH },
		{ "./a", PATH },
		{ "%u", PATH },
		{ "%u/a", PATH },
		{ "%%/a", PATH },
		{ "%b", PATH },
		{ "//", PATH },
		{ "//a", PATH },
		{ "/a//", PATH },
		{ "/a//b", PATH },
		{ "/a/.", PATH },
		{ "/a/./", PATH },
		{ "/a/..", PATH },
		{ "/../a", PATH },
		{ "/%u/../%U", PATH },
		{ "%h//a", PATH },
		{ "%h/../a", PATH },
		{ "%h/./a", PATH },
		{ "%h//", PATH },
		{ "/a b", PATH },
		{ "/a,b", PATH },
		{ "%h/a b", PATH },
		{ "/a ", PATH },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const char *fault = tokens_path_fault(t[i].path);

		if (!fault != !t[i].part ||
			(fault && !strstr(fault, t[i].part)))
			fail_msg("'%s': %s", t[i].path, fault);
	}
#undef PATH
#undef FIRST
#undef TOKENS
}

static void
are_there_any(void **state)
{
	(void)state;
	assert_true(tokens_in("%h"));
	assert_true(tokens_in("/a/b%%"));
	assert_false(tokens_in("/a/b"));
	assert_false(tokens_in(""));
}

/* Longer than any buffer. */
static void
length(void **state)
{
	struct tokens big = alice;
	char *user = xcalloc(5001, 1), *path = xstrdup("");
	size_t fixed;
	const char *out;

	(void)state;
	memset(user, 'u', 5000);
	big.user = user;
	for (int i = 0; i < 50; i++)
		path = xasprintf("%s/%%u", path);
	out = tokens_expand(path, &big, &fixed);
	assert_int_equal(strlen(out), 50 * 5001);
	assert_int_equal(fixed, 0);
	assert_false(path_is_clean(out));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(expand),
		cmocka_unit_test(no_home),
		cmocka_unit_test(once),
		cmocka_unit_test(faults),
		cmocka_unit_test(are_there_any),
		cmocka_unit_test(length),
	};

	return cmocka_run_group_tests_name("tokens", tests, NULL, NULL);
}
