# SPDX-License-Identifier: MIT
"""Do limits hold that need no control group: of time, of processes one by one,
of boxes at once?"""

import fcntl
import os
import resource
import shutil
import signal
import stat
import time
import unittest

import harness
from harness import (ALICE, BOB, LIMIT, MINIBOX, PROBE, box, minibox, pids_with, run,
                     shell, stat_of, wait_for, write_policy)

RUN = '/run/minibox'
UNLIMITED = resource.RLIM_INFINITY


def limits(text):
    """/proc/PID/limits as name -> (soft, hard)."""
    found = {}
    for line in text.splitlines()[1:]:
        name, soft, hard = line[:26].strip(), *line[26:].split()[:2]
        found[name] = soft, hard
    return found


class Resources(harness.Case):
    KINDS = {       # the key: the kernel's name, a value, what that is
        'nofile': ('Max open files', '50', 50, resource.RLIMIT_NOFILE),
        'nproc': ('Max processes', '5000', 5000, resource.RLIMIT_NPROC),
        'core': ('Max core file size', '1M', 1 << 20, resource.RLIMIT_CORE),
        'fsize': ('Max file size', '2M', 2 << 20, resource.RLIMIT_FSIZE),
        'as': ('Max address space', '1G', 1 << 30, resource.RLIMIT_AS),
        'memlock': ('Max locked memory', '32K', 32 << 10,
                    resource.RLIMIT_MEMLOCK),
        'stack': ('Max stack size', '4M', 4 << 20, resource.RLIMIT_STACK),
        'cpu': ('Max cpu time', '100', 100, resource.RLIMIT_CPU),
    }

    def inside(self, before=None, **keys):
        write_policy(box(**keys))
        result = minibox('/bin/cat', '/proc/self/limits', before=before)
        self.ok(result)
        return limits(result.out)

    def test_each(self):
        usual = self.inside()
        for key, (name, value, number, _) in self.KINDS.items():
            with self.subTest(key):
                found = self.inside(**{'rlimit_' + key: value})
                self.assertEqual(found[name], (str(number), str(number)))
                self.assertNotEqual(usual[name], found[name])   # control
                usual_but = {**usual, name: found[name]}
                self.assertEqual(found, usual_but)

    def test_never_above_the_callers(self):
        for key, (name, value, number, kind) in self.KINDS.items():
            low = number - 1 if key in ('nproc', 'cpu') else number // 2
            if key == 'nofile':
                low = 30

            def before(kind=kind, low=low):
                resource.setrlimit(kind, (low, low))
            with self.subTest(key):
                for given in value, 'unlimited':
                    found = self.inside(before, **{'rlimit_' + key: given})
                    self.assertEqual(found[name], (str(low), str(low)))

    def test_unlimited_raises_the_soft_limit(self):
        def before():
            hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.setrlimit(resource.RLIMIT_NOFILE, (20, min(hard, 333)))
        self.assertEqual(self.inside(before)['Max open files'], ('20', '333'))
        for value in 'unlimited', '400':
            found = self.inside(before, rlimit_nofile=value)
            self.assertEqual(found['Max open files'], ('333', '333'))

    def test_none_is_as_without(self):
        def before():
            resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20))
        usual = self.inside(before)
        self.assertEqual(usual['Max core file size'][0], '0')
        keys = {'rlimit_' + key: 'none' for key in self.KINDS}
        self.assertEqual(self.inside(before, **keys), usual)

    def test_they_hold(self):
        for keys, script, status, text in (
                ({'rlimit_fsize': '1M'}, 'head -c 2000000 /dev/zero >/tmp/f; '
                 'echo $?; wc -c </tmp/f', 0, '1048576\n'),
                ({'rlimit_nofile': '4'}, 'exec 3</dev/null; cat /dev/null; '
                 'echo $?', 0, '1\n'),
                ({'rlimit_cpu': '1'}, 'while :; do :; done',
                 -signal.SIGKILL, '')):
            with self.subTest(keys):
                write_policy(box(**keys))
                result = shell(script)
                self.assertEqual(result.status, status, result)
                self.assertIn(text, result.out)

    def test_file_too_large_is_an_error(self):
        """EFBIG, where the signal is ignored."""
        write_policy(box(rlimit_fsize='1M'))
        result = shell('trap "" XFSZ; dd if=/dev/zero of=/tmp/f bs=3M count=1;'
                       'dd if=/dev/zero bs=1 count=1 >>/tmp/f')
        self.assertNotEqual(result.status, 0)
        self.assertIn('File too large', result.err)

    def test_exec_listed_with_few_descriptors(self):
        write_policy(box(command='/bin/true', exec='listed', rlimit_nofile=0))
        self.ok(minibox('/bin/true'))

    def nice(self, before=None, **keys):
        write_policy(box(**keys))
        return shell("cut -d' ' -f19 /proc/self/stat", before=before).out

    def test_nice(self):
        def before():
            os.nice(10)
        self.assertEqual(self.nice(), '0\n')
        self.assertEqual(self.nice(nice=5), '5\n')
        self.assertEqual(self.nice(nice=19), '19\n')
        self.assertEqual(self.nice(before), '10\n')
        self.assertEqual(self.nice(before, nice=5), '10\n')
        self.assertEqual(self.nice(before, nice=0), '10\n')
        self.assertEqual(self.nice(before, nice=12), '12\n')
        self.assertEqual(self.nice(before, nice='none'), '10\n')


