# SPDX-License-Identifier: MIT
"""What does the line of --status-fd say, and when does it come?"""

import fcntl
import json
import os
import resource
import signal
import time

import harness
from harness import (MINIBOX, PROBE, box, minibox, shell, wait_for,
                     write_policy)

NUMBERS = ('wall-ms', 'user-ms', 'system-ms', 'max-rss')


def put(fd, number):
    """FD as NUMBER in a new process."""
    if fd == number:
        os.set_inheritable(fd, True)
    else:
        os.dup2(fd, number)


class Told(harness.Case):
    """A test that looks at lines of --status-fd."""

    def told(self, *command, fd=3, options=(), **more):
        """The run, and its lines."""
        reader, writer = os.pipe()
        result = minibox(f'--status-fd={fd}', *options, *command,
                         before=lambda: put(writer, fd), **more)
        os.close(writer)
        with open(reader) as file:
            text = file.read()
        self.assertTrue(text == '' or text.endswith('\n'), text)
        return result, [json.loads(line) for line in text.splitlines()]

    def line(self, *command, **more):
        result, lines = self.told(*command, **more)
        self.assertEqual(len(lines), 1, (result, lines))
        return result, lines[0]

    def numbers(self, line):
        self.assertTrue(all(isinstance(line.pop(name), int)
                            for name in NUMBERS))
        line.pop('memory-peak', None)
        return line


