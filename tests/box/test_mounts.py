# SPDX-License-Identifier: MIT
"""What does a box show, beside the root file system as it is, and with whose
rights?"""

import contextlib
import hashlib
import os
import re
import resource
import shutil
import socket
import stat
import subprocess

import harness
from harness import (ALICE, BOB, CAROL, HOMELESS, LAB, MINIBOX, NOBODY, PROBE,
                     ROOT, ROOTS, STRANGER, SUPERUSER, User, box, minibox,
                     mounts, read, run, shell, strace, wait_for, write,
                     write_policy)

TRUE = '/bin/true'
ZERO = stat.S_IFCHR | 0o666, os.makedev(1, 5)
SAYS_LINK = 'symbolic link'


class Case(harness.Case):
    """A box of its own, with a few directories more: self.root."""

    DIRECTORIES = '/mnt', '/x', '/srv/a/b', '/data'

    def setUp(self):
        super().setUp()
        self.root = self.tools('mounts', *self.DIRECTORIES)
        self.policy_of()

    def policy_of(self, **keys):
        write_policy(box(**{'rootfs': self.root, **keys}))

    def table(self, *options, **more):
        result = minibox(*options, '/bin/cat', '/proc/self/mountinfo', **more)
        self.ok(result)
        return {m.point: m for m in mounts(result.out)}

    def source(self, name='source', mode=0o755, uid=0):
        """A directory of the host's with a file in it."""
        path = self.directory(f'{ROOTS}/{name}', mode, uid)
        self.file(path + '/file', 'from the host\n', 0o644, uid)
        return path

    def hers(self, name='d', text='hers\n'):
        """The same in alice's home."""
        path = self.directory(f'/home/alice/{name}', 0o755, ALICE.uid)
        self.file(path + '/file', text, 0o644, ALICE.uid)
        return path

    def of_bob(self, mode=0o700):
        """A directory that can only be reached by bob."""
        os.chmod('/home/bob', mode)
        self.addCleanup(os.chmod, '/home/bob', 0o755)
        path = self.directory('/home/bob/open', 0o755, BOB.uid)
        self.file(path + '/file', 'of bob\n', 0o644, BOB.uid)
        return path

    def shows(self, path, text, *options, **more):
        self.ok(minibox(*options, '/bin/cat', path, **more), text)

    def denied(self, text='', *options, status=125, **more):
        self.refused(minibox(*options, TRUE, **more), status, text)


class Binds(Case):
    def test_directory_and_file(self):
        source = self.source()
        self.file(f'{self.root}/mnt/file')
        self.policy_of(bind=[f'{source}:/x', f'{source}/file:/mnt/file'])
        self.shows('/x/file', 'from the host\n')
        self.shows('/mnt/file', 'from the host\n')
        self.ok(shell('ls /x'), 'file\n')

    def test_same_place_by_default(self):
        source = self.source()
        os.makedirs(self.root + source)
        self.policy_of(bind=source)
        self.shows(source + '/file', 'from the host\n')

    def test_read_only_unless_said(self):
        source = self.source(mode=0o777)
        for mode, writable in ('', False), (':ro', False), (':rw', True):
            with self.subTest(mode):
                self.policy_of(bind=f'{source}:/x{mode}')
                result = shell('echo new >/x/new && cat /x/new')
                self.addCleanup(harness.remove, source + '/new')
                if writable:
                    self.ok(result, 'new\n')
                    self.assertEqual(read(source + '/new'), 'new\n')
                    self.assertEqual(os.stat(source + '/new').st_uid,
                                     ALICE.uid)
                else:
                    self.assertIn('Read-only file system', result.err)
                    self.assertEqual(os.listdir(source), ['file'])

    def test_what_is_mounted_below(self):
        """It is shown, and has the same flags."""
        source = self.source(mode=0o777)
        self.mount(source + '/sub', 'mode=1777')
        self.mount(source + '/sub/sub', 'mode=1777')
        for top in source, source + '/sub', source + '/sub/sub':
            shutil.copy(ROOT + PROBE, top + '/suid')
            os.chmod(top + '/suid', 0o4755)
            os.mknod(top + '/zero', *ZERO)
            os.chmod(top + '/zero', 0o666)
            self.assertIn('4001 0 0', run(top + '/suid', 'ids').out)
            self.ok(run('/usr/bin/head', '-c', '1', top + '/zero'), '\0')
        for mode in 'ro', 'rw':
            self.policy_of(bind=f'{source}:/x:{mode}')
            table = self.table()
            for top in '/x', '/x/sub', '/x/sub/sub':
                with self.subTest(top, mode=mode):
                    self.assertLessEqual({'nosuid', 'nodev', mode},
                                         table[top].options)
                    self.assertEqual(table[top].propagation, [])
                    self.ok(minibox(top + '/suid', 'ids'),
                            ' '.join(['4001'] * 6) + '\n')
                    self.assertIn('ermission denied',
                                  shell(f'head -c 1 {top}/zero').err)
                    made = shell(f'echo >{top}/new && rm {top}/new')
                    self.assertEqual(made.status == 0, mode == 'rw', made)
                    self.assertEqual('Read-only' in made.err, mode == 'ro')

    def test_order_is_that_of_the_policy(self):
        one, two = self.source('one'), self.source('two')
        self.file(two + '/file', 'two\n')
        self.policy_of(tmpfs='/mnt',
                       bind=[f'{one}:/mnt/a', f'{two}:/mnt/b'])
        self.ok(shell('cat /mnt/a/file /mnt/b/file; ls /mnt'),
                'from the host\ntwo\na\nb\n')

    def test_tokens(self):
        top = self.directory('/run/tokens', 0o755)
        for name in 'alice', '4001', 'demo', '%':
            self.directory(f'{top}/{name}', 0o755, ALICE.uid)
            self.file(f'{top}/{name}/file', name + '\n')
        self.hers()
        self.policy_of(tmpfs='/mnt', bind=[
            '/run/tokens/%u:/mnt/user-%u', '/run/tokens/%U:/mnt/uid-%U',
            '/run/tokens/%b:/mnt/box-%b', '/run/tokens/%%:/mnt/%%',
            '%h/d:/mnt/home'])
        self.ok(shell('cd /mnt; ls; cat */file'),
                '%\nbox-demo\nhome\nuid-4001\nuser-alice\n'
                '%\ndemo\nhers\n4001\nalice\n')

    def test_fixed_sources_must_be_roots(self):
        """Every component above the last; the last may be anybody's."""
        top = self.directory(ROOTS + '/top')
        path = self.directory(top + '/middle/last')
        self.file(path + '/file', 'fixed\n')
        self.policy_of(bind=f'{path}:/x')
        for component in top, top + '/middle':
            for what, change, *how in (
                    ('hers', os.chown, component, ALICE.uid, 0),
                    ('group', os.chmod, component, 0o775),
                    ('others', os.chmod, component, 0o757),
                    ('sticky', os.chmod, component, 0o1777)):
                with self.subTest(component, what=what):
                    self.shows('/x/file', 'fixed\n')            # control
                    change(*how)
                    self.denied(path)
                    os.chown(component, 0, 0)
                    os.chmod(component, 0o755)
        os.chown(path, ALICE.uid, ALICE.uid)
        os.chmod(path, 0o777)
        self.shows('/x/file', 'fixed\n')

    def test_fixed_sources_are_no_links(self):
        source = self.source()
        self.link(source, ROOTS + '/link')
        self.link(ROOTS, ROOTS + '/up')
        self.link('/proc/self/fd/3', ROOTS + '/magic')
        self.policy_of(bind=f'{source}:/x')
        self.shows('/x/file', 'from the host\n')                # control
        for path in ('/link', '/up/source', '/magic', '/source/file/x',
                     '/source/none'):
            with self.subTest(path):
                self.policy_of(bind=f'{ROOTS}{path}:/x')
                self.denied(ROOTS + path)

    def test_fixed_source_where_the_caller_may_not_look(self):
        """The policy shows it: that is the admin's word."""
        vault = self.directory('/var/minibox-vault', 0o700)
        path = self.directory(vault + '/open')
        self.file(path + '/file', 'shown\n')
        self.file(path + '/shut', 'not shown\n', 0o600)
        self.policy_of(bind=f'{path}:/x')
        self.assertNotEqual(run('/bin/cat', path + '/file').status, 0)
        self.shows('/x/file', 'shown\n')
        self.assertIn('ermission denied', shell('cat /x/shut').err)
        # One with a token is opened with the caller's rights.
        os.rename(path, vault + '/alice')
        self.policy_of(bind=vault + '/%u:/x')
        self.denied(vault + '/alice')
        os.chmod(vault, 0o711)
        self.shows('/x/file', 'shown\n')                        # control

    def test_mounts_stay_where_they_are(self):
        """Neither the host's new mounts come in, nor anything goes out, also
        if the source is shared."""
        source = self.mount(ROOTS + '/shared')
        subprocess.run(['mount', '--make-shared', source], check=True)
        os.mkdir(source + '/sub')
        self.mount(source + '/early')
        before = read('/proc/self/mountinfo')
        self.assertRegex(before, source + '/early .*shared:')   # control
        self.policy_of(bind=f'{source}:/x:rw', tmpfs='/mnt')
        process = self.start(MINIBOX, '/bin/sh', '-c',
                             'cat /proc/self/mountinfo; echo up; read x; '
                             'ls /x/sub', stdin=subprocess.PIPE)
        text = self.expect(process, b'\nup\n').decode()
        self.assertEqual(read('/proc/self/mountinfo'), before)
        for mount in mounts(text.replace('up\n', '')):
            self.assertEqual(mount.propagation, [], mount)
        self.mount(source + '/sub')
        write(source + '/sub/late', '')
        self.ok(harness.finish(process, b'\n'), '')
        self.ok(shell('ls /x/sub'), 'late\n')                   # control

    def test_host_can_unmount(self):
        """The box has its own copy, and the host's mount is free."""
        source = self.source()
        point = source + '/sub'
        os.mkdir(point)
        subprocess.run(['mount', '-t', 'tmpfs', 'x', point], check=True)
        self.policy_of(bind=f'{source}:/x')
        process = self.start(MINIBOX, '/bin/sh', '-c', 'echo up; read x',
                             stdin=subprocess.PIPE)
        self.expect(process, b'up\n')
        subprocess.run(['umount', point], check=True)
        self.ok(harness.finish(process, b'\n'), '')

    def test_kinds_of_sources(self):
        """Whatever it is, it is shown as what it is, and does nothing more."""
        top = self.hers('kinds')
        os.mkfifo(top + '/fifo', 0o666)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(top + '/socket')
            os.mknod(top + '/zero', *ZERO)
            os.chmod(top + '/zero', 0o666)
            for name in 'fifo', 'socket', 'zero', 'file':
                self.file(f'{self.root}/mnt/{name}')
                for keys, options in (
                        ({'bind': f'%h/kinds/{name}:/mnt/{name}'}, ()),
                        ({'allow_bind': '%h/kinds/:/mnt/'},
                         ('-B', f'{top}/{name}:/mnt/{name}'))):
                    with self.subTest(name, options=options):
                        self.policy_of(**keys)
                        self.ok(minibox(*options, '/bin/stat', '-c', '%F',
                                        '/mnt/' + name), {
                            'fifo': 'fifo\n', 'socket': 'socket\n',
                            'zero': 'character special file\n',
                            'file': 'regular file\n'}[name])
        self.policy_of(bind='%h/kinds/zero:/mnt/zero')
        self.assertIn('ermission denied', shell('head -c 1 /mnt/zero').err)
        self.ok(run('/usr/bin/head', '-c', '1', top + '/zero'), '\0')
        for name in 'none', 'file/below':
            with self.subTest(name):
                self.policy_of(bind=f'%h/kinds/{name}:/x')
                self.denied(f'{top}/{name}')
        self.policy_of(bind='%h/kinds:/x')
        self.shows('/x/file', 'hers\n')                         # control


