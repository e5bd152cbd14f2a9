# SPDX-License-Identifier: MIT
"""How are root file systems looked after, and who may do it?"""

import os
import signal
import struct
import subprocess
import time

import rootfs
from harness import MINIBOX, remove, run, write
from rootfs import (BASE, OUTSIDE, TESTER, TOOL, bind, directory, end_group,
                    file, link, root_with, start_tool, tool)

BAD_NAMES = ('', '.', '..', '../box', 'a/b', '/etc', '-x', '--', '.hidden',
             '_x', 'x' * 33, 'a b', 'ü', 'a\nb', 'a;b', '*', 'a$b', 'a\x1bb',
             'a\udcffb')
GOOD_NAMES = ('b', '0', 'x' * 32, 'A.b_c-9', '4711', 'a..b', 'x-')
COMMANDS = ('busybox', 'host', 'import', 'debian', 'view', 'list', 'check',
            'remove', 'snippet')


class Usage(rootfs.Case):
    def test_help(self):
        for option in '-h', '--help':
            result = tool(option)
            self.assertEqual((result.status, result.err), (0, ''))
            for command in COMMANDS:
                self.assertIn(command, result.out)

    def test_help_for_everybody(self):
        result = run(TOOL, '-h', user=TESTER)
        self.assertEqual((result.status, result.err), (0, ''))
        self.assertEqual(result.out, tool('-h').out)

    def test_bad_usage(self):
        for args in ((), ('',), ('frobnicate',), ('-x',), ('import',),
                     ('import', 'box'), ('import', 'box', 'a', 'b'),
                     ('busybox',), ('busybox', 'a', 'b'), ('host',),
                     ('host', 'box'), ('debian',), ('view',),
                     ('view', 'a', 'b'), ('list', 'a', 'b'), ('check',),
                     ('check', 'a', 'b'), ('remove',), ('remove', 'a', 'b'),
                     ('snippet',), ('snippet', 'a', 'b'), ('evil\n\x1b',),
                     ('debian', 'a', 'b', 'c')):
            with self.subTest(args):
                self.refused(tool(*args))

    def test_bad_names(self):
        path = self.path(root_with())
        for name in BAD_NAMES:
            with self.subTest('import', name=name):
                self.refused(tool('import', name, path))
        for command, *more in (
                ('busybox',), ('host', 'env'), ('debian',), ('view',),
                ('check',), ('remove',), ('snippet',)):
            for name in '', '..', '../demo', 'demo/', '.', '.hidden', '-x':
                with self.subTest(command, name=name):
                    self.refused(tool(command, name, *more))

    def test_good_names(self):
        for name in GOOD_NAMES:
            with self.subTest(name):
                self.accepted_and_gone(self.take(root_with(), name), name)

    def test_ordinary_users(self):
        self.imported()
        self.base = rootfs.base_state()
        path = self.path(root_with())
        for args in (('import', 'new', path), ('import', 'new', '-'),
                     ('busybox', 'new'), ('host', 'new', 'env'),
                     ('debian', 'new'), ('view', 'new'), ('list',),
                     ('check', 'box'), ('remove', 'box'), ('snippet', 'box')):
            with self.subTest(args[0]):
                self.refused(run(TOOL, *args, user=TESTER), 'root')

    def test_what_is_missing_is_named(self):
        """Without the unpacker, the message says which package to install."""
        for program, kind in ('zstd', 'zst'), ('xz', 'xz'):
            with self.subTest(program):
                path = self.path(rootfs.COMPRESSIONS[kind](root_with()))
                real = os.path.realpath(f'/usr/bin/{program}')
                bind('/dev/null', real)
                try:
                    result = tool('import', 'box', path)
                finally:
                    subprocess.run(['umount', real], check=True)
                self.refused(result, program)


