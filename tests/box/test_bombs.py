# SPDX-License-Identifier: MIT
"""Does each bomb stay in its box, while others can still start theirs?"""

import os
import signal
import statistics
import time
import unittest

import harness
from harness import BOB, box, minibox, write_policy
from test_cgroup import HAS_V2
from test_status import Told, put

STARTS = 20
SECOND = box('second', users='bob')
NEEDS_V2 = unittest.skipUnless(HAS_V2, 'this host has no cgroup v2')


def start_of_a_box():
    """A second box, of another user: how long it takes, in seconds."""
    started = time.perf_counter()
    result = minibox('-b', 'second', '/bin/true', user=BOB)
    assert result.status == 0, result
    return time.perf_counter() - started


def median_start():
    return statistics.median(start_of_a_box() for _ in range(STARTS))


class Bombs(Told):
    def bomb(self, script, **keys):
        """Runs SCRIPT in a box with KEYS, again and again until a second box
        has been started STARTS times meanwhile; in the middle it takes at most
        twice as long as before or after.  What the bombs came to, each a run
        and its line.  The machine may be busy with something else; not three
        times, though."""
        write_policy(box(**keys), SECOND)
        for _ in range(3):
            before = median_start()
            ends, meanwhile = self.while_it_runs(script)
            before = max(before, median_start())
            if meanwhile < 2 * before:
                return ends
        self.fail(f'starts took {before} s, and meanwhile {meanwhile}')

    def while_it_runs(self, script):
        mark = self.mark()
        ends, times, running = [], [], None
        while len(times) < STARTS or running:
            if not running:
                running = self.explode(script, mark)
            if len(times) < STARTS:
                times.append(start_of_a_box())
            if len(times) == STARTS or running[0].poll() is not None:
                ends.append(self.end_of(*running))
                running = None
        self.assertEqual(harness.pids_with(mark), [])
        return ends, statistics.median(times)

    def explode(self, script, mark):
        reader, writer = os.pipe()
        process = self.start(harness.MINIBOX, '-b', 'demo', '--status-fd=3',
                             '/bin/sh', '-c', script, mark,
                             before=lambda: put(writer, 3))
        os.close(writer)
        return process, reader

    def end_of(self, process, reader):
        result = harness.finish(process)
        with open(reader) as file:
            return result, file.read()

    def held(self, script, status, text, said='', **keys):
        for result, line in self.bomb(script, **keys):
            self.assertEqual(result.status, status, result)
            self.assertIn(text, line)
            self.assertIn(said, result.err)

    def test_busy_loop(self):
        self.held('while :; do :; done', 124, '"limit":"time"', timeout='2s',
                  nice=19)

    def test_busy_loop_of_processor_time(self):
        self.held('while :; do :; done', -signal.SIGKILL, '"signal":9',
                  rlimit_cpu=1, nice=19)

    def test_ignores_every_signal(self):
        self.held('trap "" TERM INT HUP QUIT TSTP XCPU; while :; do :; done',
                  124, '"limit":"time"', timeout='2s', nice=19)

    def test_file_in_tmp(self):
        self.held('while :; do dd if=/dev/zero of=/tmp/f bs=1M '
                  '|| exit 3; done', 3, '"exit-code":3',
                  'No space left on device', tmp_size='32M', nice=19)

    def test_many_files_in_tmp(self):
        self.held('i=0; while :; do i=$((i+1)); : >/tmp/$i '
                  '|| exit 3; done', 1, '"exit-code":1',
                  'No space left on device', tmp_size='4M', nice=19)

    def test_disk_of_the_overlay(self):
        root = self.root_file_system('bombed')
        os.mkdir(root + '/room', 0o777)
        os.chmod(root + '/room', 0o777)
        self.held('busybox dd if=/dev/zero of=/room/f bs=1M '
                  '|| exit 3', 3, '"exit-code":3', 'No space left on device',
                  rootfs=root, root='overlay', tmp_size='32M', nice=19)
        self.assertEqual(os.listdir(root + '/room'), [])

    def test_file_size(self):
        self.held('trap "" XFSZ; dd if=/dev/zero of=/tmp/f bs=3M '
                  'count=1; dd if=/dev/zero bs=1 count=1 >>/tmp/f || exit 3', 3,
                  '"exit-code":3', 'File too large', rlimit_fsize='1M')

    @NEEDS_V2
    def test_forks(self):
        self.held('probe forks', 124, '"limit":"time"', pids_limit=50,
                  cpus='0.5', timeout='3s')

    @NEEDS_V2
    def test_forks_say_so(self):
        self.held('i=0; while :; do sleep 1000 & i=$((i+1)); done',
                  2, '"exit-code":2', 'Resource temporarily unavailable',
                  pids_limit=50, timeout='20s')

    @NEEDS_V2
    def test_memory(self):
        self.held('while :; do dd if=/dev/zero of=/dev/null bs=200M '
                  'count=1; done', -signal.SIGKILL, '"limit":"memory"',
                  'needed more than its memory limit', memory='64M')

    @NEEDS_V2
    def test_memory_of_many(self):
        self.held('while :; do dd if=/dev/zero of=/dev/null bs=8M '
                  'count=1000000 & done 2>/dev/null', -signal.SIGKILL,
                  '"limit":"memory"', memory='64M', cpus='0.5', pids_limit=200)
