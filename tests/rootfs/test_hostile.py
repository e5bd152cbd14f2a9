# SPDX-License-Identifier: MIT
"""What if an archive is made to do harm, or is damaged?

Every archive that is to be refused has a control: the same without what is
wrong with it is accepted."""

import os
import random
import resource
import subprocess
import time

import rootfs
from harness import remove
from rootfs import (BASE, COMPRESSIONS, LONG, OUTSIDE, block, char, directory,
                    file, hard, link, root_with, tar, tool)

UP = '../' * 9

# (what, the members that are wrong, their control)
REFUSED = [
    ('.. first', [file('../mb-escaped')], [file('mb-escaped')]),
    ('. and .. first', [file('./../mb-escaped')], [file('./mb-escaped')]),
    ('.. between', [file('usr/../../mb-escaped')], [file('usr/mb-escaped')]),
    ('.. that stays inside', [file('usr/../etc/x')], [file('etc/x')]),
    ('.. last', [directory('usr/..')], [directory('usr/...')]),
    ('.. alone', [directory('..')], [directory('...')]),
    ('.. in a long name', [file('d' * 200 + '/../' + UP + 'mb-escaped')],
     [file('d' * 200 + '/mb-escaped')]),
    ('.. of a link', [link('../mb-escaped', 'x')], [link('mb-escaped', 'x')]),
    ('absolute', [file('/mb-escaped')], [file('mb-escaped')]),
    ('absolute, outside', [file(OUTSIDE + '/mb-escaped')],
     [file(OUTSIDE[1:] + '/mb-escaped')]),
    ('absolute directory', [directory(OUTSIDE + '/dir')],
     [directory(OUTSIDE[1:] + '/dir')]),
    ('absolute, two slashes', [file('//mb-escaped')], [file('mb-escaped')]),
    ('absolute link', [link('/mb-escaped', 'x')], [link('mb-escaped', 'x')]),
    ('hard link with ..', [hard('x', '../outside/secret')],
     [hard('x', 'etc/passwd')]),
    ('hard link with many ..', [hard('x', UP + OUTSIDE[1:] + '/secret')],
     [hard('x', './etc/passwd')]),
    ('absolute hard link', [hard('x', OUTSIDE + '/secret')],
     [hard('x', 'etc/passwd')]),
    ('hard link through a link',
     [link('d', OUTSIDE), hard('x', 'd/secret')],
     [link('d', OUTSIDE), hard('x', 'etc/passwd')]),
    ('hard link to nothing', [hard('x', 'nothing')],
     [hard('x', 'usr/bin/tool')]),
    ('file beneath a link', [link('d', OUTSIDE), file('d/mb-escaped')],
     [directory('d'), file('d/mb-escaped')]),
    ('file over a file beneath a link', [link('d', OUTSIDE),
                                         file('d/secret', b'evil')],
     [link('d', OUTSIDE), file('e', b'evil')]),
    ('directory beneath a link', [link('d', OUTSIDE),
                                  directory('d/mb-escaped')],
     [link('d', OUTSIDE), directory('mb-escaped')]),
    ('link beneath a link', [link('d', OUTSIDE), link('d/mb-escaped', '/etc')],
     [link('d', OUTSIDE), link('mb-escaped', '/etc')]),
    ('beneath a link with ..', [link('usr/d', UP + OUTSIDE[1:]),
                                file('usr/d/mb-escaped')],
     [link('usr/d', UP + OUTSIDE[1:]), file('usr/mb-escaped')]),
    ('beneath two links', [link('a', OUTSIDE), link('b', 'a'),
                           file('b/evil')],
     [link('a', OUTSIDE), link('b', 'a'), file('mb-escaped')]),
    ('beneath a link through a link',
     [link('a', OUTSIDE), link('b', 'a/dir'), file('b/evil')],
     [link('a', OUTSIDE), link('b', 'a/dir'), file('mb-escaped')]),
    ('a device', [char('null')], [file('null')]),
    ('a device in etc', [block('etc/sda')], [file('etc/sda')]),
    ('a device deep in dev', [directory('dev'), directory('dev/x'),
                              char('dev/x/null')],
     [directory('dev'), directory('dev/x'), char('dev/null')]),
    ('a device in another dev', [directory('usr/dev'), char('usr/dev/null')],
     [directory('usr/dev'), directory('dev'), char('dev/null')]),
    ('a device in xdev', [directory('xdev'), char('xdev/null')],
     [directory('xdev')]),
    ('a device with dev in its name', [char('null\ndev')], [file('nulldev')]),
    ('dev is a device', [char('dev')], [directory('dev')]),
    ('a device by ..', [directory('dev'), char('dev/../null')],
     [directory('dev'), char('dev/null')]),
    ('a name too long', [file('x' * 300)], [file('x' * 255)]),
    ('a path too long', [file('/'.join(['x' * 100] * 50))],
     [file('/'.join(['x' * 100] * 10))]),
]

