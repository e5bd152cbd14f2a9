/* SPDX-License-Identifier: MIT */
/*
 * How does a line reach the log?
 *
 * Not by libc's syslog(): it has had holes of its own (CVE-2023-6246), reads
 * the time zone and may write to a console.  Runs in the caller's process
 * before the clone, with euid and fsuid 0, so that the daemon sees that root is
 * speaking.
 */
#ifndef MINIBOX_LOG_H
#define MINIBOX_LOG_H

#include "logline.h"

/* One datagram to /dev/log; completes pid and tty.  It waits for nobody, and a
 * failure changes nothing: a full disk of the log's must not close the boxes,
 * and whoever fills it must not be let in more easily either. */
void log_send(struct logline *l);

#endif
