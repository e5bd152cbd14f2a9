# SPDX-License-Identifier: MIT
"""Can a user tell from signals, stops, the terminal and exit statuses whether
a command runs in a box?

Everything is done twice, to the bare command and to a box with the same
command, and both must give the answer that is written here.

A command runs as a shell with job control would start it (class Job): in a
process group of its own, in the foreground of a terminal, the parent in the
same session; or as the leader of the session, as sshd and login start it.
Nothing sleeps until something has surely happened: settle() sees that no
signal is under way, and SIGUSR2, which stands in no row, is the fence after
which nothing may be left to come."""

import fcntl
import itertools
import os
import pty
import random
import resource
import select
import shutil
import signal
import struct
import subprocess
import termios
import time
import unittest

import harness
from harness import (ALICE, LIBC, LIMIT, MINIBOX, PROBE, ROOT, Terminal,
                     children_of, pids_with, stat_of, wait_for)

BASH = shutil.which('bash') or '/bin/bash'
PR_SET_CHILD_SUBREAPER = 36
FENCE = signal.SIGUSR2
KEYS = {'INT': '\x03', 'QUIT': '\x1c', 'TSTP': '\x1a'}
ECHOES = {'INT': r'\^C', 'QUIT': r'\^\\', 'TSTP': r'\^Z'}
WHERE = {'bare': ROOT, 'box': MINIBOX + ' '}    # goes before /bin/PROGRAM

# What a signal does to
#
#   a shell with job control that waits at its prompt,
#   a plain command with default dispositions,
#   a command that ignores this signal, and
#   a command that counts its signals.
#
# works: the shell still does, and ends with its status; prompt: with a new
# prompt before; goes-on: nothing is to be seen; stops: it does, and goes on
# when it is continued; once: it is told once for each time; INT, HUP...: ended
# by this signal; ends: somehow (the end of its input and the signal race).
# CONT*: the command was stopped before.
TABLE = """
    key      INT    prompt   INT      goes-on  once
    key      QUIT   works    QUIT     goes-on  once
    key      TSTP   works    stops    goes-on  once
    resize   WINCH  works    goes-on  goes-on  once
    hang-up  HUP    ends     HUP      goes-on  once

    pid      INT    prompt   INT      goes-on  once
    pid      QUIT   works    QUIT     goes-on  once
    pid      TSTP   works    stops    goes-on  once
    pid      CONT   works    goes-on  goes-on  once
    pid      CONT*  works    goes-on  goes-on  once
    pid      TERM   works    TERM     goes-on  once
    pid      HUP    HUP      HUP      goes-on  once
    pid      USR1   USR1     USR1     goes-on  once
    pid      WINCH  works    goes-on  goes-on  once
    pid      KILL   KILL     KILL     KILL     KILL

    group    INT    prompt   INT      goes-on  once
    group    QUIT   works    QUIT     goes-on  once
    group    TSTP   works    stops    goes-on  once
    group    CONT   works    goes-on  goes-on  once
    group    CONT*  works    goes-on  goes-on  once
    group    TERM   works    TERM     goes-on  once
    group    HUP    HUP      HUP      goes-on  once
    group    USR1   USR1     USR1     goes-on  once
    group    WINCH  works    goes-on  goes-on  once
    group    KILL   KILL     KILL     KILL     KILL
"""

# The same where minibox, or the bare command, leads the session.  Nobody in it
# could continue what a key has stopped, so that does not (setpgid(2): orphaned
# process groups).
LEADER_TABLE = """
    key      INT    prompt   INT      goes-on  once
    key      QUIT   works    QUIT     goes-on  once
    key      TSTP   works    goes-on  goes-on  once
    resize   WINCH  works    goes-on  goes-on  once
    hang-up  HUP    ends     HUP      goes-on  once

    pid      INT    prompt   INT      goes-on  once
    pid      TSTP   works    goes-on  goes-on  once
    pid      CONT*  works    goes-on  goes-on  once
    pid      HUP    HUP      HUP      goes-on  once
    pid      KILL   KILL     KILL     KILL     KILL
    group    INT    prompt   INT      goes-on  once
    group    TSTP   works    goes-on  goes-on  once
    group    CONT*  works    goes-on  goes-on  once
    group    HUP    HUP      HUP      goes-on  once
    group    KILL   KILL     KILL     KILL     KILL
"""
COLUMNS = ('shell', 'plain', 'ignoring', 'counting')


def rows(table):
    return [line.split() for line in table.splitlines() if line.strip()]


def number_of(name):
    return getattr(signal, 'SIG' + name.rstrip('*'))


def name_of(number):
    return signal.Signals(number).name[3:]


def argv_in(where, *argv):
    """How a command of the root file system is called there."""
    if where == 'bare':
        return [ROOT + argv[0], *argv[1:]]
    return [MINIBOX, '-e', 'PS1=inside> ', *argv]


def send(pid, number, user=ALICE):
    """From alice, as a caller's own; root's look different to init."""
    os.setresuid(user.uid, user.uid, 0)
    try:
        os.kill(pid, number)
    finally:
        os.setresuid(0, 0, 0)


def comm_of(pid):
    try:
        return harness.read(f'/proc/{pid}/comm').strip()
    except OSError:
        return ''


def glance(pid):
    """What tells whether a process has run since the last glance; None if it
    runs, or a signal is on its way to it."""
    try:
        status = harness.status_file(harness.read(f'/proc/{pid}/status'))
    except OSError:
        return 'gone'
    state = status['State'][0]
    pending = int(status['SigPnd'], 16) | int(status['ShdPnd'], 16)
    if state not in 'TZ' and (state != 'S' or pending):
        return None
    return (state, status['voluntary_ctxt_switches'],
            status['nonvoluntary_ctxt_switches'])


def settle(pids):
    """Waits until nothing is under way among processes that wake only each
    other: none has run between two glances, and none has anything to do."""
    def quiet():
        before = [glance(pid) for pid in pids]
        return None not in before and before == [glance(pid) for pid in pids]
    wait_for(quiet, f'rest of {pids}')


