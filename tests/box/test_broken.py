# SPDX-License-Identifier: MIT
"""A policy for a lab of two groups, broken in the ways in which people break
such files: is the message alone enough to mend it?

Each row changes one line, and says what `minibox --check` must answer, with the
line.  That the message helps is shown by doing what it says: `cure`, which is
made of words that stand in the message, makes the policy right again."""

import os
import subprocess
import time

import harness
from harness import (ALICE, EVE, LAB, POLICY, ROOT, SUPERUSER, minibox, write,
                     write_policy)

TRUE = '/bin/true'
POLICY_LINES = f'''\
[minibox]
default-box = course

[defaults]
network = none
timeout = 1h

# The students of both groups
[box course]
rootfs = {ROOT}
description = Shell and tools for the course
groups = lab, denied
deny-users = eve
command = /bin/
shell = /bin/sh
home = ro
tmp-size = 32M

[box staff]
rootfs = {ROOT}
users = alice
command = *
env-set = EDITOR=vi
allow-bind = %h/:%h/:rw
'''.splitlines()


class Broken(harness.Case):
    policy = '\n'.join(POLICY_LINES) + '\n'

    # The line that is changed (by its beginning), what it becomes, where the
    # fault is seen (relative to it), what is said, and what that makes one
    # write: None for what was there.
    TABLE = (
        ('groups = lab', 'group = lab, denied', 0,
         "unknown key 'group' (did you mean 'groups'?)", None),
        ('command = /bin/', 'comand = /bin/', 0,
         "unknown key 'comand' (did you mean 'command'?)", None),
        ('[box course]', '[course]', 0,
         'unknown section; there are [minibox], [defaults] and [box NAME] '
         "(did you mean 'box course'?)", None),
        ('[defaults]', '[default]', 0, "(did you mean 'defaults'?)", None),
        ('[box staff]', '[box course]', 0,
         f'[box course] is given twice, first in {POLICY}:9', '[box staff]'),
        ('home = ro', 'home = readonly', 0,
         "home: 'readonly' is not one of: tmpfs, none, ro, rw", None),
        ('home = ro', 'home = ro   # of the server', 0,
         'a comment behind a value; comments have lines of their own', None),
        ('home = ro', '  home = ro', 0,
         'a blank at the start of the line; remove it', None),
        ('home = ro', 'home: ro', 0,
         'not a section, a comment or KEY = VALUE (keys are lower case)', None),
        ('home = ro', 'Home = ro', 0, '(keys are lower case)', None),
        ('home = ro', 'home =', 0,
         'no value; leave the key out, or write none where the key allows it',
         'home = none'),
        ('timeout = 1h', 'timeout = 1 hour', 0,
         'timeout: must be a duration such as 500ms, 10s, 5m, 2h or 1d',
         'timeout = 2h'),
        ('tmp-size = 32M', 'tmp-size = 32MB', 0,
         'tmp-size: must be a size such as 64M, at least 64K',
         'tmp-size = 64M'),
        ('groups = lab', 'groups = lab denied', 0,
         "groups: 'lab denied': put commas between",
         'groups = lab, denied'),
        (f'rootfs = {ROOT}', f'rootfs = {ROOT}/', 0,
         'rootfs: must be one absolute path without //, ., .., blanks, commas '
         'or a slash at the end', None),
        ('command = /bin/', 'command = /bin/*.sh /usr/bin/gcc', 0,
         'command: one command a line, without arguments; with them it is '
         'command-exact', 'command = /bin/'),
        ('command = /bin/', 'command = ls', 0,
         'command: must be *, /a/file or /a/directory/ without //, ., .., '
         'blanks or commas', 'command = /bin/'),
        ('groups = lab', 'groups = @lab', 0,
         "groups: '@lab': groups have keys of their own, and are written "
         'without @', None),
        (f'rootfs = {ROOT}', f'rootfs = "{ROOT}"', 0,
         'rootfs: must be one absolute path, without quotes', None),
        ('command = /bin/', 'command = /bin/ls', 1,
         "shell: box 'course' does not allow /bin/sh; add command = /bin/sh",
         'command = /bin/sh'),
        ('default-box = course', 'default-box = courses', 0,
         "default-box: there is no [box courses] (did you mean 'course'?)",
         None),
        ('network = none', 'rootfs = /srv/x', 0,
         'rootfs does not belong in [defaults]', None),
        ('env-set = EDITOR', 'env-set = EDITOR vi', 0,
         'env-set: must be NAME=VALUE', None),
        ('allow-bind', 'allow-bind = /:/:rw', 0,
         'allow-bind: / would allow every path', None),
        ('tmp-size = 32M', 'timeout = 1h\ntimeout = 2h', 1,
         f'timeout is given twice, first in {POLICY}:17', 'tmp-size = 32M'),
        ('command = *', 'command = *\ncommand-exact = /bin/ls -l', 1,
         'command-exact says nothing beside command = *', None),
        (f'rootfs = {ROOT}', f'#rootfs = {ROOT}', -1,
         '[box course] has no rootfs', None),
    )

    def check(self, lines):
        write_policy('\n'.join(lines) + '\n')
        return minibox('--check', user=SUPERUSER)

    def test_right(self):
        self.ok(minibox('--check', user=SUPERUSER), f'{POLICY}: OK\n')
        self.ok(minibox('/bin/sh', '-c', 'exit 0', user=ALICE, groups=(LAB,)))
        self.refused(minibox('-b', 'course', TRUE, user=EVE, groups=(LAB,)),
                     126)

    def test_table(self):
        for begin, broken, offset, said, cure in self.TABLE:
            with self.subTest(broken):
                at = next(i for i, line in enumerate(POLICY_LINES)
                          if line.startswith(begin))
                lines = list(POLICY_LINES)
                lines[at] = broken
                result = self.check(lines)
                self.assertEqual(result.status, 1, result)
                place = f'{POLICY}:{at + 1 + offset}: '
                self.assertTrue(any(
                    line.startswith(place) and said in line
                    for line in result.out.splitlines()), result.out)
                self.refused(minibox('-b', 'staff', TRUE), 125,
                             'policy error; tell your administrator')
                lines[at] = cure or POLICY_LINES[at]
                self.ok(self.check(lines), f'{POLICY}: OK\n')

    def test_all_at_once(self):
        """One round is enough: each fault is told although there are others."""
        lines = list(POLICY_LINES)
        for begin, broken in (('groups = lab', 'group = lab, denied'),
                              ('home = ro', 'home = readonly'),
                              ('[box staff]', '[staff]'),
                              ('env-set', 'env-set = EDITOR vi')):
            at = next(i for i, line in enumerate(lines)
                      if line.startswith(begin))
            lines[at] = broken
        result = self.check(lines)
        self.assertEqual([line.split(': ')[0] for line in
                          result.out.splitlines()],
                         [f'{POLICY}:{n}' for n in (12, 16, 19, 23)])


