/* SPDX-License-Identifier: MIT */
/*
 * Does whatever is accepted hold what the rest of the program relies on?
 *
 * Policies, account files and command lines that are right are changed at
 * random, always in the same way.  Nothing is said about which are refused, but
 * that one with a control character is.
 */
#include "tables.h"

#include "authorize.h"
#include "binds.h"
#include "envname.h"
#include "path.h"
#include "plan.h"
#include "scan.h"
#include "tokens.h"

enum { ROUNDS = 20000 };

static size_t binds_seen;  /* of -B, in plans */
static size_t limits_seen; /* that a box has and a caller lowers */

static const char *const policies[] = {
	"[minibox]\n"
	"default-box = b\n"
	"[defaults]\n"
	"env-keep = EDITOR, X_*\n"
	"umask = 027\n"
	"# a comment\n"
	"[box b]\n"
	"rootfs = /srv/b\n"
	"description = some # text ; here\n"
	"users = alice, 4001\n"
	"command = /bin/\n"
	"shell = /bin/sh\n"
	"[box c]\n"
	"rootfs = /srv/c\n"
	"users = *\n"
	"deny-groups = 12\n"
	"command = *\n"
	"hostname = h-%b\n",
	"[box b]\n"
	"rootfs = /r\n"
	"groups = lab, 300\n"
	"deny-users = 77, bob\n"
	"command = /usr/bin/make\n"
	"command-exact = /bin/sh -l\n"
	"path = /bin:/usr/bin\n"
	"home = none\n"
	"proc = pid\n"
	"sys = ro\n"
	"network = host\n"
	"syscalls = none\n"
	"env-set = A=b c\n"
	"user-env = yes\n",
	/* Mounts where anything is run. */
	"[defaults]\n"
	"allow-bind = %h/:%h/:rw\n"
	"tmp-size = 8M\n"
	"[box b]\n"
	"rootfs = /r\n"
	"users = *\n"
	"command = *\n"
	"root = overlay\n"
	"tmpfs = /scratch:1G:1777\n"
	"tmpfs = /tmp:128K\n"
	"bind = /data/%u:/d/%U:rw\n"
	"bind = /mnt/x:/scratch/x\n"
	"bind = /shm:/dev/shm/x\n"
	"network = netns:lab\n"
	"passwd = no\n"
	"[box c]\n"
	"rootfs = /s\n"
	"users = *\n"
	"command = *\n"
	"home = rw\n"
	"allow-bind = /w/:/u/:ro\n",
	/* And where only a few are. */
	"[box b]\n"
	"rootfs = /r\n"
	"users = *\n"
	"command = /bin/\n"
	"command-exact = /app/x y\n"
	"exec = listed\n"
	"home = ro\n"
	"path = /bin:/tools\n"
	"bind = /data:/d:rw\n"
	"bind = %h/in:/in\n"
	"allow-bind = /w/:/u/:rw\n"
	"allow-bind = /w/%u:/v\n"
	"allow-bind = %h/:/u/home/\n"
	"allow-bind = /w/:/usr/%U/\n",
	/* How much. */
	"[minibox]\n"
	"cgroup-root = /sys/fs/cgroup/boxes\n"
	"[defaults]\n"
	"memory = 2G\n"
	"cpus = 1.5\n"
	"nice = 10\n"
	"rlimit-nofile = 1024\n"
	"rlimit-core = unlimited\n"
	"[box b]\n"
	"rootfs = /r\n"
	"users = *\n"
	"command = *\n"
	"memory = 512M\n"
	"pids-limit = 64\n"
	"timeout = 90m\n"
	"max-running = 2\n"
	"rlimit-as = 4G\n"
	"allow-bind = /w/:/u/\n"
	"rlimit-cpu = 60\n"
	"[box c]\n"
	"rootfs = /s\n"
	"users = *\n"
	"command = /bin/\n"
	"cpus = none\n"
	"timeout = 1500ms\n"
	"max-running = none\n"
	"nice = none\n"
	"rlimit-stack = 8M\n"
	"allow-bind = /w/:/u/\n",
};

