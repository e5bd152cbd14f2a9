# SPDX-License-Identifier: MIT
"""Does a box behave at a terminal as its command would without a box?"""

import fcntl
import os
import shutil
import signal
import struct
import subprocess
import termios
import time
import unittest

import harness
from harness import (MINIBOX, PROBE, Terminal, children_of, pids_with, stat_of,
                     wait_for)

BASH = shutil.which('bash') or '/bin/bash'


class Case(harness.Case):
    def terminal(self, *argv, **options):
        terminal = Terminal(*argv, **options)
        self.addCleanup(terminal.close)
        return terminal

    def name_of(self, pid):
        try:
            return harness.read(f'/proc/{pid}/comm').strip()
        except OSError:
            return ''

    def wait_for_sleep(self, mark):
        wait_for(lambda: any(self.name_of(pid) == 'sleep'
                             for pid in pids_with(mark)), 'the command')

    def foreground_stays(self, terminal, group):
        wait_for(lambda: terminal.foreground() == group, 'the foreground', 5)


class JobControl(Case):
    """In a shell with job control outside."""

    def setUp(self):
        super().setUp()
        self.shell = self.terminal(BASH, '--norc', '--noprofile',
                                   '--noediting', '-i')
        self.shell.expect('outside> ')
        self.modes = self.shell.modes()

    def send(self, text):
        self.shell.send(text)

    def expect(self, pattern):
        return self.shell.expect(pattern)

    def status(self, wanted):
        """Back at the shell, with everything as before."""
        self.expect('outside> ')
        self.send('echo status=$?\n')
        self.expect(rf'status={wanted}\r\n')
        self.expect('outside> ')
        self.assertEqual(self.shell.foreground(), self.shell.pid)
        self.assertEqual(self.shell.modes(), self.modes)

    def test_exit_status(self):
        self.send(f"{MINIBOX} /bin/sh -c 'tty; exit 7'\n")
        self.status(7)

    def test_ctrl_c_ends_the_command_and_only_it(self):
        mark, other = self.mark(), self.mark()
        self.send(f'sleep {other} &\n')
        self.expect('outside> ')
        for key, status in ('\x03', 130), ('\x1c', 131):
            self.send(f'{MINIBOX} /bin/sleep {mark}\n')
            self.wait_for_sleep(mark)
            self.send(key)
            self.status(status)
            self.assertEqual(pids_with(mark), [])
        self.assertEqual(len(pids_with(other)), 1)
        self.send('kill %1\n')

    def test_ctrl_c_comes_once(self):
        self.send(f'{MINIBOX} {PROBE} catch\n')
        self.expect('ready\r\n')
        self.send('\x03')
        self.expect('INT\r\n')
        time.sleep(0.1)
        init = children_of(self.box())[0]
        command = children_of(init)[0]
        os.kill(command, signal.SIGUSR1)
        self.assertNotIn('INT', self.expect(r'(?s)(.*)USR1\r\n').group(1))
        os.kill(command, signal.SIGQUIT)
        self.status(0)

    def box(self):
        """The minibox that the shell has started."""
        return wait_for(lambda: children_of(self.shell.pid), 'minibox')[-1]

    def test_window_size(self):
        self.send(f'{MINIBOX} {PROBE} catch\n')
        self.expect('ready\r\n')
        fcntl.ioctl(self.shell.fd, termios.TIOCSWINSZ,
                    struct.pack('HHHH', 33, 99, 0, 0))
        self.expect('WINCH\r\n')
        self.send('\x1c')
        self.status(0)
        self.send(f'{MINIBOX} stty size\n')
        self.expect('33 99')

    def test_ctrl_z_and_fg(self):
        self.send(f'{MINIBOX} /bin/cat\n')
        box = self.box()
        self.send('one\n')
        self.expect('one\r\none\r\n')
        for round in 'two', 'three':
            self.send('\x1a')
            self.expect('Stopped')
            self.expect('outside> ')
            init, = children_of(box)
            command, = children_of(init)
            self.assertEqual([stat_of(pid)[0] for pid in (box, command)],
                             ['T', 'T'])
            self.assertEqual(self.shell.foreground(), self.shell.pid)
            self.send('fg\n')
            self.expect('cat\r\n')
            self.send(round + '\n')
            self.expect(f'{round}\r\n{round}\r\n')
        self.send('\x04')
        self.status(0)

    def wait_for_shell(self):
        """kill(2) of a group reaches one process after the other.  Where the
        shell is held up in the midst, a key can come between, and of a job of
        several processes, boxed or not, some stop and others go on."""
        wait_for(lambda: stat_of(self.shell.pid)[0] == 'S', 'the shell')

    def in_turn(self, command, rounds):
        self.send(command + '\n')
        self.send('one\n')
        self.expect('one\r\none\r\n')
        for _ in range(rounds):
            self.send('\x1a')
            self.shell.expect('Stopped', 3)
            self.expect('outside> ')
            self.send('fg\n')
            self.expect('cat\r\n')
            self.send('two\n')
            self.shell.expect('two\r\ntwo\r\n', 3)
            if harness.SLOW > 1:
                self.wait_for_shell()
        self.send('\x04')
        self.status(0)

    def test_ctrl_z_and_fg_in_turn(self):
        """No stop is lost, and none comes twice."""
        self.in_turn('/bin/cat', 50)                            # control
        self.in_turn(f'{MINIBOX} /bin/cat', 400)

    def delay(self, pid, call):
        tracer = subprocess.Popen(
            ['strace', '-o', '/dev/null', '-p', str(pid),
             '-e', f'inject={call}:delay_enter={50_000 * harness.SLOW}'],
            stderr=subprocess.DEVNULL)
        self.addCleanup(tracer.wait)
        self.addCleanup(tracer.terminate)
        wait_for(lambda: f'TracerPid:\t{tracer.pid}\n' in
                 harness.read(f'/proc/{pid}/status'), 'strace')

    @unittest.skipUnless(shutil.which('strace'), 'strace is not installed')
    def test_ctrl_z_before_the_fg_is_handed_on(self):
        """The monitor hands the SIGCONT of `fg` on when the next key has
        already stopped the command: it is not continued once more."""
        self.send(f'{MINIBOX} /bin/cat\n')
        box = self.box()
        self.send('one\n')
        self.expect('one\r\none\r\n')
        self.send('\x1a')
        self.expect('Stopped')
        self.expect('outside> ')
        self.delay(box, 'pidfd_send_signal')
        self.delay(children_of(box)[0], 'rt_sigtimedwait')
        for part in range(8):       # of the delays
            self.send('fg\n')
            self.expect('cat\r\n')
            self.send('two\n')
            self.expect('two\r\ntwo\r\n')
            time.sleep(0.025 * part * harness.SLOW)
            self.send('\x1a')
            self.expect('Stopped')
            self.expect('outside> ')
        self.send('fg\n')
        self.send('\x04')
        self.status(0)

    def test_ctrl_z_and_bg(self):
        mark = self.mark()
        self.send(f"{MINIBOX} /bin/sh -c 'sleep 0.3; exit 5' {mark}\n")
        wait_for(lambda: len(pids_with(mark)) >= 3, 'the command')
        self.send('\x1a')
        self.expect('Stopped')
        self.send('bg\n')
        self.expect('&')
        self.send('wait %1\n')
        self.expect('outside> ')
        self.status(5)

    def test_background_job_that_reads(self):
        self.send(f'{MINIBOX} /bin/cat &\n')
        self.expect('outside> ')
        box = self.box()
        wait_for(lambda: stat_of(box)[0] == 'T', 'the stop by the terminal')
        self.send('fg\n')
        self.expect('cat.*\r\n')
        self.send('line\n')
        self.expect('line\r\nline\r\n')
        self.send('\x04')
        self.status(0)

    def test_pipeline(self):
        self.send(f'{MINIBOX} head -n 1 | {MINIBOX} head -n 1\n')
        wait_for(lambda: len(children_of(self.shell.pid)) == 2, 'two boxes')
        self.send('aaa\n')
        self.expect('aaa\r\naaa\r\n')
        self.status(0)

    def inside(self):
        self.send(f"{MINIBOX} -e 'PS1=inside> '\n")
        text = self.expect('(?s)(.*)inside> ').group(1)
        self.assertNotIn('job control', text)

    def test_shell_in_the_box(self):
        mark = self.mark()
        self.inside()
        self.send(f'sleep {mark}\n')
        self.wait_for_sleep(mark)
        self.send('\x03')
        self.expect('inside> ')
        self.send('echo alive-$((6*7))\n')
        self.expect('alive-42')
        self.expect('inside> ')
        self.send('exit 5\n')
        self.status(5)

    def test_job_control_in_the_box(self):
        mark = self.mark()
        self.inside()
        self.send(f'sleep {mark}\n')
        self.wait_for_sleep(mark)
        self.send('\x1a')
        self.expect('Stopped')
        self.expect('inside> ')
        self.send('fg\n')
        self.expect('sleep')
        time.sleep(0.05)
        self.send('\x03')
        self.expect('inside> ')
        self.assertNotEqual(stat_of(self.box())[0], 'T')
        self.send('exit\n')
        self.status(130)

    def test_end_of_input(self):
        self.inside()
        # In the modes of before it would be the end of nothing.
        wait_for(lambda: not self.shell.modes()[3] & termios.ICANON,
                 'the modes of the shell inside')
        self.send('\x04')
        self.expect('outside> ')
        self.send('echo back-$((6*7))\n')
        self.expect('back-42')

    def test_box_in_the_foreground_is_killed(self):
        mark = self.mark()
        self.inside()
        self.send(f'sleep {mark}\n')
        self.wait_for_sleep(mark)
        os.kill(self.box(), signal.SIGKILL)
        self.expect('outside> ')
        self.send('echo back-$((6*7))\n')
        self.expect('back-42')
        wait_for(lambda: not pids_with(mark), 'the end of the box')

    def test_hang_up(self):
        mark = self.mark()
        self.send(f'{MINIBOX} /bin/sleep {mark}\n')
        self.wait_for_sleep(mark)
        self.shell.close()
        wait_for(lambda: not pids_with(mark), 'the end of the box')


