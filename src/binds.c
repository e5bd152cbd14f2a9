/* SPDX-License-Identifier: MIT */
/* What may be bound, and where?  Pure; runs in the caller's process before the
 * clone. */
#include "binds.h"

#include <string.h>

#include "die.h"
#include "home.h"
#include "path.h"
#include "tokens.h"
#include "xalloc.h"

/* For a source, or for a target. */
static struct tokens
tokens_of(const struct box *box, const struct caller *caller, bool target)
{
	return (struct tokens){
		.user = caller->name,
		.uid = xasprintf("%u", (unsigned)caller->uid),
		.home = target ? home_as_target(box, caller)
			       : home_outside(caller),
		.home_fixed = caller->known,
		.box = box->name,
	};
}

/* Both sides of a line, for the caller; false: it needs a home, and he has
 * none. */
static bool
expand(const struct box *box, const struct item *item,
	const struct caller *caller, struct bind *bind)
{
	struct tokens source = tokens_of(box, caller, false);
	struct tokens target = tokens_of(box, caller, true);
	size_t fixed, ignored;

	*bind = (struct bind){
		.source = tokens_expand(item->source, &source, &fixed),
		.target = tokens_expand(item->target, &target, &ignored),
		.writable = item->writable,
		.typed = tokens_in(item->target),
		.place = item->place,
	};
	bind->fixed = fixed;
	return bind->source && bind->target;
}

bool
binds_expand(struct bind *bind, const struct box *box, const struct item *item,
	const struct caller *caller, struct refusal *refusal)
{
	if (!expand(box, item, caller, bind))
		return fault_refuse(refusal, EXIT_MINIBOX, item->place,
			xasprintf("box '%s' binds something of your home, and "
				  "you have none that can be used (%s); tell "
				  "your administrator",
				box->name,
				caller->home ? caller->home : "no HOME"));
	if (!path_is_clean(bind->source) || !path_is_clean(bind->target))
		return fault_refuse(refusal, EXIT_MINIBOX, item->place,
			xasprintf("box '%s': a bind is too long for you; tell "
				  "your administrator",
				box->name));
	return true;
}

/* A slash at the end of what is typed says nothing. */
static const char *
without_slash(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	return xstrndup(path, n);
}

/* "." and what begins with "./" is in the working directory.  NULL: it cannot
 * be made absolute. */
static const char *
absolute(const char *source, const struct caller *caller)
{
	source = without_slash(source);
	if (source[0] == '/')
		return source;
	while (!strncmp(source, "./", 2))
		source += 2 + strspn(source + 2, "/");
	if (!caller->cwd)
		return NULL;
	return strcmp(source, ".") ? path_join(caller->cwd, source)
				   : caller->cwd;
}

const char *
binds_line(const struct box *box, const struct item *item,
	const struct caller *caller)
{
	const char *name;
	struct bind line;

	if (!expand(box, item, caller, &line))
		return NULL;
	name = line.source[strlen(line.source) - 1] == '/' ? "NAME" : "";
	return xasprintf("%s%s:%s%s:%s", line.source, name, line.target, name,
		line.writable ? "rw" : "ro");
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
	const struct bind *asked, const struct item *read_only,
	const struct item *beneath)
{
	if (read_only)
		return fault_refuse(refusal, EXIT_DENIED, read_only->place,
			xasprintf("box '%s' allows -B %s only read-only; write "
				  "-B %s:%s:ro",
				box->name, asked->source, asked->source,
				asked->target));
	if (box->allow_bind.n == 0)
		return fault_refuse(refusal, EXIT_DENIED, box->place,
			xasprintf("box '%s' takes no -B; leave it out",
				box->name));
	if (beneath)
		return fault_refuse(refusal, EXIT_DENIED, beneath->place,
			xasprintf("box '%s' allows -B for what lies in %s, not "
				  "for itself; name something in it",
				box->name, asked->source));
	return fault_refuse(refusal, EXIT_DENIED, box->place,
		xasprintf(
			"box '%s' does not allow -B %s:%s; see: minibox -l -b "
			"%s",
			box->name, asked->source, asked->target, box->name));
}

bool
binds_choose(struct bind *bind, const struct box *box,
	const struct value_bind *asked, const struct caller *caller,
	struct refusal *refusal)
{
	const char *source = absolute(asked->source, caller);
	const char *target =
		asked->target ? without_slash(asked->target) : source;
	const struct item *read_only = NULL, *beneath = NULL;

	*bind = (struct bind){
		.source = source,
		.target = target,
		.asked = true,
		.typed = true,
	};
	if (!source || !path_is_clean(source))
		return fault_refuse(refusal, EXIT_MINIBOX, 0,
			xasprintf("-B: SRC %s: %s", asked->source,
				source ? "must have no //, . and .. in it; "
					 "write the path that it stands for"
				       : "the working directory is not known; "
					 "write an absolute path"));
	if (!path_is_clean(target))
		return fault_refuse(refusal, EXIT_MINIBOX, 0,
			xasprintf("-B: DST %s: must be an absolute path in the "
				  "box, without //, . and ..",
				target));
	for (size_t i = 0; i < box->allow_bind.n; i++) {
		const struct item *item = &box->allow_bind.v[i];
		struct bind line;

		if (!expand(box, item, caller, &line))
			continue;
		if (!strcmp(path_join(source, ""), line.source))
			beneath = item;
		if (!lists(line.source, line.target, source, target))
			continue;
		if (asked->writable && !item->writable) {
			read_only = item;
			continue;
		}
		bind->fixed = line.fixed;
		bind->writable =
			asked->has_mode ? asked->writable : item->writable;
		bind->place = item->place;
		return true;
	}
	return not_allowed(refusal, box, bind, read_only, beneath);
}

static bool
overlap(const char *a, const char *b)
{
	return path_beneath(a, b) || path_beneath(b, a);
}

/* With a command goes what lies in its directory: a program may load what is
 * beside it.  With one in / that would be everything, and is only the command;
 * but `command = /` lists whatever is there. */
static const char *
shadowed_command(const struct list *list, const char *target)
{
	for (size_t i = 0; i < list->n; i++) {
		size_t n = strcspn(list->v[i].text, " ");
		char *path = xstrndup(list->v[i].text, n);
		char *dir = xstrndup(path, (size_t)(strrchr(path, '/') - path));
		bool everything = !strcmp(path, "/");

		if (everything || path_beneath(path, target) ||
			(*dir && overlap(target, dir)))
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