class Time(harness.Case):
    SAYS = r"\Aminibox: box 'demo': the time limit of {} is over\n\Z"

    def over(self, result, limit):
        self.assertEqual(result.status, 124, result)
        self.assertRegex(result.err, self.SAYS.format(limit))

    def test_key(self):
        write_policy(box(timeout='300ms'))
        mark = self.mark()
        started = time.monotonic()
        self.over(minibox('/bin/sleep', mark), '300ms')
        self.assertGreater(time.monotonic() - started, 0.3)
        self.assertEqual(pids_with(mark), [])
        self.ok(minibox('/bin/sleep', '0.01'))

    def test_option_narrows(self):
        write_policy(box(timeout='1h'))
        mark = self.mark()
        self.over(minibox('--timeout=200ms', '/bin/sleep', mark), '200ms')
        self.ok(minibox('--timeout=60m', '/bin/true'))
        self.refused(minibox('--timeout=61m', '/bin/true'), 126,
                     "--timeout: box 'demo' allows at most 1h")
        write_policy(box())
        self.over(minibox('--timeout', '200ms', '/bin/sleep', mark), '200ms')

    def test_none_in_a_box(self):
        write_policy('[defaults]\ntimeout = 100ms\n', box(timeout='none'),
                     box('other'))
        self.ok(minibox('-b', 'demo', '/bin/sleep', '0.3'))
        self.assertEqual(minibox('-b', 'other', '/bin/sleep', '0.3').status,
                         124)                                   # control

    def test_whatever_the_command_does(self):
        write_policy(box(timeout='300ms'))
        for script in ('trap "" TERM INT HUP QUIT; while :; do sleep 1; done',
                       'kill -STOP $$; sleep 1000',
                       'exec <&- >&- 2>&-; sleep 1000',
                       'while :; do :; done',
                       'setsid sleep 1000 & while :; do wait; done'):
            with self.subTest(script):
                mark = self.mark()
                result = minibox('/bin/sh', '-c', script, mark)
                self.over(result, '300ms')
                self.assertEqual(pids_with(mark), [])

    def test_time_of_a_stopped_box(self):
        """As job control stops it: minibox is woken when the time is over."""
        write_policy(box(timeout='1s'))
        mark = self.mark()
        process = self.start(MINIBOX, '/bin/sh', '-c', 'kill -STOP $$', mark)
        wait_for(lambda: stat_of(process.pid)[0] == 'T', 'the stop')
        self.over(harness.finish(process), '1s')
        wait_for(lambda: not pids_with(mark), 'the end of the box')

    def test_stopped_monitor(self):
        """Its user cannot buy time by stopping minibox."""
        write_policy(box(timeout='500ms'))
        for who in 'monitor', 'init', 'both':
            with self.subTest(who):
                mark = self.mark()
                process = self.start(MINIBOX, '/bin/sh', '-c',
                                     'while :; do sleep 0.1; done', mark)
                wait_for(lambda: len(pids_with(mark)) >= 3, 'the box')
                if who != 'init':
                    os.kill(process.pid, signal.SIGSTOP)
                if who != 'monitor':
                    os.kill(harness.children_of(process.pid)[0],
                            signal.SIGSTOP)
                self.over(harness.finish(process), '500ms')
                wait_for(lambda: not pids_with(mark), 'the end of the box')

    def test_stopped_monitor_without_a_limit(self):             # control
        mark = self.mark()
        process = self.start(MINIBOX, '/bin/sleep', mark)
        wait_for(lambda: len(pids_with(mark)) >= 3, 'the box')
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(1.6)
        self.assertEqual(len(pids_with(mark)), 3)

    def test_stopped_all_the_time(self):
        """However often: then it ends a second later, by SIGKILL."""
        write_policy(box(timeout='400ms'))
        for goes_on in False, True:
            mark = self.mark()
            process = self.start(MINIBOX, '/bin/sleep', mark)
            wait_for(lambda: len(pids_with(mark)) >= 3, 'the box')
            end = time.monotonic() + LIMIT
            while process.poll() is None and time.monotonic() < end:
                process.send_signal(signal.SIGSTOP)
                time.sleep(0.002 * goes_on)
                if goes_on:
                    process.send_signal(signal.SIGCONT)
            self.assertIn(process.returncode, (124, -signal.SIGKILL))
            wait_for(lambda: not pids_with(mark), 'the end of the box')

    def test_starved_init(self):
        """Processes that want every processor do not put the end off."""
        write_policy(box(timeout='1s'))
        mark = self.mark()
        started = time.monotonic()
        result = minibox('/bin/sh', '-c', 'n=0; while [ $n -lt 40 ]; do '
                         'n=$((n+1)); while :; do :; done & done; wait', mark)
        self.over(result, '1s')
        self.assertEqual(pids_with(mark), [])
        self.assertLess(time.monotonic() - started, 5 * harness.SLOW)

    def test_an_end_that_is_late_is_late(self):
        """Whatever the command says at the end."""
        write_policy(box(timeout='300ms'))
        for _ in range(5):
            result = minibox('/bin/sh', '-c', 'n=0; while [ $n -lt 20 ]; do '
                             'n=$((n+1)); while :; do :; done & done; '
                             'sleep 0.32; exit 0')
            self.assertEqual(result.status, 124, result)

    @unittest.skipUnless(shutil.which('strace'), 'strace is not installed')
    def test_monitor_that_does_not_run(self):
        """The second timer ends it, and the box with it."""
        mark = self.mark()
        result, _ = harness.strace(
            '--timeout=300ms', '/bin/sleep', mark,
            options=('-e', f'inject=poll:delay_enter={5_000_000 * harness.SLOW}'))
        self.assertEqual(result.status, -signal.SIGKILL, result)
        wait_for(lambda: not pids_with(mark), 'the end of the box')

    def test_no_timer_to_be_had(self):
        """The time limit takes a timer, which takes a pending signal."""
        def before():
            resource.setrlimit(resource.RLIMIT_SIGPENDING, (0, 0))
        self.ok(minibox('/bin/true', before=before))            # control
        write_policy(box(timeout='1h'))
        self.refused(minibox('/bin/true', before=before), 125, 'ulimit -i')

    def test_long(self):
        for value in '365000d', '999999999s', '999999999d':
            write_policy(box(timeout=value))
            self.ok(minibox('/bin/true'))


