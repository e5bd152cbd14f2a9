/* SPDX-License-Identifier: MIT */
/*
 * How is text told to a program?
 *
 * Pure: RFC 8259, 7.
 */
#ifndef MINIBOX_JSON_H
#define MINIBOX_JSON_H

#include <stddef.h>

/* `text` as a JSON string without its quotes: printable ASCII and UTF-8 as they
 * are, but for quotes and backslashes; every other byte as \\u00NN.  Cut at
 * `size`, between two characters; always terminated. */
void json_escape(char *dst, size_t size, const char *text);

/* The same as a whole string with its quotes, allocated. */
char *json_string(const char *text);

#endif
