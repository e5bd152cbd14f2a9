/* SPDX-License-Identifier: MIT */
/* How much may a box use: what each limit takes, and how it is written? */
#include "tables.h"

#include <sys/resource.h>

#include "limit.h"

static const char *const faults[LIMITS] = {
	[LIMIT_MEMORY] = "must be a size such as 512M, at least 1M",
	[LIMIT_PIDS] = "must be a number from 1 to 4194303",
	[LIMIT_CPUS] = "must be a number such as 2 or 0.5, from 0.01 to 9999",
	[LIMIT_TIMEOUT] = "must be a duration such as 500ms, 10s, 5m, 2h or 1d",
};

static void
names(void **state)
{
	(void)state;
	assert_int_equal(LIMITS, 4);
	assert_string_equal(limit_name(LIMIT_MEMORY), "memory");
	assert_string_equal(limit_name(LIMIT_PIDS), "pids-limit");
	assert_string_equal(limit_name(LIMIT_CPUS), "cpus");
	assert_string_equal(limit_name(LIMIT_TIMEOUT), "timeout");
	/* A key of the policy is called the same. */
	assert_string_equal(keys_name(KEY_MEMORY), limit_name(LIMIT_MEMORY));
	assert_string_equal(keys_name(KEY_PIDS_LIMIT), limit_name(LIMIT_PIDS));
	assert_string_equal(keys_name(KEY_CPUS), limit_name(LIMIT_CPUS));
	assert_string_equal(keys_name(KEY_TIMEOUT), limit_name(LIMIT_TIMEOUT));
}

