# SPDX-License-Identifier: MIT
"""Ten thousand boxes are killed at random instants.  Is anything left?"""

import fcntl
import os
import struct
import subprocess
import unittest

import harness
from harness import (ALICE, KILLS, MINIBOX, box, children_of, minibox,
                     pids_with, start, wait_for, write_policy)
from test_cgroup import HAS_V2, OWN, groups

BOXES = 10_000
AT_ONCE = 4
LIFE = 8_000            # microseconds; a start takes about half of that
RUN = '/run/minibox'
# With all that a box can have.
ALL = box(root='overlay', home='rw', bind='/usr/bin:/mnt', tmpfs='/mnt2:1M',
          max_running=64, timeout='1h', nice=1, rlimit_nofile=100,
          **({'memory': '64M', 'pids_limit': 50, 'cpus': 1} if HAS_V2 else {}))


def files():
    """What there is on the stage.  /tmp is the host's and changes."""
    found = set()
    for top in '/run', '/var', '/etc', '/home', '/dev/shm', '/usr/local':
        for directory, _, names in os.walk(top):
            found.update(f'{directory}/{name}' for name in names)
            found.add(directory)
    return found


def locked(path):
    """Whether somebody holds a lock on PATH."""
    with open(path, 'r+') as file:
        lock = struct.pack('hhqqi4x', fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        answer = fcntl.fcntl(file, F_OFD_GETLK, lock)
    return struct.unpack('hhqqi4x', answer)[0] != fcntl.F_UNLCK


F_OFD_GETLK = 36


class Kills(harness.Case):
    policy = ALL

    def setUp(self):
        super().setUp()
        for path in '/mnt', '/mnt2':
            self.directory(harness.ROOT + path)

    @unittest.skipIf(os.uname().machine != 'x86_64', 'locks are packed for it')
    def test_nothing_is_left(self):
        self.ok(minibox('/bin/true'))
        process = self.start(MINIBOX, '/bin/sleep', self.mark())    # control
        wait_for(lambda: locked(RUN + '/demo.lock'), 'the lock')
        process.kill()
        process.wait()
        wait_for(lambda: not locked(RUN + '/demo.lock'), 'its end')

        before, mounts = files(), harness.read('/proc/self/mountinfo')
        mark = self.mark()
        killers = [start(KILLS, str(harness.rounds(BOXES) // AT_ONCE),
                         str(seed), str(LIFE * harness.SLOW), MINIBOX,
                         '/bin/sleep', mark, user=ALICE)
                   for seed in range(AT_ONCE)]
        killed = 0
        for killer in killers:
            result = harness.finish(killer, limit=600)
            self.assertEqual((result.status, result.err), (0, ''))
            killed += int(result.out)
        self.assertGreater(killed, harness.rounds(BOXES) * 0.9)
        wait_for(lambda: not pids_with(mark), 'the end of all boxes')
        self.assertFalse(locked(RUN + '/demo.lock'))
        self.ok(minibox('/bin/true'))
        self.assertEqual(files() ^ before, set())
        self.assertEqual(harness.read('/proc/self/mountinfo'), mounts)
        self.assertEqual(os.stat(RUN + '/demo.lock').st_size, 0)
        if HAS_V2:
            self.assertEqual(len(groups(OWN)), 1)