class Running(harness.Case):
    def running(self, count, *options, user=ALICE, **more):
        """So many boxes that have begun, which end with the test."""
        mark = self.mark()
        started = [self.start(MINIBOX, *options, '/bin/sleep', mark, user=user,
                              **more) for _ in range(count)]
        wait_for(lambda: sum(harness.read(f'/proc/{pid}/comm') == 'sleep\n'
                             for pid in pids_with(mark)) == count, 'the boxes')
        return started

    def full(self, *options, **more):
        self.refused(minibox(*options, '/bin/true', **more), 126,
                     'of it running, and more are not allowed; wait')

    def test_key(self):
        write_policy(box(max_running=2))
        self.running(1)
        self.ok(minibox('/bin/true'))
        self.running(1)
        self.full()

    def test_a_slot_is_free_when_the_box_is_gone(self):
        write_policy(box(max_running=2))
        for end in signal.SIGTERM, signal.SIGKILL:
            one, two = self.running(2)
            self.full()
            one.send_signal(end)
            one.wait()
            wait_for(lambda: minibox('/bin/true').status == 0, 'the slot', 5)
            two.kill()
            two.wait()

    def test_a_stopped_box_counts(self):
        write_policy(box(max_running=1))
        one, = self.running(1)
        one.send_signal(signal.SIGSTOP)
        self.full()
        one.kill()
        one.wait()
        wait_for(lambda: minibox('/bin/true').status == 0, 'the slot', 5)

    def test_each_user_and_box_for_itself(self):
        write_policy(box(max_running=1, users='alice, bob'),
                     box('other', max_running=1, users='alice, bob'))
        self.running(1, '-b', 'demo')
        self.full('-b', 'demo')
        self.ok(minibox('-b', 'other', '/bin/true'))
        self.ok(minibox('-b', 'demo', '/bin/true', user=BOB))

    def test_default(self):
        self.running(256)
        self.full()
        write_policy(box(max_running='none'))
        self.ok(minibox('/bin/true'))
        write_policy(box(max_running=257))
        self.ok(minibox('/bin/true'))

    def test_nobody_can_hold_the_locks(self):
        self.ok(minibox('/bin/true'))
        for path, mode in (RUN, 0o700), (RUN + '/demo.lock', 0o600):
            st = os.stat(path)
            self.assertEqual((st.st_uid, st.st_gid, stat.S_IMODE(st.st_mode)),
                             (0, 0, mode))
        self.assertNotEqual(
            run('/bin/cat', RUN + '/demo.lock').status, 0)
        self.assertEqual(os.stat(RUN + '/demo.lock').st_size, 0)

    def spoiled(self, text, spoil, mend):
        self.ok(minibox('/bin/true'))
        spoil()
        try:
            self.refused(minibox('/bin/true'), 125, text)
            write_policy(box(max_running='none'))
            self.ok(minibox('/bin/true'))       # it is not looked at
        finally:
            mend()
        write_policy(box())
        self.ok(minibox('/bin/true'))

    def test_files_that_are_not_roots_alone(self):
        lock = RUN + '/demo.lock'
        for text, spoil, mend in (
                ('is not a file of root', lambda: os.chmod(lock, 0o644),
                 lambda: os.chmod(lock, 0o600)),
                ('demo.lock', lambda: os.chown(lock, 4001, 0),
                 lambda: os.chown(lock, 0, 0)),
                ('is writable by', lambda: os.chmod(RUN, 0o777),
                 lambda: os.chmod(RUN, 0o700)),
                ('belongs to uid 4001', lambda: os.chown(RUN, 4001, 0),
                 lambda: os.chown(RUN, 0, 0))):
            with self.subTest(text):
                self.spoiled(text, spoil, mend)

    def test_odd_files(self):
        lock = RUN + '/demo.lock'
        for make in (lambda: os.mkfifo(lock, 0o600),
                     lambda: os.mkdir(lock, 0o700),
                     lambda: os.symlink('/run/minibox/x', lock),
                     lambda: os.mknod(lock, 0o600 | stat.S_IFCHR,
                                      os.makedev(1, 3))):
            self.ok(minibox('/bin/true'))
            os.unlink(lock)
            make()
            try:
                self.refused(minibox('/bin/true'), 125, 'demo.lock')
            finally:
                harness.remove(lock)
        self.assertFalse(os.path.exists('/run/minibox/x'))

    def test_no_place_for_them(self):
        self.ok(minibox('/bin/true'))
        harness.remove(RUN)
        os.symlink('/tmp', RUN)
        try:
            self.refused(minibox('/bin/true'), 125, 'symbolic link')
        finally:
            os.unlink(RUN)
        self.ok(minibox('/bin/true'))

    def test_the_command_does_not_have_the_lock(self):
        self.ok(minibox(PROBE, 'fds'), '0\n1\n2\n')

    def test_lock_is_held_by_monitor_and_init_only(self):
        write_policy(box(max_running=1))
        process, = self.running(1)
        init, = harness.children_of(process.pid)
        command, = harness.children_of(init)

        def holds(pid):
            return any(os.path.realpath(f'/proc/{pid}/fd/{fd}').endswith('.lock')
                       for fd in os.listdir(f'/proc/{pid}/fd'))
        self.assertEqual([holds(pid) for pid in (process.pid, init, command)],
                         [True, True, False])
        with open(RUN + '/demo.lock', 'r+') as file:
            with self.assertRaises(OSError):    # somebody holds it
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
