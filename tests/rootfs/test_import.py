# SPDX-License-Identifier: MIT
"""What does an import make of an archive, and what does it mend?"""

import bz2
import os
import re
import stat
import struct
import subprocess
import time

import rootfs
from harness import SUPERUSER, Terminal, remove, wait_for
from rootfs import (BASE, COMPRESSIONS, OUTSIDE, TESTER, TOOL, block, char,
                    directory, fifo, file, hard, link, root_members,
                    root_with, tar, tool)

# VFS_CAP_REVISION_2, effective: CAP_NET_RAW permitted
CAPABILITY = struct.pack('<5I', 0x02000001, 1 << 13, 0, 0, 0)

# What shells, lists of names and loops over them get wrong
ODD_NAMES = ('with blank', ' leading', 'trailing ', '-rf', '--help', '$(id)',
             '`id`', "quote'", 'quote"', 'back\\slash', 'star*', '?', '[a]',
             '#', '~', 'a:b', 'tab\t', 'latin-\udce9', '...', '..a', 'a..b',
             'é', '{a,b}', 'x' * 255)


class Case(rootfs.Case):
    def mode(self, path):
        return stat.S_IMODE(os.lstat(f'{BASE}/box/{path}').st_mode)

    def content(self, path):
        with open(f'{BASE}/box/{path}', 'rb') as f:
            return f.read()


