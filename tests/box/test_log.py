# SPDX-License-Identifier: MIT
"""Does the log say who ran what, and does it never hold anybody up?"""

import contextlib
import fcntl
import os
import re
import shutil
import socket
import struct
import subprocess
import time

import harness
from harness import (ALICE, BOB, POLICY, ROOT, SUPERUSER, Terminal, box, minibox,
                     wait_for, write_policy)

DEVICE = '/dev/log'
TRUE = '/bin/true'
TIOCGPTN = 0x80045430   # ioctl_tty(2)


def setUpModule():
    """A /dev of the stage's own, with everything that the host's has."""
    for name in 'upper', 'work':
        os.mkdir(f'{harness.SCRATCH}/dev-{name}')
    subprocess.run(['mount', '-t', 'overlay', '-o',
                    f'lowerdir=/dev,upperdir={harness.SCRATCH}/dev-upper,'
                    f'workdir={harness.SCRATCH}/dev-work', 'overlay',
                    f'{harness.SCRATCH}/dev-upper'], check=True)
    for name in 'pts', 'shm':
        subprocess.run(['mount', '--rbind', f'/dev/{name}',
                        f'{harness.SCRATCH}/dev-upper/{name}'], check=True)
    subprocess.run(['mount', '--move', f'{harness.SCRATCH}/dev-upper', '/dev'],
                   check=True)


def tearDownModule():
    subprocess.run(['umount', '-R', '/dev'], check=True)


class Case(harness.Case):
    def tearDown(self):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(DEVICE)
        super().tearDown()

    def daemon(self):
        """A socket at /dev/log, which nobody reads yet."""
        daemon = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(daemon.close)
        daemon.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        daemon.bind(DEVICE)
        os.chmod(DEVICE, 0o666)
        daemon.settimeout(harness.LIMIT)
        return daemon

    def said(self, daemon):
        """All that waits there; every line is root's."""
        lines = []
        daemon.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                data, extra, _, _ = daemon.recvmsg(65536, 128)
                (_, _, credentials), = extra
                pid, uid, gid = struct.unpack('3i', credentials[:12])
                self.assertEqual(uid, 0)
                self.assertIn(f'minibox[{pid}]: '.encode(), data)
                lines.append(re.sub(r'\[\d+\]', '[PID]', data.decode(), count=1))
        return lines