class Targets(Case):
    def test_what_leads_to_a_mount_point_is_roots(self):
        """The mount point itself may be hers; so may what lies in hers."""
        owners = ('/bin/stat', '-c', '%u %n')
        self.policy_of(users='carol')
        self.ok(minibox(*owners, '/home/dept', '/home/dept/lab', CAROL.home,
                        user=CAROL),
                f'0 /home/dept\n0 /home/dept/lab\n{CAROL.uid} {CAROL.home}\n')
        path = self.hers()
        for at, mine in ('/mnt/a/b', '/mnt/a/b'), ('/home/alice/a/b', '/'):
            with self.subTest(at):
                self.policy_of(tmpfs='/mnt', allow_bind=f'{path}:{at}')
                result = minibox('-B', f'{path}:{at}', *owners,
                                 os.path.dirname(at))
                uid = 0 if mine == at else ALICE.uid
                self.ok(result, f'{uid} {os.path.dirname(at)}\n')

    def test_missing_under_a_read_only_root(self):
        """All that are missing are named at once, with what mends them."""
        source = self.source()
        # /etc exists, /opt not; the standing places may be missing
        shutil.rmtree(self.root + '/proc')
        self.policy_of(tmpfs=['/opt/t', '/srv/t'], bind=[
            f'{source}:/opt/a', f'{source}/file:/opt/f', f'{source}:/x',
            f'{source}/file:/etc/f'])
        result = minibox(TRUE)
        self.refused(result, 125)
        match = re.search(r': (mkdir -p .*) && (touch .*)\n', result.err)
        self.assertTrue(match, result.err)
        self.assertEqual(match[1].split()[2:], [
            self.root + p for p in ('/opt/t', '/srv/t', '/proc', '/opt/a')])
        self.assertEqual(match[2].split()[1:],
                         [self.root + '/opt/f', self.root + '/etc/f'])
        # It is so: what it says mends it, in one go.
        subprocess.run(f'{match[1]} && {match[2]}', shell=True, check=True)
        self.ok(shell('cat /opt/a/file /opt/f /etc/f && touch /tmp/x'),
                'from the host\n' * 3)

    def test_missing_below_a_standing_place_that_is_missing(self):
        """There is no tmpfs on /tmp then, so nothing is made on it."""
        source = self.source()
        for keys in {'tmpfs': '/tmp/x'}, {'bind': f'{source}:/tmp/x'}:
            with self.subTest(keys):
                harness.remove(self.root + '/tmp')
                self.policy_of(**keys)
                refused = minibox(TRUE)
                self.policy_of(root='overlay', **keys)          # controls
                self.ok(minibox(TRUE))
                os.mkdir(self.root + '/tmp')
                self.policy_of(**keys)
                self.ok(minibox(TRUE))
                self.refused(refused, 125, f'mkdir -p {self.root}/tmp')

    def test_made_on_an_overlay_and_on_a_tmpfs(self):
        source = self.source()
        before = snapshot(self.root)
        self.policy_of(root='overlay', tmpfs=['/new/t:1M:1777', '/mnt'], bind=[
            f'{source}:/new/a/b', f'{source}/file:/new/f',
            f'{source}:/mnt/c/d', f'{source}/file:/mnt/f',
            f'{source}:/tmp/g', f'{source}:/dev/shm/h'])
        self.ok(shell('cat /new/a/b/file /new/f /mnt/c/d/file /mnt/f '
                      '/tmp/g/file /dev/shm/h/file; stat -c "%a %u" /new '
                      '/new/a /mnt/c; touch /new/t/x'),
                'from the host\n' * 6 + '755 0\n' * 3)
        self.assertEqual(snapshot(self.root), before)
        self.policy_of(tmpfs='/mnt', bind=f'{source}:/mnt/c/d')
        self.shows('/mnt/c/d/file', 'from the host\n')
        self.policy_of(bind=f'{source}:/mnt/c/d')
        self.denied('mkdir -p ' + self.root + '/mnt/c/d')
        for path in '/proc', '/dev', '/home', '/sys', '/tmp':
            shutil.rmtree(self.root + path)
        self.policy_of(sys='ro')
        self.denied('mkdir -p')
        self.policy_of(sys='ro', root='overlay')
        points = self.table()
        self.assertLessEqual({'/proc', '/dev', '/home', '/sys'}, set(points))
        self.assertNotIn('/tmp', points)

    def test_links(self):
        """A target that is or leads through one is refused, wherever it
        leads; -B too."""
        source = self.source()
        self.hers()
        for target, leads in (('last', '/data'), ('last', 'data'),
                              ('last', '../../../../data'),
                              ('last', '/proc/self/fd/3'), ('last', '/none'),
                              ('middle', '/srv/a'), ('middle', 'srv/a')):
            os.symlink(leads, f'{self.root}/{target}')
            point = '/last' if target == 'last' else '/middle/b'
            for root in 'ro', 'overlay':
                for keys, options in (
                        ({'bind': f'{source}:{point}'}, ()),
                        ({'bind': f'%h/d:{point}'}, ()),
                        ({'tmpfs': point}, ()),
                        ({'allow_bind': f'%h/d:{point}'},
                         ('-B', f'/home/alice/d:{point}'))):
                    with self.subTest(leads, root=root, keys=keys):
                        self.policy_of(root=root, **keys)
                        self.denied(SAYS_LINK, *options)
            os.unlink(f'{self.root}/{target}')
        os.makedirs(self.root + '/middle/b')                    # control
        self.policy_of(bind=f'{source}:/middle/b')
        self.shows('/middle/b/file', 'from the host\n')

    def test_directory_and_file_do_not_mix(self):
        source = self.source()
        self.file(self.root + '/afile')
        for bind, fine in ((f'{source}:/afile', False),
                           (f'{source}/file:/x', False),
                           (f'{source}:/afile/x', False),
                           (f'{source}/file:/afile', True),
                           (f'{source}:/x', True)):
            for root in 'ro', 'overlay':
                with self.subTest(bind, root=root):
                    self.policy_of(bind=bind, root=root)
                    if fine:
                        self.ok(minibox(TRUE))
                    else:
                        self.denied()

    def test_overlaps_are_policy_errors(self):
        source = self.source()
        for keys, fine in (
                ({'bind': [f'{source}:/x', f'{source}:/x']}, False),
                ({'bind': [f'{source}:/srv/a', f'{source}:/srv/a/b']}, False),
                ({'bind': [f'{source}:/srv/a/b', f'{source}:/srv/a']}, False),
                ({'bind': [f'{source}:/srv/a/b', f'{source}:/x']}, True),
                ({'tmpfs': '/mnt', 'bind': f'{source}:/mnt'}, False),
                ({'tmpfs': '/mnt', 'bind': f'{source}:/mnt/x'}, True),
                ({'tmpfs': ['/srv/a', '/srv']}, False),
                ({'tmpfs': ['/srv', '/srv/a']}, True),
                ({'tmpfs': ['/mnt', '/mnt:1M']}, False),
                ({'bind': f'{source}:/tmp'}, False),
                ({'bind': f'{source}:/tmp/x'}, True),
                ({'bind': f'{source}:/home'}, False),
                ({'bind': f'{source}:/home', 'home': 'none'}, True),
                ({'bind': f'{source}:/proc'}, False),
                ({'bind': f'{source}:/proc/sys'}, False),
                ({'bind': f'{source}:/sys/x'}, False),
                ({'bind': f'{source}:/dev'}, False),
                ({'bind': f'{source}:/dev/null'}, False),
                ({'bind': f'{source}:/dev/shm'}, False),
                ({'bind': f'{source}:/dev/shm/x'}, True),
                ({'tmpfs': '/dev/x'}, False),
                ({'tmpfs': '/proc/x'}, False),
                ({'bind': f'{source}:/'}, False),
                ({'tmpfs': '/'}, False),
                ({'tmpfs': '/home'}, False),
                # not beneath, though the names begin the same
                ({'bind': [f'{source}:/x', f'{source}:/xx']}, True)):
            with self.subTest(keys):
                os.makedirs(self.root + '/xx', exist_ok=True)
                self.policy_of(**keys)
                if fine:
                    self.ok(minibox(TRUE))
                else:
                    self.denied('policy error')
                self.assertEqual(
                    minibox('--check', user=SUPERUSER).status,
                    0 if fine else 1)

    def test_over_the_callers_home(self):
        """It is a mount, or an empty directory on a tmpfs."""
        self.hers()
        for home in 'ro', 'rw':
            self.policy_of(bind='%h/d:/home/alice', home=home)
            self.denied()
            self.policy_of(bind='%h/d:/home/alice/d', home=home)
            self.denied()
        self.policy_of(bind='%h/d:/home/alice')
        self.shows('/home/alice/file', 'hers\n')
        self.policy_of(bind='%h/d:/home/%u/d')
        self.shows('/home/alice/d/file', 'hers\n')

    def test_fixed_place_below_the_callers_home(self):
        """On a tmpfs of the box, so it is made: minibox.conf(5), MOUNTS."""
        source = self.source()
        for bind in f'{source}:/home/alice/x', f'{source}:/home/%u/x', \
                f'{source}:%h/x':
            with self.subTest(bind):
                self.policy_of(bind=bind)
                self.shows('/home/alice/x/file', 'from the host\n')


