/* SPDX-License-Identifier: MIT */
/* Does -l show the caller's own boxes, and nothing of the others? */
#include "tables.h"

#include "list.h"

#define NONE "    nothing: it lists no command\n"

static const char boxes[] = "[minibox]\ndefault-box = second\n"
			    "[box first]\nrootfs = /1\nusers = 1000\n"
			    "[box second]\nrootfs = /2\nusers = 1001\n"
			    "[box third]\nrootfs = /3\nusers = 1001\n"
			    "groups = 77\ncommand = *\n"
			    "description = the \"third\"\n"
			    "[box fourth]\nrootfs = /4\nusers = 78\n"
			    "home = none\ncommand = /bin/sh\n"
			    "command-exact = /bin/ls -l\nallow-bind = /d/:/d/\n"
			    "[box fifth]\nrootfs = /5\ngroups = 77\n"
			    "deny-users = 1002\n";

static char *
listed(uid_t uid, gid_t gid, const struct list_request *request, bool *any)
{
	static char *no_env[] = { NULL };
	const struct caller caller = {
		.env = no_env,
		.uid = uid,
		.gid = gid,
		.name = "n",
		.home = "/home/n",
		.known = true,
		.accounts = unit_accounts(),
	};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	*any = list_boxes(
		out, unit_policy(boxes), request, &caller, unit_accounts());
	assert_int_equal(fclose(out), 0);
	return text;
}

static void
texts(void **state)
{
	static const struct {
		uid_t uid;
		gid_t gid;
		const char *name, *text;
	} t[] = {
		{ 1000, 9, NULL, "first (default)\n" NONE },
		{ 1001, 9, NULL,
			"second (default)\n" NONE
			"third: the \"third\"\n    * (any command)\n" },
		{ 1003, 77, NULL,
			"third: the \"third\"\n    * (any command)\n"
			"fifth\n" NONE },
		{ 1002, 77, NULL,
			"third (default): the \"third\"\n"
			"    * (any command)\n" },
		{ 78, 9, NULL,
			"fourth (default)\n    /bin/sh\n"
			"    /bin/ls -l (exactly)\n"
			"    -B /d/NAME:/d/NAME:ro (noexec)\n" },
		{ 1001, 9, "third",
			"third: the \"third\"\n    * (any command)\n" },
		{ 1001, 9, "first", "" },
		{ 1001, 9, "nowhere", "" },
		{ 5, 9, NULL, "" },
		{ 0, 0, NULL, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct list_request request = { .box = t[i].name };
		bool any;

		assert_string_equal(
			listed(t[i].uid, t[i].gid, &request, &any), t[i].text);
		assert_int_equal(any, *t[i].text != '\0');
	}
}

static void
json(void **state)
{
	static const struct {
		uid_t uid;
		const char *name, *text;
	} t[] = {
		{ 5, NULL, "" },
		{ 1001, "third",
			"{\"name\":\"third\",\"default\":false,"
			"\"description\":\"the \\\"third\\\"\","
			"\"shell\":\"/bin/sh\",\"command\":[\"*\"],"
			"\"command-exact\":[],\"allow-bind\":[]}" },
		{ 78, NULL,
			"{\"name\":\"fourth\",\"default\":true,"
			"\"shell\":\"/bin/sh\",\"command\":[\"/bin/sh\"],"
			"\"command-exact\":[\"/bin/ls -l\"],"
			"\"allow-bind\":[\"/d/NAME:/d/NAME:ro\"]}" },
		{ 1001, NULL,
			"{\"name\":\"second\",\"default\":true,"
			"\"shell\":\"/bin/sh\",\"command\":[],"
			"\"command-exact\":[],\"allow-bind\":[]},"
			"{\"name\":\"third\",\"default\":false,"
			"\"description\":\"the \\\"third\\\"\","
			"\"shell\":\"/bin/sh\",\"command\":[\"*\"],"
			"\"command-exact\":[],\"allow-bind\":[]}" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct list_request request = {
			.box = t[i].name,
			.json = true,
		};
		bool any;

		assert_string_equal(listed(t[i].uid, 9, &request, &any),
			xasprintf("{\"boxes\":[%s]}\n", t[i].text));
		assert_int_equal(any, *t[i].text != '\0');
	}
}

/* The plan is that of -n, but for the command. */
static void
full(void **state)
{
	struct list_request request = { .full = true };
	const char *text, *json;
	bool any;

	(void)state;
	text = listed(78, 9, &request, &any);
	assert_non_null(strstr(text, "    -B /d/NAME:/d/NAME:ro (noexec)\n"
				     "  namespaces: mount"));
	assert_non_null(strstr(text, "\n  environment: "));
	assert_null(strstr(text, "\n  command: "));
	request.json = true;
	json = listed(78, 9, &request, &any);
	assert_non_null(strstr(json, ",\"plan\":[\"namespaces: mount"));
	assert_non_null(strstr(json, "\",\"hostname: container-box\",\""));
}

/* A home that cannot be shown refuses every command: so it is said here. */
static void
refused(void **state)
{
	static const char policy[] = "[box b]\nrootfs = /r\nusers = *\n"
				     "home = ro\ncommand = *\n";
	const struct caller caller = {
		.uid = 1,
		.name = "n",
		.home = "/",
		.known = true,
		.accounts = unit_accounts(),
	};

	(void)state;
	for (int json = 0; json < 2; json++) {
		const struct list_request request = {
			.full = true,
			.json = json,
		};
		char *text = NULL;
		size_t size;
		FILE *out = open_memstream(&text, &size);

		assert_non_null(out);
		assert_true(list_boxes(out, unit_policy(policy), &request,
			&caller, unit_accounts()));
		assert_int_equal(fclose(out), 0);
		assert_non_null(strstr(
			text, json ? "\"refused\":\"" : "\n  refused: "));
		assert_null(strstr(text, "namespaces"));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(json),
		cmocka_unit_test(full),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
