/* SPDX-License-Identifier: MIT */
/* Which control group does a box with limits live in?  cgroup_make runs in the
 * caller's process before the clone, with fsuid 0; cgroup_look for root's
 * --check; the others in the monitor, without any privilege. */
#include "cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cred.h"
#include "die.h"
#include "path.h"
#include "trusted.h"
#include "xalloc.h"

#define SERVICE "minibox.service"
#define SERVICE_GROUP LIMIT_CGROUP_TOP "/minibox.slice/" SERVICE
#define OWN_GROUP LIMIT_CGROUP_TOP "/minibox"
#define ADMIN "; tell your administrator"

enum { TEXT_MAX = 4096 }; /* bytes of a file of the kernel's */
enum { PERIOD = 100000 }; /* of cpu.max: microseconds, the kernel's default */

const struct cgroup cgroup_none = {
	.dir = -1,
	.events = -1,
	.peak = -1,
	.stat = -1,
	.kill = -1,
};

/* What a limit is for the kernel. */
static const struct {
	enum limit limit;
	const char *controller;
} controllers[] = {
	{ LIMIT_MEMORY, "memory" },
	{ LIMIT_PIDS, "pids" },
	{ LIMIT_CPUS, "cpu" },
};

enum { CONTROLLERS = sizeof(controllers) / sizeof(controllers[0]) };

/* A group on the way down, and its path for messages. */
struct level {
	int fd;
	const char *path;
};

/* The beginning of a small file; NULL and errno. */
static const char *
read_at(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char *text = xcalloc(TEXT_MAX, 1);
	ssize_t n = fd < 0 ? -1 : read(fd, text, TEXT_MAX - 1);
	int error = errno;

	if (fd >= 0)
		(void)close(fd);
	errno = error;
	return n < 0 ? NULL : text;
}

static bool
write_at(int dir, const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	size_t size = strlen(text);
	bool done = fd >= 0 && write(fd, text, size) == (ssize_t)size;
	int error = errno;

	if (fd >= 0)
		(void)close(fd);
	errno = error;
	return done;
}

/* `word` among those between blanks. */
static bool
has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	while (*text) {
		size_t len = strcspn(text, " \n");

		if (len == n && !memcmp(text, word, n))
			return true;
		text += len + (text[len] != '\0');
	}
	return false;
}

static bool
exists(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0)
		return true;
	if (errno != ENOENT && errno != ENOTDIR)
		die_errno("cannot look at %s", path);
	return false;
}

static bool
is_cgroup2(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		die_errno("cannot tell what is mounted on " LIMIT_CGROUP_TOP);
	return fs.f_type == CGROUP2_SUPER_MAGIC;
}

/* A caller who may write there could take processes out of his box. */
static void
require_roots(const struct level *level)
{
	struct stat st;

	if (fstatat(level->fd, "cgroup.procs", &st, AT_SYMLINK_NOFOLLOW) < 0)
		die_errno("cannot look at %s/cgroup.procs", level->path);
	if (st.st_uid != 0 || st.st_mode & (S_IWGRP | S_IWOTH))
		die(EXIT_MINIBOX,
			"%s/cgroup.procs is not root's alone, so that limits "
			"would not hold" ADMIN
			" to set another cgroup-root in minibox.conf",
			level->path);
}

/* Why the group cannot be changed or made, from errno. */
static _Noreturn void
refuse_group(const char *path, const char *what)
{
	switch (errno) {
	case EBUSY:
		die(EXIT_MINIBOX,
			"control group %s has processes of its own, so it "
			"cannot limit others" ADMIN
			" to set another cgroup-root in minibox.conf",
			path);
	case EROFS:
		die(EXIT_MINIBOX,
			"control groups are mounted read-only" ADMIN
			" to run: mount -o remount,rw " LIMIT_CGROUP_TOP);
	default:
		die_errno("cannot %s control group %s", what, path);
	}
}

