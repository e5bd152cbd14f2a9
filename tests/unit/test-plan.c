/* SPDX-License-Identifier: MIT */
/* What will be done, and why not? */
#include "tables.h"

#include <linux/sched.h>
#include <stdio.h>

#include "explain.h"
#include "path.h"
#include "plan.h"

#define BOX "[box b]\nrootfs = /r\n" /* what is added stands in line 3 */

static bool
make(struct plan *plan, const char *lines, const struct caller *caller,
	const char *words, struct refusal *refusal)
{
	struct request *request = xcalloc(1, sizeof(*request));

	assert_null(unit_request(request, words));
	*refusal = (struct refusal){ 0 };
	return plan_make(plan, unit_box(xasprintf(BOX "%s", lines)), caller,
		request, refusal);
}

/* A plan that must come about, for alice. */
static struct plan
plan_of(const char *lines, const char *words)
{
	const struct caller caller = unit_caller();
	struct refusal refusal;
	struct plan plan;

	if (!make(&plan, lines, &caller, words, &refusal))
		fail_msg("%s%s: %s", lines, words, refusal.text);
	return plan;
}

static const char *
words_of(char *const *w)
{
	const char *text = "";

	for (size_t i = 0; w[i]; i++)
		text = xasprintf("%s%s%s", text, i ? "|" : "", w[i]);
	return text;
}

static const char *
candidates_of(const struct plan *p)
{
	const char *text = "";

	for (size_t i = 0; i < p->ncandidates; i++) {
		text = xasprintf(
			"%s%s%s", text, i ? " " : "", p->candidates[i].path);
		if (p->candidates[i].cwd >= 0)
			text = xasprintf("%s@%d", text, p->candidates[i].cwd);
	}
	return text;
}

static const char *
cwds_of(const struct plan *p)
{
	const char *text = p->cwd_must ? "must" : "try";

	for (size_t i = 0; i < p->ncwds; i++)
		text = xasprintf("%s %s", text, p->cwds[i]);
	return text;
}

static const char *
ops_of(const struct plan *p)
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
	const char *text = "";

	for (size_t i = 0; i < p->mounts.n; i++)
		text = xasprintf("%s%s%s%s=%s%s", text, i ? " " : "",
			kinds[p->mounts.ops[i].kind],
			p->mounts.ops[i].pid_only ? "-pid" : "",
			p->mounts.ops[i].target,
			p->mounts.ops[i].if_exists ? "?" : "");
	return text;
}

/* In this order nothing covers what was mounted before. */
static void
ops(void **state)
{
#define STANDING "root=/ tmpfs=/tmp? tmpfs=/var/tmp? tmpfs=/run? "
#define ETC " file=/etc/passwd? file=/etc/group?"
#define HOME STANDING "tmpfs=/home dir=/home/alice "
	static const struct {
		const char *lines, *ops;
	} t[] = {
		{ "", HOME "proc=/proc dev=/dev" ETC },
		{ "home = none\n", STANDING "proc=/proc dev=/dev" ETC },
		{ "proc = pid\n", HOME "proc-pid=/proc dev=/dev" ETC },
		{ "proc = none\n", HOME "dev=/dev" ETC },
		{ "sys = ro\n", HOME "proc=/proc sys=/sys dev=/dev" ETC },
		{ "home = none\nproc = none\nsys = ro\n",
			STANDING "sys=/sys dev=/dev" ETC },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct plan p =
			plan_of(xasprintf("command = *\n%s", t[i].lines), "");

		assert_string_equal(ops_of(&p), t[i].ops);
		assert_string_equal(p.mounts.ops[0].source, "/r");
	}
#undef ETC
#undef HOME
#undef STANDING
}

static void
op_details(void **state)
{
	const struct plan p = plan_of("command = *\n", "");
	static const mode_t modes[] = { 0, 01777, 01777, 0755, 0755, 0700 };

	(void)state;
	for (size_t i = 1; i < COUNT(modes); i++)
		assert_int_equal(p.mounts.ops[i].mode, modes[i]);
	for (size_t i = 0; i < p.mounts.n; i++) {
		const struct op *op = &p.mounts.ops[i];
		bool sized = op->kind == OP_TMPFS || op->kind == OP_DEV;

		assert_int_equal(op->size, sized ? 64 << 20 : 0);
		assert_int_equal(op->inodes, sized ? 16384 : 0);
		assert_int_equal(!!op->source, op->kind == OP_ROOT);
	}
}