class Lines:
    """Lines that come from a pipe."""

    def __init__(self, fd):
        self.fd = fd
        self.data = b''

    def next(self, limit=LIMIT):
        """The next line; None at the end."""
        end = time.monotonic() + limit
        while b'\n' not in self.data:
            left = max(0, end - time.monotonic())
            if not select.select([self.fd], [], [], left)[0]:
                raise AssertionError(f'no line, but {self.data!r}')
            data = os.read(self.fd, 4096)
            if not data:
                return None
            self.data += data
        line, _, self.data = self.data.partition(b'\n')
        return line.decode(errors='replace')

    def now(self):
        """What is there already."""
        found = []
        while self.data or select.select([self.fd], [], [], 0)[0]:
            line = self.next()
            if line is None:
                break
            found.append(line)
        return found

    def rest(self):
        return list(iter(self.next, None))

    def close(self):
        os.close(self.fd)


class Job(Terminal):
    """A command and those who watch it.

        test -- guardian -- launcher -- command     (the launcher, or as LEADER
                                                     the command, leads the
                                                     session of the terminal)

    The launcher waits as a shell does, and dies of a hang-up.  The guardian
    inherits what outlives its parent.  Both report every change of state.
    STDIO says what 0-2 of the command are: t the terminal, n /dev/null, p the
    pipe whose lines are here in `lines`."""

    def __init__(self, argv, leader=False, terminal=True, stdio='ttp',
                 ignored=()):
        self.fd, slave = pty.openpty()
        self.seen = ''
        self.leader = leader
        self.before = self.modes()
        os.fchown(slave, ALICE.uid, ALICE.uid)
        reports, report = os.pipe()
        lines, output = os.pipe()
        self.guardian = os.fork()
        if self.guardian == 0:
            try:
                self.stdio = [{'t': slave, 'p': output}.get(c) for c in stdio]
                self.report = report
                self.guard(argv, slave, terminal, ignored, {report, output})
            finally:
                os._exit(98)
        for fd in slave, report, output:
            os.close(fd)
        self.reports, self.lines = Lines(reports), Lines(lines)
        self.others = []        # states of whatever has outlived its parent
        self.launcher = None if leader else int(self.reports.next())
        self.pid = int(self.reports.next())
        self.top = self.pid     # the bare command or minibox

    # In the guardian, the launcher and the command

    def guard(self, argv, slave, terminal, ignored, pipes):
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        for number in range(1, signal.NSIG):
            if number not in (signal.SIGKILL, signal.SIGSTOP, 32, 33):
                signal.signal(number, signal.SIG_DFL)
        for fd in sorted(map(int, os.listdir('/proc/self/fd'))):
            if fd > 2 and fd not in {slave, *pipes}:
                try:
                    os.close(fd)
                except OSError:
                    pass
        pid = os.fork()
        if pid == 0:
            os.setsid()
            if terminal:
                fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            if self.leader:
                self.run(argv, ignored)
            self.launch(argv, slave, terminal, ignored)
        if self.leader:
            os.write(self.report, b'%d\n' % pid)
        for fd in {slave, *pipes} - {self.report}:
            os.close(fd)
        self.watch(-1)

    def launch(self, argv, slave, terminal, ignored):
        os.write(self.report, b'%d\n' % os.getpid())
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            if terminal:
                signal.signal(signal.SIGTTOU, signal.SIG_IGN)
                os.tcsetpgrp(slave, os.getpid())
                signal.signal(signal.SIGTTOU, signal.SIG_DFL)
            self.run(argv, ignored)
        os.write(self.report, b'%d\n' % pid)
        for fd in set(filter(None, self.stdio)) - {slave}:
            os.close(fd)
        self.watch(pid, slave)

    def run(self, argv, ignored):
        for fd, source in enumerate(self.stdio):
            if source is None:
                source = os.open('/dev/null', os.O_RDWR)
            os.dup2(source, fd)
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        harness.become(ALICE)
        os.chdir('/')
        os.execvpe(argv[0], argv, harness.environment(
            TERM='dumb', PS1='inside> '))

    def watch(self, pid, terminal=None):
        while True:
            try:
                child, how = os.waitpid(pid, os.WUNTRACED | os.WCONTINUED)
            except ChildProcessError:
                os._exit(0)
            try:
                group = os.tcgetpgrp(terminal)
            except (OSError, TypeError):
                group = 0
            os.write(self.report, b'%d %d %d\n' % (child, how, group))

    # In the test

    def state(self):
        """The next of the command: stopped, continued, the name of the signal
        that ended it, or "exit N"; None after the end of everything."""
        while True:
            line = self.reports.next()
            if line is None:
                return None
            pid, how, group = map(int, line.split())
            if os.WIFSTOPPED(how):
                state = 'stopped'
            elif os.WIFCONTINUED(how):
                state = 'continued'
            elif os.WIFSIGNALED(how):
                state = name_of(os.WTERMSIG(how))
            else:
                state = f'exit {os.WEXITSTATUS(how)}'
            if pid == self.pid:
                self.group = group
                return state
            if pid == self.launcher:
                self.launcher = None
            else:
                self.others.append(state)

    def finish(self):
        """What is still to come until nothing is left of it."""
        return list(iter(self.state, None))

    def chain(self):
        """minibox, init and the command; or the command."""
        def below(pid):
            return wait_for(lambda: children_of(pid), f'a child of {pid}')[0]
        if comm_of(self.top) != 'minibox':
            return [self.top]
        init = below(self.top)
        return [self.top, init, below(init)]

    def settle(self, *others):
        settle([*others, *self.processes])

    def ready(self, column='plain'):
        """Waits until the command is in its place."""
        if column == 'shell':
            self.expect('inside> ')
        elif column == 'plain':
            wait_for(lambda: comm_of(self.chain()[-1]) == 'busybox',
                     'the command')
        elif (line := self.lines.next()) != 'ready':
            raise AssertionError(line)
        self.processes = self.chain()
        self.command = self.processes[-1]
        self.settle()

    def resize(self):
        """To a size that it has not had yet."""
        rows, columns, *_ = struct.unpack(
            '4H', fcntl.ioctl(self.fd, termios.TIOCGWINSZ, bytes(8)))
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ,
                    struct.pack('4H', rows + 20, columns + 70, 0, 0))

    def hang_up(self):
        os.close(self.fd)
        self.fd = None
        if self.launcher:
            wait_for(lambda: not os.path.exists(f'/proc/{self.launcher}'),
                     'the end of the session leader')

    def act(self, by, name, user=ALICE):
        if by == 'key':
            self.send(KEYS[name])
        elif by == 'resize':
            self.resize()
        elif by == 'hang-up':
            self.hang_up()
        else:
            try:
                send(self.pid if by == 'pid' else -self.pid, number_of(name),
                     user)
            except ProcessLookupError:
                pass            # is found by who looks for the end

    def over(self):
        """Kills all that is left; whether nothing is."""
        family = [self.guardian]
        for pid in family:
            family += children_of(pid)
        for pid in family[1:]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return os.waitpid(self.guardian, os.WNOHANG)[0]

    def close(self):
        """Ends everything, whatever has become of it."""
        if self.guardian is None:
            return
        try:
            wait_for(self.over, 'the end of the guardian')
        finally:
            self.guardian = None
            if self.fd is not None:
                os.close(self.fd)
            self.lines.close()
            self.reports.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Case(harness.Case):
    def is_stopped(self, job, stopped=True):
        """minibox and the command."""
        states = [(stat_of(pid) or ['gone'])[0] for pid in job.processes]
        self.assertEqual([states[0] == 'T', states[-1] == 'T'],
                         [stopped, stopped], states)

    def stop(self, job):
        """By a signal to the command itself."""
        os.kill(job.command, signal.SIGSTOP)
        self.assertEqual(job.state(), 'stopped')
        job.settle()
        self.is_stopped(job)

    def goes_on(self, job, end='USR2'):
        """It does until the fence, and nothing is left over."""
        job.settle()
        self.is_stopped(job, False)
        send(job.pid, FENCE)
        self.assertEqual(job.finish(), [end])
        self.nothing_outlived(job)

    def nothing_outlived(self, job, but=()):
        """minibox; without a box some may."""
        if len(job.processes) > 1:
            self.assertLessEqual(set(job.others), set(but))