class Asked(Case):
    """-B and allow-bind."""

    def setUp(self):
        super().setUp()
        self.path = self.hers()

    def test_nothing_is_allowed_by_default(self):
        self.denied('takes no -B', '-B', self.path, status=126)
        self.policy_of(allow_bind=f'{self.path}:/x')
        self.denied('does not allow', '-B', f'{self.path}:/y', status=126)
        self.shows('/x/file', 'hers\n', '-B', f'{self.path}:/x')  # control

    def test_only_if_asked(self):
        self.policy_of(allow_bind='%h/d:/x')
        self.ok(shell('ls /x'), '')
        self.shows('/x/file', 'hers\n', '-B', self.path + ':/x')

    def test_what_a_line_lists(self):
        """By component, and the same rest on both sides."""
        top = self.directory('/run/s', 0o1777)
        for name in 'a', 'a/b', 'ab':
            self.directory(f'{top}/{name}', 0o755, ALICE.uid)
        self.directory('/run/s2', 0o1777)
        self.policy_of(tmpfs='/mnt',
                       allow_bind=['/run/s/:/mnt/', '/run/s2:/x'])
        for asked, fine in (
                ('/run/s/a:/mnt/a', True), ('/run/s/a/b:/mnt/a/b', True),
                ('/run/s/a/:/mnt/a', True), ('/run/s2:/x', True),
                ('/run/s2/:/x', True),
                ('/run/s:/mnt', False), ('/run/s/:/mnt', False),
                ('/run/s/a:/mnt/b', False), ('/run/s/a:/mnt', False),
                ('/run/s/a:/x', False), ('/run/s/a', False),
                ('/run/s2/a:/mnt/a', False), ('/run/s2:/mnt/2', False),
                ('/run/s2:/x/x', False), ('/run/s2/a:/x', False),
                ('/run/sa:/mnt/a', False), ('/run/s/ab:/mnt/a/b', False),
                ('/home/alice:/mnt/alice', False)):
            with self.subTest(asked):
                result = minibox('-B', asked, TRUE)
                if fine:
                    self.ok(result)
                elif asked.rstrip('/').startswith(('/run/s:', '/run/s/:')):
                    self.refused(result, 126, 'for what lies in /run/s, not '
                                              'for itself')
                else:
                    self.refused(result, 126, 'does not allow')

    def test_words_that_are_no_paths(self):
        self.policy_of(tmpfs='/mnt', allow_bind='%h/:/mnt/')
        for asked in ('', ':', ':/mnt/d', f'{self.path}:', '..',
                      f'{self.path}/..:/mnt/d', '/home/alice/./d:/mnt/d',
                      '/home//alice/d:/mnt/d', '//home/alice/d:/mnt/d',
                      '/home/alice/../bob:/mnt/d', f'{self.path}:mnt/d',
                      f'{self.path}:/mnt/../d',
                      f'{self.path}:/mnt//d', f'{self.path}:/mnt/d:',
                      # the same rest on both sides, but no plain path
                      '/home/alice/./d:/mnt/./d', '/home/alice//d:/mnt//d',
                      '/home/alice/d/../d:/mnt/d/../d',
                      '/home/alice/../bob:/mnt/../bob', f'{self.path}/.:/mnt/d',
                      f'{self.path}:/mnt/d:rx', f'{self.path}:/mnt/d:ro:rw',
                      f'{self.path}:/mnt/d:RO', f'{self.path}:/mnt/d,ro',
                      '/' + 'x' * 300 + ':/mnt/d', '/home/alice/d\n:/mnt/d\n',
                      '%h/d:/mnt/d', '~/d:/mnt/d'):
            with self.subTest(asked):
                self.refused(minibox('-B', asked, TRUE), (125, 126))
        for asked in self.path, self.path + '/':                # controls
            self.shows('/mnt/d/file', 'hers\n', '-B', asked + ':/mnt/d')

    def test_modes(self):
        for line, asked, wanted in (
                ('', '', 'ro'), ('', ':ro', 'ro'), ('', ':rw', None),
                (':ro', '', 'ro'), (':ro', ':rw', None),
                (':rw', '', 'rw'), (':rw', ':ro', 'ro'), (':rw', ':rw', 'rw')):
            with self.subTest(line, asked=asked):
                self.policy_of(allow_bind=f'{self.path}:/x{line}')
                options = '-B', f'{self.path}:/x{asked}'
                if not wanted:
                    self.denied('read-only', *options, status=126)
                    continue
                self.assertIn(wanted, self.table(*options)['/x'].options)
                made = shell_with(options, 'echo >/x/new && rm /x/new')
                self.assertEqual(made.status == 0, wanted == 'rw', made)

    def test_several_lines_for_the_same(self):
        """The first that allows it; one that is read-only stops nobody."""
        self.policy_of(allow_bind=['%h/:/x/', '%h/d:/x/d:rw'], tmpfs='/x')
        for mode, wanted in ('', 'ro'), (':ro', 'ro'), (':rw', 'rw'):
            self.assertIn(wanted, self.table(
                '-B', f'{self.path}:/x/d{mode}')['/x/d'].options)

    def test_relative_to_the_working_directory(self):
        self.hers('d/e', 'below\n')
        self.policy_of(tmpfs='/mnt', allow_bind=[
            '%h/:/mnt/', '%h/:%h/', '%h/d:/x', '%h:/data'])
        for cwd, asked, path, text in (
                (self.path, '.:/x', '/x/file', 'hers\n'),
                (self.path, './:/x', '/x/file', 'hers\n'),
                ('/home/alice', 'd:/x', '/x/file', 'hers\n'),
                ('/home/alice', './d:/x', '/x/file', 'hers\n'),
                ('/home/alice', 'd/e:/mnt/d/e', '/mnt/d/e/file', 'below\n'),
                ('/home/alice', './/d:/x', '/x/file', 'hers\n'),
                ('/home/alice', '.:/data', '/data/d/file', 'hers\n'),
                # without DST: the same place
                ('/home/alice', 'd', '/home/alice/d/file', 'hers\n'),
                (self.path, '.', '/home/alice/d/file', 'hers\n'),
                (self.path, 'e', '/home/alice/d/e/file', 'below\n')):
            with self.subTest(asked, cwd=cwd):
                self.shows(path, text, '-B', asked, cwd=cwd)
        for cwd, asked in ((self.path, '..:/data'), ('/', '.:/x'),
                           ('/', 'home/alice/../alice/d:/x'), ('/tmp', 'd:/x')):
            with self.subTest(asked, cwd=cwd):
                self.refused(minibox('-B', asked, TRUE, cwd=cwd), (125, 126))

    def test_working_directory_that_is_gone(self):
        gone = self.directory('/home/alice/gone', 0o755, ALICE.uid)
        self.policy_of(allow_bind='%h/:/mnt/', tmpfs='/mnt')
        options = '-B', '.:/mnt/gone'
        self.ok(minibox(*options, TRUE, cwd=gone))              # control
        self.refused(minibox(*options, TRUE, cwd=gone,
                             before=lambda: os.rmdir(gone)), (125, 126))

    def test_overlaps(self):
        source = self.source()
        self.hers('e')
        self.policy_of(tmpfs='/mnt', bind=f'{source}:/mnt/fixed',
                       allow_bind=['%h/:/mnt/', '%h/d:/srv/a', '%h/d:/srv/a/b',
                                   '%h/d:/home/alice/d', '%h/:/tmp/'])
        for asked, fine in (
                (['d:/mnt/fixed'], False), (['d/fixed:/mnt/d/fixed'], False),
                (['d:/mnt/d', 'd:/mnt/d'], False),
                (['d:/srv/a', 'd:/srv/a/b'], False),
                (['d:/srv/a/b', 'd:/srv/a'], False),
                (['d:/srv/a/b', 'd:/mnt/d', 'e:/mnt/e'], True),
                (['d:/home/alice/d'], True), (['d:/tmp/d'], True)):
            with self.subTest(asked):
                options = [word for item in asked for word in ('-B', item)]
                result = minibox(*options, TRUE, cwd='/home/alice')
                if fine:
                    self.ok(result)
                else:
                    self.refused(result, (125, 126))

    def test_targets_that_nobody_gets(self):
        """Not even where the line leaves the place to the caller: %h is what
        a user without an entry says."""
        write_policy(box(rootfs=self.root, users='*', sys='ro',
                         allow_bind='%h/:%h/'))
        for home in '/proc', '/proc/sys', '/sys', '/dev', '/dev/pts':
            for name in 'null', 'shm', 'kernel', 'x':
                with self.subTest(home, name=name):
                    self.refused(minibox(
                        '-B', f'{home}/{name}', TRUE, user=STRANGER,
                        env={'HOME': home}), 126)
        self.directory('/home/odd', 0o755, STRANGER.uid)        # control
        self.directory('/home/odd/x', 0o755, STRANGER.uid)
        self.file('/home/odd/x/file', 'odd\n')
        self.shows('/home/odd/x/file', 'odd\n', '-B', '/home/odd/x',
                   user=STRANGER, env={'HOME': '/home/odd'})

    def test_targets_where_the_caller_may_not_look(self):
        for root in 'ro', 'overlay':
            os.makedirs(self.root + '/shut/in', exist_ok=True)
            self.policy_of(root=root, allow_bind='%h/:/shut/')
            for name in 'in', 'none':
                self.hers(name)
                options = '-B', f'/home/alice/{name}:/shut/{name}'
                os.chmod(self.root + '/shut', 0o700)
                self.denied('ermission denied', *options)
                os.chmod(self.root + '/shut', 0o755)
                if name == 'in' or root == 'overlay':           # control
                    self.shows(f'/shut/{name}/file', 'hers\n', *options)

    def test_places_that_are_made(self):
        """What is root's stays root's; on the way to it nothing is left that
        the caller could change."""
        self.hers('d/e/f')
        for keys in {'tmpfs': '/mnt'}, {'root': 'overlay'}:
            self.policy_of(allow_bind=['%h/:/mnt/', '%h/d:/x/new/deep',
                                       f'%h/d/file:/data/afile'], **keys)
            more = ('-B', '/home/alice/d:/x/new/deep', '-B',
                    '/home/alice/d/file:/data/afile') if 'root' in keys else ()
            self.ok(shell_with(
                ('-B', '/home/alice/d/e/f:/mnt/d/e/f', *more),
                'stat -c "%u %a" / /mnt /x /data; ls /mnt/d/e; '
                'touch /mnt/new /x/y /data/y 2>/dev/null; ls /mnt'),
                '0 755\n' * 4 + 'f\nd\n')
            if more:
                self.shows('/x/new/deep/file', 'hers\n', *more)
                self.shows('/data/afile', 'hers\n', *more)

    def test_lines_that_allow_too_much(self):
        for line in ('/:/mnt/', '%h/:/', '/:/', '/proc/:/mnt/', '%h:/',
                     '/proc/%U:/x', '%h/:/proc/', '%h/:/sys/x/', '%h:/dev/x',
                     '/dev/:/mnt/', '/sys:/x', '%u/x:/x', '/x/%h:/x',
                     '%h/:/x', '%h:/x/', '/%x:/x', '%hx:/x'):
            with self.subTest(line):
                self.policy_of(allow_bind=line)
                self.denied('policy error')
        self.policy_of(allow_bind=['%h/:/mnt/', '%h:/x', '/proc2:/mnt'])
        self.ok(minibox(TRUE))                                  # control

    def test_box_that_lists_its_commands(self):
        """Its commands stay what they are, and nothing of the caller's is
        run."""
        shutil.copy(ROOT + PROBE, self.path + '/probe')
        os.makedirs(self.root + '/opt/listed')
        shutil.copy(ROOT + PROBE, self.root + '/opt/listed/tool')
        for directory in 'lib', 'lib64', 'libx', 'usr', 'sbin', 'own':
            os.makedirs(f'{self.root}/{directory}', exist_ok=True)
            for outer in '/etc', '/bin', '/usr', '/opt/listed', '/own':
                os.makedirs(f'{self.root}{outer}/d', exist_ok=True)
        listed = {'command': ['/bin/', '/opt/listed/tool'],
                  'command_exact': '/srv/a/b tool', 'path': '/bin:/own'}
        targets = ('/etc', '/etc/d', '/lib', '/lib64', '/libx', '/usr',
                   '/usr/d', '/bin', '/bin/d', '/sbin', '/opt', '/opt/listed',
                   '/own', '/own/d', '/srv', '/srv/a/b', '/srv/a')
        for target in targets:
            with self.subTest(target):
                self.policy_of(allow_bind=f'%h/d:{target}', **listed)
                self.denied('policy error')
                above, _, name = target.rpartition('/')
                if above:
                    self.hers(name)
                    self.policy_of(allow_bind=f'%h/:{above}/', **listed)
                    self.refused(minibox(
                        '-B', f'/home/alice/{name}:{target}', TRUE),
                        (125, 126), 'policy error'
                        if minibox(TRUE).status else 'would change')
                    # known only when somebody asks
                    write_policy(box(name, rootfs=self.root,
                                     allow_bind=f'%h/d:{above}/%b', **listed))
                    self.denied('would change', '-B', f'{self.path}:{target}',
                                status=126)
                self.policy_of(allow_bind=f'%h/d:{target}', passwd='no')
                if target not in ('/bin', '/bin/d'):            # control
                    self.ok(minibox('-B', f'{self.path}:{target}', TRUE))
        self.policy_of(allow_bind='%h/d:/x', **listed)
        options = '-B', self.path + ':/x'
        self.assertIn('noexec', self.table(*options)['/x'].options)
        self.assertIn('ermission denied',
                      shell_with(options, '/x/probe ids').err)
        self.shows('/x/file', 'hers\n', *options)
        self.policy_of(allow_bind='%h/d:/x')                    # control
        self.assertNotIn('noexec', self.table(*options)['/x'].options)
        self.ok(shell_with(options, '/x/probe ids'))

    def test_noexec_below(self):
        self.mount(self.path + '/sub')
        shutil.copy(ROOT + PROBE, self.path + '/sub/probe')
        for command, fine in ('*', True), ('/bin/', False):
            self.policy_of(allow_bind='%h/d:/x', command=command)
            result = shell_with(('-B', self.path + ':/x'), '/x/sub/probe ids')
            self.assertEqual(result.status == 0, fine, result)

    def test_over_what_the_box_shows_in_etc(self):
        """It is mounted last, and only where nothing else is."""
        os.makedirs(self.root + '/etc/d')
        for name in 'passwd', 'hosts':
            write(f'{self.root}/etc/{name}', 'box\n')
            self.file(f'{self.path}/{name}', 'hers\n')
        for target, name in (('/etc', ''), ('/etc/passwd', '/passwd'),
                             ('/etc/hosts', '/hosts')):
            with self.subTest(target):
                self.policy_of(network='host', bind=f'%h/d{name}:{target}')
                self.shows(target + ('' if name else '/file'), 'hers\n')
                self.policy_of(network='host',
                               allow_bind=f'%h/d{name}:{target}')
                self.shows(target + ('' if name else '/file'), 'hers\n', '-B',
                           f'{self.path}{name}:{target}')

    def test_how_often(self):
        self.policy_of(tmpfs='/mnt', allow_bind='%h/:/mnt/')
        for n in range(65):
            self.hers(f'many{n}')
        for n, fine in (64, True), (65, False):
            options = [word for i in range(n) for word in
                       ('-B', f'/home/alice/many{i}:/mnt/many{i}')]
            result = minibox(*options, '/bin/ls', '/mnt')
            if fine:
                self.assertEqual(len(result.out.split()), 64, result)
            else:
                self.refused(result, 125)

    def test_where_the_home_is_not_known(self):
        """%h of a user who says nothing useful."""
        write_policy(box(rootfs=self.root, users='*', tmpfs='/mnt',
                         allow_bind=['/srv:/x', '%h/:/mnt/']))
        for home in None, '', 'relative', '/', '/a//b', '/../home/alice':
            env = {} if home is None else {'HOME': home}
            with self.subTest(home):
                self.ok(minibox(TRUE, user=STRANGER, env=env))
                self.refused(minibox('-B', '/home/alice/d:/mnt/d', TRUE,
                                     user=STRANGER, env=env), 126)


def shell_with(options, script, **more):
    return minibox(*options, '/bin/sh', '-c', script, **more)


def snapshot(top):
    """Everything below: names, kinds, modes, owners, times, contents."""
    found = {}
    for where, directories, files in os.walk(top):
        for name in ['.'] + directories + files:
            path = f'{where}/{name}'
            st = os.lstat(path)
            content = None
            if stat.S_ISREG(st.st_mode):
                with open(path, 'rb') as file:
                    content = hashlib.sha256(file.read()).digest()
            elif stat.S_ISLNK(st.st_mode):
                content = os.readlink(path)
            found[path] = (st.st_mode, st.st_uid, st.st_gid, st.st_nlink,
                           st.st_ino, st.st_mtime_ns, st.st_ctime_ns, content)
    return found


