/* SPDX-License-Identifier: MIT */
/*
 * What is said of a box that has ended?
 *
 * Pure: the one JSON line of --status-fd, minibox(1).  A number that is not
 * known is left out.
 */
#ifndef MINIBOX_REPORT_H
#define MINIBOX_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a line, its newline included: less than PIPE_BUF, so that one write(2)
 * is atomic on a pipe. */
enum { REPORT_MAX = 4096 };

enum report_limit { REPORT_NO_LIMIT, REPORT_TIME, REPORT_MEMORY };

struct report {
	int signo;     /* that ended it; 0: see exit_code */
	int exit_code; /* of minibox */
	enum report_limit limit;
	uint64_t wall_ms, user_ms, system_ms;
	uint64_t max_rss; /* bytes */
	bool has_memory_peak;
	uint64_t memory_peak; /* bytes */
};

/* Both return the length of the line. */
size_t report_end(char line[REPORT_MAX], const struct report *report);

/* {"error":MESSAGE,"stage":STAGE}; a message that is too long is cut. */
size_t report_error(
	char line[REPORT_MAX], const char *message, const char *stage);

#endif
