/* SPDX-License-Identifier: MIT */
/* What may be bound, and where? */
#include "tables.h"

#include "binds.h"
#include "path.h"

#define BOX "[box b]\nrootfs = /r\n" /* what is added stands in line 3 */
#define ANY BOX "command = *\n"      /* and here in line 4 */

/* "SOURCE on TARGET ro|rw FIXED LINE", or the status and the text. */
static const char *
told(bool ok, const struct bind *b, const struct refusal *r)
{
	if (!ok)
		return xasprintf("%d: %s", r->status, r->text);
	assert_true(path_is_clean(b->source));
	assert_true(path_is_clean(b->target));
	return xasprintf("%s on %s %s %zu %d", b->source, b->target,
		b->writable ? "rw" : "ro", b->fixed, b->place);
}

static const char *
choose(const char *lines, const char *asked, const struct caller *caller,
	int *line)
{
	const struct box *box = unit_box(xasprintf(ANY "%s", lines));
	struct refusal refusal = { 0 };
	struct value_bind v;
	struct bind bind;
	bool ok;

	assert_null(value_bind(asked, &v));
	ok = binds_choose(&bind, box, &v, caller, &refusal);
	*line = ok ? bind.place : refusal.place;
	assert_true(!ok || bind.typed);
	return told(ok, &bind, &refusal);
}

#define NOT(source, target) \
	"126: box 'b' does not allow -B " source ":" target \
	"; see: minibox -l -b b"
#define ITSELF(source) \
	"126: box 'b' allows -B for what lies in " source \
	", not for itself; name something in it"
#define READ_ONLY(source, target) \
	"126: box 'b' allows -B " source " only read-only; write -B " source \
	":" target ":ro"

