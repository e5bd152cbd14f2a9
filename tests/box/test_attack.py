# SPDX-License-Identifier: MIT
"""Do the known ways out of such a program lead anywhere?

One case for each row of the threat list that applies; the others bear the id
of their row in test_input, test_life, test_policy, test_syscalls, ... Each has
a control, which shows that what must not happen would be seen."""

import collections
import ctypes
import glob
import os
import random
import re
import shutil
import socket
import stat
import subprocess
import tempfile
import time

import harness
from harness import (ALICE, BOB, DENIED, EVE, LAB, LIBC, MINIBOX, POLICY,
                     PROBE, ROOT, ROOTS, SCRATCH, SUPERUSER, SYSCALLS,
                     Terminal, as_user, box, children_of, minibox, mounts,
                     pids_with, read, run, shell, start, wait_for, write,
                     write_policy)

TRUE = '/bin/true'
NO_CAPS = ''.join(f'Cap{n}:\t{"0" * 16}\n' for n in
                  ('Inh', 'Prm', 'Eff', 'Bnd', 'Amb'))
CAPS = ('/bin/grep', 'Cap', '/proc/self/status')
PTRACE_SEIZE, PTRACE_DETACH = 0x4206, 17
PR_SET_KEEPCAPS, PR_SET_SECUREBITS, PR_CAP_AMBIENT = 8, 28, 47


def seize(pid):
    """Tries to trace a process, and lets it go again."""
    if LIBC.ptrace(PTRACE_SEIZE, pid, None, None) == 0:
        LIBC.ptrace(PTRACE_DETACH, pid, None, None)
        return 'traced'
    return os.strerror(ctypes.get_errno())


class Case(harness.Case):
    def running(self, user=ALICE, *options):
        """(minibox, init, command) of a box that is up."""
        mark = self.mark()
        process = self.start(MINIBOX, *options, '/bin/sh', '-c',
                             f'echo up; exec sleep {mark}', user=user)
        self.expect(process, b'up\n')
        wait_for(lambda: len(pids_with(mark)) == 3, 'the box')
        init, = children_of(process.pid)
        command, = children_of(init)
        wait_for(lambda: read(f'/proc/{command}/comm') == 'sleep\n', 'sleep')
        return process.pid, init, command

    def in_root(self, name, mode=0o755, uid=0, gid=0):
        """A copy of the probe in the root file system."""
        path = f'{ROOT}/bin/{name}'
        shutil.copy(ROOT + PROBE, path)
        os.chown(path, uid, gid)
        os.chmod(path, mode)
        self.addCleanup(os.unlink, path)
        return path


