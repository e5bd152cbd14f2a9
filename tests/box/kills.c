/* SPDX-License-Identifier: MIT */
/*
 * What if boxes are killed at random instants?
 *
 *	kills COUNT SEED LIFE PROGRAM ARG...	starts PROGRAM, as whoever runs
 *		this, again and again, each in a process group of its own, and
 *		does something to each within LIFE microseconds: kills it, kills
 *		its group, stops it and kills it, stops and continues it and
 *		kills it; prints how many were ended by that kill
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void
fail(const char *what)
{
	fprintf(stderr, "kills: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void
wait_us(long us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	while (nanosleep(&t, &t) < 0 && errno == EINTR)
		;
}

static pid_t
start(char **argv)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (pid == 0) {
		setpgid(0, 0);
		execv(argv[0], argv);
		fail(argv[0]);
	}
	setpgid(pid, pid);
	return pid;
}

static void
end(pid_t pid, long way, long pause)
{
	if (way >= 2)
		kill(pid, SIGSTOP);
	if (way >= 2)
		wait_us(pause);
	if (way == 3)
		kill(pid, SIGCONT);
	kill(way == 1 ? -pid : pid, SIGKILL);
}

int
main(int argc, char **argv)
{
	long count, life, killed = 0;

	if (argc < 5)
		return 2;
	count = atol(argv[1]);
	srandom((unsigned)atol(argv[2]));
	life = atol(argv[3]);
	while (count-- > 0) {
		pid_t pid = start(argv + 4);
		int how;

		wait_us(random() % life);
		end(pid, random() % 4, random() % 500);
		if (waitpid(pid, &how, 0) != pid)
			fail("waitpid");
		killed += WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL;
	}
	printf("%ld\n", killed);
	return 0;
}