class Cells(Case):
    """What the cells of the table are about."""

    leader = False

    def row(self, by, name, *answers):
        for column, answer in zip(COLUMNS, answers):
            self.modes = None
            for where in WHERE:
                with self.subTest(f'{where}: {column}'):
                    self.cell(where, by, name, column, answer)

    def cell(self, where, by, name, column, answer):
        mark = self.mark()
        number = str(int(number_of(name)))
        argv = {'shell': ('/bin/sh', '-i'),
                'plain': ('/bin/busybox', 'sleep', mark),
                'ignoring': (PROBE, 'ignore', number, mark),
                'counting': (PROBE, 'count', '0', mark)}[column]
        stdio = 'ttt' if column == 'shell' else 'ttp'
        check = {'goes-on': self.check_goes_on, 'stops': self.check_stops,
                 'works': self.check_works, 'prompt': self.check_prompt,
                 'once': self.check_once, 'ends': self.check_ends,
                 }.get(answer, self.check_signal)
        with Job(argv_in(where, *argv), self.leader, stdio=stdio) as job:
            job.ready(column)
            check(job, by, name)
            if check == self.check_signal:
                self.assertEqual(job.states, [answer])
            self.at_the_end(job, by, name, column, answer)
        self.assertEqual(pids_with(mark), [])

    def at_the_end(self, job, by, name, column, answer):
        # A killed minibox has the kernel kill init.  If it leads the session,
        # the kernel hangs the terminal up before; init may end by that first.
        but = ['KILL', 'exit 0'] if self.leader else ['KILL']
        self.nothing_outlived(job, but if name == 'KILL' else [])
        if by == 'hang-up':
            return
        # A killed minibox does not give the terminal back, as a killed shell
        # does not if a job of its own has it.
        if not self.leader and (name, column) != ('KILL', 'shell'):
            self.assertEqual(job.group, job.pid)
        # Without a box a shell that was killed, and busybox's once kill(1) has
        # interrupted it, leaves the modes as they are while it reads.
        if column != 'shell' or answer == 'works' or by == 'key':
            self.assertEqual(job.modes(), job.before)
        self.modes = self.modes or job.modes()
        self.assertEqual(job.modes(), self.modes)

    def act(self, job, by, name):
        """Once; afterwards all that it does is done."""
        if name.endswith('*'):
            self.stop(job)
        job.act(by, name)
        if by == 'key':
            job.expect(ECHOES[name])    # after the signal
        if name.endswith('*'):
            self.assertEqual(job.state(), 'continued')
        job.settle()

    def check_goes_on(self, job, by, name):
        self.act(job, by, name)
        self.goes_on(job)

    def check_stops(self, job, by, name):
        job.act(by, name)
        self.assertEqual(job.state(), 'stopped')
        job.settle()
        self.is_stopped(job)
        send(job.pid if by == 'pid' else -job.pid, signal.SIGCONT)
        self.assertEqual(job.state(), 'continued')
        self.goes_on(job)

    def check_once(self, job, by, name):
        wanted = [name.rstrip('*')]
        if by == 'hang-up':     # the kernel says both, and once only
            wanted += ['CONT']
        times = 1 if by == 'hang-up' else 5
        told = []
        for _ in range(times):
            self.act(job, by, name)
            told += job.lines.now()
        self.goes_on(job, 'exit 0')
        self.assertEqual(told + job.lines.rest(), wanted * times + ['USR2'])

    def check_prompt(self, job, by, name):
        job.act(by, name)
        job.expect('inside> ')
        self.check_alive(job)

    def check_works(self, job, by, name):
        if by == 'key':
            job.act(by, name)       # the shell does not echo it
            job.send('\n')
            job.expect('inside> ')
        else:
            self.act(job, by, name)
        self.check_alive(job)

    def check_alive(self, job):
        job.settle()
        self.is_stopped(job, False)
        job.send('echo alive-$((6*7))\n')
        job.expect('alive-42')
        job.expect('inside> ')
        job.send('exit 7\n')
        self.assertEqual(job.finish(), ['exit 7'])

    def check_signal(self, job, by, name):
        job.act(by, name)
        job.states = job.finish()

    def check_ends(self, job, by, name):
        job.act(by, name)
        self.assertRegex(' '.join(job.finish()), r'\A(exit \d+|HUP)\Z')


