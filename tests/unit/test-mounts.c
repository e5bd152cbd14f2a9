/* SPDX-License-Identifier: MIT */
/* Which mounts make up the box, in which order, and which cannot be? */
#include "tables.h"

#include "home.h"
#include "mounts.h"
#include "path.h"

#define BOX "[box b]\nrootfs = /r\n" /* what is added stands in line 3 */
#define SH "command = /bin/sh\n"
#define ANY "command = *\n"

static bool
make_for(struct mounts *m, const char *lines, const struct caller *caller,
	const char *words, struct refusal *r)
{
	struct request *request = xcalloc(1, sizeof(*request));

	assert_null(unit_request(request, words));
	*r = (struct refusal){ 0 };
	return mounts_make(
		m, unit_box(xasprintf(BOX "%s", lines)), caller, request, r);
}

/* Mounts that must come about, for alice. */
static struct mounts
make(const char *lines, const char *words)
{
	const struct caller caller = unit_caller();
	struct refusal r;
	struct mounts m;

	if (!make_for(&m, lines, &caller, words, &r))
		fail_msg("%s%s: %s", lines, words, r.text);
	return m;
}

/* Everything of an op, but size, mode and text. */
static const char *
describe(const struct op *op)
{
	static const char *const kinds[] = {
		[OP_ROOT] = "root",
		[OP_TMPFS] = "tmpfs",
		[OP_DIR] = "dir",
		[OP_PROC] = "proc",
		[OP_SYS] = "sys",
		[OP_DEV] = "dev",
		[OP_BIND] = "bind",
		[OP_FILE] = "file",
	};
	const struct {
		bool flag;
		const char *name;
	} flags[] = {
		{ op->if_exists, "if-exists" },
		{ op->make, "make" },
		{ op->pid_only, "pid-only" },
		{ op->writable, "rw" },
		{ op->noexec, "noexec" },
		{ op->as_caller, "as-caller" },
		{ op->own, "own" },
		{ op->if_source, "if-source" },
		{ op->asked, "asked" },
		{ op->typed, "typed" },
	};
	const char *text = kinds[op->kind];

	if (op->source)
		text = xasprintf("%s %s", text, op->source);
	text = xasprintf("%s %s", text, op->target);
	if (op->fixed)
		text = xasprintf("%s %zu", text, op->fixed);
	for (size_t i = 0; i < COUNT(flags); i++)
		if (flags[i].flag)
			text = xasprintf("%s %s", text, flags[i].name);
	return op->place ? xasprintf("%s :%d", text, op->place) : text;
}

static const char *
all_of(const struct mounts *m)
{
	const char *text = "";

	for (size_t i = 0; i < m->n; i++)
		text = xasprintf(
			"%s%s%s", text, i ? "\n" : "", describe(&m->ops[i]));
	return text;
}

static const struct op *
on(const struct mounts *m, const char *target)
{
	const struct op *found = NULL;

	/* The last one: a home lies on its directory. */
	for (size_t i = 0; i < m->n; i++)
		if (!strcmp(m->ops[i].target, target))
			found = &m->ops[i];
	if (!found)
		fail_msg("nothing on %s", target);
	return found;
}

/* root, tmpfs, /home, proc, sys, dev, bind, -B, passwd. */
static void
order(void **state)
{
	struct mounts m = make(ANY "bind = /b1:/m1\n"
				   "allow-bind = /b2:/m2\n"
				   "tmpfs = /t1\n"
				   "network = host\n"
				   "home = rw\n"
				   "sys = ro\n"
				   "bind = /b3:/m3\n"
				   "tmpfs = /t2\n",
		"-B|/b2:/m2");

	(void)state;
	assert_string_equal(all_of(&m),
		"root /r /\n"
		"tmpfs /tmp if-exists\n"
		"tmpfs /var/tmp if-exists\n"
		"tmpfs /run if-exists\n"
		"tmpfs /t1 :6\n"
		"tmpfs /t2 :11\n"
		"tmpfs /home\n"
		"dir /home/alice typed\n"
		"bind /home/alice /home/alice 11 make rw as-caller own typed "
		":8\n"
		"proc /proc\n"
		"sys /sys\n"
		"dev /dev\n"
		"bind /b1 /m1 3 :4\n"
		"bind /b3 /m3 3 :10\n"
		"bind /b2 /m2 3 as-caller asked typed :5\n"
		"bind /etc/resolv.conf /etc/resolv.conf 16 if-exists noexec "
		"as-caller if-source\n"
		"bind /etc/hosts /etc/hosts 10 if-exists noexec as-caller "
		"if-source\n"
		"file /etc/passwd if-exists noexec\n"
		"file /etc/group if-exists noexec");
}