/* The whole of both paths, or the same rest beneath both. */
static void
chosen(void **state)
{
#define A "allow-bind = "
	static const struct {
		const char *lines, *asked, *told;
	} t[] = {
		{ "", "/a", "126: box 'b' takes no -B; leave it out" },
		{ A "none\n", "/a", "126: box 'b' takes no -B; leave it out" },
		/* As a whole. */
		{ A "/a\n", "/a", "/a on /a ro 2 4" },
		{ A "/a\n", "/a:/a", "/a on /a ro 2 4" },
		{ A "/a:/b\n", "/a:/b", "/a on /b ro 2 4" },
		{ A "/a:/b\n", "/a", NOT("/a", "/a") },
		{ A "/a:/b\n", "/b:/a", NOT("/b", "/a") },
		{ A "/a:/b\n", "/b", NOT("/b", "/b") },
		{ A "/a\n", "/a:/b", NOT("/a", "/b") },
		{ A "/a\n", "/ab", NOT("/ab", "/ab") },
		{ A "/ab\n", "/a", NOT("/a", "/a") },
		{ A "/a\n", "/a/b", NOT("/a/b", "/a/b") },
		{ A "/a\n", "/A", NOT("/A", "/A") },
		{ A "/a/b\n", "/a", NOT("/a", "/a") },
		{ A "/a\n", "/", NOT("/", "/") },
		{ "bind = /a\n", "/a",
			"126: box 'b' takes no -B; leave it out" },
		/* Beneath a directory. */
		{ A "/a/\n", "/a/x", "/a/x on /a/x ro 3 4" },
		{ A "/a/\n", "/a/x/y", "/a/x/y on /a/x/y ro 3 4" },
		{ A "/a/:/b/\n", "/a/x:/b/x", "/a/x on /b/x ro 3 4" },
		{ A "/a/:/b/c/\n", "/a/x:/b/c/x", "/a/x on /b/c/x ro 3 4" },
		{ A "/a/:/b/\n", "/a/x y:/b/x y", "/a/x y on /b/x y ro 3 4" },
		{ A "/a/:/b/\n", "/a/x:/b/y", NOT("/a/x", "/b/y") },
		{ A "/a/:/b/\n", "/a/x:/b/x/y", NOT("/a/x", "/b/x/y") },
		{ A "/a/:/b/\n", "/a/x/y:/b/x", NOT("/a/x/y", "/b/x") },
		{ A "/a/:/b/\n", "/a/x:/b/xy", NOT("/a/x", "/b/xy") },
		{ A "/a/:/b/\n", "/a/x", NOT("/a/x", "/a/x") },
		{ A "/a/:/b/\n", "/b/x:/a/x", NOT("/b/x", "/a/x") },
		{ A "/a/:/b/\n", "/a/x:/bqx", NOT("/a/x", "/bqx") },
		{ A "/a/:/b/\n", "/aqx:/b/x", NOT("/aqx", "/b/x") },
		{ A "/a/:/b/\n", "/aqx:/bqx", NOT("/aqx", "/bqx") },
		{ A "/a/\n", "/a", ITSELF("/a") },
		{ A "/a/\n", "/a/", ITSELF("/a") },
		{ A "/a/:/b/\n", "/a/:/b", ITSELF("/a") },
		{ A "/a/\n", "/ab", NOT("/ab", "/ab") },
		{ A "/a/\n", "/ab/x", NOT("/ab/x", "/ab/x") },
		{ A "/a/b/\n", "/a/x", NOT("/a/x", "/a/x") },
		{ A "/a/:/b/\n", "/a/x:/bc/x", NOT("/a/x", "/bc/x") },
		/* Tokens, on either side. */
		{ A "/d/%u/\n", "/d/alice/x",
			"/d/alice/x on /d/alice/x ro 2 4" },
		{ A "/d/%u/\n", "/d/bob/x", NOT("/d/bob/x", "/d/bob/x") },
		{ A "/d/%u/\n", "/d/%u/x", NOT("/d/%u/x", "/d/%u/x") },
		{ A "/d/%u:/m\n", "/d/alice:/m", "/d/alice on /m ro 2 4" },
		{ A "/d/%U/%b\n", "/d/1000/b",
			"/d/1000/b on /d/1000/b ro 2 4" },
		{ A "/d%%\n", "/d%", "/d% on /d% ro 3 4" },
		{ A "/d%%\n", "/d%%", NOT("/d%%", "/d%%") },
		{ A "/m:/d/%u\n", "/m:/d/alice", "/m on /d/alice ro 2 4" },
		{ A "%h/:%h/:rw\n", "/home/alice/x",
			"/home/alice/x on /home/alice/x rw 11 4" },
		{ A "%h/:%h/:rw\n", "/home/alice", ITSELF("/home/alice") },
		{ A "%h/:%h/\n", "/home/alice2/x",
			NOT("/home/alice2/x", "/home/alice2/x") },
		{ A "%h/:%h/\n", "/home/bob/x",
			NOT("/home/bob/x", "/home/bob/x") },
		{ A "%h:/m\n", "/home/alice:/m", "/home/alice on /m ro 11 4" },
		{ A "%h/a:/m\n", "/home/alice/a:/m",
			"/home/alice/a on /m ro 11 4" },
		/* Modes. */
		{ A "/a:/b:rw\n", "/a:/b", "/a on /b rw 2 4" },
		{ A "/a:/b:rw\n", "/a:/b:rw", "/a on /b rw 2 4" },
		{ A "/a:/b:rw\n", "/a:/b:ro", "/a on /b ro 2 4" },
		{ A "/a:/b:ro\n", "/a:/b", "/a on /b ro 2 4" },
		{ A "/a:/b:ro\n", "/a:/b:ro", "/a on /b ro 2 4" },
		{ A "/a:/b:ro\n", "/a:/b:rw", READ_ONLY("/a", "/b") },
		{ A "/a:/b\n", "/a:/b:rw", READ_ONLY("/a", "/b") },
		{ A "/a/:/b/\n", "/a/x:/b/x:rw", READ_ONLY("/a/x", "/b/x") },
		{ A "/a:/b\n", "/a:/c:rw", NOT("/a", "/c") },
		/* Of several lines, the first that gives what is asked. */
		{ A "/a\n" A "/b\n", "/b", "/b on /b ro 2 5" },
		{ A "/a\n" A "/a:/a:rw\n", "/a", "/a on /a ro 2 4" },
		{ A "/a\n" A "/a:/a:rw\n", "/a:/a:ro", "/a on /a ro 2 4" },
		{ A "/a\n" A "/a:/a:rw\n", "/a:/a:rw", "/a on /a rw 2 5" },
		{ A "/a:/a:rw\n" A "/a\n", "/a", "/a on /a rw 2 4" },
		{ A "/a/\n" A "/a/x\n", "/a/x", "/a/x on /a/x ro 3 4" },
		{ A "/a\n" A "/a:/b:rw\n", "/a:/a:rw", READ_ONLY("/a", "/a") },
	};
	const struct caller caller = unit_caller();

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		int line;
		const char *what =
			choose(t[i].lines, t[i].asked, &caller, &line);

		if (strcmp(what, t[i].told))
			fail_msg("%s-B %s: %s", t[i].lines, t[i].asked, what);
	}
}