def tests_of(table):
    def test_of(row):
        return lambda self: self.row(*row)
    return {'test_' + '_'.join(row[:2]).replace('*', '_when_stopped')
            .replace('-', '_'): test_of(row) for row in rows(table)}


Matrix = type('Matrix', (Cells,), {
    '__doc__': 'A job of a shell.', **tests_of(TABLE)})
LeaderMatrix = type('LeaderMatrix', (Cells,), {
    '__doc__': 'The leader of the session.', 'leader': True,
    **tests_of(LEADER_TABLE)})


class Told(Case):
    """Further ways in which a signal comes, each told once."""

    def counter(self, where='box', number=0, argv=(), **options):
        """A job that counts, first what it sends to its own group."""
        job = Job([*argv, *argv_in(where, PROBE, 'count', str(int(number)),
                                   self.mark())], **options)
        self.addCleanup(job.close)
        return job

    def told(self, job, *wanted):
        job.settle()
        told = job.lines.now()
        self.goes_on(job, 'exit 0')
        self.assertEqual(told + job.lines.rest(), [*wanted, 'USR2'])

    def test_from_root(self):
        """Whose signals look to init like those of nobody."""
        for where in WHERE:
            for by in 'pid', 'group':
                for name in 'INT', 'USR1', 'TSTP', 'CONT':
                    with self.subTest(f'{where} {by} {name}'):
                        job = self.counter(where)
                        job.ready('counting')
                        wanted = []
                        for _ in range(5):
                            job.act(by, name, harness.SUPERUSER)
                            job.settle()
                            wanted.append(name)
                        self.told(job, *wanted)

    def test_after_the_command_has_left_the_group(self):
        """As a shell with job control does.  That is minibox's affair only:
        without a box the signal would be sent to the new group."""
        for by in 'pid', 'group':
            for name in 'INT', 'TERM', 'USR1', 'TSTP', 'CONT', 'WINCH':
                with self.subTest(f'{by} {name}'), Job(argv_in(
                        'box', '/bin/busybox', 'setsid', PROBE, 'count', '0',
                        self.mark())) as job:
                    job.ready('counting')
                    self.assertNotEqual(stat_of(job.command)[2], job.pid)
                    for _ in range(5):
                        job.act(by, name)
                        job.settle()
                    self.told(job, *[name] * 5)

    def test_from_the_command_to_its_group(self):
        """kill(0, N) in the box, whose group is minibox's."""
        for where in WHERE:
            for name in 'HUP', 'INT', 'QUIT', 'TERM', 'TSTP', 'CONT', 'WINCH':
                with self.subTest(f'{where} {name}'):
                    job = self.counter(where, number_of(name))
                    job.ready('counting')
                    self.told(job, name)

    def test_from_the_command_to_its_group_at_once(self):
        """However early: init has just started it."""
        for turn in range(60):
            name = ('CONT', 'TERM', 'USR1')[turn % 3]
            with self.subTest(f'{turn} {name}'):
                job = self.counter('box', number_of(name))
                job.ready('counting')
                self.told(job, name)
                job.close()

    def test_from_the_command_to_its_group_ends_it(self):
        for where in WHERE:
            for name in 'HUP', 'TERM', 'USR1', 'KILL':
                with self.subTest(f'{where} {name}'), Job(argv_in(
                        where, '/bin/sh', '-c', f'kill -{name} 0')) as job:
                    self.assertEqual(job.finish(), [name])

    def test_many_kinds_at_once(self):
        """None is lost, whatever has come before it."""
        names = ['HUP', 'INT', 'QUIT', 'TERM', 'USR1', 'WINCH']
        for where in WHERE:
            for by in 'pid', 'group':
                with self.subTest(f'{where} {by}'):
                    job = self.counter(where)
                    job.ready('counting')
                    for _ in range(20):
                        for name in names:
                            job.act(by, name)
                        job.settle()
                        self.assertEqual(sorted(job.lines.now()),
                                         sorted(names))
                    self.told(job)

    def test_one_kind_in_a_row(self):
        """What is pending is not told twice, here as without a box; but no
        more than was sent, and the last is."""
        for where in WHERE:
            for by in 'pid', 'group', 'both':
                with self.subTest(f'{where} {by}'):
                    job = self.counter(where)
                    job.ready('counting')
                    ways = itertools.cycle(
                        ('pid', 'group') if by == 'both' else (by,))
                    told = []
                    for turn in range(harness.rounds(200)):
                        job.act(next(ways), 'USR1')
                        if turn % 10 == 9:
                            job.settle()
                            told.append(len(job.lines.now()))
                    self.assertTrue(all(1 <= n <= 10 for n in told), told)
                    self.told(job)

    def test_in_turn_by_all_ways(self):
        """What came in another way before is not taken for the same."""
        for where in WHERE:
            for name in 'INT', 'QUIT', 'TSTP':
                with self.subTest(f'{where} {name}'):
                    job = self.counter(where)
                    job.ready('counting')
                    ways = 'key pid key group pid pid group group key'.split()
                    for by in ways:
                        job.act(by, name)
                        if by == 'key':
                            job.expect(ECHOES[name])
                        job.settle()
                    self.told(job, *[name] * len(ways))

    def test_to_init_from_inside(self):
        """That does nothing, and does not make a later one be lost."""
        with Job(argv_in('box', '/bin/sh', '-c', '(kill -USR1 1; kill -TERM 1;'
                         f' echo sent >&2) & wait; exec {PROBE} count 0',
                         self.mark())) as job:
            self.assertEqual(job.lines.next(), 'sent')
            job.ready('counting')
            job.act('pid', 'USR1')
            job.settle()
            job.act('pid', 'TERM')
            self.told(job, 'USR1', 'TERM')

    def test_no_signal_may_be_queued(self):
        """A limit of the caller (ulimit -i), under which those of kill(1)
        still arrive."""
        for where in WHERE:
            for by in 'pid', 'group':
                with self.subTest(f'{where} {by}'):
                    job = self.counter(where, argv=(
                        BASH, '-c', 'ulimit -i 0; exec "$@"', '-'))
                    job.ready('counting')
                    names = ['TERM', 'TSTP', 'CONT', 'USR1', 'TERM']
                    for name in names:
                        job.act(by, name)
                        job.settle()
                    self.told(job, *names)

    def test_ignored_at_the_start_and_caught_later(self):
        for where in WHERE:
            with self.subTest(where):
                job = self.counter(where, ignored=(
                    signal.SIGHUP, signal.SIGINT, signal.SIGQUIT))
                job.ready('counting')
                for by, name in itertools.product(('pid', 'group'),
                                                  ('HUP', 'INT', 'QUIT')):
                    job.act(by, name)
                    job.settle()
                for name in 'INT', 'QUIT':
                    job.act('key', name)
                    job.expect(ECHOES[name])
                    job.settle()
                job.act('hang-up', 'HUP')
                self.told(job, 'HUP', 'INT', 'QUIT', 'HUP', 'INT', 'QUIT',
                          'INT', 'QUIT', 'HUP', 'CONT')

    def test_continued_from_inside(self):
        """It is told of that once, too."""
        for where in WHERE:
            with self.subTest(where), Job(argv_in(
                    where, '/bin/sh', '-c', 'exec 3<&0; '
                    '((read x <&3; kill -CONT $$) &); exec "$0" count 0',
                    argv_in(where, PROBE)[-1], self.mark())) as job:
                job.ready('counting')
                self.stop(job)
                job.send('\n')
                self.assertEqual(job.state(), 'continued')
                job.settle()
                self.told(job, 'CONT')

    def test_without_a_terminal(self):
        """As under cron: a session without one."""
        for where in WHERE:
            for leader in False, True:
                with self.subTest(f'{where} {leader}'):
                    job = self.counter(where, terminal=False, stdio='npp',
                                       leader=leader)
                    job.ready('counting')
                    wanted = []
                    for by in 'pid', 'group':
                        for name in 'TERM', 'INT', 'HUP', 'CONT':
                            job.act(by, name)
                            job.settle()
                            wanted.append(name)
                    self.told(job, *wanted)