class Formats(Case):
    def test_from_a_file(self):
        for kind, compress in COMPRESSIONS.items():
            with self.subTest(kind):
                self.accepted(self.take(compress(root_with())))
                self.assertEqual(self.content('usr/bin/tool'), b'tool\n')
                remove(f'{BASE}/box')

    def test_from_stdin(self):
        for kind, compress in COMPRESSIONS.items():
            with self.subTest(kind):
                self.accepted_and_gone(
                    tool('import', 'box', '-', data=compress(root_with())))

    def test_from_a_file_on_stdin(self):
        for kind, compress in COMPRESSIONS.items():
            with self.subTest(kind), \
                    open(self.path(compress(root_with())), 'rb') as f:
                self.accepted_and_gone(tool('import', 'box', '-', stdin=f))

    def test_content_counts_and_not_the_name(self):
        for name in 'a.tar.gz', 'a.zip':
            for kind, compress in COMPRESSIONS.items():
                with self.subTest(name, kind=kind):
                    path = self.path(compress(root_with()), name)
                    self.accepted_and_gone(tool('import', 'box', path))

    def test_a_slow_writer(self):
        data = COMPRESSIONS['gz'](root_with())
        process = rootfs.start_tool('import', 'box', '-',
                                    stdin=subprocess.PIPE)
        for piece in (data[:1], data[1:3], data[3:40], data[40:]):
            os.write(process.stdin.fileno(), piece)
            time.sleep(0.1)
        self.accepted(rootfs.harness.finish(process))

    def test_two_compressed_pieces(self):
        """What `cat a.gz b.gz` gives is one file to gzip, xz and zstd."""
        data = root_with()
        for kind in 'gz', 'xz', 'zst':
            with self.subTest(kind):
                half = len(data) // 2
                pieces = map(COMPRESSIONS[kind], (data[:half], data[half:]))
                self.accepted_and_gone(self.take(b''.join(pieces)))

    def test_formats_of_tar(self):
        for form in 'v7', 'ustar', 'oldgnu', 'gnu', 'pax':
            with self.subTest(form):
                tree = self.files + '/tree'
                remove(tree)
                os.makedirs(tree + '/bin')
                rootfs.write(tree + '/bin/sh', '#!/bin/cat\n', 0o755)
                done = subprocess.run(['tar', '-C', tree, f'--format={form}',
                                       '-c', '.'], check=True,
                                      stdout=subprocess.PIPE)
                self.accepted_and_gone(self.take(done.stdout))

    def test_names_that_begin_with_a_dot(self):
        members = [m._replace(name='./' + m.name) for m in root_members()]
        self.accepted(self.take(tar(directory('./'), *members,
                                    link('./lib', 'usr/lib'))))
        self.assertEqual(self.content('usr/bin/tool'), b'tool\n')

    def test_file_names_that_tar_reads_in_its_own_way(self):
        for name in 'host:archive', '-archive', 'two words', "it's":
            with self.subTest(name):
                path = self.path(root_with(), name)
                self.accepted_and_gone(tool('import', 'box', path))
                self.accepted_and_gone(tool('import', 'box', './' + name,
                                            cwd=self.files))

    def test_a_link_to_an_archive(self):
        os.symlink(self.path(root_with()), self.files + '/link')
        self.accepted(tool('import', 'box', self.files + '/link'))

    def test_bzip2_is_read_or_refused_clearly(self):
        self.right_or_refused(self.take(bz2.compress(root_with())))

    def test_environment_of_root_changes_nothing(self):
        """What tar, gzip, xz, zstd, mktemp, sh and pv read from there."""
        for name, value in (
                ('TAR_OPTIONS', f'--to-command="touch {OUTSIDE}/ran"'),
                ('TAR_OPTIONS', '-P --no-same-permissions -v'),
                ('GZIP', '-v'), ('XZ_OPT', '-v'), ('XZ_DEFAULTS', '-M1'),
                ('ZSTD_NBTHREADS', 'x'), ('PVOPTIONS', 'x'), ('PV', 'x'),
                ('TMPDIR', '/nonexistent'), ('TAPE', '/dev/null'),
                ('POSIXLY_CORRECT', '1'), ('LC_ALL', 'tr_TR.UTF-8'),
                ('PATH', '/nonexistent'), ('IFS', '/'), ('CDPATH', '/etc'),
                ('ENV', f'{OUTSIDE}/secret'), ('TAR_RSH', '/bin/false')):
            with self.subTest(name, value=value):
                environment = rootfs.tool_environment(**{name: value})
                data = COMPRESSIONS['gz'](root_with())
                self.accepted_and_gone(self.take(data, env=environment))

    def test_umask_changes_nothing(self):
        for mask in 0o000, 0o077, 0o777:
            with self.subTest(oct(mask)):
                self.accepted(self.take(root_with(file('x', mode=0o640)),
                                        before=lambda m=mask: os.umask(m)))
                self.assertEqual(self.mode('x'), 0o640)
                self.assertEqual(self.mode('etc/passwd'), 0o644)
                self.assertEqual(self.mode('proc') & 0o500, 0o500)
                remove(f'{BASE}/box')

    def test_a_working_directory_that_is_gone(self):
        path = self.path(root_with())
        gone = self.files + '/gone'
        os.mkdir(gone)
        result = tool('import', 'box', path, cwd=gone,
                      before=lambda: os.rmdir(gone))
        # the shell itself says so before it reads the first line
        self.accepted(result._replace(err=re.sub(
            r'\Ash: 0: getcwd\(\) failed: [^\n]*\n', '', result.err)))


