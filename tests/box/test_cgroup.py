# SPDX-License-Identifier: MIT
"""Do limits hold that take a control group, and what if there is none?

On a host with cgroup v1 the first half is skipped, on one with v2 the second."""

import os
import re
import shutil
import signal
import subprocess
import unittest

import harness
from harness import (ALICE, MINIBOX, box, children_of, minibox, pids_with, run,
                     shell, wait_for, write_policy)
from test_status import Told

TOP = '/sys/fs/cgroup'
OWN = TOP + '/minibox'
HAS_V2 = os.path.exists(TOP + '/cgroup.controllers')
LIMITED = ({'memory': '64M'}, {'pids_limit': 20}, {'cpus': '0.5'})


def groups(root=OWN):
    return sorted(name for name in os.listdir(root)
                  if os.path.isdir(f'{root}/{name}'))


def group_of(pid):
    return TOP + harness.read(f'/proc/{pid}/cgroup').split('::')[1].strip()


@unittest.skipUnless(HAS_V2, 'this host has no cgroup v2')
class Case(Told):
    """A test with a group of the test's own as cgroup-root."""

    def tidy(self, path):
        """The group PATH is gone with the test."""
        def end():
            for directory, _, _ in os.walk(path, topdown=False):
                wait_for(lambda: not harness.read(directory + '/cgroup.procs'),
                         'the end of the processes in ' + directory)
                os.rmdir(directory)
        self.addCleanup(end)
        return path

    def box_up(self, *options):
        """A box that runs: minibox and its command."""
        mark = self.mark()
        process = self.start(MINIBOX, *options, '/bin/sleep', mark)
        wait_for(lambda: any(harness.read(f'/proc/{pid}/comm') == 'sleep\n'
                             for pid in pids_with(mark)), 'the command')
        init, = children_of(process.pid)
        command, = children_of(init)
        return process, init, command