static const char *const requests[] = {
	"-b|b|-e|A=b|-C|/tmp|--hostname=h|--network=none|--|/bin/ls|-l",
	"-n|-b|c|-e|EDITOR|-e|TERM=x|ls|/",
	"-b|b|-c|echo",
	"-l|-b|b",
	"--check|f",
	"-bb|./make|all",
	"-b|b|-B|/home/alice/x|-B|/home/alice/y:/home/alice/y:ro|/bin/ls",
	"-b|b|-B|/w/x:/u/x:rw|-B/w/alice:/v|-B|/home/alice/a:/u/home/a|bin/ls",
	"-b|b|-B|/w/x:/usr/1000/x|-B|y:/u/y|--bind=./z/:/u/z|/bin/sh",
	"-b|c|-B|/w/x:/u/x|--bind=/w/y:/u/y:ro|/bin/ls",
	"-b|b|--memory=256M|--pids-limit=9|--timeout=60|-B|/w/x:/u/x|/bin/ls",
	"-n|-b|c|--memory|1G|--timeout=1|--status-fd=3|-B/w/x:/u/x|ls",
};

/* What is put in: what means something somewhere, and some bytes. */
static const char *const pieces[] = { "=", " ", "\n", "[", "]", "#", ";", " ;",
	",", "*", "/", "//", "/../", ".", "-", "%b", ":", "none", "0", "9",
	"4294967295", "\n ", "\n[box c]\n", "\nusers = *\n", "LD_X", "|", "||",
	"|-e|PATH=x|", "|-B|/w/a:/u/a|", "|-B|", ":rw", ":ro", "%u", "%h", "%",
	"%%", "/proc", "/dev/shm/", "/usr/", "/u/", "/v", "\nbind = /a:/u/x\n",
	"\nmemory = none\n", "0.01", "K", "G", "ms", "d", "unlimited",
	"999999999", "|--cpus=9|", "|--status-fd=9|", "\ncommand = *\n",
	"\ntmpfs = /u\n", "64K", "|--|", "\t", "\r", "\x7f", "\x1b", "\x80",
	"\xff", "\xef\xbb\xbf", "\xe2\x80\xae" };

static uint32_t
next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*seed >> 33);
}

/* `text` with one or two places cut, doubled or filled; its size in *size.
 * With room for a NUL at the end, which is there. */
static char *
mutate(const char *text, size_t *size, uint64_t *seed)
{
	size_t n = strlen(text), room = n + 4 * 64;
	char *out = xcalloc(room + 1, 1);

	memcpy(out, text, n);
	for (uint32_t times = next(seed) % 8 / 5 + 1; times && n; times--) {
		size_t at = next(seed) % n, len = next(seed) % 16;
		const char *piece = pieces[next(seed) % COUNT(pieces)];
		size_t add = strlen(piece);

		if (len > n - at)
			len = n - at;
		switch (next(seed) % 4) {
		case 0: /* cut */
			memmove(out + at, out + at + len, n - at - len);
			n -= len;
			break;
		case 1: /* double */
			memmove(out + at + len, out + at, n - at);
			n += len;
			break;
		case 2: /* any byte, NUL as well */
			out[at] = (char)next(seed);
			break;
		default: /* put in */
			memmove(out + at + add, out + at, n - at);
			memcpy(out + at, piece, add);
			n += add;
			break;
		}
	}
	out[n] = '\0';
	*size = n;
	return out;
}

static bool
has_control(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if ((text[i] >= 0 && text[i] < 0x20 && text[i] != '\n') ||
			text[i] == 0x7f)
			return true;
	return false;
}

static void
check_mount_lists(const struct box *b)
{
	static const char *const closed[] = { "/", "/proc", "/proc/", "/sys",
		"/sys/", "/dev", "/dev/" };

	for (size_t i = 0; i < b->tmpfs.n; i++) {
		const struct item *it = &b->tmpfs.v[i];

		assert_true(path_is_clean(it->target) && it->target[1]);
		assert_true(!it->size || it->size >= 65536);
		assert_true(it->mode == -1 || !(it->mode & ~01777));
	}
	for (size_t i = 0; i < b->bind.n; i++) {
		assert_null(tokens_path_fault(b->bind.v[i].source));
		assert_null(tokens_path_fault(b->bind.v[i].target));
	}
	for (size_t i = 0; i < b->allow_bind.n; i++) {
		const struct item *it = &b->allow_bind.v[i];

		assert_null(tokens_path_fault(it->source));
		assert_null(tokens_path_fault(it->target));
		assert_int_equal(it->source[strlen(it->source) - 1] == '/',
			it->target[strlen(it->target) - 1] == '/');
		for (size_t k = 0; k < COUNT(closed); k++) {
			assert_string_not_equal(it->source, closed[k]);
			assert_string_not_equal(it->target, closed[k]);
		}
	}
	assert_true(b->tmp_size >= 65536 && b->tmp_size <= INT64_MAX);
	if (b->exec == EXEC_LISTED)
		assert_true(!policy_any_command(b) && b->root == ROOT_RO);
	if (b->network.kind == NETWORK_NETNS)
		assert_true(value_is_netns(b->network.netns));
}

