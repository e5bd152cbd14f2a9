/* SPDX-License-Identifier: MIT */
/*
 * What do init and the monitor tell each other?
 *
 * Records of one size over the status pipe, each written with one write(2)
 * that is atomic (pipe(7), PIPE_BUF), from init and, up to its exec, from the
 * command.  The other way there is the go byte, and the signals that the
 * monitor hands on; no channel carries requests (CVE-2016-8659,
 * CVE-2026-41163).
 */
#ifndef MINIBOX_STATUS_H
#define MINIBOX_STATUS_H

#include <signal.h>
#include <stdint.h>

enum status_kind {
	STATUS_STARTED = 1, /* the command is on its way to its exec */
	STATUS_STOPPED,     /* value: how often by now */
	STATUS_CONTINUED,   /* value: the same */
	STATUS_ENDED,       /* value: its status as of wait(2) */
	STATUS_NO_SETUP,    /* init failed; value: exit status; text: why */
	STATUS_NO_EXEC,     /* the command could not start; the same */
};

enum { STATUS_TEXT_MAX = 504 }; /* bytes; what is longer is cut */

struct status {
	uint32_t kind;
	int32_t value;
	char text[STATUS_TEXT_MAX];
};

/*
 * The monitor hands a signal on as STATUS_SIGNAL with SI_QUEUE, and a value
 * that holds the number of the signal and that of the last stop of the command
 * that it knows of.  Signals of the real-time range are not merged with others
 * that are pending, and come after the standard ones (signal(7)).
 */
#define STATUS_SIGNAL SIGRTMIN
enum { STATUS_SIGNO_BITS = 8, STATUS_SIGNO_MASK = 0xff };

#endif