/* The line of the refusal: the box's where no line lists it, that of the
 * read-only one, none where the words were wrong. */
static void
lines_of_refusals(void **state)
{
	const struct caller caller = unit_caller();
	int line;

	(void)state;
	(void)choose(A "/x\n" A "/a\n", "/b", &caller, &line);
	assert_int_equal(line, 1);
	(void)choose(A "/x\n" A "/a\n", "/a:/a:rw", &caller, &line);
	assert_int_equal(line, 5);
	(void)choose(A "/x\n" A "/a\n", "/a/..", &caller, &line);
	assert_int_equal(line, 0);
}

/* What SRC and DST may look like; SRC is taken from the working directory. */
static void
spelling(void **state)
{
#define SRC "125: -B: SRC "
#define DST "125: -B: DST "
#define CWD(src) SRC src ": the working directory is not known"
	static const struct {
		const char *cwd, *asked, *told;
	} t[] = {
		/* A slash at the end of SRC says nothing. */
		{ "/a", "/a/x/", "/a/x on /a/x rw 3 4" },
		{ "/a", "/a/x///", "/a/x on /a/x rw 3 4" },
		{ "/a", "/a/x/:/b/x", "/a/x on /b/x rw 3 5" },
		/* From the working directory. */
		{ "/a", "x", "/a/x on /a/x rw 3 4" },
		{ "/a", "x/", "/a/x on /a/x rw 3 4" },
		{ "/a", "./x", "/a/x on /a/x rw 3 4" },
		{ "/a", "././/./x", "/a/x on /a/x rw 3 4" },
		{ "/a", "x/y", "/a/x/y on /a/x/y rw 3 4" },
		{ "/a/x", ".", "/a/x on /a/x rw 3 4" },
		{ "/a/x", "./", "/a/x on /a/x rw 3 4" },
		{ "/a/x", "./.", "/a/x on /a/x rw 3 4" },
		{ "/a/x", ".:/b/x", "/a/x on /b/x rw 3 5" },
		{ "/a/x", "y:/b/x/y:ro", "/a/x/y on /b/x/y ro 3 5" },
		{ "/", "a/x", "/a/x on /a/x rw 3 4" },
		{ "/a", "...", "/a/... on /a/... rw 3 4" },
		{ "/a", ".x", "/a/.x on /a/.x rw 3 4" },
		{ "/a", "x:/b/x", "/a/x on /b/x rw 3 5" },
		{ "/a", ".", ITSELF("/a") },
		{ "/c", "x", NOT("/c/x", "/c/x") },
		{ "/", ".", NOT("/", "/") },
		{ "/", "/", NOT("/", "/") },
		{ "/", "//", NOT("/", "/") },
		/* What is not clean, though it would lead to what is allowed.
		 */
		{ "/a", "..", SRC },
		{ "/a/x", "../y", SRC },
		{ "/a", "x/..", SRC },
		{ "/a", "x/../y", SRC },
		{ "/a", "./../a/x", SRC },
		{ "/a", "x/.", SRC },
		{ "/a", "x/./y", SRC },
		{ "/a", "x//y", SRC },
		{ "/a", "/a/x/..", SRC },
		{ "/a", "/a/../a/x", SRC },
		{ "/a", "/a/x/../../c", SRC },
		{ "/a", "/a//x", SRC },
		{ "/a", "//a/x", SRC },
		{ "/a", "/a/./x", SRC },
		{ "/a", "/./a/x", SRC },
		/* DST is what it is: nobody says where in the box one is. */
		{ "/a", "x:x", DST },
		{ "/a", "/a/x:./x", DST },
		{ "/a", "/a/x:.", DST },
		{ "/a", "/a/x:/b/x/..", DST },
		{ "/a", "/a/x:/b/../b/x", DST },
		{ "/a", "/a/x:/b//x", DST },
		{ "/a", "/a/x:/b/x/", "/a/x on /b/x rw 3 5" },
		{ "/a", "/a/x/:/b/x///", "/a/x on /b/x rw 3 5" },
		{ "/a", "/a/x:/b/x/.", DST },
		{ "/a", "/a/x:/b/./x/", DST },
		/* The working directory is unknown, or not one to compare. */
		{ NULL, "/a/x", "/a/x on /a/x rw 3 4" },
		{ NULL, "x", CWD("x") },
		{ NULL, ".", CWD(".") },
		{ NULL, "./x:/a/x", CWD("./x") },
		{ "(unreachable)/a", "x", SRC },
		{ "ab", "x:/a/x", SRC },
		{ "/a/../c", "x", SRC },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct caller caller = unit_caller();
		int line;
		const char *what;

		caller.cwd = t[i].cwd;
		what = choose(A "/a/:/a/:rw\n" A "/a/:/b/:rw\n", t[i].asked,
			&caller, &line);
		if (strncmp(what, t[i].told, strlen(t[i].told)))
			fail_msg("-B %s in %s: %s", t[i].asked, t[i].cwd, what);
	}
#undef CWD
#undef DST
#undef SRC
}

