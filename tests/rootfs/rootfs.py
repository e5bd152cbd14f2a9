# SPDX-License-Identifier: MIT
"""What the tests of minibox-rootfs need: archives and OCI layouts of any
content, runs of the tool, and what it may and may not leave behind.

run.sh says where the tests run; harness.py is that of ../box."""

import contextlib
import functools
import gzip
import hashlib
import io
import json
import lzma
import os
import signal
import stat
import subprocess
import tarfile
import unittest
from typing import NamedTuple

import harness
from harness import SCRATCH, SUPERUSER, User, remove, start, write

TOOL = '/usr/local/sbin/minibox-rootfs'
BASE = '/var/lib/minibox'
TESTER = User('tester', 4001, '/home/tester')
OUTSIDE = '/var/lib/outside'    # on the file system of BASE; out of reach
ESCAPED = '/mb-escaped'         # where .. and absolute names would lead
MOUNT_POINTS = ('dev', 'proc', 'sys', 'home', 'tmp', 'run', 'var/tmp')
LONG = 120                      # seconds that a long run may take


# Archives

class Member(NamedTuple):
    """One member of an archive: what no file system would hold, too."""
    name: str
    type: bytes = tarfile.REGTYPE
    data: bytes = b''
    to: str = ''
    mode: int = 0o644
    owner: int = 0
    device: tuple = (0, 0)
    pax: dict = {}


def file(name, data=b'data\n', mode=0o644, **more):
    return Member(name, data=data, mode=mode, **more)


def directory(name, mode=0o755, **more):
    return Member(name, tarfile.DIRTYPE, mode=mode, **more)


def link(name, to):
    return Member(name, tarfile.SYMTYPE, to=to, mode=0o777)


def hard(name, to):
    return Member(name, tarfile.LNKTYPE, to=to)


def char(name):
    return Member(name, tarfile.CHRTYPE, mode=0o666, device=(1, 3))


def block(name):
    return Member(name, tarfile.BLKTYPE, mode=0o666, device=(7, 0))


def fifo(name):
    return Member(name, tarfile.FIFOTYPE, mode=0o666)


def tar(*members):
    """The bytes of an archive: GNU tar's format, or pax where it is needed."""
    out = io.BytesIO()
    form = (tarfile.PAX_FORMAT if any(m.pax for m in members)
            else tarfile.GNU_FORMAT)
    with tarfile.open(fileobj=out, mode='w', format=form) as t:
        for m in members:
            info = tarfile.TarInfo(m.name)
            info.type, info.mode, info.linkname = m.type, m.mode, m.to
            info.uid = info.gid = m.owner
            info.devmajor, info.devminor = m.device
            info.size, info.mtime = len(m.data), 1700000000
            info.pax_headers = dict(m.pax)
            t.addfile(info, io.BytesIO(m.data))
    return out.getvalue()


def root_members(*without):
    """The smallest thing that looks like a root file system."""
    return [m for m in (
        directory('bin'), file('bin/sh', b'#!/bin/cat\n', 0o755),
        directory('etc'), file('etc/passwd', b'root:x:0:0::/root:/bin/sh\n'),
        directory('usr'), directory('usr/bin'),
        file('usr/bin/tool', b'tool\n', 0o755), directory('var'),
        directory('tmp', 0o1777)) if m.name not in without]


def root_with(*members, without=()):
    return tar(*root_members(*without), *members)


def zstd(data):
    return subprocess.run(['zstd', '-q', '-1', '-c'], input=data, check=True,
                          stdout=subprocess.PIPE).stdout


COMPRESSIONS = {'tar': bytes, 'gz': functools.partial(gzip.compress, mtime=0),
                'xz': functools.partial(lzma.compress, preset=1),
                'zst': zstd}


# OCI layouts

def layout(path, *layers, tag='latest', spoil=None):
    """An OCI layout at PATH whose image TAG has LAYERS, the bytes of archives.
    SPOIL may change the three documents before they are written."""
    os.makedirs(f'{path}/blobs/sha256')
    write(f'{path}/oci-layout', '{"imageLayoutVersion": "1.0.0"}')

    def blob(data, media_type):
        digest = hashlib.sha256(data).hexdigest()
        write(f'{path}/blobs/sha256/{digest}', data)
        return {'mediaType': f'application/vnd.oci.image.{media_type}',
                'digest': f'sha256:{digest}', 'size': len(data)}

    def text(document):
        return json.dumps(document).encode()

    descriptors = [blob(gzip.compress(layer, mtime=0), 'layer.v1.tar+gzip')
                   for layer in layers]
    config = {'architecture': 'amd64', 'os': 'linux', 'config': {},
              'rootfs': {'type': 'layers', 'diff_ids': [
                  f'sha256:{hashlib.sha256(layer).hexdigest()}'
                  for layer in layers]}}
    manifest = {'schemaVersion': 2, 'layers': descriptors,
                'mediaType': 'application/vnd.oci.image.manifest.v1+json',
                'config': blob(text(config), 'config.v1+json')}
    if spoil:
        spoil(manifest)
    index = {'schemaVersion': 2, 'manifests': [
        {**blob(text(manifest), 'manifest.v1+json'),
         'annotations': {'org.opencontainers.image.ref.name': tag}}]}
    write(f'{path}/index.json', text(index))
    return path


