# SPDX-License-Identifier: MIT
"""What if the work is interrupted, the disk is full, or two do it at once?"""

import os
import random
import signal
import subprocess
import time

import rootfs
from harness import remove, wait_for, write
from rootfs import (BASE, COMPRESSIONS, busy_archive, directory, end_group,
                    file, group_is_gone, root_with, start_tool, tool)

ROUNDS = 10


class Case(rootfs.Case):
    def over(self, process, limit=20):
        """The result of a tool that got a signal; nothing of it still runs."""
        try:
            result = rootfs.harness.finish(process, limit=limit)
        finally:
            if not group_is_gone(process):
                time.sleep(0.3)
            late = not group_is_gone(process)
            end_group(process)
        self.assertFalse(late, 'something still runs')
        return result

    def complete_or_nothing(self, result, name='box'):
        if result.status == 0:
            self.accepted_and_gone(result, name)
            return
        if result.status == 1:
            self.one_line(result)
        elif os.path.exists(f'{BASE}/{name}'):
            # interrupted when it was complete, while the rest was printed
            self.assertEqual(rootfs.faults(f'{BASE}/{name}'), [])
            remove(f'{BASE}/{name}')
        else:
            self.assertEqual(result.out, '')
        self.unchanged()

    def interrupt(self, send, *args, rounds=ROUNDS):
        """At ROUNDS instants of what takes a while; then it works."""
        started = time.monotonic()
        self.accepted_and_gone(tool(*args))
        whole = time.monotonic() - started
        rng = random.Random(5)
        for turn in range(rounds):
            delay = rng.uniform(0, whole)
            with self.subTest(turn=turn, delay=round(delay, 3)):
                process = start_tool(*args)
                time.sleep(delay)
                send(process)
                try:
                    self.complete_or_nothing(self.over(process))
                finally:
                    self.clean_base()
        self.accepted(tool(*args))

    def kill(self, send, *args, rounds=ROUNDS, then=None):
        """Something may remain, but not after the next run."""
        started = time.monotonic()
        self.accepted_and_gone(tool(*args))
        whole = time.monotonic() - started
        rng = random.Random(6)
        for turn in range(rounds):
            delay = rng.uniform(0, whole * 0.9)
            with self.subTest(turn=turn, delay=round(delay, 3)):
                process = start_tool(*args)
                time.sleep(delay)
                send(process)
                result = rootfs.harness.finish(process)
                if result.status == 0:
                    remove(f'{BASE}/box')
                elif os.path.exists(f'{BASE}/box'):
                    # killed between the rename and the end
                    self.assertEqual(rootfs.faults(f'{BASE}/box'), [])
                    remove(f'{BASE}/box')
                result = tool(*(then or args))
                end_group(process)
                time.sleep(0.05)
                self.accepted_and_gone(result)
                self.unchanged()

    def archive(self):
        return self.path(COMPRESSIONS['gz'](busy_archive()), 'busy')


def to_group(number):
    return lambda process: os.killpg(process.pid, number)


def to_shell(number):
    return lambda process: process.send_signal(number)


class Interrupted(Case):
    def test_ctrl_c(self):
        self.interrupt(to_group(signal.SIGINT), 'import', 'box',
                       self.archive())

    def test_terminated(self):
        self.interrupt(to_shell(signal.SIGTERM), 'import', 'box',
                       self.archive(), rounds=6)

    def test_hung_up(self):
        self.interrupt(to_group(signal.SIGHUP), 'import', 'box',
                       self.archive(), rounds=4)

    def test_ctrl_c_twice(self):
        def send(process):
            os.killpg(process.pid, signal.SIGINT)
            time.sleep(0.02)
            try:
                os.killpg(process.pid, signal.SIGINT)
            except ProcessLookupError:
                pass
        self.interrupt(send, 'import', 'box', self.archive(), rounds=6)

    def test_busybox(self):
        self.interrupt(to_group(signal.SIGINT), 'busybox', 'box',
                       rounds=6)

    def test_host(self):
        self.interrupt(to_group(signal.SIGINT), 'host', 'box', 'env',
                       rounds=5)

    def test_oci(self):
        image = rootfs.layout(self.files + '/image', busy_archive())
        self.interrupt(to_group(signal.SIGINT), 'import', 'box', image,
                       rounds=6)

    def waiting(self):
        """An import whose archive does not come."""
        data = COMPRESSIONS['gz'](root_with())
        process = start_tool('import', 'box', '-', stdin=subprocess.PIPE)
        self.addCleanup(end_group, process)
        self.addCleanup(process.stdin.close)
        process.stdin.write(data[:40])
        process.stdin.flush()
        time.sleep(0.3)
        return process

    def ends(self, process):
        started = time.monotonic()
        wait_for(lambda: process.poll() is not None, 'the end', 5)
        self.assertLess(time.monotonic() - started, 5)
        self.assertNotEqual(process.returncode, 0)
        wait_for(lambda: group_is_gone(process), 'the end of its children', 2)
        self.unchanged()

    def test_while_it_waits(self):
        for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
            with self.subTest(number):
                process = self.waiting()
                os.killpg(process.pid, number)
                self.ends(process)

    def test_terminated_while_it_waits(self):
        """As kill PID does it, which does not reach its children."""
        process = self.waiting()
        process.send_signal(signal.SIGTERM)
        self.ends(process)

    def test_nobody_reads_what_it_prints(self):
        reader, writer = os.pipe()
        os.close(reader)
        process = start_tool('import', 'box', self.path(root_with()),
                             stdout=writer)
        os.close(writer)
        process.communicate(timeout=20)
        if os.path.exists(f'{BASE}/box'):
            self.assertEqual(rootfs.faults(f'{BASE}/box'), [])
            remove(f'{BASE}/box')
        self.unchanged()


