/* SPDX-License-Identifier: MIT */
/* Is what is hardly meant warned of, and nothing else? */
#include "tables.h"

#include "advice.h"

#define HEAD "[box b]\nrootfs = /r\n"
#define OPEN HEAD "users = alice\ncommand = *\n"

static const char *
advice_of(const char *policy)
{
	struct faults f = { 0 };
	const char *text = "";

	advice_policy(unit_policy(policy), unit_accounts(), &f);
	fault_sort(&f);
	for (size_t i = 0; i < f.n; i++)
		text = xasprintf("%s%d: %s\n", text, f.v[i].place, f.v[i].text);
	return text;
}

/* Each row: the policy, and the beginning of the one warning, with its line;
 * NULL: none. */
static void
warnings(void **state)
{
#define TWO HEAD "users = alice, bob\ncommand = *\n"
#define EYES "bind = /srv/data\n"
	static const struct {
		const char *policy, *warning;
	} t[] = {
		{ OPEN, NULL },
		{ HEAD "users = alice, 5\ngroups = lab, 77\ncommand = *\n",
			NULL },
		{ HEAD "users = alice, zoe\ncommand = *\n",
			"3: unknown user 'zoe', which admits nobody; if LDAP "
			"knows it, write its number: getent passwd zoe" },
		{ HEAD "groups = lab, labb\ncommand = *\n",
			"3: unknown group 'labb', which admits nobody; if "
			"LDAP knows it, write its number: getent group labb" },
		{ OPEN "deny-groups = out\n",
			"5: unknown group 'out', which closes the box to "
			"everybody" },
		{ OPEN "deny-users = eve\n",
			"5: unknown user 'eve', which closes the box to "
			"everybody" },
		/* Nobody can enter. */
		{ HEAD "command = *\n",
			"1: nobody can enter box 'b'; add users or groups" },
		{ HEAD "users = none\ncommand = *\n",
			"1: nobody can enter box 'b'" },
		{ HEAD "users = 4294967294\ncommand = *\n", NULL },
		{ HEAD "users = *\ncommand = *\n", NULL },
		/* Nothing to run. */
		{ HEAD "users = alice\n",
			"1: box 'b' allows no command; add command = /bin/ or "
			"the like" },
		{ HEAD "users = alice\ncommand-exact = /bin/ls -l\n", NULL },
		/* A deny that denies nobody. */
		{ OPEN "deny-users = bob\n",
			"5: deny-users: bob is not among those that box 'b' "
			"admits; leave the line out" },
		{ OPEN "deny-users = 7\n", "5: deny-users: 7 is not among" },
		{ TWO "deny-users = alice\n", NULL },
		{ TWO "deny-users = 1000\n", NULL }, /* the same */
		{ HEAD "users = 1000, 7\ncommand = *\ndeny-users = alice\n",
			NULL },
		{ OPEN "deny-users = alice\n", "1: nobody can enter box 'b'" },
		{ OPEN "deny-users = 1000\n", "1: nobody can enter box 'b'" },
		{ TWO "groups = lab\ndeny-users = alice, bob\n", NULL },
		{ HEAD "users = root\ncommand = *\n",
			"1: nobody can enter box 'b'" },
		{ HEAD "users = 0\ncommand = *\n",
			"1: nobody can enter box 'b'" },
		{ HEAD "users = 0, alice\ncommand = *\n", NULL },
		/* What is no pattern, and no word. */
		{ HEAD "users = *\ncommand = /bin/*\n",
			"4: command: /bin/* is a name, not a pattern; for all "
			"of a directory write it with a slash at the end" },
		{ HEAD "users = *\ncommand = /bin/g?\n", "4: command: /bin/g? "
							 "is a name" },
		{ HEAD "users = *\ncommand-exact = /bin/sh -c \"a b\"\n",
			"4: command-exact: quotes and patterns stand for "
			"themselves; a word with a blank in it cannot be "
			"listed" },
		{ HEAD "users = *\ncommand-exact = /bin/ls *\n",
			"4: command-exact: quotes and patterns" },
		{ HEAD "users = *\ncommand = /bin/ls\nuser-env = yes\n",
			"5: user-env: box 'b' lists its commands, and a "
			"variable can make many of them run others; use "
			"env-keep" },
		{ HEAD "users = *\ncommand = /bin/ls\nuser-env = no\n", NULL },
		{ OPEN "user-env = yes\n", NULL },
		{ "# nothing\n", "0: no box, so that nobody may run anything; "
				 "see: minibox.conf(5)" },
		{ HEAD "users = *\ncommand = *\ndeny-users = bob\n", NULL },
		{ OPEN "groups = lab\ndeny-users = bob\n", NULL },
		{ OPEN "deny-groups = lab\n", NULL },
		/* What leads further. */
		{ OPEN EYES, NULL },
		{ OPEN "bind = /etc/shadow\n",
			"5: bind: /etc/shadow shows the passwords of the host; "
			"name no more than is needed" },
		{ OPEN "bind = /etc\n",
			"5: bind: /etc shows the passwords of the host" },
		{ OPEN "bind = /etc/resolv.conf\n", NULL },
		{ OPEN "bind = /etc/ssh/ssh_host_key\n",
			"5: bind: /etc/ssh/ssh_host_key shows the keys of the "
			"host" },
		{ OPEN "bind = /root/x\n",
			"5: bind: /root/x shows root's home" },
		{ OPEN "bind = /home:/m\n",
			"5: bind: /home shows everybody's home" },
		{ OPEN "bind = /home/shared\n", NULL },
		{ OPEN "bind = /homes\n", NULL },
		{ OPEN "bind = %h:/m\n", NULL },
		{ OPEN "bind = /run/docker.sock\n",
			"5: bind: /run/docker.sock shows sockets of the host's "
			"services" },
		{ OPEN "bind = /var/lib:/m\n",
			"5: bind: /var/lib shows root file systems that are "
			"closed" },
		{ OPEN "bind = /var/www\n", NULL },
		{ OPEN "bind = /boot:/m\n",
			"5: bind: /boot shows the kernels of the host" },
		{ OPEN "bind = /dev/sda:/m\n",
			"5: bind: /dev/sda shows devices of the host" },
		{ OPEN "bind = /var/spool/cron:/m\n",
			"5: bind: /var/spool/cron shows what cron runs" },
		{ OPEN "allow-bind = /run/user/:/run/user/\n",
			"5: allow-bind: /run/user shows sockets" },
		{ OPEN "allow-bind = /var/:/v/\n",
			"5: allow-bind: /var shows root file systems" },
		{ OPEN "allow-bind = %h/:%h/:rw\n", NULL },
		{ OPEN "bind = /usr/share:/usr/share:rw\n",
			"5: bind: /usr/share can be changed in the box by "
			"whoever may change it outside; write ro, or "
			"nothing" },
		{ OPEN "bind = /usr/share:/usr/share:ro\n", NULL },
		{ OPEN "bind = /opt/x:/opt/x:rw\n", "5: bind: /opt/x can be" },
		{ OPEN "bind = /srv/x:/srv/x:rw\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const char *text = advice_of(t[i].policy);
		const char *want = t[i].warning ? t[i].warning : "";

		if (strncmp(text, want, strlen(want)) ||
			(t[i].warning ? strchr(text, '\n')[1] : *text))
			fail_msg("%s: %s", t[i].policy, text);
	}
}

static void
several(void **state)
{
	static const char text[] = HEAD "users = alice, 5, zoe\n"
					"groups = lab, labb\n"
					"deny-groups = out\n"
					"deny-users = bob, eve\n"
					"command = *\n"
					"[box c]\n"
					"rootfs = /r\n"
					"users = *\n"
					"deny-users = none\n"
					"groups = zoe, 77\n";
	static const char *const want[] = { "3: unknown user 'zoe'",
		"4: unknown group 'labb'", "5: unknown group 'out'",
		"6: unknown user 'eve'", "8: box 'c' allows no command",
		"12: unknown group 'zoe'" };
	const char *said = advice_of(text);

	(void)state;
	for (size_t i = 0; i < COUNT(want); i++) {
		if (strncmp(said, want[i], strlen(want[i])))
			fail_msg("%s, not %s", said, want[i]);
		said = strchr(said, '\n') + 1;
	}
	assert_string_equal(said, "");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(warnings),
		cmocka_unit_test(several),
	};

	return cmocka_run_group_tests_name("advice", tests, NULL, NULL);
}
