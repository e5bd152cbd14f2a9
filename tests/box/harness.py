# SPDX-License-Identifier: MIT
"""What every black-box test needs: users, policies, runs with a time limit,
processes found by a mark in their arguments, a terminal, and the runner.

run.sh says where the tests run; they are root there."""

import ctypes
import glob
import itertools
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import time
import unittest
from typing import NamedTuple

MINIBOX = '/usr/local/bin/minibox'
POLICY = '/etc/minibox.conf'
ROOTS = '/usr/local/lib/minibox-test'    # root file systems made by the tests
ROOT = ROOTS + '/root'                   # busybox and the probes
PROBE = '/bin/probe'
RACE = ROOTS + '/race'                   # of race.c, for the host
KILLS = ROOTS + '/kills'                 # of kills.c, for the host
SCRATCH = os.environ.get('MINIBOX_TEST_SCRATCH', '/nonexistent')
# How much slower than usual the machine is, as under emulation: limits of time
# are longer, and what is repeated at random is repeated less often.
SLOW = int(os.environ.get('MINIBOX_TEST_SLOW', '1'))
LIMIT = 20 * SLOW                        # seconds that a run may take

LIBC = ctypes.CDLL(None, use_errno=True)
SYSCALLS = {
    'x86_64': {'add_key': 248, 'keyctl': 250},
    'aarch64': {'add_key': 217, 'keyctl': 219},
}.get(os.uname().machine, {})


class User(NamedTuple):
    name: str
    uid: int
    home: str


ALICE = User('alice', 4001, '/home/alice')
BOB = User('bob', 4002, '/home/bob')
EVE = User('eve', 4003, '/home/eve')
HOMELESS = User('homeless', 4004, '/nonexistent')
CAROL = User('carol', 4005, '/home/dept/lab/carol')
DIGITS = User('4002', 4010, '/nonexistent')     # a name like another's number
STRANGER = User('4999', 4999, '/nonexistent')   # not in /etc/passwd
NOBODY = User('nobody', 65534, '/nonexistent')
SUPERUSER = User('root', 0, '/root')
LAB, DENIED = 5001, 5002