class Rights(Case):
    """What the caller cannot reach is not reached for him."""

    # How a path of alice's gets into the box.
    WAYS = (({'allow_bind': '%h/:/mnt/', 'tmpfs': '/mnt'},
             ['-B', '/home/alice/{0}:/mnt/{0}'], '/mnt/{0}'),
            ({'bind': '%h/{0}:/x'}, [], '/x'),
            ({'bind': '/home/%u/{0}:/x'}, [], '/x'))

    def ways(self, name, **more):
        for keys, options, at in self.WAYS:
            keys = {k: v.format(name) for k, v in keys.items()}
            with self.subTest(name, keys=keys):
                self.policy_of(**keys, **more)
                yield [o.format(name) for o in options], at.format(name)

    def test_links(self):
        """None is followed, wherever it leads, though all could be."""
        self.hers()
        vault = self.directory('/var/minibox-vault', 0o755)
        self.directory(vault + '/open')
        self.of_bob(0o755)
        for target in ('/', '/home/alice/d', 'd', '/etc', vault,
                       vault + '/open', '/home/bob/open', '/proc/self/root',
                       '/proc/self/cwd', '/proc/self/fd/3', '/proc/1/root',
                       *(f'/proc/self/fd/{n}' for n in range(4, 12)),
                       '/proc/thread-self/root', '/proc', 'none', 'link'):
            self.link(target, '/home/alice/link', ALICE.uid)
            for options, _ in self.ways('link'):
                with self.subTest(target):
                    self.denied(SAYS_LINK, *options)
        self.directory('/home/alice/d/below')
        self.link('d', '/home/alice/link', ALICE.uid)
        for options, _ in self.ways('link/below'):
            self.denied(SAYS_LINK, *options)
        for options, at in self.ways('d'):                      # control
            self.shows(at + '/file', 'hers\n', *options)

    def test_directories_of_others(self):
        """Beneath one that is closed there is nothing to see."""
        self.of_bob()
        self.policy_of(allow_bind='/home/bob/open:/x')
        options = '-B', '/home/bob/open:/x'
        self.denied('ermission denied', *options)
        os.chmod('/home/bob', 0o755)
        self.shows('/x/file', 'of bob\n', *options)             # control
        self.policy_of(bind='/home/%u/../bob/open:/x')
        self.denied('policy error')
        self.directory('/home/alice/shut', 0o700)
        self.directory('/home/alice/shut/open')
        self.file('/home/alice/shut/open/file', 'in\n')
        for options, at in self.ways('shut/open'):
            os.chmod('/home/alice/shut', 0o700)
            result = minibox(*options, TRUE)
            self.refused(result, 125)
            self.assertIn('ermission denied', result.err)
            missing = [o.replace('open', 'none') for o in options]
            if missing:     # it does not tell what is in there
                other = minibox(*missing, TRUE)
                self.assertEqual(other._replace(
                    err=other.err.replace('none', 'open')), result)
            os.chmod('/home/alice/shut', 0o755)
            self.shows(at + '/file', 'in\n', *options)          # control

    def test_groups_count(self):
        self.directory('/home/alice/lab', 0o750)
        os.chown('/home/alice/lab', 0, LAB)
        self.directory('/home/alice/lab/in')
        self.file('/home/alice/lab/in/file', 'lab\n')
        for options, at in self.ways('lab/in'):
            self.denied('', *options)
            self.shows(at + '/file', 'lab\n', *options, groups=[LAB])

    def test_file_that_cannot_be_read(self):
        """It may be shown, and still not be read."""
        self.file('/home/alice/shut', 'secret\n', 0o600)
        self.file(self.root + '/mnt/shut')
        self.file(self.root + '/afile')
        for options, at in ((['-B', '/home/alice/shut:/mnt/shut'],
                             '/mnt/shut'),):
            self.policy_of(allow_bind='%h/:/mnt/:rw')
            result = minibox(*options, '/bin/cat', at)
            self.assertEqual(result.out, '')
            self.assertNotEqual(result.status, 0)
            self.assertIn('ermission denied', result.err)
            os.chmod('/home/alice/shut', 0o644)
            self.shows(at, 'secret\n', *options)                # control

    def test_hard_links(self):
        """Another name changes no rights; a hard link of a symbolic link is
        one."""
        self.file('/home/alice/secret', 'secret of root\n', 0o600)
        self.link('/', '/home/alice/to-root', ALICE.uid)
        self.link('/proc/self/fd/4', '/home/alice/to-fd', ALICE.uid)
        for source, name in (('to-root', 'hard'), ('to-fd', 'hard-fd'),
                             ('secret', 'hard-secret')):
            os.link(f'/home/alice/{source}', f'/home/alice/{name}',
                    follow_symlinks=False)
            self.addCleanup(harness.remove, f'/home/alice/{name}')
        for name in 'hard', 'hard-fd':
            for options, _ in self.ways(name):
                self.denied(SAYS_LINK, *options)
        self.file(self.root + '/mnt/hard-secret')
        self.policy_of(allow_bind='%h/:/mnt/:rw')
        options = '-B', '/home/alice/hard-secret:/mnt/hard-secret'
        for command in 'cat /mnt/hard-secret', 'echo x >>/mnt/hard-secret':
            result = shell_with(options, command)
            self.assertEqual(result.out, '')
            self.assertIn('ermission denied', result.err)
        self.assertEqual(read('/home/alice/secret'), 'secret of root\n')
        os.chmod('/home/alice/secret', 0o644)
        self.shows('/mnt/hard-secret', 'secret of root\n', *options)

    def test_hard_link_that_the_caller_makes(self):
        """Where fs.protected_hardlinks lets him."""
        self.file('/home/alice/roots', 'secret of root\n', 0o600)
        protected = read('/proc/sys/fs/protected_hardlinks').strip() != '0'

        def link():
            os.link('/home/alice/roots', '/home/alice/made')
            return 'made'
        self.addCleanup(harness.remove, '/home/alice/made')
        os.chmod('/home/alice', 0o755)
        os.chown('/home/alice', ALICE.uid, ALICE.uid)
        answer = harness.as_user(link)
        if protected:
            self.assertIn('PermissionError', answer)
            return
        self.assertEqual(answer, 'made')
        self.file(self.root + '/mnt/made')
        self.policy_of(allow_bind='%h/:/mnt/')
        result = minibox('-B', '/home/alice/made:/mnt/made', '/bin/cat',
                         '/mnt/made')
        self.assertEqual(result.out, '')

    def test_nothing_of_a_proc(self):
        """Not by a home that lies there; it is the caller's own process."""
        write_policy(box(rootfs=self.root, users='*', home='ro',
                         allow_bind='%h/:/mnt/', tmpfs='/mnt'))
        process = self.start('/bin/sleep', self.mark(), user=STRANGER)
        own = f'/proc/{process.pid}'
        wait_for(lambda: os.path.exists(own) and
                 os.stat(own).st_uid == STRANGER.uid)
        for home in own, own + '/task', '/proc/sys', own + '/fdinfo':
            with self.subTest(home):
                env = {'HOME': home}
                self.denied('', user=STRANGER, env=env)
                write_policy(box(rootfs=self.root, users='*',
                                 allow_bind='%h/:/mnt/', tmpfs='/mnt'))
                for name in 'net', 'task', 'root', 'cwd', 'fd':
                    self.refused(minibox(
                        '-B', f'{home}/{name}:/mnt/{name}', TRUE,
                        user=STRANGER, env=env), (125, 126))
                write_policy(box(rootfs=self.root, users='*', home='ro'))
        self.directory('/home/stranger', 0o755, STRANGER.uid)   # control
        self.ok(minibox(TRUE, user=STRANGER, env={'HOME': '/home/stranger'}))
        # What the policy itself fixes is the admin's word.
        self.policy_of(bind='/proc/sys/kernel:/x')
        self.shows('/x/ostype', 'Linux\n')

    def test_a_proc_in_the_home(self):
        """Nor by a procfs that the admin has mounted there, or by a home that
        is in its owner's hands, and leads to one."""
        self.directory('/home/alice/p')
        subprocess.run(['mount', '-t', 'proc', 'x', '/home/alice/p'],
                       check=True)
        self.addCleanup(subprocess.run, ['umount', '-l', '/home/alice/p'],
                        check=True)
        process = self.start('/bin/sleep', self.mark())
        for name in ('p', 'p/sys', 'p/self', f'p/{process.pid}',
                     f'p/{process.pid}/task', f'p/{process.pid}/root'):
            for options, _ in self.ways(name):
                self.denied(SAYS_LINK if name[-4:] in ('self', 'root')
                            else '/proc', *options)
        self.hers()
        for options, at in self.ways('d'):                      # control
            self.shows(at + '/file', 'hers\n', *options)
        nest = self.account('nest', 4020, '/home/nest')
        self.directory('/home/nest/real/net', 0o755, nest.uid)
        os.chown('/home/nest/real', nest.uid, nest.uid)
        write('/etc/passwd', read('/etc/passwd').replace(
            ':/home/nest:', ':/home/nest/h:'))
        own = self.start('/bin/sleep', self.mark(), user=nest)
        for target, fine in (('/home/nest/real', True),
                             (f'/proc/{own.pid}', False),
                             ('/proc/sys', False), ('/proc/self', False),
                             (f'/proc/{own.pid}/cwd', False)):
            self.link(target, '/home/nest/h', nest.uid)
            for keys, options in (
                    ({'home': 'ro'}, ()), ({'bind': '%h/net:/x'}, ()),
                    ({'allow_bind': '%h/:/mnt/', 'tmpfs': '/mnt'},
                     ('-B', '/home/nest/h/net:/mnt/net'))):
                with self.subTest(target, keys=keys):
                    write_policy(box(rootfs=self.root, users='nest', **keys))
                    if fine:
                        self.ok(minibox(*options, TRUE, user=nest))
                    else:
                        self.denied('', *options, user=nest)

    def test_a_proc_below_what_is_shown(self):
        """As in a chroot that the admin made in her home: it would lead to
        her processes outside, and by /proc/PID/root out of the box."""
        path = self.hers()
        os.mkdir(path + '/proc')
        subprocess.run(['mount', '-t', 'proc', 'x', path + '/proc'],
                       check=True)
        self.addCleanup(subprocess.run, ['umount', '-l', path + '/proc'],
                        check=True)
        outside = self.start('/bin/sleep', self.mark())
        way = f'{path}/proc/{outside.pid}/root/usr/local/bin/minibox'
        self.assertTrue(harness.as_user(lambda: os.path.exists(way)))
        for keys, options, at in (
                ({'home': 'ro'}, (), '/home/alice/d'),
                ({'bind': '%h/d:/x'}, (), '/x'),
                ({'allow_bind': '%h/d:/x'}, ('-B', path + ':/x'), '/x')):
            with self.subTest(keys):
                self.policy_of(**keys)
                result = minibox(*options, '/bin/ls', '-d',
                                 f'{at}/proc/{outside.pid}/root/usr/local/bin')
                self.assertNotEqual(result.status, 0, result)
                self.assertEqual(result.out, '')

    def test_a_proc_below_what_the_admin_shows(self):
        """A forgotten mount of a chroot, in the root file system or in a bind:
        but for the one that the box's own covers."""
        where = self.directory('/run/adm')
        self.directory('/run/adm/sub')
        for point, keys, at in (
                (self.root + '/srv', {}, '/srv'),
                (self.root + '/proc', {'proc': 'none'}, '/proc'),
                ('/run/adm/sub', {'bind': where + ':/opt'}, '/opt/sub')):
            with self.subTest(point):
                os.makedirs(point, exist_ok=True)
                os.makedirs(self.root + '/opt', exist_ok=True)
                self.policy_of(**keys)
                self.ok(minibox(TRUE))                          # control
                subprocess.run(['mount', '-t', 'proc', 'x', point], check=True)
                try:
                    self.refused(minibox(TRUE), 125,
                                 f'a /proc of the host is mounted where {at} is')
                    told = run(MINIBOX, '--check', user=SUPERUSER)
                    self.assertEqual(told.status, 1)
                    self.assertIn(f'fix: umount {point}', told.out)
                finally:
                    subprocess.run(['umount', point], check=True)
        subprocess.run(['mount', '-t', 'proc', 'x', self.root + '/proc'], check=True)
        self.addCleanup(subprocess.run, ['umount', self.root + '/proc'], check=True)
        self.policy_of()
        self.ok(minibox(TRUE))              # the box's own /proc covers it

    def test_bind_in_another_users_home(self):
        """%h is the caller's own, whatever HOME says."""
        self.of_bob(0o755)
        self.hers()
        self.policy_of(tmpfs='/mnt', allow_bind='%h/:/mnt/')
        for env in {'HOME': '/home/bob'}, {'HOME': '/'}, {}:
            self.refused(minibox('-B', '/home/bob/open:/mnt/open', TRUE,
                                 env=env), 126)
            self.shows('/mnt/d/file', 'hers\n', '-B', '/home/alice/d:/mnt/d',
                       env=env)