static void
long_words(void **state)
{
	const struct caller caller = unit_caller();
	char *big = xcalloc(5000, 1);
	int line;

	(void)state;
	memset(big, 'x', 4999);
	assert_non_null(strstr(
		choose(A "/a/\n", xasprintf("/a/%s", big), &caller, &line),
		"125: -B: SRC /a/xxx"));
	assert_non_null(strstr(
		choose(A "/a/\n", big, &caller, &line), "125: -B: SRC xxx"));
}

/* Lines of allow-bind whose %h has no home that can be used are passed over;
 * the others still count. */
static void
homes(void **state)
{
	static const struct {
		const char *home;
		bool known;
		const char *told;
	} t[] = {
		{ "/home/alice", true, "/home/alice/x on /m ro 11 4" },
		{ "/home/alice", false, "/home/alice/x on /m ro 0 4" },
		{ NULL, false, NOT("/home/alice/x", "/m") },
		{ "", false, NOT("/home/alice/x", "/m") },
		{ "/", true, NOT("/home/alice/x", "/m") },
		{ "home/alice", false, NOT("/home/alice/x", "/m") },
		{ "/home//alice", false, NOT("/home/alice/x", "/m") },
		{ "//home/alice", false, NOT("/home/alice/x", "/m") },
		{ "/home/alice/", false, NOT("/home/alice/x", "/m") },
		{ "/home/./alice", false, NOT("/home/alice/x", "/m") },
		{ "/home/alice/..", false, NOT("/home/alice/x", "/m") },
		{ "/home/bob", true, NOT("/home/alice/x", "/m") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		static const char lines[] = A "%h/x:/m\n" A "/d/%u:/m\n";
		struct caller caller = unit_caller();
		int line;
		const char *what;

		caller.home = t[i].home;
		caller.known = t[i].known;
		what = choose(lines, "/home/alice/x:/m", &caller, &line);
		if (strcmp(what, t[i].told))
			fail_msg("%s: %s", t[i].home, what);
		/* "/" would make of %h/ a line that allows everything. */
		what = choose(A "%h/:%h/\n", "/x", &caller, &line);
		assert_string_equal(what, NOT("/x", "/x"));
		what = choose(
			A "/m:%h/x\n", "/m:/home/alice/x", &caller, &line);
		/* In the box, $HOME does not say where. */
		assert_int_equal(!strncmp(what, "126:", 4),
			t[i].known && !strncmp(t[i].told, "126:", 4));
		what = choose(lines, "/d/alice:/m", &caller, &line);
		assert_string_equal(what, "/d/alice on /m ro 2 5");
	}
}
#undef A

/* A line of `bind`, for this caller. */
static void
expanded(void **state)
{
	static const struct {
		const char *line, *told;
		bool typed;
	} t[] = {
		{ "/a", "/a on /a ro 2 4", false },
		{ "/a:/b", "/a on /b ro 2 4", false },
		{ "/a:/b:rw", "/a on /b rw 2 4", false },
		{ "/a/%u:/b", "/a/alice on /b ro 2 4", false },
		{ "/a/%u", "/a/alice on /a/alice ro 2 4", true },
		{ "/a:/b/%u", "/a on /b/alice ro 2 4", true },
		{ "/a/%U:/b/%b:rw", "/a/1000 on /b/b rw 2 4", true },
		{ "/a%%:/b", "/a% on /b ro 3 4", false },
		{ "%h:/m", "/home/alice on /m ro 11 4", false },
		{ "%h/d/%u:/m:rw", "/home/alice/d/alice on /m rw 11 4", false },
		{ "/a:%h/d", "/a on /home/alice/d ro 2 4", true },
	};
	const struct caller caller = unit_caller();

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct box *b =
			unit_box(xasprintf(ANY "bind = %s\n", t[i].line));
		struct refusal r = { 0 };
		struct bind bind;
		bool ok = binds_expand(&bind, b, &b->bind.v[0], &caller, &r);

		assert_string_equal(told(ok, &bind, &r), t[i].told);
		assert_int_equal(bind.typed, t[i].typed);
	}
}

