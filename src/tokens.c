/* SPDX-License-Identifier: MIT */
/* What do %u, %U, %h, %b and %% stand for?  Pure; runs in the caller's process
 * before the clone. */
#include "tokens.h"

#include <string.h>

#include "path.h"
#include "xalloc.h"

/* For checking what a path will look like. */
static const struct tokens sample = {
	.user = "u",
	.uid = "1",
	.home = "/h",
	.box = "b",
};

bool
tokens_in(const char *text)
{
	return strchr(text, '%') != NULL;
}

static const char *
token_value(char letter, const struct tokens *tokens)
{
	switch (letter) {
	case 'u':
		return tokens->user;
	case 'U':
		return tokens->uid;
	case 'h':
		return tokens->home;
	case 'b':
		return tokens->box;
	case '%':
		return "%";
	default:
		return NULL;
	}
}

const char *
tokens_path_fault(const char *path)
{
	size_t fixed;

	for (const char *p = strchr(path, '%'); p; p = strchr(p + 2, '%')) {
		if (!token_value(p[1], &sample))
			return "the tokens are %u, %U, %h, %b and %%";
		if (p[1] == 'h' && (p != path || (p[2] && p[2] != '/')))
			return "%h stands first, and alone in its component";
	}
	if (strpbrk(path, " ,") ||
		!path_is_clean_dir(tokens_expand(path, &sample, &fixed)))
		return "must be an absolute path without //, ., .., blanks or "
		       "commas";
	return NULL;
}

char *
tokens_expand(const char *path, const struct tokens *tokens, size_t *fixed)
{
	char *out = xstrdup("");
	bool free_now = false;

	*fixed = 0;
	for (size_t n; *path; path += n) {
		const char *value;

		n = strcspn(path, "%");
		out = xasprintf("%s%.*s", out, (int)n, path);
		if (!free_now)
			*fixed = strlen(out);
		if (!path[n])
			break;
		value = token_value(path[n + 1], tokens);
		if (!value)
			return NULL;
		if (path[n + 1] == 'h')
			*fixed = tokens->home_fixed ? strlen(value) : 0;
		else if (path[n + 1] != '%' && !free_now)
			*fixed = (size_t)(strrchr(out, '/') - out);
		else if (!free_now)
			*fixed = strlen(out) + 1;
		free_now |= path[n + 1] != '%';
		out = xasprintf("%s%s", out, value);
		n += 2;
	}
	return out;
}
