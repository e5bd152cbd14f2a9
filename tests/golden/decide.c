/* SPDX-License-Identifier: MIT */
/*
 * What would minibox -n print?  The pure half alone, without root:
 *
 *	decide POLICY PASSWD GROUP CALLER ARGV
 *
 * CALLER is a file of lines: "uid N", "gid N", "groups N...", "cwd DIR",
 * "env NAME=VALUE"; ARGV a file with one word of argv a line, argv[0] first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authorize.h"
#include "die.h"
#include "explain.h"
#include "list.h"
#include "plan.h"
#include "policy.h"
#include "reader.h"
#include "request.h"
#include "xalloc.h"

enum { WORDS_MAX = 64 };

static char *
slurp(const char *path, size_t *size)
{
	FILE *in = fopen(path, "r");
	char *text = xcalloc(1 << 20, 1);

	if (!in) {
		perror(path);
		exit(2);
	}
	*size = fread(text, 1, (1 << 20) - 1, in);
	(void)fclose(in);
	return text;
}

/* The lines of a file, without their newlines. */
static char **
lines_of(const char *path, int *count)
{
	char **lines = xcalloc(WORDS_MAX + 1, sizeof(*lines));
	size_t size;
	char *text = slurp(path, &size);

	for (*count = 0; *text && *count < WORDS_MAX; ++*count) {
		size_t n = strcspn(text, "\n");

		lines[*count] = xstrndup(text, n);
		text += n;
		text += *text == '\n';
	}
	return lines;
}

static void
add_groups(struct caller *caller, char *words)
{
	caller->groups = xcalloc(WORDS_MAX, sizeof(*caller->groups));
	for (char *w = strtok(words, " "); w; w = strtok(NULL, " "))
		caller->groups[caller->ngroups++] = (gid_t)strtoul(w, NULL, 10);
}

static void
read_caller(struct caller *caller, const char *path)
{
	size_t nenv = 0;
	int n;
	char **lines = lines_of(path, &n);

	*caller = (struct caller){
		.env = xcalloc(WORDS_MAX + 1, sizeof(*caller->env)),
	};
	for (int i = 0; i < n; i++) {
		char *value = lines[i] + strcspn(lines[i], " ");

		value += *value == ' ';
		if (!strncmp(lines[i], "uid ", 4))
			caller->uid = (uid_t)strtoul(value, NULL, 10);
		else if (!strncmp(lines[i], "gid ", 4))
			caller->gid = (gid_t)strtoul(value, NULL, 10);
		else if (!strncmp(lines[i], "groups ", 7))
			add_groups(caller, value);
		else if (!strncmp(lines[i], "cwd ", 4))
			caller->cwd = value;
		else if (!strncmp(lines[i], "env ", 4))
			caller->env[nenv++] = value;
		else
			exit(2);
	}
}

static int
print_faults(const struct policy *policy, const struct faults *faults)
{
	for (size_t i = 0; i < faults->n; i++)
		printf("%s: %s\n",
			place_text(&policy->files, faults->v[i].place),
			faults->v[i].text);
	return 1;
}

static int
decide(const struct policy *policy, const struct accounts *accounts,
	const struct caller *caller, const struct request *request)
{
	const struct list_request list = {
		.box = request->box,
		.full = request->list_full,
		.json = request->json,
	};
	struct refusal refusal = { 0 };
	const struct box *box;
	struct plan plan;

	if (request->mode == MODE_LIST)
		return list_boxes(stdout, policy, &list, caller, accounts) ? 0
									   : 1;
	box = authorize_choose(
		policy, request->box, caller, accounts, &refusal);
	if (box && plan_make(&plan, box, caller, request, &refusal)) {
		explain_permit(stdout, policy, &plan);
		return 0;
	}
	explain_deny(stdout, policy, box, &refusal);
	return refusal.status;
}

int
main(int argc, char **argv)
{
	struct accounts accounts;
	struct faults faults = { 0 };
	struct request request;
	struct reader_file file = { .name = "policy.conf" };
	struct policy policy;
	struct caller caller;
	size_t ignored;
	int n, status;
	const char *fault;
	char **words;

	if (argc != 6)
		return 2;
	file.text = slurp(argv[1], &file.size);
	accounts_read(
		&accounts, slurp(argv[2], &ignored), slurp(argv[3], &ignored));
	read_caller(&caller, argv[4]);
	caller_identify(&caller, &accounts);
	words = lines_of(argv[5], &n);
	reader_parse(&policy, &file, 1, NULL, &faults);
	if (faults.n) {
		status = print_faults(&policy, &faults);
	} else if ((fault = request_parse(&request, n, words))) {
		printf("usage: %s\n", fault);
		status = EXIT_MINIBOX;
	} else {
		status = decide(&policy, &accounts, &caller, &request);
	}
	printf("status %d\n", status);
	return 0;
}