/* `bind` does not pass over what it cannot do. */
static void
not_expanded(void **state)
{
	static const char *const homes[] = { NULL, "", "/", "home", "/home//a",
		"/home/a/", "/home/../etc" };
	static const char *const lines[] = { "%h:/m", "%h/x:/m", "/m:%h/x" };
	char *big = xcalloc(4096, 1);
	struct caller caller = unit_caller();
	struct refusal r;
	struct bind bind;

	(void)state;
	for (size_t l = 0; l < COUNT(lines); l++) {
		const struct box *b =
			unit_box(xasprintf(ANY "bind = %s\n", lines[l]));

		for (size_t i = 0; i < COUNT(homes); i++) {
			caller.home = homes[i];
			assert_false(binds_expand(
				&bind, b, &b->bind.v[0], &caller, &r));
			assert_string_equal(told(false, NULL, &r),
				xasprintf("125: box 'b' binds something of "
					  "your home, and you have none that "
					  "can be used (%s); tell your "
					  "administrator",
					homes[i] ? homes[i] : "no HOME"));
			assert_int_equal(r.place, 4);
		}
		/* A path that is clean, but leaves no room for more. */
		for (size_t i = 0; i < 4095; i++)
			big[i] = i % 100 ? 'x' : '/';
		caller.home = big;
		assert_true(path_is_clean(big));
		assert_int_equal(
			binds_expand(&bind, b, &b->bind.v[0], &caller, &r),
			l == 0);
		if (l == 0)
			continue;
		assert_string_equal(told(false, NULL, &r),
			"125: box 'b': a bind is too long for you; tell your "
			"administrator");
	}
}