class Mended(Case):
    def test_owners(self):
        self.imported(file('a', owner=1000), file('b', owner=4001),
                      directory('c', owner=65534),
                      file('d', owner=2 ** 32 - 2),
                      link('e', 'a')._replace(owner=4001))

    def test_write_permission(self):
        self.imported(file('a', mode=0o666), file('b', mode=0o777),
                      file('c', mode=0o1777), directory('d', mode=0o777),
                      directory('e', mode=0o775), directory('f', mode=0o3777),
                      directory('g', mode=0o1775))
        self.assertEqual(self.mode('a'), 0o644)
        self.assertEqual(self.mode('b'), 0o755)
        self.assertEqual(self.mode('d'), 0o755)
        self.assertEqual(self.mode('e'), 0o755)

    def test_sticky_directories_stay(self):
        self.imported(directory('scratch', 0o1777), file('scratch/a'),
                      directory('var/lock', 0o1777))
        for path in 'scratch', 'var/lock', 'tmp':
            self.assertEqual(self.mode(path), 0o1777, path)

    def test_setuid_and_setgid(self):
        self.imported(file('su', mode=0o4755), file('wall', mode=0o2755),
                      file('both', mode=0o6711), directory('d', mode=0o2775),
                      file('su2', mode=0o6777, owner=4001),
                      hard('su-again', 'su'))
        self.assertEqual(self.mode('su'), 0o755)
        self.assertEqual(self.mode('both'), 0o711)

    def test_setuid_of_the_top_directory(self):
        self.accepted(self.take(tar(directory('./', mode=0o6777, owner=4001),
                                    *root_members())))

    def test_other_permissions_stay(self):
        self.imported(file('secret', mode=0o600), file('x', mode=0o750),
                      directory('d', mode=0o700), file('none', mode=0o000))
        for path, mode in ('secret', 0o600), ('x', 0o750), ('d', 0o700):
            self.assertEqual(self.mode(path), mode, path)

    def test_directories_without_permission(self):
        self.imported(directory('d', mode=0o000), file('d/su', mode=0o4755),
                      directory('e', mode=0o111), file('e/f', mode=0o666))

    def test_odd_names(self):
        self.imported(*(file('usr/bin/' + name, mode=0o6777, owner=4001)
                        for name in ODD_NAMES),
                      *(directory('usr/' + name, mode=0o2777, owner=4001)
                        for name in ODD_NAMES))

    def test_file_capabilities(self):
        """As `tar --xattrs` stores them."""
        path = self.files + '/tree'
        os.makedirs(path + '/bin')
        for name in 'sh', 'ping', 'ping\n', '-ping':
            rootfs.write(f'{path}/bin/{name}', 'x', 0o755)
            os.setxattr(f'{path}/bin/{name}', 'security.capability',
                        CAPABILITY)
        for options in ['--xattrs', '--xattrs-include=*'], []:
            with self.subTest(options):
                data = subprocess.run(
                    ['tar', '-C', path, '-c', *options, 'bin'], check=True,
                    stdout=subprocess.PIPE).stdout
                self.assertEqual(b'security.capability' in data,
                                 bool(options))
                if options:     # the newline may be refused, not the others
                    self.right_or_refused(self.take(data))
                os.unlink(f'{path}/bin/ping\n')
                data = subprocess.run(
                    ['tar', '-C', path, '-c', *options, 'bin'], check=True,
                    stdout=subprocess.PIPE).stdout
                self.accepted_and_gone(self.take(data))
                rootfs.write(f'{path}/bin/ping\n', 'x', 0o755)

    def test_access_control_lists(self):
        """Write access for tester, by a list."""
        text = 'user::rw-,user:4001:rw-,group::r--,mask::rw-,other::r--'
        self.imported(file('acl', pax={'SCHILY.acl.access': text}),
                      directory('d', pax={'SCHILY.acl.default': text}))

    def test_resolv_conf(self):
        for target in ('../run/systemd/resolve/stub-resolv.conf',
                       f'{OUTSIDE}/secret', '/etc/passwd', 'passwd',
                       'resolv.conf', '/nonexistent'):
            with self.subTest(target):
                self.imported(link('etc/resolv.conf', target))
                self.assertEqual(self.content('etc/resolv.conf'), b'')
                self.assertEqual(self.mode('etc/resolv.conf'), 0o644)
                self.assertNotEqual(self.content('etc/passwd'), b'')
                remove(f'{BASE}/box')

    def test_resolv_conf_that_is_a_file_stays(self):
        self.imported(file('etc/resolv.conf', b'nameserver 192.0.2.1\n'))
        self.assertEqual(self.content('etc/resolv.conf'),
                         b'nameserver 192.0.2.1\n')

    def test_devices_in_dev_are_left_out(self):
        self.imported(directory('dev'), char('dev/null'), char('./dev/zero'),
                      block('dev/loop0'), link('dev/fd', '/proc/self/fd'),
                      directory('dev/pts'), directory('dev/shm', 0o1777))
        self.assertFalse(os.path.lexists(f'{BASE}/box/dev/null'))
        self.assertFalse(os.path.lexists(f'{BASE}/box/dev/loop0'))

    def test_mount_points_are_made(self):
        self.accepted(self.take(tar(directory('bin'),
                                    file('bin/sh', mode=0o755))))
        for point in rootfs.MOUNT_POINTS:
            self.assertTrue(os.path.isdir(f'{BASE}/box/{point}'), point)

    def test_links_as_they_are_in_distributions(self):
        self.accepted(self.take(tar(
            directory('usr'), directory('usr/bin'), link('bin', 'usr/bin'),
            file('usr/bin/busybox', b'x' * 99, 0o755),
            link('usr/bin/sh', '/bin/busybox'),
            link('lib64', '/usr/lib64'), directory('etc'),
            link('etc/mtab', '/proc/mounts'),
            link('etc/os-release', '../usr/lib/os-release'),
            directory('var'), link('var/run', '/run'),
            link('var/lock', '../run/lock'), directory('dev'),
            link('dev/fd', '/proc/self/fd'), link('dangling', 'nowhere'),
            hard('usr/bin/ash', 'usr/bin/busybox'),
            hard('usr/bin/hush', './usr/bin/busybox'))))
        self.assertEqual(os.readlink(f'{BASE}/box/usr/bin/sh'),
                         '/bin/busybox')
        self.assertEqual(self.content('usr/bin/ash'), b'x' * 99)

    def test_long_names(self):
        deep = 'd' * 50
        members = []
        path = deep
        for _ in range(12):
            members.append(directory(path))
            path += '/' + deep
        self.imported(*members, file(path, mode=0o4755))

    def test_a_fifo(self):
        """Harmless: left out, refused, or root's own."""
        self.right_or_refused(self.take(root_with(fifo('run-me'))))
        self.right_or_refused(self.take(root_with(directory('dev'),
                                                  fifo('dev/initctl'))))
        self.accepted_and_gone(self.take(root_with(file('run-me'))))

    def test_a_member_twice(self):
        """As after tar -r: the later one counts."""
        self.imported(file('usr/bin/tool', b'new\n', 0o4755))
        self.assertEqual(self.content('usr/bin/tool'), b'new\n')