class Snippet(rootfs.Case):
    def test_it_is_a_policy(self):
        self.imported()
        result = tool('snippet', 'box')
        self.assertEqual((result.status, result.err), (0, ''))
        self.assertIn('[box box]\n', result.out)
        self.assertIn(f'rootfs = {BASE}/box\n', result.out)
        for text in result.out, result.out + 'users = tester\n':
            checked = run(MINIBOX, '--check', '-', input=text,
                          user=rootfs.SUPERUSER)
            self.assertEqual(checked.status, 0, checked)

    def test_it_admits_no_one(self):
        self.imported()
        write('/etc/minibox.conf', tool('snippet', 'box').out)
        result = run(MINIBOX, '-b', 'box', '/bin/sh', user=TESTER)
        self.assertEqual(result.status, 126, result)

    def test_of_what_is_not_there(self):
        self.refused(tool('snippet', 'missing'), 'missing')


class List(rootfs.Case):
    def test_names(self):
        for name in 'one', 'two':
            self.accepted(self.take(root_with(), name), name)
            self.base = rootfs.base_state()
        os.mkdir(f'{BASE}/.hidden')
        write(f'{BASE}/a-file', 'x')
        result = tool('list')
        for name in '.hidden', 'a-file':
            remove(f'{BASE}/{name}')
        self.assertEqual((result.status, result.err), (0, ''))
        names = [line.split()[0] for line in result.out.splitlines()]
        for name in 'demo', 'one', 'two':
            self.assertIn(name, names)
        self.assertNotIn('.hidden', names)


class Check(rootfs.Case):
    def check(self, *paths):
        """The check fails, and says where."""
        result = tool('check', 'box')
        self.assertEqual(result.status, 1, result)
        for path in paths:
            self.assertIn(path, result.out + result.err)
        self.assertNotRegex(result.out + result.err,
                            r'[\x00-\x09\x0b-\x1f\x7f]')

    def sound(self, name='box'):
        result = tool('check', name)
        self.assertEqual(result, (0, f'{BASE}/{name}: OK\n', ''), result)

    def test_closed(self):
        """What callers cannot enter; the cure is what is said."""
        self.imported(directory('usr'), directory('usr/bin'))
        for path in '', '/etc', '/usr', '/usr/bin':
            os.chmod(f'{BASE}/box{path}', 0o750)
            result = tool('check', 'box')
            self.assertEqual(
                result.out, f'{BASE}/box{path}: callers cannot enter it; fix: '
                f'chmod o+x {BASE}/box{path}\n')
            self.assertEqual(result.status, 1)
            os.chmod(f'{BASE}/box{path}', 0o751)
            self.sound()

    def test_sound(self):
        self.imported()
        self.sound()
        self.sound('demo')

    def test_planted(self):
        """Each fault is found, and nothing is once it is mended."""
        self.imported(file('usr/bin/x'), directory('usr/d'),
                      file('usr/new\nline'))
        root = f'{BASE}/box'
        x, d = f'{root}/usr/bin/x', f'{root}/usr/d'

        def device():
            os.mknod(f'{root}/usr/device', 0o20600, os.makedev(1, 3))

        def capability():
            os.setxattr(x, 'security.capability', struct.pack(
                '<5I', 0x02000001, 1 << 13, 0, 0, 0))

        def no_capability():
            os.removexattr(x, 'security.capability')

        def no_proc():
            os.rename(f'{root}/proc', f'{root}/usr/proc')

        def linked():
            no_proc()
            os.symlink('usr/proc', f'{root}/proc')

        def proc_again():
            if os.path.islink(f'{root}/proc'):
                os.unlink(f'{root}/proc')
            os.rename(f'{root}/usr/proc', f'{root}/proc')

        def linked_resolver():
            remove(f'{root}/etc/resolv.conf')
            os.symlink('../run/resolv.conf', f'{root}/etc/resolv.conf')

        def plain_resolver():
            write(f'{root}/etc/resolv.conf', '')

        faults = [
            ('a file others may write', 'usr/bin/x',
             lambda: os.chmod(x, 0o666), lambda: os.chmod(x, 0o644)),
            ('a file the group may write', 'usr/bin/x',
             lambda: os.chmod(x, 0o664), lambda: os.chmod(x, 0o644)),
            ('a directory others may write', 'usr/d',
             lambda: os.chmod(d, 0o777), lambda: os.chmod(d, 0o755)),
            ('another owner', 'usr/bin/x',
             lambda: os.chown(x, 4001, 0), lambda: os.chown(x, 0, 0)),
            ('a directory of another owner', 'usr/d',
             lambda: os.chown(d, 4001, 0), lambda: os.chown(d, 0, 0)),
            ('setuid', 'usr/bin/x',
             lambda: os.chmod(x, 0o4755), lambda: os.chmod(x, 0o755)),
            ('setgid', 'usr/bin/x',
             lambda: os.chmod(x, 0o2755), lambda: os.chmod(x, 0o755)),
            ('setuid, readable by root', 'usr/bin/x',
             lambda: os.chmod(x, 0o4700), lambda: os.chmod(x, 0o755)),
            ('a device', 'usr/device', device,
             lambda: os.unlink(f'{root}/usr/device')),
            ('a file capability', 'usr/bin/x', capability, no_capability),
            ('no mount point', 'proc', no_proc, proc_again),
            ('a link for a mount point', 'proc', linked, proc_again),
            ('a newline in the name', 'usr/new',
             lambda: os.chmod(f'{root}/usr/new\nline', 0o666),
             lambda: os.chmod(f'{root}/usr/new\nline', 0o644)),
            ('the top', 'box', lambda: os.chmod(root, 0o777),
             lambda: os.chmod(root, 0o755)),
            ('the top of another owner', 'box',
             lambda: os.chown(root, 4001, 0), lambda: os.chown(root, 0, 0)),
            ('a linked resolv.conf', 'etc/resolv.conf', linked_resolver,
             plain_resolver),
        ]
        for what, path, plant, mend in faults:
            with self.subTest(what):
                plant()
                try:
                    self.check(path)
                finally:
                    mend()
                self.sound()

    def test_all_are_found(self):
        self.imported(file('usr/bin/x'), file('usr/bin/y'))
        os.chmod(f'{BASE}/box/usr/bin/x', 0o4755)
        os.chown(f'{BASE}/box/usr/bin/y', 4001, 4001)
        os.rmdir(f'{BASE}/box/sys')
        self.check('usr/bin/x', 'usr/bin/y', 'sys')

    def test_it_changes_nothing(self):
        self.imported(file('usr/bin/x'))
        os.chmod(f'{BASE}/box/usr/bin/x', 0o6777)
        self.base = rootfs.base_state()
        self.check('usr/bin/x')
        self.unchanged()

    def test_it_does_not_leave_the_root(self):
        """What a link points to is not its matter."""
        self.imported(link('out', OUTSIDE + '/open'),
                      link('dir', OUTSIDE + '/dir'))
        self.sound()

    def test_what_is_not_there(self):
        self.refused(tool('check', 'missing'), 'missing')
        os.symlink('demo', f'{BASE}/box')
        result = tool('check', 'box')
        self.assertEqual(result.status, 1, result)


