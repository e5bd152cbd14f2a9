# SPDX-License-Identifier: MIT
"""What if the caller, or the state he calls in, is not what one expects?

A box with the right result, or one clear line and 125."""

import ctypes
import itertools
import os
import resource
import shutil
import signal
import subprocess
import time

import harness
from harness import (ALICE, LIBC, MINIBOX, NOBODY, POLICY, PROBE, ROOT, ROOTS,
                     STRANGER, SUPERUSER, box, environment, minibox, run,
                     shell, status_file, write_policy)

TRUE = '/bin/true'
PR_SET_NO_NEW_PRIVS, PR_SET_MDWE, PR_SET_SUBREAPER = 38, 65, 36
UNAME26, ADDR_NO_RANDOMIZE, READ_IMPLIES_EXEC = 0x20000, 0x40000, 0x400000


class Callers(harness.Case):
    policy = box(users='*')

    def test_H41_no_passwd_entry(self):
        self.ok(shell('id -u; echo $USER', user=STRANGER), '4999\n4999\n')

    def test_uid_65534(self):
        self.ok(shell('id -u; id -g', user=NOBODY), '65534\n65534\n')

    def test_largest_uid(self):
        self.ok(shell('id -u', user=harness.User('x', 2**32 - 2, '/')),
                '4294967294\n')

    def test_H18_root(self):
        self.refused(minibox(TRUE, user=SUPERUSER), 125,
                     'not for root; run it as yourself, without sudo')
        self.refused(minibox('-c', 'true', user=SUPERUSER), 125, 'not for root')
        for args in ['--check'], ['-l'], ['-n', TRUE], ['-h'], ['-V']:
            with self.subTest(args):
                self.ok(minibox(*args, user=SUPERUSER))

    def test_mixed_ids(self):
        """Real and effective ids that differ before minibox starts."""
        def ids(*uids, gids=(4001, 4001, 4001)):
            def change():
                os.setgroups([])
                os.setresgid(*gids)
                os.setresuid(*uids)
            return change

        def try_with(change):
            return run(MINIBOX, PROBE, 'ids', user=SUPERUSER, before=change)

        alice = '4001 4001 4001 4001 4001 4001\n'
        self.ok(try_with(ids(4001, 4001, 4001)), alice)
        for change in (ids(4001, 0, 0), ids(4001, 4002, 4001),
                       ids(4001, 4001, 4001, gids=(4001, 5001, 5001)),
                       ids(4001, 4001, 4001, gids=(4001, 0, 0))):
            self.right_or_refused(try_with(change), alice)
        self.refused(try_with(ids(0, 4001, 4001)), 125)


class Stdio(harness.Case):
    def test_C26_closed(self):
        for closed in itertools.product((False, True), repeat=3):
            with self.subTest(closed):
                result = minibox(PROBE, 'fds', before=lambda: [
                    os.close(fd) for fd in range(3) if closed[fd]])
                self.assertEqual(result.status, 0, result)
                if not closed[1]:
                    self.assertEqual(result.out, '0\n1\n2\n')
        # Control: outside they are missing.
        self.assertEqual(run(ROOT + PROBE, 'fds',
                             before=lambda: os.close(0)).status, 1)

    def test_C26_closed_and_refused(self):
        for fd in range(3):
            result = minibox('-b', 'none', TRUE, before=lambda: os.close(fd))
            self.assertEqual(result.status, 126)

    def test_what_leads_out_is_refused(self):
        for path, flags, fine in (('/', os.O_RDONLY, False),
                                  ('/', os.O_PATH, False),
                                  ('/dev/null', os.O_PATH, False),
                                  ('/bin', os.O_PATH, False),
                                  ('/dev/null', os.O_RDWR, True),
                                  ('/etc/passwd', os.O_RDONLY, True)):
            for fd in range(3):
                with self.subTest(path, flags=flags, fd=fd):
                    def before():
                        os.dup2(os.open(path, flags), fd)
                    result = minibox(TRUE, before=before)
                    if fine:
                        self.assertEqual(result.status, 0)
                    elif fd == 2:
                        self.assertEqual(result.status, 125)
                    else:
                        self.refused(result, 125, str(fd))

    def test_socket_and_pipe(self):
        self.ok(minibox('/bin/cat', input='x' * 300000), 'x' * 300000)

    def test_C11_extra_descriptors(self):
        def before():
            for fd in range(3, 21):
                os.dup2(os.open('/', os.O_RDONLY), fd)
        self.ok(minibox(PROBE, 'fds', before=before), '0\n1\n2\n')
        self.ok(shell('ls /proc/self/fd/9/etc/passwd 2>/dev/null; '
                      'cd /proc/self/fd/9 2>/dev/null || echo no',
                      before=before), 'no\n')
        outside = run('/bin/ls', '/proc/self/fd/9/etc/passwd', before=before)
        self.ok(outside, '/proc/self/fd/9/etc/passwd\n')        # control