class Files(harness.Case):
    """What is no policy at all: one clear line, at once, and nobody gets in."""

    def closed(self, text):
        start = time.monotonic()
        result = minibox('-b', 'demo', TRUE)
        self.assertLess(time.monotonic() - start, harness.SLOW)
        self.refused(result, 125, 'policy error; tell your administrator')
        result = minibox('--check', user=SUPERUSER)
        self.assertEqual(result.status, 1, result)
        self.assertIn(text, result.out)
        self.assertEqual(len(result.out.splitlines()), 1, result)

    def test_sizes(self):
        head = harness.box().encode()
        line = b'#' * 189 + b'\n'
        write(POLICY, head + line * ((8 << 20) // len(line) - 1))
        self.ok(minibox(TRUE))
        write(POLICY, head + line * ((8 << 20) // len(line) + 1))
        self.closed('larger than 8 MiB')
        write(POLICY, head + b'#' * 190 + b'\n')
        self.ok(minibox(TRUE))
        write(POLICY, head + b'#' * 191 + b'\n')
        self.closed('longer than 190 bytes')

    def test_names(self):
        write_policy(harness.box('n' * 32))
        self.ok(minibox('-b', 'n' * 32, TRUE))
        write_policy(harness.box('n' * 33))
        self.closed('a box name must be 1 to 32 of')
        self.refused(minibox('-b', 'n' * 33, TRUE), 125, 'policy error')

    def test_ten_thousand_boxes(self):
        """And one with a fault in the last."""
        boxes = [harness.box(f'b{i}', users=f'u{i}') for i in range(9_999)]
        write_policy(''.join(boxes) + harness.box())
        start = time.monotonic()
        self.ok(minibox(TRUE))
        self.ok(minibox('-l'), 'demo (default)\n    * (any command)\n')
        self.assertLess(time.monotonic() - start, harness.SLOW)
        write_policy(''.join(boxes) + harness.box() + 'x = y\n')
        self.closed("unknown key 'x'")

    def test_what_is_no_file(self):
        for make, text in ((os.mkfifo, 'not a regular file'),
                           (os.mkdir, 'not a regular file'),
                           (lambda path: os.symlink('/dev/zero', path),
                            'is a symbolic link; put the file itself there'),
                           (lambda path: os.mknod(path, 0o20644,
                                                  os.makedev(1, 5)),
                            'not a regular file')):
            with self.subTest(text):
                harness.remove(POLICY)
                make(POLICY)
                self.closed(text)
                harness.remove(POLICY)

    def test_others(self):
        os.chown(POLICY, ALICE.uid, 0)
        self.closed(f'component {POLICY} belongs to uid 4001')
        os.chown(POLICY, 0, 0)
        os.link(POLICY, POLICY + '.2')
        self.addCleanup(os.unlink, POLICY + '.2')
        self.closed('has 2 links and must have one; put a copy in its place')

    def test_given_to_check(self):
        """The same as FILE, for a caller who has nothing else to lose."""
        large, fifo, odd = (f'{harness.SCRATCH}/{name}' for name in
                            ('large', 'fifo', 'a\x1b]0;b\a'))
        write(large, b'#' * 9_000_000)
        os.mkfifo(fifo, 0o644)
        write(odd, b'')
        for path in large, fifo, odd:
            self.addCleanup(os.unlink, path)
        none = 'not a regular file; for a pipe, write - and give it as the ' \
            'standard input'
        for path, text in ((large, 'larger than 8 MiB'),
                           ('/dev/zero', none), ('/', none), (fifo, none),
                           ('/nowhere', 'No such file or directory')):
            start = time.monotonic()
            result = minibox('--check', path)
            self.assertLess(time.monotonic() - start, harness.SLOW)
            self.assertEqual(result.status, 1, result)
            self.assertEqual(result.out, f'{path}: {text}\n')
        self.assertNotIn('\x1b', minibox('--check', odd).out)
        self.ok(harness.run('/bin/sh', '-c', f'cat {POLICY} | '
                            f'{harness.MINIBOX} --check -',
                            user=SUPERUSER), 'stdin: OK\n')

    def test_changes_while_it_is_read(self):
        """Each start gets the one or the other, or is refused; one that was
        cut to nothing has no boxes."""
        other = harness.box() + '# ' + 'x' * 180 + '\n' * 20_000
        writer = subprocess.Popen(
            ['/bin/sh', '-c', f'while :; do cat {POLICY}.a >{POLICY}; '
             f'cat {POLICY}.b >{POLICY}; done'])
        self.addCleanup(writer.wait)
        self.addCleanup(writer.kill)
        write(POLICY + '.a', harness.box().encode())
        write(POLICY + '.b', other.encode())
        for _ in range(harness.rounds(200)):
            result = minibox(TRUE)
            self.assertIn(result.status, (0, 125, 126), result)
            if result.status:
                self.refused(result, (125, 126))

    def test_full_disk_behind_stderr(self):
        write_policy('x\n')
        with open('/dev/full', 'w') as full:
            process = subprocess.run(
                [harness.MINIBOX, TRUE], stderr=full, stdout=full,
                preexec_fn=lambda: harness.become(ALICE), timeout=10)
        self.assertEqual(process.returncode, 125)