/* The ids are the caller's, all of them and no others. */
static void
ids(void **state)
{
	const struct plan p = plan_of("command = *\n", "");

	(void)state;
	assert_int_equal(p.uid, 1000);
	assert_int_equal(p.gid, 1000);
	assert_int_equal(p.ngroups, 2);
	assert_int_equal(p.groups[0], 200);
	assert_int_equal(p.groups[1], 300);
}

/* Nothing typed gets a network or a weaker filter. */
static void
namespaces_and_filter(void **state)
{
	static const struct {
		const char *lines, *words;
		bool own_network;
		enum syscalls_filter filter;
	} t[] = {
		{ "", "", true, SYSCALLS_DEFAULT },
		{ "network = none\n", "", true, SYSCALLS_DEFAULT },
		{ "network = host\n", "", false, SYSCALLS_DEFAULT },
		{ "network = host\n", "--network=none", true,
			SYSCALLS_DEFAULT },
		{ "", "--network=none", true, SYSCALLS_DEFAULT },
		{ "syscalls = none\n", "", true, SYSCALLS_MINIMUM },
		{ "syscalls = none\nnetwork = host\n", "", false,
			SYSCALLS_MINIMUM_HOST },
		{ "syscalls = none\nnetwork = host\n", "--network=none", true,
			SYSCALLS_MINIMUM },
		{ "network = netns:x\n", "", false, SYSCALLS_DEFAULT },
		{ "network = netns:x\n", "--network=none", true,
			SYSCALLS_DEFAULT },
		{ "syscalls = none\nnetwork = netns:x\n", "", false,
			SYSCALLS_MINIMUM },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct plan p = plan_of(
			xasprintf("command = *\n%s", t[i].lines), t[i].words);

		assert_true(p.namespaces ==
			    (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC |
				    CLONE_NEWUTS | CLONE_NEWCGROUP |
				    (t[i].own_network ? CLONE_NEWNET : 0)));
		assert_int_equal(p.filter, t[i].filter);
		if (strstr(t[i].lines, "netns") && !t[i].own_network)
			assert_string_equal(p.netns, "x");
		else
			assert_null(p.netns);
	}
}

static void
small_things(void **state)
{
	struct plan p = plan_of("command = *\n", "");

	(void)state;
	assert_string_equal(p.hostname, "container-box");
	assert_int_equal(p.umask, -1);
	assert_false(p.must_be_trusted);
	assert_null(p.meant);
	p = plan_of("command = /bin/sh\nhostname = h-%b\numask = 027\n", "");
	assert_string_equal(p.hostname, "h-b");
	assert_int_equal(p.umask, 027);
	assert_true(p.must_be_trusted);
	p = plan_of("command = *\nhostname = h\n", "--hostname=other");
	assert_string_equal(p.hostname, "other");
	p = plan_of("command-exact = /bin/sh -l\n", "");
	assert_true(p.must_be_trusted);
	p = plan_of("command = /bin/\ncommand = *\n", "");
	assert_false(p.must_be_trusted);
	assert_false(p.listed_only);
	p = plan_of("command = /bin/sh\n", "");
	assert_false(p.listed_only);
	p = plan_of("command = /bin/sh\nexec = listed\n", "");
	assert_true(p.listed_only);
}

static const char *
limits_of(const struct plan *p)
{
	const char *s = "";

	for (enum limit i = 0; i < LIMITS; i++)
		if (p->limits.v[i])
			s = xasprintf("%s%s%s=%llu", s, *s ? " " : "",
				limit_name(i),
				(unsigned long long)p->limits.v[i]);
	return s;
}

#define ANY "command = *\n" /* line 3 */
#define ALL "memory = 1G\npids-limit = 64\ncpus = 1.5\ntimeout = 1m\n"