class Privilege(Case):
    def test_C05_no_way_back_to_root(self):
        calls = ('setresuid', 'setuid', 'setreuid', 'setresgid', 'setgroups',
                 'setfsuid', 'chroot', 'securebits', 'capset')
        self.ok(minibox(PROBE, 'root'), ''.join(f'{c} EPERM\n' for c in calls))
        control = run(ROOT + PROBE, 'root', user=SUPERUSER)
        self.ok(control, ''.join(f'{c} ok\n' for c in calls))

    def test_C05_all_ids(self):
        status = harness.status_file(
            minibox('/bin/cat', '/proc/self/status').out)
        for name in 'Uid', 'Gid':
            self.assertEqual(status[name], '\t'.join(['4001'] * 4))

    def test_C07_suid(self):
        for name, mode, gid, inside, outside in (
                ('suid', 0o4755, 0, '4001 4001 4001 4001 4001 4001\n',
                 '4001 0 0 4001 4001 4001\n'),
                ('sgid', 0o2755, LAB, '4001 4001 4001 4001 4001 4001\n',
                 '4001 4001 4001 4001 5001 5001\n')):
            with self.subTest(name):
                path = self.in_root(name, mode, 0, gid)
                self.ok(minibox(f'/bin/{name}', 'ids'), inside)
                self.ok(run(path, 'ids'), outside)              # control

    def test_C07_file_capabilities(self):
        path = self.in_root('filecap')
        os.setxattr(path, 'security.capability', bytes.fromhex(
            '01000002' + '80000000' + '00' * 12))   # cap_setuid+ep
        self.assertIn('setresuid EPERM', minibox('/bin/filecap', 'root').out)
        self.assertIn('setresuid ok', run(path, 'root').out)    # control

    def test_C08_submount_suid(self):
        os.mkdir(ROOT + '/mnt')
        self.addCleanup(os.rmdir, ROOT + '/mnt')
        subprocess.run(['mount', '-t', 'tmpfs', 'x', ROOT + '/mnt'],
                       check=True)
        self.addCleanup(subprocess.run, ['umount', ROOT + '/mnt'], check=True)
        path = ROOT + '/mnt/suid'
        shutil.copy(ROOT + PROBE, path)
        os.chmod(path, 0o4755)
        os.mkdir(ROOT + '/mnt/open')
        os.chmod(ROOT + '/mnt/open', 0o777)
        os.mknod(ROOT + '/mnt/zero', stat.S_IFCHR | 0o666, os.makedev(1, 5))
        os.chmod(ROOT + '/mnt/zero', 0o666)
        result = minibox('/mnt/suid', 'ids')
        self.assertNotIn(' 0 ', result.out)
        self.assertIn(result.status, (0, 127))
        self.assertNotEqual(shell('touch /mnt/open/x').status, 0)
        self.assertNotEqual(shell('head -c 1 /mnt/zero').status, 0)
        self.assertIn(' 0 ', run(path, 'ids').out)              # controls
        self.ok(run('/bin/touch', ROOT + '/mnt/open/x'))
        self.ok(run('/usr/bin/head', '-c', '1', ROOT + '/mnt/zero'), '\0')

    def test_C09_device_in_the_root(self):
        node = ROOT + '/bin/node'
        os.mknod(node, stat.S_IFCHR | 0o666, os.makedev(1, 5))
        os.chmod(node, 0o666)
        self.addCleanup(os.unlink, node)
        self.assertRegex(shell('head -c 1 /bin/node').err, 'ermission denied')
        self.ok(run('/usr/bin/head', '-c', '1', node), '\0')    # control

    def test_H16_capabilities_of_the_caller(self):
        class Header(ctypes.Structure):
            _fields_ = [('version', ctypes.c_uint32), ('pid', ctypes.c_int)]

        def keep():
            LIBC.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)

        def raise_them():
            mask = 1 << 12 | 1 << 21        # net_admin, sys_admin
            LIBC.capset(ctypes.byref(Header(0x20080522, 0)),
                        (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0))
            for cap in 12, 21:
                LIBC.prctl(PR_CAP_AMBIENT, 2, cap, 0, 0)

        options = {'as_root': keep, 'before': raise_them}
        self.ok(minibox(*CAPS, **options), NO_CAPS)
        outside = run(*CAPS, **options).out                     # control
        for name in 'Inh', 'Prm', 'Eff', 'Amb':
            self.assertIn(f'Cap{name}:\t0000000000201000', outside)

    def test_H17_securebits_of_the_caller(self):
        for bits in 0x1, 0x3, 0x4, 0xc, 0x10, 0x30, 0x40, 0xc0, 0x2f, 0xef:
            def before():
                if LIBC.prctl(PR_SET_SECUREBITS, bits, 0, 0, 0) < 0:
                    os._exit(77)
            with self.subTest(hex(bits)):
                result = minibox(*CAPS, as_root=before)
                self.assertNotEqual(result.status, 77)
                self.right_or_refused(result, NO_CAPS)