# Where both a sound root file system and a refusal are right
EITHER = [
    ('a link made a directory', [link('d', OUTSIDE), directory('d', 0o700),
                                 file('d/mb-escaped')]),
    ('a link made a file', [link('d', OUTSIDE + '/secret'),
                            file('d', b'evil')]),
    ('a link to a file, a hard link to it',
     [link('d', OUTSIDE + '/open'), hard('x', 'd')]),
    ('links to what is writable', [link('d', OUTSIDE + '/dir'),
                                   link('f', OUTSIDE + '/open')]),
    ('a loop of links', [link('a', 'b'), link('b', 'a'), file('a/x')]),
    ('beneath a link inside', [link('d', 'usr'), file('d/x')]),
    ('resolv.conf is a directory', [directory('etc/resolv.conf')]),
    ('resolv.conf linked to a link', [link('l', OUTSIDE + '/secret'),
                                      hard('etc/resolv.conf', 'l')]),
    ('a file beneath a file', [file('a'), file('a/b')]),
    ('a name with a newline', [file('usr/a\nb')]),
    ('a name that looks like two', [file('usr/a\n/etc/passwd')]),
    ('a name that looks like a row', [file(
        'usr/a\nhrw-r--r-- 0/0 0 2023-11-14 22:13 x link to /etc/passwd')]),
    ('newlines and setuid', [file('usr/\na\n', mode=0o6777, owner=4001),
                             directory('usr/d\n', mode=0o2777, owner=4001)]),
    ('escape sequences', [file('\x1b]0;evil\x07\x1b[2J', mode=0o4755)]),
    ('a name that is not UTF-8', [file('\udcff\udcfe', mode=0o4755)]),
    ('a right-to-left name', [file('\u202egnp.exe', mode=0o4755)]),
    ('an empty name', [file('')]),
    ('a name of blanks', [file(' ', mode=0o4755)]),
    ('a link to nothing', [link('x', '')]),
    ('a link to a newline', [link('x', '\n')]),
    ('a very long link', [link('x', 'y/' * 3000)]),
    ('a sparse file', [file('x', pax={'GNU.sparse.major': '1'})]),
    ('a large size', [file('x', pax={'size': str(1 << 62)})]),
    ('a negative time', [file('x', pax={'mtime': '-99999999999'})]),
    ('a name by pax', [file('x', pax={'path': '/mb-escaped'})]),
    ('a link by pax', [link('x', 'y')._replace(pax={'linkpath': OUTSIDE}),
                       file('x/mb-escaped')]),
]

# Each replaced by a link: no member of the archive lies beneath it.
REPLACED = [
    ('etc', '/etc'), ('etc', OUTSIDE), ('var', OUTSIDE), ('tmp', '/'),
    ('tmp', OUTSIDE), ('dev', OUTSIDE), ('proc', OUTSIDE), ('sys', OUTSIDE),
    ('home', OUTSIDE), ('run', OUTSIDE), ('root', OUTSIDE),
    ('var/tmp', OUTSIDE + '/dir'), ('var', UP + OUTSIDE[1:]),
    ('dev', OUTSIDE + '/secret'), ('home', '/nonexistent'),
]