/* The groups below `level` get the controllers that the limits need. */
static void
enable(const struct level *level, const struct limits *limits)
{
	const char *there = read_at(level->fd, "cgroup.controllers");
	const char *on = read_at(level->fd, "cgroup.subtree_control");

	if (!there || !on)
		die_errno("cannot read the controllers of %s", level->path);
	for (size_t i = 0; i < CONTROLLERS; i++) {
		const char *name = controllers[i].controller;

		bool limited = limits->v[controllers[i].limit];
		bool counted = i == 0; /* memory: for memory.peak */

		if ((!limited && !counted) || has_word(on, name))
			continue;
		if (!has_word(there, name) && !limited)
			continue;
		if (!has_word(there, name))
			die(EXIT_MINIBOX,
				"%s: %s has no %s controller of cgroup v2" ADMIN
				" (cgroup v1 may hold it; boot with "
				"cgroup_no_v1=all)",
				limit_name(controllers[i].limit), level->path,
				name);
		if (!write_at(level->fd, "cgroup.subtree_control",
			    xasprintf("+%s", name)))
			refuse_group(level->path,
				xasprintf("switch on %s in", name));
	}
}

/* The root of cgroupfs has mode 0555: to root without capabilities, too. */
static void
make_missing(int up, const char *name, const char *path)
{
	int made;

	cred_lend();
	made = mkdirat(up, name, 0755);
	if (made < 0 && errno != EEXIST)
		refuse_group(path, "make");
	cred_take_back();
}

/* The next group on the way; the last one is made if it is missing. */
static void
descend(struct level *level, const char *name, bool last)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int up = level->fd, fd = openat(up, name, flags);

	level->path = path_join(level->path, name);
	if (fd < 0 && errno == ENOENT && last) {
		make_missing(up, name, level->path);
		fd = openat(up, name, flags);
	}
	if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
		die(EXIT_MINIBOX,
			"%s is no directory, or a symbolic link" ADMIN
			" to write another cgroup-root",
			level->path);
	if (fd < 0)
		refuse_group(level->path, "use");
	(void)close(up);
	level->fd = fd;
}

/* On a host that systemd runs, control groups are systemd's, but for those
 * that it delegates.  NULL: see *trouble. */
static const char *
choose_root(const char *wanted, const struct level *top,
	struct cgroup_trouble *trouble)
{
	if (wanted)
		return wanted;
	if (exists(SERVICE_GROUP))
		return SERVICE_GROUP;
	if (!exists("/run/systemd/system") || !is_cgroup2(top->fd))
		return OWN_GROUP;
	*trouble = (struct cgroup_trouble){
		"limits of a box need " SERVICE ", which is not running",
		"run: systemctl enable --now " SERVICE,
	};
	return NULL;
}

static struct level
open_top(void)
{
	struct level top = { .path = LIMIT_CGROUP_TOP };
	const char *why;

	top.fd = trusted_open_dir(top.path, &why);
	if (top.fd < 0)
		die(EXIT_MINIBOX, "limits of a box need cgroup v2: %s", why);
	return top;
}

/* There is no cgroup v2 at `path`. */
static struct cgroup_trouble
no_cgroup2(const char *path)
{
	if (exists(LIMIT_CGROUP_TOP "/memory") ||
		exists(LIMIT_CGROUP_TOP "/systemd"))
		return (struct cgroup_trouble){
			xasprintf("limits of a box need cgroup v2, and %s has "
				  "v1",
				path),
			"boot with cgroup_no_v1=all, and under systemd with "
			"systemd.unified_cgroup_hierarchy=1",
		};
	return (struct cgroup_trouble){
		"limits of a box need cgroup v2, which is not mounted",
		"run: mount -t cgroup2 cgroup2 " LIMIT_CGROUP_TOP,
	};
}

static _Noreturn void
refuse(const struct cgroup_trouble *trouble)
{
	die(EXIT_MINIBOX, "%s" ADMIN " to %s", trouble->why, trouble->cure);
}