class Tracing(Case):
    """The caller is the same uid: he must not get hold of what is privileged,
    nor of the processes that watch over the box."""

    def test_C04_monitor_and_init(self):
        monitor, init, command = self.running()
        for pid, wanted in ((monitor, 'Operation not permitted'),
                            (init, 'Operation not permitted'),
                            (command, 'traced')):               # control
            with self.subTest(pid):
                self.assertEqual(as_user(lambda: seize(pid)), wanted)

    def test_C04_files_of_monitor_and_init(self):
        monitor, init, command = self.running()

        def attempt(action, path):
            try:
                action(path)
                return 'done'
            except PermissionError:
                return 'denied'

        def open_memory(path):
            os.close(os.open(path, os.O_RDWR))

        for action, name in ((os.listdir, 'fd'), (open_memory, 'mem'),
                             (os.readlink, 'root'), (os.readlink, 'cwd'),
                             (os.readlink, 'exe'), (read, 'environ'),
                             (read, 'maps'), (os.readlink, 'ns/mnt')):
            for pid, wanted in ((monitor, 'denied'), (init, 'denied'),
                                (command, 'done')):             # control
                with self.subTest(name, wanted=wanted):
                    self.assertEqual(
                        as_user(lambda: attempt(action, f'/proc/{pid}/{name}')),
                        wanted)

    def test_C04_during_the_start(self):
        def hunt():
            for _ in range(harness.rounds(150)):
                process = subprocess.Popen([MINIBOX, TRUE], env={}, cwd='/')
                while process.poll() is None:
                    if seize(process.pid) == 'traced':
                        return f'minibox {process.pid} is traced'
                    try:
                        inits = read(f'/proc/{process.pid}/task/'
                                     f'{process.pid}/children').split()
                    except OSError:
                        continue
                    for init in map(int, inits):
                        if seize(init) == 'traced':
                            return f'init {init} is traced'
            return 'nothing'
        self.assertEqual(as_user(hunt), 'nothing')

        def catch_plain():
            process = subprocess.Popen(['/bin/sleep', '5'])
            result = seize(process.pid)
            process.kill()
            process.wait()
            return result
        self.assertEqual(as_user(catch_plain), 'traced')        # control

    def test_C12_the_binary(self):
        monitor, init, _ = self.running()
        for path in MINIBOX, f'/proc/{monitor}/exe', f'/proc/{init}/exe':
            self.assertIn('PermissionError',
                          as_user(lambda: os.open(path, os.O_WRONLY)))
        self.assertNotIn('Error', as_user(                      # control
            lambda: os.open('/home/alice/own', os.O_WRONLY | os.O_CREAT)))

    def test_C10_init_seen_from_the_box(self):
        for name in 'environ', 'maps', 'fd/', 'root/', 'cwd/', 'exe', 'mem':
            with self.subTest(name):
                tool = 'ls' if name.endswith('/') else 'cat'
                self.assertNotEqual(shell(f'{tool} /proc/1/{name}').status, 0)
        self.ok(shell('ls /proc/self/fd/ /proc/$$/root/ >/dev/null; '
                      'cat /proc/$$/environ >/dev/null'))       # control
        self.assertEqual(minibox(PROBE, 'trace', '1').out.split()[0],
                         'ptrace')
        self.assertNotIn('ok', minibox(PROBE, 'trace', '1').out)

    def test_H19_other_users(self):
        _, _, command = self.running()

        def look():
            return os.listdir(f'/proc/{command}/root/')
        self.assertIn('PermissionError', as_user(look, BOB))
        self.assertEqual(as_user(lambda: seize(command), BOB),
                         'Operation not permitted')
        self.assertIn('bin', as_user(look))                     # control


@harness.unittest.skipUnless(shutil.which('strace'), 'strace is not installed')
class SystemCalls(Case):
    """What root sees of minibox with strace, process by process."""

    def trace(self, *args):
        """The lines of monitor, init and command."""
        directory = tempfile.mkdtemp(dir=SCRATCH)
        self.addCleanup(shutil.rmtree, directory)
        run('strace', '-ff', '-o', directory + '/t', '-u', 'alice', MINIBOX,
            *args, user=SUPERUSER)
        traces = {}
        for path in glob.glob(directory + '/t.*'):
            lines = read(path).splitlines()
            traces['monitor' if f'execve("{MINIBOX}"' in lines[0] else
                   'init' if any('pivot_root(' in line for line in lines) else
                   'command'] = lines
        self.assertIn('monitor', traces)
        return traces

    def lines(self, *args):
        return [line for lines in self.trace(*args).values() for line in lines]

    def first(self, lines, pattern):
        """The number of the first line that matches, or of lines."""
        return next((n for n, line in enumerate(lines)
                     if re.match(pattern, line)), len(lines))

    def test_C01_C02_M28_nothing_is_loaded(self):
        lines = self.lines(TRUE)
        opened = [re.search(r'"([^"]*)"', line).group(1) for line in lines
                  if re.match(r'open(at|at2)?\(.*"', line)]
        self.assertIn(os.path.basename(POLICY), opened)         # control
        for path in opened:
            self.assertNotRegex(path, r'nsswitch|nscd|libnss|\.so|locale|gconv'
                                      r'|localtime|zoneinfo|ld\.so')
        self.assertEqual([line for line in lines if 'nscd' in line], [])

    def test_C23_C24_two_programs_are_started(self):
        programs = [line.split('"')[1] for line in self.lines(TRUE)
                    if line.startswith('execve(') and '= 0' in line]
        self.assertEqual(sorted(programs), [TRUE, MINIBOX])

    def test_C25_nothing_on_the_callers_descriptors(self):
        """No write and no ioctl before the last setresuid of the process that
        does it, or of the one that it was forked from."""
        touch = r'(writev?|pwrite64|send(to|msg)|ioctl)\([012],'
        for args, writer in (((TRUE,), None), (('-b', 'none', TRUE), 'monitor'),
                             (('/bin/nothing',), 'command'), (('-x',),
                                                              'monitor'),
                             (('-h',), 'monitor'), (('-n', TRUE), 'monitor'),
                             (('-l',), 'monitor'), (('--check',), 'monitor')):
            traces = self.trace(*args)
            for name, lines in traces.items():
                touched = self.first(lines, touch)
                # Of the program in the box nothing is asked.
                own = touched < self.first(lines, r'execve\("/bin/.*= 0')
                with self.subTest(args, process=name):
                    if name == writer:                          # control
                        self.assertTrue(own and touched < len(lines))
                    if not own or touched == len(lines):
                        continue
                    before = lines[:touched] if name != 'command' \
                        else traces['init']
                    self.assertRegex('\n'.join(before),
                                     r'setresuid\(4001, 4001, 4001\) += 0')

    def test_C05_drop_is_read_back(self):
        traces = self.trace(TRUE)
        for name in 'monitor', 'init':
            lines = traces[name]
            after = '\n'.join(lines[self.first(
                lines, r'setresuid\(4001, 4001, 4001\)'):])
            for call in ('getresuid(', 'getresgid(', 'capget(',
                         'PR_CAPBSET_READ', 'PR_GET_NO_NEW_PRIVS'):
                with self.subTest(name, call=call):
                    self.assertIn(call, after)


