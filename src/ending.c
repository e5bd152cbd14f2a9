/* SPDX-License-Identifier: MIT */
/* How does minibox end when the box has?  Runs in the monitor, as the caller,
 * without any privilege. */
#include "ending.h"

#include <errno.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "report.h"
#include "scrub.h"

enum { LINE_MS = 1000 }; /* that a descriptor has to take the line */

/* Ends as the command did: of the same signal, for a shell to see, without a
 * core of ours; or with 128 + N, if that signal cannot end us. */
static _Noreturn void
end_like(int how)
{
	if (WIFEXITED(how))
		_exit(WEXITSTATUS(how));
	scrub_signals();
	(void)kill(getpid(), WTERMSIG(how));
	_exit(128 + WTERMSIG(how));
}

/* One line; a descriptor that cannot take it in time does without. */
static void
write_line(int fd, const char *line, size_t size)
{
	struct pollfd ready = { .fd = fd, .events = POLLOUT };
	int n;

	do
		n = poll(&ready, 1, LINE_MS);
	while (n < 0 && errno == EINTR);
	if (n != 1 || write(fd, line, size) != (ssize_t)size)
		die_say("--status-fd=%d: the line could not be written", fd);
}

void
ending_tell_death(
	const struct die_listener *self, int status, const char *message)
{
	char line[REPORT_MAX];
	size_t size = report_error(line, message, self->stage);

	(void)status;
	write_line(self->fd, line, size);
}

static uint64_t
ms_of(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * 1000 + (uint64_t)time->tv_usec / 1000;
}

static void
tell_end(const struct ending *end, int how, enum report_limit limit)
{
	struct report report = {
		.signo = WIFSIGNALED(how) ? WTERMSIG(how) : 0,
		.exit_code = WIFEXITED(how) ? WEXITSTATUS(how) : 0,
		.limit = limit,
		.wall_ms = end->started ? (uint64_t)(clock_ms() - end->started)
					: 0,
		.user_ms = ms_of(&end->usage.ru_utime),
		.system_ms = ms_of(&end->usage.ru_stime),
		.max_rss = (uint64_t)end->usage.ru_maxrss << 10,
	};
	uint64_t user, system; /* microseconds */
	char line[REPORT_MAX];
	size_t size;

	if (end->plan->status_fd < 0)
		return;
	/* init, if it was killed, could not wait for the others. */
	if (cgroup_times(end->cgroup, &user, &system)) {
		report.user_ms = user / 1000;
		report.system_ms = system / 1000;
	}
	report.has_memory_peak =
		cgroup_memory_peak(end->cgroup, &report.memory_peak);
	size = report_end(line, &report);
	write_line(end->plan->status_fd, line, size);
}

/* The same limit as an option or a key would be written. */
static const char *
limit_of(const struct ending *end, enum limit limit)
{
	return limit_text(limit, end->plan->limits.v[limit]);
}

static _Noreturn void
end_of_time(const struct ending *end)
{
	tell_end(end, EXIT_TIME << 8, REPORT_TIME); /* as of wait(2) */
	die_say("box '%s': the time limit of %s is over", end->plan->box->name,
		limit_of(end, LIMIT_TIMEOUT));
	_exit(EXIT_TIME);
}

static _Noreturn void
end_of_memory(const struct ending *end)
{
	tell_end(end, SIGKILL, REPORT_MEMORY);
	die_say("box '%s': ended, since it needed more than its memory limit "
		"of %s",
		end->plan->box->name, limit_of(end, LIMIT_MEMORY));
	end_like(SIGKILL);
}

/* It has said why on stderr, or the command had no time to. */
static _Noreturn void
end_of_failure(const struct ending *end)
{
	bool exec = end->failed.kind == STATUS_NO_EXEC;
	struct die_listener self = {
		.fd = end->plan->status_fd,
		.stage = exec ? "exec" : "setup",
	};

	if (self.fd >= 0)
		ending_tell_death(&self, end->failed.value, end->failed.text);
	_exit(end->failed.value);
}

/* Somebody killed init: the caller, or the kernel for want of memory. */
static _Noreturn void
end_from_outside(const struct ending *end)
{
	struct die_listener self = {
		.tell = ending_tell_death,
		.fd = end->plan->status_fd,
		.stage = end->started ? "exec" : "setup",
	};

	if (self.fd >= 0)
		die_listen(&self);
	die(EXIT_MINIBOX, "the box was ended from outside by signal %d",
		end->init.si_status);
}

void
ending_run(const struct ending *end)
{
	bool killed = end->init.si_code != CLD_EXITED ||
		      (end->ended && WIFSIGNALED(end->how));

	if (end->failed.kind)
		end_of_failure(end);
	/* Even if it came to its end in the meantime: it was late. */
	if (end->time_over)
		end_of_time(end);
	if (killed && cgroup_out_of_memory(end->cgroup))
		end_of_memory(end);
	if (end->ended) {
		tell_end(end, end->how, REPORT_NO_LIMIT);
		end_like(end->how);
	}
	end_from_outside(end);
}