class Limits(Case):
    def value(self, pid, name):
        return harness.read(f'{group_of(pid)}/{name}').strip()

    def test_what_is_set(self):
        write_policy(box(memory='100M', pids_limit=20, cpus='1.5'))
        process, init, command = self.box_up()
        self.assertEqual(group_of(init), group_of(command))
        self.assertNotEqual(group_of(process.pid), group_of(init))
        self.assertEqual(group_of(init), f'{OWN}/demo.4001.{process.pid}')
        for name, value in (('memory.max', str(100 << 20)),
                            ('memory.swap.max', '0'),
                            ('memory.oom.group', '1'), ('pids.max', '21'),
                            ('cpu.max', '150000 100000')):
            self.assertEqual(self.value(command, name), value)

    def test_only_what_is_asked_for(self):
        for keys, name, value in (
                (LIMITED[0], 'pids.max', 'max'),
                (LIMITED[1], 'memory.max', 'max'),
                (LIMITED[2], 'memory.max', 'max')):
            write_policy(box(**keys))
            _, _, command = self.box_up()
            self.assertEqual(self.value(command, name), value)

    def test_no_group_without_a_limit(self):
        _, init, _ = self.box_up()
        self.assertEqual(group_of(init), group_of(os.getpid()))

    def test_options_narrow(self):
        write_policy(box(memory='100M', pids_limit=20, cpus=2))
        _, _, command = self.box_up('--memory=50M', '--pids-limit=5',
                                    '--cpus=0.25')
        self.assertEqual([self.value(command, name) for name in
                          ('memory.max', 'pids.max', 'cpu.max')],
                         [str(50 << 20), '6', '25000 100000'])
        for option, most in (('--memory=101M', '100M'), ('--pids-limit=21', 20),
                             ('--cpus=2.001', 2)):
            self.refused(minibox(option, '/bin/true'), 126,
                         f"box 'demo' allows at most {most}")
        write_policy(box())
        _, _, command = self.box_up('--pids-limit=7')
        self.assertEqual(self.value(command, 'pids.max'), '8')

    def test_memory(self):
        """The box ends as a whole, and what was in it."""
        write_policy(box(memory='64M'))
        eat = 'dd if=/dev/zero of=/dev/null bs={}M count=1 2>/dev/null'
        self.ok(shell(eat.format(30)))                          # control
        mark = self.mark()
        result, line = self.line(
            '/bin/sh', '-c', f'sleep {mark} & {eat.format(100)}; sleep 1000')
        self.assertEqual(result.status, -signal.SIGKILL)
        self.assertEqual(result.err, "minibox: box 'demo': ended, since it "
                         'needed more than its memory limit of 64M\n')
        self.assertEqual((line['signal'], line['limit']), (9, 'memory'))
        self.assertTrue(60 << 20 < line['memory-peak'] <= 64 << 20, line)
        self.assertEqual(pids_with(mark), [])

    def test_memory_of_a_tmpfs(self):
        write_policy(box(memory='64M', tmp_size='1G'))
        result, line = self.line('/bin/dd', 'if=/dev/zero', 'of=/tmp/f',
                                 'bs=1M', 'count=200')
        self.assertEqual((result.status, line.get('limit')), (-9, 'memory'))
        write_policy(box(memory='64M', tmp_size='20M'))         # control
        result, line = self.line('/bin/dd', 'if=/dev/zero', 'of=/tmp/f',
                                 'bs=1M', 'count=200')
        self.assertEqual(result.status, 1)
        self.assertIn('No space left', result.err)
        self.assertNotIn('limit', line)

    def test_a_kill_is_not_memory(self):
        write_policy(box(memory='64M'))
        result, line = self.line('/bin/sh', '-c', 'kill -9 $$')
        self.assertEqual((result.status, result.err), (-9, ''))
        self.assertNotIn('limit', line)

    def test_too_little_memory_to_begin(self):
        write_policy(box(memory='1M'))
        result, line = self.line('/bin/dd', 'if=/dev/zero', 'of=/dev/null',
                                 'bs=8M', 'count=1')
        self.assertEqual((result.status, line.get('limit')), (-9, 'memory'))

    def test_memory_peak(self):
        for keys in LIMITED:
            write_policy(box(**keys))
            _, line = self.line('/bin/dd', 'if=/dev/zero', 'of=/dev/null',
                                'bs=30M', 'count=1')
            self.assertTrue(30 << 20 < line['memory-peak'] < 60 << 20, line)
        write_policy(box())
        _, line = self.line('/bin/true')
        self.assertNotIn('memory-peak', line)

    def test_times_of_what_was_killed(self):
        busy = 'i=0; while :; do i=$((i+1)); done'
        write_policy(box(pids_limit=10, timeout='1s'))
        result, line = self.line('/bin/sh', '-c', busy)
        self.assertEqual(result.status, 124)
        self.assertGreater(line['user-ms'] + line['system-ms'], 300)

    def test_pids(self):
        count = ('i=0; while [ $i -lt 30 ]; do sleep 1000 & i=$((i+1)); '
                 'done; echo $i')
        write_policy(box(pids_limit=40))
        self.ok(shell(count), '30\n')                           # control
        write_policy(box(pids_limit=20))
        result = shell(count)
        self.assertIn("can't fork: Resource temporarily unavailable",
                      result.err)
        write_policy(box(pids_limit=1))
        self.ok(minibox('/bin/true'))
        self.assertIn("can't fork", shell('/bin/true & wait').err)

    def test_cpus(self):
        busy = (f'i=0; while [ $i -lt {harness.rounds(400_000)} ]; '
                'do i=$((i+1)); done')
        _, free = self.line('/bin/sh', '-c', busy)
        write_policy(box(cpus='0.2'))
        _, held = self.line('/bin/sh', '-c', busy)
        self.assertLess(held['user-ms'] + held['system-ms'],
                        held['wall-ms'] * 0.4, held)
        self.assertGreater(free['user-ms'] + free['system-ms'],
                           free['wall-ms'] * 0.4, free)         # control

    def test_the_box_sees_its_group_as_the_root(self):
        write_policy(box(pids_limit=20))
        self.ok(minibox('/bin/cat', '/proc/self/cgroup'), '0::/\n')

    def test_nobody_can_leave(self):
        write_policy(box(pids_limit=20))
        process, init, command = self.box_up()
        for path in (TOP, OWN, group_of(init)):
            result = run('/bin/sh', '-c',
                         f'echo {command} >{path}/cgroup.procs')
            self.assertNotEqual(result.status, 0)
        for name in 'pids.max', 'cgroup.subtree_control', 'cgroup.kill':
            result = run('/bin/sh', '-c', f'echo max >{group_of(init)}/{name}')
            self.assertNotEqual(result.status, 0)
        self.assertEqual(run('/bin/mkdir', OWN + '/mine').status, 1)