class Progress(Case):
    def test_quiet_without_a_terminal(self):
        self.accepted(self.take(rootfs.busy_archive()))

    def test_on_a_terminal(self):
        if not os.path.exists('/usr/bin/pv'):
            self.skipTest('pv is not installed')
        path = self.path(rootfs.busy_archive())
        terminal = Terminal(TOOL, 'import', 'box', path, user=SUPERUSER,
                            env=rootfs.tool_environment(TERM='vt100'))
        self.addCleanup(terminal.close)
        terminal.expect(r'\d+%')
        terminal.expect(r'rootfs = /var/lib/minibox/box')
        self.assertEqual(terminal.wait(), 0)

    def test_a_refusal_on_a_terminal(self):
        path = self.path(rootfs.busy_archive()[:-5000000])
        terminal = Terminal(TOOL, 'import', 'box', path, user=SUPERUSER,
                            env=rootfs.tool_environment(TERM='vt100'))
        self.addCleanup(terminal.close)
        terminal.expect(r'(^|[\r\n])minibox-rootfs: [^\n]*; [^\n]*\n')
        self.assertEqual(terminal.wait(), 1)
        self.unchanged()

    def test_ctrl_c_on_a_terminal(self):
        path = self.path(COMPRESSIONS['xz'](rootfs.busy_archive()))
        for delay in 0.01, 0.05, 0.1:
            with self.subTest(delay):
                terminal = Terminal(
                    TOOL, 'import', 'box', path, user=SUPERUSER,
                    env=rootfs.tool_environment(TERM='vt100'))
                self.addCleanup(terminal.close)
                wait_for(lambda: len(os.listdir(BASE)) > 1, 'the start')
                time.sleep(delay)
                terminal.send('\x03')
                self.assertNotEqual(terminal.wait(), 0)
                self.unchanged()

    def test_the_file_that_root_alone_may_read(self):
        path = self.path(root_with())
        os.chmod(path, 0o600)
        os.chown(path, TESTER.uid, TESTER.uid)
        self.accepted(tool('import', 'box', path))
