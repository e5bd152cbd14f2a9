/* SPDX-License-Identifier: MIT */
/* Where is the caller's home, outside and in the box? */
#include "tables.h"

#include "home.h"

/* Outside, in the box, for %h in a target ("-": none); where the host knows the
 * caller, and where it does not. */
static void
homes(void **state)
{
	static const struct {
		const char *home, *outside, *in_box, *target, *target_typed;
	} t[] = {
		{ "/home/alice", "/home/alice", "/home/alice", "/home/alice",
			"/home/alice" },
		{ "/home/s/x", "/home/s/x", "/home/s/x", "/home/s/x",
			"/home/s/x" },
		{ "/home", "/home", "/home/alice", "/home", "/home/alice" },
		{ "/home2/x", "/home2/x", "/home/alice", "/home2/x",
			"/home/alice" },
		{ "/data/al", "/data/al", "/home/alice", "/data/al",
			"/home/alice" },
		{ "/usr", "/usr", "/home/alice", "/usr", "/home/alice" },
		{ "/process", "/process", "/home/alice", "/process",
			"/home/alice" },
		{ "/devel/x", "/devel/x", "/home/alice", "/devel/x",
			"/home/alice" },
		{ NULL, "-", "/home/alice", "-", "/home/alice" },
		{ "", "-", "/home/alice", "-", "/home/alice" },
		{ "/", "-", "/home/alice", "-", "/home/alice" },
		{ "home/x", "-", "/home/alice", "-", "/home/alice" },
		{ "/home//x", "-", "/home/alice", "-", "/home/alice" },
		{ "/home/x/", "-", "/home/alice", "-", "/home/alice" },
		{ "/home/x/..", "-", "/home/alice", "-", "/home/alice" },
		{ "/proc", "-", "/home/alice", "-", "/home/alice" },
		{ "/proc/self/cwd", "-", "/home/alice", "-", "/home/alice" },
		{ "/sys/x", "-", "/home/alice", "-", "/home/alice" },
		{ "/dev/shm/x", "-", "/home/alice", "-", "/home/alice" },
	};
	const struct box *with = unit_box("[box b]\nrootfs = /r\n");
	const struct box *without =
		unit_box("[box b]\nrootfs = /r\nhome = none\n");

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct caller caller = unit_caller();
		const char *outside, *target;

		caller.home = t[i].home;
		outside = home_outside(&caller);
		target = home_as_target(with, &caller);
		assert_string_equal(outside ? outside : "-", t[i].outside);
		assert_string_equal(home_in_box(with, &caller), t[i].in_box);
		assert_string_equal(target ? target : "-", t[i].target);
		/* The entry says where, though the box shows no home. */
		target = home_as_target(without, &caller);
		assert_string_equal(target ? target : "-", t[i].target);
		assert_string_equal(home_in_box(without, &caller), "/");
		caller.known = false;
		assert_string_equal(
			home_as_target(with, &caller), t[i].target_typed);
		assert_null(home_as_target(without, &caller));
	}
}

/* Which of the reasons, by its first words; the last does not depend on who
 * knows the caller. */
static void
faults(void **state)
{
	static const struct {
		const char *home, *part;
	} t[] = {
		{ "/home/alice", NULL },
		{ "/srv/alice", NULL },
		{ "/srv/box/bb", NULL },
		{ "/srv/box/b/home", NULL },
		{ "/etcetera", NULL },
		{ "/etc/x", NULL },
		{ NULL, "you have none" },
		{ "", "you have none" },
		{ "x", "x is / or no plain absolute path" },
		{ "/x//y", "/x//y is / or no plain absolute path" },
		{ "/", "/ is / or no plain absolute path" },
		{ "/proc/1/cwd",
			"/proc/1/cwd is / or no plain absolute path, or lies" },
		{ "/srv", "the root file system or the policy" },
		{ "/srv/box", "the root file system or the policy" },
		{ "/srv/box/b", "the root file system or the policy" },
		{ "/etc", "the root file system or the policy" },
	};
	const struct box *b = unit_box("[box b]\nrootfs = /srv/box/b\n");

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(t); i++) {
		const char *part = t[i / 2].part, *fault;
		struct caller caller = unit_caller();

		caller.home = t[i / 2].home;
		caller.known = i % 2;
		fault = home_fault(b, &caller);
		if (!fault != !part ||
			(part && strncmp(fault, part, strlen(part))))
			fail_msg("%s: %s", t[i / 2].home, fault);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(homes),
		cmocka_unit_test(faults),
	};

	return cmocka_run_group_tests_name("home", tests, NULL, NULL);
}
