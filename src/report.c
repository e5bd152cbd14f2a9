/* SPDX-License-Identifier: MIT */
/* What is said of a box that has ended?  Pure; runs in the caller's process and
 * in the monitor. */
#include "report.h"

#include <stdio.h>
#include <string.h>

#include "json.h"

enum { MESSAGE_MAX = REPORT_MAX - 64 };

/* Appends `"name":value` and moves *end. */
static void
add(char line[REPORT_MAX], size_t *end, const char *name, uint64_t value)
{
	*end += (size_t)snprintf(line + *end, REPORT_MAX - *end, ",\"%s\":%llu",
		name, (unsigned long long)value);
}

size_t
report_end(char line[REPORT_MAX], const struct report *report)
{
	static const char *const limits[] = {
		[REPORT_NO_LIMIT] = "",
		[REPORT_TIME] = ",\"limit\":\"time\"",
		[REPORT_MEMORY] = ",\"limit\":\"memory\"",
	};
	bool signaled = report->signo;
	size_t n;

	n = (size_t)snprintf(line, REPORT_MAX, "{\"%s\":%d%s",
		signaled ? "signal" : "exit-code",
		signaled ? report->signo : report->exit_code,
		limits[report->limit]);
	add(line, &n, "wall-ms", report->wall_ms);
	add(line, &n, "user-ms", report->user_ms);
	add(line, &n, "system-ms", report->system_ms);
	add(line, &n, "max-rss", report->max_rss);
	if (report->has_memory_peak)
		add(line, &n, "memory-peak", report->memory_peak);
	return n + (size_t)snprintf(line + n, REPORT_MAX - n, "}\n");
}

size_t
report_error(char line[REPORT_MAX], const char *message, const char *stage)
{
	char text[MESSAGE_MAX];

	json_escape(text, sizeof(text), message);
	return (size_t)snprintf(line, REPORT_MAX,
		"{\"error\":\"%s\",\"stage\":\"%s\"}\n", text, stage);
}
