/* SPDX-License-Identifier: MIT */
/* Has the command had this signal itself: of every kind, in every order? */
#include "tables.h"

#include <signal.h>

#include "twins.h"

/* One step: a signal came to init, or the monitor handed one on. */
struct step {
	int64_t at; /* ms */
	enum { OUT, IN, TTY, HAND } what;
	int signo;
	pid_t sender;
	int64_t read; /* by the monitor, of HAND */
	bool twin;    /* of HAND: the answer */
};

enum { STEPS = 8 };

static void
play(const char *name, const struct step *steps)
{
	struct twins twins = { 0 };

	for (const struct step *s = steps; s->signo; s++) {
		struct status_signal signal = {
			.signo = (uint8_t)s->signo,
			.ms = (uint16_t)s->read,
		};

		if (s->what != HAND)
			twins_remember(&twins, (enum twins_from)s->what,
				s->signo, s->sender, s->at);
		else if (twins_recall(&twins, &signal, s->sender, s->at) !=
			 s->twin)
			fail_msg("%s: step %zu", name, (size_t)(s - steps));
	}
}

static void
sequences(void **state)
{
	static const struct {
		const char *name;
		struct step steps[STEPS];
	} t[] = {
		{ "to minibox alone",
			{ { 10, HAND, SIGUSR1, 99, 10, false },
				{ 11, HAND, SIGUSR1, 99, 11, false } } },
		{ "to the group",
			{ { 10, OUT, SIGUSR1, 0, 0, false },
				{ 10, HAND, SIGUSR1, 99, 10, true },
				{ 11, HAND, SIGUSR1, 99, 11, false } } },
		{ "of another kind",
			{ { 10, OUT, SIGUSR1, 0, 0, false },
				{ 10, HAND, SIGUSR2, 99, 10, false },
				{ 10, HAND, SIGUSR1, 99, 10, true } } },
		{ "twice, each read by itself",
			{ { 10, OUT, SIGTERM, 0, 0, false },
				{ 10, OUT, SIGTERM, 0, 0, false },
				{ 10, HAND, SIGTERM, 99, 10, true },
				{ 10, HAND, SIGTERM, 99, 10, true },
				{ 10, HAND, SIGTERM, 99, 10, false } } },
		{ "twice, read as one, then alone",
			{ { 10, OUT, SIGTERM, 0, 0, false },
				{ 11, OUT, SIGTERM, 0, 0, false },
				{ 12, HAND, SIGTERM, 99, 12, true },
				{ 13, HAND, SIGTERM, 99, 13, false } } },
		{ "to init alone, long ago",
			{ { 10, OUT, SIGTERM, 0, 0, false },
				{ 1010, HAND, SIGTERM, 99, 1010, false } } },
		{ "read late by a monitor that was stopped",
			{ { 10, OUT, SIGTERM, 0, 0, false },
				{ 1009, HAND, SIGTERM, 99, 1009, true } } },
		{ "the command to its group",
			{ { 10, IN, SIGTERM, 2, 0, false },
				{ 10, HAND, SIGTERM, 2, 10, true } } },
		{ "the command to init, then somebody else to minibox",
			{ { 10, IN, SIGTERM, 2, 0, false },
				{ 20, HAND, SIGTERM, 99, 20, false } } },
		{ "keys are not handed on",
			{ { 10, TTY, SIGINT, 0, 0, false },
				{ 20, HAND, SIGINT, 99, 20, false } } },
		{ "a key that stops, then a stop of minibox",
			{ { 10, TTY, SIGTSTP, 0, 0, false },
				{ 20, HAND, SIGTSTP, 99, 20, false } } },
		{ "a key that stops takes the CONT of the group back",
			{ { 10, TTY, SIGTSTP, 0, 0, false },
				{ 10, HAND, SIGCONT, 99, 10, true },
				{ 11, HAND, SIGCONT, 99, 11, false } } },
		{ "so does a stop of the group",
			{ { 10, OUT, SIGTTOU, 0, 0, false },
				{ 10, HAND, SIGCONT, 99, 10, true } } },
		{ "a CONT of the group takes its stop back",
			{ { 10, OUT, SIGCONT, 0, 0, false },
				{ 10, HAND, SIGTSTP, 99, 10, true },
				{ 10, HAND, SIGCONT, 99, 10, true },
				{ 11, HAND, SIGTSTP, 99, 11, false } } },
		{ "a CONT of the group is no other signal",
			{ { 10, OUT, SIGCONT, 0, 0, false },
				{ 10, HAND, SIGUSR1, 99, 10, false } } },
		{ "the clock of the monitor wraps",
			{ { 65535, OUT, SIGTERM, 0, 0, false },
				{ 65536, OUT, SIGTERM, 0, 0, false },
				{ 65540, HAND, SIGTERM, 99, 65540, true },
				{ 65541, HAND, SIGTERM, 99, 65541, false } } },
		{ "the last of the signals",
			{ { 10, OUT, 64, 0, 0, false },
				{ 10, HAND, 64, 99, 10, true } } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		play(t[i].name, t[i].steps);
}

static void
values(void **state)
{
	(void)state;
	for (unsigned signo = 0; signo < 256; signo += 5)
		for (unsigned stop = 0; stop < 256; stop += 15)
			for (unsigned ms = 0; ms < 65536; ms += 4369) {
				struct status_signal s = {
					.signo = (uint8_t)signo,
					.stop = (uint8_t)stop,
					.ms = (uint16_t)ms,
				};

				s = status_unpack(status_pack(s));
				assert_int_equal(s.signo, signo);
				assert_int_equal(s.stop, stop);
				assert_int_equal(s.ms, ms);
			}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sequences),
		cmocka_unit_test(values),
	};

	return cmocka_run_group_tests_name("twins", tests, NULL, NULL);
}