class Killed(Case):
    def test_killed(self):
        self.kill(to_group(signal.SIGKILL), 'import', 'box', self.archive(),
                  rounds=6)

    def test_the_shell_alone_is_killed(self):
        """What it started goes on for a while."""
        self.kill(to_shell(signal.SIGKILL), 'import', 'box', self.archive(),
                  rounds=6)

    def test_killed_and_another_command(self):
        self.kill(to_group(signal.SIGKILL), 'import', 'box', self.archive(),
                  rounds=4, then=('busybox', 'box'))

    def test_killed_and_another_name(self):
        path = self.archive()
        process = start_tool('import', 'box', path)
        wait_for(lambda: len(os.listdir(BASE)) > 1, 'the start')
        time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        self.accepted_and_gone(self.take(root_with(), 'other'), 'other')
        self.unchanged()

    def test_killed_and_the_name_again_by_itself(self):
        """A name is not blocked by one that died."""
        process = start_tool('import', 'box', self.archive())
        wait_for(lambda: len(os.listdir(BASE)) > 1, 'the start')
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        self.one_line(tool('remove', 'box'))
        self.accepted(self.take(root_with()))


class Exists(Case):
    def test_the_old_one_stays(self):
        self.imported()
        self.base = rootfs.base_state()
        path = self.path(root_with(file('new')))
        for args in (('import', 'box', path), ('busybox', 'box'),
                     ('host', 'box', 'env'), ('view', 'box'),
                     ('debian', 'box')):
            with self.subTest(args[0]):
                self.refused(tool(*args), 'box')
        self.refused(tool('import', 'box', '-', data=root_with()), 'box')

    def test_what_is_no_directory_stays(self):
        for make in (lambda p: write(p, 'x'), lambda p: os.symlink('/etc', p),
                     lambda p: os.symlink('nowhere', p), os.mkfifo):
            make(f'{BASE}/box')
            self.base = rootfs.base_state()
            for args in (('import', 'box', self.path(root_with())),
                         ('view', 'box'), ('host', 'box', 'env')):
                self.refused(tool(*args), 'box')
            remove(f'{BASE}/box')

    def test_two_at_once(self):
        path = self.archive()
        for turn in range(6):
            with self.subTest(turn=turn):
                both = [start_tool('import', 'box', path) for _ in range(2)]
                results = sorted(map(rootfs.harness.finish, both))
                self.assertEqual(results[1].status, 1, results)
                self.one_line(results[1], 'box')
                self.accepted_and_gone(results[0])

    def test_two_names_at_once(self):
        path = self.archive()
        for turn in range(4):
            with self.subTest(turn=turn):
                both = [start_tool('import', name, path)
                        for name in ('one', 'two')]
                for process in both:
                    result = rootfs.harness.finish(process)
                    self.assertEqual((result.status, result.err), (0, ''))
                self.assertEqual(set(os.listdir(BASE)) - {'demo'},
                                 {'one', 'two'})
                for name in 'one', 'two':
                    self.assertEqual(rootfs.faults(f'{BASE}/{name}'), [])
                    remove(f'{BASE}/{name}')

    def test_removed_while_it_is_made(self):
        """There is nothing to remove yet."""
        process = start_tool('import', 'box', self.archive())
        wait_for(lambda: len(os.listdir(BASE)) > 1, 'the start')
        result = tool('remove', 'box')
        made = rootfs.harness.finish(process)
        self.assertEqual(made.status, 0, made)
        if result.status == 0:      # it was complete just then
            self.unchanged()
        else:
            self.one_line(result)
            self.accepted(made)