# The state of the host

def state(path, deep=True):
    """What a directory holds: a change of anything shows."""
    found = {}

    def look(name):
        s = os.lstat(name)
        found[name] = (s.st_ino, s.st_mode, s.st_uid, s.st_gid, s.st_nlink,
                       s.st_size, s.st_mtime_ns, s.st_ctime_ns)

    look(path)
    for parent, directories, files in os.walk(path):
        for name in directories + files:
            look(os.path.join(parent, name))
        if not deep:
            break
    return found


def base_state():
    """What lies in BASE; that something came and went may show on it."""
    found = state(BASE) if os.path.isdir(BASE) else {}
    found.pop(BASE, None)
    return found


def host_state():
    found = {'/': os.path.lexists(ESCAPED),
             SCRATCH: sorted(os.listdir(SCRATCH)),
             'mounts': [m.point for m in harness.mounts(
                 harness.read('/proc/self/mountinfo'))]}
    for name in 'null', 'zero', 'full', 'random', 'urandom', 'tty':
        found[name] = os.lstat('/dev/' + name).st_mode
    for path in '/etc', '/home', OUTSIDE:
        found.update(state(path))
    return found


def difference(before, after):
    return sorted(name for name in before.keys() | after.keys()
                  if before.get(name) != after.get(name))


def mounts_below(path):
    """What is mounted there, the last one first.  (A bind mount of the same
    file system is none to os.path.ismount.)"""
    points = [mount.point.encode().decode('unicode_escape') for mount in
              harness.mounts(harness.read('/proc/self/mountinfo'))]
    return [p for p in reversed(points) if p.startswith(path + '/')]


def bind(source, point):
    """Mounts it until it is unmounted, or the test is over."""
    subprocess.run(['mount', '--bind', source, point], check=True)


def attributes(path):
    try:
        return os.listxattr(path, follow_symlinks=False)
    except OSError:
        return []


def faults(root):
    """What an ordinary user's box must not find in the directory ROOT."""
    found = []
    for parent, directories, files in os.walk(root):
        for path in [parent] + [f'{parent}/{f}' for f in files] + [
                f'{parent}/{d}' for d in directories
                if os.path.islink(f'{parent}/{d}')]:
            s = os.lstat(path)
            mode = s.st_mode
            if (s.st_uid, s.st_gid) != (0, 0):
                found.append(f'{path}: owned by {s.st_uid}:{s.st_gid}')
            if stat.S_ISLNK(mode):
                continue
            if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
                found.append(f'{path}: a device')
            if mode & 0o6000:
                found.append(f'{path}: setuid or setgid')
            if mode & 0o022 and not (stat.S_ISDIR(mode) and
                                     stat.S_IMODE(mode) == 0o1777):
                found.append(f'{path}: mode {mode:o}')
            for name in attributes(path):
                if name.startswith(('security.cap', 'system.posix_acl')):
                    found.append(f'{path}: has {name}')
    for point in MOUNT_POINTS:
        where = root
        for part in point.split('/'):
            where += '/' + part
            if os.path.islink(where) or not os.path.isdir(where):
                found.append(f'{where}: not a directory')
                break
    if os.path.islink(f'{root}/etc/resolv.conf'):
        found.append(f'{root}/etc/resolv.conf: a link')
    return found


# Runs

def tool_environment(**more):
    return {'PATH': '/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin',
            'HOME': '/root', **more}


def start_tool(*args, **options):
    """The tool in a process group of its own, as root."""
    return start(TOOL, *args, **{'user': SUPERUSER,
                                 'env': tool_environment(), **options})


def tool(*args, limit=LONG, data=None, **options):
    """DATA, bytes, is what it reads from a pipe."""
    if data is not None:
        options['stdin'] = subprocess.PIPE
    process = start_tool(*args, **options)
    try:
        return harness.finish(process, data, limit)
    finally:
        if process.poll() != 0:     # what it started may run on
            end_group(process)


def end_group(process):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def group_is_gone(process):
    """But for what nobody has waited for yet."""
    return not any(stat and stat[2] == process.pid and stat[0] not in 'ZX'
                   for stat in map(harness.stat_of, harness.all_pids()))