class Remove(rootfs.Case):
    def test_removed(self):
        self.imported(directory('d', 0o000), file('d/f', mode=0o000),
                      link('out', OUTSIDE), link('demo', '../demo'),
                      file('new\nline'))
        result = tool('remove', 'box')
        self.assertEqual((result.status, result.err), (0, ''), result)
        self.unchanged()

    def test_not_there(self):
        self.refused(tool('remove', 'missing'), 'missing')

    def test_a_link(self):
        for target in 'demo', OUTSIDE, OUTSIDE + '/secret', 'nowhere':
            with self.subTest(target):
                os.symlink(target, f'{BASE}/box')
                self.base = rootfs.base_state()
                self.refused(tool('remove', 'box'))
                remove(f'{BASE}/box')

    def test_a_file(self):
        write(f'{BASE}/box', 'x')
        self.base = rootfs.base_state()
        self.refused(tool('remove', 'box'))

    def test_a_mount_below(self):
        """Nothing goes, neither there nor here, until it is unmounted."""
        for below in '/usr', '/usr/new\nline', '/home', '':
            with self.subTest(below):
                root = self.imported(directory('usr/new\nline'))
                point = root + below
                bind(OUTSIDE, point)
                self.base = rootfs.base_state()
                self.host = rootfs.host_state()
                self.refused(tool('remove', 'box'))
                subprocess.run(['umount', point], check=True)
                result = tool('remove', 'box')
                self.assertEqual((result.status, result.err), (0, ''))
                self.assertEqual(os.listdir(BASE), ['demo'])
                self.base = rootfs.base_state()
                self.host = rootfs.host_state()

    def test_a_mounted_file_below(self):
        root = self.imported(file('etc/hosts'))
        bind(OUTSIDE + '/secret', root + '/etc/hosts')
        self.base = rootfs.base_state()
        self.host = rootfs.host_state()
        self.refused(tool('remove', 'box'))

    def test_a_name_like_another(self):
        """A mount in box2 is no matter of box."""
        self.imported()
        os.makedirs(f'{BASE}/box2/d')
        bind(OUTSIDE, f'{BASE}/box2/d')
        result = tool('remove', 'box')
        self.assertEqual((result.status, result.err), (0, ''))
        self.assertEqual(sorted(os.listdir(BASE)), ['box2', 'demo'])
        self.assertTrue(os.path.exists(f'{BASE}/box2/d/secret'))

    def test_interrupted(self):
        """Half a root file system is none: nothing is left under its name."""
        archive = self.path(rootfs.busy_archive())
        for delay in 0.005, 0.01, 0.02, 0.04:
            with self.subTest(delay):
                made = tool('import', 'box', archive)
                self.assertEqual(made.status, 0, made)
                process = start_tool('remove', 'box')
                time.sleep(delay)
                os.killpg(process.pid, signal.SIGINT)
                rootfs.harness.finish(process)
                end_group(process)
                if os.path.exists(f'{BASE}/box'):
                    self.assertEqual(tool('remove', 'box').status, 0)
                self.unchanged()