/* Everything that exec = listed and root = overlay change. */
static void
listed(void **state)
{
	struct mounts m = make(SH "exec = listed\n"
				  "bind = /b1:/m1\n"
				  "bind = /b2:/m2:rw\n"
				  "bind = /b3/%u:/m3\n"
				  "allow-bind = /b4/:/m4/\n"
				  "tmpfs = /t1\n"
				  "home = ro\n",
		"-B|/b4/x:/m4/x");

	(void)state;
	assert_string_equal(all_of(&m),
		"root /r /\n"
		"tmpfs /tmp if-exists noexec\n"
		"tmpfs /var/tmp if-exists noexec\n"
		"tmpfs /run if-exists noexec\n"
		"tmpfs /t1 noexec :9\n"
		"tmpfs /home noexec\n"
		"dir /home/alice typed\n"
		"bind /home/alice /home/alice 11 make noexec as-caller own "
		"typed :10\n"
		"proc /proc\n"
		"dev /dev noexec\n"
		"bind /b1 /m1 3 :5\n"
		"bind /b2 /m2 3 rw noexec :6\n"
		"bind /b3/alice /m3 3 noexec as-caller :7\n"
		"bind /b4/x /m4/x 4 noexec as-caller asked typed :8\n"
		"file /etc/passwd if-exists noexec\n"
		"file /etc/group if-exists noexec");
}

static void
overlay(void **state)
{
	struct mounts m = make(ANY "root = overlay\n"
				   "tmp-size = 16M\n"
				   "bind = /b1:/m1\n"
				   "allow-bind = /b2\n"
				   "tmpfs = /t1:1M\n"
				   "home = none\n"
				   "sys = ro\n",
		"-B|/b2");

	(void)state;
	assert_string_equal(all_of(&m),
		"root /r / rw\n"
		"tmpfs /tmp if-exists\n"
		"tmpfs /var/tmp if-exists\n"
		"tmpfs /run if-exists\n"
		"tmpfs /t1 make :8\n"
		"proc /proc make\n"
		"sys /sys make\n"
		"dev /dev make\n"
		"bind /b1 /m1 3 make :6\n"
		"bind /b2 /b2 3 make as-caller asked typed :7\n"
		"file /etc/passwd if-exists noexec\n"
		"file /etc/group if-exists noexec");
	assert_int_equal(m.ops[0].size, 16 << 20);
	assert_int_equal(m.ops[0].inodes, 4096);
	assert_int_equal(make(ANY, "").ops[0].size, 0);
}

