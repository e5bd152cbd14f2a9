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
	STATUS_STARTED = 1, /* the command is on its way to its exec; value:
				low half of clock_ms() */
	STATUS_STOPPED,     /* value: how often by now */
	STATUS_CONTINUED,   /* value: the same */
	STATUS_ENDED,       /* value: its status as of wait(2) */
	STATUS_NO_SETUP,    /* init failed; value: exit status; text: why */
	STATUS_NO_EXEC,     /* the command could not start; the same */
};

/* How many bytes the monitor leaves in `go` before it stops itself, and so how
 * often init can wake it. */
enum { STATUS_WAKES = 8 };

enum { STATUS_TEXT_MAX = 504 }; /* bytes; what is longer is cut */

struct status {
	uint32_t kind;
	int32_t value;
	char text[STATUS_TEXT_MAX];
};

/*
 * The monitor hands a signal on as STATUS_SIGNAL with SI_QUEUE and a value.
 * Signals of the real-time range are not merged with others that are pending,
 * and come after the standard ones (signal(7)).  Where no more of them may be
 * pending (RLIMIT_SIGPENDING), the number goes as a byte over the pipe `go`,
 * with STATUS_BYTE set, and STATUS_KICK says so.
 */
#define STATUS_SIGNAL SIGRTMIN
#define STATUS_KICK SIGPWR /* the last of the standard signals to be taken */
enum { STATUS_BYTE = 0x80 };

/*
 * si_value holds this; si_errno, which is free, the number of the sender, as it
 * is in his own pid namespace: kill(2) does not translate it for a receiver in
 * an outer one.
 */
struct status_signal {
	uint8_t signo;
	uint8_t stop; /* the last in which the monitor stopped; it wraps */
	uint16_t ms;  /* when the monitor read it: clock_ms(), wrapping */
};

static inline int
status_pack(struct status_signal s)
{
	return (int)((uint32_t)s.ms << 16 | (uint32_t)s.stop << 8 | s.signo);
}

static inline struct status_signal
status_unpack(int value)
{
	uint32_t v = (uint32_t)value;

	return (struct status_signal){
		.signo = v & 0xff,
		.stop = v >> 8 & 0xff,
		.ms = (uint16_t)(v >> 16),
	};
}

#endif
