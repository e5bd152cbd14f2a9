/* SPDX-License-Identifier: MIT */
/* Mangled policies and argument vectors: whatever is accepted is sound.  The
 * numbers are the same in every run. */
#include "unit.h"

#include "path.h"
#include "request.h"
#include "scan.h"

enum { ROUNDS = 20000, TEXT_MAX = 1024 };

static const char seed_text[] =
	"# comment\n[minibox]\ndefault-box = lab\n\n[defaults]\nproc = pid\n"
	"env-keep = EDITOR, PG*\n\n[box lab]\ndescription = A lab; for all\n"
	"rootfs = /srv/lab\nusers = alice, 4001\ngroups = lab\n"
	"deny-users = eve\ncommand = /bin/\ncommand-exact = /opt/x -a b\n"
	"shell = /bin/sh\nenv-set = A=b c\numask = 027\n"
	"[box any]\nrootfs = /srv/any\nusers = *\ncommand = *\n";

static uint32_t
next(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* Changes, doubles, drops or moves a few bytes. */
static size_t
mangle(char *text, size_t n, uint32_t *seed)
{
	static const char bytes[] = "\n\n =[]#;,*/.%\t\r\0\x80\xff"
				    "ab0";
	unsigned times = 1 + next(seed) % 4;

	while (times--) {
		size_t at = next(seed) % n, len = next(seed) % 8;

		if (at + len >= n)
			continue;
		switch (next(seed) % 3) {
		case 0:
			text[at] = bytes[next(seed) % (sizeof(bytes) - 1)];
			break;
		case 1:
			memmove(text + at, text + at + len, n - at - len);
			n -= len;
			break;
		default:
			if (n + len >= TEXT_MAX - 1)
				break;
			memmove(text + at + len, text + at, n - at);
			n += len;
			break;
		}
	}
	text[n] = '\0';
	return n;
}

static void
check_box(const struct policy *p, const struct box *box)
{
	assert_true(scan_is_box_name(box->name));
	assert_ptr_equal(policy_find(p, box->name), box);
	assert_true(path_is_clean(box->rootfs));
	assert_false(path_beneath("/etc", box->rootfs));
	assert_true(path_is_clean(box->shell));
	assert_true(policy_is_hostname(box->hostname));
	for (size_t i = 0; i < box->command.n; i++)
		assert_true(!strcmp(box->command.v[i].text, "*") ||
			    path_is_clean_dir(box->command.v[i].text));
	for (size_t i = 0; i < box->users.n; i++)
		assert_true(box->users.v[i].id != UINT32_MAX);
}

static bool
has_bad_byte(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (((unsigned char)text[i] < 0x20 && text[i] != '\n') ||
			text[i] == 0x7f)
			return true;
	return false;
}

static void
test_policies(void **state)
{
	uint32_t seed = 2463534242U;
	size_t accepted = 0;
	char text[TEXT_MAX];

	(void)state;
	unit_expect(seed_text, 0, NULL);
	for (int round = 0; round < ROUNDS; round++) {
		struct faults faults = { 0 };
		struct policy p;
		size_t n = sizeof(seed_text) - 1;

		memcpy(text, seed_text, n + 1);
		n = mangle(text, n, &seed);
		policy_parse(&p, "p", text, n, &faults);
		if (faults.n)
			continue;
		accepted++;
		assert_false(has_bad_byte(text, n));
		assert_true(n == 0 || text[n - 1] == '\n');
		for (size_t i = 0; i < p.nboxes; i++)
			check_box(&p, &p.boxes[i]);
	}
	/* Both happen often, or the test says nothing. */
	assert_in_range(accepted, ROUNDS / 50, ROUNDS - ROUNDS / 4);
}

static void
test_arguments(void **state)
{
	static const char *const words[] = { "-b", "x", "--box=y", "-n", "-l",
		"--", "-c", "-e", "A=1", "--check", "-h", "-", "--env", "-C",
		"/tmp", "--network=none", "", "-bn", "--hostname" };
	uint32_t seed = 88172645;
	size_t accepted = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		char *argv[8] = { NULL };
		struct request r;
		int argc = 1 + (int)(next(&seed) % 6);

		for (int i = 0; i < argc; i++)
			argv[i] = (char *)(uintptr_t)
				words[next(&seed) % COUNT(words)];
		if (request_parse(&r, argc, argv))
			continue;
		accepted++;
		assert_true(r.nenv <= (size_t)argc);
		assert_true(r.command >= argv && r.command <= argv + argc);
		assert_true(!r.chdir || path_is_clean(r.chdir));
		assert_true(!r.string || !r.command[0] || r.mode == MODE_HELP);
	}
	assert_in_range(accepted, ROUNDS / 50, ROUNDS - ROUNDS / 50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policies),
		cmocka_unit_test(test_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
