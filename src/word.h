/* SPDX-License-Identifier: MIT */
/*
 * How is one word shown among others?
 *
 * Pure: for plans and logs, where a reader must be able to tell where a word
 * ends, and a terminal must not be told anything (THREATS M01).
 */
#ifndef MINIBOX_WORD_H
#define MINIBOX_WORD_H

/* As it is if it is plain; else in double quotes, in which bytes that are not
 * printable ASCII are \xNN, and " and \ have a \ before them.  Allocated. */
char *word_quote(const char *word);

#endif
