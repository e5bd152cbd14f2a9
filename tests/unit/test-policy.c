/* SPDX-License-Identifier: MIT */
/* What does the policy say: every key, and every way to get it wrong? */
#include "tables.h"

#include <assert.h>

#define BOX "[box b]\nrootfs = /r\n" /* what is added stands in line 3 */

enum { M = 1, D = 2, B = 4, DB = D | B };

/* In the order of enum policy_key. */
static const struct key {
	const char *name;
	const char *value, *other;
	unsigned where; /* the sections that may have it */
	bool list;
	bool none; /* `none` is a value */
} keys[] = {
	{ "default-box", "b", "c", M, false, true },
	{ "cgroup-root", "auto", "/sys/fs/cgroup/x/y", M, false, false },
	{ "log", "all", "denied", M, false, true },
	{ "rootfs", "/r", "/s", B, false, false },
	{ "description", "a text", "more", B, false, true },
	{ "users", "alice", "1000", B, true, true },
	{ "groups", "lab", "200", B, true, true },
	{ "deny-users", "eve", "1001", B, true, true },
	{ "deny-groups", "out", "201", B, true, true },
	{ "command", "/bin/a", "/bin/dir/", DB, true, true },
	{ "command-exact", "/bin/a -b", "/bin/a -c", DB, true, true },
	{ "exec", "any", "listed", DB, false, false },
	{ "shell", "/bin/a", "/bin/b", DB, false, false },
	{ "path", "/bin", "/bin:/sbin", DB, false, false },
	{ "root", "ro", "overlay", DB, false, false },
	{ "tmpfs", "/t", "/t2:1M:1777", DB, true, true },
	{ "tmp-size", "64K", "2G", DB, false, false },
	{ "home", "tmpfs", "none", DB, false, true },
	{ "proc", "pid", "full", DB, false, true },
	{ "sys", "ro", "none", DB, false, true },
	{ "bind", "/x", "/x:/y:rw", DB, true, true },
	{ "allow-bind", "/x", "%h/:%h/:rw", DB, true, true },
	{ "passwd", "no", "yes", DB, false, false },
	{ "network", "host", "netns:lab", DB, false, true },
	{ "hostname", "x", "%b", DB, false, true },
	{ "syscalls", "default", "none", DB, false, true },
	{ "env-keep", "A", "B_*", DB, true, true },
	{ "env-set", "A=b", "C=", DB, true, true },
	{ "user-env", "yes", "no", DB, false, false },
	{ "umask", "022", "0777", DB, false, true },
	{ "memory", "1M", "2G", DB, false, true },
	{ "pids-limit", "1", "4194303", DB, false, true },
	{ "cpus", "0.5", "2", DB, false, true },
	{ "timeout", "500ms", "1d", DB, false, true },
	{ "max-running", "1", "65535", DB, false, true },
	{ "nice", "0", "19", DB, false, true },
	{ "rlimit-nofile", "0", "64", DB, false, true },
	{ "rlimit-nproc", "100", "unlimited", DB, false, true },
	{ "rlimit-core", "0", "1M", DB, false, true },
	{ "rlimit-fsize", "1G", "unlimited", DB, false, true },
	{ "rlimit-as", "1G", "2G", DB, false, true },
	{ "rlimit-memlock", "64K", "1M", DB, false, true },
	{ "rlimit-stack", "8M", "unlimited", DB, false, true },
	{ "rlimit-cpu", "1", "unlimited", DB, false, true },
};

static_assert(COUNT(keys) == KEY_COUNT, "a key has no test");

/* Where the first of two lines of each section stands, and its name. */
static const struct {
	unsigned where;
	int line;
	const char *name;
} sections[] = {
	{ M, 2, "[minibox]" },
	{ D, 5, "[defaults]" },
	{ B, 8, "[box b]" },
};

/* A policy that is right, but for what `first` and `second`, lines or "", do in
 * that section. */
static char *
layout(const struct key *key, unsigned where, const char *first,
	const char *second)
{
	bool is_rootfs = !strcmp(key->name, "rootfs") && where == B;
	const char *rest =
		strcmp(key->name, "shell") ? "" : "command = /bin/\n";

#define TWO(w) where == (w) ? first : "", where == (w) ? second : ""
	return xasprintf("[minibox]\n%s\n%s\n"
			 "[defaults]\n%s\n%s\n"
			 "[box b]\n%s\n%s\n%s\n%s"
			 "[box c]\nrootfs = /r\n%s",
		TWO(M), TWO(D), TWO(B), is_rootfs ? "" : "rootfs = /r", rest,
		rest);
#undef TWO
}

static char *
entry(const struct key *key, const char *value)
{
	return xasprintf("%s = %s", key->name, value);
}

static void
each_key_in_each_section(void **state)
{
	(void)state;
	for (size_t k = 0; k < KEY_COUNT; k++) {
		const struct key *key = &keys[k];

		assert_string_equal(keys_name((enum policy_key)k), key->name);
		for (size_t s = 0; s < COUNT(sections); s++) {
			bool ok = key->where & sections[s].where;

			unit_check(layout(key, sections[s].where,
					   entry(key, key->value), ""),
				sections[s].line,
				ok ? NULL
				   : xasprintf("%s does not belong in %s",
					     key->name, sections[s].name));
			unit_check(layout(key, sections[s].where, "",
					   entry(key, key->other)),
				sections[s].line + 1,
				ok ? NULL : "does not belong in");
		}
	}
}

static void
each_key_twice(void **state)
{
	(void)state;
	for (size_t k = 0; k < KEY_COUNT; k++) {
		const struct key *key = &keys[k];

		for (size_t s = 0; s < COUNT(sections); s++)
			if (key->where & sections[s].where)
				unit_check(layout(key, sections[s].where,
						   entry(key, key->value),
						   entry(key, key->other)),
					sections[s].line + 1,
					key->list ? NULL
						  : xasprintf("%s is given "
							      "twice, first in "
							      "t.conf:%d",
							    key->name,
							    sections[s].line));
	}
}

static void
each_key_none(void **state)
{
	(void)state;
	for (size_t k = 0; k < KEY_COUNT; k++) {
		const struct key *key = &keys[k];

		for (size_t s = 0; s < COUNT(sections); s++) {
			unsigned where = key->where & sections[s].where;
			int line = sections[s].line;

			if (!where)
				continue;
			unit_check(layout(key, where, entry(key, "none"), ""),
				line, key->none ? NULL : key->name);
			if (!key->list)
				continue;
			unit_fault(layout(key, where, entry(key, "none"),
					   entry(key, key->value)),
				line + 1, "none and something else");
			unit_fault(layout(key, where, entry(key, key->value),
					   entry(key, "none")),
				line + 1, "none and something else");
		}
	}
}

static void
each_key_misspelt(void **state)
{
	const struct key *other = &keys[KEY_USERS];

	(void)state;
	for (size_t k = 0; k < KEY_COUNT; k++) {
		const char *name = keys[k].name, *value = keys[k].value;
		const char *upper =
			xasprintf("%c%s", name[0] - 'a' + 'A', name + 1);
		const struct {
			char *line;
			const char *part;
		} t[] = {
			{ xasprintf("%sx = %s", name, value), "unknown key" },
			{ xasprintf("x%s = %s", name, value), "unknown key" },
			{ xasprintf("%s- = %s", name, value), "unknown key" },
			{ xasprintf("%s =", name), "no value" },
			{ xasprintf("%s : %s", name, value), "not a section" },
			{ xasprintf("%s %s", name, value), "not a section" },
			{ xasprintf("%s = %s", upper, value), "not a section" },
		};

		for (size_t s = 0; s < COUNT(sections); s++)
			for (size_t i = 0; i < COUNT(t); i++)
				unit_fault(layout(other, sections[s].where, "",
						   t[i].line),
					sections[s].line + 1, t[i].part);
		unit_fault(xasprintf("%s = %s\n" BOX, name, value), 1,
			"before the first section");
	}
}

/* Where a key was given first, with [defaults] for who does not give it. */
static void
each_key_is_recorded(void **state)
{
	(void)state;
	for (size_t k = 0; k < KEY_COUNT; k++) {
		const struct key *key = &keys[k];
		const struct policy *p;

		for (size_t s = 0; s < COUNT(sections); s++) {
			unsigned where = key->where & sections[s].where;
			int line = sections[s].line;
			int own = key->where & B && where == D ? line : 0;

			if (!where)
				continue;
			p = unit_policy(layout(key, where,
				entry(key, key->value),
				key->list ? entry(key, key->other) : ""));
			assert_int_equal(p->places[k], where == M ? line : 0);
			assert_int_equal(policy_find(p, "b")->places[k],
				where == B ? line : own);
			if (k != KEY_ROOTFS)
				assert_int_equal(
					policy_find(p, "c")->places[k], own);
		}
	}
}

/* Entries of a box, in line 3 (rootfs, if it is not the entry, is in line 2,
 * and command in line 4), and a part of the fault. */