class Case(unittest.TestCase):
    """A test that begins and ends with nothing but demo in BASE, and changes
    nothing that lies outside.  One that saw refusals only ends with a control:
    an ordinary archive is accepted, there and then."""

    maxDiff = None
    refusals = acceptances = 0

    def setUp(self):
        self.files = f'{SCRATCH}/files'
        for path in self.files, OUTSIDE:
            remove(path)
            os.mkdir(path)
        os.mkdir(f'{OUTSIDE}/dir')
        write(f'{OUTSIDE}/secret', 'secret\n')
        write(f'{OUTSIDE}/open', 'open\n', 0o6777, TESTER.uid)
        write(f'{OUTSIDE}/dir/deep', 'deep\n', 0o666, TESTER.uid)
        os.chown(f'{OUTSIDE}/dir', TESTER.uid, TESTER.uid)
        os.chmod(f'{OUTSIDE}/dir', 0o777)
        self.assertFalse(os.path.lexists(ESCAPED))
        self.addCleanup(remove, ESCAPED)
        self.host = host_state()
        self.base = base_state()
        self.addCleanup(remove, self.files)
        self.addCleanup(self.clean_base)

    def tearDown(self):
        if self.refusals and not self.acceptances:
            self.base = base_state()
            self.host = host_state()
            self.accepted(self.take(root_with(), 'control'), 'control')

    def clean_base(self):
        """Nothing hidden remains, whatever the test did."""
        for point in mounts_below(BASE):
            subprocess.run(['umount', point], check=True)
        left = set(os.listdir(BASE)) - {'demo'}
        for name in left:
            remove(f'{BASE}/{name}')
        hidden = [name for name in left if name.startswith('.')]
        self.assertEqual(hidden, [], 'left in ' + BASE)

    def path(self, data, name='archive'):
        path = f'{self.files}/{name}'
        write(path, data)
        return path

    def host_unchanged(self):
        self.assertEqual(difference(self.host, host_state()), [],
                         'changed outside')

    def unchanged(self):
        self.assertEqual(difference(self.base, base_state()), [],
                         'changed in ' + BASE)
        self.host_unchanged()

    def one_line(self, result, text=''):
        """Exit 1, nothing on stdout, and one line with a cure on stderr."""
        self.assertEqual((result.status, result.out), (1, ''), result)
        self.assertRegex(result.err, r'\Aminibox-rootfs: [^\x00-\x1f\x7f]+; '
                                     r'[^\x00-\x1f\x7f]+\n\Z')
        self.assertIn(text, result.err)
        self.refusals += 1

    def refused(self, result, text=''):
        try:
            self.one_line(result, text)
            self.unchanged()
        except AssertionError:
            self.forget()
            raise

    def forget(self):
        """What came about is gone, so that the next case can be judged."""
        remove(ESCAPED)
        for name in os.listdir(BASE):
            if f'{BASE}/{name}' not in self.base:
                remove(f'{BASE}/{name}')

    def accepted(self, result, name='box', warning=False):
        """A sound root file system, and nothing else, has come about."""
        self.assertEqual(result.status, 0, result)
        self.assertRegex(result.err, r'\A(minibox-rootfs: warning: '
                         r'[^\x00-\x1f\x7f]+\n)?\Z' if warning else r'\A\Z')
        self.assertEqual(result.out, tool('snippet', name).out)
        root = f'{BASE}/{name}'
        self.assertEqual(faults(root), [])
        self.assertEqual(os.lstat(root).st_mode, stat.S_IFDIR | 0o755)
        self.assertEqual(os.lstat(BASE).st_mode, stat.S_IFDIR | 0o700)
        now = {path: value for path, value in base_state().items()
               if path != root and not path.startswith(root + '/')}
        self.assertEqual(difference(self.base, now), [], 'beside ' + root)
        self.host_unchanged()
        self.acceptances += 1
        return root

    def accepted_and_gone(self, result, name='box', warning=False):
        try:
            self.accepted(result, name, warning)
        finally:
            self.forget()

    def right_or_refused(self, result, name='box'):
        """A sound root file system, or one line: gone afterwards."""
        if result.status == 0:
            self.accepted_and_gone(result, name, warning=True)
        else:
            self.refused(result)

    def take(self, data, name='box', **options):
        """Imports DATA from a file."""
        return tool('import', name, self.path(data), **options)

    def imported(self, *members, name='box', **options):
        """A root file system with MEMBERS beside the usual ones."""
        return self.accepted(self.take(root_with(*members), name, **options),
                             name)


@functools.lru_cache
def busy_archive():
    """An archive that takes a while: 2,000 files, 16 MB."""
    return root_with(*(directory(f'usr/d{i}') for i in range(100)),
                     *(file(f'usr/d{i % 100}/f{i}', b'%08d' % i * 1000)
                       for i in range(2000)))
