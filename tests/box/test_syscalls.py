# SPDX-License-Identifier: MIT
"""Which system calls does a box let through?"""

import platform
import unittest

import harness
from harness import (ALICE, PROBE, ROOT, SUPERUSER, box, minibox, run,
                     write_policy)

SYSCALLS = '/bin/syscalls-probe'
KILLED = 'SIGSYS'

# What every filter refuses, and with what.
MINIMUM = {
    **dict.fromkeys(('tiocsti', 'tiocsti-upper', 'tioclinux',
                     'tioclinux-upper', 'tiocsetd', 'tiocsetd-upper', 'keyctl', 'keyctl-upper', 'add_key',
                     'request_key'), 'EPERM'),
    'socket-40': 'EAFNOSUPPORT', 'socket-vsock-upper': 'EAFNOSUPPORT',
}
# What the default one refuses beside it.
DEFAULT = {
    **dict.fromkeys((
        'io_uring_setup', 'io_uring_enter', 'io_uring_register', 'userfaultfd',
        'bpf', 'perf_event_open', 'open_by_handle_at', 'setns', 'mount',
        'umount2', 'pivot_root', 'open_tree', 'move_mount', 'fsopen',
        'fsconfig', 'fsmount', 'fspick', 'mount_setattr', 'open_tree_attr',
        'unshare-newuser-upper', 'clone-newuser-upper'), 'EPERM'),
    **{f'{call}-new{kind}': 'EPERM'
       for call in ('unshare', 'clone')
       for kind in ('ns', 'cgroup', 'uts', 'ipc', 'user', 'pid', 'net')},
    'unshare-newtime': 'EPERM', 'clone3': 'ENOSYS',
    'raw-clone3-newuser': 'ENOSYS', 'raw-clone3-plain': 'ENOSYS',
    **{f'socket-{n}': 'EAFNOSUPPORT' for n in range(64)
       if n not in (1, 2, 10, 16)},
    **dict.fromkeys(('socket-15-upper', 'socket-negative', 'socketpair-tipc'),
                    'EAFNOSUPPORT'),
}
# What not every kernel knows that minibox runs on: this one since 6.15.
YOUNG = ('open_tree_attr',)
# Where the kernel itself asks an ordinary user for privilege first.
PRIVILEGED = ('pivot_root', 'move_mount', 'fsopen', 'fsmount', 'fspick')
# By the root in a root, whatever the filter.
USERNS = ('raw-unshare-newuser', 'raw-clone-newuser', 'raw-clone3-newuser')
# What must work.
NEEDED = ('clone-plain', 'unshare-fs', 'unshare-files', 'personality',
          'ptrace', 'getpid', 'thread', 'vfork', 'process_vm_readv',
          'own-filter', 'socket-1', 'socket-2', 'socket-10', 'socket-16',
          'socketpair-unix')
SAME = ('tcgets', 'tcgets-upper', 'tiocgwinsz', 'unshare-nothing',
        'clone-nothing', 'name_to_handle_at', 'number-minus-1', 'number-4000')


