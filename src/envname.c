/* SPDX-License-Identifier: MIT */
/* Which environment variables does a caller never carry into a box?  Pure;
 * any process. */
#include "envname.h"

#include <string.h>

#define ALPHA "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

/* A `*` at the end stands for any rest. */
static const char *const own[] = {
	"HOME",
	"LOGNAME",
	"USER",
	"SHELL",
	"PATH",
	"PWD",
	"container",
	"MINIBOX_BOX",
	"LD_*",
	"GLIBC_TUNABLES",
};

/* What makes a listed command run something else. */
static const char *const steering[] = {
	"GCONV_PATH",
	"LOCPATH",
	"NLSPATH",
	"MALLOC_*",
	"BASH_ENV",
	"ENV",
	"BASH_FUNC_*",
	"SHELLOPTS",
	"BASHOPTS",
	"PS4",
	"IFS",
	"PROMPT_COMMAND",
	"PERL*",
	"PYTHON*",
	"RUBY*",
	"NODE_OPTIONS",
	"JAVA_TOOL_OPTIONS",
	"_JAVA_OPTIONS",
	"GIT_*",
};

static const char *const plain_only[] = { "TERM", "LANG", "LC_*" };

static bool
in_table(const char *const *table, size_t count, const char *name, size_t n)
{
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(table[i]);
		bool prefix = table[i][len - 1] == '*';

		if (prefix)
			len--;
		if ((prefix ? n >= len : n == len) &&
			!memcmp(name, table[i], len))
			return true;
	}
	return false;
}

#define IN_TABLE(t, name, n) in_table(t, sizeof(t) / sizeof((t)[0]), name, n)

bool
envname_is_name(const char *s, size_t n)
{
	if (n == 0 || !strchr(ALPHA "_", s[0]))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!s[i] || !strchr(ALPHA DIGITS "_", s[i]))
			return false;
	return true;
}

bool
envname_is_refused(const char *name, size_t n, bool any_command)
{
	return IN_TABLE(own, name, n) ||
	       (!any_command && IN_TABLE(steering, name, n));
}

bool
envname_is_plain_only(const char *name, size_t n)
{
	return IN_TABLE(plain_only, name, n);
}

bool
envname_value_is_plain(const char *value)
{
	size_t n = strlen(value);

	return n >= 1 && n <= 64 && strspn(value, ALPHA DIGITS "_.@:+-") == n;
}