/* What a mount would change; "-": nothing. */
static void
shadowed(void **state)
{
#define CMD \
	"path = /opt/bin:/srv/tools:/p\n" \
	"command = /apps/one/run\n" \
	"command = /apps/dir/\n" \
	"command-exact = /exact/prog -x /arg\n"
	static const struct {
		const char *lines, *target, *what;
	} t[] = {
		/* Always. */
		{ "", "/etc", "/etc" },
		{ "", "/etc/x", "/etc" },
		{ "", "/etc/passwd", "/etc" },
		{ "", "/usr", "/usr" },
		{ "", "/usr/share/x", "/usr" },
		{ "", "/usr/local", "/usr" },
		{ "", "/bin", "/bin" },
		{ "", "/bin/x/y", "/bin" },
		{ "", "/sbin", "/sbin" },
		{ "", "/sbin/x", "/sbin" },
		{ "", "/lib", "/lib" },
		{ "", "/lib/x", "/lib" },
		{ "", "/lib64", "/lib64" },
		{ "", "/lib64/x/y", "/lib64" },
		{ "", "/libx32", "/libx32" },
		{ "", "/lib32/ld.so", "/lib32" },
		{ "", "/", "/etc" },
		{ "", "/etc2", "-" },
		{ "", "/usr2", "-" },
		{ "", "/usrx/bin", "-" },
		{ "", "/binary", "-" },
		{ "", "/sbin2", "-" },
		{ "", "/li", "-" },
		{ "", "/LIB", "-" },
		{ "", "/x/lib", "-" },
		{ "", "/x/etc", "-" },
		{ "", "/home/alice/bin", "-" },
		{ "", "/data", "-" },
		{ "", "/opt/bin", "-" },
		/* path: each entry, at, above and beneath. */
		{ CMD, "/opt/bin", "/opt/bin" },
		{ CMD, "/opt/bin/x", "/opt/bin" },
		{ CMD, "/opt", "/opt/bin" },
		{ CMD, "/srv/tools", "/srv/tools" },
		{ CMD, "/srv/tools/x", "/srv/tools" },
		{ CMD, "/srv", "/srv/tools" },
		{ CMD, "/p", "/p" },
		{ CMD, "/p/x", "/p" },
		/* What is always, whatever the path. */
		{ CMD, "/etc/x", "/etc" },
		{ CMD, "/usr/bin", "/usr" },
		{ CMD, "/bin/x", "/bin" },
		{ CMD, "/sbin", "/sbin" },
		{ CMD, "/sbin/x", "/sbin" },
		{ CMD, "/lib/x", "/lib" },
		{ CMD, "/opt/binx", "-" },
		{ CMD, "/opt/lib", "-" },
		{ CMD, "/srv/tool", "-" },
		{ CMD, "/px", "-" },
		{ "path = /\n", "/data", "/" },
		/* command: a file, and a directory. */
		{ CMD, "/apps/one/run", "/apps/one/run" },
		{ CMD, "/apps/one", "/apps/one/run" },
		{ CMD, "/apps", "/apps/one/run" },
		{ CMD, "/apps/one/run/x", "/apps/one/run" },
		{ CMD, "/apps/dir", "/apps/dir/" },
		{ CMD, "/apps/dir/x", "/apps/dir/" },
		{ CMD, "/apps/dir/x/y", "/apps/dir/" },
		{ CMD, "/apps/one/runx", "/apps/one/run" },
		{ CMD, "/apps/one/r", "/apps/one/run" },
		{ CMD, "/apps/one/lib/x", "/apps/one/run" },
		{ CMD, "/apps/onex", "-" },
		{ CMD, "/apps/two", "-" },
		{ CMD, "/apps/dirx", "-" },
		{ CMD, "/app", "-" },
		/* In / it is the command alone. */
		{ "command = /run\n", "/run", "/run" },
		{ "command = /run\n", "/runx", "-" },
		{ "command = /run\n", "/data", "-" },
		/* But the directory / is every file in it. */
		{ "command = /\n", "/tool", "/" },
		/* command-exact: its program, not its arguments. */
		{ CMD, "/exact/prog", "/exact/prog" },
		{ CMD, "/exact", "/exact/prog" },
		{ CMD, "/exact/prog/x", "/exact/prog" },
		{ CMD, "/exact2", "-" },
		{ CMD, "/exact/other", "/exact/prog" },
		{ CMD, "/arg", "-" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct box *b = unit_box(xasprintf(BOX "%s", t[i].lines));
		const char *what = binds_shadowed(b, t[i].target);

		if (strcmp(what ? what : "-", t[i].what))
			fail_msg("%s: %s, not %s", t[i].target,
				what ? what : "-", t[i].what);
	}
#undef CMD
}

/* Lines of allow-bind as -l shows them. */
static void
own_lines(void **state)
{
	static const struct {
		const char *home;
		bool known;
		const char *value, *line;
	} t[] = {
		{ "/h/a", true, "/a", "/a:/a:ro" },
		{ "/h/a", true, "/a:/b:rw", "/a:/b:rw" },
		{ "/h/a", true, "/a/:/b/:ro", "/a/NAME:/b/NAME:ro" },
		{ "/h/a", true, "/a/%u/%U/%b/%%:/b",
			"/a/alice/1000/b/%:/b:ro" },
		{ "/h/a", true, "%h/:%h/:rw", "/h/a/NAME:/h/a/NAME:rw" },
		/* $HOME does not say where something is in the box. */
		{ "/h/a", false, "%h/:%h/:rw",
			"/h/a/NAME:/home/alice/NAME:rw" },
		{ "/home/x", false, "%h/:%h/:rw",
			"/home/x/NAME:/home/x/NAME:rw" },
		{ NULL, false, "%h/:%h/:rw", NULL },
		{ NULL, false, "%h/:/b/:rw", NULL },
		{ NULL, false, "/a/:%h/:rw", "/a/NAME:/home/alice/NAME:rw" },
		{ "/", true, "%h/:/b/", NULL },
		{ "/", true, "/a/:%h/", NULL },
		{ "/proc/1/root", false, "%h/:/b/", NULL },
		{ NULL, false, "/a:/b", "/a:/b:ro" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct box *b = unit_box(
			xasprintf(ANY "allow-bind = %s\n", t[i].value));
		struct caller caller = unit_caller();
		const char *line;

		caller.home = t[i].home;
		caller.known = t[i].known;
		line = binds_line(b, &b->allow_bind.v[0], &caller);
		if (!line != !t[i].line || (line && strcmp(line, t[i].line)))
			fail_msg("%s: %s", t[i].value, line);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(chosen),
		cmocka_unit_test(lines_of_refusals),
		cmocka_unit_test(spelling),
		cmocka_unit_test(long_words),
		cmocka_unit_test(homes),
		cmocka_unit_test(expanded),
		cmocka_unit_test(not_expanded),
		cmocka_unit_test(shadowed),
		cmocka_unit_test(own_lines),
	};

	return cmocka_run_group_tests_name("binds", tests, NULL, NULL);
}