class Root(Case):
    """The root file system, and how it gets into the box."""

    def admitted(self, path, fine, what):
        write_policy(box(rootfs=path))
        with self.subTest(what):
            if fine:
                self.ok(minibox(TRUE))
            else:
                self.refused(minibox(TRUE), 125)
                result = minibox('--check', user=SUPERUSER)
                self.assertEqual(result.status, 1)
                self.assertIn(path, result.out + result.err)

    def test_C15_C16_components(self):
        outer = f'{ROOTS}/outer'
        os.mkdir(outer)
        self.addCleanup(harness.remove, outer)
        path = self.root_file_system('outer/inner')
        os.symlink('busybox', f'{path}/bin/true')
        self.admitted(path, True, 'as it should be')
        for component in path, outer:
            for mode in 0o775, 0o757, 0o1777, 0o1757, 0o2775:
                os.chmod(component, mode)
                self.admitted(path, False, (component, oct(mode)))
            os.chmod(component, 0o755)
            os.chown(component, ALICE.uid, 0)
            self.admitted(path, False, (component, 'owner'))
            os.chown(component, 0, LAB)
            self.admitted(path, True, (component, 'group'))
            os.chown(component, 0, 0)
        os.chmod(outer, 0o700)          # closed to users, as it may be
        self.admitted(path, True, 'as it should be again')

    def test_C15_symlinks_and_other_kinds(self):
        path = self.root_file_system('real')
        os.symlink('busybox', f'{path}/bin/true')
        self.admitted(path, True, 'the directory')
        for name, target in ('last', path), ('middle', ROOTS):
            os.symlink(target, f'{ROOTS}/{name}')
            self.addCleanup(os.unlink, f'{ROOTS}/{name}')
        self.admitted(f'{ROOTS}/last', False, 'a link last')
        self.admitted(f'{ROOTS}/middle/real', False, 'a link in the middle')
        self.admitted(f'{path}/bin/busybox', False, 'a file')
        self.admitted(f'{path}/none', False, 'nothing')
        self.admitted('/proc/1/root', False, 'a magic link')

    def test_C17_mount_points_that_are_links(self):
        for point in 'proc', 'dev', 'tmp', 'home', 'run', 'var', 'var/tmp':
            path = self.root_file_system('links')
            os.symlink('busybox', f'{path}/bin/true')
            os.mkdir(f'{path}/etc/tmp')
            write_policy(box(rootfs=path))
            self.ok(minibox(TRUE))                              # control
            harness.remove(f'{path}/{point}')
            for target in '/etc', '../etc' if '/' in point else 'etc':
                os.symlink(target, f'{path}/{point}')
                with self.subTest(point, target=target):
                    self.refused(minibox(TRUE), 125)
                os.unlink(f'{path}/{point}')

    def test_H02_old_root_is_gone(self):
        out = shell('cat /proc/self/mountinfo; ls -d /../../usr/local/bin/'
                    'minibox /proc/1/root/ /proc/self/root/usr/local/bin/'
                    'minibox 2>/dev/null').out
        table = mounts(''.join(line + '\n' for line in out.splitlines()
                               if ' - ' in line))
        self.assertNotIn('minibox\n', out)
        host = {m.source for m in mounts(read('/proc/self/mountinfo'))
                if m.type not in ('tmpfs', 'proc', 'devpts', 'overlay')}
        self.assertFalse({m.source for m in table} & host)
        self.assertTrue(host)                                   # control
        self.assertIn('chroot EPERM', minibox(PROBE, 'root').out)

    def test_H02_root_of_the_namespace(self):
        """It is empty but for the box and the copies that it shows, and
        read-only: a process that got out of the chroot would find nothing."""
        _, _, command = self.running()

        def look():
            here = os.listdir('/')
            fd = os.open(f'/proc/{command}/ns/mnt', os.O_RDONLY)
            if LIBC.setns(fd, 0) < 0:
                return os.strerror(ctypes.get_errno())
            return here, os.listdir('/'), os.statvfs('/').f_flag & os.ST_RDONLY
        answer = as_user(look, SUPERUSER)
        self.assertRegex(answer, r"'usr'.*\], "                    # control
                         r"\['group', 'passwd', 'root'\], 1\)")

    def test_H03_shared_mounts(self):
        point = f'{ROOTS}/shared'
        os.mkdir(point)
        self.addCleanup(os.rmdir, point)
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'mode=755', 'x', point],
                       check=True)
        self.addCleanup(subprocess.run, ['umount', '-l', point], check=True)
        subprocess.run(['mount', '--make-shared', point], check=True)
        path = self.root_file_system('shared/root')
        os.mkdir(path + '/mnt')
        write_policy(box(rootfs=path))
        here = [m for m in mounts(read('/proc/self/mountinfo'))
                if m.point == point]
        self.assertRegex(' '.join(here[0].propagation), 'shared')   # control
        process = self.start(MINIBOX, '/bin/sh', '-c',
                             'cat /proc/self/mountinfo; echo up; read x; '
                             'ls /mnt', stdin=subprocess.PIPE)
        text = self.expect(process, b'\nup\n')
        for mount in mounts(text.decode().replace('up\n', '')):
            self.assertEqual(mount.propagation, [], mount)
        subprocess.run(['mount', '-t', 'tmpfs', 'x', path + '/mnt'],
                       check=True)
        write(path + '/mnt/late', '')
        result = harness.finish(process, b'\n')
        subprocess.run(['umount', path + '/mnt'], check=True)
        self.ok(result, '')

    def test_H11_command_that_its_caller_could_change(self):
        path = self.root_file_system('own')
        tool, directory = f'{path}/opt/tool', f'{path}/opt'
        os.mkdir(directory)

        def fresh():
            shutil.copy(ROOT + PROBE, tool)
            os.chown(directory, 0, 0)
            os.chmod(directory, 0o755)
            os.chown(tool, 0, 0)
            os.chmod(tool, 0o755)
            harness.remove(f'{path}/bin/link')
            os.symlink('/opt/tool', f'{path}/bin/link')

        for what, change, *how in (
                ('file of hers', os.chown, tool, ALICE.uid, 0),
                ('file of another', os.chown, tool, BOB.uid, 0),
                ('group may write', os.chmod, tool, 0o775),
                ('others may write', os.chmod, tool, 0o757),
                ('directory of hers', os.chown, directory, ALICE.uid, 0),
                ('others may write in it', os.chmod, directory, 0o777),
                ('sticky', os.chmod, directory, 0o1757)):
            for command in '/opt/tool', '/bin/link':
                with self.subTest(what, command=command):
                    fresh()
                    write_policy(box(rootfs=path, command=command))
                    self.ok(minibox(command, 'ids'))
                    change(*how)
                    self.refused(minibox(command, 'ids'), 126)
                    write_policy(box(rootfs=path))      # any command is fine
                    self.ok(minibox(command, 'ids'))
        fresh()
        os.chown(f'{path}/bin/link', ALICE.uid, 0, follow_symlinks=False)
        write_policy(box(rootfs=path, command='/bin/link'))
        self.refused(minibox('/bin/link', 'ids'), 126)
        write_policy(box(rootfs=path, command='/tmp/tool'))
        self.refused(minibox('/tmp/tool'), (126, 127))

    def test_H07_links_stay_in_the_box(self):
        path = self.root_file_system('out')
        os.symlink('/usr/local/bin/minibox', f'{path}/bin/absolute')
        os.symlink('../' * 20 + 'usr/local/bin/minibox', f'{path}/bin/up')
        os.symlink('/bin/loop', f'{path}/bin/loop')
        os.symlink('/bin/probe', f'{path}/bin/inside')
        for command in ['*'], ['/bin/absolute', '/bin/up', '/bin/loop',
                               '/bin/inside']:
            write_policy(box(rootfs=path, command=command))
            for name, status in ('absolute', 127), ('up', 127), ('loop', 126):
                with self.subTest(name, command=command):
                    self.refused(minibox('/bin/' + name), status)
            self.ok(minibox('/bin/inside', 'ids'))              # control

    def test_H12_what_exists_where_the_caller_may_not_look(self):
        path = self.root_file_system('shut')
        os.mkdir(f'{path}/opt')
        shutil.copy(ROOT + PROBE, f'{path}/opt/there')
        for command in '*', ['/opt/there', '/opt/gone']:
            write_policy(box(rootfs=path, command=command))
            self.assertEqual(minibox('/opt/there').status, 98)  # control
            self.assertEqual(minibox('/opt/gone').status, 127)
            os.chmod(f'{path}/opt', 0o700)
            there, gone = minibox('/opt/there'), minibox('/opt/gone')
            self.refused(there, (126, 127))
            self.assertEqual(gone._replace(
                err=gone.err.replace('gone', 'there')), there)
            os.chmod(f'{path}/opt', 0o755)
        write_policy(box(rootfs=path))
        self.ok(minibox('-C', '/etc', '/bin/sh', '-c', 'exit 0'))
        for directory in '/opt/x', '/opt/there':
            self.refused(minibox('-C', directory, '/bin/sh'), 125)

    def test_H32_commands_are_those_of_the_box(self):
        self.refused(minibox(MINIBOX), 127)
        self.assertTrue(os.access(MINIBOX, os.X_OK))            # control
        self.in_root('only-here')
        self.ok(minibox('/bin/only-here', 'ids'))

    def test_M19_host_as_root(self):
        for path in '/', '/..', '//', '/.':
            write_policy(box(rootfs=path))
            self.refused(minibox(TRUE), 125, 'policy error')

    def test_H10_scripts(self):
        write(f'{ROOT}/bin/script', '#!/bin/sh\nid -u; echo $0 $1\n', 0o4755)
        self.addCleanup(os.unlink, f'{ROOT}/bin/script')
        self.ok(minibox('script', 'x'), '4001\n/bin/script x\n')


