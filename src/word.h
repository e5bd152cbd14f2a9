/* SPDX-License-Identifier: MIT */
/*
 * How is one word shown among others?
 *
 * Pure: for plans and logs, where a reader must be able to tell where a word
 * ends, and a terminal must not be told anything (THREATS M01).
 */
#ifndef MINIBOX_WORD_H
#define MINIBOX_WORD_H

/* As it is, or in double quotes if it has blanks or anything that separates;
 * bytes that are not printable ASCII as \xNN.  Allocated. */
char *word_quote(const char *word);

#endif
