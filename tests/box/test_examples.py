# SPDX-License-Identifier: MIT
"""Do the policies in etc/examples do what their comments say?

Each is installed as it is, with the names that it mentions, and used.  Changed
are: what root file systems hold (views of this machine, or busybox), /srv,
which is not the test's, and without cgroup v2 the limits that need it."""

import contextlib
import fcntl
import json
import os
import re
import resource
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import termios
import threading
import unittest

import harness
import sshd
from harness import (ALICE, BOB, EVE, MINIBOX, NOBODY, POLICY, SUPERUSER,
                     Terminal, User, minibox, pids_with, read, remove, run,
                     wait_for, write)
from test_cgroup import HAS_V2

EXAMPLES = harness.SCRATCH + '/source/etc/examples'
NAMES = ('build', 'judge', 'lab', 'login')
ROOTFS = '/var/lib/minibox'
SRV = '/var/srv'
FRAME = ROOTFS + '/examples-frame'
UNKNOWN = r'stdin:\d+: warning: (unknown (user|group) |nobody can enter box )'
SHORT = f'={300 * harness.SLOW}ms'
HAS_COMPILER = shutil.which('gcc') and shutil.which('make')


def example(name):
    return read(f'{EXAMPLES}/{name}.conf')


def shown(name):
    """The lines that the comments show, to be typed or copied; continued ones
    as one."""
    text = re.sub(r' \\\n#\s+', ' ', example(name))
    return re.findall(r'^#     ( *\S.*)$', text, re.M)


def shown_with(name, word):
    return [line for line in shown(name) if line.split()[0] == word]


def installed(name, views=()):
    """The text of an example as it is installed here."""
    text = example(name).replace('/srv/', SRV + '/')
    if not HAS_V2:
        text = re.sub(r'^(memory|pids-limit|cpus) = .*\n', '', text, flags=re.M)
    for view in views:
        text = re.sub(rf'^(rootfs = {ROOTFS}/{view})$',
                      lambda m: '\n'.join([m.group(1), *binds()]), text,
                      flags=re.M)
    return text


def binds():
    """The lines that a view of this machine needs."""
    if not os.path.isdir(FRAME):
        subprocess.run(['minibox-rootfs', 'view', os.path.basename(FRAME)],
                       check=True, stdout=subprocess.DEVNULL)
    printed = subprocess.run(
        ['minibox-rootfs', 'snippet', os.path.basename(FRAME)], check=True,
        stdout=subprocess.PIPE, text=True).stdout
    return re.findall('^bind = .*$', printed, re.M)


def lines_without(text, names, ids):
    """Lines of /etc/passwd or /etc/group, without these."""
    return [line for line in text.splitlines()
            if line.split(':')[0] not in names
            and not set(line.split(':')[2:3]) & set(map(str, ids))]


@contextlib.contextmanager
def on_the_host():
    """The port of something on the host that says `reached`."""
    def answer():
        with contextlib.suppress(OSError):
            while True:
                connection = server.accept()[0]
                connection.sendall(b'reached\n')
                connection.close()

    with socket.create_server(('127.0.0.1', 0)) as server:
        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


class Example(harness.Case):
    """An example in use, with what its comments say has to be made for it."""

    name = ''
    views = ()
    groups = {}         # of the example: their numbers
    users = ()          # likewise, with a home
    shells = {}         # of users, unless it is /bin/sh
    passwords = {}

    @classmethod
    def setUpClass(cls):
        for path in '/etc/passwd', '/etc/group', '/etc/shadow':
            if os.path.exists(path):
                cls.addClassCleanup(write, path, read(path),
                                    os.stat(path).st_mode & 0o777)
        # Homes of their own: those of other tests stay as they are.
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'mode=0755', 'tmpfs',
                        '/home'], check=True)
        cls.addClassCleanup(subprocess.run, ['umount', '-R', '/home'],
                            check=True)
        cls.add_names()
        binds()
        cls.addClassCleanup(remove, FRAME)
        cls.addClassCleanup(remove, SRV)
        os.makedirs(SRV, exist_ok=True)
        cls.text = installed(cls.name, cls.views)

    @classmethod
    def add_names(cls):
        users = {user.name: user for user in cls.users}
        entries = lines_without(read('/etc/passwd'), users,
                                [user.uid for user in cls.users])
        for user in cls.users:
            shell = cls.shells.get(user.name, '/bin/sh')
            word = cls.passwords.get(user.name, '*')
            entries.append(f'{user.name}:{word}:{user.uid}:{user.uid}::'
                           f'{user.home}:{shell}')
            os.makedirs(user.home, exist_ok=True)
            os.chown(user.home, user.uid, user.uid)
        write('/etc/passwd', '\n'.join(entries) + '\n')
        if os.path.exists('/etc/shadow'):
            write('/etc/shadow', ''.join(
                line for line in read('/etc/shadow').splitlines(True)
                if line.split(':')[0] not in users), 0o600)
        entries = lines_without(read('/etc/group'), cls.groups,
                                cls.groups.values())
        for name, number in cls.groups.items():
            entries.append(f'{name}:x:{number}:{",".join(cls.members(name))}')
        write('/etc/group', '\n'.join(entries) + '\n')

    @classmethod
    def members(cls, group):
        return ()

    @classmethod
    def root(cls, name, source, *directories):
        """The root file system of that name."""
        path = f'{ROOTFS}/{name}'
        remove(path)
        shutil.copytree(source, path, symlinks=True)
        cls.addClassCleanup(remove, path)
        for directory in directories:
            os.makedirs(path + directory, exist_ok=True)
        return path

    @classmethod
    def place(cls, path, user=SUPERUSER, mode=0o755):
        """A directory in /srv."""
        os.makedirs(SRV + path, exist_ok=True)
        os.chown(SRV + path, user.uid, user.uid)
        os.chmod(SRV + path, mode)
        return SRV + path

    def setUp(self):
        harness.write_policy(self.text)
        for user in self.users:
            self.empty(user.home)

    def empty(self, directory):
        for name in os.listdir(directory):
            remove(f'{directory}/{name}')

    def check(self):
        """Everything that it names is there."""
        self.ok(run(MINIBOX, '--check', user=SUPERUSER), f'{POLICY}: OK\n')

    def permits(self, *args, **options):
        """What -n says."""
        result = minibox('-n', *args, **options)
        self.assertIn((result.status, result.out.split()[0]),
                      [(0, 'permit'), (126, 'deny')], result)
        return result.status == 0