class Stops(Case):
    """What stops minibox, and what wakes it."""

    # Waits for a line; $$ is stopped by then.
    LATER = 'exec 3<&0; (read x <&3; {}) & kill -STOP $$; exit 7'

    def script(self, where, text):
        return Job(argv_in(where, '/bin/sh', '-c', text, self.mark()))

    def stopped(self, where, text, leader=False):
        """A script that has stopped itself."""
        job = Job(argv_in(where, '/bin/sh', '-c', text, self.mark()), leader)
        self.addCleanup(job.close)
        self.assertEqual(job.state(), 'stopped')
        job.processes = job.chain()
        job.command = job.processes[-1]
        job.settle()
        self.is_stopped(job)
        return job

    def ends(self, job, wanted):
        """That it went on before is seen only by who asks in time."""
        states = job.finish()
        self.assertEqual([s for s in states if s != 'continued'], [wanted],
                         states)
        self.nothing_outlived(job)

    def test_continued_from_inside(self):
        for where in WHERE:
            with self.subTest(where):
                job = self.stopped(where, self.LATER.format('kill -CONT $$'))
                job.send('\n')
                self.ends(job, 'exit 7')

    def test_continued_from_inside_at_once(self):
        for where in WHERE:
            for _ in range(10):
                with self.subTest(where), self.script(
                        where, '(while ! grep -q "^State:.T" /proc/$$/status; '
                        'do :; done; kill -CONT $$) & kill -STOP $$; '
                        'exit 7') as job:
                    states = job.finish()
                    self.assertEqual(states[-1], 'exit 7')

    def test_killed_from_inside(self):
        for where in WHERE:
            with self.subTest(where):
                job = self.stopped(where, self.LATER.format('kill -KILL $$'))
                job.send('\n')
                self.ends(job, 'KILL')

    def test_killed_and_continued_from_inside(self):
        for where in WHERE:
            with self.subTest(where):
                job = self.stopped(where, self.LATER.format(
                    'kill -TERM $$; kill -CONT $$'))
                job.send('\n')
                self.ends(job, 'TERM')

    def test_stays_stopped_by_anything_else(self):
        """Control: only that wakes it."""
        for where in WHERE:
            with self.subTest(where):
                job = self.stopped(where, self.LATER.format('kill -TERM $$'))
                job.send('\n')
                wait_for(lambda: pids_with('read x') and len(
                    children_of(job.command)) == 0 or
                    stat_of(children_of(job.command)[0])[0] == 'Z',
                    'the end of the subshell')
                job.settle()
                self.is_stopped(job)
                send(job.pid, signal.SIGCONT)
                self.ends(job, 'TERM')

    def init_is_killed(self, job):
        send(job.processes[1], signal.SIGKILL)
        self.ends(job, 'exit 125')
        self.assertRegex(job.lines.next(), r'\Aminibox: .*signal 9')

    def test_init_is_killed_while_the_command_is_stopped(self):
        self.init_is_killed(self.stopped('box', 'kill -STOP $$'))

    def test_init_is_killed_while_minibox_is_stopped_from_outside(self):
        for by in 'pid', 'group':
            with self.subTest(by), Job(argv_in(
                    'box', '/bin/busybox', 'sleep', self.mark())) as job:
                job.ready()
                job.act(by, 'STOP')
                self.assertEqual(job.state(), 'stopped')
                job.settle()
                self.init_is_killed(job)

    def test_ends_while_minibox_is_stopped_from_outside(self):
        """Which stops minibox alone: nobody could hand SIGSTOP on.  Without a
        box the command itself would stop."""
        for how, wanted in ('exit', 'exit 7'), ('TERM', 'TERM'), (
                'KILL', 'KILL'):
            with self.subTest(how), self.script(
                    'box', 'echo ready >&2; read x; exit 7') as job:
                job.ready('script')
                send(job.pid, signal.SIGSTOP)
                self.assertEqual(job.state(), 'stopped')
                job.settle()
                if how == 'exit':
                    job.send('\n')
                else:
                    send(job.command, number_of(how))
                self.ends(job, wanted)

    def test_stopped_and_continued_from_outside(self):
        """By every pair of ways.  One SIGCONT is enough."""
        for where in WHERE:
            for stop, go in itertools.product(('pid', 'group'), repeat=2):
                with self.subTest(f'{where} {stop} {go}'), Job(argv_in(
                        where, PROBE, 'count', '0', self.mark())) as job:
                    job.ready('counting')
                    job.act(stop, 'STOP')
                    self.assertEqual(job.state(), 'stopped')
                    job.settle()
                    job.act(go, 'CONT')
                    self.assertEqual(job.state(), 'continued')
                    self.goes_on(job, 'exit 0')
                    self.assertEqual(job.lines.rest(), ['CONT', 'USR2'])

    def test_ended_while_stopped(self):
        """What comes in the meantime counts as soon as it goes on."""
        for where in WHERE:
            for stop, go in itertools.product(('pid', 'group'), repeat=2):
                with self.subTest(f'{where} {stop} {go}'), Job(argv_in(
                        where, '/bin/busybox', 'sleep', self.mark())) as job:
                    job.ready()
                    job.act(stop, 'STOP')
                    self.assertEqual(job.state(), 'stopped')
                    job.settle()
                    job.act(go, 'TERM')
                    # Where minibox alone was stopped, its command was not.
                    if (where, stop, go) != ('box', 'pid', 'group'):
                        job.settle()
                        self.assertEqual((stat_of(job.top) or 'gone')[0], 'T')
                        job.act(go, 'CONT')
                    self.ends(job, 'TERM')

    def test_killed_while_stopped(self):
        for where in WHERE:
            for by in 'pid', 'group':
                with self.subTest(f'{where} {by}'):
                    job = self.stopped(where, 'kill -STOP $$')
                    job.act(by, 'KILL')
                    self.assertEqual(job.finish(), ['KILL'])

    def test_hang_up_while_stopped(self):
        for where in WHERE:
            for leader in False, True:
                with self.subTest(f'{where} {leader}'):
                    job = self.stopped(where, 'kill -STOP $$', leader)
                    job.act('hang-up', 'HUP')
                    self.ends(job, 'HUP')

    def test_at_random(self):
        """A caller who plays with it a thousand times."""
        dice = random.Random(1)
        for where in WHERE:
            with self.subTest(where), self.script(
                    where, 'trap "" USR1; echo ready >&2; read x; '
                    'exit 7') as job:
                job.ready('script')
                for _ in range(harness.rounds(1000)):
                    job.act(dice.choice(('pid', 'group')), dice.choice(
                        ('STOP', 'CONT', 'CONT', 'USR1', 'WINCH')))
                    time.sleep(dice.random() * 5e-4)
                job.act('group', 'CONT')
                job.settle()
                self.is_stopped(job, False)
                job.send('\n')
                states = job.finish()
                self.assertEqual(states[-1], 'exit 7')
                self.assertIn('stopped', states)
                self.nothing_outlived(job)

    def test_killed_at_random(self):
        dice = random.Random(2)
        for turn in range(40):
            with self.script('box', 'trap "" USR1; echo ready >&2; '
                             'sleep 3153600 & sleep 3153600') as job:
                job.ready('script')
                for _ in range(dice.randrange(20)):
                    job.act(dice.choice(('pid', 'group')), dice.choice(
                        ('STOP', 'CONT', 'CONT', 'USR1', 'WINCH')))
                    time.sleep(dice.random() * 5e-4)
                victim, ends = dice.choice((
                    (job.pid, 'KILL'), (-job.pid, 'KILL'),
                    (job.processes[1], 'exit 125'), (job.command, 'KILL')))
                send(victim, signal.SIGKILL)
                if victim == job.command:   # init may be stopped
                    job.act('group', 'CONT')
                self.assertEqual(job.finish()[-1:], [ends], (turn, victim))
                self.nothing_outlived(job, ['KILL'])