class Status(Told):
    def test_exit_code(self):
        for code in 0, 1, 7, 124, 125, 126, 127, 137, 255:
            result, line = self.line('/bin/sh', '-c', f'exit {code}')
            self.ok(result, '', code)
            self.assertEqual(self.numbers(line), {'exit-code': code})

    def test_signal(self):
        for number in signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, \
                signal.SIGPIPE:
            result, line = self.line('/bin/sh', '-c', f'kill -{number} $$')
            self.assertEqual(result.status, -number)
            self.assertEqual(self.numbers(line), {'signal': number})

    def test_time(self):
        result, line = self.line('/bin/sleep', '1000',
                                 options=['--timeout=200ms'])
        self.assertEqual(result.status, 124)
        self.assertTrue(200 <= line['wall-ms'] < 10000, line)
        self.assertEqual(self.numbers(line),
                         {'exit-code': 124, 'limit': 'time'})

    def test_own_124_is_no_limit(self):
        result, line = self.line('/bin/sh', '-c', 'exit 124',
                                 options=['--timeout=1h'])
        self.ok(result, '', 124)
        self.assertNotIn('limit', line)

    def test_numbers(self):
        _, quiet = self.line('/bin/sleep', '0.3')
        self.assertTrue(300 <= quiet['wall-ms'] < 10000, quiet)
        _, busy = self.line('/bin/sh', '-c', 'i=0; while [ $i -lt '
                            f'{harness.rounds(300_000)} ]; do i=$((i+1)); done')
        self.assertGreater(busy['user-ms'], 50 + quiet['user-ms'])
        self.assertLessEqual(busy['user-ms'], busy['wall-ms'] * 2 + 50)
        _, system = self.line('/bin/dd', 'if=/dev/zero', 'of=/dev/null', 'bs=1',
                              f'count={harness.rounds(500_000)}')
        self.assertGreater(system['system-ms'], 20 + quiet['system-ms'])
        for size in 1, 40:
            _, line = self.line('/bin/dd', 'if=/dev/zero', 'of=/dev/null',
                                f'bs={size}M', 'count=1')
            self.assertTrue(size << 20 <= line['max-rss'] <
                            (size + 10) << 20, line)

    def test_processes_that_are_left_count(self):
        """Those that end with the box."""
        _, line = self.line('/bin/sh', '-c', '(i=0; while [ $i -lt '
                            f'{harness.rounds(300_000)} ]; do i=$((i+1)); '
                            'done; : >/tmp/done; sleep 100) & '
                            'while [ ! -e /tmp/done ]; do sleep 0.05; done')
        self.assertGreater(line['user-ms'], 50)

    def test_wall_clock_goes_on_in_a_stop(self):
        reader, writer = os.pipe()
        process = self.start(MINIBOX, '--status-fd=3', '/bin/sh', '-c',
                             'kill -STOP $$', before=lambda: os.dup2(writer, 3))
        os.close(writer)
        wait_for(lambda: harness.stat_of(process.pid)[0] == 'T', 'the stop')
        time.sleep(0.3)
        process.send_signal(signal.SIGCONT)
        with open(reader) as file:
            line = json.loads(file.read())
        self.assertGreater(line['wall-ms'], 299)

    def test_policy_error(self):
        write_policy(box(command='/bin/true', timeout='1s'))
        for options, text in (
                (['/bin/ls'], "box 'demo' does not allow /bin/ls"),
                (['-b', 'no', '/bin/true'], "box 'no' is not available"),
                (['--timeout=2s', '/bin/true'], 'allows at most')):
            result, line = self.line(*options)
            self.refused(result, 126, text)
            self.assertEqual(line['stage'], 'policy')
            self.assertEqual(result.err, f'minibox: {line["error"]}\n')
            self.assertEqual(set(line), {'error', 'stage'})

    def test_broken_policy(self):
        write_policy('[box x\n')
        result, line = self.line('/bin/true')
        self.refused(result, 125, 'policy error')
        self.assertEqual(line['stage'], 'policy')

    def test_too_many(self):
        write_policy(box(max_running=1))
        mark = self.mark()
        self.start(MINIBOX, '/bin/sleep', mark)
        wait_for(lambda: len(harness.pids_with(mark)) >= 3, 'the box')
        result, line = self.line('/bin/true')
        self.refused(result, 126)
        self.assertEqual(line['stage'], 'policy')

    def test_setup_error(self):
        write_policy(box(rootfs='/usr/local/lib/minibox-test/nonesuch'),
                     box('netns', network='netns:nonesuch'))
        for name in 'demo', 'netns':
            result, line = self.line('/bin/true', options=['-b', name])
            self.refused(result, 125)
            self.assertEqual(line['stage'], 'setup')
            self.assertEqual(result.err, f'minibox: {line["error"]}\n')

    def test_exec_error(self):
        for command, status in (('/bin/nonesuch', 127), ('/etc/passwd', 126),
                                ('/bin/none"such\\\n\x01é', 127)):
            result, line = self.line(command)
            self.refused(result, status)
            self.assertEqual(line['stage'], 'exec')
            self.assertEqual(result.err, f'minibox: {line["error"]}\n')

    def test_long_error(self):
        result, line = self.line('/bin' + ('/' + 'x"' * 100) * 8)
        self.refused(result, 127)
        self.assertEqual(line['stage'], 'exec')
        self.assertTrue(result.err.startswith('minibox: ' + line['error']))

    def test_box_ended_from_outside(self):
        reader, writer = os.pipe()
        mark = self.mark()
        process = self.start(MINIBOX, '--status-fd=3', '/bin/sleep', mark,
                             before=lambda: os.dup2(writer, 3))
        os.close(writer)
        wait_for(lambda: len(harness.pids_with(mark)) >= 3, 'the box')
        os.kill(harness.children_of(process.pid)[0], signal.SIGKILL)
        self.refused(harness.finish(process), 125, 'ended from outside')
        with open(reader) as file:
            self.assertIn('ended from outside', json.loads(file.read())['error'])

    def test_no_line_if_minibox_is_killed(self):
        reader, writer = os.pipe()
        mark = self.mark()
        process = self.start(MINIBOX, '--status-fd=3', '/bin/sleep', mark,
                             before=lambda: os.dup2(writer, 3))
        os.close(writer)
        wait_for(lambda: len(harness.pids_with(mark)) >= 3, 'the box')
        process.kill()
        with open(reader) as file:
            self.assertEqual(file.read(), '')

    def test_nothing_is_run_and_nothing_said(self):
        result, lines = self.told('/bin/true', options=['-n'])
        self.ok(result)
        self.assertIn('status: a line to descriptor 3', result.out)
        self.assertEqual(lines, [])

    def test_any_number(self):
        """Those that minibox would use itself, and high ones."""
        for fd in [*range(3, 16), 200, 1000]:
            result, line = self.line('/bin/true', fd=fd)
            self.ok(result, '')
            self.assertEqual(line['exit-code'], 0)

    def test_not_for_the_command(self):
        for fd in [*range(3, 16), 100]:
            result, _ = self.line(PROBE, 'fds', fd=fd)
            self.ok(result, '0\n1\n2\n')

    def bad(self, word, text, before=None):
        self.refused(minibox(f'--status-fd={word}', '/bin/true', before=before),
                     125, text)

    def test_bad_descriptors(self):
        for word in '2', '1', '0', '-1', 'x', '', '3x', '0x3', '99999999999':
            self.bad(word, 'must be the number of an open descriptor')
        for word in '3', '99999', '2147483647':
            self.bad(word, 'no such descriptor is open')
        for flags in os.O_RDONLY, os.O_PATH:
            for path in '/', '/dev/null':
                self.bad('3', 'not open for writing', lambda flags=flags,
                         path=path: os.dup2(os.open(path, flags), 3))
        result, _ = self.line('/bin/true')                      # control
        self.ok(result)

    def test_full_device(self):
        result = minibox('--status-fd=3', '/bin/sh', '-c', 'exit 7',
                         before=lambda: os.dup2(os.open('/dev/full',
                                                        os.O_WRONLY), 3))
        self.assertEqual(result.status, 7)
        self.assertIn('--status-fd=3: the line could not be written',
                      result.err)

    def test_full_pipe(self):
        """It is waited for, but not for ever, and changes nothing else."""
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        try:
            while True:
                os.write(writer, b'x' * 4096)
        except BlockingIOError:
            os.set_blocking(writer, True)
        result = minibox('--status-fd=3', '/bin/sh', '-c', 'kill -9 $$',
                         before=lambda: os.dup2(writer, 3))
        self.assertEqual(result.status, -signal.SIGKILL)
        self.assertIn('could not be written', result.err)
        os.close(reader)
        os.close(writer)

    def test_nobody_reads(self):
        reader, writer = os.pipe()
        os.close(reader)
        result = minibox('--status-fd=3', '/bin/sh', '-c', 'exit 5',
                         before=lambda: os.dup2(writer, 3))
        self.assertEqual(result.status, 5)
        os.close(writer)

    def test_file(self):
        path = self.file('/home/alice/status', uid=harness.ALICE.uid)
        for _ in range(2):
            self.ok(minibox('--status-fd=4', '/bin/true',
                            before=lambda: put(os.open(
                                path, os.O_WRONLY | os.O_APPEND), 4)))
        lines = [json.loads(line) for line in
                 harness.read(path).splitlines()]
        self.assertEqual([line['exit-code'] for line in lines], [0, 0])

    def test_the_descriptor_is_as_it_was(self):
        reader, writer = os.pipe()
        flags = fcntl.fcntl(writer, fcntl.F_GETFL)
        self.ok(minibox('--status-fd=3', '/bin/true',
                        before=lambda: os.dup2(writer, 3)))
        self.assertEqual(fcntl.fcntl(writer, fcntl.F_GETFL), flags)
        os.close(reader)
        os.close(writer)

    def test_full_stderr_does_not_take_the_line_away(self):
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        try:
            while True:
                os.write(writer, b'x' * 4096)
        except BlockingIOError:
            os.set_blocking(writer, True)
        result, line = self.line('/bin/sleep', '1000', stderr=writer,
                                 options=['--timeout=300ms'])
        self.assertEqual(result.status, 124)
        self.assertEqual(line['limit'], 'time')
        os.close(reader)
        os.close(writer)

    def test_status_and_stderr_on_one_closed_pipe(self):
        reader, writer = os.pipe()
        os.close(reader)
        for command, status in (('/etc/passwd', 126), ('/bin/true', 0)):
            result = minibox('--status-fd=3', command, stderr=writer,
                             before=lambda: put(writer, 3))
            self.assertEqual(result.status, status)
        os.close(writer)

    def test_file_size_limit(self):
        path = self.file('/home/alice/status', uid=harness.ALICE.uid)
        write_policy(box(passwd='no'))  # no other file is written

        def before():
            put(os.open(path, os.O_WRONLY), 3)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))
        result = minibox('--status-fd=3', '/bin/sh', '-c', 'exit 6',
                         before=before)
        self.assertEqual(result.status, 6)