/* What a number of the limit can be, and that it can be written again. */
static void
check_limits(const struct limits *limits)
{
	static const struct {
		uint64_t first, last;
	} range[LIMITS] = {
		[LIMIT_MEMORY] = { 1 << 20, INT64_MAX },
		[LIMIT_PIDS] = { 1, 4194303 },
		[LIMIT_CPUS] = { 10, 9999000 },
		[LIMIT_TIMEOUT] = { 1, 86399999913600000 },
	};

	for (enum limit i = 0; i < LIMITS; i++) {
		uint64_t n = limits->v[i], again = 0;

		if (!n)
			continue;
		assert_true(n >= range[i].first && n <= range[i].last);
		assert_null(limit_parse(i, limit_text(i, n), &again));
		assert_true(again == n);
	}
}

static void
check_use(const struct box *b)
{
	check_limits(&b->limits);
	assert_in_range(b->max_running, 0, 65535);
	assert_in_range(b->nice + 1, 0, 19 + 1);
	for (size_t i = 0; i < RLIMIT_RULES; i++) {
		uint64_t n = b->rlimits[i].value;

		if (!b->rlimits[i].given)
			continue;
		assert_true(n == LIMIT_UNLIMITED || n <= INT64_MAX);
		assert_true(i != RLIMIT_RULE_CPU || n > 0);
	}
}

static void
check_lists(const struct box *b)
{
	const struct list *ids[] = { &b->users, &b->groups, &b->deny_users,
		&b->deny_groups };

	for (size_t l = 0; l < COUNT(ids); l++)
		for (size_t i = 0; i < ids[l]->n; i++) {
			const struct item *it = &ids[l]->v[i];

			assert_true(*it->text && !strpbrk(it->text, " ,"));
			assert_true(strcmp(it->text, "none") != 0);
			assert_true(!it->numeric || it->id != UINT32_MAX);
			assert_true(strcmp(it->text, "*") || l == 0);
		}
	for (size_t i = 0; i < b->command.n; i++)
		assert_true(!strcmp(b->command.v[i].text, "*") ||
			    path_is_clean_dir(b->command.v[i].text));
	assert_true(!policy_any_command(b) || b->command_exact.n == 0);
	for (size_t i = 0; i < b->command_exact.n; i++)
		assert_int_equal(b->command_exact.v[i].text[0], '/');
	check_mount_lists(b);
	for (size_t i = 0; i < b->env_keep.n; i++)
		assert_false(envname_is_refused(b->env_keep.v[i].text,
			strlen(b->env_keep.v[i].text), policy_any_command(b)));
	for (size_t i = 0; i < b->env_set.n; i++)
		assert_true(envname_is_name(b->env_set.v[i].text,
			strcspn(b->env_set.v[i].text, "=")));
}

static void
check_box(const struct policy *p, const struct box *b)
{
	assert_true(scan_is_box_name(b->name));
	assert_ptr_equal(policy_find(p, b->name), b);
	assert_non_null(b->rootfs);
	assert_true(path_is_clean(b->rootfs));
	assert_false(path_beneath("/etc", b->rootfs));
	assert_true(path_is_clean(b->shell));
	assert_true(value_is_hostname(b->hostname));
	assert_in_range(b->umask + 1, 0, 0777 + 1);
	check_use(b);
	for (const char *d = b->path; *d; d += *d == ':') {
		size_t n = strcspn(d, ":");

		assert_true(path_is_clean(xstrndup(d, n)));
		d += n;
	}
	check_lists(b);
}