class Home(Case):
    def setUp(self):
        super().setUp()
        os.chmod('/home/alice', 0o700)
        self.file('/home/alice/mine', 'mine\n', 0o600, ALICE.uid)

    def test_kinds(self):
        for kind, shown, written in (('tmpfs', False, True),
                                     ('ro', True, False), ('rw', True, True)):
            with self.subTest(kind):
                self.policy_of(home=kind)
                self.addCleanup(harness.remove, '/home/alice/new')
                result = shell('cd; pwd; cat mine; ls /home; echo x >new; '
                               'stat -c "%U %a" .')
                self.assertEqual('mine\n' in result.out, shown)
                self.assertIn('/home/alice\n', result.out)
                self.assertIn('alice\n', result.out)
                self.assertEqual('Read-only' in result.err, not written)
                self.assertEqual(os.path.exists('/home/alice/new'),
                                 kind == 'rw')
                self.assertIn('700\n', result.out)
                mount = self.table().get('/home/alice')
                self.assertEqual(mount is not None, shown)
                if mount:
                    self.assertLessEqual({'nosuid', 'nodev', kind},
                                         mount.options)

    def test_nothing_of_the_others(self):
        self.of_bob(0o755)
        self.policy_of(home='rw')
        self.ok(shell('ls /home'), 'alice\n')
        self.assertNotEqual(shell('ls /home/bob').status, 0)

    def test_home_elsewhere(self):
        """It is shown at /home/NAME."""
        path = self.directory('/var/homes/x', 0o700, 4021)
        self.file(path + '/file', 'elsewhere\n', 0o600, 4021)
        user = self.account('elsewhere', 4021, path)
        write_policy(box(rootfs=self.root, users='elsewhere', home='ro'))
        self.ok(shell('echo $HOME; pwd; cat ~/file', user=user, cwd=path),
                '/home/elsewhere\n/home/elsewhere\nelsewhere\n')

    def test_homes_that_are_refused(self):
        """None of these is shown; the box is refused, and the word is the
        same for all that lies beneath what is closed."""
        vault = self.directory('/var/minibox-vault', 0o700)
        self.directory(vault + '/h', 0o755, 4022)
        self.directory('/var/homes', 0o755)
        plain = self.directory('/var/homes/ok', 0o755, 4022)
        self.directory('/var/homes/roots', 0o755)
        self.directory('/var/homes/bobs', 0o777, BOB.uid)
        self.file('/var/homes/file', '', 0o644, 4022)
        self.link('/proc/self/fd/4', '/var/homes/magic')
        self.link('/proc/self/cwd', '/var/homes/cwd')
        self.link('loop', '/var/homes/loop')
        os.mkfifo('/var/homes/fifo', 0o666)
        os.chown('/var/homes/fifo', 4022, 4022)
        for home, fine in (
                (plain, True), ('/', False), ('/etc', False),
                ('/var/homes/roots', False), ('/var/homes/bobs', False),
                ('/var/homes/none', False), ('/var/homes/file', False),
                ('/var/homes/fifo', False), ('/var/homes/magic', False),
                ('/var/homes/cwd', False), ('/var/homes/loop', False),
                (vault + '/h', False), ('', False), ('relative', False),
                ('/var//homes/ok', False), ('/var/homes/ok/', False),
                ('/var/homes/../homes/ok', False), ('/var/homes/./ok', False),
                ('/proc/self', False), ('/dev/null', False),
                ('/var/homes/o\x01k', False), (ROOTS, False),
                (os.path.dirname(ROOTS), False), (self.root, False)):
            for kind in 'ro', 'rw':
                with self.subTest(home, kind=kind):
                    with passwd_line(f'odd:x:4022:4022::{home}:/bin/sh'):
                        user = User('odd', 4022, plain)
                        write_policy(box(rootfs=self.root, users='4022',
                                         home=kind))
                        result = minibox(TRUE, user=user, cwd=plain)
                        if fine:
                            self.ok(result)
                        else:
                            self.refused(result, 125)
                        # Where it is not shown it does not matter.
                        write_policy(box(rootfs=self.root, users='4022'))
                        self.ok(minibox(TRUE, user=user, cwd=plain))

    def test_deeper_home(self):
        self.file('/home/dept/lab/carol/mine', 'of carol\n', 0o600, CAROL.uid)
        for kind in 'ro', 'rw':
            write_policy(box(rootfs=self.root, users='carol', home=kind))
            self.ok(shell('pwd; cat ~/mine', user=CAROL, cwd='/home/dept'),
                    '/home/dept\nof carol\n')

    def test_limits_of_the_caller(self):
        """Too few files, or too small ones: a box, or one line."""
        write(self.root + '/etc/passwd', '')
        self.policy_of(home='ro', tmpfs='/mnt', allow_bind='%h/:/mnt/')
        many = []
        for n in range(20):
            self.hers(f'many{n}')
            many += ['-B', f'/home/alice/many{n}:/mnt/many{n}']
        for what, most in ((resource.RLIMIT_FSIZE, 4096),
                           (resource.RLIMIT_NOFILE, 100)):
            seen = set()
            for value in 0, 1, 5, 16, 20, 40, most:
                result = minibox(*many, '/bin/ls', '/mnt/many19', before=lambda:
                                 resource.setrlimit(what, (value, value)))
                with self.subTest(what, value=value):
                    self.right_or_refused(result, 'file\n')
                seen.add(result.status)
            self.assertEqual(seen, {0, 125})

    def test_home_that_holds_the_root_file_system(self):
        """Also if it is the caller's own."""
        home = self.directory('/var/holds', 0o755, 4023)
        shutil.copytree(self.root, '/var/holds-not', symlinks=True)
        self.addCleanup(harness.remove, '/var/holds-not')
        user = self.account('holder', 4023, home)
        write_policy(box(rootfs='/var/holds-not', users='holder', home='ro'))
        self.ok(minibox(TRUE, user=user))                       # control
        for rootfs in '/var/holds', '/var/holds/root':
            write_policy(box(rootfs=rootfs, users='holder', home='ro'))
            self.refused(minibox(TRUE, user=user), 125,
                         'root file system or the policy lies beneath')

    def test_link_to_the_home(self):
        """root made it: a part that the policy fixes."""
        real = self.directory('/var/homes/real', 0o700, 4024)
        self.file(real + '/file', 'real\n', 0o600, 4024)
        user = self.account('linked', 4024, '/nonexistent')
        self.link(real, '/home/linked')
        with passwd_line('linked:x:4024:4024::/home/linked:/bin/sh', user):
            for keys in ({'home': 'ro'}, {'bind': '%h:/x'}):
                write_policy(box(rootfs=self.root, users='linked', **keys))
                at = '/x' if 'bind' in keys else '/home/linked'
                self.ok(minibox('/bin/cat', at + '/file', user=user), 'real\n')
            # What it leads to has to be his all the same.
            os.chown(real, BOB.uid, BOB.uid)
            os.chmod(real, 0o755)
            write_policy(box(rootfs=self.root, users='linked', home='ro'))
            self.refused(minibox(TRUE, user=user), 125, 'own')

    def test_names(self):
        """An odd name is replaced by the number, in paths too."""
        for name, shown in (('a.b-c_D9', 'a.b-c_D9'), ('we ird', '4025'),
                            ('4001', '4025'), ('x/y', '4025'),
                            ('..', '4025'), ('x' * 32, 'x' * 32),
                            ('x' * 33, '4025'), ('na\u00efve', '4025'),
                            ('$(id)', '4025'), ('a%b', '4025'),
                            ('a\x1b', '4025'), ('.dot', '4025')):
            with self.subTest(name), \
                    passwd_line(f'{name}:x:4025:4025::/var/odd:/bin/sh'):
                home = self.directory('/var/odd', 0o700, 4025)
                self.file(home + '/file', 'odd\n', 0o600, 4025)
                scratch = self.directory(f'/run/odd/{shown}', 0o755, 4025)
                self.file(scratch + '/file', 'scratch\n')
                user = User(name, 4025, home)
                write_policy(box(rootfs=self.root, users='4025', home='ro',
                                 bind='/run/odd/%u:/x', passwd='no'))
                self.ok(shell('echo $HOME $USER; cat ~/file /x/file',
                              user=user, env={}),
                        f'/home/{shown} {shown}\nodd\nscratch\n')

    def test_user_without_an_entry(self):
        """$HOME counts, and every part of it is his word."""
        self.of_bob(0o755)
        path = self.directory('/var/stranger', 0o700, STRANGER.uid)
        self.file(path + '/file', 'strange\n', 0o600, STRANGER.uid)
        self.link(path, '/var/strange-link', STRANGER.uid)
        self.link('/var', '/home/var')
        for home, fine in (
                (path, True), (None, False), ('', False), ('/', False),
                ('var/stranger', False), ('/var//stranger', False),
                ('//var/stranger', False), ('/var/stranger/', False),
                ('/var/./stranger', False), ('/var/../var/stranger', False),
                ('/var/stranger\n', False), ('\n/var/stranger', False),
                ('/home/bob', False), ('/home/bob/open', False),
                ('/etc', False), ('/var/none', False),
                ('/var/strange-link', False), ('/home/var/stranger', False),
                ('/proc/self/root/var/stranger', False),
                ('/proc/self/cwd', False), ('/var/stranger/file', False),
                ('/' + 'x' * 5000, False), ('%h', False), ('~', False)):
            env = {} if home is None else {'HOME': home}
            for keys in {'home': 'ro'}, {'home': 'rw'}, {'bind': '%h:/x'}:
                with self.subTest(home, keys=keys):
                    write_policy(box(rootfs=self.root, users='*', **keys))
                    result = shell('cat ~/file /x/file 2>/dev/null; :',
                                   user=STRANGER, env=env, cwd=path)
                    if fine:
                        self.ok(result, 'strange\n')
                    elif 'bind' in keys and home in (
                            '/home/bob', '/home/bob/open', '/etc'):
                        # a directory that he may look at anyway
                        self.ok(result)
                        self.assertNotIn('strange', result.out)
                    else:
                        self.refused(result, 125)

    def test_home_of_a_stranger_who_cannot_reach_it(self):
        vault = self.directory('/var/minibox-vault', 0o700)
        own = self.directory(vault + '/own', 0o755, STRANGER.uid)
        write_policy(box(rootfs=self.root, users='*', home='ro'))
        env = {'HOME': own}
        self.denied('ermission denied', user=STRANGER, env=env)
        os.chmod(vault, 0o711)
        self.ok(minibox(TRUE, user=STRANGER, env=env))          # control

    def test_what_lies_below_the_home(self):
        """Mounts of the host's in it, and -B on the tmpfs at /home."""
        self.mount('/home/alice/sub', 'mode=1777')
        write('/home/alice/sub/file', 'below\n')
        for kind in 'ro', 'rw':
            self.policy_of(home=kind)
            self.shows('/home/alice/sub/file', 'below\n')
            result = shell('echo >~/sub/new')
            self.assertEqual(result.status == 0, kind == 'rw', result)


@contextlib.contextmanager
def passwd_line(line, replaces=None):
    """A further line of the host's /etc/passwd."""
    saved = read('/etc/passwd')
    kept = ''.join(entry + '\n' for entry in saved.splitlines()
                   if not replaces or
                   not entry.startswith(replaces.name + ':'))
    write('/etc/passwd', kept + line + '\n')
    try:
        yield
    finally:
        write('/etc/passwd', saved)