class Hostile(rootfs.Case):
    def test_refused(self):
        for what, wrong, control in REFUSED:
            with self.subTest(what):
                self.refused(self.take(root_with(*wrong)))
                self.accepted_and_gone(self.take(root_with(*control)))

    def test_refused_from_a_pipe(self):
        for what, wrong, _ in REFUSED[::4]:
            with self.subTest(what):
                data = COMPRESSIONS['gz'](root_with(*wrong))
                self.refused(tool('import', 'box', '-', data=data))

    def test_refused_when_it_comes_first(self):
        for what, wrong, _ in REFUSED[::4]:
            with self.subTest(what):
                self.refused(self.take(tar(*wrong, *rootfs.root_members())))

    def test_sound_or_refused(self):
        for what, members in EITHER:
            with self.subTest(what):
                self.right_or_refused(self.take(root_with(*members)))

    def test_links_where_directories_are_wanted(self):
        for name, target in REPLACED:
            with self.subTest(f'{name} -> {target}'):
                members = [m for m in rootfs.root_members()
                           if not (m.name + '/').startswith(name + '/')]
                self.right_or_refused(
                    self.take(tar(*members, link(name, target))))
                if target == OUTSIDE:
                    self.right_or_refused(
                        self.take(tar(link(name, target), *members)))
                    self.accepted_and_gone(
                        self.take(tar(*members, directory(name))))

    def test_nothing_gets_to_the_top(self):
        """tmp -> / and a file beneath it."""
        self.refused(self.take(root_with(
            link('tmp', '/'), file('tmp/mb-escaped'),
            without='tmp')))
        self.assertFalse(os.path.lexists(rootfs.ESCAPED))

    def test_the_name_of_the_refused_member_is_escaped(self):
        for name in '/mb-escaped\nminibox-rootfs: all is well; go on', \
                '/\x1b[2J\x07', '/\udcff', '/%s%n%%', '/\\n\\033':
            with self.subTest(name):
                self.addCleanup(remove, name)   # should it get there
                self.refused(self.take(root_with(file(name))))


