/* SPDX-License-Identifier: MIT */
/*
 * Which other file does the kernel run to run this one?
 *
 * Pure: bytes in, a path out.  execve(2), elf(5).
 */
#ifndef MINIBOX_INTERP_H
#define MINIBOX_INTERP_H

#include <stddef.h>

/* The interpreter of a `#!` line, or the loader of an ELF program (PT_INTERP),
 * as it stands in the file; NULL: none, or not one that the kernel would take.
 * Any bytes may be given. */
char *interp_find(const void *file, size_t size);

#endif