class Overlay(Case):
    def setUp(self):
        super().setUp()
        for path, mode, uid in (('/data', 0o1777, 0),
                                ('/data/hers', 0o755, ALICE.uid),
                                ('/data/hers/deep/er', 0o755, ALICE.uid)):
            os.makedirs(self.root + path, exist_ok=True)
            os.chown(self.root + path, uid, uid)
            os.chmod(self.root + path, mode)
        os.chown(self.root + '/data/hers/deep', ALICE.uid, ALICE.uid)
        self.write_in('/data/hers/file', 'old\n', 0o644, ALICE.uid)
        self.write_in('/data/hers/deep/er/file', 'deep\n', 0o644, ALICE.uid)
        self.write_in('/data/roots', 'root\n')
        self.write_in('/data/shut', 'secret\n', 0o600)
        self.write_in('/data/group', 'lab\n', 0o664)
        os.chown(self.root + '/data/group', 0, LAB)
        self.policy_of(root='overlay')
        self.before = snapshot(self.root)

    def tearDown(self):
        self.assertEqual(snapshot(self.root), self.before)
        super().tearDown()

    def write_in(self, path, *how):
        write(self.root + path, *how)

    def test_layers_are_out_of_reach(self):
        """For a process of hers outside, /proc/PID/root/.. is above the root
        of the box."""
        mark = self.mark()
        process = self.start(MINIBOX, '/bin/sh', '-c',
                             f'echo up; exec sleep {mark}')
        self.expect(process, b'up\n')
        init, = harness.children_of(process.pid)
        command, = harness.children_of(init)
        wait_for(lambda: read(f'/proc/{command}/comm') == 'sleep\n')
        root = f'/proc/{command}/root'

        def look():
            return ('file' in os.listdir(root + '/data/hers'),   # control
                    sorted(os.listdir(root + '/..')),
                    os.listdir(root + '/../lower'),
                    os.listdir(root + '/../over'))
        self.assertEqual(harness.as_user(look), str(
            (True, ['lower', 'over', 'root'], [], [])))

    def test_written_where_permissions_allow(self):
        script = ('cd /data; echo x >new; mkdir dir; echo y >dir/file; '
                  'echo more >>hers/file; cat new dir/file hers/file; '
                  'stat -c "%u:%g %a" new dir')
        self.ok(shell(script, before=lambda: os.umask(0o022)),
                'x\ny\nold\nmore\n4001:4001 644\n4001:4001 755\n')
        self.assertIn('Read-only', shell_in('ro', self, script).err)
        self.policy_of(root='overlay')
        self.ok(shell('cat /data/hers/file; ls /data'),
                'old\ngroup\nhers\nroots\nshut\n')              # thrown away

    def test_written_only_there(self):
        for path in ('/new', '/bin/new', '/etc/new', '/data/roots',
                     '/bin/busybox', '/data/group'):
            with self.subTest(path):
                self.assertIn('ermission denied',
                              shell(f'echo x >>{path}').err)
        self.ok(shell('echo x >>/data/group', groups=[LAB]))    # control
        for command in ('rm /data/roots', 'mv /data/roots /data/r2',
                        'chmod 777 /data/roots', 'rm /bin/sh', 'cat /data/shut',
                        'ln -s x /bin/x', 'mkdir /x/y', 'chmod 777 /data'):
            with self.subTest(command):
                self.assertNotEqual(shell(command).status, 0)
        self.ok(shell('rm -r /data/hers && ls /data'),
                'group\nroots\nshut\n')                         # control

    def test_copy_up(self):
        for script, out in (
                ('chmod 600 file; stat -c %a file; cat file', '600\nold\n'),
                ('touch -d 2001-02-03 file 2>/dev/null; cat file', 'old\n'),
                ('mv file other; cat other; ls', 'old\ndeep\nother\n'),
                ('mv file deep/; cat deep/file; ls', 'old\ndeep\n'),
                ('rm file; ls; cat file 2>/dev/null; echo new >file; cat file',
                 'deep\nnew\n'),
                ('ln file hard; echo x >hard; cat file hard', 'x\nx\n'),
                ('chmod 700 deep; stat -c %a deep; cat deep/er/file',
                 '700\ndeep\n'),
                ('rm -r deep; ls; mkdir deep; ls -A deep; echo z >deep/file; '
                 'cat deep/file', 'file\nz\n'),
                ('rm file; mkdir file; ls -d file; stat -c %F file',
                 'file\ndirectory\n'),
                ('rm -r deep; echo f >deep; cat deep', 'f\n'),
                ('mkdir a; mv a b; ls', 'b\ndeep\nfile\n'),
                ('echo x >deep/er/file; cat deep/er/file; cd ..; rm -r hers; '
                 'mkdir hers; ls -A hers', 'x\n'),
                ('cp -r deep copy; mv copy deep2; cat deep2/er/file; rm -r '
                 'deep2; ls', 'deep\ndeep\nfile\n'),
                ('cat deep/er/file >>file; rm deep/er/file; ls deep/er; '
                 'cat file', 'old\ndeep\n')):
            with self.subTest(script):
                self.ok(shell('cd /data/hers; ' + script), out)

    def test_rename_of_a_directory_of_the_lower(self):
        """EXDEV without redirect_dir: mv copies it then."""
        self.ok(shell('cd /data/hers; mv deep moved && cat moved/er/file; ls'),
                'deep\nfile\nmoved\n')

    def test_owner_after_a_copy_up(self):
        self.ok(shell('cd /data/hers; chmod 640 file; echo x >>deep/er/file; '
                      'stat -c "%u:%g" file deep deep/er deep/er/file'),
                '4001:4001\n' * 4)

    def test_suid_and_devices(self):
        """A copy up gives nothing."""
        shutil.copy(ROOT + PROBE, self.root + '/data/suid')
        os.chmod(self.root + '/data/suid', 0o4777)
        os.mknod(self.root + '/data/zero', *ZERO)
        os.chmod(self.root + '/data/zero', 0o666)
        self.before = snapshot(self.root)
        self.ok(minibox('/data/suid', 'ids'), ' '.join(['4001'] * 6) + '\n')
        self.assertIn(' 0 0 ', run(self.root + '/data/suid', 'ids').out)
        self.assertIn('ermission denied', shell('head -c 1 /data/zero').err)
        self.ok(run('/usr/bin/head', '-c', '1', self.root + '/data/zero'),
                '\0')
        result = shell('echo x >>/data/suid; stat -c %a /data/suid; '
                       '/data/suid ids')
        self.assertNotIn(' 0 ', result.out)
        self.assertNotEqual(shell('mknod /data/n c 1 3').status, 0)
        self.assertIn('nodev', self.table()['/'].options)
        self.assertIn('nosuid', self.table()['/'].options)

    def test_no_capability_is_left(self):
        out = minibox('/bin/grep', 'Cap', '/proc/self/status').out
        self.assertEqual(out, ''.join(
            f'Cap{n}:\t{"0" * 16}\n' for n in
            ('Inh', 'Prm', 'Eff', 'Bnd', 'Amb')))
        process = self.start(MINIBOX, '/bin/sh', '-c', 'echo up; read x',
                             stdin=subprocess.PIPE)
        self.expect(process, b'up\n')
        for pid in process.pid, *harness.children_of(process.pid):
            status = harness.status_file(read(f'/proc/{pid}/status'))
            for name in 'CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb':
                self.assertEqual(status[name], '0' * 16, name)

    def test_boxes_do_not_see_each_other(self):
        process = self.start(
            MINIBOX, '/bin/sh', '-c', 'cd /data; echo one >new; rm hers/file; '
            'echo up; read x; cat new; ls hers', stdin=subprocess.PIPE)
        self.expect(process, b'up\n')
        self.ok(shell('cd /data; ls new 2>/dev/null; cat hers/file; echo two '
                      '>new'), 'old\n')
        self.ok(harness.finish(process, b'\n'), 'one\ndeep\n')

    def test_sizes(self):
        self.policy_of(root='overlay', tmp_size='1M')
        fill = 'dd if=/dev/zero of=/data/big bs=1024 count={} 2>&1'
        result = shell(fill.format(2000))
        self.assertIn('No space left', result.out)
        self.assertNotIn('No space', shell(fill.format(900)).out)
        # inodes: size / 4K
        many = ('n=0; while [ $n -lt {} ]; do : >/data/f$n || exit 1; '
                'n=$((n + 1)); done')
        self.assertIn('No space left', shell(many.format(300)).err)
        self.ok(shell(many.format(200)))
        self.policy_of(root='overlay', tmp_size='4M')           # control
        self.assertNotIn('No space', shell(fill.format(2000)).out)
        self.ok(shell(many.format(300)))

    def test_full_by_copying_up(self):
        self.write_in('/data/hers/large', 'x' * 600_000, 0o644, ALICE.uid)
        self.write_in('/data/hers/larger', 'x' * 600_000, 0o644, ALICE.uid)
        self.before = snapshot(self.root)
        self.policy_of(root='overlay', tmp_size='1M')
        result = shell('cd /data/hers; chmod 600 large && echo one; '
                       'chmod 600 larger && echo two; wc -c <larger')
        self.assertEqual(result.out, 'one\n600000\n')
        self.assertIn('No space left', result.err)

    def test_the_upper_is_not_reached(self):
        """Neither by a path nor by the working directory of init."""
        self.ok(shell('cat /proc/self/mountinfo | grep -c " / / .* overlay "'),
                '1\n')
        for path in '/../over', '/over', '/lower', '/../lower', '/work':
            self.assertNotEqual(shell(f'ls {path}').status, 0)

    def test_policy_of_overlay_with_mounts_below_the_root(self):
        """They are not part of it, and never writable."""
        self.mount(self.root + '/srv/a', 'mode=1777')
        write(self.root + '/srv/a/below', '')
        self.before = snapshot(self.root)
        result = shell('ls /srv/a; echo x >/srv/a/new')
        self.assertNotIn('new', os.listdir(self.root + '/srv/a'))
        self.assertNotIn('below', result.out)
        self.policy_of()                                        # control
        self.ok(shell('ls /srv/a'), 'below\n')

def shell_in(root, case, script, **more):
    case.policy_of(root=root)
    return shell(script, **more)


class Passwd(Case):
    LINES = 'root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1::/:/bin/false\n'
    GROUPS = 'root:x:0:\nbin:x:2:\n'

    def setUp(self):
        super().setUp()
        write(self.root + '/etc/passwd', self.LINES)
        write(self.root + '/etc/group', self.GROUPS)

    def test_names(self):
        self.ok(minibox('/bin/id', groups=[LAB]),
                'uid=4001(alice) gid=4001 groups=5001(lab)\n'
                if not re.search(r'(?m)^[^:]*:[^:]*:4001:', read('/etc/group'))
                else None)
        self.ok(shell('cat /etc/passwd; echo =; cat /etc/group',
                      groups=[LAB]),
                'alice:x:4001:4001::/home/alice:/bin/sh\n' + self.LINES +
                '=\nlab:x:5001:\n' + self.GROUPS)
        self.ok(minibox('/bin/id', '-un'), 'alice\n')
        self.ok(shell('echo ~root ~alice; stat -c %U / /tmp'),
                '/root /home/alice\nroot\nroot\n')
        self.policy_of(passwd='no')
        self.ok(shell('cat /etc/passwd /etc/group'), self.LINES + self.GROUPS)
        self.assertNotEqual(minibox('/bin/id', '-un').out, 'alice\n')

    def test_own_group_by_name(self):
        saved = read('/etc/group')
        self.addCleanup(write, '/etc/group', saved)
        write('/etc/group', saved + 'alices:x:4001:\nempty:x:4444:\n')
        self.ok(minibox('/bin/id', groups=[LAB, 4444, 4445, 4001]),
                'uid=4001(alice) gid=4001(alices) groups=4001(alices),'
                '4444(empty),4445,5001(lab)\n')

    def test_other_homes_and_shells(self):
        write(f'{self.root}/bin/own-shell', '#!/bin/sh\n', 0o755)
        for keys, home, sh in (({}, '/home/alice', '/bin/sh'),
                               ({'home': 'none'}, '/', '/bin/sh'),
                               ({'shell': '/bin/own-shell'}, '/home/alice',
                                '/bin/own-shell')):
            self.policy_of(**keys)
            self.ok(shell('read line </etc/passwd; echo "$line"'),
                    f'alice:x:4001:4001::{home}:{sh}\n')

    def test_users_without_a_line(self):
        write_policy(box(rootfs=self.root, users='*'))
        for user, home, name in ((STRANGER, '/home/4999', '4999'),
                                 (NOBODY, '/home/nobody', 'nobody'),
                                 (HOMELESS, '/home/homeless', 'homeless')):
            self.ok(shell('read line </etc/passwd; echo "$line"', user=user),
                    f'{name}:x:{user.uid}:{user.uid}::{home}:/bin/sh\n')

    def test_home_that_is_no_field(self):
        """What a stranger says is not a further line."""
        write_policy(box(rootfs=self.root, users='*'))
        for home in ('/home/x\nroot::0:0::/:/bin/sh', '/home/a:b',
                     '/home/x\r', '/home/\x7fx', '/home/\x1b'):
            with self.subTest(home):
                result = shell('cat /etc/passwd', user=STRANGER,
                               env={'HOME': home})
                if result.status:
                    self.refused(result, 125)
                    continue
                lines = result.out.split('\n')
                self.assertEqual('\n'.join(lines[1:]), self.LINES)
                self.assertEqual(len(lines[0].split(':')), 7, lines[0])
                self.assertTrue(lines[0].startswith('4999:x:4999:4999::/'))

    def test_read_only(self):
        table = self.table()
        for path in '/etc/passwd', '/etc/group':
            self.assertLessEqual({'ro', 'nosuid', 'nodev', 'noexec'},
                                 table[path].options)
            self.assertNotEqual(shell(f'echo x >>{path}').status, 0)
            self.ok(minibox('/bin/stat', '-c', '%u:%g %a %h', path),
                    '0:0 644 1\n')
        self.assertEqual(read(self.root + '/etc/passwd'), self.LINES)
        self.policy_of(root='overlay')
        self.assertIn('ro', self.table()['/etc/passwd'].options)
        os.chmod(self.root + '/etc', 0o777)
        self.assertNotEqual(shell('rm -f /etc/passwd').status, 0)
        self.assertNotEqual(shell('mv /etc/passwd /etc/x').status, 0)
        self.policy_of(root='overlay', passwd='no')             # control
        self.ok(shell('rm /etc/passwd'))

    def test_skipped_where_the_box_has_none(self):
        """Missing, a link, a directory, a fifo, one that is not for all."""
        for what, make in (
                ('missing', lambda path: None),
                ('link', lambda path: os.symlink('/etc/other', path)),
                ('dangling', lambda path: os.symlink('/none', path)),
                ('magic', lambda path: os.symlink('/proc/self/fd/3', path)),
                ('directory', os.mkdir),
                ('fifo', lambda path: os.mkfifo(path, 0o644)),
                ('shut', lambda path: write(path, 'secret\n', 0o600))):
            for root in 'ro', 'overlay':
                with self.subTest(what, root=root):
                    path = self.root + '/etc/passwd'
                    harness.remove(path)
                    write(self.root + '/etc/other', 'other\n')
                    make(path)
                    self.policy_of(root=root)
                    table = self.table()
                    self.assertNotIn('/etc/passwd', table)
                    self.assertIn('/etc/group', table)          # control
                    out = shell('cat /etc/passwd').out if what != 'fifo' else ''
                    self.assertEqual(out, 'other\n' if what == 'link' else '')
        shutil.rmtree(self.root + '/etc')
        for make in (lambda p: None, lambda p: os.symlink('srv', p),
                     lambda p: write(p, '')):
            make(self.root + '/etc')
            self.policy_of()
            self.assertEqual([p for p in self.table()
                              if p.startswith('/etc')], [])
            harness.remove(self.root + '/etc')

    def test_skipped_where_it_cannot_be_opened(self):
        path = self.root + '/etc/passwd'
        for what, make in (
                ('device', lambda: os.mknod(path, *ZERO)),
                ('socket', lambda: make_socket(path)),
                ('of another', lambda: write(path, 'secret\n', 0o600,
                                             BOB.uid))):
            with self.subTest(what):
                os.unlink(path)
                make()
                table = self.table()
                self.assertNotIn('/etc/passwd', table)
                self.assertIn('/etc/group', table)              # control

    def test_large_ones(self):
        write(self.root + '/etc/passwd', self.LINES * 5000)
        self.assertEqual(shell('wc -l </etc/passwd').out.strip(), '10001')
        write(self.root + '/etc/passwd', self.LINES * 40000)
        self.denied('passwd = no')
        self.policy_of(passwd='no')
        self.ok(minibox(TRUE))                                  # control

    def test_many_groups(self):
        saved = read('/etc/group')
        self.addCleanup(write, '/etc/group', saved)
        write('/etc/group', saved + ''.join(
            f'g{n}:x:{n}:\n' for n in range(20000, 30000)))
        count = harness.rounds(5_000)       # id(1) takes the square of it
        result = shell('wc -l </etc/group; id -Gn | wc -w',
                       groups=range(20000, 20000 + count))
        self.assertEqual(result.out.split(), [str(count + 2), str(count + 1)])

    def test_bind_takes_precedence(self):
        source = self.directory(ROOTS + '/etc')
        self.file(source + '/passwd', 'bound\n')
        for bind, there in ((f'{source}/passwd:/etc/passwd', True),
                            (f'{source}:/etc', True), (None, False)):
            self.policy_of(bind=bind)
            out = shell('cat /etc/passwd').out
            self.assertEqual(out == 'bound\n', there, out)


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)