class Groups(Case):
    policy = box(pids_limit=20)

    def test_left_empty_and_removed_by_the_next_start(self):
        self.ok(minibox('/bin/true'))
        before = groups()
        self.assertEqual(len(before), 1)
        self.ok(minibox('/bin/true'))
        self.assertEqual(len(groups()), 1)
        self.assertNotEqual(groups(), before)

    def test_many_stale_groups(self):
        self.ok(minibox('/bin/true'))
        gone = subprocess.Popen(['true'])
        gone.wait()
        for number in range(1, 1001):
            os.mkdir(f'{OWN}/box.{number}.{gone.pid}')
        self.ok(minibox('/bin/true'))
        self.assertEqual(len(groups()), 1)

    def test_what_is_not_ours_stays(self):
        self.ok(minibox('/bin/true'))
        gone = subprocess.Popen(['true'])
        gone.wait()
        for name in ('keeper', 'x.1.0', 'x.1.-5', 'x.1.5y', 'a.b',
                     f'x.{gone.pid}', f'x.y.{gone.pid}'):
            os.mkdir(f'{OWN}/{name}')
            self.addCleanup(os.rmdir, f'{OWN}/{name}')
        self.ok(minibox('/bin/true'))
        self.assertEqual(len(groups()), 8)

    def test_running_boxes_keep_theirs(self):
        process, init, _ = self.box_up()
        for _ in range(3):
            self.ok(minibox('/bin/true'))
        self.assertTrue(os.path.exists(group_of(init)))
        self.assertEqual(len(groups()), 2)

    def test_group_of_the_same_name(self):
        """Left by a process that had our number, in another namespace say."""
        self.ok(minibox('/bin/true'))

        def before():
            os.mkdir(f'{OWN}/demo.4001.{os.getpid()}')
        self.ok(minibox('/bin/true', as_root=before))
        self.assertEqual(len(groups()), 1)

    def test_at_once(self):
        mark = self.mark()
        for _ in range(5):
            boxes = [self.start(MINIBOX, '/bin/sh', '-c', 'sleep 0.1', mark)
                     for _ in range(10)]
            for process in boxes:
                self.ok(harness.finish(process))
        self.ok(minibox('/bin/true'))
        self.assertEqual(len(groups()), 1)


