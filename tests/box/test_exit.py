# SPDX-License-Identifier: MIT
"""Does minibox end as its command did, and tell its own failures apart?"""

import os
import resource
import signal

import harness
from harness import (ALICE, MINIBOX, PROBE, ROOT, box, minibox, run, shell,
                     start, write, write_policy)

KEPT = {signal.SIGCHLD, signal.SIGCONT, signal.SIGSTOP, signal.SIGTSTP,
        signal.SIGTTIN, signal.SIGTTOU, signal.SIGURG, signal.SIGWINCH}
DEADLY = [n for n in range(1, 65) if n not in KEPT]


class Status(harness.Case):
    def test_M23_every_exit_status(self):
        for status in {*range(0, 256, harness.SLOW), *range(120, 130), 255}:
            with self.subTest(status):
                self.ok(shell(f'exit {status}'), '', status)

    def test_every_deadly_signal(self):
        for number in DEADLY:
            with self.subTest(number):
                outside = run(ROOT + PROBE, 'raise', str(number))   # control
                self.assertEqual(outside.status, -number)
                self.ok(minibox(PROBE, 'raise', str(number)), '', -number)

    def test_harmless_signals(self):
        for number in (signal.SIGCHLD, signal.SIGCONT, signal.SIGURG,
                       signal.SIGWINCH):
            with self.subTest(number):
                self.ok(shell(f'kill -{int(number)} $$; exit 5'), '', 5)

    def test_signal_of_a_child_is_the_shells_business(self):
        self.ok(shell('sh -c \'kill -9 $$\'; exit $(($? - 128))')
                ._replace(err=''), '', 9)

    def test_H25_no_core(self):
        directory = f'{harness.SCRATCH}/core'
        os.mkdir(directory)
        os.chown(directory, ALICE.uid, ALICE.uid)
        self.addCleanup(harness.remove, directory)
        soft_to_hard = {'before': lambda: resource.setrlimit(
            resource.RLIMIT_CORE,
            (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2),
            'cwd': directory}

        def dumped(*argv):
            process = start(*argv, **soft_to_hard)
            info = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            harness.finish(process)
            return info.si_code == os.CLD_DUMPED

        if not dumped(ROOT + PROBE, 'raise', '11'):             # control
            self.skipTest('no core dumps here at all')
        for name in os.listdir(directory):
            os.unlink(f'{directory}/{name}')
        for number in signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT:
            self.assertFalse(dumped(MINIBOX, PROBE, 'raise', str(int(number))))
        self.assertEqual(os.listdir(directory), [])


class OwnFailures(harness.Case):
    # Arguments that are misuse, and a word of the message.
    MISUSE = (
        (['-b'], '-b'), (['--box'], '--box'), (['--bax=x'], '--bax'),
        (['-x', '/bin/true'], '-x'), (['-bdemo', '-b', 'demo'], ''),
        (['--hos=x', '/bin/true'], '--hos'),        # no abbreviations
        (['-n=x'], '-n'), (['--help=x'], '--help'), (['-c'], '-c'),
        (['-c', ':', '/bin/true'], '-c'), (['-C', 'tmp', '/bin/true'], ''),
        (['-C', '/tmp/..', '/bin/true'], ''), (['-C', '', '/bin/true'], ''),
        (['-e', '', '/bin/true'], ''), (['-e', '=x', '/bin/true'], ''),
        (['-e', 'A B=x', '/bin/true'], ''), (['', 'x'], ''),
        (['-l', '/bin/true'], ''), (['-n', '-l'], ''),
        (['--user=root', '/bin/true'], '--user'), (['-u', '0'], '-u'),
        (['--privileged', '/bin/true'], '--privileged'),
        (['--cap-add=all', '/bin/true'], '--cap-add'),
        (['--config=/tmp/x', '/bin/true'], '--config'),
        (['--rm', '/bin/true'], '--rm'), (['-it', '/bin/sh'], '-i'),
        (['-v', '/:/mnt', '/bin/sh'], '-v'), (['-R', '/', '/bin/sh'], '-R'),
        (['--\x1b[31m'], ''), (['-b', 'demo', '--no\nlines'], ''),
    )

    def test_C31_M03_misuse(self):
        self.ok(minibox('-b', 'demo', '/bin/true'))
        for args, word in self.MISUSE:
            with self.subTest(args):
                self.refused(minibox(*args), 125, word)

    def test_help_and_version(self):
        for option in '-h', '--help':
            result = minibox(option)
            self.ok(result)
            self.assertIn('usage: minibox', result.out)
        for option in '-V', '--version':
            result = minibox(option)
            self.ok(result)
            self.assertRegex(result.out, r'\Aminibox \d.*\n\Z')
            self.assertRegex(result.out, 'libc|musl')

    def test_L04_output_that_does_not_arrive(self):
        """The exit status does not depend on who reads the messages."""
        with open('/dev/full', 'w') as full:
            self.assertEqual(minibox('/bin/nothing', stderr=full).status, 127)
            self.assertEqual(minibox('-x', stderr=full).status, 125)
            self.assertNotEqual(minibox('-h', stdout=full).status, 0)
        for args, status in (['/bin/nothing'], 127), (['-x'], 125):
            reader, writer = os.pipe()
            os.close(reader)
            self.assertEqual(minibox(*args, stderr=writer).status, status)
            os.close(writer)

    def test_M01_message_is_plain_text(self):
        for word in '/bin/\x1b[2J', '/bin/a\nminibox: b', '/bin/\x7f\x01':
            with self.subTest(word):
                self.refused(minibox(word), 127)
        self.refused(minibox('-b', 'a\nb', '/bin/true'), (125, 126))

    def test_broken_root_is_125(self):
        self.ok(minibox('/bin/true'))
        write_policy(box(rootfs='/nowhere'))
        self.refused(minibox('/bin/true'), 125)

    def test_missing_mount_points_are_named(self):
        path = self.root_file_system('bare')
        write_policy(box(rootfs=path))
        self.ok(minibox('/bin/echo', 'x'), 'x\n')
        os.rmdir(f'{path}/proc')
        os.rmdir(f'{path}/home')
        result = minibox('/bin/echo', 'x')
        self.refused(result, 125, 'mkdir -p')
        self.assertRegex(result.err, r'mkdir -p .*/(home|proc).*/(home|proc)')
        write_policy(box(rootfs=path, proc='none', home='none'))
        self.ok(minibox('/bin/echo', 'x'), 'x\n')

    def test_interpreter_is_missing(self):
        path = self.root_file_system('lost')
        write(f'{path}/bin/script', '#!/bin/nothing\n', 0o755)
        write_policy(box(rootfs=path))
        self.refused(minibox('script'), (126, 127))