class Limits(harness.Case):
    """rlimit -> values"""

    TABLE = (
        ('NOFILE', (4, 3, 2, 1, 0, 5, 6, 7, 8, 9, 10, 12, 16)),
        ('FSIZE', (0, 1)), ('NPROC', (0, 1, 2)), ('MEMLOCK', (0,)),
        ('AS', (64 << 20, 16 << 20, 8 << 20)), ('DATA', (1 << 20,)),
        ('STACK', (1 << 20, 256 << 10)), ('CORE', (0,)), ('CPU', (2,)),
        ('SIGPENDING', (0,)), ('MSGQUEUE', (0,)), ('RSS', (0,)),
        ('NICE', (0,)), ('RTPRIO', (0,)),
    )

    def test_table(self):
        script = 'cat /proc/self/status | grep -E "CapBnd|NoNew"; id -u'
        right = f'CapBnd:\t{"0" * 16}\nNoNewPrivs:\t1\n4001\n'
        for name, values in self.TABLE:
            number = getattr(resource, f'RLIMIT_{name}')
            for value in values:
                for limit in (value, value), (value, None):
                    with self.subTest(name, limit=limit):
                        def before():
                            hard = limit[1] if limit[1] is not None else \
                                resource.getrlimit(number)[1]
                            resource.setrlimit(number, (value, hard))
                        result = minibox('/bin/sh', '-c', script,
                                         before=before)
                        if result.err.startswith('minibox: '):
                            self.refused(result, 125)
                        elif result.status == 0:
                            self.ok(result, right)
                        else:       # the shell in the box had its trouble
                            self.assertGreater(result.status, 0, result)
                            self.assertNotIn('minibox', result.err)

    def test_they_are_kept(self):
        for name, value in ('NOFILE', 64), ('FSIZE', 4096), ('NPROC', 500):
            number = getattr(resource, f'RLIMIT_{name}')
            out = minibox('/bin/cat', '/proc/self/limits',
                          before=lambda: resource.setrlimit(
                              number, (value, value + 1))).out
            self.assertRegex(out, rf'(?m) {value} +{value + 1} ')

    def test_H28_file_size_0(self):
        def before():
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        self.refused(minibox('/bin/true', before=before), 125,
                     'cannot write the copy of /etc/passwd: File too large '
                     '(see: ulimit -Hf)')
        write_policy(box(passwd='no'))
        self.ok(minibox('/bin/echo', 'x', before=before), 'x\n')
        self.assertEqual(shell('echo x >/tmp/x; exit 3', before=before).status,
                         -signal.SIGXFSZ)