class Full(Case):
    def small(self, options):
        """BASE is a small file system of its own."""
        subprocess.run(['mount', '-t', 'tmpfs', '-o', options + ',mode=0700',
                        'tmpfs', BASE], check=True)
        self.addCleanup(subprocess.run, ['umount', BASE], check=True)
        self.base = rootfs.base_state()
        self.host = rootfs.host_state()
        self.addCleanup(self.empty)

    def empty(self):
        for name in os.listdir(BASE):
            remove(f'{BASE}/{name}')

    def test_no_space(self):
        self.small('size=4m')
        large = root_with(file('usr/large', b'x' * (8 << 20)))
        for kind, compress in COMPRESSIONS.items():
            with self.subTest(kind):
                self.refused(self.take(compress(large)))
        self.refused(tool('import', 'box', '-', data=large))
        self.accepted(self.take(root_with()))

    def test_no_space_for_others(self):
        for size in '128k', '512k':
            self.small('size=' + size)
            for args in ('busybox', 'box'), ('host', 'box', 'python3'):
                with self.subTest(args[0], size=size):
                    self.refused(tool(*args))

    def test_no_space_for_a_layout(self):
        self.small('size=4m')
        image = rootfs.layout(self.files + '/image', root_with(
            file('usr/large', b'x' * (8 << 20))))
        self.refused(tool('import', 'box', image))

    def test_no_inodes(self):
        self.small('nr_inodes=60')
        self.refused(self.take(root_with(
            *(directory(f'd{i}') for i in range(100)))))
        self.accepted(self.take(root_with()))

    def test_no_space_at_the_very_end(self):
        """Each size around what the root file system just needs."""
        self.small('nr_inodes=8')
        for inodes in range(8, 40, 2):
            subprocess.run(['mount', '-o', f'remount,nr_inodes={inodes}',
                            BASE], check=True)
            with self.subTest(inodes=inodes):
                self.right_or_refused(self.take(root_with()))

    def test_read_only(self):
        self.small('size=4m')
        subprocess.run(['mount', '-o', 'remount,ro', BASE], check=True)
        self.refused(self.take(root_with()))
        subprocess.run(['mount', '-o', 'remount,rw', BASE], check=True)
        self.accepted(self.take(root_with()))


class Base(Case):
    """/var/lib/minibox itself."""

    def setUp(self):
        super().setUp()
        kept = BASE + '-kept'
        os.rename(BASE, kept)
        self.addCleanup(os.rename, kept, BASE)
        self.addCleanup(remove, BASE)
        self.host = rootfs.host_state()

    def test_it_is_made(self):
        self.base = {}
        self.accepted(self.take(root_with()))

    def test_a_refusal_without_it(self):
        self.one_line(self.take(b'no archive'))
        self.assertIn(os.path.isdir(BASE) and os.listdir(BASE), (False, []))

    def test_open_to_others(self):
        os.mkdir(BASE)
        os.chmod(BASE, 0o755)
        self.one_line(self.take(root_with()), 'chmod')
        self.assertEqual(os.listdir(BASE), [])
        os.chmod(BASE, 0o700)

    def test_a_link(self):
        os.mkdir(self.files + '/elsewhere', 0o700)
        os.symlink(self.files + '/elsewhere', BASE)
        for args in (('import', 'box', self.path(root_with())),
                     ('busybox', 'box'), ('view', 'box')):
            self.one_line(tool(*args))
        self.assertEqual(os.listdir(self.files + '/elsewhere'), [])
        os.unlink(BASE)

    def test_of_another_owner(self):
        os.mkdir(BASE, 0o700)
        os.chown(BASE, rootfs.TESTER.uid, 0)
        self.one_line(self.take(root_with()), 'chown')
        self.assertEqual(os.listdir(BASE), [])
        os.chown(BASE, 0, 0)

    def test_nothing_to_list(self):
        result = tool('list')
        self.assertEqual((result.status, result.err), (0, ''))
        os.mkdir(BASE, 0o700)
        result = tool('list')
        self.assertEqual((result.status, result.err), (0, ''))