/* What is accepted, and its text, which is accepted as the same. */
static void
right(void **state)
{
	static const struct {
		enum limit limit;
		const char *value;
		uint64_t number;
		const char *text;
	} t[] = {
		{ LIMIT_MEMORY, "1M", 1 << 20, "1M" },
		{ LIMIT_MEMORY, "1024K", 1 << 20, "1M" },
		{ LIMIT_MEMORY, "1048576", 1 << 20, "1M" },
		{ LIMIT_MEMORY, "1048577", (1 << 20) + 1, "1048577" },
		{ LIMIT_MEMORY, "1025K", 1025 << 10, "1025K" },
		{ LIMIT_MEMORY, "512M", 512 << 20, "512M" },
		{ LIMIT_MEMORY, "1024M", 1 << 30, "1G" },
		{ LIMIT_MEMORY, "1536M", (uint64_t)3 << 29, "1536M" },
		{ LIMIT_MEMORY, "1G", 1 << 30, "1G" },
		{ LIMIT_MEMORY, "1024G", (uint64_t)1 << 40, "1024G" },
		{ LIMIT_MEMORY, "1048576G", (uint64_t)1 << 50, "1048576G" },
		{ LIMIT_MEMORY, "999999999999999999", 999999999999999999,
			"999999999999999999" },
		{ LIMIT_MEMORY, "9007199254740991K", INT64_MAX - 1023,
			"9007199254740991K" },
		{ LIMIT_MEMORY, "8796093022207M", INT64_MAX - ((1 << 20) - 1),
			"8796093022207M" },
		{ LIMIT_MEMORY, "8589934591G", INT64_MAX - ((1 << 30) - 1),
			"8589934591G" },
		{ LIMIT_PIDS, "1", 1, "1" },
		{ LIMIT_PIDS, "010", 10, "10" },
		{ LIMIT_PIDS, "1024", 1024, "1024" },
		{ LIMIT_PIDS, "4194303", 4194303, "4194303" },
		{ LIMIT_CPUS, "0.01", 10, "0.01" },
		{ LIMIT_CPUS, "0.011", 11, "0.011" },
		{ LIMIT_CPUS, "0.1", 100, "0.1" },
		{ LIMIT_CPUS, "0.100", 100, "0.1" },
		{ LIMIT_CPUS, "0.5", 500, "0.5" },
		{ LIMIT_CPUS, "0.050", 50, "0.05" },
		{ LIMIT_CPUS, "1", 1000, "1" },
		{ LIMIT_CPUS, "1.0", 1000, "1" },
		{ LIMIT_CPUS, "1.001", 1001, "1.001" },
		{ LIMIT_CPUS, "1.01", 1010, "1.01" },
		{ LIMIT_CPUS, "10", 10000, "10" },
		{ LIMIT_CPUS, "10.1", 10100, "10.1" },
		{ LIMIT_CPUS, "100", 100000, "100" },
		{ LIMIT_CPUS, "1000", 1000000, "1000" },
		{ LIMIT_CPUS, "9000", 9000000, "9000" },
		{ LIMIT_CPUS, "9999", 9999000, "9999" },
		{ LIMIT_TIMEOUT, "1ms", 1, "1ms" },
		{ LIMIT_TIMEOUT, "999ms", 999, "999ms" },
		{ LIMIT_TIMEOUT, "1000ms", 1000, "1s" },
		{ LIMIT_TIMEOUT, "1001ms", 1001, "1001ms" },
		{ LIMIT_TIMEOUT, "1500ms", 1500, "1500ms" },
		{ LIMIT_TIMEOUT, "1", 1000, "1s" },
		{ LIMIT_TIMEOUT, "59s", 59000, "59s" },
		{ LIMIT_TIMEOUT, "61", 61000, "61s" },
		{ LIMIT_TIMEOUT, "999999999ms", 999999999, "999999999ms" },
		{ LIMIT_TIMEOUT, "999999999", 999999999000, "999999999s" },
		/* How it is written is not said; that it can be read is. */
		{ LIMIT_TIMEOUT, "60", 60000, NULL },
		{ LIMIT_TIMEOUT, "1m", 60000, NULL },
		{ LIMIT_TIMEOUT, "90m", 5400000, NULL },
		{ LIMIT_TIMEOUT, "24h", 86400000, NULL },
		{ LIMIT_TIMEOUT, "1d", 86400000, NULL },
		{ LIMIT_TIMEOUT, "11574d", 999993600000, NULL },
		{ LIMIT_TIMEOUT, "11575d", 1000080000000, NULL },
		{ LIMIT_TIMEOUT, "16666667m", 1000000020000, NULL },
		{ LIMIT_TIMEOUT, "999999999m", 59999999940000, NULL },
		{ LIMIT_TIMEOUT, "999999999h", 3599999996400000, NULL },
		{ LIMIT_TIMEOUT, "999999999d", 86399999913600000, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		uint64_t n = 0, again = 0;
		const char *fault = limit_parse(t[i].limit, t[i].value, &n);
		const char *text;

		if (fault || n != t[i].number)
			fail_msg("%s = %s: %s, %llu", limit_name(t[i].limit),
				t[i].value, fault, (unsigned long long)n);
		text = limit_text(t[i].limit, n);
		if (t[i].text)
			assert_string_equal(text, t[i].text);
		fault = limit_parse(t[i].limit, text, &again);
		if (fault || again != n)
			fail_msg("%s = %s: %s, %llu", limit_name(t[i].limit),
				text, fault, (unsigned long long)again);
	}
}

static void
wrong(void **state)
{
	static const struct {
		enum limit limit;
		const char *value, *neighbour; /* that is accepted */
	} t[] = {
		{ LIMIT_MEMORY, "1048575", "1048576" },
		{ LIMIT_MEMORY, "1023K", "1024K" },
		{ LIMIT_MEMORY, "1", "1M" },
		{ LIMIT_MEMORY, "0M", "1M" },
		{ LIMIT_MEMORY, "0", "01048576" },
		{ LIMIT_MEMORY, "8589934592G", "8589934591G" },
		{ LIMIT_MEMORY, "17179869185G", "17G" },
		{ LIMIT_MEMORY, "", "1M" },
		{ LIMIT_MEMORY, "512MB", "512M" },
		{ LIMIT_MEMORY, "512m", "512M" },
		{ LIMIT_MEMORY, "512 M", "512M" },
		{ LIMIT_MEMORY, "-512M", "512M" },
		{ LIMIT_MEMORY, "1.5G", "1G" },
		{ LIMIT_MEMORY, "50%", "50M" },
		{ LIMIT_MEMORY, "1T", "1G" },
		{ LIMIT_MEMORY, "none", "1M" },
		{ LIMIT_MEMORY, "max", "1M" },
		{ LIMIT_MEMORY, "unlimited", "1M" },
		{ LIMIT_PIDS, "0", "1" },
		{ LIMIT_PIDS, "4194304", "4194303" },
		{ LIMIT_PIDS, "4294967297", "4194303" },
		{ LIMIT_PIDS, "18446744073709551617", "1" },
		{ LIMIT_PIDS, "", "1" },
		{ LIMIT_PIDS, "1K", "1024" },
		{ LIMIT_PIDS, "-1", "1" },
		{ LIMIT_PIDS, "1.5", "1" },
		{ LIMIT_PIDS, "none", "1" },
		{ LIMIT_PIDS, "max", "1" },
		{ LIMIT_CPUS, "0.009", "0.010" },
		{ LIMIT_CPUS, "0", "1" },
		{ LIMIT_CPUS, "10000", "9999" },
		{ LIMIT_CPUS, "9999.001", "9999.000" },
		{ LIMIT_CPUS, ".5", "0.5" },
		{ LIMIT_CPUS, "1.", "1" },
		{ LIMIT_CPUS, "1,5", "1.5" },
		{ LIMIT_CPUS, "1.2345", "1.234" },
		{ LIMIT_CPUS, "-1", "1" },
		{ LIMIT_CPUS, "", "1" },
		{ LIMIT_CPUS, "none", "1" },
		{ LIMIT_TIMEOUT, "0", "1" },
		{ LIMIT_TIMEOUT, "0ms", "1ms" },
		{ LIMIT_TIMEOUT, "1000000000", "999999999" },
		{ LIMIT_TIMEOUT, "1w", "7d" },
		{ LIMIT_TIMEOUT, "1.5s", "1500ms" },
		{ LIMIT_TIMEOUT, "1m30s", "90s" },
		{ LIMIT_TIMEOUT, "10 s", "10s" },
		{ LIMIT_TIMEOUT, "-10s", "10s" },
		{ LIMIT_TIMEOUT, "10S", "10s" },
		{ LIMIT_TIMEOUT, "", "1" },
		{ LIMIT_TIMEOUT, "none", "1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		uint64_t n;
		const char *fault = limit_parse(t[i].limit, t[i].value, &n);

		if (!fault || strcmp(fault, faults[t[i].limit]))
			fail_msg("%s = %s: %s", limit_name(t[i].limit),
				t[i].value, fault);
		fault = limit_parse(t[i].limit, t[i].neighbour, &n);
		if (fault)
			fail_msg("%s = %s: %s", limit_name(t[i].limit),
				t[i].neighbour, fault);
	}
}

/* parse(text(n)) == n, for numbers of every kind and size. */
static void
texts_are_read(void **state)
{
	static const struct {
		uint64_t first, last;
	} range[LIMITS] = {
		[LIMIT_MEMORY] = { 1 << 20, 999999999999999999 },
		[LIMIT_PIDS] = { 1, 4194303 },
		[LIMIT_CPUS] = { 10, 9999000 },
		[LIMIT_TIMEOUT] = { 1, 999999999 },
	};

	(void)state;
	for (enum limit limit = 0; limit < LIMITS; limit++) {
		uint64_t first = range[limit].first, last = range[limit].last;

		/* Some 2000 that lie closer together where they are small. */
		for (uint64_t n = first; n < last; n += 1 + n / 89) {
			uint64_t again = 0;
			const char *text = limit_text(limit, n);

			if (limit_parse(limit, text, &again) || again != n)
				fail_msg("%s = %s: %llu, not %llu",
					limit_name(limit), text,
					(unsigned long long)again,
					(unsigned long long)n);
		}
		for (int i = 0; i < 2; i++) {
			uint64_t n = i ? last : first, again = 0;

			assert_null(limit_parse(
				limit, limit_text(limit, n), &again));
			assert_true(again == n);
		}
	}
}

static void
size_texts(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} t[] = {
		{ 0, "0" },
		{ 1, "1" },
		{ 1000, "1000" },
		{ 1023, "1023" },
		{ 1024, "1K" },
		{ 1025, "1025" },
		{ 65536, "64K" },
		{ 1048575, "1048575" },
		{ 1048576, "1M" },
		{ 1049600, "1025K" },
		{ (uint64_t)1 << 30, "1G" },
		{ (uint64_t)1 << 40, "1024G" },
		{ (uint64_t)1 << 62, "4294967296G" },
		{ INT64_MAX, "9223372036854775807" },
		{ UINT64_MAX, "18446744073709551615" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		assert_string_equal(limit_size_text(t[i].bytes), t[i].text);
}

/* A number alone needs no control group; what does, needs it with others. */
static void
needs_cgroup(void **state)
{
	static const bool needs[LIMITS] = {
		[LIMIT_MEMORY] = true,
		[LIMIT_PIDS] = true,
		[LIMIT_CPUS] = true,
		[LIMIT_TIMEOUT] = false,
	};

	(void)state;
	for (int set = 0; set < 1 << LIMITS; set++) {
		struct limits limits = { 0 };
		bool any = false;

		for (int i = 0; i < LIMITS; i++)
			if (set & 1 << i) {
				limits.v[i] = 1;
				any = any || needs[i];
			}
		assert_int_equal(limit_needs_cgroup(&limits), any);
	}
}

static void
rlimits(void **state)
{
	static const struct rlimit_kind want[] = {
		[RLIMIT_RULE_NOFILE] = { "nofile", RLIMIT_NOFILE, UNIT_NUMBER },
		[RLIMIT_RULE_NPROC] = { "nproc", RLIMIT_NPROC, UNIT_NUMBER },
		[RLIMIT_RULE_CORE] = { "core", RLIMIT_CORE, UNIT_SIZE },
		[RLIMIT_RULE_FSIZE] = { "fsize", RLIMIT_FSIZE, UNIT_SIZE },
		[RLIMIT_RULE_AS] = { "as", RLIMIT_AS, UNIT_SIZE },
		[RLIMIT_RULE_MEMLOCK] = { "memlock", RLIMIT_MEMLOCK,
			UNIT_SIZE },
		[RLIMIT_RULE_STACK] = { "stack", RLIMIT_STACK, UNIT_SIZE },
		[RLIMIT_RULE_CPU] = { "cpu", RLIMIT_CPU, UNIT_SECONDS },
	};

	(void)state;
	assert_int_equal(COUNT(want), RLIMIT_RULES);
	for (size_t i = 0; i < RLIMIT_RULES; i++) {
		const struct rlimit_kind *kind = &limit_rlimits[i];

		assert_string_equal(kind->name, want[i].name);
		assert_int_equal(kind->resource, want[i].resource);
		assert_int_equal(kind->unit, want[i].unit);
	}
}

static void
rlimit_values(void **state)
{
#define NUMBER "must be a number, or unlimited"
#define SIZE "must be a size such as 64M, or unlimited"
#define SECONDS "must be a number of seconds, or unlimited"
	static const struct {
		enum rlimit_unit unit;
		const char *value;
		uint64_t number;
		const char *fault;
	} t[] = {
		{ UNIT_NUMBER, "0", 0, NULL },
		{ UNIT_NUMBER, "1", 1, NULL },
		{ UNIT_NUMBER, "064", 64, NULL },
		{ UNIT_NUMBER, "1048576", 1 << 20, NULL },
		{ UNIT_NUMBER, "4294967296", (uint64_t)1 << 32, NULL },
		{ UNIT_NUMBER, "999999999999999999", 999999999999999999, NULL },
		{ UNIT_NUMBER, "unlimited", LIMIT_UNLIMITED, NULL },
		{ UNIT_NUMBER, "18446744073709551615", 0, NUMBER },
		{ UNIT_NUMBER, "18446744073709551617", 0, NUMBER },
		{ UNIT_NUMBER, "", 0, NUMBER },
		{ UNIT_NUMBER, "1K", 0, NUMBER },
		{ UNIT_NUMBER, "-1", 0, NUMBER },
		{ UNIT_NUMBER, "+1", 0, NUMBER },
		{ UNIT_NUMBER, "1 ", 0, NUMBER },
		{ UNIT_NUMBER, " 0", 0, NUMBER },
		{ UNIT_NUMBER, "0x10", 0, NUMBER },
		{ UNIT_NUMBER, "infinity", 0, NUMBER },
		{ UNIT_NUMBER, "Unlimited", 0, NUMBER },
		{ UNIT_NUMBER, "unlimited ", 0, NUMBER },
		{ UNIT_NUMBER, "unlimite", 0, NUMBER },
		{ UNIT_NUMBER, "none", 0, NUMBER }, /* known to the key */
		{ UNIT_SIZE, "0", 0, NULL },
		{ UNIT_SIZE, "1", 1, NULL },
		{ UNIT_SIZE, "1K", 1024, NULL },
		{ UNIT_SIZE, "8M", 8 << 20, NULL },
		{ UNIT_SIZE, "8589934591G", INT64_MAX - ((1 << 30) - 1), NULL },
		{ UNIT_SIZE, "unlimited", LIMIT_UNLIMITED, NULL },
		{ UNIT_SIZE, "8589934592G", 0, SIZE },
		{ UNIT_SIZE, "17179869184G", 0, SIZE },
		{ UNIT_SIZE, "", 0, SIZE },
		{ UNIT_SIZE, "1k", 0, SIZE },
		{ UNIT_SIZE, "1T", 0, SIZE },
		{ UNIT_SIZE, "1 K", 0, SIZE },
		{ UNIT_SIZE, "-1", 0, SIZE },
		{ UNIT_SIZE, "UNLIMITED", 0, SIZE },
		{ UNIT_SIZE, "none", 0, SIZE },
		{ UNIT_SECONDS, "1", 1, NULL },
		{ UNIT_SECONDS, "3600", 3600, NULL },
		{ UNIT_SECONDS, "2147483647", INT32_MAX, NULL },
		{ UNIT_SECONDS, "unlimited", LIMIT_UNLIMITED, NULL },
		/* The kernel would make 1 of it. */
		{ UNIT_SECONDS, "0", 0, SECONDS },
		{ UNIT_SECONDS, "2147483648", 0, SECONDS },
		{ UNIT_SECONDS, "4294967297", 0, SECONDS },
		{ UNIT_SECONDS, "", 0, SECONDS },
		{ UNIT_SECONDS, "10s", 0, SECONDS },
		{ UNIT_SECONDS, "1m", 0, SECONDS },
		{ UNIT_SECONDS, "1K", 0, SECONDS },
		{ UNIT_SECONDS, "-1", 0, SECONDS },
		{ UNIT_SECONDS, "none", 0, SECONDS },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct rlimit_rule rule = { .given = false, .value = 77 };
		const char *fault =
			limit_parse_rlimit(t[i].unit, t[i].value, &rule);

		if (!fault != !t[i].fault ||
			(fault && strcmp(fault, t[i].fault)))
			fail_msg("'%s': %s", t[i].value, fault);
		if (!fault && (!rule.given || rule.value != t[i].number))
			fail_msg("'%s': %d %llu", t[i].value, rule.given,
				(unsigned long long)rule.value);
	}
#undef SECONDS
#undef SIZE
#undef NUMBER
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(right),
		cmocka_unit_test(wrong),
		cmocka_unit_test(texts_are_read),
		cmocka_unit_test(size_texts),
		cmocka_unit_test(needs_cgroup),
		cmocka_unit_test(rlimits),
		cmocka_unit_test(rlimit_values),
	};

	return cmocka_run_group_tests_name("limit", tests, NULL, NULL);
}