class WithoutJobControl(Case):
    """In a script, where minibox shares the process group of the shell."""

    def script(self, text):
        return self.terminal('/bin/sh', '-c', text)

    def test_read_after_an_interactive_box(self):
        terminal = self.script(
            f"read y; {MINIBOX} -e 'PS1=inside> ' /bin/sh -i; s=$?; "
            'read x; echo "got-$x-$s"')
        modes = terminal.modes()
        terminal.send('go\n')
        terminal.expect('inside> ')
        self.assertNotEqual(terminal.foreground(), terminal.pid)
        terminal.send('exit 4\n')
        self.foreground_stays(terminal, terminal.pid)
        terminal.send('hello\n')
        terminal.expect('got-hello-4')
        self.assertEqual(terminal.modes(), modes)
        self.assertEqual(terminal.wait(), 0)

    def test_read_after_a_killed_interactive_shell(self):
        terminal = self.script(
            f"{MINIBOX} -e 'PS1=inside> ' /bin/sh -i; s=$?; "
            'read x; echo "got-$x-$s"')
        terminal.expect('inside> ')
        terminal.send('kill -9 $$\n')
        self.foreground_stays(terminal, terminal.pid)
        terminal.send('hello\n')
        terminal.expect('got-')

    def test_plain_command_leaves_the_terminal_alone(self):
        terminal = self.script(f'{MINIBOX} /bin/cat; read x; echo got-$x')
        terminal.send('a\n')
        terminal.expect('a\r\na\r\n')
        self.assertEqual(terminal.foreground(), terminal.pid)
        terminal.send('\x04')
        terminal.send('b\n')
        terminal.expect('got-b')
        self.assertEqual(terminal.wait(), 0)

    def test_ctrl_c_reaches_the_whole_group(self):
        mark = self.mark()
        terminal = self.script(f'trap "echo trapped" INT; '
                               f'{MINIBOX} /bin/sleep {mark}; echo "s-$?"')
        self.wait_for_sleep(mark)
        terminal.send('\x03')
        terminal.expect('trapped')
        terminal.expect('s-130')
        self.assertEqual(terminal.wait(), 0)

    def test_ctrl_c_at_any_instant(self):
        """However early it comes, the command ends."""
        mark = self.mark()
        self.addCleanup(signal.signal, signal.SIGINT,
                        signal.signal(signal.SIGINT, signal.SIG_DFL))
        for argv in ('/bin/sleep', mark), (MINIBOX, '/bin/sleep', mark):
            lost = []
            for delay in harness.instants(250, 25e-6):
                terminal = Terminal(*argv)
                while terminal.foreground() != terminal.pid:
                    pass
                time.sleep(delay)
                terminal.send('\x03')
                try:
                    self.assertEqual(terminal.wait(harness.SLOW), -signal.SIGINT)
                except AssertionError:
                    lost.append(delay)
                terminal.close()
                if len(lost) > 3:
                    break
            self.assertEqual(lost, [], argv[0])     # the first is the control

    @unittest.skipUnless(shutil.which('strace'), 'strace is not installed')
    def test_ctrl_c_in_every_step(self):
        """The same with steps of the start that last long."""
        strace = shutil.which('strace')
        for call in ('clone3:delay_enter', 'clone3:delay_exit',
                     'pivot_root:delay_enter', 'capset:delay_enter',
                     'setresuid:delay_exit', 'execve:delay_enter'):
            with self.subTest(call):
                mark = self.mark()
                terminal = self.terminal(
                    strace, '-f', '-o', '/dev/null', '-u', 'alice',
                    '-e', f'inject={call}=200000', MINIBOX, '/bin/sleep',
                    mark, user=harness.SUPERUSER)
                wait_for(lambda: any(
                    'SigBlk:\tf' in status
                    for status in map(self.status_of, pids_with(mark))
                    if 'Name:\tminibox' in status), 'the start')
                time.sleep(0.05)
                self.assertEqual(self.commands(mark), [])
                terminal.send('\x03')
                self.assertEqual(terminal.wait(5), -signal.SIGINT)

    def status_of(self, pid):
        try:
            return harness.read(f'/proc/{pid}/status')
        except OSError:
            return ''

    def commands(self, mark):
        return [pid for pid in pids_with(mark) if self.name_of(pid) == 'sleep']

    def test_minibox_as_session_leader(self):
        """As a login shell is started."""
        terminal = self.terminal(MINIBOX, '-e', 'PS1=inside> ', '/bin/sh',
                                 '-i')
        text = terminal.expect('(?s)(.*)inside> ').group(1)
        self.assertNotIn('job control', text)
        terminal.send('exit 6\n')
        self.assertEqual(terminal.wait(), 6)

    def test_terminal_in_the_box(self):
        """It is the caller's, and of no more use than before."""
        terminal = self.terminal(MINIBOX, '/bin/sh', '-c', 'read x; '
                                 'echo ok >/dev/tty; [ -t 0 ] && stty -a')
        terminal.send('\n')
        terminal.expect('ok\r\n')
        terminal.expect('speed')
        self.assertEqual(terminal.wait(), 0)