class Ignored(Case):
    """SIGHUP, SIGINT and SIGQUIT that are ignored at the start stay so, as
    nohup(1) and the shell's & want it; all others begin at their defaults."""

    KEPT = {'HUP', 'INT', 'QUIT'}

    def test_at_the_start(self):
        names = ['HUP', 'INT', 'QUIT', 'TERM', 'USR1', 'PIPE', 'ALRM', 'TSTP',
                 'TTIN', 'TTOU', 'CHLD', 'WINCH', 'CONT', 'SEGV', 'XFSZ']
        sets = [[], names, *([name] for name in names)]
        for where in WHERE:
            for ignored in sets:
                with self.subTest(f'{where} {ignored}'), Job(argv_in(
                        where, '/bin/busybox', 'grep', 'SigIgn',
                        '/proc/self/status'), stdio='npp',
                        ignored=map(number_of, ignored)) as job:
                    self.assertEqual(job.finish(), ['exit 0'])
                    mask = int(job.lines.next().split()[1], 16)
                    found = {name_of(n) for n in range(1, 32)
                             if mask & 1 << n - 1}
                    # Without a box all stay: the control.
                    self.assertEqual(found, set(ignored) & self.KEPT
                                     if where == 'box' else set(ignored))

    def test_plain_command(self):
        for where in WHERE:
            for name in sorted(self.KEPT):
                ways = ['pid', 'group', 'hang-up' if name == 'HUP' else 'key']
                with self.subTest(f'{where} {name}'), Job(argv_in(
                        where, '/bin/busybox', 'sleep', self.mark()),
                        ignored=[number_of(name)]) as job:
                    job.ready()
                    for by in ways:
                        job.act(by, name)
                        if by == 'key':
                            job.expect(ECHOES[name])
                        job.settle()
                    self.goes_on(job)

    def test_nohup(self):
        """The control, without nohup, is a cell of the table: it ends."""
        for where in WHERE:
            for leader in False, True:
                with self.subTest(f'{where} {leader}'), Job(
                        [shutil.which('nohup'), *argv_in(
                            where, '/bin/busybox', 'sleep', self.mark())],
                        leader, stdio='tpp') as job:
                    job.ready()
                    job.act('hang-up', 'HUP')
                    self.goes_on(job)

    def test_background_without_job_control(self):
        mark = self.mark()
        for where, run in WHERE.items():
            with self.subTest(where), Job(
                    ['/bin/sh', '-c', 'trap "echo trapped" INT; '
                     f'{run}/bin/busybox sleep {mark} & echo $!; '
                     'wait; echo woken; wait $!; echo $?'],
                    stdio='tpt') as job:
                job.top = int(job.lines.next())
                job.ready()
                job.settle(job.pid)     # the shell waits
                job.act('key', 'INT')
                self.assertEqual(job.lines.next(), 'trapped')
                self.assertEqual(job.lines.next(), 'woken')
                job.settle()
                for number in signal.SIGINT, signal.SIGQUIT:
                    send(job.top, number)
                job.settle()
                send(job.top, signal.SIGTERM)
                self.assertEqual(job.finish(), ['exit 0'])
                self.assertEqual(job.lines.rest(), ['143'])

    def test_background_with_job_control(self):
        """There nothing is ignored; the key does not reach it at all."""
        mark = self.mark()
        for where, run in WHERE.items():
            with self.subTest(where), Job(
                    [BASH, '-mc', 'trap "echo trapped" INT; '
                     f'{run}/bin/busybox sleep {mark} & echo $!; '
                     'wait; echo woken; wait $!; echo $?'],
                    stdio='tpt') as job:
                job.top = int(job.lines.next())
                job.ready()
                job.settle(job.pid)     # the shell waits
                job.act('key', 'INT')
                self.assertEqual(job.lines.next(), 'trapped')
                self.assertEqual(job.lines.next(), 'woken')
                job.settle()
                send(job.top, signal.SIGINT)
                self.assertEqual(job.finish(), ['exit 0'])
                self.assertEqual(job.lines.rest(), ['130'])


