/* SPDX-License-Identifier: MIT */
/* What does the caller ask for: every option in every spelling? */
#include "tables.h"

static const char *const modes[] = {
	[MODE_RUN] = "run",
	[MODE_EXPLAIN] = "explain",
	[MODE_LIST] = "list",
	[MODE_CHECK] = "check",
	[MODE_HELP] = "help",
	[MODE_VERSION] = "version",
};

/* All of a request in one line. */
static const char *
describe(const struct request *r)
{
	char *s = xasprintf("%s%s", modes[r->mode], r->login ? " login" : "");

	if (r->box)
		s = xasprintf("%s box=%s", s, r->box);
	for (size_t i = 0; i < r->nenv; i++)
		s = xasprintf("%s env=%s", s, r->env[i]);
	for (size_t i = 0; i < r->nbinds; i++)
		s = xasprintf("%s bind=%s>%s>%s", s, r->binds[i].source,
			r->binds[i].target ? r->binds[i].target : "-",
			!r->binds[i].has_mode  ? "-"
			: r->binds[i].writable ? "rw"
					       : "ro");
	if (r->chdir)
		s = xasprintf("%s chdir=%s", s, r->chdir);
	if (r->hostname)
		s = xasprintf("%s hostname=%s", s, r->hostname);
	if (r->no_network)
		s = xasprintf("%s no-network", s);
	for (enum limit i = 0; i < LIMITS; i++)
		if (r->limits.v[i])
			s = xasprintf("%s %s=%llu", s, limit_name(i),
				(unsigned long long)r->limits.v[i]);
	if (r->status_fd != -1)
		s = xasprintf("%s status-fd=%d", s, r->status_fd);
	if (r->string)
		s = xasprintf("%s string=%s", s, r->string);
	if (r->check_file)
		s = xasprintf("%s file=%s", s, r->check_file);
	for (char **w = r->command; *w; w++)
		s = xasprintf("%s%s%s", s, w == r->command ? " : " : "|", *w);
	return s;
}