/* An option sets what the box leaves open, and lowers what it does not. */
static void
limits(void **state)
{
#define THE(m, p, c, t) "memory=" m " pids-limit=" p " cpus=" c " timeout=" t
#define BOXES THE("1073741824", "64", "1500", "60000")
	static const struct {
		const char *lines, *words, *limits;
	} t[] = {
		{ ANY, "", "" },
		{ ANY ALL, "", BOXES },
		/* The box has none: set, as high as they go. */
		{ ANY, "--memory=1M", "memory=1048576" },
		{ ANY, "--memory=8589934591G", "memory=9223372035781033984" },
		{ ANY, "--pids-limit=1", "pids-limit=1" },
		{ ANY, "--pids-limit=4194303", "pids-limit=4194303" },
		{ ANY, "--cpus=0.01", "cpus=10" },
		{ ANY, "--cpus=9999", "cpus=9999000" },
		{ ANY, "--timeout=1ms", "timeout=1" },
		{ ANY, "--timeout=999999999d", "timeout=86399999913600000" },
		{ ANY "memory = none\n", "--memory=2M", "memory=2097152" },
		{ ANY "memory = none\n[defaults]\nmemory = 1M\n", "--memory=2M",
			"memory=2097152" },
		/* Equal. */
		{ ANY ALL, "--memory=1G", BOXES },
		{ ANY ALL, "--memory=1024M", BOXES },
		{ ANY ALL, "--pids-limit=64", BOXES },
		{ ANY ALL, "--cpus=1.500", BOXES },
		{ ANY ALL, "--timeout=60", BOXES },
		{ ANY ALL,
			"--memory=1G|--pids-limit=64|--cpus=1.5|--timeout=1m",
			BOXES },
		/* Below, and the others stay. */
		{ ANY ALL, "--memory=1073741823",
			THE("1073741823", "64", "1500", "60000") },
		{ ANY ALL, "--pids-limit=63",
			THE("1073741824", "63", "1500", "60000") },
		{ ANY ALL, "--cpus=1.499",
			THE("1073741824", "64", "1499", "60000") },
		{ ANY ALL, "--timeout=59999ms",
			THE("1073741824", "64", "1500", "59999") },
		{ ANY ALL,
			"--memory=1M|--pids-limit=1|--cpus=0.01|--timeout=1ms",
			THE("1048576", "1", "10", "1") },
		/* One that is not compared with another's. */
		{ ANY "memory = 1M\n", "--pids-limit=4194303|--timeout=9d",
			"memory=1048576 pids-limit=4194303 "
			"timeout=777600000" },
		{ ANY "pids-limit = 1\n", "--memory=1G",
			"memory=1073741824 pids-limit=1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct plan p = plan_of(t[i].lines, t[i].words);

		if (strcmp(limits_of(&p), t[i].limits))
			fail_msg("%s%s: %s", t[i].lines, t[i].words,
				limits_of(&p));
		/* The box is the same for the next one. */
		p = plan_of(t[i].lines, "");
		assert_memory_equal(
			&p.limits, &p.box->limits, sizeof(p.limits));
	}
#undef BOXES
#undef THE
}

/* Above what the box has: the line of its key, and what it allows. */
static void
limits_refused(void **state)
{
	static const struct {
		const char *lines, *words, *text;
		int line;
		const char *sibling;
	} t[] = {
		{ ANY ALL, "--memory=1073741825",
			"--memory: box 'b' allows at most 1G", 4,
			"--memory=1073741824" },
		{ ANY ALL, "--memory=2G", "--memory: box 'b' allows at most 1G",
			4, "--memory=1G" },
		{ ANY ALL, "--pids-limit=65",
			"--pids-limit: box 'b' allows at most 64", 5,
			"--pids-limit=64" },
		{ ANY ALL, "--cpus=1.501", "--cpus: box 'b' allows at most 1.5",
			6, "--cpus=1.5" },
		{ ANY ALL, "--timeout=60001ms",
			"--timeout: box 'b' allows at most ", 7,
			"--timeout=60000ms" },
		{ ANY ALL, "--timeout=1d", "--timeout: box 'b' allows at most ",
			7, "--timeout=1m" },
		/* One that is too high among those that are not. */
		{ ANY ALL, "--memory=1M|--cpus=2|--timeout=1",
			"--cpus: box 'b' allows at most 1.5", 6,
			"--memory=1M|--cpus=1|--timeout=1" },
		/* Numbers that would be small if they were cut. */
		{ ANY "memory = 1M\n", "--memory=4194305K",
			"--memory: box 'b' allows at most 1M", 4,
			"--memory=1M" },
		{ ANY "timeout = 1s\n", "--timeout=4294968s",
			"--timeout: box 'b' allows at most 1s", 4,
			"--timeout=1s" },
		/* The line is that of the key that counts. */
		{ ANY "[defaults]\npids-limit = 7\n", "--pids-limit=8",
			"--pids-limit: box 'b' allows at most 7", 5,
			"--pids-limit=7" },
		{ ANY "pids-limit = 6\n[defaults]\npids-limit = 7\n",
			"--pids-limit=7",
			"--pids-limit: box 'b' allows at most 6", 4,
			"--pids-limit=6" },
		/* The command comes first, binds and -e after. */
		{ "command = /bin/sh\npids-limit = 1\n", "--pids-limit=2|ls",
			"box 'b' does not allow ls", 1, "--pids-limit=1|sh" },
		{ ANY "pids-limit = 1\n", "-B|/x|-e|PATH=|--pids-limit=2",
			"--pids-limit: box 'b' allows at most 1", 4,
			"--pids-limit=1" },
	};
	const struct caller caller = unit_caller();

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct refusal r;
		struct plan p;

		if (make(&p, t[i].lines, &caller, t[i].words, &r))
			fail_msg("%s%s: permitted", t[i].lines, t[i].words);
		if (r.status != 126 || r.place != t[i].line ||
			strncmp(r.text, t[i].text, strlen(t[i].text)))
			fail_msg("%s%s: %d: %d: %s", t[i].lines, t[i].words,
				r.status, r.place, r.text);
		(void)plan_of(t[i].lines, t[i].sibling);
	}
	/* Of two that are too high, the first is told. */
	for (int i = 0; i < 2; i++) {
		struct refusal r;
		struct plan p;

		assert_false(make(&p, ANY ALL, &caller,
			i ? "--memory=2G|--timeout=1d"
			  : "--timeout=1d|--memory=2G",
			&r));
		assert_int_equal(r.place, 4);
	}
}