/* A line of allow-bind that gives the caller this bind. */
static bool
is_given(const struct box *b, const struct op *op)
{
	const struct caller who = unit_caller();
	const struct tokens tokens = {
		.user = who.name,
		.uid = "1000",
		.home = who.home,
		.home_fixed = who.known,
		.box = b->name,
	};

	for (size_t i = 0; i < b->allow_bind.n; i++) {
		const struct item *it = &b->allow_bind.v[i];
		size_t fixed, ignored;
		char *s = tokens_expand(it->source, &tokens, &fixed);
		char *t = tokens_expand(it->target, &tokens, &ignored);
		size_t n = strlen(s), m = strlen(t);

		if (it->place != op->place || fixed != op->fixed ||
			(op->writable && !it->writable))
			continue;
		if (s[n - 1] != '/')
			return !strcmp(op->source, s) && !strcmp(op->target, t);
		return !strncmp(op->source, s, n) &&
		       !strncmp(op->target, t, m) &&
		       !strcmp(op->source + n, op->target + m);
	}
	return false;
}

static void
check_bind(const struct box *b, const struct op *op, bool asked)
{
	bool lists = !policy_any_command(b);

	assert_true(path_is_clean(op->source));
	assert_true(op->fixed <= strlen(op->source));
	assert_true(!op->fixed || !op->source[op->fixed] ||
		    op->source[op->fixed] == '/' ||
		    op->source[op->fixed - 1] == '/');
	if (lists && op->as_caller && !op->own && !op->if_source)
		assert_null(binds_shadowed(b, op->target));
	if (b->exec == EXEC_LISTED)
		assert_true(op->noexec || !(op->writable || op->as_caller));
	if (!asked)
		return;
	assert_true(op->as_caller && op->typed);
	assert_true(op->noexec || !lists);
	assert_true(is_given(b, op));
}

/* No two mounts cover one another; what lies on another lies on a tmpfs. */
static void
check_mounts(const struct mounts *m, const struct box *b, size_t asked)
{
	size_t n = 0;

	assert_int_equal(m->ops[0].kind, OP_ROOT);
	for (size_t i = 1; i < m->n; i++) {
		const struct op *op = &m->ops[i];

		assert_true(path_is_clean(op->target) && op->target[1]);
		n += op->asked;
		if (op->kind == OP_BIND)
			check_bind(b, op, op->asked);
		if (b->exec == EXEC_LISTED)
			assert_true(op->noexec || op->kind != OP_TMPFS);
		for (size_t k = 1; k < i; k++) {
			const struct op *e = &m->ops[k];

			if (e->kind == OP_DIR)
				continue;
			if (path_beneath(e->target, op->target))
				fail_msg("%s covers %s", op->target, e->target);
			assert_true(!path_beneath(op->target, e->target) ||
				    e->kind == OP_TMPFS || e->kind == OP_DEV);
		}
	}
	assert_int_equal(n, asked);
}

/* What was asked for, or what the box has; never more than that. */
static void
check_narrowed(
	const struct plan *p, const struct box *b, const struct request *r)
{
	check_limits(&p->limits);
	for (int i = 0; i < LIMITS; i++) {
		uint64_t n = p->limits.v[i];

		assert_true(!b->limits.v[i] || (n && n <= b->limits.v[i]));
		assert_true(n ==
			    (r->limits.v[i] ? r->limits.v[i] : b->limits.v[i]));
		limits_seen += r->limits.v[i] && b->limits.v[i];
	}
	assert_int_equal(p->status_fd, r->status_fd);
	assert_true(p->status_fd == -1 || p->status_fd >= 3);
}

