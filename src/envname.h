/* SPDX-License-Identifier: MIT */
/*
 * Which environment variables does a caller never carry into a box?
 *
 * Pure.  minibox.conf(5), ENVIRONMENT.
 */
#ifndef MINIBOX_ENVNAME_H
#define MINIBOX_ENVNAME_H

#include <stdbool.h>
#include <stddef.h>

/* [A-Za-z_][A-Za-z0-9_]*, the first `n` bytes of `s`. */
bool envname_is_name(const char *s, size_t n);

/* The variable `name` (its first `n` bytes) is minibox's own (HOME, PATH,
 * ...), or steers the loader, or, unless the box runs any command
 * (`any_command`), steers an interpreter (THREATS H09). */
bool envname_is_refused(const char *name, size_t n, bool any_command);

/* TERM, LANG and LC_*: kept without being asked, with plain values only. */
bool envname_is_plain_only(const char *name, size_t n);

/* [A-Za-z0-9_.@:+-]{1,64}: what those may hold.  Values that name files, or
 * hold escape sequences, have led programs astray (CVE-2014-9680). */
bool envname_value_is_plain(const char *value);

#endif