class Around(Case):
    """Between minibox and the command stands nobody; what stands around?"""

    def test_pipeline(self):
        for first, second in itertools.product(WHERE.values(), repeat=2):
            with self.subTest(f'{first}| {second}'):
                result = harness.run(
                    BASH, '-c', f'{first}/bin/busybox yes | '
                    f'{second}/bin/busybox head -n 1; echo ${{PIPESTATUS[*]}}')
                self.ok(result, 'y\n141 0\n')

    def test_pipeline_whose_reader_is_gone(self):
        for where, run in WHERE.items():
            with self.subTest(where):
                result = harness.run(
                    BASH, '-c', f'{run}/bin/busybox yes | '
                    f'{run}/bin/busybox true; echo ${{PIPESTATUS[*]}}')
                self.ok(result, '141 0\n')

    def test_pipeline_and_ctrl_c(self):
        mark = self.mark()
        for where, run in WHERE.items():
            sleep = f'{run}/bin/busybox sleep {mark}'
            with self.subTest(where), Job(
                    [BASH, '-c', 'trap "echo trapped >&2" INT; '
                     f'{sleep} | {sleep}; '
                     'echo ${PIPESTATUS[*]} >&2']) as job:
                wait_for(lambda: [comm_of(pid) for pid in pids_with(mark)]
                         .count('busybox') == 2, 'two commands')
                job.act('key', 'INT')
                self.assertEqual(job.finish(), ['exit 0'])
                self.assertEqual(job.lines.rest(), ['trapped', '130 130'])

    def test_pipeline_stops_and_goes_on(self):
        copy = '/bin/busybox sh -c "while read x; do echo \\$x; done"'
        for where, run in WHERE.items():
            with self.subTest(where), Job(
                    [BASH, '-c', f'{run}{copy} | {run}{copy}; exit 7']) as job:
                job.send('one\n')
                job.expect('one\r\none\r\n')
                for _ in range(3):
                    job.act('key', 'TSTP')
                    self.assertEqual(job.state(), 'stopped')
                    # Each as soon as its command has: not together with bash.
                    for top in children_of(job.pid):
                        wait_for(lambda: stat_of(top)[0] == 'T', 'the stop')
                    job.act('group', 'CONT')
                    self.assertEqual(job.state(), 'continued')
                    job.send('two\n')
                    job.expect('two\r\ntwo\r\n')
                job.send('\x04')
                self.assertEqual(job.finish(), ['exit 7'])

    @unittest.skipUnless('GNU' in subprocess.run(
        ['timeout', '--version'], capture_output=True, text=True).stdout,
        'timeout is not that of GNU')
    def test_timeout(self):
        """SIGALRM is what timeout waits for, and needs no time."""
        plain = '/bin/busybox', 'sleep'
        for options, argv, alarms, wanted in (
                ('', plain, 1, 'exit 124'),
                ('-s INT', plain, 1, 'exit 124'),
                ('-s HUP', plain, 1, 'exit 124'),
                ('-s KILL', plain, 1, 'KILL'),
                ('-k 999', plain, 1, 'exit 124'),
                ('-k 999', (PROBE, 'ignore', '15'), 2, 'KILL'),
                ('--foreground', plain, 1, 'exit 124'),
                ('--foreground -s INT', plain, 1, 'exit 124'),
                ('--foreground -k 999', (PROBE, 'ignore', '15'), 2,
                 'exit 137'),
                ('--preserve-status', plain, 1, 'exit 143')):
            for where in WHERE:
                with self.subTest(f'{where} {options} {argv}'), Job(
                        [shutil.which('timeout'), *options.split(), '999',
                         *argv_in(where, *argv, self.mark())]) as job:
                    job.top = wait_for(lambda: children_of(job.pid),
                                       'the child of timeout')[0]
                    job.ready('plain' if argv == plain else 'ignoring')
                    job.settle(job.pid)
                    for _ in range(alarms):
                        send(job.pid, signal.SIGALRM)
                        job.settle(job.pid)
                    self.assertEqual(job.finish(), [wanted])
                    self.nothing_outlived(job, ['KILL'])

    def test_timeout_that_does_not_come(self):
        for where in WHERE:
            for options in [], ['--foreground'], ['-k', '999']:
                with self.subTest(f'{where} {options}'), Job(
                        [shutil.which('timeout'), *options, '999', *argv_in(
                            where, '/bin/sh', '-c', 'exit 7')]) as job:
                    self.assertEqual(job.finish(), ['exit 7'])

    def test_setsid(self):
        """No terminal: its signals stay away."""
        for where in WHERE:
            with self.subTest(where), Job(
                    [shutil.which('setsid'), '-w', *argv_in(
                        where, '/bin/sh', '-c', 'echo ready >&2; read x; '
                        'exit 7', self.mark())]) as job:
                job.top = wait_for(lambda: children_of(job.pid),
                                   'the child of setsid')[0]
                job.ready('script')
                job.resize()
                job.settle()
                self.assertNotEqual(job.foreground(), stat_of(job.top)[2])
                job.send('\n')
                self.assertEqual(job.finish(), ['exit 7'])

    def test_cron(self):
        for where in WHERE:
            for leader in False, True:
                with self.subTest(f'{where} {leader}'), Job(argv_in(
                        where, '/bin/sh', '-c', 'tty <&2; read x || echo end; '
                        '(: </dev/tty); exit 7', self.mark()), leader,
                        terminal=False, stdio='npp') as job:
                    self.assertEqual(job.finish(), ['exit 7'])
                    lines = job.lines.rest()
                    self.assertEqual(lines[:2], ['not a tty', 'end'])
                    self.assertIn('/dev/tty', lines[2])
                with self.subTest(f'{where} {leader} TERM'), Job(argv_in(
                        where, '/bin/busybox', 'sleep', self.mark()), leader,
                        terminal=False, stdio='npp') as job:
                    job.ready()
                    job.act('pid', 'TERM')
                    self.assertEqual(job.finish(), ['TERM'])

    def test_hang_up_as_of_ssh(self):
        """Everything in the box ends, whatever the shell has started."""
        for where in WHERE:
            with self.subTest(where):
                mark, behind = self.mark(), self.mark()
                with Job(argv_in(where, '/bin/sh', '-i'), leader=True,
                         stdio='ttt') as job:
                    job.ready('shell')
                    if where == 'box':  # else it stays, the control
                        job.send(f'setsid sleep {behind} &\n')
                        job.expect('inside> ')
                        wait_for(lambda: pids_with(behind), 'the background')
                    job.send(f'/bin/busybox sleep {mark}\n')
                    wait_for(lambda: pids_with(mark), 'the command')
                    job.act('hang-up', 'HUP')
                    self.assertEqual(len(job.finish()), 1)
                    self.assertEqual(pids_with(behind), [])
                    self.assertEqual(pids_with(mark), [])

    LOOP = 'for i in 1 2 3; do {}; done; echo over >&2'

    def test_loop_ends_with_one_ctrl_c(self):
        mark = self.mark()
        for where, run in WHERE.items():
            with self.subTest(where), Job([BASH, '-c', self.LOOP.format(
                    f'{run}/bin/busybox sleep {mark}')]) as job:
                self.wait_for_command(job, mark)
                job.act('key', 'INT')
                self.assertEqual(job.finish(), ['INT'])
                self.assertEqual(job.lines.rest(), [])

    def test_loop_goes_on_if_the_command_exits(self):
        """Control: what bash does then depends on how the command ended."""
        for where, run in WHERE.items():
            with self.subTest(where), Job([BASH, '-c', self.LOOP.format(
                    f"{run}/bin/sh -c 'trap \"exit 130\" INT; echo ready >&2; "
                    "read x; read x'")]) as job:
                for _ in range(3):
                    self.assertEqual(job.lines.next(), 'ready')
                    settle([job.pid])
                    job.act('key', 'INT')
                self.assertEqual(job.lines.next(), 'over')
                self.assertEqual(job.finish(), ['exit 0'])

    def test_loop_at_a_prompt(self):
        mark = self.mark()
        for where, run in WHERE.items():
            with self.subTest(where), Job(
                    [BASH, '--norc', '--noprofile', '--noediting', '-i'],
                    stdio='ttt') as job:
                job.expect('inside> ')
                job.send(f'for i in 1 2 3; do {run}/bin/busybox sleep {mark}; '
                         'done\n')
                self.wait_for_command(job, mark)
                job.act('key', 'INT')
                job.expect('inside> ')
                job.send('echo i=$i status=$?\n')
                job.expect('i=1 status=130')
                job.expect('inside> ')
                self.assertEqual(pids_with(mark), [])
                job.send('exit 0\n')
                self.assertEqual(job.finish(), ['exit 0'])

    def wait_for_command(self, job, mark):
        """And for bash, until it waits for that."""
        wait_for(lambda: 'busybox' in map(comm_of, pids_with(mark)),
                 'the command')
        settle([job.pid])

    def test_window_size(self):
        for where in WHERE:
            for leader in False, True:
                with self.subTest(f'{where} {leader}'), Job(
                        argv_in(where, '/bin/sh', '-i'), leader,
                        stdio='ttt') as job:
                    job.ready('shell')
                    for size in '20 70', '40 140':
                        job.resize()
                        job.settle()
                        job.send('stty size\n')
                        job.expect(size + '\r\n')
                        job.expect('inside> ')
                    job.send('exit 7\n')
                    self.assertEqual(job.finish(), ['exit 7'])

    def test_a_thousand_orphans(self):
        """All are reaped while the command runs, and init does not grow."""
        mark = self.mark()
        orphans = f'{PROBE} orphans {{}} </dev/null >&2; read x; '
        with Job(argv_in('box', '/bin/sh', '-c', orphans.format(100) +
                         orphans.format(1000) + 'exit 7', mark)) as job:
            self.assertEqual(job.lines.next(), 'ready')
            job.processes = job.chain()
            init = job.processes[1]
            before = self.memory(init)
            job.send('\n')
            self.assertEqual(job.lines.next(), 'ready')
            wait_for(lambda: children_of(init) == job.processes[2:],
                     'the end of all orphans')
            job.settle()
            after = self.memory(init)
            self.assertEqual(after['VmData'], before['VmData'])
            self.assertLess(after['RssAnon'], before['RssAnon'] + 64)
            # Control: one that is not reaped is seen as a child.
            pid = os.fork()
            if pid == 0:
                os._exit(0)
            wait_for(lambda: stat_of(pid)[0] == 'Z', 'a zombie')
            self.assertIn(pid, children_of(os.getpid()))
            os.waitpid(pid, 0)
            job.send('\n')
            self.assertEqual(job.finish(), ['exit 7'])

    def memory(self, pid):
        status = harness.status_file(harness.read(f'/proc/{pid}/status'))
        return {key: int(status[key].split()[0])
                for key in ('VmData', 'RssAnon')}