/* Single ops, of alice, who has /home/alice and 1000. */
static void
flags(void **state)
{
	static const struct {
		const char *lines, *words, *target, *op;
	} t[] = {
		/* The caller's rights, where a token is in the source. */
		{ ANY "bind = /a:/m\n", "", "/m", "bind /a /m 2 :4" },
		{ ANY "bind = /a/%u:/m\n", "", "/m",
			"bind /a/alice /m 2 as-caller :4" },
		{ ANY "bind = /a/%b:/m\n", "", "/m",
			"bind /a/b /m 2 as-caller :4" },
		{ ANY "bind = /a%%:/m\n", "", "/m",
			"bind /a% /m 3 as-caller :4" },
		{ ANY "bind = %h/d:/m:rw\n", "", "/m",
			"bind /home/alice/d /m 11 rw as-caller :4" },
		{ ANY "bind = /a:/m/%u\n", "", "/m/alice",
			"bind /a /m/alice 2 typed :4" },
		/* Of -B, always; noexec, unless anything is run. */
		{ ANY "allow-bind = /a:/m\n", "-B|/a:/m", "/m",
			"bind /a /m 2 as-caller asked typed :4" },
		{ SH "allow-bind = /a:/m\n", "-B|/a:/m", "/m",
			"bind /a /m 2 noexec as-caller asked typed :4" },
		{ "allow-bind = /a:/m:rw\n", "-B|/a:/m", "/m",
			"bind /a /m 2 rw noexec as-caller asked typed :3" },
		{ "command-exact = /bin/sh -l\nallow-bind = /a:/m\n",
			"-B|/a:/m", "/m",
			"bind /a /m 2 noexec as-caller asked typed :4" },
		{ SH ANY "allow-bind = /a:/m:rw\n", "-B|/a:/m:ro", "/m",
			"bind /a /m 2 as-caller asked typed :5" },
		{ SH "bind = /a:/m:rw\n", "", "/m", "bind /a /m 2 rw :4" },
		/* Made where the box has a tmpfs, and nowhere else. */
		{ ANY "bind = /a:/tmp/m\n", "", "/tmp/m",
			"bind /a /tmp/m 2 make :4" },
		{ ANY "bind = /a:/tmp/x/y/m\n", "", "/tmp/x/y/m",
			"bind /a /tmp/x/y/m 2 make :4" },
		{ ANY "bind = /a:/var/tmp/m\n", "", "/var/tmp/m",
			"bind /a /var/tmp/m 2 make :4" },
		{ ANY "bind = /a:/run/m\n", "", "/run/m",
			"bind /a /run/m 2 make :4" },
		{ ANY "bind = /a:/home/m\n", "", "/home/m",
			"bind /a /home/m 2 make typed :4" },
		{ ANY "home = none\nbind = /a:/home/m\n", "", "/home/m",
			"bind /a /home/m 2 typed :5" },
		{ ANY "bind = /a:/t/m\ntmpfs = /t\n", "", "/t/m",
			"bind /a /t/m 2 make :4" },
		{ ANY "bind = /a:/t2/m\ntmpfs = /t\n", "", "/t2/m",
			"bind /a /t2/m 2 :4" },
		{ ANY "bind = /a:/tmpx\n", "", "/tmpx", "bind /a /tmpx 2 :4" },
		{ ANY "bind = /a:/var/m\n", "", "/var/m",
			"bind /a /var/m 2 :4" },
		{ ANY "bind = /a:/dev/shm/m\n", "", "/dev/shm/m",
			"bind /a /dev/shm/m 2 make :4" },
		{ ANY "allow-bind = %h/:%h/:rw\n", "-B|/home/alice/x",
			"/home/alice/x",
			"bind /home/alice/x /home/alice/x 11 make rw "
			"as-caller asked typed :4" },
		{ ANY "tmpfs = /tmp/t\n", "", "/tmp/t",
			"tmpfs /tmp/t make :4" },
		{ ANY "tmpfs = /t\ntmpfs = /t/u\n", "", "/t/u",
			"tmpfs /t/u make :5" },
		/* The standing ones are taken or left, whatever the key. */
		{ ANY "tmpfs = /tmp:1M\n", "", "/tmp",
			"tmpfs /tmp if-exists :4" },
		{ ANY "root = overlay\ntmpfs = /run:1M\n", "", "/run",
			"tmpfs /run if-exists :5" },
		/* But what something is mounted on must be there. */
		{ ANY "bind = /a:/tmp/m\n", "", "/tmp", "tmpfs /tmp" },
		{ ANY "bind = /a:/tmp/m\n", "", "/run",
			"tmpfs /run if-exists" },
		{ ANY "bind = /a:/var/tmp/x/m\n", "", "/var/tmp",
			"tmpfs /var/tmp" },
		{ ANY "tmpfs = /run/t\n", "", "/run", "tmpfs /run" },
		{ ANY "tmpfs = /run/t\nbind = /a:/run/t/x\n", "", "/run/t/x",
			"bind /a /run/t/x 2 make :5" },
		{ ANY "allow-bind = /a/:/tmp/\n", "-B|/a/x:/tmp/x", "/tmp",
			"tmpfs /tmp" },
		{ ANY "allow-bind = /a/:/tmp/\n", "", "/tmp",
			"tmpfs /tmp if-exists" },
		{ ANY "root = overlay\nbind = /a:/tmp/m\n", "", "/tmp",
			"tmpfs /tmp make" },
		{ ANY "bind = /a:/tmpx/m\n", "", "/tmp",
			"tmpfs /tmp if-exists" },
		/* The home. */
		{ ANY "home = ro\n", "", "/home/alice",
			"bind /home/alice /home/alice 11 make as-caller own "
			"typed :4" },
		{ ANY "home = rw\n", "", "/home/alice",
			"bind /home/alice /home/alice 11 make rw as-caller own "
			"typed :4" },
		{ ANY "home = tmpfs\n", "", "/home/alice",
			"dir /home/alice typed" },
		/* /proc. */
		{ ANY "proc = pid\n", "", "/proc", "proc /proc pid-only" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct mounts m = make(t[i].lines, t[i].words);
		const char *op = describe(on(&m, t[i].target));

		if (strcmp(op, t[i].op))
			fail_msg("%s%s:\n%s, not\n%s", t[i].lines, t[i].words,
				op, t[i].op);
	}
}

/* Sizes and modes of the ops with a tmpfs. */
static void
sizes(void **state)
{
	static const struct {
		const char *lines, *target;
		uint64_t size, inodes;
		mode_t mode;
	} t[] = {
		{ "", "/tmp", 64 << 20, 16384, 01777 },
		{ "", "/var/tmp", 64 << 20, 16384, 01777 },
		{ "", "/run", 64 << 20, 16384, 0755 },
		{ "", "/home", 64 << 20, 16384, 0755 },
		{ "", "/home/alice", 0, 0, 0700 },
		{ "", "/dev", 64 << 20, 16384, 01777 },
		{ "tmp-size = 64K\n", "/tmp", 65536, 16, 01777 },
		{ "tmp-size = 64K\n", "/home", 65536, 16, 0755 },
		{ "tmp-size = 64K\n", "/dev", 65536, 16, 01777 },
		{ "tmp-size = 5G\n", "/run", (uint64_t)5 << 30, 5 << 18, 0755 },
		{ "tmp-size = 100000\n", "/run", 100000, 24, 0755 },
		{ "tmpfs = /t\n", "/t", 64 << 20, 16384, 0755 },
		{ "tmpfs = /t\ntmp-size = 1M\n", "/t", 1 << 20, 256, 0755 },
		{ "tmpfs = /t:2M\ntmp-size = 1M\n", "/t", 2 << 20, 512, 0755 },
		{ "tmpfs = /t:2M:000\n", "/t", 2 << 20, 512, 0 },
		{ "tmpfs = /t:2M:1777\n", "/t", 2 << 20, 512, 01777 },
		{ "tmpfs = /tmp:2M\n", "/tmp", 2 << 20, 512, 01777 },
		{ "tmpfs = /tmp:2M:700\n", "/tmp", 2 << 20, 512, 0700 },
		{ "tmpfs = /tmp\ntmp-size = 1M\n", "/tmp", 1 << 20, 256,
			01777 },
		{ "tmpfs = /tmp:2M\n", "/var/tmp", 64 << 20, 16384, 01777 },
		{ "tmpfs = /run:2M\n", "/run", 2 << 20, 512, 0755 },
		{ "tmpfs = /run:2M:000\n", "/run", 2 << 20, 512, 0 },
		{ "tmpfs = /dev/shm:2M\n", "/dev", 2 << 20, 512, 01777 },
		{ "tmpfs = /dev/shm:2M:700\n", "/dev", 2 << 20, 512, 0700 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct mounts m = make(xasprintf(ANY "%s", t[i].lines), "");
		const struct op *op = on(&m, t[i].target);

		if (op->size != t[i].size || op->inodes != t[i].inodes ||
			op->mode != t[i].mode)
			fail_msg("%s%s: %llu %llu %04o", t[i].lines,
				t[i].target, (unsigned long long)op->size,
				(unsigned long long)op->inodes,
				(unsigned)op->mode);
	}
	/* Each of them once. */
	assert_int_equal(make(ANY "tmpfs = /tmp:2M\ntmpfs = /run:1M\n"
				  "tmpfs = /dev/shm:1M\n",
				 "")
				 .n,
		make(ANY, "").n);
}

static bool
covers(const struct op *a, const struct op *b)
{
	return path_beneath(b->target, a->target);
}

/* What is refused, by the policy (line > 0: and there) or by what is asked. */
static void
overlaps(void **state)
{
#define COVER(a, b) "box 'b': bind: " a " would cover the mount on " b
#define BENEATH(a, b) "box 'b': bind: " a " lies beneath the mount on " b
#define CLOSED(a) \
	"box 'b': bind: " a " lies in /proc, /sys or /dev, where nothing"
	static const struct {
		const char *lines;
		int line;
		const char *text;
	} t[] = {
		/* Equal to an earlier one. */
		{ "bind = /a:/tmp\n", 3, COVER("/tmp", "/tmp") },
		{ "bind = /a:/home\n", 3, COVER("/home", "/home") },
		{ "bind = /a:/proc\n", 3, COVER("/proc", "/proc") },
		{ "bind = /a:/dev\n", 3, COVER("/dev", "/dev") },
		{ "bind = /a:/m\nbind = /b:/m\n", 4, COVER("/m", "/m") },
		{ "bind = /a:/t\ntmpfs = /t\n", 3, COVER("/t", "/t") },
		{ "sys = ro\nbind = /a:/sys\n", 4, COVER("/sys", "/sys") },
		/* Above. */
		{ "bind = /a:/\n", 3, "bind: no slash at the end" },
		{ "bind = /a:/var\n", 3, COVER("/var", "/var/tmp") },
		{ "bind = /a:/m/x\nbind = /b:/m\n", 4, COVER("/m", "/m/x") },
		{ "bind = /a:/m/x/y\nbind = /b:/m\n", 4,
			COVER("/m", "/m/x/y") },
		{ "tmpfs = /t/u\nbind = /a:/t\n", 4, COVER("/t", "/t/u") },
		{ "tmpfs = /t/u\ntmpfs = /t\n", 4,
			"box 'b': tmpfs: /t would cover the mount on /t/u" },
		{ "tmpfs = /var\n", 3,
			"box 'b': tmpfs: /var would cover the mount on "
			"/var/tmp" },
		{ "tmpfs = /\n", 3, "box 'b': tmpfs: / would cover" },
		{ "home = ro\nbind = /a:/home/%u\n", 4,
			COVER("/home/%u", "/home/%u") },
		/* Beneath: on a tmpfs of the box, but on no other mount. */
		{ "bind = /a:/m\nbind = /b:/m/x\n", 4, BENEATH("/m/x", "/m") },
		{ "bind = /a:/m\nbind = /b:/mx\n", 0, NULL },
		{ "bind = /a:/m/x\nbind = /b:/m/y\n", 0, NULL },
		{ "bind = /a:/m/x\nbind = /b:/m/xy\n", 0, NULL },
		{ "bind = /a:/tmp/m\nbind = /b:/tmp/m/x\n", 4,
			BENEATH("/tmp/m/x", "/tmp/m") },
		{ "home = ro\nbind = /a:/home/%u/x\n", 4,
			BENEATH("/home/%u/x", "/home/%u") },
		{ "home = tmpfs\nbind = /a:/home/%u/x\n", 0, NULL },
		{ "home = tmpfs\nbind = /a:/home/%u\n", 0, NULL },
		{ "home = tmpfs\nbind = /a:/home/x\n", 0, NULL },
		{ "bind = /a:/proc/x\n", 3, BENEATH("/proc/x", "/proc") },
		{ "bind = /a:/dev/x\n", 3, BENEATH("/dev/x", "/dev") },
		{ "bind = /a:/dev/null\n", 3, BENEATH("/dev/null", "/dev") },
		{ "bind = /a:/tmp/x\nbind = /b:/tmp/y\n", 0, NULL },
		{ "tmpfs = /t\ntmpfs = /t/u\nbind = /a:/t/u/v\n", 0, NULL },
		{ "bind = /a:/m\ntmpfs = /m/t\n", 3, COVER("/m", "/m/t") },
		/* /proc, /sys and /dev, whether the box has them or not. */
		{ "proc = none\nbind = /a:/proc\n", 4, CLOSED("/proc") },
		{ "proc = none\nbind = /a:/proc/x\n", 4, CLOSED("/proc/x") },
		{ "bind = /a:/sys\n", 3, CLOSED("/sys") },
		{ "bind = /a:/sys/x\n", 3, CLOSED("/sys/x") },
		{ "bind = /a:/procx\n", 0, NULL },
		{ "bind = /a:/system\n", 0, NULL },
		{ "bind = /a:/devel\n", 0, NULL },
		{ "tmpfs = /proc\n", 3,
			"box 'b': tmpfs: /proc lies in /proc, /sys or /dev" },
		{ "tmpfs = /proc/x\n", 3,
			"tmpfs: /proc/x lies in /proc, /sys or /dev" },
		{ "tmpfs = /sys\n", 3,
			"tmpfs: /sys lies in /proc, /sys or /dev" },
		{ "tmpfs = /dev\n", 3,
			"tmpfs: /dev lies in /proc, /sys or /dev" },
		{ "tmpfs = /dev/x\n", 3,
			"tmpfs: /dev/x lies in /proc, /sys or /dev" },
		{ "tmpfs = /dev/shm/x\n", 3,
			"tmpfs: /dev/shm/x lies in /proc, /sys or /dev" },
		{ "tmpfs = /dev/shmx\n", 3,
			"tmpfs: /dev/shmx lies in /proc, /sys or /dev" },
		/* But /dev/shm: by its own key, and beneath it. */
		{ "tmpfs = /dev/shm\n", 0, NULL },
		{ "bind = /a:/dev/shm\n", 3, BENEATH("/dev/shm", "/dev") },
		{ "bind = /a:/dev/shm/x\n", 0, NULL },
		{ "bind = /a:/dev/shm/x\nbind = /b:/dev/shm/x\n", 4,
			COVER("/dev/shm/x", "/dev/shm/x") },
		{ "bind = /a:/dev/shm/x\nbind = /b:/dev/shm/x/y\n", 4,
			BENEATH("/dev/shm/x/y", "/dev/shm/x") },
		{ "bind = /a:/dev/shm/x/y\nbind = /b:/dev/shm/x\n", 4,
			COVER("/dev/shm/x", "/dev/shm/x/y") },
		/* One path twice. */
		{ "tmpfs = /t\ntmpfs = /t:1M\n", 4,
			"tmpfs: /t is given twice" },
		{ "tmpfs = /tmp\ntmpfs = /tmp:1M\n", 4,
			"tmpfs: /tmp is given twice" },
		{ "tmpfs = /dev/shm\ntmpfs = /dev/shm:1M\n", 4,
			"tmpfs: /dev/shm is given twice" },
		{ "tmpfs = /t\ntmpfs = /t2\n", 0, NULL },
		/* The home's own tmpfs. */
		{ "home = tmpfs\ntmpfs = /home\n", 3,
			"box 'b': home: /home would cover the mount on /home" },
		{ "home = tmpfs\ntmpfs = /home/x\n", 3,
			"home: /home would cover the mount on /home/x" },
		/* The line of what is in the way, if the home has none. */
		{ "users = *\ntmpfs = /home\n", 4,
			"box 'b': home: /home would cover the mount on /home" },
		{ "tmpfs = /t\ntmpfs = /home/x\n", 4,
			"box 'b': home: /home would cover the mount on "
			"/home/x" },
		{ "home = none\ntmpfs = /home\n", 0, NULL },
		{ "home = none\nbind = /a:/home\n", 0, NULL },
		{ "tmpfs = /homes\n", 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		for (int any = 0; any < 2; any++)
			unit_check(xasprintf(BOX "%s%s", t[i].lines,
					   any ? ANY : SH),
				t[i].line, t[i].text);
#undef CLOSED
#undef BENEATH
#undef COVER
}

/* What only what is asked shows: the status, the text, the line. */
static void
refused(void **state)
{
#define COVER(a, b) "box 'b': -B: " a " would cover the mount on " b
#define BENEATH(a, b) "box 'b': -B: " a " lies beneath the mount on " b
#define CHANGE(a, b) \
	"box 'b': -B: " a " would change what " b \
	" is in a box that lists its commands"
	static const struct {
		const char *lines, *words;
		int status, line;
		const char *text;
	} t[] = {
		/* In the order of the words. */
		{ ANY "allow-bind = /a/\n", "-B|/a/x|-B|/a/y", 0, 0, NULL },
		{ ANY "allow-bind = /a/\n", "-B|/a/x|-B|/a/xy", 0, 0, NULL },
		{ ANY "allow-bind = /a/\n", "-B|/a/x|-B|/a/x", 126, 4,
			COVER("/a/x", "/a/x") },
		{ ANY "allow-bind = /a/\n", "-B|/a/x/y|-B|/a/x", 126, 4,
			COVER("/a/x", "/a/x/y") },
		{ ANY "allow-bind = /a/\n", "-B|/a/x|-B|/a/x/y", 126, 4,
			BENEATH("/a/x/y", "/a/x") },
		{ ANY "allow-bind = /a/\nallow-bind = /b/:/a/\n",
			"-B|/a/x|-B|/b/x:/a/x", 126, 5, COVER("/a/x", "/a/x") },
		{ ANY "allow-bind = /a/\n", "-B|/a/x|-B|/b", 126, 1,
			"box 'b' does not allow -B /b:/b; see: minibox -l -b "
			"b" },
		{ ANY "allow-bind = /a/\n", "-B|/a/x|-B|/a/..", 125, 0,
			"-B: SRC /a/..: " },
		/* Over what the policy mounts. */
		{ ANY "allow-bind = /m/\nbind = /a:/m/x\n", "-B|/m/x", 126, 4,
			COVER("/m/x", "/m/x") },
		{ ANY "allow-bind = /m/\nbind = /a:/m/x/y\n", "-B|/m/x", 126, 4,
			COVER("/m/x", "/m/x/y") },
		{ ANY "allow-bind = /m/\nbind = /a:/m/x\n", "-B|/m/x/y", 126, 4,
			BENEATH("/m/x/y", "/m/x") },
		{ ANY "allow-bind = /m/\ntmpfs = /m/x\n", "-B|/m/x", 126, 4,
			COVER("/m/x", "/m/x") },
		{ ANY "allow-bind = /m/\ntmpfs = /m/x\n", "-B|/m/x/y", 0, 0,
			NULL },
		{ ANY "allow-bind = %h/\nhome = rw\n", "-B|/home/alice/x", 126,
			4, BENEATH("/home/alice/x", "/home/alice") },
		/* Where the box trusts what is there. */
		{ SH "allow-bind = /a/:/u/\n", "-B|/a/x:/u/x", 0, 0, NULL },
		{ SH "allow-bind = /a/:/usr/%u/\n", "-B|/a/x:/usr/alice/x", 126,
			4, CHANGE("/usr/alice/x", "/usr") },
		{ ANY "allow-bind = /a/:/usr/%u/\n", "-B|/a/x:/usr/alice/x", 0,
			0, NULL },
		{ SH "allow-bind = /a/:/lib/%u/\n", "-B|/a/x:/lib/alice/x", 126,
			4, CHANGE("/lib/alice/x", "/lib") },
		{ "command-exact = /app/x/run a\nallow-bind = /a/:/app/\n",
			"-B|/a/x:/app/x", 126, 4,
			CHANGE("/app/x", "/app/x/run") },
		{ "command-exact = /app/x/run a\nallow-bind = /a/:/app/\n",
			"-B|/a/x/run:/app/x/run", 126, 4,
			CHANGE("/app/x/run", "/app/x/run") },
		{ "command-exact = /app/x/run a\nallow-bind = /a/:/app/\n",
			"-B|/a/x/y:/app/x/y", 126, 4,
			CHANGE("/app/x/y", "/app/x/run") },
		{ "command-exact = /app/x/run a\nallow-bind = /a/:/app/\n",
			"-B|/a/other:/app/other", 0, 0, NULL },
		{ "allow-bind = /a:/bin/%u\n", "-B|/a:/bin/alice", 126, 3,
			CHANGE("/bin/alice", "/bin") },
		/* Read-only. */
		{ ANY "allow-bind = /a/\n", "-B|/a/x:/a/x:rw", 126, 4,
			"box 'b' allows -B /a/x only read-only; write -B "
			"/a/x:/a/x:ro" },
	};
	const struct caller caller = unit_caller();

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct refusal r;
		struct mounts m;
		bool ok = make_for(&m, t[i].lines, &caller, t[i].words, &r);

		if (ok != !t[i].text)
			fail_msg("%s%s: %s", t[i].lines, t[i].words, r.text);
		if (!ok &&
			(r.status != t[i].status || r.place != t[i].line ||
				strncmp(r.text, t[i].text, strlen(t[i].text))))
			fail_msg("%s%s: %d %d %s", t[i].lines, t[i].words,
				r.status, r.place, r.text);
	}
#undef CHANGE
#undef BENEATH
#undef COVER
}

/* Tokens in the target of `bind` are the caller's word, too. */
static void
bind_typed(void **state)
{
	struct caller caller = unit_caller();
	struct refusal r;
	struct mounts m;

	(void)state;
	caller.home = "/usr/alice";
	assert_false(make_for(&m, SH "bind = /a:%h/x\n", &caller, "", &r));
	assert_string_equal(r.text,
		"box 'b': bind: /usr/alice/x would change what /usr is in a "
		"box that lists its commands; choose another path");
	assert_int_equal(r.place, 4);
	assert_true(make_for(&m, ANY "bind = /a:%h/x\n", &caller, "", &r));
	assert_true(make_for(&m, SH "bind = /a:/usr/x\n", &caller, "", &r));
	/* $HOME, of one whom the host does not know, says nothing of the
	 * box. */
	caller.known = false;
	assert_true(make_for(&m, SH "bind = /a:%h/x\n", &caller, "", &r));
	assert_string_equal(on(&m, "/home/alice/x")->source, "/a");
	caller.known = true;
	/* A home that leads where nothing is mounted. */
	caller.home = "/proc/1/cwd";
	assert_false(make_for(&m, ANY "bind = /a:%h/x\n", &caller, "", &r));
	assert_int_equal(r.status, 125);
	caller.home = NULL;
	assert_false(make_for(&m, ANY "bind = %h/x:/m\n", &caller, "", &r));
	assert_int_equal(r.status, 125);
	assert_int_equal(r.place, 4);
}

/* The home that is shown: which, and why not. */
static void
homes(void **state)
{
#define FAULT(why) \
	"box 'b' shows your home, but " why "; tell your administrator"
#define PLAIN " is / or no plain absolute path, or lies in /proc, /sys or /dev"
#define ABOVE "the root file system or the policy lies beneath "
	static const struct {
		const char *home;
		bool known;
		const char *op;
	} t[] = {
		{ "/home/alice", true,
			"bind /home/alice /home/alice 11 make rw as-caller own "
			"typed :4" },
		{ "/home/alice", false,
			"bind /home/alice /home/alice make rw as-caller own "
			"typed :4" },
		{ "/home/s/alice", true,
			"bind /home/s/alice /home/s/alice 13 make rw as-caller "
			"own typed :4" },
		{ "/data/al", true,
			"bind /data/al /home/alice 8 make rw as-caller own "
			"typed :4" },
		{ "/data/al", false,
			"bind /data/al /home/alice make rw as-caller own typed "
			":4" },
		{ "/home", true,
			"bind /home /home/alice 5 make rw as-caller own typed "
			":4" },
		{ "/homes/alice", true,
			"bind /homes/alice /home/alice 12 make rw as-caller "
			"own typed :4" },
		{ "/etc2", true,
			"bind /etc2 /home/alice 5 make rw as-caller own typed "
			":4" },
		{ "/srv/boxes", true,
			"bind /srv/boxes /home/alice 10 make rw as-caller own "
			"typed :4" },
		{ NULL, false, FAULT("you have none") },
		{ "", true, FAULT("you have none") },
		{ "home/alice", false, FAULT("home/alice" PLAIN) },
		{ "/home//alice", true, FAULT("/home//alice" PLAIN) },
		{ "/home/alice/", true, FAULT("/home/alice/" PLAIN) },
		{ "/home/../etc", true, FAULT("/home/../etc" PLAIN) },
		{ "/", true, FAULT("/" PLAIN) },
		{ "/proc/1/cwd", true, FAULT("/proc/1/cwd" PLAIN) },
		{ "/sys", true, FAULT("/sys" PLAIN) },
		{ "/dev/shm/a", false, FAULT("/dev/shm/a" PLAIN) },
		{ "/srv", true, FAULT(ABOVE "/srv") },
		{ "/srv/box", true, FAULT(ABOVE "/srv/box") },
		{ "/srv/box/b", true, FAULT(ABOVE "/srv/box/b") },
		{ "/etc", true, FAULT(ABOVE "/etc") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct caller caller = unit_caller();
		const struct box *b =
			unit_box("[box b]\n"
				 "rootfs = /srv/box/b\n" ANY "home = rw\n");
		const struct request nothing = { 0 };
		struct refusal r = { 0 };
		struct mounts m;
		const char *what;

		caller.home = t[i].home;
		caller.known = t[i].known;
		what = mounts_make(&m, b, &caller, &nothing, &r)
			       ? describe(on(&m, home_in_box(b, &caller)))
			       : r.text;
		if (strcmp(what, t[i].op))
			fail_msg("%s: %s", t[i].home, what);
		if (r.text)
			assert_int_equal(r.status * 100 + r.place, 12504);
		/* Not shown: nothing is asked of it. */
		assert_true(make_for(&m, ANY, &caller, "", &r));
		assert_true(make_for(&m, ANY "home = none\n", &caller, "", &r));
	}
#undef ABOVE
#undef PLAIN
#undef FAULT
}

/* A box that lists its commands does not show a home over them. */
static void
home_over_commands(void **state)
{
	static const struct {
		const char *command, *home;
		bool ok;
	} t[] = {
		{ "*", "/home/alice", true },
		{ "/bin/sh", "/home/alice", true },
		{ "/home/alice/bin/x", "/home/alice", false },
		{ "/home/alice/bin/", "/home/alice", false },
		{ "/home/alice/x", "/home/alice/y", false },
		{ "/home/bin/x", "/home/alice", true },
		{ "/home/alice2/x", "/home/alice", true },
		{ "/data/al/x", "/data/al", true }, /* on /home/alice */
		{ "/home/alice/x", "/data/al", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct caller caller = unit_caller();
		struct refusal r;
		struct mounts m;

		caller.home = t[i].home;
		if (make_for(&m,
			    xasprintf(
				    "home = rw\ncommand = %s\n", t[i].command),
			    &caller, "", &r) != t[i].ok)
			fail_msg("%s", t[i].command);
		if (t[i].ok)
			continue;
		assert_non_null(strstr(
			r.text, "shows your home, but it has commands in "));
		assert_int_equal(r.status * 100 + r.place, 12503);
	}
}

/* What the box shows in /etc by itself, where nothing else is. */
static void
etc(void **state)
{
#define P "/etc/passwd /etc/group "
#define H "/etc/resolv.conf /etc/hosts "
	static const struct {
		const char *lines, *words, *there;
	} t[] = {
		{ "", "", P },
		{ "passwd = yes\n", "", P },
		{ "passwd = no\n", "", "" },
		{ "network = host\n", "", H P },
		{ "network = host\npasswd = no\n", "", H },
		{ "network = host\n", "--network=none", P },
		{ "network = netns:x\n", "", P },
		{ "tmpfs = /etc\nnetwork = host\n", "", "" },
		{ "bind = /a:/etc\nnetwork = host\n", "", "" },
		{ "bind = /a:/etc/passwd\n", "", "/etc/group " },
		{ "bind = /a:/etc/group\n", "", "/etc/passwd " },
		{ "bind = /a:/etc/hosts\nnetwork = host\n", "",
			"/etc/resolv.conf " P },
		{ "bind = /a:/etc/resolv.conf\nnetwork = host\n", "",
			"/etc/hosts " P },
		{ "bind = /a:/etc/passwd/x\n", "", "/etc/group " },
		/* For -B, too, in a box that runs anything. */
		{ "allow-bind = /a:/etc\nnetwork = host\n", "-B|/a:/etc", "" },
		{ "allow-bind = /a:/etc\n", "", P },
		{ "allow-bind = /a:/etc/passwd\n", "-B|/a:/etc/passwd",
			"/etc/group " },
		{ "allow-bind = /a:/etc/hosts\nnetwork = host\n",
			"-B|/a:/etc/hosts", "/etc/resolv.conf " P },
		{ "bind = /a:/etc/passwd2\n", "", P },
		{ "bind = /a:/etc2\n", "", P },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct mounts m =
			make(xasprintf(ANY "%s", t[i].lines), t[i].words);
		const char *there = "";

		for (size_t k = 0; k < m.n; k++)
			if (m.ops[k].if_exists && m.ops[k].kind != OP_TMPFS)
				there = xasprintf(
					"%s%s ", there, m.ops[k].target);
		if (strcmp(there, t[i].there))
			fail_msg("%s%s: %s", t[i].lines, t[i].words, there);
	}
#undef H
#undef P
}

static void
texts(void **state)
{
	struct mounts m = make(SH "shell = /bin/sh\n", "");

	(void)state;
	assert_string_equal(on(&m, "/etc/passwd")->text,
		"alice:x:1000:1000::/home/alice:/bin/sh\n");
	assert_string_equal(
		on(&m, "/etc/group")->text, "alice:x:1000:\nlab:x:200:\n");
	m = make(ANY "home = none\nshell = /bin/ash\n", "");
	assert_string_equal(
		on(&m, "/etc/passwd")->text, "alice:x:1000:1000::/:/bin/ash\n");
}

/* The function alone. */
static void
misplaced(void **state)
{
	static const char *const targets[] = { "/", "/tmp", "/tmp/x", "/t",
		"/t/u", "/home", "/home/alice", "/home/alice/x", "/m", "/m/x",
		"/dev", "/dev/x", "/dev/shm", "/dev/shm/x", "/proc/1", "/sys",
		"/etc", "/etc/passwd", "/new", "/var", "/var/tmp/x" };
	struct mounts m = make(ANY "tmpfs = /t\nbind = /a:/m\n", "");
	struct mounts bare = { .ops = m.ops, .n = 1 };
	int line = 1;

	(void)state;
	for (size_t i = 0; i < COUNT(targets); i++) {
		struct op op = { .target = targets[i] };
		bool bad = !targets[i][1], closed;

		/* Said in other words: */
		for (size_t k = 1; k < m.n; k++)
			if (m.ops[k].kind != OP_DIR && m.ops[k].kind != OP_FILE)
				bad |= covers(&op, &m.ops[k]) ||
				       (covers(&m.ops[k], &op) &&
					       m.ops[k].kind != OP_TMPFS &&
					       m.ops[k].kind != OP_DEV);
		closed = !strncmp(targets[i], "/dev", 4) ||
			 !strncmp(targets[i], "/proc", 5) ||
			 !strncmp(targets[i], "/sys", 4);
		closed = closed && strncmp(targets[i], "/dev/shm/", 9);
		if (!!mounts_fault(&m, targets[i], &line) != (bad || closed))
			fail_msg("%s: %s", targets[i],
				mounts_fault(&m, targets[i], &line));
		if (!!mounts_fault(&bare, targets[i], &line) !=
			(closed || !targets[i][1] ||
				!strcmp(targets[i], "/dev/shm/x")))
			fail_msg("alone: %s", targets[i]);
	}
}

/* As many as fit in what is asked: in their order, none lost. */
static void
many(void **state)
{
	const char *words = "";
	struct mounts m;
	size_t first;

	(void)state;
	for (int i = 0; i < 64; i++)
		words = xasprintf("%s%s-B|/a/x%d", words, i ? "|" : "", i);
	m = make(ANY "allow-bind = /a/\n", words);
	first = m.n - 2 - 64;
	for (size_t i = 0; i < 64; i++)
		assert_string_equal(
			m.ops[first + i].target, xasprintf("/a/x%zu", i));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),
		cmocka_unit_test(listed),
		cmocka_unit_test(overlay),
		cmocka_unit_test(flags),
		cmocka_unit_test(sizes),
		cmocka_unit_test(overlaps),
		cmocka_unit_test(refused),
		cmocka_unit_test(bind_typed),
		cmocka_unit_test(homes),
		cmocka_unit_test(home_over_commands),
		cmocka_unit_test(etc),
		cmocka_unit_test(texts),
		cmocka_unit_test(misplaced),
		cmocka_unit_test(many),
	};

	return cmocka_run_group_tests_name("mounts", tests, NULL, NULL);
}