class Files(harness.Case):
    def test_all_are_used(self):
        self.assertEqual(sorted(os.listdir(EXAMPLES)),
                         [name + '.conf' for name in NAMES])

    def test_form(self):
        for name in NAMES:
            with self.subTest(name):
                text = example(name)
                self.assertTrue(text.isascii())
                self.assertEqual([line for line in text.splitlines()
                                  if len(line) > 80 or line != line.rstrip()],
                                 [])

    def test_check(self):
        """The only complaint about one is that nobody here has its names."""
        for name in NAMES:
            with self.subTest(name):
                result = run(MINIBOX, '--check', '-', user=NOBODY,
                             input=example(name))
                *warnings, last = result.out.splitlines()
                self.ok(result)
                self.assertEqual(last, 'stdin: OK')
                self.assertEqual([line for line in warnings
                                  if not re.match(UNKNOWN, line)], [])

    def test_commands_in_comments(self):
        """minibox knows what they show."""
        seen = 0
        for name in NAMES:
            for line in shown_with(name, 'minibox'):
                if line == 'minibox -l' or '--check' in line:
                    continue
                seen += 1
                words = line.partition(' ')[2]
                result = run('/bin/sh', '-c', f'{MINIBOX} -n {words}')
                self.assertIn(result.status, (0, 126), (line, result))
        self.assertGreater(seen, 5)


class Lab(Example):
    name = 'lab'
    views = ('lab',)
    groups = {'prog1': 5101, 'prog2': 5102, 'exam': 5103, 'assistants': 5104}
    carol, tina = (User(name, uid, '/home/' + name)
                   for name, uid in (('carol', 4101), ('tina', 4102)))
    users = (ALICE, BOB, EVE, carol, tina)
    # Sessions: a user, and the groups of that session.
    FIRST = {'user': ALICE, 'groups': [5101]}
    SECOND = {'user': BOB, 'groups': [5102]}
    SITTING = {'user': EVE, 'groups': [5101, 5102, 5103]}
    DENIED = {'user': carol, 'groups': [5101, 5102, 5103]}
    ASSISTANT = {'user': tina, 'groups': [5104]}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root('lab', FRAME, '/task', '/hand-in')
        write(cls.place('/exam/task') + '/task.txt', 'print 42\n')
        for user in EVE, cls.carol:
            cls.place('/exam/hand-in/' + user.name, user, 0o700)

    def test_check(self):
        self.check()

    def test_who_gets_what(self):
        """Each box by its groups, each command by its box; who sits the exam is
        in no other box, and the denied account not in this one either."""
        wanted = {      # gcc, gdb, make, python3 in prog1, prog2, exam; staff
            'FIRST': 'yyyn nnnn nnnn n', 'SECOND': 'nnnn yyyy nnnn n',
            'SITTING': 'nnnn nnnn ynyn n', 'DENIED': 'nnnn nnnn nnnn n',
            'ASSISTANT': 'yyyn yyyy nnnn y'}
        for session, answers in wanted.items():
            with self.subTest(session):
                who = getattr(self, session)
                found = [self.permits('-b', box, command, **who)
                         for box in ('prog1', 'prog2', 'exam')
                         for command in ('gcc', 'gdb', 'make', 'python3')]
                found.append(self.permits('-b', 'staff', '/bin/true', **who))
                self.assertEqual(found, [answer == 'y' for answer in
                                         answers.replace(' ', '')])
        self.assertTrue(self.permits(    # control: but for the exam
            '-b', 'prog1', 'gcc', user=self.carol, groups=[5101]))

    def test_refusals(self):
        """What -n denies does not run."""
        self.refused(minibox('python3', '-V', **self.FIRST), 126,
                     "box 'prog1' does not allow python3")
        for box in 'prog2', 'exam', 'staff', 'nosuch':
            self.refused(minibox('-b', box, '/bin/bash', **self.FIRST), 126,
                         f"box '{box}' is not available to you")
        self.refused(minibox(**self.DENIED), 126, 'no box is available to you')
        self.refused(minibox('-b', 'prog1', 'gcc', **self.SITTING), 126,
                     "box 'prog1' is not available to you")

    def test_default(self):
        for session, box in (('FIRST', 'prog1'), ('SECOND', 'prog2'),
                             ('SITTING', 'exam'), ('ASSISTANT', 'prog1')):
            who = getattr(self, session)
            result = minibox(
                input='hostname; umask; id -u; echo $EDITOR $PATH',
                env={**harness.environment(who['user']), 'EDITOR': 'vi'}, **who)
            self.ok(result, f'{box}\n0077\n{who["user"].uid}\n'
                    'vi /usr/bin:/bin\n')

    @unittest.skipUnless(HAS_COMPILER, 'gcc or make is not installed')
    def test_first_course(self):
        """A student compiles in the own home, and runs the result by the shell
        and not by minibox."""
        write(ALICE.home + '/hello.c', '#include <stdio.h>\n'
              'int main(void) { puts("hello"); return 3; }\n', uid=ALICE.uid)
        there = {'cwd': ALICE.home, **self.FIRST}
        for line in shown('lab'):
            if line.startswith(('minibox gcc', 'minibox -n gcc')):
                self.assertEqual(run('/bin/sh', '-c', line, **there).status, 0)
        self.assertEqual(os.stat(ALICE.home + '/hello').st_uid, ALICE.uid)
        self.ok(minibox('bash', '-c', './hello', **there), 'hello\n', 3)
        self.refused(minibox('./hello', **there), 126, 'does not allow')

    def test_no_network_but_for_assistants(self):
        there = os.readlink('/proc/self/ns/net')
        look = ('bash', '-c', 'readlink /proc/self/ns/net')
        self.assertNotIn(there, minibox(*look, **self.FIRST).out)
        self.ok(minibox('-b', 'staff', *look, **self.ASSISTANT), there + '\n')

    def test_limits(self):
        """They hold, a caller may ask for less, and staff have none of time."""
        self.ok(minibox('bash', '-c', 'ulimit -f', **self.FIRST), '1048576\n')
        self.refused(minibox('--timeout=13h', 'bash', **self.FIRST), 126,
                     'at most 12h')
        self.refused(minibox('--timeout=2h', 'bash', **self.SITTING), 126,
                     'at most 90m')
        result = minibox('--timeout' + SHORT, 'bash', '-c', 'sleep 100',
                         **self.FIRST)
        self.assertEqual(result.status, 124, result)
        self.assertTrue(self.permits('-b', 'staff', '--timeout=100d',
                                     '/bin/true', **self.ASSISTANT))

    @unittest.skipUnless(HAS_V2, 'this host has no cgroup v2')
    def test_fork_bomb(self):
        bomb = ('import os, signal\n'
                'for count in range(1000):\n'
                '    try:\n'
                '        os.fork() or signal.pause()\n'
                '    except OSError as e:\n'
                '        print(count, e.strerror, flush=True)\n'
                '        break\n')
        self.ok(minibox('bash', '-c', 'exec python3 -c "$0"', bomb,
                        **self.FIRST),
                '255 Resource temporarily unavailable\n')

    def test_exam(self):
        """The home is empty, the task is there, and what is handed in stays."""
        write(EVE.home + '/cheat-sheet', 'x', uid=EVE.uid)
        place = f'{SRV}/exam/hand-in/eve'
        self.addCleanup(self.empty, place)
        result = minibox('bash', '-c', 'pwd; ls; cat /task/task.txt; '
                         'cp /task/task.txt answer; cp answer /hand-in/; '
                         'ls /hand-in; touch /task/x', cwd=EVE.home,
                         **self.SITTING)
        self.assertEqual(result.out, f'{EVE.home}\nprint 42\nanswer\n', result)
        self.assertIn('Read-only file system', result.err)
        self.assertEqual(os.listdir(EVE.home), ['cheat-sheet'])
        self.assertEqual(read(place + '/answer'), 'print 42\n')
        self.assertEqual(os.stat(place + '/answer').st_uid, EVE.uid)
        write(ALICE.home + '/notes', 'x', uid=ALICE.uid)        # control
        self.ok(minibox('bash', '-c', 'ls', cwd=ALICE.home, **self.FIRST),
                'notes\n')


