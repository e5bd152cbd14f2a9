/* SPDX-License-Identifier: MIT */
/* Has the command had this signal itself?  Pure; runs in init, as the caller,
 * without any privilege. */
#include "twins.h"

#include <signal.h>
#include <stddef.h>

enum { TWIN_MS = 1000 };

/* Those that a shell controls jobs with.  One of them and SIGCONT take each
 * other back where they are pending (signal(7)): so either is evidence of the
 * other. */
static const int stops[] = { SIGTSTP, SIGTTIN, SIGTTOU };
enum { STOPS = sizeof(stops) / sizeof(stops[0]) };

static bool
is_stop(int signo)
{
	for (size_t i = 0; i < STOPS; i++)
		if (signo == stops[i])
			return true;
	return false;
}

static bool
is_recent(const struct twins_seen *seen, int64_t now)
{
	return seen->n > 0 && now - seen->last < TWIN_MS;
}

void
twins_remember(struct twins *twins, enum twins_from from, int signo,
	pid_t sender, int64_t now)
{
	struct twins_seen *seen = &twins->seen[from][signo];

	seen->n++;
	seen->last = now;
	seen->sender = sender;
}

/* Takes one off; and all that came before the monitor read its own, since no
 * twin of theirs will come. */
static bool
take(struct twins_seen *seen, const struct status_signal *s, int64_t now)
{
	bool was = is_recent(seen, now);

	if (seen->n > 0)
		seen->n--;
	if (!was || (int16_t)(s->ms - (uint16_t)seen->last) > 0)
		seen->n = 0;
	return was;
}

bool
twins_recall(struct twins *twins, const struct status_signal *s, pid_t sender,
	int64_t now)
{
	struct twins_seen *outside = twins->seen[TWINS_OUTSIDE];
	struct twins_seen *inside = twins->seen[TWINS_INSIDE];
	struct twins_seen *terminal = twins->seen[TWINS_TERMINAL];
	bool was = take(&outside[s->signo], s, now);

	/* A process of the box may also have sent it to init alone, so that one
	 * of somebody else's would be lost. */
	if (inside[s->signo].sender == sender)
		was |= take(&inside[s->signo], s, now);
	for (size_t i = 0; i < STOPS && s->signo == SIGCONT; i++) {
		was |= take(&terminal[stops[i]], s, now);
		was |= take(&outside[stops[i]], s, now);
	}
	if (is_stop(s->signo))
		was |= is_recent(&outside[SIGCONT], now);
	return was;
}