def listen(namespace=None, port=7070):
    """Someone who answers "hello", there."""
    code = f'''
import socket
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(('127.0.0.1', {port}))
server.listen()
print('up', flush=True)
while True:
    peer, _ = server.accept()
    peer.sendall(b'hello\\n')
    peer.close()
'''
    enter = ['ip', 'netns', 'exec', namespace] if namespace else []
    return subprocess.Popen([*enter, 'python3', '-c', code],
                            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)


class Network(Case):
    ASK = 'nc -w 5 127.0.0.1 7070 </dev/null 2>/dev/null'

    def serve(self, *where):
        process = listen(*where)

        def end():
            process.kill()
            process.communicate()
        self.addCleanup(end)
        self.assertEqual(process.stdout.readline(), b'up\n')

    def namespace(self, name):
        if not shutil.which('ip'):
            self.skipTest('iproute2 is not installed')
        subprocess.run(['ip', 'netns', 'add', name], check=True)
        self.addCleanup(subprocess.run, ['ip', 'netns', 'del', name],
                        check=True)
        subprocess.run(['ip', '-n', name, 'link', 'set', 'lo', 'up'],
                       check=True)
        return os.stat(f'/run/netns/{name}').st_ino

    def inside(self, *options, **more):
        result = minibox(*options, '/bin/readlink', '/proc/self/ns/net', **more)
        self.ok(result)
        return int(re.search(r'\[(\d+)\]', result.out)[1])

    def test_netns(self):
        number = self.namespace('lab')
        self.serve('lab')
        self.policy_of(network='netns:lab')
        self.assertEqual(self.inside(), number)
        self.ok(shell(self.ASK), 'hello\n')
        none = minibox('--network=none', '/bin/sh', '-c', self.ASK)
        self.assertEqual((none.status, none.out), (1, ''))
        self.assertNotIn(self.inside('--network=none'),
                         (number, os.stat('/proc/self/ns/net').st_ino))
        self.policy_of()
        self.assertEqual(shell(self.ASK).out, '')
        self.policy_of(network='host')
        self.assertEqual(shell(self.ASK).out, '')

    def test_host(self):
        self.serve()
        self.policy_of(network='host')
        self.assertEqual(self.inside(), os.stat('/proc/self/ns/net').st_ino)
        self.ok(shell(self.ASK), 'hello\n')
        self.assertEqual(
            minibox('--network=none', '/bin/sh', '-c', self.ASK).out, '')

    def test_netns_keeps_the_rest(self):
        """It is entered with all that a box is, and nothing of it changes."""
        self.namespace('lab')
        self.policy_of(network='netns:lab')
        result = minibox('/bin/grep', 'Cap', '/proc/self/status')
        self.assertEqual(set(re.findall(r'\t(\w+)', result.out)), {'0' * 16})
        self.assertEqual(self.table().keys(), self.table(
            '--network=none').keys())
        before = subprocess.run(['ip', '-n', 'lab', 'link'],
                                capture_output=True, check=True).stdout
        self.assertNotEqual(shell('ifconfig lo down; ip link set lo down')
                            .status, 0)
        self.assertEqual(subprocess.run(
            ['ip', '-n', 'lab', 'link'], capture_output=True,
            check=True).stdout, before)

    def test_netns_that_is_refused(self):
        number = self.namespace('good')
        top = '/run/netns'
        self.file(top + '/plain', '')
        self.link(top + '/good', top + '/link')
        self.directory(top + '/directory')
        os.mkfifo(top + '/fifo')
        self.addCleanup(os.unlink, top + '/fifo')
        os.mknod(top + '/null', stat.S_IFCHR | 0o666, os.makedev(1, 3))
        self.addCleanup(os.unlink, top + '/null')
        # a namespace, but of another kind
        self.file(top + '/uts')
        subprocess.run(['mount', '--bind', '/proc/self/ns/uts', top + '/uts'],
                       check=True)
        self.addCleanup(subprocess.run, ['umount', top + '/uts'], check=True)
        for name in ('none', 'plain', 'link', 'directory', 'fifo', 'null',
                     'uts', 'x' * 64):
            with self.subTest(name):
                self.policy_of(network='netns:' + name)
                self.denied(f"network namespace '{name}'")
                self.ok(minibox('--network=none', TRUE))
        for name in ('', '../netns/good', 'a/b', '.good', '-x', 'x' * 65,
                     'good:x', 'gööd'):
            with self.subTest(name):
                self.policy_of(network='netns:' + name)
                self.denied('policy error')
        self.policy_of(network='netns:good')
        self.assertEqual(self.inside(), number)                 # control

    def test_directory_that_others_can_change(self):
        number = self.namespace('good')
        self.policy_of(network='netns:good')
        mode = os.stat('/run/netns').st_mode & 0o7777
        for what, change, back in (
                ('owner', lambda: os.chown('/run/netns', ALICE.uid, 0),
                 lambda: os.chown('/run/netns', 0, 0)),
                ('mode', lambda: os.chmod('/run/netns', 0o777),
                 lambda: os.chmod('/run/netns', mode)),
                ('group', lambda: os.chmod('/run/netns', 0o775),
                 lambda: os.chmod('/run/netns', mode))):
            with self.subTest(what):
                self.assertEqual(self.inside(), number)         # control
                change()
                self.denied('/run/netns')
                back()
        self.assertEqual(self.inside(), number)

    def test_namespace_of_a_user(self):
        """A file that somebody else owns, in root's directory."""
        self.namespace('good')
        self.file('/run/netns/hers', '', 0o666, ALICE.uid)
        self.policy_of(network='netns:hers')
        self.denied("network namespace 'hers'")
        self.policy_of(network='netns:good')
        self.ok(minibox(TRUE))                                  # control


class HostFiles(Case):
    """network = host: resolv.conf and hosts."""

    def setUp(self):
        super().setUp()
        for name in 'resolv.conf', 'hosts':
            path = f'/etc/{name}'
            if os.path.islink(path):
                saved = os.readlink(path)
                self.addCleanup(os.symlink, saved, path)
            elif os.path.exists(path):
                self.addCleanup(write, path, read(path))
            self.addCleanup(harness.remove, path)
            write(path, f'host {name}\n', 0o666)
            write(f'{self.root}/etc/{name}', f'box {name}\n')
        self.policy_of(network='host')

    def sees(self, text, *options, name='resolv.conf'):
        result = minibox(*options, '/bin/cat', '/etc/' + name)
        self.ok(result, text)

    def test_shown(self):
        for name in 'resolv.conf', 'hosts':
            self.sees(f'host {name}\n', name=name)
            self.sees(f'box {name}\n', '--network=none', name=name)
            self.assertIn('Read-only', shell(f'echo >>/etc/{name}').err)
            self.assertLessEqual({'ro', 'nosuid', 'nodev', 'noexec'},
                                 self.table()['/etc/' + name].options)
        self.policy_of(network='none')
        self.sees('box resolv.conf\n')

    def test_host_has_a_link(self):
        """As systemd-resolved makes it: it is root's, and is followed."""
        self.directory('/run/resolve', 0o755)
        self.file('/run/resolve/stub', 'stub\n')
        harness.remove('/etc/resolv.conf')
        for target in '/run/resolve/stub', '../run/resolve/stub':
            os.symlink(target, '/etc/resolv.conf')
            self.sees('stub\n')
            os.unlink('/etc/resolv.conf')

    def test_host_has_none(self):
        harness.remove('/etc/resolv.conf')
        self.sees('box resolv.conf\n')
        os.symlink('/none', '/etc/resolv.conf')
        self.sees('box resolv.conf\n')

    def test_not_for_the_caller(self):
        """Read with the caller's rights: nothing that he cannot read."""
        write('/etc/resolv.conf', 'secret\n', 0o600)
        result = minibox('/bin/cat', '/etc/resolv.conf')
        self.assertNotIn('secret', result.out + result.err)
        vault = self.directory('/var/minibox-vault', 0o700)
        self.file(vault + '/resolv.conf', 'secret\n')
        harness.remove('/etc/resolv.conf')
        os.symlink(vault + '/resolv.conf', '/etc/resolv.conf')
        self.denied('ermission denied')
        os.chmod(vault, 0o711)
        self.sees('secret\n')                                   # control

    def test_host_has_something_odd(self):
        os.unlink('/etc/resolv.conf')
        for make in os.mkdir, lambda p: os.symlink('/proc/self/fd/3', p):
            make('/etc/resolv.conf')
            result = minibox('/bin/cat', '/etc/resolv.conf')
            self.right_or_refused(result, 'box resolv.conf\n')
            harness.remove('/etc/resolv.conf')

    def test_box_has_none(self):
        for make in (lambda p: None, lambda p: os.symlink('/etc/other', p),
                     lambda p: os.symlink('/none', p), os.mkdir):
            path = self.root + '/etc/resolv.conf'
            harness.remove(path)
            make(path)
            self.assertNotIn('/etc/resolv.conf', self.table())
            self.assertIn('/etc/hosts', self.table())           # control
        self.assertFalse(os.path.exists(self.root + '/etc/other'))

    def test_bind_takes_precedence(self):
        source = self.directory(ROOTS + '/etc')
        self.file(source + '/resolv.conf', 'bound\n')
        self.policy_of(network='host', bind=f'{source}:/etc')
        self.sees('bound\n')