/* What is planned is what the box allows the caller. */
static void
check_plan(const struct plan *p, const struct box *b, const struct caller *who,
	const struct request *r)
{
	const struct item *why;

	assert_true(authorize_admits(b, who, unit_accounts(), &why));
	assert_in_range(p->ncandidates, 1, 64);
	for (size_t i = 0; i < p->ncandidates; i++) {
		const char *path = p->candidates[i].path;

		assert_true(path_is_clean(path));
		assert_non_null(authorize_command(b, path, p->argv + 1));
		assert_in_range(p->candidates[i].cwd + 1, 0, p->ncwds);
	}
	assert_in_range(p->ncwds, 1, PLAN_CWDS_MAX);
	for (size_t i = 0; i < p->ncwds; i++)
		assert_true(path_is_clean(p->cwds[i]));
	assert_true(p->mounts.n > 1);
	check_mounts(&p->mounts, b, r->nbinds);
	binds_seen += r->nbinds;
	check_narrowed(p, b, r);
	assert_int_equal(p->listed_only, b->exec == EXEC_LISTED);
	assert_true(value_is_hostname(p->hostname));
	assert_true(
		b->network.kind != NETWORK_NONE || p->namespaces & 0x40000000);
	assert_true(!r->no_network || p->namespaces & 0x40000000);
	assert_int_equal(p->must_be_trusted, !policy_any_command(b));
	assert_int_equal(p->uid, who->uid);
	for (char **e = p->envp; *e; e++)
		assert_true(strncmp(*e, "LD_", 3) || b->env_set.n);
}

static size_t
try_requests(const struct policy *policy, uint64_t *seed)
{
	const char *text = requests[next(seed) % COUNT(requests)];
	const struct caller caller = unit_caller();
	struct request request;
	struct refusal refusal = { 0 };
	const struct box *box;
	struct plan plan;
	size_t size;
	char *line = mutate(text, &size, seed);
	bool permit;

	if (unit_request(&request, line))
		return 0;
	assert_true(!request.chdir || path_is_clean(request.chdir));
	assert_true(!request.hostname || value_is_hostname(request.hostname));
	box = authorize_choose(
		policy, request.box, &caller, unit_accounts(), &refusal);
	permit = box && plan_make(&plan, box, &caller, &request, &refusal);
	if (permit) {
		check_plan(&plan, box, &caller, &request);
	} else {
		assert_in_range(refusal.status, 125, 126);
		assert_non_null(refusal.text);
	}
	return permit;
}

static void
policies_and_requests(void **state)
{
	const struct policy *right[COUNT(policies)];
	size_t accepted = 0, refused = 0, permitted = 0;
	uint64_t seed = 1;

	(void)state;
	for (size_t i = 0; i < COUNT(policies); i++)
		right[i] = unit_policy(policies[i]);
	for (int round = 0; round < ROUNDS; round++) {
		const char *from = policies[next(&seed) % COUNT(policies)];
		size_t size;
		char *text = mutate(from, &size, &seed);
		struct policy *p = xcalloc(1, sizeof(*p));
		struct faults f = unit_parse(p, text, size);

		if (f.n) {
			for (size_t i = 1; i < f.n; i++)
				assert_true(f.v[i - 1].place <= f.v[i].place);
			/* Both readers agree; but see test-mended.c. */
			assert_true(f.v[0].place > 0 || strstr(text, " ;"));
			refused++;
			permitted += try_requests(
				right[round % (int)COUNT(policies)], &seed);
			continue;
		}
		if (has_control(text, size) || (size && text[size - 1] != '\n'))
			fail_msg("accepted: %s", text);
		accepted++;
		assert_true(!p->cgroup_root ||
			    (path_is_clean(p->cgroup_root) &&
				    !strncmp(p->cgroup_root, "/sys/fs/cgroup/",
					    15)));
		for (size_t i = 0; i < p->nboxes; i++)
			check_box(p, &p->boxes[i]);
		for (int times = 0; times < 8; times++)
			permitted += try_requests(p, &seed);
	}
	/* Or the above has not been looked at. */
	print_message("%zu accepted, %zu refused, %zu plans, %zu binds, "
		      "%zu limits\n",
		accepted, refused, permitted, binds_seen, limits_seen);
	assert_true(accepted > ROUNDS / 20 && refused > ROUNDS / 20);
	assert_true(permitted > ROUNDS / 20);
	assert_true(binds_seen > ROUNDS / 40);
	assert_true(limits_seen > ROUNDS / 200);
}

