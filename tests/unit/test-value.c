/* SPDX-License-Identifier: MIT */
/* What do sizes, durations, counts, processors, modes, binds and names of
 * network namespaces mean, at their edges? */
#include "tables.h"

static void
sizes(void **state)
{
	static const struct {
		const char *value;
		uint64_t bytes; /* 0: refused */
	} t[] = {
		{ "1", 1 },
		{ "9", 9 },
		{ "0001", 1 },
		{ "65536", 65536 },
		{ "1K", 1024 },
		{ "64K", 65536 },
		{ "1M", 1 << 20 },
		{ "64M", 64 << 20 },
		{ "3G", (uint64_t)3 << 30 },
		{ "010K", 10240 },
		{ "999999999999999999", 999999999999999999 },
		/* The last below 2^63, and the first that is not. */
		{ "9007199254740991K", INT64_MAX - 1023 },
		{ "9007199254740992K", 0 },
		{ "8796093022207M", INT64_MAX - ((1 << 20) - 1) },
		{ "8796093022208M", 0 },
		{ "8589934591G", INT64_MAX - ((1 << 30) - 1) },
		{ "8589934592G", 0 },
		/* 2^64 and 2^64 + 1K, if they were cut. */
		{ "18014398509481984K", 0 },
		{ "18014398509481985K", 0 },
		{ "17179869184G", 0 },
		{ "17179869185G", 0 },
		{ "9223372036854775808", 0 },
		{ "18446744073709551616", 0 },
		{ "18446744073709551617", 0 },
		{ "99999999999999999999999999", 0 },
		{ "0", 0 },
		{ "00", 0 },
		{ "0K", 0 },
		{ "0G", 0 },
		{ "", 0 },
		{ "K", 0 },
		{ "M1", 0 },
		{ "1k", 0 },
		{ "1m", 0 },
		{ "1T", 0 },
		{ "1KB", 0 },
		{ "1KK", 0 },
		{ "1K ", 0 },
		{ " 1K", 0 },
		{ "1 K", 0 },
		{ "1.5M", 0 },
		{ "-1", 0 },
		{ "+1", 0 },
		{ "0x10", 0 },
		{ "1e3", 0 },
		{ "1,5", 0 },
		{ "1B", 0 },
		{ "1\n", 0 },
		{ "1\xff", 0 },
		{ "unlimited", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		uint64_t bytes = 77;
		bool ok = value_size(t[i].value, &bytes);

		if (ok != (t[i].bytes != 0) || bytes != (ok ? t[i].bytes : 77))
			fail_msg("'%s': %d %llu", t[i].value, ok,
				(unsigned long long)bytes);
	}
}

static void
durations(void **state)
{
	static const struct {
		const char *value;
		uint64_t ms; /* 0: refused */
	} t[] = {
		{ "1", 1000 },
		{ "1ms", 1 },
		{ "1s", 1000 },
		{ "1m", 60000 },
		{ "1h", 3600000 },
		{ "1d", 86400000 },
		{ "500ms", 500 },
		{ "1500ms", 1500 },
		{ "90", 90000 },
		{ "001s", 1000 },
		{ "000000001ms", 1 },
		/* Nine digits, in every unit, and no tenth. */
		{ "999999999", 999999999000 },
		{ "999999999ms", 999999999 },
		{ "999999999s", 999999999000 },
		{ "999999999m", 59999999940000 },
		{ "999999999h", 3599999996400000 },
		{ "999999999d", 86399999913600000 },
		{ "1000000000", 0 },
		{ "1000000000ms", 0 },
		{ "1000000000d", 0 },
		{ "0000000001", 0 },
		/* 1 and 2, if they were cut to 32 and to 64 bits. */
		{ "4294967297", 0 },
		{ "18446744073709551617", 0 },
		{ "18446744073709551618ms", 0 },
		{ "0", 0 },
		{ "000", 0 },
		{ "0ms", 0 },
		{ "0s", 0 },
		{ "0d", 0 },
		{ "", 0 },
		{ "s", 0 },
		{ "ms", 0 },
		{ "s1", 0 },
		{ "1S", 0 },
		{ "1MS", 0 },
		{ "1Ms", 0 },
		{ "1M", 0 },
		{ "1D", 0 },
		{ "1w", 0 },
		{ "1y", 0 },
		{ "1us", 0 },
		{ "1min", 0 },
		{ "1sec", 0 },
		{ "1mss", 0 },
		{ "1sm", 0 },
		{ "1ss", 0 },
		{ "1m30s", 0 },
		{ "1m30", 0 },
		{ "1:30", 0 },
		{ "1.5s", 0 },
		{ "1,5s", 0 },
		{ "1 s", 0 },
		{ " 1s", 0 },
		{ "1s ", 0 },
		{ "1 ", 0 },
		{ "\t1", 0 },
		{ "1\n", 0 },
		{ "-1", 0 },
		{ "-1s", 0 },
		{ "+1", 0 },
		{ "0x1", 0 },
		{ "1e3", 0 },
		{ "1\xc2\xb5s", 0 },
		{ "none", 0 },
		{ "unlimited", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		uint64_t ms = 77;
		bool ok = value_duration(t[i].value, &ms);

		if (ok != (t[i].ms != 0) || (ok && ms != t[i].ms))
			fail_msg("'%s': %d %llu", t[i].value, ok,
				(unsigned long long)ms);
	}
}

static void
counts(void **state)
{
	static const struct {
		const char *value;
		uint64_t max;
		uint64_t count; /* 0: refused */
	} t[] = {
		{ "1", 1, 1 },
		{ "2", 1, 0 },
		{ "1", UINT64_MAX, 1 },
		{ "9", 10, 9 },
		{ "10", 10, 10 },
		{ "11", 10, 0 },
		{ "100", 10, 0 },
		{ "007", 10, 7 },
		{ "000000000000000010", 10, 10 },
		{ "0000000000000000010", 10, 0 },
		{ "2147483647", INT32_MAX, INT32_MAX },
		{ "2147483648", INT32_MAX, 0 },
		{ "4294967297", INT32_MAX, 0 },
		{ "999999999999999999", UINT64_MAX, 999999999999999999 },
		{ "999999999999999999", 999999999999999999,
			999999999999999999 },
		{ "999999999999999999", 999999999999999998, 0 },
		{ "1000000000000000000", UINT64_MAX, 0 },
		/* 1, if it were cut. */
		{ "18446744073709551617", UINT64_MAX, 0 },
		{ "0", 10, 0 },
		{ "00", 10, 0 },
		{ "", 10, 0 },
		{ " 1", 10, 0 },
		{ "1 ", 10, 0 },
		{ "1 0", 10, 0 },
		{ "-1", 10, 0 },
		{ "-0", 10, 0 },
		{ "+1", 10, 0 },
		{ "1K", UINT64_MAX, 0 },
		{ "1.0", 10, 0 },
		{ "1,0", 10, 0 },
		{ "0x1", 10, 0 },
		{ "1e0", 10, 0 },
		{ "1\n", 10, 0 },
		{ "\xb9", 10, 0 },
		{ "/", 10, 0 },
		{ ":", 10, 0 },
		{ "x", 10, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		uint64_t count = 77;
		bool ok = value_count(t[i].value, t[i].max, &count);

		if (ok != (t[i].count != 0) || (ok && count != t[i].count))
			fail_msg("'%s': %d %llu", t[i].value, ok,
				(unsigned long long)count);
	}
}

static void
cpus(void **state)
{
	static const struct {
		const char *value;
		uint64_t thousandths; /* 0: refused */
	} t[] = {
		{ "1", 1000 },
		{ "2", 2000 },
		{ "0.5", 500 },
		{ "0.50", 500 },
		{ "0.500", 500 },
		{ "0.05", 50 },
		{ "0.25", 250 },
		{ "0.125", 125 },
		{ "1.5", 1500 },
		{ "1.005", 1005 },
		{ "1.0", 1000 },
		{ "1.000", 1000 },
		{ "12.34", 12340 },
		{ "9876.5", 9876500 },
		{ "00.5", 500 },
		{ "0001", 1000 },
		{ "0001.5", 1500 },
		/* The first and the last. */
		{ "0.01", 10 },
		{ "0.010", 10 },
		{ "0.011", 11 },
		{ "0.009", 0 },
		{ "0.001", 0 },
		{ "0.00", 0 },
		{ "0.0", 0 },
		{ "0.000", 0 },
		{ "0", 0 },
		{ "0000", 0 },
		{ "9998.999", 9998999 },
		{ "9999", 9999000 },
		{ "9999.0", 9999000 },
		{ "9999.000", 9999000 },
		{ "9999.001", 0 },
		{ "9999.5", 0 },
		{ "9999.999", 0 },
		{ "10000", 0 },
		{ "99999", 0 },
		{ "00001", 0 },
		{ "00000.5", 0 },
		/* 1, if it were cut. */
		{ "4294967297", 0 },
		{ "18446744073709551617", 0 },
		{ "99999999999999999999999999999999999999", 0 },
		/* No fourth decimal, not even a 0. */
		{ "1.0000", 0 },
		{ "1.2345", 0 },
		{ "0.0100", 0 },
		{ "", 0 },
		{ ".", 0 },
		{ ".5", 0 },
		{ "1.", 0 },
		{ "1..5", 0 },
		{ "1.5.", 0 },
		{ "1.5.5", 0 },
		{ "1,5", 0 },
		{ "1/2", 0 },
		{ "50%", 0 },
		{ "500m", 0 },
		{ "1 ", 0 },
		{ " 1", 0 },
		{ "1 .5", 0 },
		{ "1. 5", 0 },
		{ "1.5 ", 0 },
		{ "-1", 0 },
		{ "+1", 0 },
		{ "1.-5", 0 },
		{ "1.+5", 0 },
		{ "0x1", 0 },
		{ "1e1", 0 },
		{ "1.5e1", 0 },
		{ "1.5x", 0 },
		{ "1x", 0 },
		{ "1\n", 0 },
		{ "1.5\n", 0 },
		{ "inf", 0 },
		{ "nan", 0 },
		{ "0-3", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		uint64_t n = 77;
		/* Of its own size, so that ASan sees a read behind it. */
		bool ok = value_cpus(xstrdup(t[i].value), &n);

		if (ok != (t[i].thousandths != 0) ||
			(ok && n != t[i].thousandths))
			fail_msg("'%s': %d %llu", t[i].value, ok,
				(unsigned long long)n);
	}
}

static void
modes(void **state)
{
	static const struct {
		const char *value;
		int mode; /* -1: refused */
	} t[] = {
		{ "000", 0 },
		{ "0000", 0 },
		{ "001", 1 },
		{ "700", 0700 },
		{ "755", 0755 },
		{ "0755", 0755 },
		{ "777", 0777 },
		{ "1000", 01000 },
		{ "1777", 01777 },
		{ "2000", -1 },
		{ "2755", -1 },
		{ "4755", -1 },
		{ "7777", -1 },
		{ "00755", -1 },
		{ "01777", -1 },
		{ "", -1 },
		{ "0", -1 },
		{ "7", -1 },
		{ "77", -1 },
		{ "778", -1 },
		{ "79", -1 },
		{ "0x7", -1 },
		{ "-755", -1 },
		{ "+755", -1 },
		{ " 755", -1 },
		{ "755 ", -1 },
		{ "u=rw", -1 },
		{ "75\n", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		int mode = 0;
		bool ok = value_mode(t[i].value, &mode);

		if (ok != (t[i].mode >= 0) || (ok && mode != t[i].mode))
			fail_msg("'%s': %d %o", t[i].value, ok, (unsigned)mode);
	}
}

static void
netns(void **state)
{
	static const char x[] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
				"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"; /* 65 */
	static const struct {
		const char *name;
		bool ok;
	} t[] = {
		{ "a", true },
		{ "0", true },
		{ "Z9", true },
		{ "lab-net", true },
		{ "lab_net.1", true },
		{ "a.", true },
		{ "a-", true },
		{ "a..b", true },
		{ "", false },
		{ ".", false },
		{ "..", false },
		{ ".a", false },
		{ "-a", false },
		{ "_a", false },
		{ "/", false },
		{ "a/b", false },
		{ "a/", false },
		{ "../a", false },
		{ "a b", false },
		{ " a", false },
		{ "a:b", false },
		{ "a,b", false },
		{ "a%b", false },
		{ "a*", false },
		{ "a\n", false },
		{ "\xc3\xa4", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		if (value_is_netns(t[i].name) != t[i].ok)
			fail_msg("'%s'", t[i].name);
	assert_true(value_is_netns(xasprintf("%.64s", x)));
	assert_false(value_is_netns(x));
}

/* SRC, DST ("-": none) and the mode, or a part of what is wrong. */
static void
binds(void **state)
{
	static const struct {
		const char *value, *source, *target, *mode, *part;
	} t[] = {
		{ "/a", "/a", "-", "-", NULL },
		{ "a", "a", "-", "-", NULL },
		{ ".", ".", "-", "-", NULL },
		{ "/a:/b", "/a", "/b", "-", NULL },
		{ "/a:b", "/a", "b", "-", NULL },
		{ "/a:/b:ro", "/a", "/b", "ro", NULL },
		{ "/a:/b:rw", "/a", "/b", "rw", NULL },
		{ "%h/:%h/:rw", "%h/", "%h/", "rw", NULL },
		{ "/a b:/c,d:ro", "/a b", "/c,d", "ro", NULL },
		/* The second word is DST, and that is no mode. */
		{ "/a:rw", NULL, NULL, NULL, "a mode stands third" },
		{ "/a:ro", NULL, NULL, NULL, "a mode stands third" },
		{ "ro:rw", NULL, NULL, NULL, "a mode stands third" },
		{ "/a:rx", "/a", "rx", "-", NULL },
		{ "rw:/rw:rw", "rw", "/rw", "rw", NULL },
		{ "", NULL, NULL, NULL, "SRC[:DST[:ro|rw]]" },
		{ ":", NULL, NULL, NULL, "SRC[:DST[:ro|rw]]" },
		{ ":/b", NULL, NULL, NULL, "SRC[:DST[:ro|rw]]" },
		{ "/a:", NULL, NULL, NULL, "SRC[:DST[:ro|rw]]" },
		{ ":/b:rw", NULL, NULL, NULL, "SRC[:DST[:ro|rw]]" },
		{ "/a::rw", NULL, NULL, NULL, "SRC[:DST[:ro|rw]]" },
		{ "::ro", NULL, NULL, NULL, "SRC[:DST[:ro|rw]]" },
		{ "::", NULL, NULL, NULL, "ro or rw" },
		{ "/a:/b:", NULL, NULL, NULL, "ro or rw" },
		{ "/a:/b:r", NULL, NULL, NULL, "ro or rw" },
		{ "/a:/b:rwx", NULL, NULL, NULL, "ro or rw" },
		{ "/a:/b:RW", NULL, NULL, NULL, "ro or rw" },
		{ "/a:/b:rw ", NULL, NULL, NULL, "ro or rw" },
		{ "/a:/b: rw", NULL, NULL, NULL, "ro or rw" },
		{ "/a:/b:rw:", NULL, NULL, NULL, "ro or rw" },
		{ "/a:/b:rw:ro", NULL, NULL, NULL, "ro or rw" },
		{ "/a:/b:/c", NULL, NULL, NULL, "ro or rw" },
		{ "/a:/b:rw,ro", NULL, NULL, NULL, "ro or rw" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct value_bind b;
		char *value = xstrdup(t[i].value);
		const char *fault = value_bind(value, &b);

		/* What is kept is a copy. */
		memset(value, 'x', strlen(value));
		if (!fault != !t[i].part ||
			(fault && !strstr(fault, t[i].part)))
			fail_msg("'%s': %s", t[i].value, fault);
		if (fault)
			continue;
		assert_string_equal(b.source, t[i].source);
		assert_string_equal(b.target ? b.target : "-", t[i].target);
		assert_int_equal(b.has_mode, t[i].mode[0] != '-');
		assert_int_equal(b.writable, !strcmp(t[i].mode, "rw"));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(durations),
		cmocka_unit_test(counts),
		cmocka_unit_test(cpus),
		cmocka_unit_test(modes),
		cmocka_unit_test(netns),
		cmocka_unit_test(binds),
	};

	return cmocka_run_group_tests_name("value", tests, NULL, NULL);
}