class Policy(Case):
    def admits(self, text, alice=0, eve=126, box='demo'):
        write_policy(text)
        self.assertEqual((minibox('-b', box, TRUE).status,
                          minibox('-b', box, TRUE, user=EVE).status),
                         (alice, eve))

    def test_C19_no_other_policy(self):
        write('/home/alice/own.conf', box(users='*'), uid=ALICE.uid)
        write_policy(box(users='bob'))
        for args in (['--config', '/home/alice/own.conf', TRUE],
                     ['--config=/home/alice/own.conf', TRUE],
                     ['-f', '/home/alice/own.conf', TRUE]):
            self.refused(minibox(*args), 125)
        env = harness.environment(MINIBOX_CONF='/home/alice/own.conf')
        self.refused(minibox(TRUE, env=env, cwd='/home/alice'), 126)
        write_policy(read('/home/alice/own.conf'))
        self.ok(minibox(TRUE))                                  # control

    def test_C20_long_comment(self):
        self.admits(box() + '# ' + 'x' * 197 + 'users = *\n', 125, 125)
        self.admits(box() + '# ' + 'x' * 188 + '\n')
        self.admits(box() + 'users = eve\n', 0, 0)              # control

    def test_C21_broken_section_line(self):
        self.admits(box() + '[box other\nusers = eve\n', 125, 125)
        self.admits(box() + '[box other]\nrootfs = /opt\nusers = eve\n')
        self.admits(box() + 'users = eve\n', 0, 0)              # control

    def test_C22_numbers(self):
        self.admits(box(users='4003'), 126, 0)                  # control
        for number in ('-1', '4294967295', '4294971299', '0x0fa3', '4003x',
                       '+4003', '4003.0', '4e3', '18446744073709555619',
                       '40 03', "'4003'", '4003:4003', '-4294963293'):
            with self.subTest(number):
                write_policy(box(users=[number, 'alice']))
                self.assertIn(minibox('-b', 'demo', TRUE, user=EVE).status,
                              (125, 126))

    def test_H34_nothing_is_nobody(self):
        self.admits(box(users=None), 126)
        self.admits(box(command=None), 126)
        self.admits('', 126)
        self.admits('[box demo]\nrootfs = /opt\nusers =\n', 125, 125)
        self.admits(box(users='*'), 0, 0)                       # control

    def test_H14_negative_permission(self):
        path = f'{ROOT}/bin/secret'
        write(path, 'secret\n', 0o604)
        os.chown(path, 0, DENIED)
        self.addCleanup(os.unlink, path)
        self.assertNotEqual(
            minibox('/bin/cat', '/bin/secret', groups=[DENIED]).status, 0)
        self.ok(minibox('/bin/cat', '/bin/secret'), 'secret\n')  # control

    def test_H15_groups_of_the_file_do_not_count(self):
        self.assertRegex(read('/etc/group'), r'(?m)^lab:x:5001:alice$')
        write_policy(box(users=None, groups='lab'))
        self.refused(minibox('-b', 'demo', TRUE), 126)
        self.ok(minibox('-b', 'demo', TRUE, groups=[LAB]))      # control

    def test_H33_two_names_of_one_user(self):
        saved = read('/etc/passwd')
        self.addCleanup(write, '/etc/passwd', saved)
        write('/etc/passwd', saved + 'alias:x:4003:4003::/:/bin/sh\n')
        self.admits(box(users=['alice', 'alias']), 0, 0)
        self.admits(box(users='*', deny_users='alias'))

    def test_H39_names_do_not_collide(self):
        name = 'x' * 32
        write_policy(box(name), box(name[:-1] + 'y', users='eve'))
        self.ok(minibox('-b', name, TRUE))
        self.refused(minibox('-b', name, TRUE, user=EVE), 126)
        write_policy(box('x' * 50 + '1'), box('x' * 50 + '2', users='eve'))
        self.refused(minibox('-b', 'x' * 50, TRUE, user=EVE), 125)