def rounds(count):
    """How often something is repeated on this machine, at random instants."""
    return max(count // SLOW, min(count, 10))


def instants(count, step):
    """Seconds after a start: COUNT of them, STEP apart; on a slow machine fewer
    that reach further."""
    return [turn * step * SLOW ** 2 for turn in range(rounds(count))]


class Result(NamedTuple):
    status: int         # an exit status, or the negative number of a signal
    out: str
    err: str


# Policies

def box(name='demo', **keys):
    """One [box] section: alice may run anything, unless KEYS say otherwise.
    An underscore is a dash there, a list a repeated key, None no key."""
    keys = {'rootfs': ROOT, 'users': 'alice', 'command': '*', **keys}
    lines = [f'[box {name}]']
    for key, value in keys.items():
        for item in value if isinstance(value, list) else [value]:
            if item is not None:
                lines.append(f'{key.replace("_", "-")} = {item}')
    return '\n'.join(lines) + '\n'


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


def write(path, data, mode=0o644, uid=0):
    """Makes the file PATH anew, whatever it was."""
    remove(path)
    with open(path, 'wb') as file:
        file.write(data if isinstance(data, bytes) else data.encode())
    os.chown(path, uid, uid)
    os.chmod(path, mode)


def on_stage(path):
    """PATH, which is not the host's: what a test makes it also removes."""
    assert path.startswith(('/etc/', '/usr/local/', '/var/', '/home/', '/run/',
                            '/dev/shm/')), path
    return path


def write_policy(*sections, mode=0o644):
    """Sections are strings, or bytes for what no text can hold."""
    write(POLICY, b''.join(s if isinstance(s, bytes) else s.encode()
                           for s in sections), mode)


# Runs

def environment(user=ALICE, **more):
    return {'PATH': '/usr/local/bin:/usr/bin:/bin', 'HOME': user.home,
            'USER': user.name, 'LOGNAME': user.name, **more}


def become(user, groups=()):
    os.setgroups(list(groups))
    os.setresgid(user.uid, user.uid, user.uid)
    os.setresuid(user.uid, user.uid, user.uid)


def start(*argv, user=ALICE, groups=(), env=None, cwd='/', as_root=None,
          before=None, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
          stderr=subprocess.PIPE):
    """Starts a program as USER.  AS_ROOT and BEFORE are called in the new
    process, before and after it has become USER; what they open inheritably
    stays open.  In GROUPS is what the user has beside the group of his own."""
    def child():
        # A group of its own, whose parent is in the same session: else the
        # kernel discards what would stop it (an orphaned process group).
        os.setpgid(0, 0)
        if as_root:
            as_root()
        become(user, groups)
        if before:
            before()

    return subprocess.Popen(
        argv, preexec_fn=child, env=environment(user) if env is None else env,
        cwd=cwd, stdin=stdin, stdout=stdout, stderr=stderr, close_fds=False)


def note_messages(result):
    """Where it is collected which messages the tests have seen: see
    ../lint/messages.py."""
    name = os.environ.get('MINIBOX_TEST_MESSAGES')
    if name:
        with open(name, 'a') as file:
            file.write(result.err + result.out[:20_000])


def finish(process, input=None, limit=LIMIT):
    try:
        out, err = process.communicate(input, timeout=limit)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate(timeout=limit)
        raise AssertionError(f'{process.args}: not over after {limit} s: '
                             f'{out!r} {err!r}') from None
    result = Result(process.returncode, (out or b'').decode(errors='replace'),
                    (err or b'').decode(errors='replace'))
    note_messages(result)
    return result


def run(*argv, input=None, limit=LIMIT, **options):
    if input is not None:
        options['stdin'] = subprocess.PIPE
        input = input.encode()
    return finish(start(*argv, **options), input, limit)


def minibox(*args, **options):
    return run(MINIBOX, *args, **options)


def shell(script, **options):
    """The box's shell runs SCRIPT."""
    return minibox('/bin/sh', '-c', script, **options)


def as_user(function, user=ALICE):
    """What FUNCTION returns when USER calls it, as a string."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            become(user)
            os.write(writer, str(function()).encode())
        except BaseException as e:
            os.write(writer, repr(e).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader, 'rb') as file:
        answer = file.read().decode()
    os.waitpid(pid, 0)
    return answer


# Processes

def stat_of(pid):
    """(state, parent, process group) of a process, or None."""
    try:
        with open(f'/proc/{pid}/stat') as file:
            fields = file.read().rpartition(')')[2].split()
    except OSError:
        return None
    return fields[0], int(fields[1]), int(fields[2])


def all_pids():
    return [int(name) for name in os.listdir('/proc') if name.isdigit()]


def pids_with(mark):
    """The processes that have MARK in their arguments."""
    found = []
    for pid in all_pids():
        try:
            with open(f'/proc/{pid}/cmdline', 'rb') as file:
                if mark.encode() in file.read() and pid != os.getpid():
                    found.append(pid)
        except OSError:
            pass
    return found


def children_of(pid):
    return [p for p in all_pids() if (stat_of(p) or (0, 0))[1] == pid]


def wait_for(question, what='', limit=LIMIT):
    """Asks until the answer is true, and returns it."""
    end = time.monotonic() + limit
    while not (answer := question()):
        if time.monotonic() > end:
            raise AssertionError(f'not within {limit} s: {what}')
        time.sleep(0.005)
    return answer


def status_file(text):
    """/proc/PID/status as a dictionary."""
    return dict(re.findall(r'^(\w+):[\t ]*(.*)$', text, re.M))


class Mount(NamedTuple):
    point: str
    options: set
    propagation: list
    type: str
    source: str
    super_options: set


def mounts(mountinfo):
    found = []
    for line in mountinfo.splitlines():
        left, _, right = line.partition(' - ')
        left, right = left.split(' '), right.split(' ')
        found.append(Mount(left[4], set(left[5].split(',')), left[6:],
                           right[0], right[1], set(right[2].split(','))))
    return found


def read(path):
    with open(path) as file:
        return file.read()


def strace(*args, options=(), user='alice', **more):
    """What MINIBOX ARGS does, as USER, seen by root: the result, and the
    lines of each process."""
    with tempfile.TemporaryDirectory(dir=SCRATCH) as directory:
        result = run('strace', '-ff', '-a1', '-s4096', *options, '-o',
                     directory + '/t', '-u', user, MINIBOX, *args,
                     user=SUPERUSER, **more)
        found = []
        for path in sorted(glob.glob(directory + '/t.*')):
            with open(path, errors='replace') as file:
                found.append(file.read().splitlines())
    return result, found


_marks = itertools.count(1)


class Case(unittest.TestCase):
    """A test with a policy of its own, which is alice's demo box at first."""

    maxDiff = None
    policy = box()

    def setUp(self):
        write_policy(self.policy)

    def mark(self):
        """Digits for the arguments of a process that is to be found again (as
        `sleep MARK`); nothing that bears them outlives the test."""
        mark = f'3153600{os.getpid() % 1000:03d}{next(_marks):04d}'
        self.addCleanup(self.no_process, mark)
        return mark

    def no_process(self, mark):
        try:
            wait_for(lambda: not pids_with(mark), f'end of {mark}', 5)
        finally:
            for pid in pids_with(mark):
                os.kill(pid, signal.SIGKILL)

    def start(self, *argv, **options):
        """As start(), and ended with the test."""
        process = start(*argv, **options)

        def end():
            process.kill()
            process.communicate(timeout=LIMIT)
        self.addCleanup(end)
        return process

    def expect(self, process, wanted):
        """What a running process prints, up to WANTED."""
        seen = b''
        end = time.monotonic() + LIMIT
        while not seen.endswith(wanted):
            ready = select.select([process.stdout], [], [],
                                  max(0, end - time.monotonic()))[0]
            data = os.read(process.stdout.fileno(), 1) if ready else b''
            if not data:
                self.fail(f'{wanted!r} did not come: {seen!r}')
            seen += data
        return seen

    def ok(self, result, out=None, status=0):
        """STATUS, nothing on stderr, and OUT on stdout."""
        self.assertEqual((result.status, result.err), (status, ''), result)
        if out is not None:
            self.assertEqual(result.out, out)

    def refused(self, result, status, text=''):
        """STATUS, nothing on stdout, and one line on stderr with TEXT."""
        statuses = status if isinstance(status, tuple) else (status,)
        self.assertIn(result.status, statuses, result)
        self.assertEqual(result.out, '', result)
        self.assertRegex(result.err, r'\Aminibox: [^\x00-\x1f\x7f]+\n\Z')
        self.assertIn(text, result.err)

    def right_or_refused(self, result, out):
        """What a caller in an odd state gets: a box, or one clear line."""
        if result.status == 0:
            self.ok(result, out)
        else:
            self.refused(result, 125)

    def root_file_system(self, name):
        """A small root file system that the test may spoil."""
        path = f'{ROOTS}/{name}'
        remove(path)
        for directory in ('bin', 'proc', 'dev', 'tmp', 'var/tmp', 'run',
                          'home', 'etc', 'sys'):
            os.makedirs(f'{path}/{directory}')
        for program in ('busybox', 'probe'):
            shutil.copy(f'{ROOT}/bin/{program}', f'{path}/bin/{program}')
        for applet in ('sh', 'cat', 'ls', 'echo', 'id', 'touch', 'head'):
            os.symlink('busybox', f'{path}/bin/{applet}')
        os.chmod(f'{path}/tmp', 0o1777)
        os.chmod(f'{path}/var/tmp', 0o1777)
        self.addCleanup(remove, path)
        return path

    def tools(self, name, *directories):
        """As root_file_system(), with more of busybox and with DIRECTORIES."""
        path = self.root_file_system(name)
        for applet in ('true', 'mkdir', 'rmdir', 'rm', 'mv', 'ln', 'cp', 'dd',
                       'chmod', 'stat', 'pwd', 'sleep', 'wc', 'readlink',
                       'find', 'mkfifo', 'grep', 'nc', 'env', 'ps', 'kill'):
            os.symlink('busybox', f'{path}/bin/{applet}')
        for directory in directories:
            os.makedirs(path + directory, exist_ok=True)
        return path

    def directory(self, path, mode=0o755, uid=0):
        """A new directory, gone with the test."""
        self.addCleanup(remove, on_stage(path))
        os.makedirs(path, exist_ok=True)
        os.chown(path, uid, uid)
        os.chmod(path, mode)
        return path

    def file(self, path, text='', mode=0o644, uid=0):
        """A new file, gone with the test."""
        self.addCleanup(remove, on_stage(path))
        write(path, text, mode, uid)
        return path

    def link(self, target, path, uid=0):
        """A new symbolic link, gone with the test."""
        remove(on_stage(path))
        self.addCleanup(remove, path)
        os.symlink(target, path)
        os.lchown(path, uid, uid)
        return path

    def mount(self, point, options='mode=755'):
        """A tmpfs on the host, gone with the test."""
        os.makedirs(on_stage(point), exist_ok=True)
        subprocess.run(['mount', '-t', 'tmpfs', '-o', options, 'x', point],
                       check=True)
        self.addCleanup(subprocess.run, ['umount', '-l', point], check=True)
        return point

    def account(self, name, uid, home, mode=0o700):
        """A further line of /etc/passwd, and the home if it lies in /home."""
        saved = read('/etc/passwd')
        self.addCleanup(write, '/etc/passwd', saved)
        write('/etc/passwd', f'{saved}{name}:x:{uid}:{uid}::{home}:/bin/sh\n')
        if home.startswith('/home/'):
            self.directory(home, mode, uid)
        return User(name, uid, home)


class Terminal:
    """A program in a session of its own on a pseudo terminal."""

    def __init__(self, *argv, user=ALICE, env=None):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                os.fchown(0, user.uid, user.uid)
                become(user)
                os.chdir('/')
                os.execve(argv[0], argv, env or environment(
                    user, TERM='dumb', PS1='outside> '))
            finally:
                os._exit(99)
        self.seen = ''

    def send(self, text):
        os.write(self.fd, text.encode())

    def expect(self, pattern, limit=LIMIT):
        """Reads until PATTERN matches, and returns the match."""
        end = time.monotonic() + limit
        while not (match := re.search(pattern, self.seen)):
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise AssertionError(f'no {pattern!r} in {self.seen!r}')
            try:
                data = os.read(self.fd, 4096)
            except OSError:
                data = b''
            if not data:
                raise AssertionError(f'no {pattern!r}, but the end, in '
                                     f'{self.seen!r}')
            self.seen += data.decode(errors='replace')
        self.seen = self.seen[match.end():]
        return match

    def foreground(self):
        """The process group of the foreground."""
        return os.tcgetpgrp(self.fd)

    def modes(self):
        return termios.tcgetattr(self.fd)

    def wait(self, limit=LIMIT):
        """The exit status, as of Popen."""
        _, status = wait_for(lambda: (r := os.waitpid(self.pid, os.WNOHANG))[0]
                             and r, 'end of the terminal', limit)
        self.pid = None
        return os.waitstatus_to_exitcode(status)

    def close(self):
        if self.fd is None:
            return
        os.close(self.fd)       # hangs up
        self.fd = None
        if self.pid is not None:
            try:
                self.wait(2)
            except AssertionError:
                os.kill(self.pid, signal.SIGKILL)
                self.wait()


# The runner

def run_suite(suite):
    """The result, and the names of the tests that failed."""
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2,
                                     descriptions=False).run(suite)
    failed = {getattr(test, 'test_case', test).id()
              for test, _ in result.failures + result.errors}
    return result, failed | {test.id() for test in result.unexpectedSuccesses}


def main(patterns):
    # nohup(1), or a shell that starts us in the background, ignores these, and
    # that is inherited by every program, and kept by shells.
    for number in signal.SIGHUP, signal.SIGINT, signal.SIGQUIT:
        signal.signal(number, signal.SIG_DFL)
    for name in os.listdir('/proc/self/fd'):    # nothing of ours leaks in
        if int(name) > 2:
            try:
                os.set_inheritable(int(name), False)
            except OSError:
                pass
    loader = unittest.TestLoader()
    if patterns:
        loader.testNamePatterns = [p if '*' in p else f'*{p}*'
                                   for p in patterns]
    suite = loader.discover(os.path.dirname(os.path.abspath(__file__)))
    result, failed = run_suite(suite)
    if failed and SLOW > 1:
        print(f'once more, since this is slow: {" ".join(sorted(failed))}')
        failed = run_suite(unittest.TestLoader().loadTestsFromNames(failed))[1]
    skipped = {getattr(test, 'test_case', test).id()
               for test, _ in result.skipped} - failed
    passed = result.testsRun - len(failed) - len(skipped)
    print(f'{passed} passed, {len(failed)} failed, {len(skipped)} skipped')
    return 1 if failed or not result.testsRun else 0
