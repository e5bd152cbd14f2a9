# SPDX-License-Identifier: MIT
"""Does a real job run in each kind of root file system, through the installed
minibox, as an ordinary user?"""

import functools
import io
import os
import shutil
import signal
import subprocess
import tarfile
import time
import unittest

import harness
import rootfs
from harness import MINIBOX, SCRATCH, remove, write
from rootfs import TESTER, tool

C_PROGRAM = r'''
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(int argc, char **argv)
{
	char *copy = malloc(strlen(argv[0]) + 1);

	strcpy(copy, argv[0]);
	qsort(argv + 1, (size_t)argc - 1, sizeof(*argv), compare);
	for (int i = 1; i < argc; i++)
		printf("%d %s\n", i, argv[i]);
	free(copy);
	return argc == 4 ? 7 : 1;
}
'''

PYTHON_PROGRAM = '''
import json, hashlib, os, re, struct, subprocess, sys, tempfile, zlib

with tempfile.NamedTemporaryFile("w+") as file:
    json.dump({"answer": 6 * 7, "uid": os.getuid()}, file)
    file.flush()
    told = json.load(open(file.name))
assert zlib.decompress(zlib.compress(b"x" * 999)) == b"x" * 999
assert struct.unpack(">H", b"\\1\\2") == (258,)
assert re.sub("[aeiou]", "", "minibox") == "mnbx"
said = subprocess.run(["/bin/sh", "-c", "echo from the shell"],
                      stdout=subprocess.PIPE, text=True).stdout
print(told["answer"], told["uid"], said.strip(),
      hashlib.sha256(b"minibox").hexdigest()[:8])
'''
PYTHON_ANSWER = '42 4001 from the shell ca606636\n'

SHELL_PROGRAM = r'''
set -e
cd /tmp
mkdir -p job/a job/b
for i in 3 1 2; do echo "line $i" >>job/a/lines; done
sort job/a/lines | sed 's/line/row/' | tee job/b/rows | head -n 2
test "$(wc -l <job/b/rows)" -eq 3
id -u
hostname
! touch /etc/x 2>/dev/null
! touch /usr/x 2>/dev/null
'''
SHELL_ANSWER = 'row 1\nrow 2\n4001\ncontainer-box\n'


def closure(*programs):
    """The shared libraries that programs of the host want."""
    found = set()
    for program in programs:
        told = subprocess.run(['ldd', program], text=True, check=True,
                              stdout=subprocess.PIPE).stdout
        found.update(word for line in told.splitlines()
                     for word in line.split() if word.startswith('/'))
    return sorted(found)