struct cgroup_trouble
cgroup_look(const char *wanted)
{
	struct cgroup_trouble trouble = { 0 };
	struct level top = { .path = LIMIT_CGROUP_TOP };
	const char *why, *root, *above;
	struct statfs fs;

	top.fd = trusted_open_dir(top.path, &why);
	if (top.fd < 0)
		return (struct cgroup_trouble){
			xasprintf("limits of a box need cgroup v2: %s", why),
			"run: mount -t cgroup2 cgroup2 " LIMIT_CGROUP_TOP,
		};
	root = choose_root(wanted, &top, &trouble);
	(void)close(top.fd);
	above = root ? xstrndup(root, (size_t)(strrchr(root, '/') - root))
		     : NULL;
	if (above && statfs(above, &fs) < 0)
		trouble = (struct cgroup_trouble){
			xasprintf(
				"control group %s: %s", above, strerror(errno)),
			"make it at every boot, or set another cgroup-root",
		};
	else if (above && fs.f_type != CGROUP2_SUPER_MAGIC)
		trouble = no_cgroup2(above);
	return trouble;
}

/* The group below which those of the boxes are. */
static struct level
open_root(const struct plan *plan)
{
	struct cgroup_trouble trouble;
	struct level level = open_top();
	const char *root = choose_root(plan->cgroup_root, &level, &trouble);
	const char *p;

	if (!root)
		refuse(&trouble);
	p = root + strlen(LIMIT_CGROUP_TOP);
	while (*p) {
		size_t n = strcspn(++p, "/");

		if (is_cgroup2(level.fd)) {
			require_roots(&level);
			enable(&level, &plan->limits);
		}
		if (!p[n] && !is_cgroup2(level.fd)) {
			trouble = no_cgroup2(level.path);
			refuse(&trouble);
		}
		descend(&level, xstrndup(p, n), !p[n]);
		p += n;
	}
	require_roots(&level);
	enable(&level, &plan->limits);
	return level;
}

/* The number at the end of name, behind a dot, which is cut off; 0: none. */
static long
cut_number(char *name)
{
	char *dot = strrchr(name, '.'), *end;
	long n;

	if (!dot || dot == name || strspn(dot + 1, "0123456789") < 1)
		return 0;
	n = strtol(dot + 1, &end, 10);
	if (*end)
		return 0;
	*dot = '\0';
	return n;
}

/* The process that made the group `name`; 0: it is not BOX.UID.PID. */
static pid_t
maker_of(const char *name)
{
	char *copy = xstrdup(name);
	long pid = cut_number(copy);

	return cut_number(copy) > 0 && pid > 0 && pid <= INT32_MAX ? (pid_t)pid
								   : 0;
}

/* Left by boxes that are gone.  That of a living monitor is in use, or about to
 * be; one with processes cannot be removed. */
static void
remove_empty(const struct level *level)
{
	int fd = openat(level->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir)
		die_errno("cannot list %s", level->path);
	errno = 0;
	while ((entry = readdir(dir))) {
		pid_t maker = maker_of(entry->d_name);

		if (maker && kill(maker, 0) < 0 && errno == ESRCH)
			(void)unlinkat(level->fd, entry->d_name, AT_REMOVEDIR);
		errno = 0;
	}
	if (errno)
		die_errno("cannot list %s", level->path);
	(void)closedir(dir);
}

/* `text` as the kernel keeps it: limits are read back. */
static void
set(const struct level *group, const char *name, const char *text)
{
	const char *now;

	if (!write_at(group->fd, name, text))
		die_errno("cannot set %s/%s to %s", group->path, name, text);
	now = read_at(group->fd, name);
	if (!now || strcmp(now, xasprintf("%s\n", text)))
		die(EXIT_MINIBOX, "%s/%s could not be set to %s", group->path,
			name, text);
}

static const char *
number(uint64_t n)
{
	return xasprintf("%llu", (unsigned long long)n);
}