static void
status_fd(void **state)
{
	struct plan p = plan_of(ANY, "");

	(void)state;
	assert_int_equal(p.status_fd, -1);
	p = plan_of(ANY, "--status-fd=3");
	assert_int_equal(p.status_fd, 3);
	p = plan_of(ANY, "--status-fd|2147483647");
	assert_int_equal(p.status_fd, INT32_MAX);
}

/* What -n prints of a plan, the lines between two that are known. */
static const char *
printed(const struct plan *plan)
{
	struct policy policy = { 0 };
	char *text = NULL, *from, *to;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	(void)place_add(&policy.files, "t.conf", 9);
	explain_permit(out, &policy, plan);
	assert_int_equal(fclose(out), 0);
	from = strstr(text, "  syscalls: default\n");
	to = strstr(text, "  umask: ");
	assert_true(from && to && from < to);
	from = strchr(from, '\n') + 1;
	return xstrndup(from, (size_t)(to - from));
}

static void
explained(void **state)
{
#define OR " (or your hard limits, if lower)\n"
#define AUTO \
	"  control group: below that of minibox.service, or " \
	"/sys/fs/cgroup/minibox\n"
#define MAX "  max-running: 256\n"
#define CORE "  rlimit: core=0\n"
	static const struct {
		const char *lines, *words, *text;
	} t[] = {
		{ "", "", MAX CORE },
		{ "max-running = 7\n", "", "  max-running: 7\n" CORE },
		{ "max-running = none\n", "", CORE },
		/* Each limit, and whether it needs a control group. */
		{ "memory = 1536M\n", "", "  memory: 1536M\n" AUTO MAX CORE },
		{ "pids-limit = 64\n", "", "  pids-limit: 64\n" AUTO MAX CORE },
		{ "cpus = 0.50\n", "", "  cpus: 0.5\n" AUTO MAX CORE },
		{ "timeout = 1500ms\n", "", "  timeout: 1500ms\n" MAX CORE },
		{ "", "--memory=1M", "  memory: 1M\n" AUTO MAX CORE },
		{ "", "--timeout=10", "  timeout: 10s\n" MAX CORE },
		{ "memory = 1G\ntimeout = 10s\n", "--memory=1M|--timeout=9",
			"  memory: 1M\n  timeout: 9s\n" AUTO MAX CORE },
		{ "memory = none\n[defaults]\nmemory = 1M\n", "", MAX CORE },
		{ "", "--status-fd=3",
			MAX "  status: a line to descriptor 3\n" CORE },
		/* Of each process. */
		{ "nice = 0\n", "", MAX CORE "  nice: at least 0\n" },
		{ "nice = 19\n", "", MAX CORE "  nice: at least 19\n" },
		{ "nice = none\n", "", MAX CORE },
		{ "rlimit-core = none\n", "", MAX CORE },
		{ "rlimit-core = 0\n", "", MAX "  rlimit: core=0" OR },
		{ "rlimit-core = 1M\n", "", MAX "  rlimit: core=1M" OR },
		{ "rlimit-core = unlimited\n", "",
			MAX "  rlimit: core=unlimited" OR },
		{ "rlimit-nofile = 1024\n", "",
			MAX "  rlimit: core=0 nofile=1024" OR },
		{ "rlimit-nofile = unlimited\n", "",
			MAX "  rlimit: core=0 nofile=unlimited" OR },
		{ "rlimit-nproc = 0\n", "", MAX "  rlimit: core=0 nproc=0" OR },
		{ "rlimit-fsize = 1024K\n", "",
			MAX "  rlimit: core=0 fsize=1M" OR },
		{ "rlimit-as = 1024\n", "", MAX "  rlimit: core=0 as=1K" OR },
		{ "rlimit-memlock = 0\n", "",
			MAX "  rlimit: core=0 memlock=0" OR },
		{ "rlimit-stack = 8M\n", "",
			MAX "  rlimit: core=0 stack=8M" OR },
		{ "rlimit-cpu = 1024\n", "",
			MAX "  rlimit: core=0 cpu=1024" OR },
	};
	struct plan p;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		p = plan_of(xasprintf(ANY "%s", t[i].lines), t[i].words);
		assert_string_equal(printed(&p), t[i].text);
	}
	/* Where the control group will be, if the policy says so. */
	p = plan_of(ANY "cpus = 1\n", "");
	p.cgroup_root = "/sys/fs/cgroup/x";
	assert_string_equal(printed(&p),
		"  cpus: 1\n  control group: below /sys/fs/cgroup/x\n" MAX
			CORE);
