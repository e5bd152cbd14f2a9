/* SPDX-License-Identifier: MIT */
/*
 * Is this text what it looks like?
 *
 * Pure: RFC 3629.
 */
#ifndef MINIBOX_UTF8_H
#define MINIBOX_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length, 2 to 4, of the sequence of several bytes at `s`, of which `left` may
 * be read (at least one), its code point in *c; 0: it is none.  No overlong
 * forms, no surrogates. */
size_t utf8_decode(const char *s, size_t left, uint32_t *c);

/* Controls, and marks that turn the order of text around or hide in it: what an
 * editor shows must be what minibox reads (CVE-2021-42574). */
bool utf8_is_hidden(uint32_t c);

#endif