class Shared(Case):
    """What the kernel shares between processes of one uid."""

    def test_C34_typing_into_the_terminal(self):
        def result(*argv):
            terminal = Terminal(*argv)
            self.addCleanup(terminal.close)
            return [terminal.expect(rf'{name} (\w+)\r\n').group(1) for name in
                    ('TIOCSTI', 'TIOCSTI-high', 'TIOCLINUX', 'TIOCSETD')]
        self.assertEqual(result(MINIBOX, PROBE, 'type'), ['EPERM'] * 4)
        write_policy(box(syscalls='none'))
        self.assertEqual(result(MINIBOX, PROBE, 'type'), ['EPERM'] * 4)
        outside = result(ROOT + PROBE, 'type')                  # control
        self.assertNotEqual(outside[2], 'EPERM')
        self.assertEqual(outside[3], 'ok')
        if outside[0] != 'ok':
            self.skipTest('this kernel has no TIOCSTI for anybody')

    def test_H20_ipc_and_shared_memory(self):
        key = 0x6d62
        segment = LIBC.shmget(key, 4096, 0o1666)
        self.assertGreaterEqual(segment, 0)
        self.addCleanup(LIBC.shmctl, segment, 0, None)
        write('/dev/shm/minibox-test', '', 0o666)
        self.ok(shell('tail -n +2 /proc/sysvipc/shm; ls -A /dev/shm'), '')
        self.assertIn(str(key), run('/bin/cat', '/proc/sysvipc/shm').out)
        self.ok(run('/bin/ls', '/dev/shm'), 'minibox-test\n')   # control
        os.unlink('/dev/shm/minibox-test')

    def test_H21_session_keyring(self):
        if not SYSCALLS or not os.path.exists('/proc/keys'):
            self.skipTest('no key facility, or unknown call numbers')
        name = 'minibox-test-secret'

        def new_session():
            call = LIBC.syscall
            call(SYSCALLS['keyctl'], 1, b'minibox-test')        # join
            key = call(SYSCALLS['add_key'], b'user', name.encode(), b'x', 1,
                       -3)
            # Seen by whoever has it in his session, and by nobody else.
            call(SYSCALLS['keyctl'], 5, key, 0x3f000000)        # setperm
        self.assertNotIn(name, minibox('/bin/cat', '/proc/keys',
                                       before=new_session).out)
        self.assertIn(name, run('/bin/cat', '/proc/keys',
                                before=new_session).out)        # control

    def test_H22_abstract_sockets(self):
        with socket.socket(socket.AF_UNIX) as server:
            server.bind('\0minibox-test')
            server.listen()
            self.ok(minibox(PROBE, 'connect', 'minibox-test'),
                    'connect ECONNREFUSED\n')
            write_policy(box(network='host'))                   # control
            self.ok(minibox(PROBE, 'connect', 'minibox-test'), 'connect ok\n')

    def test_H24_no_cgroups(self):
        write_policy(box(sys='ro'))
        result = shell('cat /proc/self/mountinfo; ls /sys/fs/cgroup')
        self.assertNotIn(' - cgroup', result.out)
        self.assertIn(' - sysfs', result.out)                   # control
        self.assertIn('cgroup', read('/proc/self/mountinfo'))

    def test_M16_boxes_are_apart(self):
        process = self.start(MINIBOX, '/bin/sh', '-c',
                             'echo x >/tmp/mine; echo x >~/mine; echo up; '
                             'read x; ls /tmp /home/alice',
                             stdin=subprocess.PIPE)
        self.expect(process, b'up\n')
        self.ok(shell('ls -A /tmp /home/alice'), '/home/alice:\n\n/tmp:\n')
        self.ok(harness.finish(process, b'\n'),
                '/home/alice:\nmine\n\n/tmp:\nmine\n')          # control
        self.assertFalse(os.path.exists('/home/alice/mine'))


