# SPDX-License-Identifier: MIT
"""What if a path changes while boxes start?

A process of the caller's exchanges what is to be bound with symbolic links, a
hundred thousand times and more, while box after box starts.  Each box shows
the right directory, or there is none and one line says so.  The control is a
program of root's that looks first and opens then: in the same race it shows
what nobody but root may read (race.c)."""

import os
import re
import subprocess
from collections import Counter

import harness
from harness import (ALICE, BOB, MINIBOX, RACE, SUPERUSER, User, box, run,
                     shell, start, write_policy)

SWAPS = harness.rounds(100_000)
BOXES = harness.rounds(200)
RIGHT, SECRET, BOBS, INSIDE = 'mine', 'secret of root', 'secret of bob', 'box'
VAULT = '/var/minibox-vault'        # nobody but root gets in

# What the box shows: the file if it has one, else the names in there.
LOOK = 'cat {0}/file 2>/dev/null || ls -a {0} | tr "\\n" " "'


class Races(harness.Case):
    def setUp(self):
        super().setUp()
        # The secrets could be read by all, if there were a way to them.
        self.directory(VAULT, 0o700)
        os.chmod('/home/bob', 0o700)
        for top, text, uid in ((VAULT + '/open', SECRET, 0),
                               ('/home/bob/open', BOBS, BOB.uid)):
            self.directory(top, 0o755, uid)
            self.directory(top + '/x', 0o755, uid)
            self.file(top + '/file', text + '\n', 0o644, uid)
            self.file(top + '/x/file', text + '\n', 0o644, uid)
        self.root = self.tools('racing', '/mnt', '/x')
        for path in '/file', '/x/file':     # seen by way of a /proc/self/fd/N
            self.file(self.root + path, INSIDE + '\n')
        os.symlink('busybox', self.root + '/bin/tr')

    def partners(self, directory, uid):
        """Symbolic links of the caller's, to what is not his."""
        targets = ['/', VAULT, VAULT + '/open', '/home/bob/open', '/home/bob',
                   '/proc/self/root', '/proc/self/cwd', '/proc/thread-self',
                   *(f'/proc/self/fd/{n}' for n in range(3, 11))]
        names = []
        for number, target in enumerate(targets):
            names.append(f'.{number}')
            self.link(target, f'{directory}/.{number}', uid)
        return names

    def mine(self, path, uid=ALICE.uid):
        """A directory of the caller's with the right file in it."""
        self.directory(path, 0o755, uid)
        self.file(path + '/file', RIGHT + '\n', 0o644, uid)
        return path

    def during(self, directory, name, user, process):
        """What PROCESS() returns while NAME is exchanged in DIRECTORY."""
        swapper = start(RACE, 'swap', str(SWAPS), directory, name,
                        *self.partners(directory, user.uid), user=user,
                        stdin=subprocess.PIPE)
        try:
            return process()
        finally:
            result = harness.finish(swapper, b'', 60 * harness.SLOW)
            self.ok(result)
            self.assertGreaterEqual(int(result.out), SWAPS)

    def race(self, directory, name, *args, at='/mnt', user=ALICE, peek=None):
        """Boxes start with ARGS, and nothing but the right is seen AT; the
        control looks at PEEK."""
        command = [MINIBOX, *args, '/bin/sh', '-c', LOOK.format(at)]
        self.ok(run(*command, user=user), RIGHT + '\n')     # in peace
        loop = (f'n=0; while [ $n -lt {BOXES} ]; do "$@" 2>&1; '
                'printf "\\n=%s\\n" $?; n=$((n + 1)); done')
        result = self.during(directory, name, user, lambda: run(
            '/bin/sh', '-c', loop, 'sh', *command, user=user, limit=60 * harness.SLOW))
        self.ok(result)
        for secret in SECRET, BOBS:
            self.assertNotIn(secret, result.out)
        seen = Counter(re.findall(r'(?s)(.*?)\n=(\d+)\n', result.out))
        self.assertEqual(sum(seen.values()), BOXES)
        for text, status in seen:
            if status == '0':
                self.assertEqual(text, RIGHT + '\n')
            else:
                self.assertEqual(status, '125', text)
                self.assertRegex(text, r'\Aminibox: [^\x00-\x1f\x7f]+\n\Z')
        statuses = Counter()
        for (_, status), count in seen.items():
            statuses[status] += count
        self.assertGreater(statuses['0'], 2, seen)          # both were met
        self.assertGreater(statuses['125'], 2, seen)
        # With fs.protected_symlinks nobody follows the links of another in a
        # sticky directory, neither does the control.
        os.chmod(directory, os.stat(directory).st_mode & 0o777)
        peeked = self.during(directory, name, user, lambda: run(
            RACE, 'peek', '15', peek or f'{directory}/{name}', 'file',
            str(user.uid), RIGHT, SECRET, BOBS, user=SUPERUSER))
        self.ok(peeked)                                     # control
        self.assertEqual(sorted(peeked.out.splitlines()),
                         sorted([RIGHT, SECRET, BOBS]))

    def test_asked_for(self):
        self.mine('/home/alice/x')
        write_policy(box(rootfs=self.root, allow_bind='%h/:/mnt/',
                         tmpfs='/mnt'))
        self.race('/home/alice', 'x', '-B', '/home/alice/x:/mnt/x',
                  at='/mnt/x')

    def test_asked_for_in_another_directory(self):
        """The part that changes is in the middle."""
        self.mine('/home/alice/m')
        self.mine('/home/alice/m/x')
        write_policy(box(rootfs=self.root, allow_bind='%h/m/:/mnt/',
                         tmpfs='/mnt'))
        self.race('/home/alice', 'm', '-B', '/home/alice/m/x:/mnt/x',
                  at='/mnt/x', peek='/home/alice/m/x')

    def test_bound_for_each_user(self):
        """In a directory where everybody may make names."""
        scratch = self.directory('/run/scratch', 0o1777)
        self.mine(scratch + '/alice')
        write_policy(box(rootfs=self.root, bind='/run/scratch/%u:/mnt:rw'))
        self.race(scratch, 'alice')

    def test_bound_from_the_home(self):
        self.mine('/home/alice/d')
        write_policy(box(rootfs=self.root, bind='%h/d:/mnt'))
        self.race('/home/alice', 'd')

    def test_home(self):
        """The home lies in a directory of its owner's."""
        nest = self.account('nest', 4020, '/home/nest')
        self.mine('/home/nest/h', nest.uid)
        user = User('nest', 4020, '/home/nest/h')
        harness.write('/etc/passwd', harness.read('/etc/passwd').replace(
            ':/home/nest:', ':/home/nest/h:'))
        for how in 'ro', 'rw':
            write_policy(box(rootfs=self.root, users='nest', home=how))
            self.race('/home/nest', 'h', at='/home/nest/h', user=user)