#undef CORE
#undef MAX
#undef AUTO
#undef OR
}
#undef ALL
#undef ANY

/* HOME in the box, by the caller's own home. */
static void
homes(void **state)
{
	static const struct {
		const char *home, *lines, *in_box;
	} t[] = {
		{ "/home/alice", "", "/home/alice" },
		{ "/home/staff/alice", "", "/home/staff/alice" },
		{ "/home/x", "", "/home/x" },
		{ "/home", "", "/home/alice" },
		{ "/home2/alice", "", "/home/alice" },
		{ "/root", "", "/home/alice" },
		{ "/", "", "/home/alice" },
		{ "", "", "/home/alice" },
		{ NULL, "", "/home/alice" },
		{ "home/x", "", "/home/alice" },
		{ "/home/../etc", "", "/home/alice" },
		{ "/home//x", "", "/home/alice" },
		{ "/home/x/", "", "/home/alice" },
		{ "/home/alice", "home = none\n", "/" },
		{ NULL, "home = none\n", "/" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct caller caller = unit_caller();
		struct refusal refusal;
		struct plan p;

		caller.home = t[i].home;
		assert_true(make(&p, xasprintf("command = *\n%s", t[i].lines),
			&caller, "", &refusal));
		assert_string_equal(
			p.envp[1], xasprintf("HOME=%s", t[i].in_box));
		if (!*t[i].lines)
			assert_string_equal(
				p.mounts.ops[5].target, t[i].in_box);
	}
}

static void
directories(void **state)
{
	static const struct {
		const char *cwd, *home, *lines, *words, *cwds;
	} t[] = {
		{ "/thesis", "/home/alice", "", "",
			"try /thesis /home/alice /" },
		{ "/", "/home/alice", "", "", "try / /home/alice" },
		{ NULL, "/home/alice", "", "", "try /home/alice /" },
		{ "", "/home/alice", "", "", "try /home/alice /" },
		{ "(unreachable)/x", "/home/alice", "", "",
			"try /home/alice /" },
		{ "/a/../b", "/home/alice", "", "", "try /home/alice /" },
		/* Beneath the home: the same place beneath HOME. */
		{ "/home/alice", "/home/alice", "", "", "try /home/alice /" },
		{ "/home/alice/a/b", "/home/alice", "", "",
			"try /home/alice/a/b /home/alice /" },
		{ "/data/al", "/data/al", "", "", "try /home/alice /" },
		{ "/data/al/a", "/data/al", "", "",
			"try /home/alice/a /home/alice /" },
		{ "/data/alx", "/data/al", "", "",
			"try /data/alx /home/alice /" },
		{ "/data/al/a", "/data/al", "home = none\n", "", "try /a /" },
		{ "/data/al", "/data/al", "home = none\n", "", "try /" },
		{ "/thesis", "/data/al", "home = none\n", "", "try /thesis /" },
		{ "/thesis", "/", "", "", "try /thesis /home/alice /" },
		{ "/thesis", NULL, "", "", "try /thesis /home/alice /" },
		{ "/thesis", "rel", "", "", "try /thesis /home/alice /" },
		/* -C never falls back. */
		{ "/thesis", "/home/alice", "", "-C|/x", "must /x" },
		{ "/thesis", "/home/alice", "", "-C|/", "must /" },
		{ "/home/alice", "/data/al", "", "-C|/data/al",
			"must /data/al" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct caller caller = unit_caller();
		struct refusal refusal;
		struct plan p;

		caller.cwd = t[i].cwd;
		caller.home = t[i].home;
		assert_true(make(&p, xasprintf("command = *\n%s", t[i].lines),
			&caller, t[i].words, &refusal));
		if (strcmp(cwds_of(&p), t[i].cwds))
			fail_msg("row %zu: %s", i, cwds_of(&p));
	}
}

/* What may be run: path@cwd, and the words; the line that allows the first. */
static void
commands(void **state)
{
#define SH "command = /bin/sh\n"
#define ANY "command = *\npath = /x:/y\n"
	static const struct {
		const char *lines, *words, *candidates, *argv;
		int line;
	} t[] = {
		/* The shell. */
		{ SH, "", "/bin/sh", "/bin/sh|-l", 3 },
		{ SH, "-c|a b", "/bin/sh", "/bin/sh|-c|a b", 3 },
		{ SH, "-c|", "/bin/sh", "/bin/sh|-c|", 3 },
		{ SH "command = /s\nshell = /s\n", "", "/s", "/s|-l", 4 },
		{ SH "command = /s\nshell = /s\n", "-c|x", "/s", "/s|-c|x", 4 },
		{ "command-exact = /bin/sh -l\n", "", "/bin/sh", "/bin/sh|-l",
			3 },
		{ "command-exact = /bin/sh -c id\n", "-c|id", "/bin/sh",
			"/bin/sh|-c|id", 3 },
		/* An absolute path. */
		{ SH, "/bin/sh|-x||y", "/bin/sh", "/bin/sh|-x||y", 3 },
		{ "command = /a\ncommand = /b/\n", "/b/c", "/b/c", "/b/c", 4 },
		{ "command-exact = /a b\n", "/a|b", "/a", "/a|b", 3 },
		{ ANY, "/q", "/q", "/q", 3 },
		/* A bare name: what is allowed of its candidates. */
		{ ANY, "ls|-l", "/x/ls /y/ls", "ls|-l", 3 },
		{ "command = *\npath = /\n", "ls", "/ls", "ls", 3 },
		{ "path = /x:/y\ncommand = /y/\n", "ls", "/y/ls", "ls", 4 },
		{ "path = /x:/y\ncommand = /y/\ncommand = /x/ls\n", "ls",
			"/x/ls /y/ls", "ls", 5 },
		{ "path = /x:/y\ncommand-exact = /y/ls -l\n", "ls|-l", "/y/ls",
			"ls|-l", 4 },
		{ ANY, "-", "/x/- /y/-", "-", 3 },
		{ ANY, "...", "/x/... /y/...", "...", 3 },
		/* From the working directory, whichever it will be. */
		{ ANY, "./ls", "/thesis/ls@0 /home/alice/ls@1 /ls@2", "./ls",
			3 },
		{ ANY, "././ls", "/thesis/ls@0 /home/alice/ls@1 /ls@2",
			"././ls", 3 },
		{ ANY, "a/b", "/thesis/a/b@0 /home/alice/a/b@1 /a/b@2", "a/b",
			3 },
		{ ANY, "-C|/d|a/b", "/d/a/b@0", "a/b", 3 },
		{ ANY, "-C|/|./b", "/b@0", "./b", 3 },
		{ "command = /thesis/\n", "./ls", "/thesis/ls@0", "./ls", 3 },
		{ "command = /ls\n", "./ls", "/ls@2", "./ls", 3 },
		{ "command = /bin/\n", "bin/ls", "/bin/ls@2", "bin/ls", 3 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct plan p = plan_of(t[i].lines, t[i].words);

		if (strcmp(candidates_of(&p), t[i].candidates) ||
			strcmp(words_of(p.argv), t[i].argv) ||
			p.allowed_by->place != t[i].line)
			fail_msg("%s%s: %s: %s: %d", t[i].lines, t[i].words,
				candidates_of(&p), words_of(p.argv),
				p.allowed_by->place);
	}
}

/* Each refusal, with the sibling that is allowed. */
static void
refused(void **state)
{
#define LIST "see: minibox -l -b b"
#define NOT(c) "box 'b' does not allow " c "; " LIST
#define ARGS(c) "box 'b' allows " c " only with other arguments; " LIST
#define UNCLEAN ": a command must have no //"
	static const struct {
		const char *lines, *words, *text, *sibling;
	} t[] = {
		{ SH, "/bin/ls", NOT("/bin/ls"), "/bin/sh" },
		{ SH, "/bin/shh", NOT("/bin/shh"), "/bin/sh" },
		{ SH, "ls", NOT("ls"), "sh" },
		{ SH, "./sh", NOT("./sh"), "-C|/bin|./sh" },
		{ SH, "bin/sh", NULL, NULL }, /* from /: allowed */
		{ "command = /bin/ls\n", "", NOT("/bin/sh"), "ls" },
		{ "command = /bin/ls\n", "-c|ls", NOT("/bin/sh"), "ls" },
		{ "command = none\n", "ls", NOT("ls"), NULL },
		{ "path = /x\n" SH, "sh", NOT("sh"), "/bin/sh" },
		{ SH, "-C|/usr|bin/sh", NOT("bin/sh"), "-C|/|bin/sh" },
		/* Exact lines. */
		{ "command-exact = /a b\n", "/a", ARGS("/a"), "/a|b" },
		{ "command-exact = /a b\n", "/a|c", ARGS("/a"), "/a|b" },
		{ "command-exact = /a b\n", "/a|b|c", ARGS("/a"), "/a|b" },
		{ "command-exact = /a b\n", "/a|b c", ARGS("/a"), "/a|b" },
		{ "command-exact = /a b\n", "/a|", ARGS("/a"), "/a|b" },
		{ "command-exact = /a\n", "/a|b", ARGS("/a"), "/a" },
		{ "command-exact = /a b\n", "/ab", NOT("/ab"), "/a|b" },
		{ "command-exact = /ab c\n", "/a", NOT("/a"), "/ab|c" },
		{ "command-exact = /bin/sh -l\n", "-c|id", ARGS("/bin/sh"),
			"" },
		{ "command-exact = /bin/ls -l\n", "ls|-a", ARGS("ls"),
			"ls|-l" },
		{ "command-exact = /bin/lsx -l\n", "ls|-l", NOT("ls"),
			"lsx|-l" },
		{ "command-exact = /bin/sh -c id\n", "", ARGS("/bin/sh"),
			"-c|id" },
		{ "command-exact = /bin/sh -c id\n", "-c|id ", ARGS("/bin/sh"),
			"-c|id" },
		/* What is not clean, even where anything runs. */
		{ ANY, "//bin/sh", "//bin/sh" UNCLEAN, "/bin/sh" },
		{ ANY, "/bin/", "/bin/" UNCLEAN, "/bin" },
		{ ANY, "/bin/../sh", "/bin/../sh" UNCLEAN, "/bin/..sh" },
		{ ANY, "/bin/./sh", "/bin/./sh" UNCLEAN, "/bin/.sh" },
		{ ANY, "../sh", "../sh" UNCLEAN, "..sh" },
		{ ANY, "./../sh", "./../sh" UNCLEAN, "./sh" },
		{ ANY, "a/", "a/" UNCLEAN, "a" },
		{ ANY, "a//b", "a//b" UNCLEAN, "a/b" },
		{ ANY, ".", "." UNCLEAN, "./a" },
		{ ANY, "..", ".." UNCLEAN, "..." },
		{ "command = /opt/\n", "/opt/../bin/sh",
			"/opt/../bin/sh" UNCLEAN, "/opt/sh" },
		/* -B; the command is looked at first. */
		{ SH, "-B|/a", "box 'b' takes no -B; leave it out", "" },
		{ SH "allow-bind = /a\n", "-B|/b",
			"box 'b' does not allow -B /b:/b; " LIST, "-B|/a" },
		{ SH "allow-bind = /a\n", "-B|/b|--|ls", NOT("ls"),
			"-B|/a|--|sh" },
		{ SH "allow-bind = /a\n", "-B|/a:/a:rw",
			"box 'b' allows -B /a only read-only; write -B "
			"/a:/a:ro",
			"-B|/a:/a:ro" },
		/* -e */
		{ SH, "-e|A=b", "box 'b' does not allow -e; leave it out", "" },
		{ ANY, "-e|PATH=b", "-e: PATH cannot be set in box 'b'",
			"-e|PATHS=b" },
	};
	const struct caller caller = unit_caller();

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct refusal r;
		struct plan p;
		bool permit = make(&p, t[i].lines, &caller, t[i].words, &r);

		if (permit != !t[i].text ||
			(!permit && (r.status != 126 ||
					    strncmp(r.text, t[i].text,
						    strlen(t[i].text)))))
			fail_msg("%s%s: %s", t[i].lines, t[i].words,
				permit ? "permitted" : r.text);
		if (t[i].sibling)
			(void)plan_of(t[i].lines, t[i].sibling);
	}
#undef UNCLEAN
#undef ARGS
#undef NOT
#undef LIST
}

/* No key matched: the line of the [box]. */
static void
refusal_lines(void **state)
{
	const struct caller caller = unit_caller();
	struct refusal r;
	struct plan p;

	(void)state;
	assert_false(make(&p, SH, &caller, "ls", &r));
	assert_int_equal(r.place, 1);
	assert_false(make(&p, SH "user-env = no\n", &caller, "-e|A", &r));
	assert_int_equal(r.place, 4);
#undef SH
#undef ANY
}

static char **
words_with_name(const char *name, const char *words, int *argc)
{
	return unit_words(
		xasprintf("%s%s%s", name, *words ? "|" : "", words), argc);
}

/* Called as a login shell. */
static void
login(void **state)
{
	static const struct {
		const char *name, *words, *argv;
	} t[] = {
		{ "minibox", "", "/bin/sh|-l" },
		{ "-minibox", "", "/bin/sh|-l" },
		{ "minibox", "-c|x", "/bin/sh|-c|x" },
		{ "-minibox", "-c|x", "/bin/sh|-l|-c|x" },
		{ "-minibox", "/bin/ls|-a", "/bin/ls|-a" },
	};
	const struct caller caller = unit_caller();
	const struct box *b = unit_box(BOX "command = /bin/\n");

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct request request;
		struct refusal r;
		struct plan p;
		int argc;
		char **argv = words_with_name(t[i].name, t[i].words, &argc);

		assert_null(request_parse(&request, argc, argv));
		assert_true(plan_make(&p, b, &caller, &request, &r));
		assert_string_equal(words_of(p.argv), t[i].argv);
	}
}

/* The environment is there, with the place for PWD. */
static void
environment(void **state)
{
	const struct plan p =
		plan_of("command = *\nenv-set = A=b\n", "-e|C=d|--|/bin/ls|-l");

	(void)state;
	assert_string_equal(p.envp[0], "PWD=");
	assert_non_null(strstr(words_of(p.envp), "|MINIBOX_BOX=b|A=b|C=d"));
}

/* A long path, and every candidate fits. */
static void
long_search(void **state)
{
	char *dirs = xstrdup("/d0");
	struct plan p;

	(void)state;
	for (int i = 1; i < 30; i++)
		dirs = xasprintf("%s:/d%d", dirs, i);
	p = plan_of(xasprintf("command = *\npath = %s\n", dirs), "ls");
	assert_int_equal(p.ncandidates, 30);
	assert_string_equal(p.candidates[29].path, "/d29/ls");
	for (size_t i = 0; i < p.ncandidates; i++)
		assert_true(path_is_clean(p.candidates[i].path));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(ops),
		cmocka_unit_test(op_details),
		cmocka_unit_test(ids),
		cmocka_unit_test(namespaces_and_filter),
		cmocka_unit_test(small_things),
		cmocka_unit_test(limits),
		cmocka_unit_test(limits_refused),
		cmocka_unit_test(status_fd),
		cmocka_unit_test(explained),
		cmocka_unit_test(homes),
		cmocka_unit_test(directories),
		cmocka_unit_test(commands),
		cmocka_unit_test(refused),
		cmocka_unit_test(refusal_lines),
		cmocka_unit_test(login),
		cmocka_unit_test(environment),
		cmocka_unit_test(long_search),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