class Host(Case):
    def names(self):
        found = set()
        for top in '/etc', '/var', '/run', '/home', '/dev/shm', ROOTS:
            for where, directories, files in os.walk(top):
                found |= {f'{where}/{name}' for name in directories + files}
        return found | {f'/tmp/{n}' for n in os.listdir('/tmp')
                        if 'minibox' in n}

    def test_C27_M05_nothing_is_made_there(self):
        before = self.names()
        _, init, _ = self.running()
        self.assertEqual(self.names(), before)
        os.kill(init, 9)
        minibox('/bin/nothing')
        minibox('-b', 'none', TRUE)
        self.ok(shell('touch /tmp/x /home/alice/x'))
        self.assertEqual(self.names(), before)
        write('/run/x', '')
        self.assertNotEqual(self.names(), before)               # control
        os.unlink('/run/x')

    def test_M28_hostname(self):
        own = os.uname().nodename
        self.running(ALICE, '--hostname=owned')
        self.assertEqual(os.uname().nodename, own)

    def test_H08_exact_arguments(self):
        write_policy(box(command=None, command_exact='/bin/echo a'))
        self.ok(minibox('echo', 'a'), 'a\n')
        for args in ['echo'], ['echo', 'a', 'b'], ['echo', '--', 'a'], \
                ['echo', 'a '], ['echo', '']:
            self.refused(minibox(*args), 126)

    def test_M01_escape_sequences(self):
        result = minibox('/bin/\x1b]0;owned\x07\n\u202e')
        self.refused(result, 127)
        self.assertNotIn('\u202e', result.err)

    def test_H05_H06_names_are_compared_whole(self):
        write_policy(box(command='/bin/'))
        self.ok(minibox(TRUE))
        for command in ('/bin/../bin/true', '/bin/./true', '/binary/true',
                        '/bin', '/bin/', '/bin//true', '/bin/x/true',
                        '/bin/true/', '/../bin/true'):
            with self.subTest(command):
                self.refused(minibox(command), (125, 126))

    def test_C14_garbage(self):
        """Random bytes for arguments and variables: never a crash."""
        random.seed(2)
        statuses = collections.Counter()
        for _ in range(harness.rounds(200)):
            words = [random.choice((b'-', b'--', b'')) + bytes(random.choices(
                b'-bceCnhlV=/ax.\x80\xff\n%', k=random.randint(1, 9)))
                for _ in range(random.randint(1, 5))]
            process = start(MINIBOX, *words, env={
                bytes(random.choices(b'ABLC_\xff', k=3)): words[0]})
            result = harness.finish(process)
            statuses[result.status] += 1
            self.assertIn(result.status, (0, 1, 125, 126, 127), words)
            if result.status == 125:
                self.refused(result, 125)
        self.assertGreater(statuses[125], harness.rounds(200) / 10)

    def test_C33_time_of_a_stopped_minibox(self):
        """Stopped in the middle, it holds nothing that others wait for."""
        process = self.start(MINIBOX, TRUE)
        os.kill(process.pid, 19)
        time.sleep(0.05)
        self.ok(minibox(TRUE))
        os.kill(process.pid, 18)
        self.ok(harness.finish(process))