def command(*args):
    done = subprocess.run(args, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise AssertionError(f'{args}: {done.stdout}')
    return done.stdout


class Debian:
    """A Debian with Python and a C compiler, as small as it gets.  It takes
    its time, so it is made while the first jobs run."""

    path = SCRATCH + '/tests/debian.tar'
    process = None

    @classmethod
    def begin(cls):
        suite = harness.read('/etc/os-release').partition(
            'VERSION_CODENAME=')[2].split()
        cls.process = subprocess.Popen(     # its mounts are its own
            ['unshare', '--mount', 'mmdebstrap', '--quiet', '--mode=root',
             '--variant=essential', '--include=python3,tcc,libc6-dev',
             *(f'--dpkgopt=path-exclude=/usr/share/{d}/*'
               for d in ('doc', 'man', 'locale', 'zoneinfo', 'info')),
             '--aptopt=Acquire::Languages "none"', *suite[:1], cls.path],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            stdin=subprocess.DEVNULL)

    @classmethod
    @functools.lru_cache
    def end(cls):
        """Why there is none, or None."""
        said, _ = cls.process.communicate()
        return (said.strip() or 'mmdebstrap failed').splitlines()[-1] \
            if cls.process.returncode else None

    @classmethod
    def archive(cls):
        if why := cls.end():
            raise unittest.SkipTest(f'no Debian can be made here: {why}')
        return cls.path


def setUpModule():
    Debian.begin()


def tearDownModule():
    Debian.end()
    remove(Debian.path)


class Job(rootfs.Case):
    def policy(self, made, *lines):
        """What the tool printed, with the users filled in."""
        write('/etc/minibox.conf',
              '\n'.join([made.out + 'users = tester', *lines]) + '\n')
        checked = harness.run(MINIBOX, '--check', user=rootfs.SUPERUSER)
        self.assertEqual(checked.status, 0, checked)

    def box(self, *args, name='box', **options):
        return harness.run(MINIBOX, '-b', name, *args, user=TESTER, **options)

    def answers(self, result, out, status=0):
        self.assertEqual((result.status, result.err, result.out),
                         (status, '', out), result)

    def shell_job(self, name='box'):
        self.answers(self.box('/bin/sh', '-c', SHELL_PROGRAM, name=name),
                     SHELL_ANSWER)

    def python_job(self, name='box'):
        self.answers(self.box('python3', '-c', PYTHON_PROGRAM, name=name),
                     PYTHON_ANSWER)

    def c_job(self, compiler, name='box'):
        self.answers(
            self.box('/bin/sh', '-c',
                     f'cat >/tmp/p.c && {compiler} -o /tmp/p /tmp/p.c && '
                     '/tmp/p c a b', input=C_PROGRAM, name=name),
            '1 a\n2 b\n3 c\n', 7)


class Made(Job):
    def test_busybox(self):
        self.policy(tool('busybox', 'box'))
        self.shell_job()

    def alpine(self):
        """busybox, musl and a compiler: the path of a mini root archive."""
        tree = self.files + '/alpine'
        for d in ('bin', 'sbin', 'lib', 'usr/bin', 'usr/lib', 'etc/apk',
                  'home', 'proc', 'sys', 'dev', 'run', 'var/cache', 'mnt',
                  'media/usb', 'opt', 'srv', 'tmp', 'var/tmp', 'root'):
            os.makedirs(f'{tree}/{d}')
        for d in 'tmp', 'var/tmp':
            os.chmod(f'{tree}/{d}', 0o1777)
        os.chmod(tree + '/root', 0o700)
        os.symlink('/run', tree + '/var/run')
        shutil.copy(shutil.which('busybox'), tree + '/bin/busybox')
        # as Alpine has them: absolute links
        for applet in command('busybox', '--list-full').split():
            if not os.path.lexists(f'{tree}/{applet}') and \
                    os.path.isdir(os.path.dirname(f'{tree}/{applet}')):
                os.symlink('/bin/busybox', f'{tree}/{applet}')
        shutil.copy(tree + '/bin/busybox', tree + '/bin/bbsuid')
        os.chmod(tree + '/bin/bbsuid', 0o4111)
        write(tree + '/etc/passwd', 'root:x:0:0:root:/root:/bin/ash\n')
        write(tree + '/etc/group', 'root:x:0:root\nshadow:x:42:\n')
        write(tree + '/etc/shadow', 'root:*::0:::::\n', 0o640)
        os.chown(tree + '/etc/shadow', 0, 42)

        machine = os.uname().machine
        musl = f'/usr/lib/{machine}-linux-musl'
        glibc = f'/usr/lib/{machine}-linux-gnu'
        for path in [musl, f'/usr/include/{machine}-linux-musl',
                     glibc + '/tcc']:
            shutil.copytree(path, tree + path, symlinks=True)
        for path in '/usr/bin/tcc', *closure('/usr/bin/tcc'):
            os.makedirs(os.path.dirname(tree + path), exist_ok=True)
            shutil.copy(path, tree + path)
        write(tree + '/usr/bin/cc', f'''#!/bin/sh
m={musl}
exec tcc -nostdinc -nostdlib -static -I/usr/include/{machine}-linux-musl \\
	$m/crt1.o $m/crti.o "$@" $m/libc.a {glibc}/tcc/libtcc1.a $m/crtn.o
''', 0o755)
        path = self.files + '/alpine-minirootfs.tar.gz'
        command('tar', '-C', tree, '-czf', path, '.')
        remove(tree)
        return path

    def test_alpine_mini_root(self):
        made = tool('import', 'box', self.alpine())
        root = self.accepted(made)
        self.assertEqual(os.lstat(root + '/bin/bbsuid').st_mode & 0o7777,
                         0o111)
        self.policy(made)
        self.shell_job()
        self.c_job('cc')

    def docker_export(self):
        """What `docker export` writes: no device nodes, and the files that
        it mounts over, empty."""
        path = self.files + '/export.tar'
        emptied = ('etc/hostname', 'etc/hosts', 'etc/resolv.conf')
        with tarfile.open(Debian.archive(), 'r|') as old, \
                tarfile.open(path, 'w|', format=tarfile.PAX_FORMAT) as new:
            def add(name, kind=tarfile.REGTYPE, mode=0o755, to=''):
                info = tarfile.TarInfo(name)
                info.type, info.mode, info.linkname = kind, mode, to
                new.addfile(info, io.BytesIO())

            add('.dockerenv')
            for info in old:
                info.name = info.name.removeprefix('./').rstrip('/')
                if info.type == tarfile.LNKTYPE:
                    info.linkname = info.linkname.removeprefix('./')
                top = info.name.split('/')[0]
                if top in ('', '.', 'dev', 'proc', 'sys') or \
                        info.name in emptied + ('etc/mtab',):
                    continue
                new.addfile(info, old.extractfile(info) if info.isreg()
                            else None)
            for name in 'dev', 'dev/pts', 'dev/shm', 'proc', 'sys':
                add(name, tarfile.DIRTYPE)
            add('dev/console')
            for name in emptied:
                add(name)
            add('etc/mtab', tarfile.SYMTYPE, 0o777, '/proc/mounts')
        return path

    def test_docker_export(self):
        with open(self.docker_export(), 'rb') as file:
            made = tool('import', 'box', '-', stdin=file)
        root = self.accepted(made)
        self.assertIn('127.0.0.1 localhost', harness.read(f'{root}/etc/hosts'))
        for name in 'etc/resolv.conf', '.dockerenv':
            self.assertEqual(os.path.getsize(f'{root}/{name}'), 0, name)
        self.assertEqual(tool('check', 'box').status, 0)
        self.policy(made)
        self.shell_job()
        self.python_job()
        self.c_job('tcc')

    def test_oci_layout_made_by_umoci(self):
        """A layer, and one that adds a file and deletes two."""
        archive = Debian.archive()
        image, bundle = self.files + '/image', self.files + '/bundle'
        command('umoci', 'init', '--layout', image)
        command('umoci', 'new', '--image', image + ':base')
        command('umoci', 'unpack', '--image', image + ':base', bundle)
        command('tar', '-C', bundle + '/rootfs', '--exclude=./dev/*',
                '--exclude=./var/*/*', '--exclude=./usr/share/*', '-xf',
                archive)
        command('umoci', 'repack', '--refresh-bundle', '--image',
                image + ':base', bundle)
        write(bundle + '/rootfs/usr/bin/job.py', PYTHON_PROGRAM)
        remove(bundle + '/rootfs/etc/debian_version')
        remove(bundle + '/rootfs/usr/lib/apt')
        command('umoci', 'repack', '--image', image + ':job', bundle)
        remove(bundle)

        made = tool('import', 'box', image + ':job')
        root = self.accepted(made)
        for name in ('etc/debian_version', 'usr/lib/apt',
                     'etc/.wh.debian_version'):
            self.assertFalse(os.path.lexists(f'{root}/{name}'), name)
        self.policy(made)
        self.shell_job()
        self.answers(self.box('python3', '/usr/bin/job.py'), PYTHON_ANSWER)
        self.c_job('tcc')

    def test_debian(self):
        made = tool('debian', 'box', limit=170)
        if made.status == 1:
            self.refused(made)
            Debian.archive()    # skips, if none can be made here
        self.accepted(made)
        self.policy(made)
        self.shell_job()
        self.answers(self.box('perl', '-e', 'print 6 * 7, "\\n"'), '42\n')
        self.answers(self.box('dpkg', '-S', '/usr/bin/dpkg'),
                     'dpkg: /usr/bin/dpkg\n')

    def test_debian_interrupted(self):
        """What it mounts is gone, and nothing is removed through a mount."""
        Debian.archive()

        def interrupt(process):
            os.killpg(process.pid, signal.SIGINT)

        def kill(process):
            process.kill()

        for end, delay in (interrupt, 5), (kill, 6):
            with self.subTest(end.__name__):
                process = rootfs.start_tool('debian', 'box')
                time.sleep(delay)
                end(process)
                result = harness.finish(process)
                self.assertNotEqual(result.status, 0)
                harness.wait_for(lambda p=process: rootfs.group_is_gone(p),
                                 'the end of its children', 10)
                self.accepted_and_gone(self.take(rootfs.root_with()))
                self.unchanged()

    def test_debian_of_no_suite(self):
        for suite in ('no-such-suite', '-x', '../x', 'a b', 'x\ny'):
            with self.subTest(suite):
                self.refused(tool('debian', 'box', suite))

    def test_programs_of_the_host(self):
        made = tool('host', 'box', 'python3', 'gcc')
        self.accepted(made)
        self.assertEqual(tool('check', 'box').status, 0)
        self.policy(made)
        self.python_job()
        self.c_job('gcc -O2 -Wall')

    def test_more_programs_of_the_host(self):
        """A shell of its own, and what a job in the shell calls."""
        made = tool('host', 'box', 'sh', 'mkdir', 'sort', 'sed', 'tee',
                    'head', 'wc', 'id', 'hostname', 'touch')
        self.accepted(made)
        self.policy(made)
        self.shell_job()


class View(Job):
    def view(self, *lines):
        made = tool('view', 'hostview')
        root = self.accepted(made, 'hostview')
        self.policy(made, *lines)
        return root

    def test_no_copy_is_made(self):
        made = tool('view', 'hostview')
        root = self.accepted(made, 'hostview')
        self.assertLess(int(command('du', '-sk', root).split()[0]), 1024)
        self.assertEqual(tool('check', 'hostview').status, 0)

    def test_jobs_of_the_host(self):
        self.view()
        self.shell_job('hostview')
        self.python_job('hostview')
        self.c_job('gcc -O2 -Wall', 'hostview')

    def test_gcc_in_the_directory_of_the_caller(self):
        project = TESTER.home + '/project'
        os.mkdir(project)
        self.addCleanup(remove, project)
        write(project + '/p.c', C_PROGRAM, 0o644, TESTER.uid)
        os.chown(project, TESTER.uid, TESTER.uid)
        write(TESTER.home + '/private', 'private\n', 0o600, TESTER.uid)
        self.addCleanup(remove, TESTER.home + '/private')
        self.host = rootfs.host_state()
        self.view('allow-bind = %h/:%h/:rw')

        result = self.box('-B', project, '-C', project, '/bin/sh', '-c',
                          'gcc -o p p.c && ./p c a b', name='hostview',
                          cwd=project)
        self.answers(result, '1 a\n2 b\n3 c\n', 7)
        s = os.stat(project + '/p')
        self.assertEqual((s.st_uid, s.st_gid), (TESTER.uid, TESTER.uid))
        self.answers(harness.run(project + '/p', 'c', 'a', 'b', user=TESTER),
                     '1 a\n2 b\n3 c\n', 7)
        # nothing else of the home is there, and nothing without -B
        self.answers(self.box('-B', project, '/bin/sh', '-c',
                              f'ls {TESTER.home}', name='hostview'),
                     'project\n')
        self.answers(self.box('/bin/sh', '-c', f'ls {TESTER.home}',
                              name='hostview'), '')

    def test_the_host_cannot_be_changed(self):
        self.view()
        self.answers(self.box(
            '/bin/sh', '-c', 'for d in /usr /usr/bin /etc /lib /bin /; do '
            'touch $d/x 2>/dev/null && echo $d; done; echo done',
            name='hostview'), 'done\n')