class Signals(harness.Case):
    def test_H26_all_blocked_and_ignored(self):
        def before():
            for number in signal.valid_signals() - {9, 19}:
                signal.signal(number, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        inside = status_file(minibox('/bin/cat', '/proc/self/status',
                                     before=before).out)
        outside = status_file(run('/bin/cat', '/proc/self/status',
                                  before=before).out)
        # HUP, INT and QUIT stay ignored: nohup(1), and shells' background.
        for name, right in ('SigBlk', 0), ('SigIgn', 0b111):
            self.assertEqual(inside[name], f'{right:016x}')
            self.assertNotEqual(outside[name], '0' * 16)        # control
        self.ok(shell('kill -TERM $$', before=before), '', -signal.SIGTERM)
        self.ok(shell('exit 9', before=before), '', 9)

    def test_H26_child_ignored(self):
        def before():
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        self.ok(shell('exit 7', before=before), '', 7)
        self.ok(shell('sh -c "exit 3"; exit $?', before=before), '', 3)

    def test_pending(self):
        """A signal that waits to be unblocked was not meant for the box."""
        def before():
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
            os.kill(os.getpid(), signal.SIGUSR1)
        self.ok(shell('exit 5', before=before), '', 5)

    def test_H27_timers(self):
        def before():
            signal.setitimer(signal.ITIMER_REAL, 0.05 * harness.SLOW)
        late = str(0.2 * harness.SLOW)
        self.ok(shell(f'sleep {late}; exit 5', before=before), '', 5)
        self.assertEqual(run('/bin/sleep', late, before=before).status,
                         -signal.SIGALRM)                       # control

        def virtual():
            signal.setitimer(signal.ITIMER_VIRTUAL, 0.05 * harness.SLOW)
            signal.setitimer(signal.ITIMER_PROF, 0.05 * harness.SLOW)
        loop = 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; exit 5'
        self.ok(shell(loop, before=virtual), '', 5)

    def test_H31_children_from_before(self):
        for status, life in (9, 0), (9, 0.05):
            def before():
                if os.fork() == 0:
                    time.sleep(life)
                    os._exit(status)
            with self.subTest(life):
                self.ok(shell('sleep 0.1; exit 5', before=before), '', 5)

    def test_child_from_before_that_stays(self):
        mark = self.mark()

        def before():
            if os.fork() == 0:
                os.close(1)
                os.close(2)
                os.execv('/bin/sleep', ['sleep', mark])
        self.ok(shell('exit 5', before=before), '', 5)
        for pid in harness.pids_with(mark):
            os.kill(pid, signal.SIGKILL)


class Surroundings(harness.Case):
    def test_H04_deleted_working_directory(self):
        def before():
            os.mkdir('/home/alice/gone')
            os.chdir('/home/alice/gone')
            os.rmdir('/home/alice/gone')
        self.ok(shell('pwd', before=before), '/home/alice\n')

    def test_unreadable_working_directory(self):
        os.makedirs('/home/alice/shut', exist_ok=True)
        os.chmod('/home/alice/shut', 0)
        self.ok(shell('pwd', cwd='/home/alice/shut'), '/home/alice\n')

    def test_deep_working_directory(self):
        def before():
            os.chdir('/home/alice')
            for _ in range(30):
                os.makedirs('d' * 200, exist_ok=True)
                os.chdir('d' * 200)
        self.ok(shell('pwd', before=before), '/home/alice\n')

    def test_working_directory_with_odd_bytes(self):
        path = b'/home/alice/a b\n\x1b\xff'
        os.makedirs(path, exist_ok=True)
        self.ok(shell('pwd', cwd=path), '/home/alice\n')

    def test_C13_argc_0(self):
        def before():
            empty = (ctypes.c_char_p * 1)(None)
            env = (ctypes.c_char_p * 1)(None)
            LIBC.execve(MINIBOX.encode(), empty, env)
        result = run('/bin/false', before=before)
        if result.status == 0:          # the kernel gave it an empty name
            self.ok(result, '')
        else:
            self.refused(result, 125)

    def test_C24_odd_names_of_the_program(self):
        for name in '', '-', '--', '-minibox', 'x' * 4096, '../../bin/sh':
            with self.subTest(name[:20]):
                process = subprocess.Popen(
                    [name, '-c', 'exit 5'], executable=MINIBOX, cwd='/',
                    env={}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    preexec_fn=lambda: harness.become(ALICE))
                self.ok(harness.finish(process), status=5)

    def test_large_arguments(self):
        large = 'x' * (128 * 1024 - 1)          # all that the kernel takes
        self.ok(shell('echo ${#1}', env={}), '0\n')
        self.ok(minibox('/bin/sh', '-c', 'echo ${#1}', 'sh', large),
                f'{len(large)}\n')
        self.refused(minibox('-b', large, TRUE), (125, 126))
        self.refused(minibox('/' + large[1:]), (125, 126, 127))
        self.refused(minibox(large), (125, 126, 127))
        self.refused(minibox('-C', '/' + large[1:], TRUE), 125)
        self.refused(minibox('--hostname', large, TRUE), 125)
        self.refused(minibox('--' + large[2:]), 125)

    def test_many_arguments(self):
        self.ok(minibox('/bin/sh', '-c', 'echo $#', 'sh', *['a'] * 50000),
                '50000\n')
        options = [word for n in range(5000) for word in ('-e', f'V{n}=x')]
        self.ok(minibox(*options, '/bin/sh', '-c', 'echo $V4999'), 'x\n')

    def test_M09_personality(self):
        self.assertEqual(ctypes.sizeof(ctypes.c_ulong), 8)
        release = os.uname().release + '\n'
        for flag in UNAME26, ADDR_NO_RANDOMIZE, READ_IMPLIES_EXEC:
            def before():
                LIBC.personality(flag)
            with self.subTest(hex(flag)):
                self.ok(minibox('/bin/uname', '-r', before=before), release)
                self.ok(minibox('/bin/cat', '/proc/self/personality',
                                before=before), '00000000\n')
        outside = run('/bin/uname', '-r',
                      before=lambda: LIBC.personality(UNAME26))
        self.assertNotEqual(outside.out, release)               # control

    def test_M10_memory_deny_write_execute(self):
        if LIBC.prctl(66, 0, 0, 0, 0) < 0:      # PR_GET_MDWE
            self.skipTest('no PR_SET_MDWE in this kernel')
        self.right_or_refused(
            minibox('/bin/echo', 'x', before=lambda: LIBC.prctl(
                PR_SET_MDWE, 1, 0, 0, 0)), 'x\n')

    def test_subreaper(self):
        self.ok(shell('sleep 0.1 & exit 5', before=lambda: LIBC.prctl(
            PR_SET_SUBREAPER, 1, 0, 0, 0)), '', 5)

    def test_many_at_once(self):
        running = [harness.start(MINIBOX, '/bin/sh', '-c', f'exit {n}')
                   for n in range(40)]
        self.assertEqual([harness.finish(p).status for p in running],
                         list(range(40)))


class NotRoot(harness.Case):
    """The setuid bit has no effect: one line that says why."""

    def unable(self, result, why):
        self.refused(result, 125, why)

    def test_M13_as_installed(self):
        st = os.stat(MINIBOX)
        self.assertEqual((st.st_uid, st.st_gid, st.st_mode & 0o7777),
                         (0, 0, 0o4755))
        self.ok(minibox(TRUE))

    def test_old_kernel(self):
        """One without mount_setattr(2), as far as minibox can see."""
        strace = shutil.which('strace')
        if not strace:
            self.skipTest('strace is not installed')
        as_alice = strace, '-f', '-o', '/dev/null', '-u', 'alice'
        self.unable(run(*as_alice, '-e',
                        'inject=mount_setattr:error=ENOSYS:when=1', MINIBOX,
                        TRUE, user=harness.SUPERUSER), 'Linux 5.12')
        self.ok(run(*as_alice, MINIBOX, TRUE, user=harness.SUPERUSER))

    def test_no_setuid_bit(self):
        copy = f'{ROOTS}/minibox'
        shutil.copy(MINIBOX, copy)
        self.addCleanup(os.unlink, copy)
        os.chmod(copy, 0o4755)
        self.ok(run(copy, TRUE))
        os.chmod(copy, 0o755)
        self.unable(run(copy, TRUE), 'setuid')
        os.chown(copy, ALICE.uid, ALICE.uid)
        os.chmod(copy, 0o4755)
        self.unable(run(copy, TRUE), 'setuid')
        os.chown(copy, 4002, 0)         # setuid to another user
        os.chmod(copy, 0o4755)
        self.unable(run(copy, TRUE), 'setuid')
        os.chown(copy, 0, 0)            # setgid as well
        os.chmod(copy, 0o6755)
        self.right_or_refused(run(copy, PROBE, 'ids'),
                              '4001 4001 4001 4001 4001 4001\n')

    def test_nosuid_mount(self):
        point = f'{harness.SCRATCH}/nosuid'
        os.mkdir(point)
        for options, why in ('nosuid', 'nosuid'), ('suid', None):
            subprocess.run(['mount', '-t', 'tmpfs', '-o', options, 'x', point],
                           check=True)
            self.addCleanup(subprocess.run, ['umount', point], check=True)
            shutil.copy(MINIBOX, point + '/minibox')
            os.chmod(point + '/minibox', 0o4755)
            result = run(point + '/minibox', TRUE)
            if why:
                self.unable(result, why)
            else:
                self.ok(result)

    def test_C28_no_new_privs(self):
        self.unable(minibox(TRUE, before=lambda: LIBC.prctl(
            PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)), 'no_new_privs')

    def test_C28_user_namespace(self):
        for map_option in '-r', '-c':
            if run('/usr/bin/unshare', '-U', map_option, 'true').status:
                self.skipTest('no user namespaces for users here')
            with self.subTest(map_option):
                self.unable(run('/usr/bin/unshare', '-U', map_option, MINIBOX,
                                TRUE), 'user namespace')
        self.unable(run('/usr/bin/unshare', '-U', MINIBOX, TRUE),
                    'user namespace')

    def test_C28_traced(self):
        strace = shutil.which('strace')
        if not strace:
            self.skipTest('strace is not installed')
        self.unable(run(strace, '-o', '/dev/null', MINIBOX, TRUE), 'traced')
        self.unable(run(strace, '-f', '-o', '/dev/null', MINIBOX, TRUE),
                    'traced')

    def test_harmless_modes_work_all_the_same(self):
        def before():
            LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        for option in '-h', '-V':
            self.ok(minibox(option, before=before))
        result = minibox('--check', '-', input='x\n', before=before)
        self.assertEqual(result.status, 1, result)

    def test_policy_stays_unread(self):
        """Without root, not even the policy says anything."""
        os.unlink(POLICY)
        self.unable(minibox(TRUE, before=lambda: LIBC.prctl(
            PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), env=environment()),
            'no_new_privs')
