/* SPDX-License-Identifier: MIT */
/*
 * Is this text a path that can be compared?
 *
 * Pure: no system calls.  Paths are compared as text, by component, and only
 * when they are clean; what a path leads to is the business of whoever opens
 * it (trusted, root, command).  Prefixes without a component boundary have let
 * /scratch2 in where /scratch was meant (THREATS H05).
 */
#ifndef MINIBOX_PATH_H
#define MINIBOX_PATH_H

#include <stdbool.h>

/* Absolute, shorter than PATH_MAX, no component that is empty, "." or "..",
 * no slash at the end; "/" itself is clean. */
bool path_is_clean(const char *path);

/* Clean once one slash at its end is gone: what `command = /abs/dir/` is. */
bool path_is_clean_dir(const char *path);

/* `path` is `dir` or lies beneath it; both clean. */
bool path_beneath(const char *path, const char *dir);

/* `path` is a file directly in `dir`; `dir` may end in a slash; both clean. */
bool path_directly_in(const char *path, const char *dir);

/* /proc, /sys or /dev, or beneath one of them; clean. */
bool path_is_kernels(const char *path);

/* dir + "/" + name, allocated; dir may be "/". */
char *path_join(const char *dir, const char *name);

#endif
