/* SPDX-License-Identifier: MIT */
/*
 * What time is it?
 */
#ifndef MINIBOX_CLOCK_H
#define MINIBOX_CLOCK_H

#include <stdint.h>

/* Milliseconds since some point in the past, never set back: CLOCK_MONOTONIC,
 * clock_gettime(2).  Any process; dies. */
int64_t clock_ms(void);

#endif