class Build(Example):
    name = 'build'
    views = ('build',)
    groups = {'builders': 5111}
    nightly = User('nightly', 4111, '/home/nightly')
    users = (ALICE, BOB, nightly)
    DEVELOPER = {'user': ALICE, 'groups': [5111]}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.opt = cls.root('build', FRAME, '/opt') + '/opt'
        os.chmod(cls.opt, 0o1777)
        cls.place('/nightly/src')
        cls.place('/nightly/out', cls.nightly)

    def setUp(self):
        super().setUp()
        self.tree = self.directory(ALICE.home + '/project', uid=ALICE.uid)
        self.there = {'cwd': self.tree, **self.DEVELOPER}

    def test_check(self):
        self.check()

    def put(self, name, text):
        write(f'{self.tree}/{name}', text, uid=ALICE.uid)

    @unittest.skipUnless(HAS_COMPILER, 'gcc or make is not installed')
    def test_make(self):
        """As the comments have it: the result is in the tree, what is installed
        is gone."""
        self.put('prog.c', '#include <stdio.h>\n'
                 'int main(void) { puts("built"); return 0; }\n')
        self.put('Makefile', 'prog: prog.c\n\tgcc -o prog prog.c\n'
                 'install: prog\n\tmkdir -p $(PREFIX)/bin\n'
                 '\tcp prog $(PREFIX)/bin\n')
        results = [run('/bin/sh', '-c', line, **self.there)
                   for line in shown_with('build', 'minibox')
                   if ' -B . ' in line]
        self.assertEqual([result.status for result in results], [0, 0, 0],
                         results)
        self.assertEqual(results[1].out, 'gcc -o prog prog.c\n')
        self.assertRegex(results[2].out, r'cp prog /opt/bin\nbuilt\n\Z')
        self.assertEqual(sorted(os.listdir(self.tree)),
                         ['Makefile', 'prog', 'prog.c'])
        self.ok(run('./prog', **self.there), 'built\n')
        self.assertEqual(os.listdir(self.opt), [])

    def test_overlay(self):
        """It can be written to where modes allow it, and starts anew."""
        for _ in range(2):
            self.ok(minibox('sh', '-c', 'ls /opt; echo x >/opt/x; cat /opt/x',
                            **self.DEVELOPER), 'x\n')
        self.assertEqual(os.listdir(self.opt), [])
        self.assertEqual(minibox('touch', '/x', **self.DEVELOPER).status, 1)

    def test_what_a_build_sees(self):
        """The named tree, no other, and not the home."""
        self.put('own', '')
        self.directory(ALICE.home + '/.ssh', uid=ALICE.uid)
        look = ('sh', '-c', 'ls -A ~ . ; touch new; ls /home')
        self.ok(minibox('-B', '.', *look, **self.there),
                f'.:\nown\n\n{ALICE.home}:\nproject\nalice\n')
        self.assertEqual(os.stat(self.tree + '/new').st_uid, ALICE.uid)
        self.ok(minibox('ls', '-A', ALICE.home, **self.there), '')
        for what in ALICE.home, '/etc', BOB.home:
            result = minibox('-B', what, 'true', **self.there)
            self.refused(result, 126, "box 'build' ")

    def test_no_network(self):
        result = minibox('sh', '-c', 'cat /proc/net/dev', **self.DEVELOPER)
        self.assertEqual(re.findall(r'^ *(\w+):', result.out, re.M), ['lo'])

    def test_limits(self):
        self.refused(minibox('--timeout=3h', 'true', **self.DEVELOPER), 126,
                     'at most 2h')
        result = minibox('--timeout' + SHORT, 'sleep', '100', **self.DEVELOPER)
        self.assertEqual(result.status, 124, result)
        self.ok(minibox('sh', '-c', 'hostname; nice; ulimit -n',
                        **self.DEVELOPER),
                f'build\n{max(10, os.getpriority(os.PRIO_PROCESS, 0))}\n'
                f'{min(4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1])}\n')

    def test_nightly(self):
        """One command line, sources that stay as they are, a result that
        stays."""
        out = SRV + '/nightly/out'
        self.addCleanup(self.empty, out)
        write(SRV + '/nightly/src/build.sh', 'wc -c </src/build.sh >/out/size\n'
              'touch /src/x || echo refused >&2; touch /tmp/x; id -un\n')
        line, = [line for line in shown('build') if 'build.sh' in line]
        result = run('/bin/sh', '-c', line, user=self.nightly)
        self.assertEqual((result.status, result.out), (0, 'nightly\n'), result)
        self.assertIn('refused', result.err)
        self.assertEqual(os.listdir(SRV + '/nightly/src'), ['build.sh'])
        self.assertEqual(os.stat(out + '/size').st_uid, self.nightly.uid)
        for words in ('/bin/sh',), ('/bin/sh', '/src/other.sh'), ('/bin/true',):
            self.refused(minibox(*words, user=self.nightly), 126,
                         "box 'nightly' ")
        self.refused(minibox('/bin/true', user=BOB), 126, 'no box is')
        words = line.split()[1:]
        for limit, answer in ('6h', True), ('7h', False):
            self.assertEqual(self.permits('--timeout=' + limit, *words,
                                          user=self.nightly), answer)


