/* SPDX-License-Identifier: MIT */
/* What may be bound, and where?  Pure; runs in the caller's process before the
 * clone. */
#include "binds.h"

#include <string.h>

#include "die.h"
#include "path.h"
#include "tokens.h"
#include "xalloc.h"

static struct tokens
tokens_of(const struct box *box, const struct caller *caller)
{
	const char *home = caller->home;
	bool usable = home && path_is_clean(home) && home[1];

	return (struct tokens){
		.user = caller->name,
		.uid = xasprintf("%u", (unsigned)caller->uid),
		.home = usable ? home : NULL,
		.home_fixed = caller->known,
		.box = box->name,
	};
}

bool
binds_expand(struct bind *bind, const struct box *box, const struct item *item,
	const struct caller *caller, struct refusal *refusal)
{
	struct tokens tokens = tokens_of(box, caller);
	size_t ignored;

	*bind = (struct bind){
		.source = tokens_expand(item->source, &tokens, &bind->fixed),
		.target = tokens_expand(item->target, &tokens, &ignored),
		.fixed = bind->fixed,
		.writable = item->writable,
		.typed = tokens_in(item->target),
		.line = item->line,
	};
	if (!bind->source || !bind->target)
		return fault_refuse(refusal, EXIT_MINIBOX, item->line,
			xasprintf("box '%s' binds something of your home, and "
				  "you have none that can be used (%s); tell "
				  "your administrator",
				box->name,
				caller->home ? caller->home : "no HOME"));
	if (!path_is_clean(bind->source) || !path_is_clean(bind->target))
		return fault_refuse(refusal, EXIT_MINIBOX, item->line,
			xasprintf("box '%s': a bind is too long for you; tell "
				  "your administrator",
				box->name));
	return true;
}

/* "." and what begins with "./" is in the working directory; a slash at the end
 * says nothing.  NULL: it cannot be made absolute. */
static const char *
absolute(const char *source, const struct caller *caller)
{
	size_t n = strlen(source);

	while (n > 1 && source[n - 1] == '/')
		n--;
	source = xstrndup(source, n);
	if (source[0] == '/')
		return source;
	while (!strncmp(source, "./", 2))
		source += 2 + strspn(source + 2, "/");
	if (!caller->cwd)
		return NULL;
	return strcmp(source, ".") ? path_join(caller->cwd, source)
				   : caller->cwd;
}

/* Whether the expanded line of allow-bind lists the two; a line that ends in
 * slashes lists the same place beneath both. */
static bool
lists(const char *line_source, const char *line_target, const char *source,
	const char *target)
{
	size_t n = strlen(line_source), m = strlen(line_target);

	if (line_source[n - 1] != '/')
		return !strcmp(source, line_source) &&
		       !strcmp(target, line_target);
	return !strncmp(source, line_source, n) &&
	       !strncmp(target, line_target, m) &&
	       !strcmp(source + n, target + m) && source[n];
}

static bool
not_allowed(struct refusal *refusal, const struct box *box,
	const struct bind *asked, const struct item *read_only)
{
	if (read_only)
		return fault_refuse(refusal, EXIT_DENIED, read_only->line,
			xasprintf("-B: box '%s' allows %s only read-only; "
				  "write %s:%s:ro",
				box->name, asked->source, asked->source,
				asked->target));
	return fault_refuse(refusal, EXIT_DENIED, box->line,
		xasprintf("-B: box '%s' does not allow %s on %s; see: minibox "
			  "-l -b %s",
			box->name, asked->source, asked->target, box->name));
}

bool
binds_choose(struct bind *bind, const struct box *box,
	const struct value_bind *asked, const struct caller *caller,
	struct refusal *refusal)
{
	struct tokens tokens = tokens_of(box, caller);
	const char *source = absolute(asked->source, caller);
	const char *target = asked->target ? asked->target : source;
	const struct item *read_only = NULL;

	*bind = (struct bind){
		.source = source,
		.target = target,
		.typed = true,
	};
	if (!source || !path_is_clean(source) || !path_is_clean(target))
		return fault_refuse(refusal, EXIT_MINIBOX, 0,
			xasprintf("-B %s: SRC and DST must be paths without "
				  "//, . and .., and DST must be absolute",
				asked->source));
	for (size_t i = 0; i < box->allow_bind.n; i++) {
		const struct item *item = &box->allow_bind.v[i];
		size_t fixed, ignored;
		const char *s = tokens_expand(item->source, &tokens, &fixed);
		const char *t = tokens_expand(item->target, &tokens, &ignored);

		if (!s || !t || !lists(s, t, source, target))
			continue;
		if (asked->writable && !item->writable) {
			read_only = item;
			continue;
		}
		bind->fixed = fixed;
		bind->writable =
			asked->has_mode ? asked->writable : item->writable;
		bind->line = item->line;
		return true;
	}
	return not_allowed(refusal, box, bind, read_only);
}

static bool
overlap(const char *a, const char *b)
{
	return path_beneath(a, b) || path_beneath(b, a);
}

static const char *
shadowed_command(const struct list *list, const char *target)
{
	for (size_t i = 0; i < list->n; i++) {
		size_t n = strcspn(list->v[i].text, " ");
		char *path = xstrndup(list->v[i].text, n);

		if (n > 1 && path[n - 1] == '/')
			path[n - 1] = '\0';
		if (overlap(target, path))
			return path;
	}
	return NULL;
}

const char *
binds_shadowed(const struct box *box, const char *target)
{
	static const char *const trusted[] = { "/etc", "/usr", "/bin",
		"/sbin" };
	const char *command;

	for (size_t i = 0; i < sizeof(trusted) / sizeof(trusted[0]); i++)
		if (overlap(target, trusted[i]))
			return trusted[i];
	if (!strncmp(target, "/lib", 4))
		return xstrndup(target, 1 + strcspn(target + 1, "/"));
	for (const char *dir = box->path;; dir++) {
		size_t n = strcspn(dir, ":");
		const char *entry = xstrndup(dir, n);

		if (overlap(target, entry))
			return entry;
		dir += n;
		if (!*dir)
			break;
	}
	command = shadowed_command(&box->command, target);
	return command ? command
		       : shadowed_command(&box->command_exact, target);
}
