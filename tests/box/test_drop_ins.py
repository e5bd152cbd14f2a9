# SPDX-License-Identifier: MIT
"""Is a policy of several files one policy, and each file as trusted as the
first?"""

import os
import shutil
import socket

import harness
from harness import ALICE, BOB, POLICY, SUPERUSER, box, minibox, write, \
    write_policy

DIRECTORY = POLICY + '.d'
EXTRA = DIRECTORY + '/lab.conf'
TRUE = '/bin/true'


class DropIns(harness.Case):
    def setUp(self):
        super().setUp()
        harness.remove(DIRECTORY)           # the installed one is empty
        os.mkdir(DIRECTORY, 0o755)
        self.addCleanup(os.mkdir, DIRECTORY, 0o700)
        self.addCleanup(shutil.rmtree, DIRECTORY)
        write(EXTRA, box('extra').encode(), 0o644)

    def works(self, name='extra'):
        self.ok(minibox('-b', name, TRUE))

    def closed(self, place, text):
        """Every box is; root learns where and why, the caller not even what the
        files are called."""
        for name in 'demo', 'extra':
            self.refused(minibox('-b', name, TRUE), 125,
                         f'minibox: {DIRECTORY}: policy error; tell your '
                         'administrator\n')
        result = minibox('--check', user=SUPERUSER)
        self.assertEqual(result.status, 1, result)
        self.assertIn(f'{place}: {text}', result.out)

    def test_works(self):
        self.works()
        self.works('demo')
        result = minibox('--check', user=SUPERUSER)
        self.ok(result, f'{POLICY}: OK\n{EXTRA}: OK\n')
        result = minibox('-n', '-b', 'extra', TRUE)
        self.assertIn(f'decided by: {EXTRA}:', result.out)
        self.refused(minibox('-b', 'extra', TRUE, user=BOB), 126,
                     "box 'extra' is not available to you")

    def test_check_of_a_file_is_of_that_file(self):
        write(EXTRA, b'nonsense', 0o644)
        self.closed(f'{EXTRA}:1', '')
        self.ok(minibox('--check', POLICY, user=SUPERUSER), f'{POLICY}: OK\n')

    def test_no_directory_or_an_empty_one(self):
        os.unlink(EXTRA)
        self.works('demo')
        os.rmdir(DIRECTORY)
        self.works('demo')
        os.mkdir(DIRECTORY, 0o755)

    def test_order(self):
        """Of the names as bytes: which is the second is told."""
        for name in 'Z', 'a', '_', '10', '9':
            write(f'{DIRECTORY}/{name}.conf', box('twin').encode(), 0o644)
        result = minibox('--check', user=SUPERUSER)
        said = [line.partition(':')[0].rpartition('/')[2]
                for line in result.out.splitlines() if 'twice' in line]
        self.assertEqual(said, ['9.conf', 'Z.conf', '_.conf', 'a.conf'])

    def test_faults(self):
        for text, line, why in (
                ('[defaults]\n', 1, f'[defaults] belongs in {POLICY}'),
                ('[minibox]\n', 1, f'[minibox] belongs in {POLICY}'),
                ('\n[box demo]\nrootfs = /r\n', 2,
                 f'[box demo] is given twice, first in {POLICY}:1'),
                (box('extra') + 'nonsense = 1\n', 5,
                 "unknown key 'nonsense'")):
            with self.subTest(text):
                write(EXTRA, text.encode(), 0o644)
                place = f'{EXTRA}:{line}'
                self.closed(place, f'{why}\n')

    def test_names(self):
        for name, taken in (('.#lab.conf', True), ('a b.conf', False),
                            ('.conf', True), ('a.b.conf', False),
                            ('lab.conf~', True), ('lab.conf.dpkg-new', True),
                            ('README', True)):
            with self.subTest(name):
                path = f'{DIRECTORY}/{name}'
                write(path, b'not a policy\n', 0o644)
                if taken:
                    self.works()
                else:
                    self.closed(path, 'its name must be')
                os.unlink(path)
        self.works()

    def test_file_that_is_not_roots_alone(self):
        for change, undo, text in (
                (lambda: os.chown(EXTRA, ALICE.uid, 0),
                 lambda: os.chown(EXTRA, 0, 0), 'belongs to uid'),
                (lambda: os.chmod(EXTRA, 0o664),
                 lambda: os.chmod(EXTRA, 0o644), 'is writable by group'),
                (lambda: os.link(EXTRA, EXTRA + '2'),
                 lambda: os.unlink(EXTRA + '2'), 'has 2 links')):
            with self.subTest(text):
                change()
                self.closed(EXTRA, '')
                self.assertIn(text,
                              minibox('--check', user=SUPERUSER).out)
                undo()
                self.works()

    def test_what_is_no_file(self):
        for make, text in (
                (lambda: os.mkdir(EXTRA), 'not a regular file'),
                (lambda: os.mkfifo(EXTRA, 0o644), 'not a regular file'),
                (lambda: socket.socket(socket.AF_UNIX).bind(EXTRA),
                 'not a regular file'),
                (lambda: os.symlink(POLICY, EXTRA), 'is a symbolic link')):
            with self.subTest(text):
                os.unlink(EXTRA)
                make()
                self.assertIn(text,
                              minibox('--check', user=SUPERUSER).out)
                self.closed(EXTRA, '')
                os.rmdir(EXTRA) if os.path.isdir(EXTRA) else os.unlink(EXTRA)
                write(EXTRA, box('extra').encode(), 0o644)
                self.works()

    def test_directory_that_is_not_roots_alone(self):
        os.chmod(DIRECTORY, 0o775)
        self.closed(DIRECTORY, f'component {DIRECTORY} is writable')
        os.chmod(DIRECTORY, 0o755)
        self.works()
        os.rename(DIRECTORY, DIRECTORY + '2')
        os.symlink(DIRECTORY + '2', DIRECTORY)
        self.closed(DIRECTORY, f'component {DIRECTORY} is a symbolic link')
        os.unlink(DIRECTORY)
        os.rename(DIRECTORY + '2', DIRECTORY)
        self.works()

    def test_unreadable(self):
        """Only root need be able to read it."""
        os.chmod(EXTRA, 0o600)
        os.chmod(DIRECTORY, 0o700)
        self.works()

    def test_not_even_root(self):
        """minibox has no right to read what its owner may not."""
        for path in POLICY, EXTRA:
            os.chmod(path, 0o044)
            self.refused(minibox(TRUE), 125, 'policy error')
            self.assertIn(
                f'{path}: is not readable (mode 0044); fix: chmod u+r {path}\n',
                minibox('--check', user=SUPERUSER).out)
            os.chmod(path, 0o644)
            self.works()

    def test_too_much(self):
        """8 MiB a file, 16 in all."""
        write(EXTRA, box('extra').encode() + b'#' * 100 + b'\n', 0o644)
        self.works()
        write(EXTRA, box('extra').encode() + (b'#' * 100 + b'\n') * 84000,
              0o644)
        self.closed(EXTRA, 'larger than 8 MiB')
        write(EXTRA, box('extra').encode(), 0o644)
        for i in range(3):
            write(f'{DIRECTORY}/z{i}.conf', (b'#' * 100 + b'\n') * 83000,
                  0o644)
        self.closed(f'{DIRECTORY}/z2.conf', 'this file and those before it are')
        os.unlink(f'{DIRECTORY}/z0.conf')
        self.works()

    def test_many(self):
        for i in range(1000):
            write(f'{DIRECTORY}/n{i}.conf', box(f'n{i}').encode(), 0o644)
        self.works('n999')
        self.works('n0')
