/* SPDX-License-Identifier: MIT */
/*
 * How does text become a policy?
 *
 * Pure: bytes in, struct policy out.  The only module that knows inih.
 * Anything unknown, repeated or malformed is a fault that closes every box.
 */
#ifndef MINIBOX_READER_H
#define MINIBOX_READER_H

#include <stddef.h>

#include "fault.h"
#include "policy.h"

enum { READER_MAX = 8 << 20 }; /* bytes of one file */

/*
 * Reads `size` bytes at `text`, which must be followed by a NUL byte; `file`
 * is only what the faults call it.  If anything was added to `faults`, the
 * policy must not be used.
 */
void reader_parse(struct policy *policy, const char *file, const char *text,
	size_t size, struct faults *faults);

#endif
