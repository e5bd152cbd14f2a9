/* SPDX-License-Identifier: MIT */
/*
 * What does one value of the policy or of an option mean?
 *
 * Pure: text in, a number or a yes out.  The types are those of
 * minibox.conf(5), FILE FORMAT.
 */
#ifndef MINIBOX_VALUE_H
#define MINIBOX_VALUE_H

#include <stdbool.h>
#include <stdint.h>

/* One clean absolute path; no blanks, no commas. */
bool value_is_path(const char *value);

/* Such paths with : between them, as in PATH. */
bool value_is_search_path(const char *value);

/* 1 to 64 of A-Z a-z 0-9 . _ - and no - or . first: what a host may be
 * called. */
bool value_is_hostname(const char *name);

/* 1 to 64 of A-Z a-z 0-9 _ . @ - $, first a letter or _: what a user or a
 * group may be called. */
bool value_is_account(const char *name);

/* Digits only. */
bool value_is_number(const char *value);

/* Of value_is_number: 0 to 4294967294; (uid_t)-1 means "no change" to
 * setresuid(2) (CVE-2019-14287, CVE-2018-19788). */
bool value_id(const char *value, uint32_t *id);

/* Three octal digits, or four of which the first is 0. */
bool value_umask(const char *value, int *mask);

/* N[K|M|G], in bytes, powers of 1024; N of at most 18 digits, not 0, all below
 * 2^63. */
bool value_size(const char *value, uint64_t *bytes);

/* N[ms|s|m|h|d], seconds without a unit, in milliseconds; N of at most 9
 * digits, not 0. */
bool value_duration(const char *value, uint64_t *ms);

/* Digits, from 1 to `max`. */
bool value_count(const char *value, uint64_t max, uint64_t *count);

/* N or N.N, up to three decimals, from 0.01 to 9999, in thousandths. */
bool value_cpus(const char *value, uint64_t *thousandths);

/* Octal permission bits, 3 or 4 digits, at most 1777. */
bool value_mode(const char *value, int *mode);

/* [A-Za-z0-9][A-Za-z0-9._-]{0,63}: what a network namespace may be called. */
bool value_is_netns(const char *name);

/* SRC[:DST[:ro|rw]]; what may stand in SRC and DST is for others to say. */
struct value_bind {
	const char *source;
	const char *target; /* or NULL */
	bool writable;
	bool has_mode;
};

/* NULL, or what is wrong. */
const char *value_bind(const char *value, struct value_bind *bind);

#endif