class Judge(Example):
    name = 'judge'
    views = ('judge-gcc', 'judge-python')
    workers = tuple(User(name, uid, '/home/' + name)
                    for name, uid in (('judge1', 4121), ('judge2', 4122)))
    users = (*workers, ALICE)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root('judge-gcc', FRAME, '/work')
        cls.root('judge-python', FRAME, '/work')
        cls.root('judge-run', harness.ROOT, '/work')
        for worker in cls.workers:
            cls.place('/judge/' + worker.name, worker, 0o700)

    def setUp(self):
        super().setUp()
        self.work = SRV + '/judge/judge1'
        self.empty(self.work)

    def test_check(self):
        self.check()

    def put(self, name, text, mode=0o644):
        write(f'{self.work}/{name}', text, mode, self.workers[0].uid)

    def judge(self, box, *changes):
        """A worker runs the line of the comments, with CHANGES: the line that
        came, if one came."""
        line, = [line for line in shown_with('judge', 'setsid')
                 if f' -b {box} ' in line]
        if not HAS_V2:
            line = re.sub(r' --memory=\S+', '', line)
        for old, new in changes:
            self.assertIn(old, line)
            line = line.replace(old, new)
        for name in 'input', 'output', 'errors', 'status', 'messages':
            if not os.path.exists(f'{self.work}/{name}'):
                self.put(name, '')
        run('/bin/sh', '-c', line, user=self.workers[0], cwd=self.work)
        status = read(self.work + '/status')
        return json.loads(status) if status else None

    def verdict(self, line):
        """As the comments have it."""
        if line is None:
            return 'killed'
        if 'error' in line:
            return 'no program' if line['stage'] == 'exec' else 'trouble'
        if 'limit' in line:
            return line['limit']
        return 'done' if line.get('exit-code') == 0 else 'runtime error'

    def runs(self, script, *changes):
        self.put('prog', '#!/bin/sh\n' + script, 0o755)
        line = self.judge('run', *changes)
        return self.verdict(line), line

    def test_verdicts(self):
        """Each end of a submission is told apart from the others."""
        self.put('input', '40 2\n')
        verdict, line = self.runs('read a b; echo $((a + b))')
        self.assertEqual(verdict, 'done')
        self.assertEqual(read(self.work + '/output'), '42\n')
        self.assertLess(line['wall-ms'], 2000)
        for script, wanted in (
                ('exit 3', ('runtime error', 'exit-code', 3)),
                ('exit 125', ('runtime error', 'exit-code', 125)),
                ('kill -SEGV $$', ('runtime error', 'signal', signal.SIGSEGV)),
                ('sleep 100 & wait', ('time', 'exit-code', 124))):
            verdict, line = self.runs(script, ('=2s', SHORT))
            self.assertEqual((verdict, wanted[1], line.get(wanted[1])), wanted)
        self.assertEqual(self.runs('kill -9 0')[0], 'killed')
        remove(self.work + '/prog')
        self.assertEqual(self.verdict(self.judge('run')), 'no program')

    def test_too_much_output(self):
        verdict, line = self.runs('exec dd if=/dev/zero bs=1M count=65')
        if HAS_V2 and verdict == 'memory':      # a file in memory is memory
            kind = subprocess.run(['stat', '-f', '-c', '%T', self.work],
                                  stdout=subprocess.PIPE, text=True).stdout
            self.assertIn(kind, ('tmpfs\n', 'overlayfs\n'))    # of one
            self.assertEqual(line.get('signal'), 9)
            return
        self.assertEqual((verdict, line.get('signal')),
                         ('runtime error', signal.SIGXFSZ))
        self.assertEqual(os.path.getsize(self.work + '/output'), 64 << 20)

    @unittest.skipUnless(HAS_V2, 'this host has no cgroup v2')
    def test_memory(self):
        eat = 'dd if=/dev/zero of=/dev/null bs={}M count=1'
        self.assertEqual(self.runs(eat.format(30))[0], 'done')
        verdict, line = self.runs(eat.format(100))
        self.assertEqual((verdict, line['signal']), ('memory', 9))
        self.assertLessEqual(line.get('memory-peak', 0), 64 << 20)

    @unittest.skipUnless(HAS_V2, 'this host has no cgroup v2')
    def test_processes(self):
        verdict, _ = self.runs('for i in 1 2 3 4; do for j in 1 2 3 4; do '
                               'sleep 100 & done; done; exit 0')
        self.assertEqual(verdict, 'runtime error')
        self.assertIn('Resource temporarily unavailable',
                      read(self.work + '/errors'))

    @unittest.skipUnless(HAS_COMPILER, 'gcc is not installed')
    def test_compiled(self):
        """Sources become a program of the next box, or messages."""
        self.put('main.c', '#include <math.h>\n#include <stdio.h>\n'
                 'int main(void) { double x; scanf("%lf", &x);\n'
                 'printf("%.0f\\n", sqrt(x)); return 0; }\n')
        self.put('input', '1764\n')
        self.assertEqual(self.verdict(self.judge('compile')), 'done',
                         read(self.work + '/messages'))
        self.assertEqual(self.verdict(self.judge('run')), 'done')
        self.assertEqual(read(self.work + '/output'), '42\n')
        self.put('main.c', 'int main(void) { return }\n')
        self.assertEqual(self.judge('compile')['exit-code'], 1)
        self.assertIn('main.c:1', read(self.work + '/messages'))

    def test_compiler_has_one_command_line(self):
        line, = [line for line in shown('judge') if '-b compile' in line]
        words = re.search('gcc .*-lm', line).group().split()
        self.assertTrue(self.permits('-b', 'compile', *words,
                                     user=self.workers[0]))
        for other in ([*words, '-v'], words[:-1], ['/bin/sh']):
            self.assertFalse(self.permits('-b', 'compile', *other,
                                          user=self.workers[0]))

    def test_python(self):
        """The script runs, and starts nothing else; without exec = listed it
        would."""
        self.put('input', '6 7\n')
        self.put('main.py', 'import os, subprocess\n'
                 'a, b = map(int, input().split())\nprint(a * b)\n'
                 'for path in "/usr/bin/id", "/tmp/id":\n'
                 '    try:\n'
                 '        if path[1] == "t":\n'
                 '            open(path, "wb").write(open("/usr/bin/id", "rb")'
                 '.read())\n'
                 '            os.chmod(path, 0o755)\n'
                 '        subprocess.run([path, "-u"])\n'
                 '    except OSError as e:\n'
                 '        print(e.strerror)\n')
        for text, wanted in ((self.text, '42\n' + 2 * 'Permission denied\n'),
                             (self.text.replace('exec = listed', 'exec = any'),
                              f'{self.workers[0].uid}\n' * 2 + '42\n')):
            harness.write_policy(text)
            self.assertEqual(
                self.verdict(self.judge('python', ('=5s', '=20s'))), 'done',
                read(self.work + '/errors'))
            self.assertEqual(read(self.work + '/output'), wanted)

    def test_what_a_submission_reaches(self):
        """Its own directory, read-only, and nothing else of the host."""
        other = SRV + '/judge/judge2'
        write(other + '/secret', 'x', uid=self.workers[1].uid)
        self.runs('ls /work /home /proc; ls -d /var/srv; touch /work/x; '
                  'whoami || exit 0')
        self.assertEqual(read(self.work + '/output'),
                         '/home:\n\n/proc:\n\n/work:\nerrors\ninput\nmessages\n'
                         'output\nprog\nstatus\n')
        self.assertRegex(read(self.work + '/errors'),
                         '(?s)/var/srv: No such file.*'
                         '/work/x: Read-only file system.*whoami: ')
        self.assertEqual(minibox('-b', 'run', '/bin/ls', '/work',
                                 user=self.workers[1]).out, 'secret\n')

    def test_no_network(self):
        with on_the_host() as port:
            for text, verdict, output in (
                    (self.text, 'runtime error', ''),
                    (self.text.replace('network = none', 'network = host'),
                     'done', 'reached\n')):
                harness.write_policy(text)
                self.assertEqual(self.runs(f'nc 127.0.0.1 {port}')[0], verdict)
                self.assertEqual(read(self.work + '/output'), output)

    def test_one_at_a_time(self):
        """Of each worker; and nobody else is one."""
        mark = self.mark()
        self.start(MINIBOX, '-b', 'run', '/bin/sleep', mark,
                   user=self.workers[0])
        wait_for(lambda: len(pids_with(mark)) >= 3, 'the command')
        verdict, line = self.runs('exit 0')
        self.assertEqual((verdict, line['stage']), ('trouble', 'policy'))
        self.ok(minibox('-b', 'run', '/bin/true', user=self.workers[1]))
        self.refused(minibox('-b', 'run', '/bin/true', user=ALICE), 126)

    def test_limits(self):
        """Of a process, as far as those of the test allow."""
        def hard(what, most, unit=1):
            limit = resource.getrlimit(getattr(resource, 'RLIMIT_' + what))[1]
            limits = [each for each in (most, limit) if each != -1]
            return str(min(limits) // unit) if limits else 'unlimited'
        self.runs('ulimit -n; ulimit -t; ulimit -s; hostname; echo $LANG')
        self.assertEqual(read(self.work + '/output').split(), [
            hard('NOFILE', 64), hard('CPU', 30), hard('STACK', -1, 1024),
            'judge', 'C.UTF-8'])
        self.assertFalse(self.permits('-b', 'run', '-e', 'X=1', '/work/prog',
                                      user=self.workers[0]))

    def test_limits_only_shrink(self):
        for option in '--timeout=11s', '--memory=257M', '--pids-limit=17':
            self.assertEqual(
                self.permits('-b', 'run', option, '/work/prog',
                             user=self.workers[0]),
                not HAS_V2 and 'timeout' not in option)


# What is to be found on the host and in no box
CANARY = '/etc/minibox-test-canary'
# Runs in a shell: is it that of the box?
LOOK = f'cat {CANARY} 2>/dev/null; hostname; id -un'
BOXED = '/usr/local/bin/boxed'
HOST = os.uname().nodename
PASSWORD = 'guest'
HASH = ('$6$minibox$fsUeuU5rbcFziae1VEuPVygD7lh.dxUynw9W0APmwRYGOXlWCPWXhIx7'
        'axkyyKGgI0BS0dwwjqJUkb4ikZgyZ1')


class LoginExample(Example):
    name = 'login'
    views = ('login',)
    groups = {'boxed': 5131}
    ann = User('ann', 4131, '/home/ann')        # 1. the login shell
    fay = User('fay', 4132, '/home/fay')        # 2. ForceCommand
    gus = User('gus', 4133, '/home/gus')        # ForceCommand, with the script
    hal = User('hal', 4134, '/home/hal')        # ForceCommand and bash
    max = User('max', 4135, '/home/max')        # no box: the negative control
    users = (ann, fay, gus, hal, max)
    shells = {'ann': MINIBOX, 'hal': '/bin/bash'}
    passwords = {'ann': HASH}

    @classmethod
    def members(cls, group):
        return 'ann', 'fay', 'gus', 'hal'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root('login', FRAME)
        for user in cls.users:
            cls.place('/boxed/' + user.name, user, 0o700)
        write(CANARY, 'outside\n')
        cls.addClassCleanup(remove, CANARY)

    def setUp(self):
        super().setUp()
        for user in self.users:
            self.empty(f'{SRV}/boxed/{user.name}')

    def terminal(self, *argv):
        terminal = Terminal(*argv, user=SUPERUSER)
        self.addCleanup(terminal.close)
        return terminal

    def greeted(self, terminal, user, where='login'):
        """It is a shell with job control: of the box, or (WHERE) outside."""
        # The line is echoed with a " in the word, and printed without it.
        terminal.send(f'{LOOK}; echo "--"rea""dy\n')
        seen = terminal.expect(r'(?s)(.*)\n--ready\r\n').group(1)
        self.assertTrue(seen.endswith(f'{where}\r\n{user}\r'), seen)
        self.assertEqual('outside\r\n' in seen, where != 'login', seen)
        self.assertNotIn('job control', seen)

    def talk(self, terminal, user):
        """Ctrl-C ends what runs in the foreground and nothing else, the window
        has its size, and the exit status comes out."""
        self.greeted(terminal, user)
        mark = self.mark()
        terminal.send(f'sleep {mark}\n')
        self.wait_for_sleep(mark)
        terminal.send('\x03')
        terminal.send('echo al""ive; stty size; shopt -q login_shell; '
                      'echo login-$?\n')
        terminal.expect('alive\r\n')
        size = terminal.expect(r'(\d+ \d+)\r\nlogin-0').group(1)
        self.assertEqual(pids_with(mark), [])
        return size

    def wait_for_sleep(self, mark):
        def names():
            for pid in pids_with(mark):
                with contextlib.suppress(OSError):
                    yield read(f'/proc/{pid}/comm')
        wait_for(lambda: 'sleep\n' in names(), 'the command')


@unittest.skipUnless(shutil.which('su'), 'su is not installed')
class Su(LoginExample):
    def test_check(self):
        self.check()

    def test_command(self):
        """The box runs it; an account with another shell is outside."""
        for user, where in (self.ann, 'login\nann\n'), (
                self.max, f'outside\n{HOST}\nmax\n'):
            result = run('su', '-', user.name, '-c', LOOK + '; exit 7',
                         user=SUPERUSER)
            self.assertEqual((result.status, result.out), (7, where), result)
        result = run('su', '-', 'ann', '-c', 'id; echo hi', user=SUPERUSER)
        self.ok(result)
        self.assertRegex(result.out, r'\Auid=4131\(ann\) gid=4131(\(ann\))? '
                         r'groups=.*5131\(boxed\).*\nhi\n\Z')

    def test_files(self):
        """What is put in ~/files stays, and nothing else does."""
        self.ok(run('su', '-', 'ann', '-c', 'echo kept >files/f; echo x >x; '
                    'mkdir .ssh; umask; pwd; ls -A', user=SUPERUSER),
                '0077\n/home/ann\n.ssh\nfiles\nx\n')
        self.assertEqual(read(f'{SRV}/boxed/ann/f'), 'kept\n')
        self.assertEqual(os.listdir(self.ann.home), [])

    def test_terminal(self):
        terminal = self.terminal(shutil.which('su'), '-', 'ann')
        modes = terminal.modes()
        self.talk(terminal, 'ann')
        terminal.send('exit 5\n')
        self.assertEqual(terminal.wait(), 5)
        self.assertEqual(terminal.modes(), modes)

    def test_shells(self):
        """Who knows the password gets another shell of the account if, and
        only if, minibox is in /etc/shells."""
        shells = read('/etc/shells') if os.path.exists('/etc/shells') else ''
        self.addCleanup(write, '/etc/shells', shells)
        for more, where in ('', 'login'), (MINIBOX + '\n', 'outside'):
            write('/etc/shells', shells + more)
            terminal = Terminal(shutil.which('su'), '-s', '/bin/sh', 'ann',
                                '-c', LOOK, user=BOB)
            self.addCleanup(terminal.close)
            terminal.expect('Password: ')
            terminal.send(PASSWORD + '\n')
            terminal.expect(rf'\n{where}\r\n(.*\r\n)?ann\r\n')


def sshd_lines():
    """What the comments say: the Match, the line with ForceCommand, that of
    sftp, and the script."""
    lines = shown('login')

    def block(first, more):
        begin = end = lines.index(first)
        while more(lines[end + 1]):
            end += 1
        return lines[begin:end + 1]

    forced, = [line for line in lines if line.lstrip().startswith('ForceC')]
    subsystem, = [line for line in lines if line.startswith('Subsystem')]
    return (block('Match Group boxed', lambda line: line.startswith(' ')),
            forced, subsystem, block('#!/bin/sh', lambda line: 'SSH_' in line))


@unittest.skipIf(sshd.MISSING, f'not installed: {sshd.MISSING}')
class Ssh(LoginExample):
    """Over a real connection."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        block, forced, subsystem, script = sshd_lines()
        if 'sshd:' not in read('/etc/passwd'):
            with open('/etc/passwd', 'a') as file:
                file.write('sshd:*:4139:65534::/run/sshd:/bin/false\n')
        write(BOXED, '\n'.join([*script, '']), 0o755)
        cls.addClassCleanup(remove, BOXED)
        # All are in the group; some get one line more.
        cls.blocks = '\n'.join([
            'Match User fay,hal', forced,
            'Match User gus', forced.replace(MINIBOX, BOXED), *block, ''])
        cls.server = sshd.Server('ssh', f'{subsystem}\n{cls.blocks}')
        cls.addClassCleanup(cls.server.stop)

    def ssh(self, user, *words, **options):
        return self.server.ssh(user, *words, **options)

    def at_a_terminal(self, user):
        """`ssh USER@HOST` in a shell script, which says how it ended."""
        command = shlex.join(self.server.argv(user, '-tt'))
        terminal = self.terminal('/bin/sh', '-c',
                                 f'read x; {command}; echo status=$?; read x')
        modes = terminal.modes()
        terminal.send('\n')
        return terminal, modes

    def processes_of(self, user):
        """What runs as USER, but for zombies that wait for the host's init."""
        def runs(pid):
            with contextlib.suppress(OSError):
                return (os.stat(f'/proc/{pid}').st_uid == user.uid and
                        (harness.stat_of(pid) or 'Z')[0] != 'Z')
        return [pid for pid in harness.all_pids() if runs(pid)]

    def nothing_is_left(self, user):
        wait_for(lambda: not self.processes_of(user), 'the end of the box')

    def test_command(self):
        """The box runs it, and it ends as without one; the control is
        outside."""
        with self.server.one_connection('max', 'ann', 'gus'):
            self.ok(self.ssh('max', LOOK), f'outside\n{HOST}\nmax\n')
            for user in 'ann', 'gus':
                result = self.ssh(user, LOOK + '; echo to stderr >&2; exit 7')
                self.assertEqual(result, (7, f'login\n{user}\n', 'to stderr\n'))
            for script in 'exit 255', 'kill -TERM $$', 'nosuch 2>/dev/null':
                self.assertEqual(self.ssh('ann', script).status,
                                 self.ssh('max', script).status, script)

    def test_shell_without_terminal(self):
        """Standard input is what the shell of the box reads."""
        for user in 'ann', 'fay', 'gus':
            self.ok(self.ssh(user, input=LOOK), f'login\n{user}\n')

    def test_bytes(self):
        data = bytes(range(256)) * 2000 + os.urandom(1000)
        for user in 'ann', 'gus':
            result = subprocess.run(self.server.argv(user, 'tee /dev/stderr'),
                                    input=data, capture_output=True,
                                    timeout=harness.LIMIT)
            self.assertEqual(result.returncode, 0, user)
            self.assertTrue(data == result.stdout == result.stderr, user)

    def test_environment(self):
        """That of the box: nothing of the connection unless the policy keeps
        it."""
        with self.server.one_connection('max', 'ann', 'gus'):
            self.assertIn('SSH_CONNECTION=', self.ssh('max', 'env').out)
            for user in 'ann', 'gus':
                result = self.ssh(user, 'env')
                self.ok(result)
                self.assertNotIn('SSH_', result.out)
                self.assertIn('\nHOME=/home/' + user, '\n' + result.out)
            harness.write_policy(self.text, 'env-keep = SSH_CONNECTION\n')
            result = self.ssh('ann', 'env')
            self.assertIn('SSH_CONNECTION=127.0.0.1 ', result.out)
            self.assertNotIn('SSH_CLIENT', result.out)

    def test_terminal(self):
        """Keys, window, exit status, and the terminal of the client
        afterwards."""
        for user in 'ann', 'fay', 'gus':
            terminal, modes = self.at_a_terminal(user)
            self.talk(terminal, user)
            terminal.send('trap "echo wi""nch" WINCH; '
                          'until [ "$(stty size)" = "33 99" ]; do sleep 0.05; '
                          'done; echo si""zed\n')
            fcntl.ioctl(terminal.fd, termios.TIOCSWINSZ,
                        struct.pack('HHHH', 33, 99, 0, 0))
            terminal.expect('sized\r\n')
            terminal.send('exit 5\n')
            terminal.expect('status=5\r\n')
            self.assertEqual(terminal.modes(), modes)
            terminal.close()
            self.nothing_is_left(getattr(self, user))

    def hang_up(self, user, end):
        """A session with something in the foreground, and something else that
        has left it, ends by END(terminal)."""
        mark, away = self.mark(), self.mark()
        terminal = self.terminal(*self.server.argv(user, '-tt'))
        self.greeted(terminal, user,
                     HOST if user == 'max' else 'login')
        terminal.send(f'setsid sleep {away} &\nsleep {mark}\n')
        self.wait_for_sleep(mark)
        self.wait_for_sleep(away)
        end(terminal)
        wait_for(lambda: not pids_with(mark), 'what was in the foreground')
        return away

    def test_hang_up(self):
        """However the client ends, nothing of the box is left; without a box,
        what has left the session stays."""
        def kill(terminal):
            os.kill(terminal.pid, signal.SIGKILL)
        for user, end in (('ann', kill), ('ann', Terminal.close),
                          ('fay', kill)):
            self.hang_up(user, end)
            self.nothing_is_left(getattr(self, user))
        away = self.hang_up('max', kill)
        pid, = pids_with(away)
        os.kill(pid, signal.SIGKILL)

    def test_hang_up_without_terminal(self):
        """The command learns of it as the end of its input, no more; it does
        not end, box or not.  The time limit is what ends it."""
        self.assertIn('\ntimeout = ', self.text)
        for user in self.ann, self.max:
            mark = self.mark()
            client = self.start(*self.server.argv(
                user.name, f'echo ready; cat; exec sleep {mark}'),
                user=SUPERUSER, stdin=subprocess.PIPE)
            self.expect(client, b'ready\n')
            client.kill()
            self.wait_for_sleep(mark)
            self.stays(user)

    def test_hang_up_that_is_ignored(self):
        """By the command and its shell: it does not end, box or not."""
        for user in self.ann, self.max:
            mark = self.mark()
            terminal = self.terminal(*self.server.argv(user.name, '-tt'))
            terminal.send(f'trap "" HUP; sleep {mark}\n')
            self.wait_for_sleep(mark)
            os.kill(terminal.pid, signal.SIGKILL)
            self.stays(user)

    def stays(self, user):
        """What USER runs, also without the connection; then it is ended."""
        wait_for(lambda: not harness.children_of(self.server.process.pid),
                 'the end of the connection')
        self.assertTrue(self.processes_of(user))
        for number in signal.SIGTERM, signal.SIGKILL:
            for pid in self.processes_of(user):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
        self.nothing_is_left(user)

    def test_forced_command_takes_no_other(self):
        """What the client asks for is not looked at, or is one argument; it
        never reaches the shell outside."""
        with self.server.one_connection('fay', 'gus', 'max'):
            for user in 'fay', 'gus':
                mark = f'/home/{user}/escaped'
                for text in ('{}', '; {}', '$({})', '`{}`', '"; {}; "',
                             "'; {}; '", 'x\n{}', '" || {} #', '-b x; {}'):
                    self.ssh(user, text.format(f'touch {mark}'))
                    self.assertFalse(os.path.exists(mark), (user, text))
            self.ok(self.ssh('max', 'touch escaped'))               # control
            self.assertTrue(os.path.exists('/home/max/escaped'))

    def test_startup_files_outside(self):
        """/bin/sh reads no file of the user before minibox, as bash does."""
        for user in 'fay', 'hal':
            home = '/home/' + user
            os.mkdir(home + '/.ssh')
            for name in ('.bashrc', '.bash_profile', '.bash_login', '.profile',
                         '.shrc', '.kshrc', '.ssh/rc', '.ssh/environment'):
                write(f'{home}/{name}', f'touch {home}/escaped\n', 0o755)
            os.chown(home, getattr(self, user).uid, -1)
            self.ok(self.ssh(user, input=LOOK), f'login\n{user}\n')
            self.assertEqual(user == 'hal', os.path.exists(home + '/escaped'))

    def test_settings(self):
        """Of the Match for each of the group, and of nobody else."""
        for user in self.users:
            text = subprocess.run(
                [sshd.SSHD, '-T', '-f', self.server.directory + '/config', '-C',
                 f'user={user.name},host=x,addr=127.0.0.1'],
                check=True, stdout=subprocess.PIPE, text=True).stdout
            for name in ('allowtcpforwarding', 'allowstreamlocalforwarding',
                         'allowagentforwarding', 'permittunnel',
                         'x11forwarding', 'permituserrc'):
                self.assertEqual(f'\n{name} no\n' in text, user != self.max,
                                 (user.name, name))

    def test_forwarding(self):
        """Nobody of the group reaches the network or the files of the host
        through sshd."""
        with on_the_host() as port:
            target = f'127.0.0.1:{port}'
            for user in 'max', 'ann', 'fay', 'gus':
                result = self.ssh(user, before=['-W', target])
                self.assertEqual(result.out, 'reached\n' if user == 'max'
                                 else '', result)
                for place in '0', f'/home/{user}/socket':
                    result = self.ssh(user, 'exit', before=[
                        '-o', 'ExitOnForwardFailure=yes', '-R',
                        f'{place}:{target}'])
                    self.assertEqual(result.status == 0, user == 'max', result)
                self.assertEqual(os.path.exists(f'/home/{user}/socket'),
                                 user == 'max')

    def copy(self, user, *options, server=None):
        """What comes up with scp, and what comes down: the file outside."""
        down = self.server.directory + '/down'
        remove(down)
        remove(f'{SRV}/boxed/{user}/up')
        statuses = []
        for pair in ((f'{EXAMPLES}/lab.conf', f'{user}@127.0.0.1:files/up'),
                     (f'{user}@127.0.0.1:{CANARY}', down)):
            argv = (server or self.server).argv(user, *options, *pair,
                                                program='scp')
            # Where nobody answers, the client waits.
            limit = str((1 if user == 'fay' else 20) * harness.SLOW)
            result = run('timeout', limit, *argv, user=SUPERUSER)
            statuses.append(result.status == 0)
        self.assertEqual(statuses[0], os.path.exists(f'{SRV}/boxed/{user}/up'))
        self.assertEqual(statuses[1], os.path.exists(down))
        return statuses

    @unittest.skipUnless(os.path.exists(sshd.SFTP_SERVER),
                         'openssh-sftp-server is not installed')
    def test_scp(self):
        """It works in the box if that has the server, and shows only it."""
        with self.server.one_connection('max', 'ann', 'fay', 'gus'):
            link = self.max.home + '/files'
            os.symlink(f'{SRV}/boxed/max', link)
            self.assertEqual(self.copy('max'), [True, True])        # control
            for user, answer in ('ann', True), ('gus', True), ('fay', False):
                self.assertEqual(self.copy(user), [answer, False], user)
            self.assertEqual(self.copy('ann', '-O'), [True, False])
            # The same with a root file system that has no servers.
            self.root('without', harness.ROOT)
            harness.write_policy(re.sub(
                '(?m)^(rootfs = ).*', rf'\1{ROOTFS}/without', self.text
            ).replace('/bin/bash', '/bin/sh').replace('\nbind = /usr\n', '\n'))
            for options in (), ('-O',):
                self.assertEqual(self.copy('ann', *options), [False, False])

    def test_internal_sftp(self):
        """It is a way out for a login shell, and none for a forced command."""
        server = sshd.Server('internal',
                             'Subsystem sftp internal-sftp\n' + self.blocks)
        self.addCleanup(server.stop)
        for user, answer in ('ann', True), ('fay', False), ('gus', False):
            self.assertEqual(self.copy(user, server=server)[1], answer, user)