class Host(rootfs.Case):
    def test_programs(self):
        root = self.accepted(tool('host', 'box', 'env', '/usr/bin/id', 'sh'))
        for name in 'env', 'id', 'sh':
            result = subprocess.run(['/usr/sbin/chroot', root, name, *(
                ['-c', 'echo uid=0'] if name == 'sh' else [])], text=True,
                env={'PATH': '/usr/bin:/bin'}, stdout=subprocess.PIPE)
            self.assertEqual(result.returncode, 0, name)
        self.assertEqual(tool('check', 'box').status, 0)

    def test_refused(self):
        write(self.files + '/text', 'no program', 0o644)
        for programs in (('no-such-program',), ('env', 'no-such-program'),
                         ('',), ('/etc',), ('/nonexistent/env',), ('..',),
                         ('env\nid',), ('a b',), ('-x',), ('/dev/null',),
                         (self.files + '/text',), ('/etc/passwd',)):
            with self.subTest(programs):
                self.refused(tool('host', 'box', *programs))
        self.accepted(tool('host', 'box', 'env'))

    def test_a_script_brings_its_interpreter(self):
        write('/usr/local/bin/rootfs-script', '#!/bin/sh\necho $((6*7))\n',
              0o755)
        self.addCleanup(remove, '/usr/local/bin/rootfs-script')
        root = self.accepted(tool('host', 'box',
                                  '/usr/local/bin/rootfs-script'))
        result = subprocess.run(
            ['/usr/sbin/chroot', root, '/usr/local/bin/rootfs-script'],
            text=True, stdout=subprocess.PIPE)
        self.assertEqual((result.returncode, result.stdout), (0, '42\n'))

    def test_a_static_program(self):
        root = self.accepted(tool('host', 'box', 'busybox'))
        path = [f'{root}/{d}/busybox' for d in ('bin', 'usr/bin')
                if os.path.exists(f'{root}/{d}/busybox')]
        self.assertTrue(path)

    def test_setuid_programs_lose_it(self):
        self.accepted(tool('host', 'box', 'su'))

    def test_nothing_of_the_host_but_programs(self):
        root = self.accepted(tool('host', 'box', 'env'))
        for path in 'etc/shadow', 'etc/ssh', 'home/tester', 'root/.bashrc':
            self.assertFalse(os.path.exists(f'{root}/{path}'), path)
        with open(root + '/etc/passwd') as f:
            self.assertNotIn('tester', f.read())


class Busybox(rootfs.Case):
    def test_made(self):
        root = self.accepted(tool('busybox', 'box'))
        self.assertEqual(tool('check', 'box').status, 0)
        self.assertTrue(os.access(root + '/bin/sh', os.X_OK))