class Lines(Case):
    def test_permit(self):
        daemon = self.daemon()
        self.ok(minibox('/bin/sh', '-c', 'exit 3', cwd='/tmp'), status=3)
        self.assertEqual(self.said(daemon), [
            '<85>minibox[PID]: alice(4001) : TTY=none ; PWD=/tmp ; BOX=demo ; '
            f'ROOT={ROOT} ; COMMAND=/bin/sh -c "exit 3"'])

    def test_shell_and_name(self):
        daemon = self.daemon()
        self.ok(minibox('-c', 'exit 0', cwd='/'))
        self.ok(minibox('true', cwd='/'))
        lines = self.said(daemon)
        self.assertRegex(lines[0], r'COMMAND=/bin/sh -c "exit 0"\Z')
        self.assertRegex(lines[1], r'COMMAND=true\Z')

    def test_before_the_command(self):
        daemon = self.daemon()
        mark = self.mark()
        process = subprocess.Popen(
            [harness.MINIBOX, 'sleep', mark], preexec_fn=lambda:
            harness.become(ALICE), env=harness.environment(), cwd='/')
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        wait_for(lambda: len(harness.pids_with(mark)) >= 3, 'the command')
        self.assertEqual(len(self.said(daemon)), 1)

    def test_terminal(self):
        daemon = self.daemon()
        terminal = Terminal(harness.MINIBOX, '/bin/true')
        self.addCleanup(terminal.close)
        number, = struct.unpack('I', fcntl.ioctl(terminal.fd, TIOCGPTN,
                                                 bytes(4)))
        line = daemon.recv(65536).decode()
        self.assertIn(f' TTY=pts/{number} ; ', line)

    def test_deny(self):
        write_policy(box(command='/bin/true', allow_bind='/x'),
                     box('bobs', users='bob'))
        daemon = self.daemon()
        self.refused(minibox('-b', 'demo', '/bin/ls', '/x y', cwd='/tmp'), 126)
        self.refused(minibox('-b', 'bobs', TRUE, cwd='/tmp'), 126)
        self.refused(minibox('-b', 'no\nsuch', TRUE, cwd='/tmp'), 126)
        self.refused(minibox('-b', 'none2', '-c', 'exit 1', cwd='/tmp'), 126)
        self.refused(minibox('-b', 'demo', '-c', 'exit 1', cwd='/tmp'), 126)
        self.refused(minibox('-b', 'demo', '-B', '/x\nforged:/y', TRUE,
                             cwd='/tmp'), 126)
        self.refused(minibox('--timeout=1s', '-b', 'demo', '-e', 'A=b',
                             '/bin/true', cwd='/tmp'), 126)
        start = '<81>minibox[PID]: alice(4001) : '
        self.assertEqual(self.said(daemon), [
            start + 'command not allowed ; TTY=none ; PWD=/tmp ; BOX=demo ; '
            'COMMAND=/bin/ls "/x y"',
            start + 'box not available ; TTY=none ; PWD=/tmp ; BOX=bobs ; '
            'COMMAND=/bin/true',
            start + 'box not available ; TTY=none ; PWD=/tmp ; '
            'BOX="no\\x0asuch" ; COMMAND=/bin/true',
            start + 'box not available ; TTY=none ; PWD=/tmp ; BOX=none2 ; '
            'COMMAND=-c "exit 1"',
            start + 'command not allowed ; TTY=none ; PWD=/tmp ; BOX=demo ; '
            'COMMAND=/bin/sh -c "exit 1"',
            start + "box 'demo' does not allow -B /x\\x0aforged:/y ; "
            'TTY=none ; PWD=/tmp ; BOX=demo ; COMMAND=/bin/true',
            start + "box 'demo' does not allow -e ; TTY=none ; PWD=/tmp ; "
            'BOX=demo ; COMMAND=/bin/true'])

    def test_too_many(self):
        write_policy(box(max_running=1))
        mark = self.mark()
        self.start(harness.MINIBOX, '/bin/sleep', mark)
        wait_for(lambda: len(harness.pids_with(mark)) >= 3, 'the box')
        daemon = self.daemon()
        self.refused(minibox(TRUE, cwd='/tmp'), 126, 'of it running')
        self.assertEqual(self.said(daemon), [
            '<81>minibox[PID]: alice(4001) : max-running reached ; TTY=none ; '
            'PWD=/tmp ; BOX=demo ; COMMAND=/bin/true'])

    def test_policy_error(self):
        write_policy(box() + 'usres = alice\n')
        daemon = self.daemon()
        self.refused(minibox(TRUE, cwd='/tmp'), 125, 'policy error')
        self.assertEqual(self.said(daemon), [
            f'<83>minibox[PID]: alice(4001) : {POLICY}:5: unknown key '
            "'usres' (did you mean 'users'?) ; TTY=none ; PWD=/tmp"])

    def test_policy_error_always(self):
        """Whoever asks, and whatever the policy would have said of the log."""
        write_policy('[minibox]\nlog = none\n', box() + 'usres = alice\n')
        daemon = self.daemon()
        for words in ('-n', TRUE), ('-l',), (TRUE,):
            self.refused(minibox(*words, cwd='/tmp'), 125, 'policy error')
            line, = self.said(daemon)
            self.assertTrue(line.startswith('<83>minibox[PID]: alice'), line)

    def test_what_is_not_logged(self):
        write_policy(box(user_env='yes', allow_bind='/usr/local/lib/minibox-test/:/tmp/'))
        secret = '/usr/local/lib/minibox-test/SECRET'
        os.mkdir(secret)
        self.addCleanup(os.rmdir, secret)
        daemon = self.daemon()
        self.ok(minibox('-e', 'A=SECRET', '-B', f'{secret}:/tmp/SECRET', TRUE,
                        env={'B': 'SECRET'}))
        line, = self.said(daemon)
        self.assertTrue(line.endswith('COMMAND=/bin/true'), line)

    def test_key(self):
        for value, permits, denies in (
                (None, 1, 1), ('all', 1, 1), ('denied', 0, 1), ('none', 0, 0)):
            with self.subTest(value):
                head = f'[minibox]\nlog = {value}\n' if value else ''
                write_policy(head + box(command='/bin/true'))
                daemon = self.daemon()
                self.ok(minibox(TRUE))
                self.assertEqual(len(self.said(daemon)), permits)
                self.refused(minibox('/bin/false'), 126)
                self.assertEqual(len(self.said(daemon)), denies)
                os.unlink(DEVICE)

    def test_nothing_was_run(self):
        """-n, -l and the like are no events; nor is what root asks."""
        daemon = self.daemon()
        for words in (('-n', TRUE), ('-l',), ('-n', '-b', 'x', TRUE), ('-V',),
                      ('--check', POLICY), ('--nonsense',)):
            minibox(*words)
            minibox(*words, user=SUPERUSER)
        self.assertEqual(self.said(daemon), [])

    def test_long(self):
        daemon = self.daemon()
        self.ok(minibox(TRUE, 'x' * 100_000))
        line, = self.said(daemon)
        self.assertEqual(len(line.replace('PID', '1' * 5)) // 50, 2047 // 50)
        self.assertTrue(line.endswith('x...'))


class NobodyListens(Case):
    """A failure to log changes nothing."""

    def works(self):
        start = time.monotonic()
        self.ok(minibox(TRUE))
        self.assertLess(time.monotonic() - start, 2 * harness.SLOW)
        self.refused(minibox('-b', 'nosuch', TRUE), 126)

    def test_no_socket(self):
        self.works()

    def test_dead_socket(self):
        self.daemon().close()
        self.works()

    def test_full(self):
        """The queue of a daemon that never reads."""
        daemon = self.daemon()
        filler = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(filler.close)
        filler.setblocking(False)
        with self.assertRaises(BlockingIOError):
            while True:
                filler.sendto(b'x', DEVICE)
        self.works()
        daemon.recv(100)
        self.works()        # its lines come behind the others

    def test_other_things(self):
        for make in (lambda: os.mkdir(DEVICE), lambda: os.mkfifo(DEVICE),
                     lambda: os.symlink('/nowhere', DEVICE),
                     lambda: os.symlink(DEVICE, DEVICE),
                     lambda: open(DEVICE, 'w').close()):
            make()
            self.works()
            os.rmdir(DEVICE) if os.path.isdir(DEVICE) else os.unlink(DEVICE)

    def test_stream_socket(self):
        stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.addCleanup(stream.close)
        stream.bind(DEVICE)
        stream.listen()
        self.works()

    def test_nothing_is_left_of_it(self):
        """The command has no descriptor of it."""
        self.daemon()
        self.ok(minibox(harness.PROBE, 'fds'), '0\n1\n2\n')


class Daemon(Case):
    def test_busybox_syslogd(self):
        """A real daemon takes the line, with its level and without a second
        time stamp."""
        busybox = shutil.which('busybox')
        if not busybox:
            self.skipTest('busybox is not installed')
        log = f'{harness.SCRATCH}/messages'
        daemon = subprocess.Popen([busybox, 'syslogd', '-n', '-O', log],
                                  stdout=subprocess.DEVNULL)
        self.addCleanup(daemon.wait)
        self.addCleanup(daemon.terminate)
        wait_for(lambda: os.path.exists(DEVICE), 'the daemon')
        self.ok(minibox(TRUE, cwd='/tmp'))
        self.refused(minibox('-b', 'x', TRUE, cwd='/tmp'), 126)

        def lines():
            with contextlib.suppress(FileNotFoundError), open(log) as file:
                return [line for line in file if ' minibox[' in line]
            return []
        wait_for(lambda: len(lines()) == 2, 'the lines')
        first, second = lines()
        stamp = r'\w{3} [ \d]\d \d\d:\d\d:\d\d \S+ '
        self.assertRegex(first, rf'\A{stamp}authpriv\.notice minibox\[\d+\]: '
                         r'alice\(4001\) : TTY=none ; PWD=/tmp ; BOX=demo ; ')
        self.assertRegex(second, rf'\A{stamp}authpriv\.alert minibox\[\d+\]: '
                         r'alice\(4001\) : box not available ; ')