class Root(Case):
    """cgroup-root."""

    policy = box(pids_limit=20)

    def policy_at(self, path):
        write_policy(f'[minibox]\ncgroup-root = {path}\n', box(pids_limit=20))

    def test_made_if_missing(self):
        self.policy_at(self.tidy(TOP + '/elsewhere'))
        self.ok(minibox('/bin/true'))
        self.assertEqual(len(groups(TOP + '/elsewhere')), 1)

    def test_one_below_another(self):
        os.mkdir(self.tidy(TOP + '/one'))
        self.policy_at(TOP + '/one/two')
        self.ok(minibox('/bin/true'))
        self.assertEqual(len(groups(TOP + '/one/two')), 1)

    def test_nothing_above_it(self):
        self.policy_at(TOP + '/none/two')
        self.refused(minibox('/bin/true'), 125, 'No such file')
        self.assertFalse(os.path.exists(TOP + '/none'))

    def test_link(self):
        """cgroupfs has none; but what it is mounted below may."""
        mounted = self.directory('/run/cgroup2')
        subprocess.run(['mount', '-t', 'cgroup2', 'x', mounted], check=True)
        self.addCleanup(subprocess.run, ['umount', mounted], check=True)
        self.tidy(mounted + '/minibox')
        self.hide()
        os.symlink(mounted, TOP + '/link')
        os.mkdir(TOP + '/bind')
        subprocess.run(['mount', '--bind', mounted, TOP + '/bind'], check=True)
        self.addCleanup(subprocess.run, ['umount', TOP + '/bind'], check=True)
        self.policy_at(TOP + '/bind/minibox')
        self.ok(minibox('/bin/true'))                           # control
        self.policy_at(TOP + '/link/minibox')
        self.refused(minibox('/bin/true'), 125, 'symbolic link')

    def test_not_delegated_to_root(self):
        path = self.tidy(TOP + '/one')
        os.mkdir(path)
        self.policy_at(path)
        self.ok(minibox('/bin/true'))                           # control
        os.chown(path + '/cgroup.procs', ALICE.uid, 0)
        self.refused(minibox('/bin/true'), 125, "is not root's alone")
        os.chown(path + '/cgroup.procs', 0, 0)
        os.chmod(path + '/cgroup.procs', 0o664)
        self.refused(minibox('/bin/true'), 125, "is not root's alone")

    def test_delegated_above(self):
        path = self.tidy(TOP + '/one')
        os.mkdir(path)
        self.policy_at(path + '/two')
        self.ok(minibox('/bin/true'))                           # control
        os.chown(path + '/cgroup.procs', ALICE.uid, 0)
        self.refused(minibox('/bin/true'), 125, "is not root's alone")

    def test_with_processes_of_its_own(self):
        path = self.tidy(TOP + '/one')
        os.mkdir(path)
        self.policy_at(path)
        sleeper = subprocess.Popen(['sleep', '1000'])
        self.addCleanup(lambda: (sleeper.kill(), sleeper.wait()))
        with open(path + '/cgroup.procs', 'w') as file:
            file.write(str(sleeper.pid))
        self.refused(minibox('/bin/true'), 125, 'has processes of its own')
        sleeper.kill()
        sleeper.wait()
        self.ok(minibox('/bin/true'))                           # control

    def test_read_only(self):
        subprocess.run(['mount', '-o', 'remount,bind,ro', TOP], check=True)
        try:
            self.refused(minibox('/bin/true'), 125, 'read-only')
            self.policy_at(TOP + '/elsewhere2')
            self.refused(minibox('/bin/true'), 125)
        finally:
            subprocess.run(['mount', '-o', 'remount,bind,rw', TOP], check=True)
        self.policy_at(self.tidy(TOP + '/elsewhere2'))
        self.ok(minibox('/bin/true'))                           # control

    def test_no_cgroup_file_system(self):
        self.hide()
        for keys in LIMITED:
            write_policy(box(**keys))
            self.refused(minibox('/bin/true'), 125,
                         'limits of a box need cgroup v2, which is not mounted; '
                         'tell your administrator to run: mount -t cgroup2 '
                         'cgroup2 /sys/fs/cgroup')
        write_policy(box())
        self.ok(minibox('/bin/true'))

    def hide(self):
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'mode=755', 'x', TOP],
                       check=True)
        self.addCleanup(subprocess.run, ['umount', TOP], check=True)

    def test_systemd_without_the_service(self):
        self.directory('/run/systemd/system')
        self.addCleanup(shutil.rmtree, '/run/systemd')
        self.refused(minibox('/bin/true'), 125,
                     'systemctl enable --now minibox.service')

    def test_systemd_with_the_service(self):
        self.directory('/run/systemd/system')
        self.addCleanup(shutil.rmtree, '/run/systemd')
        service = TOP + '/minibox.slice/minibox.service'
        os.makedirs(service)
        self.tidy(TOP + '/minibox.slice')
        self.ok(minibox('/bin/true'))
        self.assertEqual(len(groups(service)), 1)


@unittest.skipIf(HAS_V2, 'this host has cgroup v2')
class WithoutVersion2(harness.Case):
    def test_refused_with_the_cure(self):
        for keys in LIMITED:
            write_policy(box(**keys))
            self.refused(minibox('/bin/true'), 125, 'need cgroup v2')
        write_policy(box())
        for option in '--memory=64M', '--pids-limit=20', '--cpus=1':
            self.refused(minibox(option, '/bin/true'), 125, 'need cgroup v2')
        self.ok(minibox('/bin/true'))                           # control

    def test_nothing_is_made(self):
        write_policy(box(memory='64M'))
        self.refused(minibox('/bin/true'), 125)
        self.assertFalse(re.search('minibox', ' '.join(os.listdir(TOP))))

    @unittest.skipUnless(os.path.exists(TOP + '/unified/cgroup.controllers'),
                         'no cgroup v2 beside v1')
    def test_beside_version_1(self):
        """There, but without controllers."""
        write_policy(f'[minibox]\ncgroup-root = {TOP}/unified/minibox\n',
                     box(pids_limit=20))
        self.refused(minibox('/bin/true'), 125, 'has no pids controller')