/* Where the kernel has no swap it has no limit of it either. */
static void
forbid_swap(const struct level *group)
{
	struct sysinfo info;

	if (faccessat(group->fd, "memory.swap.max", F_OK, 0) < 0 &&
		errno == ENOENT && sysinfo(&info) == 0 && info.totalswap == 0)
		return;
	set(group, "memory.swap.max", "0");
}

static void
set_limits(const struct level *group, const struct limits *limits)
{
	uint64_t memory = limits->v[LIMIT_MEMORY];
	uint64_t pids = limits->v[LIMIT_PIDS], cpus = limits->v[LIMIT_CPUS];

	if (memory) {
		/* The kernel counts whole pages. */
		memory -= memory % (uint64_t)sysconf(_SC_PAGESIZE);
		set(group, "memory.max", number(memory));
		forbid_swap(group);
		/* The box ends as a whole, never by halves. */
		set(group, "memory.oom.group", "1");
	}
	if (pids)
		set(group, "pids.max", number(pids + 1)); /* and init */
	if (cpus)
		set(group, "cpu.max",
			xasprintf("%llu %d",
				(unsigned long long)(cpus * PERIOD / 1000),
				PERIOD));
}

/* A file that younger kernels have; -1: not this one. */
static int
open_optional(const struct level *group, const char *name, int flags)
{
	int fd = openat(group->fd, name, flags | O_CLOEXEC);

	if (fd < 0 && errno != ENOENT)
		die_errno("cannot open %s/%s", group->path, name);
	return fd;
}

void
cgroup_make(struct cgroup *made, const struct plan *plan)
{
	struct level level = open_root(plan);
	const char *name = xasprintf("%s.%u.%d", plan->box->name,
		(unsigned)plan->uid, (int)getpid());

	remove_empty(&level);
	/* Of a process that had our number, and is gone. */
	(void)unlinkat(level.fd, name, AT_REMOVEDIR);
	if (mkdirat(level.fd, name, 0755) < 0)
		refuse_group(path_join(level.path, name), "make");
	descend(&level, name, false);
	set_limits(&level, &plan->limits);
	*made = cgroup_none;
	made->dir = level.fd;
	made->stat = open_optional(&level, "cpu.stat", O_RDONLY);
	made->kill = open_optional(&level, "cgroup.kill", O_WRONLY);
	made->peak = open_optional(&level, "memory.peak", O_RDONLY);
	if (!plan->limits.v[LIMIT_MEMORY])
		return;
	made->events = openat(level.fd, "memory.events", O_RDONLY | O_CLOEXEC);
	if (made->events < 0)
		die_errno("cannot watch %s/memory.events", level.path);
}

void
cgroup_kill(const struct cgroup *group)
{
	/* init is killed as well, whatever comes of this. */
	if (group->kill >= 0)
		(void)!write(group->kill, "1", 1);
}

/* The number that follows `word` in the file. */
static bool
read_number(int fd, const char *word, uint64_t *n)
{
	char text[TEXT_MAX];
	ssize_t got = fd < 0 ? -1 : pread(fd, text, sizeof(text) - 1, 0);
	char *p = text;

	if (got <= 0)
		return false;
	text[got] = '\0';
	while (strncmp(p, word, strlen(word)) != 0) {
		p = strchr(p, '\n');
		if (!p)
			return false;
		p++;
	}
	*n = strtoull(p + strlen(word), NULL, 10);
	return true;
}

bool
cgroup_out_of_memory(const struct cgroup *group)
{
	uint64_t reached, killed;

	return read_number(group->events, "oom ", &reached) &&
	       read_number(group->events, "oom_kill ", &killed) && reached &&
	       killed;
}

bool
cgroup_times(const struct cgroup *group, uint64_t *user, uint64_t *system)
{
	return read_number(group->stat, "user_usec ", user) &&
	       read_number(group->stat, "system_usec ", system);
}

bool
cgroup_memory_peak(const struct cgroup *group, uint64_t *bytes)
{
	return read_number(group->peak, "", bytes);
}