class Filter(harness.Case):
    def probe(self):
        result = minibox(SYSCALLS)
        self.ok(result)
        return dict(line.split() for line in result.out.splitlines())

    @classmethod
    def setUpClass(cls):
        cls.outside, cls.as_root = (
            dict(line.split() for line in
                 run(ROOT + SYSCALLS, user=user).out.splitlines())
            for user in (ALICE, SUPERUSER))

    def compare(self, inside, wanted):
        for name, result in wanted.items():
            with self.subTest(name):
                self.assertEqual(inside.get(name), result)

    def test_how_init_runs(self):
        """It ends the box in time, and has the uid of the command; the group
        is shared with processes outside."""
        calls = ('setpriority', 'sched_setscheduler', 'sched_setparam',
                 'sched_setattr', 'sched_setaffinity', 'ioprio_set', 'prlimit')
        whole = {f'{kind} {call}' for kind in ('group', 'user')
                 for call in ('setpriority', 'ioprio_set')}

        def tune(run_it):
            return {line.rpartition(' ')[0]: line.rpartition(' ')[2]
                    for line in run_it.out.splitlines()}
        outside = tune(run(ROOT + PROBE, 'tune'))               # control
        for name in whole | {f'child {call}' for call in calls}:
            self.assertEqual(outside[name], 'ok', name)
        for value in 'default', 'none':
            write_policy(box(syscalls=value))
            inside = tune(minibox(PROBE, 'tune'))
            for call in calls:
                self.assertEqual(inside[f'child {call}'], 'ok', call)
                self.assertEqual(inside[f'init {call}'], 'EPERM', call)
            for name in whole:
                self.assertEqual(inside[name], 'EPERM', name)

    def test_control(self):
        """Outside, all of it is let through."""
        for name in (*MINIMUM, *DEFAULT):
            young = name in YOUNG and self.as_root[name] == 'ENOSYS'
            if not name.startswith('socket') and not young:
                with self.subTest(name):
                    self.assertNotIn(self.as_root[name], ('EPERM', 'ENOSYS'))
        for name in NEEDED:
            with self.subTest(name):
                self.assertEqual(self.as_root[name], 'ok')

    def test_C35_H40_default(self):
        inside = self.probe()
        self.compare(inside, MINIMUM)
        self.compare(inside, DEFAULT)
        self.compare(inside, dict.fromkeys(NEEDED, 'ok'))
        self.compare(inside, {name: self.outside[name] for name in SAME})

    def test_C35_none(self):
        write_policy(box(syscalls='none'))
        inside = self.probe()
        self.compare(inside, MINIMUM)
        self.compare(inside, dict.fromkeys(NEEDED, 'ok'))
        # io_uring would make the sockets of vsock.
        self.compare(inside, {
            name: self.outside[name] for name in DEFAULT
            if name not in (*MINIMUM, *PRIVILEGED, *USERNS)
            and not name.startswith('io_uring')})
        self.compare(inside, dict.fromkeys(
            ('io_uring_setup', 'io_uring_enter', 'io_uring_register'),
            'EPERM'))

    def test_vsock_with_the_hosts_network(self):
        if self.outside['socket-40'] != 'ok':
            self.skipTest('no vsock in this kernel')
        for syscalls, result in ('default', 'EAFNOSUPPORT'), ('none', 'ok'):
            with self.subTest(syscalls):
                write_policy(box(syscalls=syscalls, network='host'))
                self.assertEqual(self.probe()['socket-40'], result)

    def test_H01_no_user_namespace_whatever_the_filter(self):
        for syscalls in 'default', 'none':
            with self.subTest(syscalls):
                write_policy(box(syscalls=syscalls))
                inside = self.probe()
                for name in USERNS:
                    self.assertIn(inside[name], ('EPERM', 'ENOSYS'), name)
                refused = minibox(PROBE, 'userns').out.split()[1::2]
                self.assertEqual(refused, [
                    'ENOSYS' if syscalls == 'default' else 'EPERM', 'EPERM',
                    'EPERM'])
        if self.outside['raw-unshare-newuser'] == 'ok':         # control
            self.assertEqual(run(ROOT + PROBE, 'userns').out.split()[1::2],
                             ['ok'] * 3)

    @unittest.skipUnless(platform.machine() == 'x86_64', 'no other ABI')
    def test_C35_other_abis(self):
        for syscalls in 'default', 'none':
            with self.subTest(syscalls):
                write_policy(box(syscalls=syscalls))
                inside = self.probe()
                self.compare(inside, {name: KILLED for name in (
                    'x32-getpid', 'x32-ioctl', 'x32-keyctl', 'x32-last')})
                for name, result in inside.items():
                    if not name.startswith('i386-'):
                        continue
                    if syscalls == 'default':
                        self.assertEqual(result, KILLED, name)
                    elif name.startswith(('i386-tiocs', 'i386-tiocl',
                                          'i386-key', 'i386-add',
                                          'i386-req')):
                        self.assertEqual(result, 'EPERM', name)


class Debuggers(harness.Case):
    def test_a_process_traces_its_like(self):
        result = minibox('/bin/sh', '-c',
                         'sleep 5 & /bin/probe trace $!; kill $!')
        self.ok(result, 'ptrace ok\n')