static void
values(void **state)
{
#define MEMORY "memory: must be a size such as 512M, at least 1M"
#define PIDS "pids-limit: must be a number from 1 to 4194303"
#define CPUS "cpus: must be a number such as 2 or 0.5, from 0.01 to 9999"
#define TIMEOUT "timeout: must be a duration such as 500ms, 10s, 5m, 2h or 1d"
#define RUNNING "max-running: must be a number from 1 to 65535, or none"
#define NICE "nice: must be a number from 0 to 19"
#define NUMBER ": must be a number, or unlimited"
#define SIZE ": must be a size such as 64M, or unlimited"
#define SECONDS "rlimit-cpu: must be a number of seconds, or unlimited"
	static const struct {
		const char *entry, *part;
	} t[] = {
		{ "rootfs = /srv/minibox/a.b_c-d", NULL },
		{ "rootfs = /etc2", NULL },
		{ "rootfs = /e", NULL },
		{ "rootfs = /etc/minibox-root", NULL },
		{ "rootfs = /r;x", NULL },
		{ "rootfs = /r#x", NULL },
		{ "rootfs = /", "holds the policy" },
		{ "rootfs = /etc", "holds the policy" },
		{ "rootfs = /etc/", "absolute path" },
		{ "rootfs = /r/", "absolute path" },
		{ "rootfs = //r", "absolute path" },
		{ "rootfs = /r//s", "absolute path" },
		{ "rootfs = /r/.", "absolute path" },
		{ "rootfs = /r/../etc", "absolute path" },
		{ "rootfs = r", "absolute path" },
		{ "rootfs = ~/r", "absolute path" },
		{ "rootfs = \"/r\"", "absolute path" },
		{ "rootfs = /r s", "absolute path" },
		{ "rootfs = /r,/s", "absolute path" },
		{ "description = x", NULL },
		{ "description = [box x] # ; = \" , \xc3\xa4", NULL },
		{ "description = ; x", NULL },
		{ "description = # x", NULL },
		{ "description = a\xe2\x80\xae", "invisible" },
		{ "command = *", NULL },
		{ "command = /bin/sh", NULL },
		{ "command = /bin/", NULL },
		{ "command = /", NULL },
		{ "command = /bin/[", NULL },
		{ "command = sh", "must be *" },
		{ "command = bin/sh", "must be *" },
		{ "command = ./sh", "must be *" },
		{ "command = /bin//sh", "must be *" },
		{ "command = /bin/../sh", "must be *" },
		{ "command = /bin/.", "must be *" },
		{ "command = /bin//", "must be *" },
		{ "command = //", "must be *" },
		{ "command = /bin/sh -c", "one command a line" },
		{ "command = /bin/a,/bin/b", "must be *" },
		{ "command = /bin/a, /bin/b", "one command a line" },
		{ "command = **", "must be *" },
		{ "command = *, /bin/a", "must be *" },
		{ "command-exact = /bin/a", NULL },
		{ "command-exact = /bin/a b -c=d * 'e' $f /../", NULL },
		{ "command-exact = /bin/a b,c", NULL },
		{ "command-exact = /bin/a  b", "one blank" },
		{ "command-exact = /bin/a b  c", "one blank" },
		{ "command-exact = a b", "absolute path" },
		{ "command-exact = bin/a b", "absolute path" },
		{ "command-exact = /bin/ b", "absolute path" },
		{ "command-exact = /bin//a b", "absolute path" },
		{ "command-exact = /bin/../a b", "absolute path" },
		{ "command-exact = *", "absolute path" },
		{ "command-exact = * b", "absolute path" },
		{ "shell = /bin/ash", NULL },
		{ "shell = /opt/sh", "does not allow /opt/sh" },
		{ "shell = /bin/sh -l", "absolute path" },
		{ "shell = /bin/a,/bin/b", "absolute path" },
		{ "shell = sh", "absolute path" },
		{ "shell = /bin/", "absolute path" },
		{ "shell = *", "absolute path" },
		{ "path = /bin", NULL },
		{ "path = /", NULL },
		{ "path = /usr/bin:/bin:/opt/x.y", NULL },
		{ "path = bin", "absolute dir" },
		{ "path = .", "absolute dir" },
		{ "path = /bin:", "absolute dir" },
		{ "path = :/bin", "absolute dir" },
		{ "path = :", "absolute dir" },
		{ "path = /bin::/sbin", "absolute dir" },
		{ "path = /bin:.", "absolute dir" },
		{ "path = /bin/:/sbin", "absolute dir" },
		{ "path = /bin:/usr/../sbin", "absolute dir" },
		{ "path = /bin, /sbin", "absolute dir" },
		{ "path = /bin /sbin", "absolute dir" },
		{ "path = $PATH:/bin", "absolute dir" },
		{ "root = ro", NULL },
		{ "root = rw", "'rw' is not one of: ro, overlay" },
		{ "root = RO", "not one of" },
		{ "root = overlay", NULL },
		{ "root = overlayfs", "not one of" },
		{ "root = none", "not one of" },
		{ "exec = any", NULL },
		{ "exec = listed", NULL },
		{ "exec = yes", "'yes' is not one of: any, listed" },
		{ "exec = none", "not one of" },
		{ "exec = listed, any", "not one of" },
		{ "passwd = yes", NULL },
		{ "passwd = no", NULL },
		{ "passwd = none", "not one of: no, yes" },
		{ "passwd = true", "not one of" },
		{ "home = tmpfs", NULL },
		{ "home = none", NULL },
		{ "home = ro", NULL },
		{ "home = rw", NULL },
		{ "home = /home", "not one of" },
		{ "home = rw,ro", "not one of" },
		{ "home = no", "not one of: tmpfs, none, ro, rw" },
		{ "home = tmpfs,none", "not one of" },
		{ "proc = full", NULL },
		{ "proc = pid", NULL },
		{ "proc = none", NULL },
		{ "proc = fullx", "not one of: full, pid, none" },
		{ "sys = none", NULL },
		{ "sys = ro", NULL },
		{ "sys = rw", "not one of: none, ro" },
		{ "network = none", NULL },
		{ "network = host", NULL },
		{ "network = Host", "not one of: none, host, netns:NAME" },
		{ "network = bridge", "not one of" },
		{ "network = netns:lab", NULL },
		{ "network = netns:0", NULL },
		{ "network = netns:a.b_c-d", NULL },
		{ "network = netns", "not one of" },
		{ "network = netns:", "not one of" },
		{ "network = netns: lab", "not one of" },
		{ "network = netns:.", "not one of" },
		{ "network = netns:..", "not one of" },
		{ "network = netns:.a", "not one of" },
		{ "network = netns:-a", "not one of" },
		{ "network = netns:a/b", "not one of" },
		{ "network = netns:../a", "not one of" },
		{ "network = netns:/run/netns/a", "not one of" },
		{ "network = netns:a:b", "not one of" },
		{ "network = netns:%b", "not one of" },
		{ "network = NETNS:a", "not one of" },
		{ "network = host:a", "not one of" },
		{ "network = none:a", "not one of" },
		{ "tmp-size = 64K", NULL },
		{ "tmp-size = 65536", NULL },
		{ "tmp-size = 1G", NULL },
		{ "tmp-size = 65535", "at least 64K" },
		{ "tmp-size = 63K", "at least 64K" },
		{ "tmp-size = 1", "at least 64K" },
		{ "tmp-size = 0", "at least 64K" },
		{ "tmp-size = none", "must be a size" },
		{ "tmp-size = unlimited", "must be a size" },
		{ "tmp-size = 64", "at least 64K" },
		{ "tmp-size = 64MB", "must be a size" },
		{ "tmp-size = 64m", "must be a size" },
		{ "tmp-size = -1M", "must be a size" },
		{ "tmp-size = 50%", "must be a size" },
		{ "tmp-size = 8589934591G", NULL },
		{ "tmp-size = 8589934592G", "must be a size" },
		{ "tmp-size = 17179869185G", "must be a size" },
		{ "tmpfs = /t", NULL },
		{ "tmpfs = /t:64K", NULL },
		{ "tmpfs = /t:1G:700", NULL },
		{ "tmpfs = /t:1G:1777", NULL },
		{ "tmpfs = /t%u", NULL }, /* no tokens here: a sign */
		{ "tmpfs = /t,/u", "PATH absolute" },
		{ "tmpfs = /t /u", "PATH absolute" },
		{ "tmpfs = t", "PATH absolute" },
		{ "tmpfs = /t/", "PATH absolute" },
		{ "tmpfs = /t/../u", "PATH absolute" },
		{ "tmpfs = //t", "PATH absolute" },
		{ "tmpfs = :1M", "PATH absolute" },
		{ "tmpfs = /t:", "SIZE must be" },
		{ "tmpfs = /t:0", "SIZE must be" },
		{ "tmpfs = /t:63K", "SIZE must be" },
		{ "tmpfs = /t:65535", "SIZE must be" },
		{ "tmpfs = /t:x", "SIZE must be" },
		{ "tmpfs = /t:/u", "SIZE must be" },
		{ "tmpfs = /t::700", "SIZE must be" },
		{ "tmpfs = /t: 1M", "SIZE must be" },
		{ "tmpfs = /t:1M:", "MODE must be" },
		{ "tmpfs = /t:1M:7", "MODE must be" },
		{ "tmpfs = /t:1M:2755", "MODE must be" },
		{ "tmpfs = /t:1M:4755", "MODE must be" },
		{ "tmpfs = /t:1M:rwx", "MODE must be" },
		{ "tmpfs = /t:1M:755:", "MODE must be" },
		{ "tmpfs = /t:1M:755:x", "MODE must be" },
		{ "syscalls = default", NULL },
		{ "syscalls = none", NULL },
		{ "syscalls = all", "not one of: default, none" },
		{ "user-env = yes", NULL },
		{ "user-env = no", NULL },
		{ "user-env = true", "not one of: no, yes" },
		{ "user-env = Yes", "not one of" },
		{ "user-env = 1", "not one of" },
		{ "user-env = y", "not one of" },
		{ "hostname = x", NULL },
		{ "hostname = _x", NULL },
		{ "hostname = 0", NULL },
		{ "hostname = A.b-c_d", NULL },
		{ "hostname = %b", NULL },
		{ "hostname = lab-%b.%b", NULL },
		{ "hostname = -x", "must be 1 to 64" },
		{ "hostname = .x", "must be 1 to 64" },
		{ "hostname = a b", "must be 1 to 64" },
		{ "hostname = a/b", "must be 1 to 64" },
		{ "hostname = %", "must be 1 to 64" },
		{ "hostname = %h", "must be 1 to 64" },
		{ "hostname = x%", "must be 1 to 64" },
		{ "hostname = %B", "must be 1 to 64" },
		{ "env-keep = EDITOR", NULL },
		{ "env-keep = A, B_*,C", NULL },
		{ "env-keep = LC_ALL, TERM", NULL },
		{ "env-keep = *", "'*' is neither" },
		{ "env-keep = A*B", "neither" },
		{ "env-keep = A**", "neither" },
		{ "env-keep = 1A", "neither" },
		{ "env-keep = A=b", "neither" },
		{ "env-keep = A B", "neither" },
		{ "env-keep = A,", "an empty item" },
		{ "env-keep = ,A", "an empty item" },
		{ "env-keep = A,,B", "an empty item" },
		{ "env-keep = A, none", "none and something else" },
		{ "env-set = A=b", NULL },
		{ "env-set = A=", NULL },
		{ "env-set = A=b=c, d", NULL },
		{ "env-set = PATH=/x", NULL },
		{ "env-set = A", "NAME=VALUE" },
		{ "env-set = A =b", "NAME=VALUE" },
		{ "env-set = =b", "NAME=VALUE" },
		{ "env-set = 1A=b", "NAME=VALUE" },
		{ "env-set = A-B=c", "NAME=VALUE" },
		{ "env-set = A*=b", "NAME=VALUE" },
		{ "umask = 000", NULL },
		{ "umask = 027", NULL },
		{ "umask = 0027", NULL },
		{ "umask = 777", NULL },
		{ "umask = 0777", NULL },
		{ "umask = 1777", "octal" },
		{ "umask = 00777", "octal" },
		{ "umask = 77", "octal" },
		{ "umask = 0", "octal" },
		{ "umask = 028", "octal" },
		{ "umask = -22", "octal" },
		{ "umask = 0x1", "octal" },
		{ "umask = u=rw", "octal" },
		{ "umask = 022 077", "octal" },
		{ "memory = 1M", NULL },
		{ "memory = 1048576", NULL },
		{ "memory = 8589934591G", NULL },
		{ "memory = none", NULL },
		{ "memory = 1048575", MEMORY },
		{ "memory = 1023K", MEMORY },
		{ "memory = 8589934592G", MEMORY },
		{ "memory = 17179869185G", MEMORY },
		{ "memory = 0", MEMORY },
		{ "memory = 512MB", MEMORY },
		{ "memory = 512 M", MEMORY },
		{ "memory = 512m", MEMORY },
		{ "memory = 1M, 2M", MEMORY },
		{ "memory = -1M", MEMORY },
		{ "memory = max", MEMORY },
		{ "memory = None", MEMORY },
		{ "memory = unlimited", MEMORY },
		{ "pids-limit = 1", NULL },
		{ "pids-limit = 4194303", NULL },
		{ "pids-limit = 0064", NULL },
		{ "pids-limit = none", NULL },
		{ "pids-limit = 0", PIDS },
		{ "pids-limit = 4194304", PIDS },
		{ "pids-limit = 4294967297", PIDS },
		{ "pids-limit = 1K", PIDS },
		{ "pids-limit = 1 2", PIDS },
		{ "pids-limit = max", PIDS },
		{ "cpus = 0.01", NULL },
		{ "cpus = 0.5", NULL },
		{ "cpus = 1.125", NULL },
		{ "cpus = 9999", NULL },
		{ "cpus = none", NULL },
		{ "cpus = 0.009", CPUS },
		{ "cpus = 10000", CPUS },
		{ "cpus = 0", CPUS },
		{ "cpus = .5", CPUS },
		{ "cpus = 1,5", CPUS },
		{ "cpus = 1.1234", CPUS },
		{ "cpus = 50%", CPUS },
		{ "cpus = max", CPUS },
		{ "timeout = 1ms", NULL },
		{ "timeout = 10", NULL },
		{ "timeout = 2h", NULL },
		{ "timeout = 999999999d", NULL },
		{ "timeout = none", NULL },
		{ "timeout = 0", TIMEOUT },
		{ "timeout = 0ms", TIMEOUT },
		{ "timeout = 1000000000", TIMEOUT },
		{ "timeout = 1 h", TIMEOUT },
		{ "timeout = 1h30m", TIMEOUT },
		{ "timeout = 1w", TIMEOUT },
		{ "timeout = 1.5h", TIMEOUT },
		{ "timeout = -1", TIMEOUT },
		{ "timeout = infinity", TIMEOUT },
		{ "max-running = 1", NULL },
		{ "max-running = 65535", NULL },
		{ "max-running = 007", NULL },
		{ "max-running = none", NULL },
		{ "max-running = 0", RUNNING },
		{ "max-running = 65536", RUNNING },
		{ "max-running = 4294967297", RUNNING },
		{ "max-running = -1", RUNNING },
		{ "max-running = 1K", RUNNING },
		{ "max-running = unlimited", RUNNING },
		{ "nice = 0", NULL },
		{ "nice = 9", NULL },
		{ "nice = 10", NULL },
		{ "nice = 19", NULL },
		{ "nice = 05", NULL },
		{ "nice = none", NULL },
		{ "nice = 20", NICE },
		{ "nice = 99", NICE },
		{ "nice = 100", NICE },
		{ "nice = 019", NICE },
		{ "nice = 4294967296", NICE },
		{ "nice = 18446744073709551616", NICE },
		{ "nice = -1", NICE },
		{ "nice = -20", NICE },
		{ "nice = +5", NICE },
		{ "nice = 5 5", NICE },
		{ "nice = 5.", NICE },
		{ "nice = 0x5", NICE },
		{ "nice = x", NICE },
		{ "rlimit-nofile = 0", NULL },
		{ "rlimit-nofile = 999999999999999999", NULL },
		{ "rlimit-nofile = unlimited", NULL },
		{ "rlimit-nofile = none", NULL },
		{ "rlimit-nofile = 1K", NUMBER },
		{ "rlimit-nofile = -1", NUMBER },
		{ "rlimit-nofile = 64:128", NUMBER },
		{ "rlimit-nofile = 64, 128", NUMBER },
		{ "rlimit-nofile = 18446744073709551617", NUMBER },
		{ "rlimit-nofile = infinity", NUMBER },
		{ "rlimit-nproc = 100", NULL },
		{ "rlimit-nproc = 100M", NUMBER },
		{ "rlimit-core = 0", NULL },
		{ "rlimit-core = 1M", NULL },
		{ "rlimit-core = unlimited", NULL },
		{ "rlimit-core = none", NULL },
		{ "rlimit-core = 1MB", SIZE },
		{ "rlimit-core = 1s", SIZE },
		{ "rlimit-fsize = 8589934591G", NULL },
		{ "rlimit-fsize = 8589934592G", SIZE },
		{ "rlimit-as = 1", NULL },
		{ "rlimit-as = -1", SIZE },
		{ "rlimit-memlock = 64K", NULL },
		{ "rlimit-memlock = 64k", SIZE },
		{ "rlimit-stack = 8M", NULL },
		{ "rlimit-stack = 8 M", SIZE },
		{ "rlimit-cpu = 1", NULL },
		{ "rlimit-cpu = 2147483647", NULL },
		{ "rlimit-cpu = unlimited", NULL },
		{ "rlimit-cpu = none", NULL },
		{ "rlimit-cpu = 0", SECONDS },
		{ "rlimit-cpu = 2147483648", SECONDS },
		{ "rlimit-cpu = 10s", SECONDS },
		{ "rlimit-cpu = 1m", SECONDS },
		{ "rlimit-cpu = 1K", SECONDS },
		{ "rlimit = 1", "unknown key" },
		{ "rlimit-rss = 1", "unknown key" },
		{ "rlimit-nofiles = 1", "unknown key" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		bool is_rootfs = !strncmp(t[i].entry, "rootfs", 6);
		bool is_shell = !strncmp(t[i].entry, "shell", 5);

		unit_check(xasprintf("[box b]\n%s\n%s\n%s",
				   is_rootfs ? "" : "rootfs = /r", t[i].entry,
				   is_shell ? "command = /bin/\n" : ""),
			3, t[i].part);
	}
#undef SECONDS
#undef SIZE
#undef NUMBER
#undef NICE
#undef RUNNING
#undef TIMEOUT
#undef CPUS
#undef PIDS
#undef MEMORY
}

/* Where control groups are looked for: a place below that of cgroup v2. */
static void
cgroup_roots(void **state)
{
	static const struct {
		const char *value;
		bool ok;
	} t[] = {
		{ "auto", true },
		{ "/sys/fs/cgroup/minibox", true },
		{ "/sys/fs/cgroup/system.slice/minibox.service", true },
		{ "/sys/fs/cgroup/...", true },
		{ "/sys/fs/cgroup", false },
		{ "/sys/fs/cgroup/", false },
		{ "/sys/fs/cgroup/x/", false },
		{ "/sys/fs/cgroup//x", false },
		{ "/sys/fs/cgroup/.", false },
		{ "/sys/fs/cgroup/..", false },
		{ "/sys/fs/cgroup/../x", false },
		{ "/sys/fs/cgroup/x/../../y", false },
		{ "/sys/fs/cgroup2/x", false },
		{ "/sys/fs/cgroupx", false },
		{ "/sys/fs/x", false },
		{ "/sys/fs", false },
		{ "/", false },
		{ "/tmp", false },
		{ "/x/sys/fs/cgroup/y", false },
		{ "sys/fs/cgroup/x", false },
		{ "x", false },
		{ "/sys/fs/cgroup/a b", false },
		{ "/sys/fs/cgroup/a,b", false },
		{ "Auto", false },
		{ "auto ,", false },
		{ "none", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const char *text = xasprintf(
			"[minibox]\ncgroup-root = %s\n" BOX, t[i].value);

		unit_check(text, 2,
			t[i].ok ? NULL
				: "cgroup-root: must be auto, or a directory "
				  "below /sys/fs/cgroup");
		if (!t[i].ok)
			continue;
		if (i == 0)
			assert_null(unit_policy(text)->cgroup_root);
		else
			assert_string_equal(
				unit_policy(text)->cgroup_root, t[i].value);
	}
	assert_null(unit_policy(BOX)->cgroup_root);
	unit_fault(BOX "cgroup-root = auto\n", 3, "does not belong in");
}

/* All that a box may use, in one line; what is as it is by default is not
 * named. */
static const char *
limits_of(const struct box *b)
{
	const char *s = "";

	for (enum limit i = 0; i < LIMITS; i++)
		if (b->limits.v[i])
			s = xasprintf("%s %s=%llu", s, limit_name(i),
				(unsigned long long)b->limits.v[i]);
	if (b->max_running != 256)
		s = xasprintf("%s max-running=%llu", s,
			(unsigned long long)b->max_running);
	if (b->nice != -1)
		s = xasprintf("%s nice=%d", s, b->nice);
	for (size_t i = 0; i < RLIMIT_RULES; i++)
		if (b->rlimits[i].given)
			s = xasprintf("%s %s=%lld", s, limit_rlimits[i].name,
				(long long)b->rlimits[i].value);
	return *s ? s + 1 : s;
}

/* Each key goes to its own field; `none` is what a box has without it, and
 * takes away what [defaults] gives. */
static void
limit_fields(void **state)
{
	static const struct {
		const char *key, *value, *limits;
	} t[] = {
		{ "memory", "3G", "memory=3221225472" },
		{ "memory", "8589934591G", "memory=9223372035781033984" },
		{ "pids-limit", "64", "pids-limit=64" },
		{ "pids-limit", "4194303", "pids-limit=4194303" },
		{ "cpus", "0.01", "cpus=10" },
		{ "cpus", "2", "cpus=2000" },
		{ "timeout", "1ms", "timeout=1" },
		{ "timeout", "10", "timeout=10000" },
		{ "timeout", "2h", "timeout=7200000" },
		{ "max-running", "1", "max-running=1" },
		{ "max-running", "65535", "max-running=65535" },
		{ "nice", "0", "nice=0" },
		{ "nice", "7", "nice=7" },
		{ "nice", "08", "nice=8" },
		{ "nice", "19", "nice=19" },
		{ "rlimit-nofile", "0", "nofile=0" },
		{ "rlimit-nofile", "1024", "nofile=1024" },
		{ "rlimit-nproc", "100", "nproc=100" },
		{ "rlimit-core", "0", "core=0" },
		{ "rlimit-core", "1M", "core=1048576" },
		{ "rlimit-fsize", "2G", "fsize=2147483648" },
		{ "rlimit-as", "1K", "as=1024" },
		{ "rlimit-memlock", "0", "memlock=0" },
		{ "rlimit-stack", "8M", "stack=8388608" },
		{ "rlimit-stack", "unlimited", "stack=-1" },
		{ "rlimit-cpu", "60", "cpu=60" },
		{ "rlimit-cpu", "unlimited", "cpu=-1" },
	};

	(void)state;
	assert_string_equal(limits_of(unit_box(BOX)), "");
	for (size_t i = 0; i < COUNT(t); i++) {
		const char *own = xasprintf("%s = %s\n", t[i].key, t[i].value);
		const char *none = xasprintf("%s = none\n", t[i].key);
		const char *without =
			strcmp(t[i].key, "max-running") ? "" : "max-running=0";
		const struct {
			const char *box, *defaults, *limits;
		} places[] = {
			{ own, "", t[i].limits },
			{ "", own, t[i].limits },
			{ own, none, t[i].limits },
			{ none, "", without },
			{ "", none, without },
			{ none, own, without },
		};

		for (size_t k = 0; k < COUNT(places); k++) {
			const char *text = xasprintf(BOX "%s[defaults]\n%s",
				places[k].box, places[k].defaults);

			if (strcmp(limits_of(unit_box(text)), places[k].limits))
				fail_msg("%s: %s", text,
					limits_of(unit_box(text)));
		}
	}
}

/* All of them at once, each from where it is given last. */
static void
limits_together(void **state)
{
	static const char common[] = "[defaults]\n"
				     "memory = 1M\n"
				     "pids-limit = 1\n"
				     "cpus = 1\n"
				     "timeout = 1\n"
				     "max-running = 1\n"
				     "nice = 1\n"
				     "rlimit-nofile = 1\n"
				     "rlimit-nproc = 2\n"
				     "rlimit-core = 3\n"
				     "rlimit-fsize = 4\n"
				     "rlimit-as = 5\n"
				     "rlimit-memlock = 6\n"
				     "rlimit-stack = 7\n"
				     "rlimit-cpu = 8\n";
	static const struct {
		const char *lines, *limits;
	} t[] = {
		{ "", "memory=1048576 pids-limit=1 cpus=1000 timeout=1000 "
		      "max-running=1 nice=1 nofile=1 nproc=2 core=3 fsize=4 "
		      "as=5 memlock=6 stack=7 cpu=8" },
		{ "memory = 2M\npids-limit = 2\ncpus = 2\ntimeout = 2\n"
		  "max-running = 2\nnice = 2\nrlimit-nofile = 11\n"
		  "rlimit-nproc = 12\nrlimit-core = 13\nrlimit-fsize = 14\n"
		  "rlimit-as = 15\nrlimit-memlock = 16\nrlimit-stack = 17\n"
		  "rlimit-cpu = 18\n",
			"memory=2097152 pids-limit=2 cpus=2000 timeout=2000 "
			"max-running=2 nice=2 nofile=11 nproc=12 core=13 "
			"fsize=14 as=15 memlock=16 stack=17 cpu=18" },
		{ "memory = none\npids-limit = none\ncpus = none\n"
		  "timeout = none\nmax-running = none\nnice = none\n"
		  "rlimit-nofile = none\nrlimit-nproc = none\n"
		  "rlimit-core = none\nrlimit-fsize = none\n"
		  "rlimit-as = none\nrlimit-memlock = none\n"
		  "rlimit-stack = none\nrlimit-cpu = none\n",
			"max-running=0" },
		/* One of them leaves the others alone. */
		{ "pids-limit = none\nnice = 0\nrlimit-as = none\n"
		  "rlimit-cpu = unlimited\n",
			"memory=1048576 cpus=1000 timeout=1000 max-running=1 "
			"nice=0 nofile=1 nproc=2 core=3 fsize=4 memlock=6 "
			"stack=7 cpu=-1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		for (int first = 0; first < 2; first++)
			assert_string_equal(
				limits_of(unit_box(xasprintf("%s" BOX "%s%s",
					first ? common : "", t[i].lines,
					first ? "" : common))),
				t[i].limits);
}

/* SRC[:DST[:ro|rw]] of both keys; the entry is wrong in itself. */
static void
bind_values(void **state)
{
	static const struct {
		const char *value, *part;
	} t[] = {
		{ "/a", NULL },
		{ "/a:/m", NULL },
		{ "/a:/m:ro", NULL },
		{ "/a:/m:rw", NULL },
		{ "/a/%u:/m/%u", NULL },
		{ "/a/%U/%b/%%:/m", NULL },
		{ "%h", NULL },
		{ "%h/a:%h/b", NULL },
		{ "/a:%h", NULL },
		{ "/a:/m:rx", "the mode must be ro or rw" },
		{ "/a:/m:", "the mode must be ro or rw" },
		{ "/a:/m:rw:", "the mode must be ro or rw" },
		{ "/a:", "must be SRC[:DST[:ro|rw]]" },
		{ ":/m", "must be SRC[:DST[:ro|rw]]" },
		{ "a", "must be an absolute path" },
		{ "a:/m", "must be an absolute path" },
		{ "/a:m", "must be an absolute path" },
		{ "/a:rw", "a mode stands third" },
		{ "/a:ro", "a mode stands third" },
		{ "/a/..:/m", "must be an absolute path" },
		{ "/a:/m/../n", "must be an absolute path" },
		{ "/a//b:/m", "must be an absolute path" },
		{ "/a:/m//n", "must be an absolute path" },
		{ "/a b:/m", "one SRC[:DST[:ro|rw]] a line" },
		{ "/a:/m, /b:/n", "one SRC[:DST[:ro|rw]] a line" },
		{ "/a:/m n", "one SRC[:DST[:ro|rw]] a line" },
		{ "/a,/b", "one SRC[:DST[:ro|rw]] a line" },
		{ "/a, /b", "one SRC[:DST[:ro|rw]] a line" },
		{ "~/a:/m", "must be an absolute path" },
		{ "$HOME:/m", "must be an absolute path" },
		{ "*:/m", "must be an absolute path" },
		{ "/a/%x:/m", "the tokens are" },
		{ "/a:/m/%x", "the tokens are" },
		{ "/a%:/m", "the tokens are" },
		{ "/a:/m%", "the tokens are" },
		{ "/a/%h:/m", "%h stands first" },
		{ "/a:/m/%h", "%h stands first" },
		{ "%ha:/m", "%h stands first" },
		{ "%u:/m", "must be an absolute path" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		for (int allow = 0; allow < 2; allow++)
			unit_check(xasprintf(BOX "%sbind = %s\n",
					   allow ? "allow-" : "", t[i].value),
				3, t[i].part);
}

/* The four lists of names and numbers have one grammar. */
static void
ids(void **state)
{
	static const char *const lists[] = { "users", "groups", "deny-users",
		"deny-groups" };
	static const struct {
		const char *value, *part;
	} t[] = {
		{ "0", NULL },
		{ "1000", NULL },
		{ "4294967294", NULL },
		{ "0000001000", NULL },
		{ "alice", NULL },
		{ "_apt", NULL },
		{ "systemd-network", NULL },
		{ "Alice.B_c-d", NULL },
		{ "machine$", NULL },
		{ "alice@example.org", NULL },
		{ "a1", NULL },
		{ "alice,bob", NULL },
		{ "alice , 7,  carol", NULL },
		{ "none", NULL },
		{ "nones", NULL },
		{ "4294967295", "at most 4294967294" },
		{ "4294967296", "at most 4294967294" },
		{ "9999999999", "at most 4294967294" },
		{ "00000000001", "at most 4294967294" },
		{ "18446744073709551616", "at most 4294967294" },
		{ "18446744073709552616", "at most 4294967294" },
		{ "1,4294967295", "at most 4294967294" },
		{ "-1", "'-1' is neither a name nor a number" },
		{ "+1", "neither" },
		{ "0x10", "neither" },
		{ "1e3", "neither" },
		{ "1.", "neither" },
		{ "1 2", "put commas between" },
		{ "a#0", "neither" },
		{ "1000-2000", "neither" },
		{ "alice bob", "put commas between" },
		{ "alice;bob", "neither" },
		{ "al/ice", "neither" },
		{ "@lab", "written without @" },
		{ "%lab", "neither" },
		{ "!alice", "neither" },
		{ "a*", "neither" },
		{ "'alice'", "neither" },
		{ "alice,*", "* stands alone" },
		{ "*,alice", "* stands alone" },
		{ ",", "an empty item" },
		{ "alice,", "an empty item" },
		{ ",alice", "an empty item" },
		{ "alice,,bob", "an empty item" },
		{ "alice, ,bob", "an empty item" },
		{ "alice, none", "none and something else" },
		{ "none, alice", "none and something else" },
	};
	static const char name[] = "abcdefghijklmnopqrstuvwxyz"
				   "abcdefghijklmnopqrstuvwxyz"
				   "abcdefghijklm"; /* 65 */

	(void)state;
	for (size_t l = 0; l < COUNT(lists); l++) {
		for (size_t i = 0; i < COUNT(t); i++)
			unit_check(xasprintf(BOX "%s = %s\n", lists[l],
					   t[i].value),
				3, t[i].part);
		unit_check(xasprintf(BOX "%s = *\n", lists[l]), 3,
			l ? "* is for users only" : NULL);
		unit_check(
			xasprintf(BOX "%s = %.64s\n", lists[l], name), 3, NULL);
		unit_check(xasprintf(BOX "%s = %s\n", lists[l], name), 3,
			"neither");
	}
}

static void
assert_item(const struct item *it, const char *text, int line, bool numeric,
	uint32_t id)
{
	assert_string_equal(it->text, text);
	assert_int_equal(it->place, line);
	assert_int_equal(it->numeric, numeric);
	assert_int_equal(it->id, id);
}

static void
id_items(void **state)
{
	const struct box *b = unit_box(BOX "users = alice, 0,4294967294\n"
					   "users = 0007\n"
					   "users = *\n");

	(void)state;
	assert_int_equal(b->users.n, 5);
	assert_item(&b->users.v[0], "alice", 3, false, 0);
	assert_item(&b->users.v[1], "0", 3, true, 0);
	assert_item(&b->users.v[2], "4294967294", 3, true, 4294967294);
	assert_item(&b->users.v[3], "0007", 4, true, 7);
	assert_item(&b->users.v[4], "*", 5, false, 0);
}

/* What was read is where the rest of the program looks for it. */
static void
fields(void **state)
{
	const struct policy *p = unit_policy("[minibox]\n"
					     "default-box = b\n"
					     "[box b]\n"
					     "rootfs = /r\n"
					     "description = a ; b # c\n"
					     "groups = lab, 12\n"
					     "deny-users = eve\n"
					     "deny-groups = out\n"
					     "command = /bin/sh\n"
					     "command = /opt/\n"
					     "command-exact = /x y z\n"
					     "shell = /bin/sh\n"
					     "path = /a:/b\n"
					     "hostname = h-%b.%b\n"
					     "env-keep = A, B_*\n"
					     "env-keep = C\n"
					     "env-set = A=b c\n"
					     "umask = 027\n");
	const struct box *b = policy_find(p, "b");

	(void)state;
	assert_string_equal(place_text(&p->files, 3), "t.conf:3");
	assert_string_equal(p->default_box, "b");
	assert_string_equal(b->name, "b");
	assert_int_equal(b->place, 3);
	assert_string_equal(b->rootfs, "/r");
	assert_string_equal(b->description, "a ; b # c");
	assert_int_equal(b->users.n, 0);
	assert_int_equal(b->groups.n, 2);
	assert_item(&b->groups.v[0], "lab", 6, false, 0);
	assert_item(&b->groups.v[1], "12", 6, true, 12);
	assert_int_equal(b->deny_users.n, 1);
	assert_item(&b->deny_users.v[0], "eve", 7, false, 0);
	assert_int_equal(b->deny_groups.n, 1);
	assert_item(&b->deny_groups.v[0], "out", 8, false, 0);
	assert_int_equal(b->command.n, 2);
	assert_item(&b->command.v[0], "/bin/sh", 9, false, 0);
	assert_item(&b->command.v[1], "/opt/", 10, false, 0);
	assert_int_equal(b->command_exact.n, 1);
	assert_item(&b->command_exact.v[0], "/x y z", 11, false, 0);
	assert_string_equal(b->shell, "/bin/sh");
	assert_string_equal(b->path, "/a:/b");
	assert_string_equal(b->hostname, "h-b.b");
	assert_int_equal(b->env_keep.n, 3);
	assert_item(&b->env_keep.v[0], "A", 15, false, 0);
	assert_item(&b->env_keep.v[1], "B_*", 15, false, 0);
	assert_item(&b->env_keep.v[2], "C", 16, false, 0);
	assert_int_equal(b->env_set.n, 1);
	assert_item(&b->env_set.v[0], "A=b c", 17, false, 0);
	assert_int_equal(b->umask, 027);
}

static void
assert_mount(const struct item *it, int line, const char *source,
	const char *target, bool writable, uint64_t size, int mode)
{
	assert_int_equal(it->place, line);
	if (source)
		assert_string_equal(it->source, source);
	else
		assert_null(it->source);
	assert_string_equal(it->target, target);
	assert_int_equal(it->writable, writable);
	assert_true(it->size == size);
	assert_int_equal(it->mode, mode);
}

static void
mount_items(void **state)
{
	const struct box *b = unit_box(BOX "tmpfs = /t1\n"
					   "tmpfs = /t2:3G\n"
					   "tmpfs = /t3:64K:700\n"
					   "tmp-size = 5G\n"
					   "bind = /a\n"
					   "bind = /a:/b\n"
					   "bind = /a/%u:/c:rw\n"
					   "allow-bind = %h/:%h/:rw\n"
					   "allow-bind = /x:/y:ro\n"
					   "network = netns:lab\n");

	(void)state;
	assert_int_equal(b->tmpfs.n, 3);
	assert_mount(&b->tmpfs.v[0], 3, NULL, "/t1", false, 0, -1);
	assert_mount(
		&b->tmpfs.v[1], 4, NULL, "/t2", false, (uint64_t)3 << 30, -1);
	assert_mount(&b->tmpfs.v[2], 5, NULL, "/t3", false, 65536, 0700);
	assert_true(b->tmp_size == (uint64_t)5 << 30);
	assert_int_equal(b->bind.n, 3);
	assert_mount(&b->bind.v[0], 7, "/a", "/a", false, 0, 0);
	assert_mount(&b->bind.v[1], 8, "/a", "/b", false, 0, 0);
	assert_mount(&b->bind.v[2], 9, "/a/%u", "/c", true, 0, 0);
	assert_int_equal(b->allow_bind.n, 2);
	assert_mount(&b->allow_bind.v[0], 10, "%h/", "%h/", true, 0, 0);
	assert_mount(&b->allow_bind.v[1], 11, "/x", "/y", false, 0, 0);
	/* As -l shows it. */
	assert_string_equal(b->allow_bind.v[1].text, "/x:/y:ro");
	assert_int_equal(b->network.kind, NETWORK_NETNS);
	assert_string_equal(b->network.netns, "lab");
}

static void
words(void **state)
{
	static const struct {
		enum policy_key key;
		const char *word;
		size_t offset;
		int value;
	} t[] = {
		{ KEY_EXEC, "any", offsetof(struct box, exec), EXEC_ANY },
		{ KEY_EXEC, "listed", offsetof(struct box, exec), EXEC_LISTED },
		{ KEY_ROOT, "ro", offsetof(struct box, root), ROOT_RO },
		{ KEY_ROOT, "overlay", offsetof(struct box, root),
			ROOT_OVERLAY },
		{ KEY_HOME, "tmpfs", offsetof(struct box, home), HOME_TMPFS },
		{ KEY_HOME, "none", offsetof(struct box, home), HOME_NONE },
		{ KEY_HOME, "ro", offsetof(struct box, home), HOME_RO },
		{ KEY_HOME, "rw", offsetof(struct box, home), HOME_RW },
		{ KEY_PROC, "full", offsetof(struct box, proc), PROC_FULL },
		{ KEY_PROC, "pid", offsetof(struct box, proc), PROC_PID },
		{ KEY_PROC, "none", offsetof(struct box, proc), PROC_NONE },
		{ KEY_SYS, "none", offsetof(struct box, sys), SYS_NONE },
		{ KEY_SYS, "ro", offsetof(struct box, sys), SYS_RO },
		{ KEY_PASSWD, "no", offsetof(struct box, passwd), false },
		{ KEY_PASSWD, "yes", offsetof(struct box, passwd), true },
		{ KEY_SYSCALLS, "default", offsetof(struct box, syscalls),
			FILTER_DEFAULT },
		{ KEY_SYSCALLS, "none", offsetof(struct box, syscalls),
			FILTER_NONE },
		{ KEY_USER_ENV, "no", offsetof(struct box, user_env),
			USER_ENV_NO },
		{ KEY_USER_ENV, "yes", offsetof(struct box, user_env),
			USER_ENV_YES },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct box *b = unit_box(xasprintf(
			BOX "%s = %s\n", keys[t[i].key].name, t[i].word));
		int value;

		memcpy(&value, (const char *)b + t[i].offset, sizeof(value));
		assert_int_equal(value, t[i].value);
	}
}

/* DESIGN 4, the column of the defaults. */
static void
builtin(void **state)
{
	const struct box *b = unit_box(BOX);

	(void)state;
	assert_null(b->description);
	assert_int_equal(b->users.n + b->groups.n + b->deny_users.n +
				 b->deny_groups.n + b->command.n +
				 b->command_exact.n + b->env_keep.n +
				 b->env_set.n,
		0);
	assert_string_equal(b->shell, "/bin/sh");
	assert_string_equal(b->path,
		"/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin");
	assert_int_equal(b->exec, EXEC_ANY);
	assert_int_equal(b->tmpfs.n + b->bind.n + b->allow_bind.n, 0);
	assert_true(b->tmp_size == 64 << 20);
	assert_true(b->passwd);
	assert_null(b->network.netns);
	assert_int_equal(b->root, ROOT_RO);
	assert_int_equal(b->home, HOME_TMPFS);
	assert_int_equal(b->proc, PROC_FULL);
	assert_int_equal(b->sys, SYS_NONE);
	assert_int_equal(b->network.kind, NETWORK_NONE);
	assert_string_equal(b->hostname, "container-box");
	assert_int_equal(b->syscalls, FILTER_DEFAULT);
	assert_int_equal(b->umask, -1);
	assert_false(policy_user_env(b));
	assert_false(policy_any_command(b));
	assert_null(unit_policy(BOX)->default_box);
	assert_null(unit_policy(BOX)->cgroup_root);
	assert_false(limit_needs_cgroup(&b->limits));
	assert_int_equal(b->limits.v[LIMIT_TIMEOUT], 0);
	assert_int_equal(b->max_running, 256);
	assert_int_equal(b->nice, -1);
	for (size_t i = 0; i < RLIMIT_RULES; i++)
		assert_false(b->rlimits[i].given);
	/* none is the word for all that. */
	b = unit_box(BOX "description = none\n"
			 "users = none\n"
			 "command = none\n"
			 "env-keep = none\n"
			 "umask = none\n");
	assert_null(b->description);
	assert_int_equal(b->users.n + b->command.n + b->env_keep.n, 0);
	assert_int_equal(b->umask, -1);
	assert_null(
		unit_policy("[minibox]\ndefault-box = none\n")->default_box);
}

static void
user_env(void **state)
{
	static const struct {
		const char *lines;
		bool allowed;
	} t[] = {
		{ "", false },
		{ "command = /bin/\n", false },
		{ "command = *\n", true },
		{ "command = /bin/\ncommand = *\n", true },
		{ "command = *\nuser-env = no\n", false },
		{ "command = *\nuser-env = yes\n", true },
		{ "command = /bin/\nuser-env = yes\n", true },
		{ "[defaults]\nuser-env = yes\n", true },
		{ "[defaults]\ncommand = *\n", true },
		{ "command = none\n[defaults]\ncommand = *\n", false },
		{ "user-env = no\n[defaults]\nuser-env = yes\n", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		if (policy_user_env(unit_box(
			    xasprintf(BOX "%s", t[i].lines))) != t[i].allowed)
			fail_msg("%s", t[i].lines);
}

static void
defaults_of_mounts(
	const struct box *b, const struct box *c, const struct box *d)
{
	assert_int_equal(b->exec, EXEC_LISTED);
	assert_true(b->tmp_size == 1 << 20);
	assert_int_equal(b->home, HOME_RW);
	assert_false(b->passwd);
	assert_int_equal(b->tmpfs.n, 2);
	assert_string_equal(b->tmpfs.v[0].target, "/t1");
	assert_int_equal(b->tmpfs.v[0].mode, 0700);
	assert_int_equal(b->bind.n, 2);
	assert_string_equal(b->bind.v[0].source, "/b1/%b");
	assert_true(b->bind.v[0].writable);
	assert_int_equal(b->allow_bind.n, 2);
	assert_string_equal(b->allow_bind.v[1].target, "/a2");
	assert_int_equal(c->exec, EXEC_ANY);
	assert_true(c->tmp_size == 2 << 20);
	assert_int_equal(c->home, HOME_TMPFS);
	assert_true(c->passwd);
	assert_int_equal(c->tmpfs.n + c->bind.n + c->allow_bind.n, 0);
	assert_null(c->network.netns);
	assert_int_equal(d->network.kind, NETWORK_HOST);
	assert_null(d->network.netns);
	assert_int_equal(d->tmpfs.n, 1);
	assert_string_equal(d->tmpfs.v[0].target, "/own");
	assert_int_equal(d->bind.n, 1);
	assert_string_equal(d->bind.v[0].source, "/own1");
	assert_int_equal(d->allow_bind.n, 1);
	assert_string_equal(d->allow_bind.v[0].source, "/own2");
	assert_int_equal(d->exec, EXEC_LISTED);
}

/* A box that gives a key, list or not, replaces the default, wherever
 * [defaults] stands. */
static void
defaults(void **state)
{
	static const char boxes[] = "[box b]\n"
				    "rootfs = /r\n"
				    "[box c]\n"
				    "rootfs = /r\n"
				    "command = /own\n"
				    "shell = /own\n"
				    "hostname = own\n"
				    "env-keep = none\n"
				    "env-set = O=wn\n"
				    "network = none\n"
				    "umask = none\n"
				    "exec = any\n"
				    "tmp-size = 2M\n"
				    "home = tmpfs\n"
				    "passwd = yes\n"
				    "tmpfs = none\n"
				    "bind = none\n"
				    "allow-bind = none\n"
				    "[box d]\n"
				    "rootfs = /r\n"
				    "network = host\n"
				    "tmpfs = /own\n"
				    "bind = /own1\n"
				    "allow-bind = /own2\n";
	static const char common[] = "[defaults]\n"
				     "command = /one\n"
				     "command = /two\n"
				     "shell = /two\n"
				     "hostname = x-%b\n"
				     "env-keep = A, B\n"
				     "env-set = C=d\n"
				     "network = netns:lab\n"
				     "umask = 077\n"
				     "exec = listed\n"
				     "tmp-size = 1M\n"
				     "home = rw\n"
				     "passwd = no\n"
				     "tmpfs = /t1:2M:700\n"
				     "tmpfs = /t2\n"
				     "bind = /b1/%b:/m1:rw\n"
				     "bind = /b2\n"
				     "allow-bind = %h/:%h/:rw\n"
				     "allow-bind = /a2\n";

	(void)state;
	for (int i = 0; i < 2; i++) {
		const struct policy *p = unit_policy(xasprintf(
			"%s%s", i ? boxes : common, i ? common : boxes));
		const struct box *b = policy_find(p, "b");
		const struct box *c = policy_find(p, "c");

		assert_int_equal(b->command.n, 2);
		assert_string_equal(b->command.v[1].text, "/two");
		assert_string_equal(b->shell, "/two");
		assert_string_equal(b->hostname, "x-b");
		assert_int_equal(b->env_keep.n, 2);
		assert_int_equal(b->env_set.n, 1);
		assert_int_equal(b->network.kind, NETWORK_NETNS);
		assert_string_equal(b->network.netns, "lab");
		assert_int_equal(b->umask, 077);
		defaults_of_mounts(b, c, policy_find(p, "d"));
		assert_int_equal(c->command.n, 1);
		assert_string_equal(c->command.v[0].text, "/own");
		assert_string_equal(c->shell, "/own");
		assert_string_equal(c->hostname, "own");
		assert_int_equal(c->env_keep.n, 0);
		assert_int_equal(c->env_set.n, 1);
		assert_string_equal(c->env_set.v[0].text, "O=wn");
		assert_int_equal(c->network.kind, NETWORK_NONE);
		assert_int_equal(c->umask, -1);
	}
}

/* What only the whole box shows. */
static void
whole_box(void **state)
{
	static const struct {
		const char *lines; /* behind BOX */
		int line;
		const char *part;
	} t[] = {
		{ "command = /bin/sh\nshell = /bin/sh\n", 0, NULL },
		{ "shell = /bin/sh\ncommand = /bin/\n", 0, NULL },
		{ "shell = /bin/sh\ncommand = *\n", 0, NULL },
		{ "shell = /bin/sh\ncommand-exact = /bin/sh\n", 0, NULL },
		{ "shell = /bin/sh\ncommand-exact = /bin/sh -l\n", 0, NULL },
		{ "shell = /bin/sh\n[defaults]\ncommand = /bin/\n", 0, NULL },
		{ "shell = /bin/sh\n", 3, "does not allow /bin/sh" },
		{ "shell = /bin/sh\ncommand = /bin/shh\n", 3,
			"does not allow" },
		{ "shell = /bin/sh\ncommand = /bin/s\n", 3, "does not allow" },
		{ "shell = /bin/sh\ncommand = /\n", 3, "does not allow" },
		{ "shell = /bin/x/sh\ncommand = /bin/\n", 3, "does not allow" },
		{ "shell = /bin/sh\ncommand-exact = /bin/shh -l\n", 3,
			"does not allow" },
		{ "command = none\nshell = /b\n[defaults]\ncommand = *\n", 4,
			"does not allow" },
		{ "[defaults]\nshell = /b\n", 4, "box 'b' does not allow /b" },
		{ "command = *\n", 0, NULL },
		{ "command-exact = /bin/a b\n", 0, NULL },
		{ "command = /bin/\ncommand-exact = /bin/a b\n", 0, NULL },
		{ "command = *\ncommand-exact = /bin/a b\n", 4,
			"beside command = *" },
		{ "command-exact = /bin/a b\ncommand = /x\ncommand = *\n", 3,
			"beside command = *" },
		{ "command-exact = /a b\n[defaults]\ncommand = *\n", 3,
			"beside command = *" },
		{ "command-exact = none\ncommand = *\n", 0, NULL },
		{ "command = /x\ncommand-exact = /a\n[defaults]\ncommand = *\n",
			0, NULL },
		{ "env-keep = HOME\n", 3, "HOME is never kept" },
		{ "env-keep = HOMES, HOM*\n", 0, NULL },
		{ "env-keep = A\nenv-keep = B, PATH\n", 4,
			"PATH is never kept" },
		{ "env-keep = LD_PRELOAD\n", 3, "never kept" },
		{ "env-keep = LD_PRELOAD\ncommand = *\n", 3, "never kept" },
		{ "env-keep = LD_*\n", 3, "never kept" },
		{ "env-keep = container\n", 3, "never kept" },
		{ "env-keep = PYTHONPATH\n", 3, "never kept" },
		{ "env-keep = PYTHONPATH\ncommand = *\n", 0, NULL },
		{ "env-keep = GIT_*\n", 3, "never kept" },
		{ "env-keep = GIT_*\ncommand = *\n", 0, NULL },
		{ "[defaults]\nenv-keep = ENV\n", 4, "never kept in box 'b'" },
		{ "[defaults]\nenv-keep = ENV\ncommand = *\n", 0, NULL },
		{ "env-keep = A\n[defaults]\nenv-keep = ENV\n", 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		unit_check(
			xasprintf(BOX "%s", t[i].lines), t[i].line, t[i].part);
}

/* exec = listed, in a box or from [defaults]. */
static void
exec_rules(void **state)
{
#define NOTHING "exec = listed says nothing beside command = * in box 'b'"
#define RO "exec = listed needs root = ro in box 'b'"
	static const struct {
		const char *lines;
		int line;
		const char *part;
	} t[] = {
		{ "exec = listed\n", 0, NULL },
		{ "exec = listed\ncommand = /bin/\n", 0, NULL },
		{ "exec = listed\ncommand-exact = /bin/sh\n", 0, NULL },
		{ "exec = listed\nroot = ro\nhome = rw\n", 0, NULL },
		{ "exec = any\ncommand = *\nroot = overlay\n", 0, NULL },
		{ "exec = listed\ncommand = *\n", 3, NOTHING },
		{ "command = *\nexec = listed\n", 4, NOTHING },
		{ "command = /x\ncommand = *\nexec = listed\n", 5, NOTHING },
		{ "exec = listed\nroot = overlay\n", 3, RO },
		{ "root = overlay\nexec = listed\ncommand = /x\n", 4, RO },
		{ "[defaults]\nexec = listed\n", 0, NULL },
		{ "command = *\n[defaults]\nexec = listed\n", 5, NOTHING },
		{ "root = overlay\n[defaults]\nexec = listed\n", 5, RO },
		{ "exec = listed\n[defaults]\ncommand = *\n", 3, NOTHING },
		{ "exec = listed\n[defaults]\nroot = overlay\n", 3, RO },
		{ "command = *\nexec = any\n[defaults]\nexec = listed\n", 0,
			NULL },
		{ "exec = listed\ncommand = none\n[defaults]\ncommand = *\n", 0,
			NULL },
	};
	struct policy p;
	struct faults f;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		unit_check(
			xasprintf(BOX "%s", t[i].lines), t[i].line, t[i].part);
	/* Both, if it is both. */
	f = unit_parse(&p, BOX "exec = listed\nroot = overlay\ncommand = *\n",
		strlen(BOX "exec = listed\nroot = overlay\ncommand = *\n"));
	assert_int_equal(f.n, 2);
#undef RO
#undef NOTHING
}

/* One box's mounts do not hide another's faults. */
static void
faults_of_every_box(void **state)
{
	const char *text = BOX "bind = /a:/proc\n"
			       "[box c]\nrootfs = /r\nbind = /a:/dev\n";
	struct policy policy;
	struct faults faults = unit_parse(&policy, text, strlen(text));

	(void)state;
	assert_int_equal(faults.n, 2);
	assert_int_equal(faults.v[0].place, 3);
	assert_int_equal(faults.v[1].place, 6);
}

/* What the policy mounts is looked at before anybody asks. */
static void
bind_rules(void **state)
{
#define SLASH "bind: no slash at the end of a path; only allow-bind has that"
	static const struct {
		const char *lines;
		int line;
		const char *part;
	} t[] = {
		{ "bind = /a/:/m\n", 3, SLASH },
		{ "bind = /a:/m/\n", 3, SLASH },
		{ "bind = /a/:/m/\n", 3, SLASH },
		{ "bind = /a/\n", 3, SLASH },
		{ "bind = %h/:/m\n", 3, SLASH },
		{ "bind = /a\nbind = /a/%u/:/m\n", 4, SLASH },
		{ "bind = /proc:/p\n", 3, "bind: /proc has the host's" },
		{ "bind = /proc/sys:/p\n", 0, NULL },
		{ "bind = /:/host\n", 3, "bind: / has the host's /proc in it" },
		{ "[defaults]\nbind = /a/\n", 4, SLASH },
		{ "bind = none\n[defaults]\nbind = /a/\n", 0, NULL },
		{ "bind = /a:/m\nbind = /a:/m2\n", 0, NULL },
		/* For a caller like most: his own parts do not overlap. */
		{ "bind = /a/%u:/m/%u\nbind = /b:/m\n", 4,
			"box 'b': bind: /m would cover the mount on /m/%u" },
		{ "bind = /b:/m/%u\nbind = /a/%u:/m/%u\n", 4,
			"bind: /m/%u would cover the mount on /m/%u" },
		{ "bind = /a:/m/%u\nbind = /b:/m/%U\n", 0, NULL },
		{ "bind = /a:%h/x\n", 0, NULL },
		{ "bind = /a:%h\n", 0, NULL },
		{ "bind = /a:%h\nhome = ro\n", 3,
			"bind: /home/%u would cover the mount on /home/%u" },
		{ "bind = /a:%h/x\nhome = rw\n", 3,
			"bind: /home/%u/x lies beneath the mount on /home/%u" },
		/* A part that is the caller's where the box trusts what is
		 * there. */
		{ "bind = /a:/usr/%u\n", 3,
			"box 'b': bind: /usr/%u would change what /usr is" },
		{ "bind = /a:/usr/%u\ncommand = *\n", 0, NULL },
		{ "bind = /a:/usr/x\n", 0, NULL },
		{ "bind = /a/%u:/usr/x\n", 3,
			"box 'b': bind: /usr/x would change what /usr is" },
		{ "bind = /a/%u:/usr/x\ncommand = *\n", 0, NULL },
		{ "[defaults]\nbind = /a:/proc/x\n", 4,
			"box 'b': bind: /proc/x lies beneath" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		unit_check(
			xasprintf(BOX "%s", t[i].lines), t[i].line, t[i].part);
#undef SLASH
}

static void
allow_bind_rules(void **state)
{
#define EVERY(side) "allow-bind: " side " would allow every path"
#define IN(side) \
	"allow-bind: " side \
	" lies in /proc, /sys or /dev, which cannot be bound"
#define SLASH "allow-bind: both sides must end in a slash, or neither"
#define CHANGE(side, what) \
	"allow-bind: " side " would change what " what \
	" is in a box that lists its commands"
	static const struct {
		const char *value, *part;
		bool any_part; /* it is wrong with command = *, too */
	} t[] = {
		/* A slash on one side only. */
		{ "/a/:/m", SLASH, true },
		{ "/a:/m/", SLASH, true },
		{ "%h/:/m", SLASH, true },
		{ "%h:%h/", SLASH, true },
		{ "/a/%u/:/m/%u", SLASH, true },
		{ "/a/:/m/", NULL, false },
		{ "/a/", NULL, false },
		/* What the policy does not fix at all. */
		{ "/", EVERY("/"), true },
		{ "/:/m", EVERY("/"), true },
		{ "/:/m/", EVERY("/"), true },
		{ "/a/:/", EVERY("/"), true },
		{ "/%u:/m", EVERY("/%u"), true },
		{ "/%u/:/m/", EVERY("/%u/"), true },
		{ "/%u/a:/m", EVERY("/%u/a"), true },
		{ "/x%u:/m", EVERY("/x%u"), true },
		{ "/%U/:/m/", EVERY("/%U/"), true },
		{ "/%b/:/m/", EVERY("/%b/"), true },
		{ "/a/:/%u/", EVERY("/%u/"), true },
		{ "/a:/%b", EVERY("/%b"), true },
		{ "/%%%u:/m", EVERY("/%%%u"), true },
		{ "/a/%u/:/m/", NULL, false },
		{ "/%%/:/m/", NULL, false },
		{ "%h:/m", NULL, false },
		{ "%h/:/m/", NULL, false },
		{ "/a/:%h/", NULL, false },
		/* What is never bound, on either side. */
		{ "/proc:/m", IN("/proc"), true },
		{ "/proc/:/m/", IN("/proc/"), true },
		{ "/proc/self/:/m/", IN("/proc/self/"), true },
		{ "/proc/%u/:/m/", IN("/proc/%u/"), true },
		{ "/sys/:/m/", IN("/sys/"), true },
		{ "/sys/fs/%b:/m", IN("/sys/fs/%b"), true },
		{ "/dev/:/m/", IN("/dev/"), true },
		{ "/dev/snd:/m", IN("/dev/snd"), true },
		{ "/dev/shm/:/m/", IN("/dev/shm/"), true },
		{ "/a/:/proc/", IN("/proc/"), true },
		{ "/a:/sys/x", IN("/sys/x"), true },
		{ "/a/:/dev/", IN("/dev/"), true },
		{ "/a:/dev/shm/x", IN("/dev/shm/x"), true },
		{ "/a/:/dev/%u/", IN("/dev/%u/"), true },
		{ "/procs:/m", NULL, false },
		{ "/system/:/m/", NULL, false },
		{ "/dev2/:/m/", NULL, false },
		{ "/x/proc/:/m/", NULL, false },
		/* What a box that lists its commands trusts. */
		{ "/a:/usr/x", CHANGE("/usr/x", "/usr"), false },
		{ "/a:/usr", CHANGE("/usr", "/usr"), false },
		{ "/a:/bin/x", CHANGE("/bin/x", "/bin"), false },
		{ "/a:/lib64/x", CHANGE("/lib64/x", "/lib64"), false },
		{ "/a:/app/cmd", CHANGE("/app/cmd", "/app/cmd"), false },
		{ "/a:/app", CHANGE("/app", "/app/cmd"), false },
		{ "/a:/app/other", CHANGE("/app/other", "/app/cmd"), false },
		{ "/a/:/app/", CHANGE("/app/", "/app/cmd"), false },
		{ "/a:/app2", NULL, false },
		{ "/a/:/app2/", NULL, false },
		{ "/a/:/lib/", CHANGE("/lib/", "/lib"), false },
		{ "/usr/x:/m", NULL, false },
		{ "/etc:/m", NULL, false },
		/* Known only when somebody asks. */
		{ "/a/:/usr/", CHANGE("/usr/", "/usr"), false },
		{ "/a:/usr/%u", NULL, false },
		/* Where something is mounted already. */
		{ "/a:/tmp", "allow-bind: /tmp would cover the mount on /tmp",
			true },
		{ "/a:/var",
			"allow-bind: /var would cover the mount on "
			"/var/tmp",
			true },
		{ "/a:/home",
			"allow-bind: /home would cover the mount on "
			"/home",
			true },
		{ "/a:/own", "allow-bind: /own would cover the mount on /own",
			true },
		{ "/a:/own/x",
			"allow-bind: /own/x lies beneath the mount on "
			"/own",
			true },
		{ "/a:/tmp/x", NULL, false },
		{ "/a:/etc", CHANGE("/etc", "/etc"), false },
		{ "/a:/etc/passwd", CHANGE("/etc/passwd", "/etc"), false },
		{ "/a:/home/x", NULL, false },
		{ "/a/:/own/", NULL, false },
		{ "/a:/own/%u", NULL, false },
		{ "/a:/ownx", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		for (int any = 0; any < 2; any++)
			unit_check(xasprintf(BOX "allow-bind = %s\n"
						 "bind = /x:/own\n"
						 "command = %s\n",
					   t[i].value, any ? "*" : "/app/cmd"),
				3, any && !t[i].any_part ? NULL : t[i].part);
	/* Each line is looked at, and those of [defaults]. */
	unit_fault(BOX "allow-bind = /a\nallow-bind = /proc\n", 4, "lies in");
	unit_fault(BOX "[defaults]\nallow-bind = /\n", 4, "every path");
	(void)unit_policy(
		BOX "allow-bind = none\n[defaults]\nallow-bind = /\n");
#undef CHANGE
#undef SLASH
#undef IN
#undef EVERY
}

/* What is right for one box is wrong for another. */
static void
mount_rules_each_box(void **state)
{
#define TWO(command) \
	"[defaults]\n" \
	"allow-bind = /a:/usr/x\n" \
	"[box b]\n" \
	"rootfs = /r\n" \
	"command = *\n" \
	"[box c]\n" \
	"rootfs = /r\n" \
	"command = " command "\n"
	(void)state;
	(void)unit_policy(TWO("*"));
	unit_fault(TWO("/x"), 2, "would change what /usr is");
#undef TWO
}

static void
rootfs_is_required(void **state)
{
	(void)state;
	(void)unit_policy("[box b]\nrootfs = /r\n[box c]\nrootfs = /r\n");
	unit_fault("[box b]\nrootfs = /r\n[box c]\nusers = *\n", 3,
		"[box c] has no rootfs");
	unit_fault(
		"[box b]\n[box c]\nrootfs = /r\n", 1, "[box b] has no rootfs");
}

static void
hostname_lengths(void **state)
{
	static const char x[] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
				"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"; /* 65 */

	(void)state;
	for (int n = 1; n <= 65; n++)
		unit_check(xasprintf(BOX "hostname = %.*s\n", n, x), 3,
			n <= 64 ? NULL : "hostname");
	/* The box's name counts, and its own line is told. */
	unit_check("[box abcdefghijklmnopqrstuvwxyz012345]\n"
		   "rootfs = /r\n"
		   "hostname = %b%b\n",
		3, NULL);
	unit_check("[box abcdefghijklmnopqrstuvwxyz012345]\n"
		   "rootfs = /r\n"
		   "hostname = %b.%b\n",
		3, "longer than 64");
	unit_check("[defaults]\n"
		   "hostname = %b.%b\n"
		   "[box a]\n"
		   "rootfs = /r\n"
		   "[box abcdefghijklmnopqrstuvwxyz012345]\n"
		   "rootfs = /r\n",
		2, "in box 'abcdefghijklmnopqrstuvwxyz012345'");
}

static void
default_box(void **state)
{
	static const struct {
		const char *name, *part;
	} t[] = {
		{ "b", NULL },
		{ "none", NULL },
		{ "c", "there is no [box c]" },
		{ "B", "there is no [box B]" },
		{ "box b", "not a box name" },
		{ "-b", "not a box name" },
		{ "b, b", "not a box name" },
		{ "*", "not a box name" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		unit_check(xasprintf("[minibox]\ndefault-box = %s\n" BOX,
				   t[i].name),
			2, t[i].part);
	/* It may stand behind the box, too. */
	(void)unit_policy(BOX "[minibox]\ndefault-box = b\n");
	unit_fault(BOX "[minibox]\ndefault-box = c\n", 4, "there is no");
}

/* The faults of two files, as FILE:LINE: TEXT. */
static const char *
faults_of(struct policy *policy, const char *first, const char *second)
{
	const struct reader_file files[] = {
		{ "a.conf", first, first ? strlen(first) : 0, "lost" },
		{ "b.conf", second, second ? strlen(second) : 0, "lost" },
	};
	struct faults faults = { 0 };
	const char *text = "";

	reader_parse(policy, files, COUNT(files), NULL, &faults);
	for (size_t i = 0; i < faults.n; i++)
		text = xasprintf("%s%s: %s\n", text,
			place_text(&policy->files, faults.v[i].place),
			faults.v[i].text);
	return text;
}

static void
several_files(void **state)
{
	static const struct {
		const char *first, *second, *faults;
	} t[] = {
		{ BOX, "[box c]\nrootfs = /c\n", "" },
		{ "", "", "" },
		{ "# nothing\n", BOX, "" },
		{ "[minibox]\ndefault-box = b\n", BOX, "" },
		{ BOX, "[defaults]\nhome = ro\n",
			"b.conf:1: [defaults] belongs in a.conf\n" },
		{ BOX, "[minibox]\ndefault-box = b\n",
			"b.conf:1: [minibox] belongs in a.conf\n" },
		{ BOX, "users = *\n",
			"b.conf:1: a key before the first section\n" },
		{ BOX, "\n[box b]\nrootfs = /r\n",
			"b.conf:2: [box b] is given twice, first in "
			"a.conf:1\n" },
		{ BOX "hme = ro\n", "x\n[box c]\nrotfs = /r\n",
			"a.conf:3: unknown key 'hme' (did you mean 'home'?)\n"
			"b.conf:1: not a section, a comment or KEY = VALUE "
			"(keys are lower case)\n"
			"b.conf:3: unknown key 'rotfs' (did you mean "
			"'rootfs'?)\n" },
		{ BOX, "[box c]\nrootfs = /r\nusers = *",
			"b.conf:3: the last line has no newline: is the file "
			"complete?\n" },
		/* What follows from what could not be read is not told. */
		{ "[minibox]\ndefault-box = c\n" BOX, BOX,
			"a.conf:2: default-box: there is no [box c]\n"
			"b.conf:1: [box b] is given twice, first in "
			"a.conf:3\n" },
		{ "[minibox]\ndefault-box = c\n" BOX, NULL, "b.conf: lost\n" },
		{ "[minibox]\ndefault-box = c\n" BOX, "[Box c]\nrootfs = /r\n",
			"b.conf:1: unknown section; there are [minibox], "
			"[defaults] and [box NAME]\n" },
		{ BOX, "[box c]\nrootfs = /r\nshell = /s\n",
			"b.conf:3: shell: box 'c' does not allow /s; add "
			"command = /s\n" },
		{ BOX, "[box c]\nrootfs = /r\nshell = /s\ncomand = /s\n",
			"b.conf:4: unknown key 'comand' (did you mean "
			"'command'?)\n" },
		{ NULL, BOX, "a.conf: lost\n" },
		{ BOX, NULL, "b.conf: lost\n" },
		{ NULL, "x = y\n",
			"a.conf: lost\n"
			"b.conf:1: a key before the first section\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct policy policy;
		const char *faults =
			faults_of(&policy, t[i].first, t[i].second);

		if (strcmp(faults, t[i].faults))
			fail_msg("%s%s:\n%s", t[i].first, t[i].second, faults);
	}
}

/* [defaults] of the first are those of all, and say where they stand. */
static void
defaults_of_several_files(void **state)
{
	struct policy policy;
	const struct box *c;

	(void)state;
	assert_string_equal(faults_of(&policy, "[defaults]\nhome = ro\n",
				    "[box c]\nrootfs = /c\n"),
		"");
	c = policy_find(&policy, "c");
	assert_int_equal(c->home, HOME_RO);
	assert_string_equal(
		place_text(&policy.files, c->places[KEY_HOME]), "a.conf:2");
	assert_string_equal(
		place_text(&policy.files, c->places[KEY_ROOTFS]), "b.conf:2");
}

static void
drop_in_names(void **state)
{
	static const struct {
		const char *name;
		enum reader_name is;
	} t[] = {
		{ "a.conf", READER_DROP_IN },
		{ "10-Lab_2.conf", READER_DROP_IN },
		{ "-.conf", READER_DROP_IN },
		{ ".conf", READER_IGNORED },
		{ ".a.conf", READER_IGNORED },
		{ ".#a.conf", READER_IGNORED }, /* a lock of emacs */
		{ "a b.conf", READER_BAD_NAME },
		{ "a.b.conf", READER_BAD_NAME },
		{ "a\n.conf", READER_BAD_NAME },
		{ "\xc3\xa4.conf", READER_BAD_NAME },
		{ "a.conf~", READER_IGNORED },
		{ "a.conf.dpkg-new", READER_IGNORED },
		{ "README", READER_IGNORED },
		{ "aconf", READER_IGNORED },
		{ "conf", READER_IGNORED },
		{ "", READER_IGNORED },
		{ "a.Conf", READER_IGNORED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		if (reader_name(t[i].name) != t[i].is)
			fail_msg("%s", t[i].name);
}

static void
sections_twice(void **state)
{
	static const struct {
		const char *lines;
		int line;
		const char *part;
	} t[] = {
		{ "[minibox]\n[defaults]\n[box c]\nrootfs = /r\n", 0, NULL },
		{ "[minibox]\n[minibox]\n", 4,
			"[minibox] is given twice, first in t.conf:3" },
		{ "[defaults]\n[minibox]\n[defaults]\n", 5,
			"[defaults] is given twice, first in t.conf:3" },
		{ "[box b]\nusers = *\n", 3,
			"[box b] is given twice, first in t.conf:1" },
		{ "[box c]\nrootfs = /r\n[box b]\nrootfs = /r\n", 5,
			"[box b] is given twice, first in t.conf:1" },
		{ "[box B]\nrootfs = /r\n", 0, NULL },
		{ "[box b.]\nrootfs = /r\n", 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		unit_check(
			xasprintf(BOX "%s", t[i].lines), t[i].line, t[i].part);
}

static void
empty(void **state)
{
	static const char *const t[] = { "", "\n", "# nothing\n", "[minibox]\n",
		"[defaults]\n", "[defaults]\ncommand = *\n" };

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct policy *p = unit_policy(t[i]);

		assert_int_equal(p->nboxes, 0);
		assert_null(policy_find(p, "b"));
		assert_null(policy_find(p, ""));
	}
}

#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X199 X50 X50 X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define LONG(line) line "\n", sizeof(line)
#define BYTES(line) line, sizeof(line) - 1

/*
 * TRAPS.md, the table of inih: what it reads in a way of its own, by row.  The
 * lines stand behind BOX; where they are what makes the fault, `good` is the
 * same without it, and is not refused.
 */
static void
traps(void **state)
{
	static const struct {
		const char *bad;
		size_t size;
		int line;
		const char *part;
		const char *good;
	} t[] = {
		/* A tail behind 199 bytes is a line of its own. */
		{ LONG("description = " X199 "command = *"), 3, "190 bytes",
			"description = " X50 "command = *\n" },
		{ LONG("users = a\ndescription = " X199 "users = *"), 4,
			"190 bytes", "users = a\n" },
		{ LONG("# " X199 "users = *"), 3, "190 bytes",
			"# " X50 "users = *\n" },
		{ LONG("# " X199 "[box evil]"), 3, "190 bytes",
			"# " X50 "[box evil]\n" },
		{ LONG("; " X199 "users = *"), 3, "190 bytes",
			"; " X50 "users = *\n" },
		{ LONG("description = " X199 " more"), 3, "190 bytes",
			"description = " X50 " more\n" },
		{ LONG("description = " X199 "tail"), 3, "190 bytes",
			"description = " X50 "tail\n" },
		/* NUL. */
		{ BYTES("users = a\0b\n"), 3, "NUL", "users = ab\n" },
		{ BYTES("users = a\0\n"), 3, "NUL", "users = a\n" },
		{ BYTES("\0users = a\n"), 3, "NUL", "users = a\n" },
		{ BYTES("us\0ers = a\n"), 3, "NUL", "users = a\n" },
		{ BYTES("[box c\0]\nrootfs = /s\n"), 3, "NUL",
			"[box c]\nrootfs = /s\n" },
		{ BYTES("# a\0b\n"), 3, "NUL", "# ab\n" },
		{ BYTES("description = a\0b\n"), 3, "NUL",
			"description = ab\n" },
		{ BYTES("\0"), 3, "newline", "" },
		{ BYTES("\0\n"), 3, "NUL", "\n" },
		/* Byte order marks in the middle (at the start: below). */
		{ BYTES("\xef\xbb\xbfusers = a\n"), 3, "byte order mark",
			"users = a\n" },
		{ BYTES("\xff\xfeusers = a\n"), 3, "not ASCII", "users = a\n" },
		/* Line ends. */
		{ BYTES("users = a\r\n"), 3, "carriage return", "users = a\n" },
		{ BYTES("\r\n"), 3, "carriage return", "\n" },
		{ BYTES("# a\rusers = *\n"), 3, "carriage return",
			"# a users = *\n" },
		{ BYTES("users = a\x0b\n"), 3, "control", "users = a\n" },
		{ BYTES("users = a\x0c\n"), 3, "control", "users = a\n" },
		{ BYTES("users = a"), 3, "newline", "users = a\n" },
		/* Continued lines. */
		{ BYTES("users = a\n rootfs = /x\n"), 4, "blank at the start",
			"users = a\n" },
		{ BYTES("users = a\n [box c]\n"), 4, "blank at the start",
			"users = a\n" },
		{ BYTES("users = a\n  ,b\n"), 4, "blank at the start",
			"users = a\n" },
		{ BYTES("users = a\n\tb\n"), 4, "a tab", "users = a\n" },
		{ BYTES("users = a\n # b\n"), 4, "blank at the start",
			"users = a\n# b\n" },
		{ BYTES("users = a\n\n# c\n b\n"), 6, "blank at the start",
			"users = a\n\n# c\n" },
		{ BYTES("users = a\\\nb\n"), 3, "neither", "users = a\n" },
		/* Comments behind values. */
		{ BYTES("path = /a ; c\n"), 3, "a comment behind",
			"path = /a;c\n" },
		{ BYTES("path = /a # c\n"), 3, "a comment behind",
			"path = /a#c\n" },
		/* Twice. */
		{ BYTES("umask = 022\numask = 022\n"), 4, "twice",
			"umask = 022\n" },
		{ BYTES("[box b]\n"), 3, "twice", "[box c]\nrootfs = /s\n" },
		/* Sections. */
		{ BYTES("[box c\nrootfs = /s\n"), 3, "section line",
			"[box c]\nrootfs = /s\n" },
		{ BYTES("[box c] garbage\nrootfs = /s\n"), 3, "section line",
			"[box c]\nrootfs = /s\n" },
		{ BYTES("[box c]users=z\nrootfs = /s\n"), 3, "section line",
			"[box c]\nrootfs = /s\n" },
		{ BYTES("[bo ;x]\n"), 3, "unknown section", "" },
		{ BYTES("[ one:two ]\n"), 3, "unknown section", "" },
		{ BYTES("[box " X50 "]\nrootfs = /s\n"), 3, "box name",
			"[box xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx]\n"
			"rootfs = /s\n" },
		{ BYTES("[]\n"), 3, "section line", "" },
		{ BYTES("[evil]\n"), 3, "unknown section", "" },
		/* Keys. */
		{ BYTES(X50 " = a\n"), 3, "at most 32", "" },
		{ BYTES(X50 " = a\n b\n"), 3, "at most 32", "" },
		{ BYTES("= v\n"), 3, "not a section", "" },
		{ BYTES("users=\n"), 3, "no value", "users=a\n" },
		{ BYTES("users\n"), 3, "not a section", "users = a\n" },
		{ BYTES("users: a\n"), 3, "not a section", "users = a\n" },
		{ BYTES("C:\\x = y\n"), 3, "not a section", "" },
		{ BYTES("users = a\nbogus = 1\nusers = b\n"), 4, "unknown key",
			"users = a\nusers = b\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		size_t n = strlen(BOX);
		char *text = xcalloc(n + t[i].size + 1, 1);

		memcpy(text, BOX, n);
		memcpy(text + n, t[i].bad, t[i].size);
		unit_fault_bytes(text, n + t[i].size, t[i].line, t[i].part);
		(void)unit_policy(xasprintf(BOX "%s", t[i].good));
	}
}

/* The rows about the start of the file, and about the file as a whole. */
static void
traps_of_files(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		int line;
		const char *part;
	} t[] = {
		{ BYTES("\xef\xbb\xbf" BOX), 1, "byte order mark" },
		{ BYTES("\xef\xbb\xbf\xef\xbb\xbf" BOX), 1, "byte order mark" },
		{ BYTES("\xef\xbb\xbf\n" BOX), 1, "byte order mark" },
		{ BYTES("\xff\xfe[\0b\0o\0x\0 \0b\0]\0\n\0"), 1, "NUL" },
		{ BYTES("\xfe\xff\0[\0b\0o\0x\0 \0b\0]\0\n"), 1, "NUL" },
		{ BYTES("[box b]\rrootfs = /r\rusers = *\r"), 1, "newline" },
		{ BYTES("[box b]\r\nrootfs = /r\r\n"), 1, "carriage return" },
		{ BYTES("rootfs = /r\n" BOX), 1, "before the first section" },
		{ BYTES(" "), 1, "newline" },
		{ BYTES("\0"), 1, "newline" },
	};

	(void)state;
	(void)unit_policy(BOX);
	for (size_t i = 0; i < COUNT(t); i++)
		unit_fault_bytes(t[i].text, t[i].size, t[i].line, t[i].part);
}

/* Lines of 190 bytes work and their values are whole; lines of 191 do not. */
static void
long_lines(void **state)
{
	static const char *const before[] = { "description = ", "env-set = A=",
		"command = /", "command-exact = /a " };

	(void)state;
	for (size_t i = 0; i < COUNT(before); i++) {
		int pad = 190 - (int)strlen(before[i]);
		const struct box *b;

		b = unit_box(xasprintf(BOX "%s%.*s\n", before[i], pad, X199));
		if (i == 0)
			assert_int_equal(strlen(b->description), pad);
		if (i == 1)
			assert_int_equal(strlen(b->env_set.v[0].text), pad + 2);
		unit_fault(xasprintf(BOX "%s%.*s\n", before[i], pad + 1, X199),
			3, "190 bytes");
	}
}

/* Names of boxes that inih would cut to the same 49 bytes, or that differ in
 * case or in the last byte, are different boxes. */
static void
box_names(void **state)
{
	const struct policy *p = unit_policy(
		"[box abcdefghijklmnopqrstuvwxyz012345]\nrootfs = /one\n"
		"[box abcdefghijklmnopqrstuvwxyz012346]\nrootfs = /two\n"
		"[box A]\nrootfs = /upper\n"
		"[box a]\nrootfs = /lower\n"
		"[box minibox]\nrootfs = /m\n"
		"[box 0]\nrootfs = /0\n");
	static const char *const want[][2] = {
		{ "abcdefghijklmnopqrstuvwxyz012345", "/one" },
		{ "abcdefghijklmnopqrstuvwxyz012346", "/two" },
		{ "A", "/upper" },
		{ "a", "/lower" },
		{ "minibox", "/m" },
		{ "0", "/0" },
	};

	(void)state;
	assert_int_equal(p->nboxes, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++)
		assert_string_equal(
			policy_find(p, want[i][0])->rootfs, want[i][1]);
	assert_null(policy_find(p, "abcdefghijklmnopqrstuvwxyz01234"));
	assert_null(policy_find(p, "b"));
	assert_null(policy_find(p, ""));
	assert_null(policy_find(p, "box a"));
}

static void
many_boxes(void **state)
{
	enum { BOXES = 300 };
	char *text = xcalloc(BOXES, 64), *end = text;
	const struct policy *p;

	(void)state;
	for (int i = 0; i < BOXES; i++)
		end = stpcpy(end, xasprintf("[box n%d]\nrootfs = /r/%d\n",
					  i * 7 % BOXES, i * 7 % BOXES));
	p = unit_policy(text);
	assert_int_equal(p->nboxes, BOXES);
	for (int i = 0; i < BOXES; i++) {
		const struct box *b = policy_find(p, xasprintf("n%d", i));

		assert_non_null(b);
		assert_string_equal(b->rootfs, xasprintf("/r/%d", i));
	}
	assert_null(policy_find(p, "n300"));
	/* In the order of the file. */
	assert_string_equal(p->boxes[1].name, "n7");
}

/* Every fault is told, in the order of the lines, each with its own. */
static void
all_lines(void **state)
{
	static const char text[] = "[minibox]\n"
				   "default-box = zz\n"
				   "rootfs = /r\n"
				   "[defaults]\n"
				   "users = *\n" /* 5 */
				   "root = rw\n"
				   "[box a]\n"
				   "users = *\n"
				   "[box b]\n"
				   "rootfs = r\n" /* 10 */
				   "bogus = 1\n"
				   "umask = 9\n"
				   "command = *\n"
				   "command-exact = /a\n"
				   "env-keep = A, LD_X\n" /* 15 */
				   "[box c]\n"
				   "rootfs = /r\n"
				   "rootfs = /r\n"
				   "shell = /bin/sh\n"
				   "users = 4294967295\n" /* 20 */
				   "[box a]\n"
				   "rootfs = /r\n";
	static const int want[] = { 2, 3, 5, 6, 7, 10, 11, 12, 14, 15, 18, 20,
		21 };
	struct policy p;
	struct faults f = unit_parse(&p, text, strlen(text));

	(void)state;
	for (size_t i = 0; i < f.n && i < COUNT(want); i++)
		if (f.v[i].place != want[i])
			fail_msg("line %d, not %d: %s", f.v[i].place, want[i],
				f.v[i].text);
	assert_int_equal(f.n, COUNT(want));
	/* One that only the scan finds does not hide the others. */
	f = unit_parse(&p, BOX "bogus = 1\n k = v\nusers = /\n",
		strlen(BOX "bogus = 1\n k = v\nusers = /\n"));
	assert_int_equal(f.n, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(f.v[i].place, 3 + i);
}

/* One mistake, one message. */
static void
one_fault_each(void **state)
{
	static const char *const t[] = {
		BOX "rootfs = /s\n",
		BOX "command = bad\n",
		BOX "[box c\nrootfs = /s\nusers = *\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct policy p;
		struct faults f = unit_parse(&p, t[i], strlen(t[i]));

		if (f.n != 1) {
			unit_print(t[i], &f);
			fail();
		}
	}
}

/* Beyond the last fault that is kept, a box is still known to have one. */
static void
more_faults_than_kept(void **state)
{
	static const char *const lines[] = { "bind = /a b\n", "tmpfs = x\n",
		"env-keep = 1\n", "nonsense = 1\n", "allow-bind = a\n",
		"bind = /proc:/x\n", "command = x\n", "shell = x\n" };

	(void)state;
	for (size_t k = 0; k < COUNT(lines); k++) {
		char *text = xcalloc(FAULT_MAX + 8, 64), *end = text;
		struct policy p;

		for (int i = 0; i < FAULT_MAX + 8; i++)
			end = stpcpy(
				end, xasprintf("[box b%d]\nrootfs = /r\n%s", i,
					     lines[k]));
		assert_int_equal(
			unit_parse(&p, text, strlen(text)).n, FAULT_MAX);
		free(text);
	}
}

static void
fault_list(void **state)
{
	struct faults f = { 0 };
	char *text = xcalloc(600, 1);

	(void)state;
	memset(text, 'x', 599);
	for (int i = 0; i < 3 * FAULT_MAX; i++)
		fault_add(&f, i * 7 % 3001, "%s %d", text, i);
	assert_int_equal(f.n, FAULT_MAX);
	fault_sort(&f);
	for (size_t i = 1; i < f.n; i++)
		assert_true(f.v[i - 1].place <= f.v[i].place);
	assert_true(strlen(f.v[0].text) < 600);
	f = (struct faults){ 0 };
	fault_sort(&f);
	assert_int_equal(f.n, 0);
}

static void
hostnames(void **state)
{
	static const struct {
		const char *name;
		bool ok;
	} t[] = {
		{ "a", true },
		{ "_", true },
		{ "0a.b-c_D", true },
		{ "a-", true },
		{ "", false },
		{ "-a", false },
		{ ".a", false },
		{ "a b", false },
		{ "a%b", false },
		{ "a\n", false },
		{ "a/b", false },
		{ "\xc3\xa4", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		if (value_is_hostname(t[i].name) != t[i].ok)
			fail_msg("'%s'", t[i].name);
	assert_true(value_is_hostname(xasprintf("%.64s", X199)));
	assert_false(value_is_hostname(xasprintf("%.65s", X199)));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_in_each_section),
		cmocka_unit_test(each_key_twice),
		cmocka_unit_test(each_key_none),
		cmocka_unit_test(each_key_misspelt),
		cmocka_unit_test(each_key_is_recorded),
		cmocka_unit_test(values),
		cmocka_unit_test(cgroup_roots),
		cmocka_unit_test(limit_fields),
		cmocka_unit_test(limits_together),
		cmocka_unit_test(bind_values),
		cmocka_unit_test(mount_items),
		cmocka_unit_test(exec_rules),
		cmocka_unit_test(bind_rules),
		cmocka_unit_test(faults_of_every_box),
		cmocka_unit_test(allow_bind_rules),
		cmocka_unit_test(mount_rules_each_box),
		cmocka_unit_test(ids),
		cmocka_unit_test(id_items),
		cmocka_unit_test(fields),
		cmocka_unit_test(words),
		cmocka_unit_test(builtin),
		cmocka_unit_test(user_env),
		cmocka_unit_test(defaults),
		cmocka_unit_test(whole_box),
		cmocka_unit_test(rootfs_is_required),
		cmocka_unit_test(hostname_lengths),
		cmocka_unit_test(default_box),
		cmocka_unit_test(several_files),
		cmocka_unit_test(defaults_of_several_files),
		cmocka_unit_test(drop_in_names),
		cmocka_unit_test(sections_twice),
		cmocka_unit_test(empty),
		cmocka_unit_test(traps),
		cmocka_unit_test(traps_of_files),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(box_names),
		cmocka_unit_test(many_boxes),
		cmocka_unit_test(all_lines),
		cmocka_unit_test(one_fault_each),
		cmocka_unit_test(fault_list),
		cmocka_unit_test(more_faults_than_kept),
		cmocka_unit_test(hostnames),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
