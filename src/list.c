/* SPDX-License-Identifier: MIT */
/* What may I run?  Runs in the caller's process without any privilege. */
#include "list.h"

#include <stdlib.h>
#include <string.h>

#include "binds.h"
#include "die.h"
#include "explain.h"
#include "json.h"
#include "keys.h"
#include "plan.h"
#include "word.h"
#include "xalloc.h"

/* What is told of one box. */
struct entry {
	const struct box *box;
	const struct caller *caller;
	bool is_default; /* taken without -b */
	const struct list_request *request;
};

static bool
make_plan(struct plan *plan, const struct entry *e, struct refusal *refusal)
{
	bool can = plan_make_box(plan, e->box, e->caller, refusal);

	plan->cgroup_root = e->request->cgroup_root;
	return can;
}

static void
text_binds(FILE *out, const struct entry *e)
{
	for (size_t i = 0; i < e->box->allow_bind.n; i++) {
		const char *line =
			binds_line(e->box, &e->box->allow_bind.v[i], e->caller);

		if (!line)
			continue;
		fputs("    -B ", out);
		fputs(word_quote(line), out);
		fputs(policy_any_command(e->box) ? "\n" : " (noexec)\n", out);
	}
}

static const char *
plain(const char *text)
{
	size_t size = strlen(text) * 4 + 6;
	char *out = xcalloc(size, 1);

	die_escape(out, size, text);
	return out;
}

static void
text_plan(FILE *out, const struct entry *e)
{
	struct refusal refusal;
	struct plan plan;

	if (make_plan(&plan, e, &refusal))
		explain_plan(out, &plan);
	else
		fprintf(out, "  refused: %s\n", plain(refusal.text));
}

static void
text_box(FILE *out, const struct entry *e)
{
	const struct box *box = e->box;

	fprintf(out, "%s%s", box->name, e->is_default ? " (default)" : "");
	if (box->description)
		fprintf(out, ": %s", box->description);
	fputc('\n', out);
	if (!box->command.n && !box->command_exact.n)
		fputs("    nothing: it lists no command\n", out);
	for (size_t i = 0; i < box->command.n; i++)
		fprintf(out, "    %s%s\n", box->command.v[i].text,
			strcmp(box->command.v[i].text, "*") ? ""
							    : " (any command)");
	for (size_t i = 0; i < box->command_exact.n; i++)
		fprintf(out, "    %s (exactly)\n",
			box->command_exact.v[i].text);
	text_binds(out, e);
	if (e->request->full)
		text_plan(out, e);
}

static void
json_items(FILE *out, const char *name, const struct list *items)
{
	fprintf(out, ",\"%s\":[", name);
	for (size_t i = 0; i < items->n; i++)
		fprintf(out, "%s%s", i ? "," : "",
			json_string(items->v[i].text));
	fputc(']', out);
}

static void
json_binds(FILE *out, const struct entry *e)
{
	const char *comma = "";

	fputs(",\"allow-bind\":[", out);
	for (size_t i = 0; i < e->box->allow_bind.n; i++) {
		const char *line =
			binds_line(e->box, &e->box->allow_bind.v[i], e->caller);

		if (!line)
			continue;
		fprintf(out, "%s%s", comma, json_string(line));
		comma = ",";
	}
	fputc(']', out);
}

/* The lines of the plan as they are printed, without the blanks before. */
static void
json_plan(FILE *out, const struct entry *e)
{
	struct refusal refusal;
	struct plan plan;
	char *text = NULL;
	size_t size;
	FILE *lines = open_memstream(&text, &size);

	if (!lines)
		die_errno("cannot print the plan");
	if (!make_plan(&plan, e, &refusal)) {
		fprintf(out, ",\"refused\":%s", json_string(refusal.text));
		return;
	}
	explain_plan(lines, &plan);
	if (fclose(lines) != 0)
		die_errno("cannot print the plan");
	fputs(",\"plan\":[", out);
	for (char *line = text; *line; line++) {
		size_t n = strcspn(line, "\n");

		fprintf(out, "%s%s", line == text ? "" : ",",
			json_string(xstrndup(line + 2, n - 2)));
		line += n;
	}
	fputc(']', out);
}

static void
json_box(FILE *out, const struct entry *e, bool first)
{
	const struct box *box = e->box;

	fprintf(out, "%s{\"name\":%s,\"default\":%s", first ? "" : ",",
		json_string(box->name), e->is_default ? "true" : "false");
	if (box->description)
		fprintf(out, ",\"description\":%s",
			json_string(box->description));
	fprintf(out, ",\"shell\":%s", json_string(box->shell));
	json_items(out, keys_name(KEY_COMMAND), &box->command);
	json_items(out, keys_name(KEY_COMMAND_EXACT), &box->command_exact);
	json_binds(out, e);
	if (e->request->full)
		json_plan(out, e);
	fputc('}', out);
}

bool
list_boxes(FILE *out, const struct policy *policy,
	const struct list_request *request, const struct caller *caller,
	const struct accounts *accounts)
{
	struct refusal ignored;
	struct entry e = { .caller = caller, .request = request };
	const struct box *chosen =
		authorize_choose(policy, NULL, caller, accounts, &ignored);
	const struct item *why;
	bool first = true;

	if (request->json)
		fputs("{\"boxes\":[", out);
	for (size_t i = 0; i < policy->nboxes; i++) {
		e.box = &policy->boxes[i];
		e.is_default = e.box == chosen;
		if (request->box && strcmp(request->box, e.box->name))
			continue;
		if (!authorize_admits(e.box, caller, accounts, &why))
			continue;
		if (request->json)
			json_box(out, &e, first);
		else
			text_box(out, &e);
		first = false;
	}
	if (request->json)
		fputs("]}\n", out);
	return !first;
}