/* What is listed somewhere, sometimes with something put in. */
static const char *
bind_word(uint64_t *seed)
{
	static const char *const words[] = { "/w/x:/u/x", "/w/y:/u/y",
		"/w/y/x:/u/y/x", "x:/u/x", "./y:/u/y", "y/z/:/u/y/z", ".:/u/x",
		"/w/alice:/v", "/w/alice:/u/alice", "/home/alice/x:/u/home/x",
		"/home/alice/x:/home/alice/x", "/w/x:/usr/1000/x" };
	static const char *const parts[] = { "/", "//", "/.", "/..", "../", "z",
		":", " ", "%h", "/w", "/u/", "/x" };
	static const char *const modes[] = { "", "", ":ro", ":rw" };
	const char *word = words[next(seed) % COUNT(words)];
	size_t at = next(seed) % (strlen(word) + 1);

	if (next(seed) % 4 == 0)
		word = xasprintf("%.*s%s%s", (int)at, word,
			parts[next(seed) % COUNT(parts)], word + at);
	return xasprintf("%s%s", word, modes[next(seed) % COUNT(modes)]);
}

/* One to three -B in boxes that are right: nothing but what a line lists. */
static void
binds_asked(void **state)
{
	const struct box *boxes[] = { unit_box(policies[2]),
		unit_box(policies[3]),
		unit_box("[box b]\n"
			 "rootfs = /r\n"
			 "command = /bin/\n"
			 "allow-bind = /w/:/u/:rw\n"
			 "allow-bind = %h/:/u/home/\n"
			 "allow-bind = /w/:/usr/%U/\n"),
		policy_find(unit_policy(policies[2]), "c") };
	struct caller caller = unit_caller();
	size_t given = 0;
	uint64_t seed = 1;

	(void)state;
	caller.cwd = "/w";
	for (int round = 0; round < ROUNDS; round++) {
		const struct box *box = boxes[next(&seed) % COUNT(boxes)];
		const char *words = "-n";
		struct request request;
		struct refusal refusal;
		struct mounts mounts;

		for (uint32_t n = next(&seed) % 3 + 1; n; n--)
			words = xasprintf("%s|-B|%s", words, bind_word(&seed));
		if (unit_request(&request, words))
			continue;
		if (mounts_make(&mounts, box, &caller, &request, &refusal)) {
			check_mounts(&mounts, box, request.nbinds);
			given += request.nbinds;
			continue;
		}
		assert_in_range(refusal.status, 125, 126);
		assert_true(refusal.place > 0 || refusal.status == 125);
	}
	print_message("%zu given\n", given);
	assert_true(given > ROUNDS / 20);
}

/* One control byte anywhere, whatever the rest: refused. */
static void
control_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(policies); i++) {
		size_t size = strlen(policies[i]);
		char *text = xstrdup(policies[i]);

		(void)unit_policy(text);
		for (size_t at = 0; at < size; at++) {
			static const char controls[] = "\0\1\t\v\f\r\x1b\x7f";
			char c = controls[at % 8], kept = text[at];
			struct policy p;

			text[at] = c;
			if (unit_parse(&p, text, size).n == 0)
				fail_msg("byte %d at %zu", c, at);
			text[at] = kept;
		}
	}
}

static void
accounts(void **state)
{
	static const char passwd[] = "root:x:0:0:root:/root:/bin/sh\n"
				     "alice:x:1000:1000::/home/alice:\n"
				     "bob:x:4294967294:5:Bob:/b:/bin/sh\n";
	uint64_t seed = 1;

	(void)state;
	for (int round = 0; round < ROUNDS / 10; round++) {
		struct accounts a;
		size_t size;
		char *text = mutate(passwd, &size, &seed);
		char *copy = xstrdup(text);

		accounts_read(&a, copy, copy);
		free(copy);
		for (size_t i = 0; i < a.nusers; i++) {
			uint32_t uid;

			assert_true(a.users[i].id != UINT32_MAX);
			assert_null(strpbrk(a.users[i].name, ":\n"));
			assert_null(strpbrk(a.users[i].home, ":\n"));
			assert_true(accounts_user(&a, a.users[i].name, &uid));
			assert_int_equal(uid, a.users[i].id);
			assert_non_null(accounts_by_uid(&a, uid));
		}
		for (size_t i = 1; i < a.ngroups; i++)
			assert_true(strcmp(a.groups[i - 1].name,
					    a.groups[i].name) < 0);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(policies_and_requests),
		cmocka_unit_test(binds_asked),
		cmocka_unit_test(control_bytes),
		cmocka_unit_test(accounts),
	};

	return cmocka_run_group_tests_name("garbage", tests, NULL, NULL);
}
