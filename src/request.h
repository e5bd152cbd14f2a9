/* SPDX-License-Identifier: MIT */
/*
 * What does the caller ask for?
 *
 * Pure: argv in, struct request out, before any descriptor is opened or
 * closed.  minibox(1).  Parsing stops at the first word that is no option; no
 * abbreviations; nothing here can widen what the policy gives.
 */
#ifndef MINIBOX_REQUEST_H
#define MINIBOX_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "limit.h"
#include "value.h"

enum request_mode {
	MODE_RUN,
	MODE_EXPLAIN, /* -n */
	MODE_LIST,    /* -l */
	MODE_CHECK,   /* --check */
	MODE_HELP,    /* -h */
	MODE_VERSION, /* -V */
};

struct request {
	enum request_mode mode;
	bool login;       /* called as -minibox */
	const char *box;  /* or NULL */
	const char **env; /* NAME or NAME=VALUE, each */
	size_t nenv;
	struct value_bind *binds; /* of -B; target NULL: as the source */
	size_t nbinds;
	const char *chdir;      /* or NULL */
	const char *hostname;   /* or NULL */
	bool no_network;        /* --network=none */
	struct limits limits;   /* 0: not asked for */
	int status_fd;          /* of --status-fd; -1: none */
	bool list_full;         /* -ll */
	bool json;              /* --json */
	const char *string;     /* of -c, or NULL */
	const char *check_file; /* of --check, or NULL */
	char **command;         /* NULL-terminated; command[0] may be NULL */
};

/* NULL, or what is wrong with the words (for die, status 125). */
const char *request_parse(struct request *request, int argc, char **argv);

#endif
