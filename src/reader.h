/* SPDX-License-Identifier: MIT */
/*
 * How does text become a policy?
 *
 * Pure: bytes in, struct policy out.  The only module that knows inih.
 * Anything unknown, repeated or malformed is a fault that closes every box.
 */
#ifndef MINIBOX_READER_H
#define MINIBOX_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"
#include "policy.h"

enum {
	READER_MAX = 8 << 20,      /* bytes of one file */
	READER_ALL_MAX = 16 << 20, /* of all */
};

/* What a name in the drop-in directory is: NAME.conf, NAME of A-Z a-z 0-9 _ -;
 * any other that ends in .conf, which is a fault; anything else, and what is
 * hidden behind a dot, as the locks of editors are. */
enum reader_name { READER_DROP_IN, READER_BAD_NAME, READER_IGNORED };
enum reader_name reader_name(const char *name);

/* A file of the policy: `size` bytes at `text`, which a NUL byte follows; or
 * NULL, and `why` it could not be read. */
struct reader_file {
	const char *name; /* only what the faults call it */
	const char *text;
	size_t size;
	const char *why;
};

/* Which boxes are of any use; the others are checked and forgotten, so that
 * ten thousand cost no memory. */
struct reader_wish {
	bool (*wants)(const struct box *box, const void *data);
	const void *data;
};

/*
 * Reads the files, of which only the first may have [minibox] and [defaults].
 * Without a wish all boxes are kept.  If anything was added to `faults`, the
 * policy must not be used.
 */
void reader_parse(struct policy *policy, const struct reader_file *files,
	size_t n, const struct reader_wish *wish, struct faults *faults);

#endif