static void
right(void **state)
{
	static const struct {
		const char *words, *request;
	} t[] = {
		{ "", "run" },
		{ "ls", "run : ls" },
		{ "ls|-l|/", "run : ls|-l|/" },
		{ "ls||x", "run : ls||x" },
		/* -b */
		{ "-b|a", "run box=a" },
		{ "-ba", "run box=a" },
		{ "--box|a", "run box=a" },
		{ "--box=a", "run box=a" },
		{ "--box=", "run box=" },
		{ "-b|", "run box=" },
		{ "-b|--", "run box=--" },
		{ "-b|-n", "run box=-n" },
		{ "--box|-n", "run box=-n" },
		{ "--box=a=b", "run box=a=b" },
		{ "-b=a", "run box==a" },
		/* -e */
		{ "-e|A=b", "run env=A=b" },
		{ "-eA=b", "run env=A=b" },
		{ "--env|A", "run env=A" },
		{ "--env=A=b=c", "run env=A=b=c" },
		{ "--env=A=", "run env=A=" },
		{ "-e|A|-eB|--env|A|--env=A", "run env=A env=B env=A env=A" },
		/* -B */
		{ "-B|/a", "run bind=/a>->-" },
		{ "-B/a", "run bind=/a>->-" },
		{ "--bind|/a", "run bind=/a>->-" },
		{ "--bind=/a:/b", "run bind=/a>/b>-" },
		{ "-B|a:/b:rw", "run bind=a>/b>rw" },
		{ "-B|.:/b:ro", "run bind=.>/b>ro" },
		{ "-B|--", "run bind=-->->-" },
		{ "-B|-n", "run bind=-n>->-" },
		{ "-B|/a|-B/b:/c|--bind=/a|ls",
			"run bind=/a>->- bind=/b>/c>- bind=/a>->- : ls" },
		{ "ls|-B|/a", "run : ls|-B|/a" },
		{ "-nB|/a|-b|x", "explain box=x bind=/a>->-" },
		/* -C */
		{ "-C|/x/y", "run chdir=/x/y" },
		{ "-C/", "run chdir=/" },
		{ "-C|/x/y/", "run chdir=/x/y" },
		{ "--chdir|/x", "run chdir=/x" },
		{ "--chdir=/x", "run chdir=/x" },
		/* -c */
		{ "-c|echo a; echo b", "run string=echo a; echo b" },
		{ "-cls", "run string=ls" },
		{ "-c|", "run string=" },
		{ "-c|--", "run string=--" },
		/* --hostname, --network */
		{ "--hostname|h", "run hostname=h" },
		{ "--hostname=a.b-c_d", "run hostname=a.b-c_d" },
		{ "--network|none", "run no-network" },
		{ "--network=none", "run no-network" },
		{ "--network=none|--network=none", "run no-network" },
		/* Limits. */
		{ "--memory|1M", "run memory=1048576" },
		{ "--memory=3G", "run memory=3221225472" },
		{ "--memory=1048577", "run memory=1048577" },
		{ "--pids-limit|1", "run pids-limit=1" },
		{ "--pids-limit=4194303", "run pids-limit=4194303" },
		{ "--cpus|2", "run cpus=2000" },
		{ "--cpus=0.01", "run cpus=10" },
		{ "--cpus=9999", "run cpus=9999000" },
		{ "--timeout|10", "run timeout=10000" },
		{ "--timeout=500ms", "run timeout=500" },
		{ "--timeout=1d", "run timeout=86400000" },
		{ "--timeout=1|--cpus=1|--memory=1M|--pids-limit=1",
			"run memory=1048576 pids-limit=1 cpus=1000 "
			"timeout=1000" },
		{ "--cpus|1|ls|--cpus|x", "run cpus=1000 : ls|--cpus|x" },
		{ "--|--memory=x", "run : --memory=x" },
		/* --status-fd */
		{ "--status-fd|3", "run status-fd=3" },
		{ "--status-fd=3", "run status-fd=3" },
		{ "--status-fd=003", "run status-fd=3" },
		{ "--status-fd=10", "run status-fd=10" },
		{ "--status-fd=2147483647", "run status-fd=2147483647" },
		{ "-b|a|--status-fd=9|--timeout=1s|ls",
			"run box=a timeout=1000 status-fd=9 : ls" },
		{ "-n|--memory=1M|--pids-limit=1|--cpus=1|--timeout=1|"
		  "--status-fd=3|ls",
			"explain memory=1048576 pids-limit=1 cpus=1000 "
			"timeout=1000 status-fd=3 : ls" },
		{ "-c|x|--cpus=1|--status-fd=3",
			"run cpus=1000 status-fd=3 string=x" },
		/* Said, but nothing is run. */
		{ "-h|--memory=1M|--status-fd=3",
			"help memory=1048576 status-fd=3" },
		{ "-V|--timeout=1", "version timeout=1000" },
		/* Modes. */
		{ "-n", "explain" },
		{ "--dry-run", "explain" },
		{ "-n|ls", "explain : ls" },
		{ "-n|-n", "explain" },
		{ "-nn", "explain" },
		{ "-n|-c|x", "explain string=x" },
		{ "-n|-e|A|-C|/|--hostname=h|--network=none|ls",
			"explain env=A chdir=/ hostname=h no-network : ls" },
		{ "-l", "list" },
		{ "--list", "list" },
		{ "-l|-b|a", "list box=a" },
		{ "--check", "check" },
		{ "--check|f", "check file=f" },
		{ "--check|-", "check file=-" },
		{ "--check|--|-x", "check file=-x" },
		{ "-h", "help" },
		{ "--help", "help" },
		{ "-V", "version" },
		{ "--version", "version" },
		{ "-h|whatever", "help : whatever" },
		{ "-V|-b|a|-c|x|y", "version box=a string=x : y" },
		/* Letters together. */
		{ "-nb|a", "explain box=a" },
		{ "-nba", "explain box=a" },
		{ "-lba", "list box=a" },
		{ "-bn", "run box=n" },
		{ "-nc|x", "explain string=x" },
		{ "-ne|A|ls", "explain env=A : ls" },
		/* Where options end. */
		{ "--", "run" },
		{ "--|ls", "run : ls" },
		{ "--|-n", "run : -n" },
		{ "--|--|ls", "run : --|ls" },
		{ "-|-n", "run : -|-n" },
		{ "ls|-n|--check", "run : ls|-n|--check" },
		{ "ls|--|x", "run : ls|--|x" },
		{ "-b|a|ls|-b|c", "run box=a : ls|-b|c" },
		{ "-n|--|ls", "explain : ls" },
		{ "-b|a|--|-c|x", "run box=a : -c|x" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct request r;
		const char *fault = unit_request(&r, t[i].words);

		if (fault || strcmp(describe(&r), t[i].request))
			fail_msg("%s: %s", t[i].words,
				fault ? fault : describe(&r));
	}
}

/* Each with a sibling that is accepted. */
static void
wrong(void **state)
{
	static const struct {
		const char *words, *part, *sibling;
	} t[] = {
		/* No value. */
		{ "-b", "-b needs a value", "-b|a" },
		{ "--box", "--box needs a value", "--box|a" },
		{ "-e", "needs a value", "-e|A" },
		{ "-B", "-B needs a value", "-B|/a" },
		{ "--bind", "--bind needs a value", "--bind|/a" },
		{ "--env", "needs a value", "--env|A" },
		{ "-C", "needs a value", "-C|/" },
		{ "--chdir", "needs a value", "--chdir|/" },
		{ "-c", "-c needs a value", "-c|x" },
		{ "--hostname", "needs a value", "--hostname|h" },
		{ "--network", "needs a value", "--network|none" },
		{ "-nb", "-b needs a value", "-nb|a" },
		/* A value where there is none. */
		{ "--dry-run=1", "--dry-run takes no value", "--dry-run" },
		{ "--list=", "--list takes no value", "--list" },
		{ "--check=f", "--check takes no value", "--check|f" },
		{ "--help=x", "--help takes no value", "--help" },
		{ "--version=", "--version takes no value", "--version" },
		/* Twice. */
		{ "-b|a|-b|a", "--box=a: given twice", "-b|a|x|-b|a" },
		{ "-b|a|--box=c", "given twice", "-b|a" },
		{ "-C|/|-C|/", "given twice", "-C|/" },
		{ "-c|x|-c|x", "-c: given twice", "-c|x" },
		{ "-c||-c|", "-c: given twice", "-c|" },
		{ "--hostname=h|--hostname=h", "given twice", "--hostname=h" },
		/* Values. */
		{ "-C|x", "--chdir=x: must be an absolute path", "-C|/x" },
		{ "-C|", "must be an absolute path", "-C|/" },
		{ "-C|.", "must be an absolute path", "-C|/" },
		{ "-C|/x//", "must be an absolute path", "-C|/x/" },
		{ "-C|//", "must be an absolute path", "-C|/" },
		{ "-C|//x", "must be an absolute path", "-C|/x" },
		{ "-C|/x/../y", "must be an absolute path", "-C|/x/..y" },
		{ "-C|/./x", "must be an absolute path", "-C|/.x" },
		{ "--hostname=", "must be 1 to 64", "--hostname=h" },
		{ "--hostname=-h", "must be 1 to 64", "--hostname=h-" },
		{ "--hostname=.h", "must be 1 to 64", "--hostname=h." },
		{ "--hostname=a b", "must be 1 to 64", "--hostname=a_b" },
		{ "--hostname=%b", "must be 1 to 64", "--hostname=b" },
		{ "--hostname=a\nb", "must be 1 to 64", "--hostname=ab" },
		{ "--network=host", "can only be none", "--network=none" },
		{ "--network=", "can only be none", "--network=none" },
		{ "--network|ls", "can only be none", "--network|none|ls" },
		{ "--network=none,host", "can only be none", "--network=none" },
		/* Limits. */
		{ "--memory", "--memory needs a value", "--memory|1M" },
		{ "--pids-limit", "--pids-limit needs a value",
			"--pids-limit|1" },
		{ "--cpus", "--cpus needs a value", "--cpus|1" },
		{ "--timeout", "--timeout needs a value", "--timeout|1" },
		{ "--status-fd", "--status-fd needs a value", "--status-fd|3" },
		{ "--memory|ls", "--memory=ls: must be a size",
			"--memory|1M|ls" },
		{ "--cpus|--|ls", "--cpus=--: must be a number",
			"--cpus|1|--|ls" },
		{ "--timeout|-n", "--timeout=-n: must be a duration",
			"--timeout|1|-n" },
		{ "--memory=1M|--memory=1M", "--memory=1M: given twice",
			"--memory=1M" },
		{ "--memory=1M|--memory|2M", "--memory=2M: given twice",
			"--memory=1M|x|--memory|2M" },
		{ "--memory=1M|--memory=x", "--memory=x: given twice",
			"--memory=1M" },
		{ "--pids-limit=1|--pids-limit=2",
			"--pids-limit=2: given twice", "--pids-limit=1" },
		{ "--cpus=1|--cpus=2", "--cpus=2: given twice", "--cpus=1" },
		{ "--timeout=1|--timeout=1", "--timeout=1: given twice",
			"--timeout=1" },
		{ "--status-fd=3|--status-fd=3", "--status-fd=3: given twice",
			"--status-fd=3" },
		{ "--status-fd=3|--status-fd=4", "--status-fd=4: given twice",
			"--status-fd=4" },
		{ "--memory=1048575",
			"--memory=1048575: must be a size such as 512M, at "
			"least 1M",
			"--memory=1048576" },
		{ "--memory=1023K",
			"--memory=1023K: must be a size such as 512M, at least "
			"1M",
			"--memory=1024K" },
		{ "--memory=8589934592G",
			"--memory=8589934592G: must be a size such as 512M, at "
			"least 1M",
			"--memory=8589934591G" },
		{ "--memory=0",
			"--memory=0: must be a size such as 512M, at least 1M",
			"--memory=1M" },
		{ "--memory=",
			"--memory=: must be a size such as 512M, at least 1M",
			"--memory=1M" },
		{ "--memory=none",
			"--memory=none: must be a size such as 512M, at least "
			"1M",
			"--memory=1M" },
		{ "--memory=512m",
			"--memory=512m: must be a size such as 512M, at least "
			"1M",
			"--memory=512M" },
		{ "--memory=512MB",
			"--memory=512MB: must be a size such as 512M, at least "
			"1M",
			"--memory=512M" },
		{ "--memory= 1M",
			"--memory= 1M: must be a size such as 512M, at least "
			"1M",
			"--memory=1M" },
		{ "--memory=-1M",
			"--memory=-1M: must be a size such as 512M, at least "
			"1M",
			"--memory=1M" },
		{ "--memory=unlimited",
			"--memory=unlimited: must be a size such as 512M, at "
			"least 1M",
			"--memory=1M" },
		{ "--pids-limit=0",
			"--pids-limit=0: must be a number from 1 to 4194303",
			"--pids-limit=1" },
		{ "--pids-limit=4194304",
			"--pids-limit=4194304: must be a number from 1 to "
			"4194303",
			"--pids-limit=4194303" },
		{ "--pids-limit=4294967297",
			"--pids-limit=4294967297: must be a number from 1 to "
			"4194303",
			"--pids-limit=4194303" },
		{ "--pids-limit=",
			"--pids-limit=: must be a number from 1 to 4194303",
			"--pids-limit=1" },
		{ "--pids-limit=none",
			"--pids-limit=none: must be a number from 1 to 4194303",
			"--pids-limit=1" },
		{ "--pids-limit=1K",
			"--pids-limit=1K: must be a number from 1 to 4194303",
			"--pids-limit=1" },
		{ "--pids-limit=-1",
			"--pids-limit=-1: must be a number from 1 to 4194303",
			"--pids-limit=1" },
		{ "--pids-limit=+1",
			"--pids-limit=+1: must be a number from 1 to 4194303",
			"--pids-limit=1" },
		{ "--cpus=0.009",
			"--cpus=0.009: must be a number such as 2 or 0.5, from "
			"0.01 to 9999",
			"--cpus=0.01" },
		{ "--cpus=10000",
			"--cpus=10000: must be a number such as 2 or 0.5, from "
			"0.01 to 9999",
			"--cpus=9999" },
		{ "--cpus=0",
			"--cpus=0: must be a number such as 2 or 0.5, from "
			"0.01 to 9999",
			"--cpus=1" },
		{ "--cpus=",
			"--cpus=: must be a number such as 2 or 0.5, from "
			"0.01 to 9999",
			"--cpus=1" },
		{ "--cpus=none",
			"--cpus=none: must be a number such as 2 or 0.5, from "
			"0.01 to 9999",
			"--cpus=1" },
		{ "--cpus=.5",
			"--cpus=.5: must be a number such as 2 or 0.5, from "
			"0.01 to 9999",
			"--cpus=0.5" },
		{ "--cpus=1,5",
			"--cpus=1,5: must be a number such as 2 or 0.5, from "
			"0.01 to 9999",
			"--cpus=1.5" },
		{ "--cpus=1.2345",
			"--cpus=1.2345: must be a number such as 2 or 0.5, "
			"from "
			"0.01 to 9999",
			"--cpus=1.234" },
		{ "--cpus=-1",
			"--cpus=-1: must be a number such as 2 or 0.5, from "
			"0.01 to 9999",
			"--cpus=1" },
		{ "--timeout=0",
			"--timeout=0: must be a duration such as 500ms, 10s, "
			"5m, 2h or 1d",
			"--timeout=1" },
		{ "--timeout=0ms",
			"--timeout=0ms: must be a duration such as 500ms, 10s, "
			"5m, 2h or 1d",
			"--timeout=1ms" },
		{ "--timeout=1000000000",
			"--timeout=1000000000: must be a duration such as "
			"500ms, 10s, "
			"5m, 2h or 1d",
			"--timeout=999999999" },
		{ "--timeout=",
			"--timeout=: must be a duration such as 500ms, 10s, "
			"5m, 2h or 1d",
			"--timeout=1" },
		{ "--timeout=none",
			"--timeout=none: must be a duration such as 500ms, "
			"10s, "
			"5m, 2h or 1d",
			"--timeout=1" },
		{ "--timeout=1w",
			"--timeout=1w: must be a duration such as 500ms, 10s, "
			"5m, 2h or 1d",
			"--timeout=7d" },
		{ "--timeout=1.5s",
			"--timeout=1.5s: must be a duration such as 500ms, "
			"10s, "
			"5m, 2h or 1d",
			"--timeout=1500ms" },
		{ "--timeout=10 s",
			"--timeout=10 s: must be a duration such as 500ms, "
			"10s, "
			"5m, 2h or 1d",
			"--timeout=10s" },
		{ "--timeout=-1",
			"--timeout=-1: must be a duration such as 500ms, 10s, "
			"5m, 2h or 1d",
			"--timeout=1" },
		{ "--status-fd=2",
			"--status-fd=2: must be the number of an open "
			"descriptor, at least 3, as in: --status-fd=3 3>status",
			"--status-fd=3" },
		{ "--status-fd=1",
			"--status-fd=1: must be the number of an open "
			"descriptor, at least 3, as in: --status-fd=3 3>status",
			"--status-fd=3" },
		{ "--status-fd=0",
			"--status-fd=0: must be the number of an open "
			"descriptor, at least 3, as in: --status-fd=3 3>status",
			"--status-fd=3" },
		{ "--status-fd=-1",
			"--status-fd=-1: must be the number of an open "
			"descriptor, at least 3, as in: --status-fd=3 3>status",
			"--status-fd=3" },
		{ "--status-fd=-3",
			"--status-fd=-3: must be the number of an open "
			"descriptor, at least 3, as in: --status-fd=3 3>status",
			"--status-fd=3" },
		{ "--status-fd=+3",
			"--status-fd=+3: must be the number of an open "
			"descriptor, at least 3, as in: --status-fd=3 3>status",
			"--status-fd=3" },
		{ "--status-fd= 3",
			"--status-fd= 3: must be the number of an open "
			"descriptor, at least 3, as in: --status-fd=3 3>status",
			"--status-fd=3" },
		{ "--status-fd=3 ",
			"--status-fd=3 : must be the number of an open "
			"descriptor, at least 3, as in: --status-fd=3 3>status",
			"--status-fd=3" },
		{ "--status-fd=3x",
			"--status-fd=3x: must be the number of an open "
			"descriptor, at least 3, as in: --status-fd=3 3>status",
			"--status-fd=3" },
		{ "--status-fd=0x3",
			"--status-fd=0x3: must be the number of an open "
			"descriptor, at least 3, as in: --status-fd=3 3>status",
			"--status-fd=3" },
		{ "--status-fd=",
			"--status-fd=: must be the number of an open "
			"descriptor, at least 3, as in: --status-fd=3 3>status",
			"--status-fd=3" },
		{ "--status-fd=2147483648",
			"--status-fd=2147483648: must be the number of an open "
			"descriptor, at least 3, as in: --status-fd=3 3>status",
			"--status-fd=2147483647" },
		{ "--status-fd=4294967299",
			"--status-fd=4294967299: must be the number of an open "
			"descriptor, at least 3, as in: --status-fd=3 3>status",
			"--status-fd=3" },
		{ "--status-fd=18446744073709551619",
			"--status-fd=18446744073709551619: must be the number "
			"of an open "
			"descriptor, at least 3, as in: --status-fd=3 3>status",
			"--status-fd=3" },
		{ "--status-fd=stderr",
			"--status-fd=stderr: must be the number of an open "
			"descriptor, at least 3, as in: --status-fd=3 3>status",
			"--status-fd=3" },
		{ "--status-fd=none",
			"--status-fd=none: must be the number of an open "
			"descriptor, at least 3, as in: --status-fd=3 3>status",
			"--status-fd=3" },
		{ "--status-fd=3,4",
			"--status-fd=3,4: must be the number of an open "
			"descriptor, at least 3, as in: --status-fd=3 3>status",
			"--status-fd=4" },
		/* Options that do not exist, in no abbreviation. */
		{ "--mem=1M", "unknown option --mem;", "--memory=1M" },
		{ "--pids=1", "unknown option --pids;", "--pids-limit=1" },
		{ "--pids_limit=1", "unknown option", "--pids-limit=1" },
		{ "--cpu=1", "unknown option --cpu (did you mean", "--cpus=1" },
		{ "--time-out=1", "unknown option", "--timeout=1" },
		{ "--status=3", "unknown option --status;", "--status-fd=3" },
		{ "-m|1M", "unknown option -m", "--memory|1M" },
		{ "--nice=1", "unknown option --nice;", "--cpus=1" },
		{ "--max-running=1", "unknown option --max-running;",
			"--pids-limit=1" },
		{ "--rlimit-cpu=1", "unknown option --rlimit-cpu;",
			"--timeout=1" },
		{ "-x", "unknown option -x; see: minibox -h", "--|-x" },
		{ "-nx", "unknown option -nx", "-n|x" },
		{ "-B|", "must be SRC[:DST[:ro|rw]]", "-B|/a" },
		{ "-B|/a:", "must be SRC[:DST[:ro|rw]]", "-B|/a:/b" },
		{ "-B|:/b", "must be SRC[:DST[:ro|rw]]", "-B|a:/b" },
		{ "--bind=/a:/b:rx", "must be ro or rw", "--bind=/a:/b:rw" },
		{ "-B/a:/b:", "must be ro or rw", "-B/a:/b:ro" },
		{ "-B/a:/b:ro:", "must be ro or rw", "-B/a" },
		{ "--bo|a", "unknown option --bo (did", "--box|a" },
		{ "--boxx=a", "unknown option --boxx (did", "--box=a" },
		{ "--Box=a", "unknown option --Box (did", "--box=a" },
		{ "--dry_run", "unknown option --dry_run", "--dry-run" },
		{ "--hel", "unknown option --hel (did", "--help" },
		{ "--=a", "unknown option --;", "--|=a" },
		{ "---", "unknown option ---", "--|---" },
		{ "--c=x", "unknown option --c;", "-c|x" },
		{ "--n", "unknown option --n;", "-n" },
		{ "-b|a|--nope|ls", "unknown option --nope", "-b|a|ls" },
		{ "-1", "unknown option -1", "--|-1" },
		{ "-\xc3\xa4", "unknown option", "--|-\xc3\xa4" },
		/* What goes with what. */
		{ "-l|ls", "-l and a command", "-l" },
		{ "-l|-c|x", "-l and a command", "-n|-c|x" },
		{ "-l|-e|A", "-l and a command", "-n|-e|A" },
		{ "-l|-C|/", "-l and a command", "-n|-C|/" },
		{ "-l|-B|/a", "-l and a command", "-n|-B|/a" },
		{ "--check|-B|/a", "--check and a command", "--check|/a" },
		{ "-l|--hostname=h", "-l and a command", "-n|--hostname=h" },
		{ "-l|--network=none", "-l and a command",
			"-n|--network=none" },
		{ "-l|--memory=1M", "-l and a command", "-n|--memory=1M" },
		{ "-l|--pids-limit=1", "-l and a command",
			"-n|--pids-limit=1" },
		{ "-l|--cpus=1", "-l and a command", "-n|--cpus=1" },
		{ "-l|--timeout=1", "-l and a command", "-n|--timeout=1" },
		{ "--timeout=1|-l", "-l and a command", "--timeout=1|-n" },
		{ "-l|--status-fd=3", "-l and a command", "-n|--status-fd=3" },
		{ "--status-fd=3|-l", "-l and a command", "--status-fd=3|-n" },
		{ "--check|--memory=1M", "--check and a command", "--check" },
		{ "--check|--pids-limit=1", "--check and a command",
			"--check" },
		{ "--check|--cpus=1", "--check and a command", "--check" },
		{ "--check|--timeout=1", "--check and a command", "--check" },
		{ "--check|--status-fd=3", "--check and a command", "--check" },
		{ "--status-fd=3|--check|f", "--check and a command",
			"--check|f" },
		{ "--check|f|g", "--check and a command", "--check|f" },
		{ "--check|-e|A", "--check and a command", "--check" },
		{ "--check|-c|x", "--check and a command", "--check|x" },
		{ "--check|-b|a", "leave -b out", "--check|a" },
		{ "-b|a|--check", "leave -b out", "--check" },
		{ "-c|x|ls", "takes one string", "-c|x ls" },
		{ "-n|-c|x|ls", "takes one string", "-n|-c|x" },
		{ "-c||ls", "takes one string", "-c|" },
		{ "|x", "the command is empty", "x" },
		{ "--|", "the command is empty", "--" },
		{ "-b|a|", "the command is empty", "-b|a" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct request r;
		int argc;
		char **argv =
			unit_words(xasprintf("minibox|%s", t[i].words), &argc);
		const char *fault = request_parse(&r, argc, argv);

		if (!fault || !strstr(fault, t[i].part))
			fail_msg("%s: %s", t[i].words,
				fault ? fault : "accepted");
		fault = unit_request(&r, t[i].sibling);
		if (fault)
			fail_msg("%s: %s", t[i].sibling, fault);
	}
}

/* Two modes exclude each other, in either order; one may be said twice. */
static void
two_modes(void **state)
{
	static const char *const t[] = { "-n", "-l", "--check", "-h", "-V" };

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		for (size_t j = 0; j < COUNT(t); j++) {
			struct request r;
			const char *fault = unit_request(
				&r, xasprintf("%s|%s", t[i], t[j]));

			if (!fault != (i == j))
				fail_msg("%s %s", t[i], t[j]);
			if (fault)
				assert_non_null(
					strstr(fault, "cannot be combined"));
		}
	}
}

/* What other programs call an option gets one line with the cure. */
static void
foreign(void **state)
{
	static const struct {
		const char *words, *part;
	} t[] = {
		{ "-v|/a:/b",
			"there is no -v: bind what the policy allows with -B "
			"SRC[:DST[:ro|rw]]" },
		{ "-i|ls", "there is no -i: the terminal" },
		{ "-t|ls", "there is no -t: the terminal" },
		{ "-it|ls", "there is no -it: the terminal" },
		{ "-ti|ls", "there is no -ti: the terminal" },
		{ "-u|root", "there is no -u: the command always runs as you" },
		{ "--user|root", "there is no --user: the command" },
		{ "--user=root", "there is no --user: the command" },
		{ "--rm", "there is no --rm: nothing is left" },
		{ "-R|/", "there is no -R: root file systems" },
		{ "--rootfs=/", "there is no --rootfs: root file systems" },
		{ "--privileged", "there is no --privileged" },
		{ "--cap-add=all", "there is no --cap-add" },
		{ "--config=/x", "there is no --config" },
		{ "-b|a|--rm|ls", "there is no --rm" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct request r;
		const char *fault = unit_request(&r, t[i].words);

		if (!fault || !strstr(fault, t[i].part))
			fail_msg("%s: %s", t[i].words,
				fault ? fault : "accepted");
		/* Behind the command they are the command's. */
		assert_null(unit_request(&r, xasprintf("ls|%s", t[i].words)));
	}
}

static void
names(void **state)
{
	static const struct {
		const char *name;
		bool login;
	} t[] = {
		{ "minibox", false },
		{ "-minibox", true },
		{ "-", true },
		{ "", false },
		{ "/usr/bin/minibox", false },
		{ "x-y", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		char *name = xstrdup(t[i].name);
		char *alone[] = { name, NULL };
		char c[] = "-c", string[] = "x";
		char *with[] = { name, c, string, NULL };
		struct request r;

		assert_null(request_parse(&r, 1, alone));
		assert_int_equal(r.login, t[i].login);
		assert_null(r.command[0]);
		assert_null(request_parse(&r, 3, with));
		assert_int_equal(r.login, t[i].login);
		assert_string_equal(r.string, "x");
	}
}

/* As many options as there are words, and long ones. */
static void
many(void **state)
{
	enum { WORDS = 5000 }; /* as many as -e may be given */
	char **argv = xcalloc(WORDS + 3, sizeof(*argv));
	char *big = xcalloc(131072, 1), *word;
	struct request r;
	const char *fault;

	(void)state;
	argv[0] = xstrdup("minibox");
	for (int i = 1; i <= WORDS; i++)
		argv[i] = xasprintf("-eA%d", i);
	assert_null(request_parse(&r, WORDS + 1, argv));
	assert_int_equal(r.nenv, WORDS);
	assert_string_equal(r.env[WORDS - 1], "A5000");
	argv[WORDS + 1] = xstrdup("-eB");
	fault = request_parse(&r, WORDS + 2, argv);
	assert_non_null(fault);
	assert_string_equal(fault, "--env=B: given more than 5000 times");
	/* Of binds there are at most 64. */
	for (int i = 1; i <= 65; i++)
		argv[i] = xasprintf("-B/a%d", i);
	argv[65 + 1] = NULL;
	assert_null(request_parse(&r, 64 + 1, argv));
	assert_int_equal(r.nbinds, 64);
	assert_string_equal(r.binds[63].source, "/a64");
	fault = request_parse(&r, 65 + 1, argv);
	assert_non_null(fault);
	assert_string_equal(fault, "--bind=/a65: given more than 64 times");
	memset(big, 'x', 131071);
	word = xasprintf("--%s", big);
	fault = unit_request(&r, word);
	assert_non_null(strstr(fault, "unknown option"));
	assert_non_null(unit_request(&r, xasprintf("-C|/%s", big)));
	assert_non_null(unit_request(&r, xasprintf("--hostname=%s", big)));
	assert_null(unit_request(&r, xasprintf("-c|%s", big)));
	assert_string_equal(r.string, big);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(right),
		cmocka_unit_test(wrong),
		cmocka_unit_test(two_modes),
		cmocka_unit_test(foreign),
		cmocka_unit_test(names),
		cmocka_unit_test(many),
	};

	return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
