/* SPDX-License-Identifier: MIT */
/*
 * What does init tell the monitor?
 *
 * Records of one size over the status pipe, each written with one write(2)
 * that is atomic (pipe(7), PIPE_BUF).  Nothing goes the other way but the one
 * go byte; no channel carries requests (CVE-2016-8659, CVE-2026-41163).
 */
#ifndef MINIBOX_STATUS_H
#define MINIBOX_STATUS_H

#include <signal.h>
#include <stdint.h>

/* The command was stopped (value: how often by now); goes on; has ended (value:
 * its status as of wait(2)). */
enum status_kind { STATUS_STOPPED = 1, STATUS_CONTINUED, STATUS_ENDED };

/*
 * The monitor hands signals on to init as they are, with SI_QUEUE and the value
 * STATUS_PLAIN; but SIGCONT as STATUS_CONT, with the number of the last stop
 * that it knows of.  Signals of the real-time range are not merged with others
 * that are pending (signal(7)).
 */
#define STATUS_CONT SIGRTMIN
enum { STATUS_PLAIN = -1 };

struct status {
	uint32_t kind;
	int32_t value;
};

#endif
