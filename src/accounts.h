/* SPDX-License-Identifier: MIT */
/*
 * Which number does a name of the policy stand for?
 *
 * Pure: the text of the host's /etc/passwd and /etc/group in, tables out.  No
 * NSS: in a static program it loads shared objects (CVE-2019-14271,
 * CVE-2025-32463, CVE-2025-4802) and crashes for ids without an entry; and
 * fgetpwent(3) brings half of it along.  Names from LDAP are unknown here; the
 * policy gives their numbers.
 */
#ifndef MINIBOX_ACCOUNTS_H
#define MINIBOX_ACCOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account {
	char *name;
	uint32_t id;
	char *home; /* of users */
	size_t seq; /* place in the file */
};

struct accounts {
	struct account *users, *groups; /* sorted by name */
	size_t nusers, ngroups;
};

/*
 * Reads both texts, NUL-terminated, which are not changed: passwd(5), group(5).
 * Lines that are no entry are passed over, as libc does; where a name stands
 * twice, the first counts.
 */
void accounts_read(
	struct accounts *accounts, const char *passwd, const char *group);

/* The number of that name; false if there is none. */
bool accounts_user(
	const struct accounts *accounts, const char *name, uint32_t *uid);
bool accounts_group(
	const struct accounts *accounts, const char *name, uint32_t *gid);

/* The first entry of the passwd file with that number, or NULL. */
const struct account *accounts_by_uid(
	const struct accounts *accounts, uint32_t uid);

/* The first name of the group file for that number, or NULL. */
const char *accounts_group_name(const struct accounts *accounts, uint32_t gid);

#endif