class Tmpfs(Case):
    DIRECTORIES = '/mnt', '/x', '/srv/a/b', '/data', '/cache'
    MEASURE = 'stat -f -c "%S %b %c" {0}; stat -c "%a %u:%g" {0}'

    def measure(self, path):
        """(bytes, inodes, mode, owner)."""
        result = shell(self.MEASURE.format(path))
        self.ok(result)
        size, blocks, inodes, mode, owner = result.out.split()
        return int(size) * int(blocks), int(inodes), mode, owner

    def test_sizes_and_modes(self):
        K, M = 1 << 10, 1 << 20
        places = ('/tmp', '1777'), ('/var/tmp', '1777'), ('/run', '755'), \
            ('/dev/shm', '1777'), ('/home', '755')
        for keys, changed in (
                ({}, {}), ({'tmp_size': '8M'}, 8 * M),
                ({'tmp_size': '64K'}, 64 * K),
                ({'tmpfs': '/cache'}, {'/cache': (64 * M, '755')}),
                ({'tmpfs': '/cache:1M'}, {'/cache': (M, '755')}),
                ({'tmpfs': '/cache:1M:700'}, {'/cache': (M, '700')}),
                ({'tmpfs': '/cache:128K:1777'}, {'/cache': (128 * K, '1777')}),
                ({'tmpfs': '/cache:1G:0755'}, {'/cache': (K * M, '755')}),
                ({'tmpfs': '/tmp:2M'}, {'/tmp': (2 * M, '1777')}),
                ({'tmpfs': '/tmp:2M:755'}, {'/tmp': (2 * M, '755')}),
                ({'tmpfs': ['/run:2M:1777', '/var/tmp']},
                 {'/run': (2 * M, '1777')}),
                ({'tmpfs': '/dev/shm:3M'}, {'/dev/shm': (3 * M, '1777')}),
                ({'tmpfs': '/dev/shm:3M:700'}, {'/dev/shm': (3 * M, '700')}),
                ({'tmpfs': '/cache', 'tmp_size': '2M'}, 2 * M)):
            self.policy_of(**keys)
            wanted = {path: (64 * M, mode) for path, mode in places}
            if isinstance(changed, dict):
                wanted.update(changed)
            else:
                wanted = {path: (changed, mode) for path, mode in places}
                if 'tmpfs' in keys:
                    wanted['/cache'] = changed, '755'
            for path, (size, mode) in wanted.items():
                with self.subTest(keys, path=path):
                    self.assertEqual(self.measure(path), (
                        size, size // 4096, mode, '0:0'))

    def test_full(self):
        self.policy_of(tmpfs='/cache:1M:1777')
        write_it = 'dd if=/dev/zero of=/cache/x bs=1024 count={} 2>&1'
        self.assertIn('No space left', shell(write_it.format(1100)).out)
        self.assertNotIn('No space left', shell(write_it.format(900)).out)
        many = ('n=0; while [ $n -lt {} ]; do : >/cache/f$n || exit 1; '
                'n=$((n + 1)); done')
        self.assertIn('No space left', shell(many.format(260)).err)
        self.ok(shell(many.format(250)))

    def test_hides_what_is_there(self):
        write(self.root + '/cache/file', '')
        self.ok(shell('ls /cache'), 'file\n')
        self.policy_of(tmpfs='/cache')
        self.ok(shell('ls /cache'), '')

    def test_one_in_another(self):
        self.policy_of(tmpfs=['/cache:1M:1777', '/cache/a/b:1M:1777'])
        self.ok(shell('echo x >/cache/a/b/file; stat -c %a /cache/a'),
                '755\n')

    def test_values(self):
        for value, fine in (
                ('/cache', True), ('/cache:64K', True), ('/cache:63K', False),
                ('/cache:0', False), ('/cache:', False), ('/cache:1M:', False),
                ('/cache:1M:8', False), ('/cache:1M:77', False),
                ('/cache:1M:1778', False), ('/cache:1M:2755', False),
                ('/cache:1M:4755', False), ('/cache:1M:01777', False),
                ('/cache:1M:755:x', False), ('/cache:1T', False),
                ('/cache:-1', False), ('cache', False), ('/cache/', False),
                ('/cache/../x', False), ('%h', False),
                ('/cache:99999999999999999999', False)):
            with self.subTest(value):
                self.policy_of(tmpfs=value)
                if fine:
                    self.ok(minibox(TRUE))
                else:
                    self.denied('policy error')


class Flags(Case):
    def test_of_every_mount(self):
        """Of a box that has everything, whatever the root is."""
        source = self.source(mode=0o777)
        self.mount(source + '/sub')
        self.hers()
        write(self.root + '/etc/passwd', '')
        write(self.root + '/etc/group', '')
        write(self.root + '/etc/resolv.conf', '')
        for root in 'ro', 'overlay':
            for home in 'ro', 'rw':
                self.policy_of(
                    root=root, home=home, sys='ro', network='host',
                    tmpfs='/mnt', bind=[f'{source}:/x:rw',
                                        f'{source}:/srv/a', '%h/d:/mnt/mine'],
                    allow_bind='%h/d:/mnt/d:rw')
                table = self.table('-B', '/home/alice/d:/mnt/d')
                self.assertLessEqual(
                    {'/', '/tmp', '/var/tmp', '/run', '/home', '/home/alice',
                     '/proc', '/sys', '/dev', '/dev/pts', '/dev/shm', '/x',
                     '/x/sub', '/srv/a', '/srv/a/sub', '/mnt', '/mnt/mine',
                     '/mnt/d', '/etc/passwd', '/etc/group'}, set(table))
                for mount in table.values():
                    with self.subTest(mount.point, root=root):
                        self.assertIn('nosuid', mount.options)
                        if mount.point not in ('/dev', '/dev/pts'):
                            self.assertIn('nodev', mount.options)
                        self.assertEqual(mount.propagation, [])
                for point, wanted in (
                        ('/', 'ro' if root == 'ro' else 'rw'), ('/x', 'rw'),
                        ('/x/sub', 'rw'), ('/srv/a', 'ro'),
                        ('/srv/a/sub', 'ro'), ('/mnt/mine', 'ro'),
                        ('/mnt/d', 'rw'), ('/home/alice', home),
                        ('/sys', 'ro'), ('/dev', 'ro'), ('/etc/passwd', 'ro')):
                    self.assertIn(wanted, table[point].options, point)

    def test_hosts_mounts_stay_as_they_are(self):
        source = self.source()
        before = read('/proc/self/mountinfo')
        self.policy_of(root='overlay', bind=f'{source}:/x', home='rw')
        self.ok(minibox(TRUE))
        self.assertEqual(read('/proc/self/mountinfo'), before)


@harness.unittest.skipUnless(shutil.which('strace'), 'strace is not installed')
class SystemCalls(Case):
    """What is done with whose rights, seen by root."""

    MARK = 'typed-by-the-caller'
    POWERS = 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'SYS_PTRACE'

    def init(self, *args, **more):
        """The lines of init, up to the drop."""
        result, found = strace(*args, **more)
        self.ok(result)
        lines, = [lines for lines in found
                  if any(line.startswith('pivot_root(') for line in lines)]
        return lines

    def rights(self, lines):
        """For each line: fsuid, and the effective capabilities as the kernel
        has told them since they could last change."""
        fsuid, effective = 0, None
        for line in lines:
            match = re.match(r'setfsuid\((\d+)\)', line)
            if match:
                if int(match[1]) != fsuid:
                    effective = None
                fsuid = int(match[1])
            elif line.startswith('capset('):
                effective = None
            elif line.startswith('capget('):
                match = re.search(r'\{effective=([^,]*),', line)
                effective = match and match[1]
            yield fsuid, effective, line

    def test_sources(self):
        name = self.MARK
        path = self.hers(name)
        source = self.source()
        self.policy_of(
            home='rw', tmpfs='/mnt', network='host',
            bind=[f'{source}:/x', f'%h/{name}:/data'],
            allow_bind='%h/:/mnt/:rw')
        write(self.root + '/etc/hosts', '')
        lines = self.init('-B', f'{path}:/mnt/{name}', TRUE)
        clones = [line for line in lines if line.startswith('open_tree(')]
        # root, home, fixed, %h, -B, and hosts or resolv.conf
        self.assertGreaterEqual(len(clones), 6, clones)
        for line in clones:
            self.assertRegex(line, r'^open_tree\(\d+, "", .*OPEN_TREE_CLONE')
            for flag in 'AT_EMPTY_PATH', 'AT_RECURSIVE':
                self.assertIn(flag, line)
        self.assertEqual([line for line in lines
                          if line.startswith('mount(')], [])
        typed = [(fsuid, effective, line)
                 for fsuid, effective, line in self.rights(lines)
                 if '"' in line and (name in line or '/home/alice' in line)
                 and not re.match(r'(write|read|sethostname|'
                                  r'readlink)\(', line)]
        opened = [t for t in typed if t[2].startswith('openat2(')]
        self.assertGreaterEqual(len(opened), 4, typed)
        for fsuid, effective, line in typed:
            with self.subTest(line):
                self.assertEqual(fsuid, ALICE.uid)
                self.assertIsNotNone(effective)     # it was read back
                for power in self.POWERS:
                    self.assertNotIn(power, effective)
                if line.startswith('openat2('):
                    self.assertIn('RESOLVE_NO_MAGICLINKS', line)
                    if f'"{name}' in line:
                        self.assertIn('RESOLVE_BENEATH', line)
                        self.assertIn('RESOLVE_NO_SYMLINKS', line)
        # What root's are is opened as root, and with nothing followed.
        fixed = [(fsuid, line) for fsuid, _, line in self.rights(lines)
                 if re.search(r'openat2?\(.*"source"', line)]
        self.assertEqual([fsuid for fsuid, _ in fixed], [0], fixed)
        self.assertRegex(fixed[0][1], 'O_NOFOLLOW|RESOLVE_NO_SYMLINKS')

    def test_nothing_else_is_opened_by_the_callers_words(self):
        """Not even by what is before the clone or behind it."""
        name = self.MARK
        path = self.hers(name)
        self.policy_of(tmpfs='/mnt', allow_bind='%h/:/mnt/')
        result, found = strace('-B', f'{path}:/mnt/{name}', TRUE, cwd=path)
        self.ok(result)
        roles = {'monitor': 0, 'init': 0, 'command': 0}
        for lines in found:
            role = 'monitor' if any('execve("' + MINIBOX in line
                                    for line in lines) else \
                'init' if any(line.startswith('pivot_root(')
                              for line in lines) else 'command'
            for line in lines:
                if name in line and re.match(
                        r'(open|stat|newfstat|access|faccess|readlink|mkdir|'
                        r'mknod|statx|mount|umount|chdir|chown|chmod)', line):
                    roles[role] += 1
        self.assertEqual(roles['monitor'], 0)
        self.assertGreater(roles['init'], 0)                    # control

    def test_overlay_lends_its_powers_to_nothing_else(self):
        """DAC_OVERRIDE is effective while the overlay is made, by fixed
        words, and at no other time of init."""
        self.hers()
        self.policy_of(root='overlay', home='rw',
                       allow_bind='%h/:/data/', tmpfs='/data')
        lines = self.init('-B', '/home/alice/d:/data/d', TRUE)
        lent, calls = False, []
        for line in lines:
            if line.startswith('capset('):
                match = re.search(r'effective=([^,]*),', line)
                lent = bool(match) and any(p in match[1] for p in self.POWERS)
            elif lent and not line.startswith(('capget(', 'prctl(')):
                calls.append(line)
        self.assertTrue(calls)
        for line in calls:
            self.assertRegex(line, r'^(fsopen|fsconfig|fsmount|close|'
                                   r'brk|mmap)\(')
        self.assertIn('"lowerdir", "lower"', str(calls))
        for line in calls:
            self.assertNotIn('/home', line)
        self.policy_of(home='rw')                               # control
        for line in self.init(TRUE):
            if line.startswith('capset('):
                match = re.search(r'effective=([^,]*),', line)
                for power in self.POWERS if match else ():
                    self.assertNotIn(power, match[1])

    def test_working_directory_is_never_the_callers(self):
        """-B of a relative path is made absolute before anything else."""
        path = self.hers(self.MARK)
        self.policy_of(tmpfs='/mnt', allow_bind='%h/:/mnt/')
        lines = self.init('-B', f'.:/mnt/{self.MARK}', TRUE, cwd=path)
        for line in lines:
            if line.startswith(('openat(AT_FDCWD', 'openat2(AT_FDCWD')):
                self.assertRegex(line, r'AT_FDCWD, "/')