class Damaged(rootfs.Case):
    def test_no_archive(self):
        for what, data in (
                ('nothing', b''), ('a line', b'hello\n'), ('a byte', b'\0'),
                ('text', b'word ' * 9999), ('zeros', bytes(700)),
                ('an empty archive', tar()), ('many zeros', bytes(1 << 20)),
                ('a program', open('/bin/true', 'rb').read()),
                ('a zip', b'PK\3\4' + bytes(600)),
                ('random', random.Random(1).randbytes(50000)),
                ('a page', b'<html>404 not found</html>\n')):
            for kind, compress in COMPRESSIONS.items():
                if kind == 'tar' or what in ('nothing', 'a line',
                                             'an empty archive'):
                    with self.subTest(what, kind=kind):
                        self.refused(self.take(compress(data)))
            with self.subTest(what, kind='stdin'):
                self.refused(tool('import', 'box', '-', data=data))
        self.accepted(self.take(root_with()))

    def test_no_file(self):
        os.mkdir(self.files + '/directory')
        os.symlink('nowhere', self.files + '/link')
        for path in ('/dev/null', '/dev/zero', self.files + '/directory',
                     self.files + '/missing', self.files + '/link', '',
                     self.files + '/missing/a.tar', '/proc/self/mem',
                     'x' * 5000, self.files + '/bad\nname'):
            with self.subTest(path[-40:]):
                self.refused(tool('import', 'box', path, limit=20))

    def test_no_stdin(self):
        self.refused(tool('import', 'box', '-'))     # /dev/null
        self.refused(tool('import', 'box', '-', before=lambda: os.close(0)))
        fd = os.open(self.files, os.O_RDONLY)
        self.addCleanup(os.close, fd)
        self.refused(tool('import', 'box', '-', stdin=fd))
        self.accepted(tool('import', 'box', '-', data=root_with()))

    def test_cut_short(self):
        data = root_with(file('usr/big', b'x' * 5000))
        end = len(data.rstrip(b'\0'))
        for at in (1, 100, 257, 263, 511, 1000, end - 100, end - 3000):
            with self.subTest(at=at):
                self.refused(self.take(data[:at]))
        self.accepted(self.take(data))

    def test_cut_between_members(self):
        data = root_with()
        for at in range(512, 512 * 8, 512):
            with self.subTest(at=at):
                self.right_or_refused(self.take(data[:at]))

    def test_compressed_and_cut_short(self):
        members = root_with(file('usr/big',
                                 random.Random(2).randbytes(200000)))
        for kind in 'gz', 'xz', 'zst':
            data = COMPRESSIONS[kind](members)
            for at in (1, 3, 6, 10, 20, 1000, len(data) // 2, len(data) - 9,
                       len(data) - 1):
                with self.subTest(kind, at=at):
                    self.refused(self.take(data[:at]))
            with self.subTest(kind, at='stdin'):
                self.refused(tool('import', 'box', '-', data=data[:-9]))
            with self.subTest(kind, at='end'):
                self.accepted_and_gone(self.take(data))

    def test_compressed_and_changed(self):
        members = root_with(file('usr/big',
                                 random.Random(3).randbytes(20000)))
        for kind in 'gz', 'xz', 'zst':
            good = COMPRESSIONS[kind](members)
            for at in len(good) // 3, len(good) - 6:
                with self.subTest(kind, at=at):
                    data = bytearray(good)
                    data[at] ^= 0x55
                    if kind == 'zst':   # its checksum is the last 4 bytes
                        data[-2] ^= 0x55
                    self.refused(self.take(bytes(data)))

    def test_something_behind_the_end(self):
        for kind, compress in COMPRESSIONS.items():
            for what, more in (('zeros', bytes(3000)), ('a page', b'x' * 4096),
                               ('text', b'text\n' * 99)):
                with self.subTest(kind, more=what):
                    self.right_or_refused(
                        self.take(compress(root_with()) + more))

    def test_a_second_archive_behind_the_end(self):
        """Nobody may think that it was looked at, unless it was."""
        for evil in REFUSED[0][1], REFUSED[8][1], REFUSED[18][1]:
            with self.subTest(str(evil)):
                self.right_or_refused(
                    self.take(root_with() + tar(*evil)))

    def test_compressed_twice(self):
        for outer in 'gz', 'xz', 'zst':
            with self.subTest(outer):
                self.right_or_refused(self.take(
                    COMPRESSIONS[outer](COMPRESSIONS['gz'](root_with()))))

    def test_a_zst_that_wants_much_memory(self):
        data = subprocess.run(['zstd', '-q', '--ultra', '--long=30', '-1'],
                              input=root_with(), check=True,
                              stdout=subprocess.PIPE).stdout
        self.right_or_refused(self.take(data))

    def test_random_changes(self):
        rng = random.Random(4)
        good = root_with(hard('usr/h', 'etc/passwd'), link('l', OUTSIDE),
                         directory('dev'), char('dev/null'),
                         file('su', mode=0o6777, owner=4001,
                              pax={'SCHILY.xattr.user.x': 'y'}))
        end = len(good.rstrip(b'\0'))
        for turn in range(36):
            data = bytearray(good)
            header = rng.randrange(end // 512 + 1) * 512
            for _ in range(rng.randrange(1, 4)):
                data[header + rng.randrange(345)] = \
                    rng.choice(b'/.\0\n\xff017') if rng.randrange(3) \
                    else rng.randrange(256)
            if turn % 3:        # with a right checksum
                block_ = data[header:header + 512]
                block_[148:156] = b' ' * 8
                data[header + 148:header + 156] = b'%06o\0 ' % sum(block_)
            with self.subTest(turn=turn):
                self.right_or_refused(self.take(bytes(data)))


class Many(rootfs.Case):
    def test_many_empty_members(self):
        """They are looked at one by one: memory is bounded."""
        path = self.files + '/many'
        template = tar(file('usr/many/0000000', b''))[:512]
        with subprocess.Popen(['zstd', '-q', '-1', '-o', path],
                              stdin=subprocess.PIPE) as packer:
            packer.stdin.write(self.start_of_archive())
            for number in range(200000):
                packer.stdin.write(self.numbered(template, number))
            packer.stdin.write(bytes(10240))
        self.assertEqual(packer.returncode, 0)
        process = rootfs.start_tool('import', 'box', path)
        started = time.monotonic()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        took = time.monotonic() - started
        out, err = process.communicate()
        self.assertEqual((process.returncode, err), (0, b''))
        self.assertEqual(len(os.listdir(f'{BASE}/box/usr/many')), 200000)
        self.assertLess(usage.ru_maxrss, 256 << 10, 'KiB at most')
        self.assertLess(took, 60, 's')

    def start_of_archive(self):
        data = root_with(directory('usr/many'))
        return data[:data.rindex(b'usr/many') + 512]

    def numbered(self, template, number):
        name = b'%07d' % number
        header = template[:9] + name + template[16:]
        total = sum(header) - sum(header[148:156]) + 8 * 32
        return header[:148] + b'%06o\0 ' % total + header[156:]

    def test_a_program_that_eats_memory(self):
        """Within a limit for each process, the ordinary archive goes in."""
        limit = 512 << 20
        self.accepted(self.take(
            COMPRESSIONS['xz'](rootfs.busy_archive()), limit=LONG,
            before=lambda: resource.setrlimit(resource.RLIMIT_AS,
                                              (limit, limit))))
