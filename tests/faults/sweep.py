# SPDX-License-Identifier: MIT
"""What if a system call of the privileged half fails, or if a process is
killed there?

One run under strace(1) lists every call of the three processes of a box: of
the caller's process (which becomes the monitor), of init, and of the command
up to its execve.  Then there is a run for each of these calls and for each
thing that may happen at it; inject.c makes it happen.

Whatever happens, no process of the box is left, and the host's mounts and name
are what they were.  If a call fails, the status is 125, there is one line on
stderr, and the command has not run; where minibox may go on (HARMLESS), the
command finds the very box of the undisturbed run, and the three processes have
no more privilege than there; or the run ends like that.
If a process is killed before the go byte, the command has not run.

stage.sh says where this runs, and that as root."""

import concurrent.futures
import errno
import glob
import itertools
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from typing import NamedTuple

MINIBOX = '/usr/local/bin/minibox'
POLICY = '/etc/minibox.conf'
MESSAGES = os.environ.get('MINIBOX_TEST_MESSAGES')  # see ../lint/messages.py
ROOT = '/var/lib/minibox/demo'
USER, UID = 'tester', 4001
SCRATCH = os.environ['STAGE_SCRATCH']
INJECT = SCRATCH + '/inject'
ROLES = {'caller': '0', 'init': '1', 'command': '2', 'any process': 'any'}
# How much slower than usual the machine is, as under emulation: there only one
# run of so many is made, but for those that take what few machines have.
SLOW = int(os.environ.get('MINIBOX_TEST_SLOW', '1'))
LIMIT = 30 * SLOW       # seconds that a run may take
HOME = SCRATCH + '/home'        # of the user

# What takes a control group of version 2, where there is one.
LIMITS = '\n'.join(['memory = 256M', 'pids-limit = 100', 'cpus = 1']
                   if os.path.exists('/sys/fs/cgroup/cgroup.controllers')
                   else [])

# The boxes: the default one; one that lists its commands, so that the way to
# them is looked at; one that lets nothing else be executed; one with all that a
# box can have; and one with limits.
BOXES = f"""
[box listed]
rootfs = {ROOT}
users = tester
command = /bin/sh
[box strict]
rootfs = {ROOT}
users = tester
command = /bin/sh
command = /few/
exec = listed
[box full]
rootfs = {ROOT}
users = tester
command = *
root = overlay
home = rw
tmpfs = /scratch:1M:1777
bind = /usr:/host/usr
bind = /etc/hostname:/host/hostname
bind = %h/mine:/host/mine:rw
allow-bind = %h/:/scratch/
network = netns:sweep
[box limited]
rootfs = {ROOT}
users = tester
command = *
timeout = 1h
nice = 1
rlimit-nofile = 100
rlimit-core = 1M
rlimit-cpu = unlimited
{LIMITS}
[box empty]
rootfs = /var/lib/minibox/empty
users = tester
command = *
"""
OPTIONS = {'full': ['-B', HOME + '/asked:/scratch/asked']}

# What the command finds: whatever minibox has set up, but for the working
# directory, which may fall back.
DESCRIBE = r'''
echo RAN
grep -E '^([UG]id|Groups|Sig...|Cap...|NoNewPrivs|Seccomp.*):' /proc/self/status
hostname
umask
ulimit -a
ls /proc/self/fd
stat -c '%A %u %g %n' / /* /var/tmp /dev/* /home/*
ip link show lo | grep -o '<.*>'
cat /proc/mounts /etc/passwd /etc/group
exit 7
'''
LINGER = 'echo RAN; sleep "$0"'
# What the kernel says of each of the three processes as the command starts.
# (What busybox says is no proof: it gives up a foreign id by itself.)
STATE = [
    'Uid:' + f'\t{UID}' * 4, 'Gid:' + f'\t{UID}' * 4, 'Groups:',
    *(f'Cap{which}:\t{0:016}' for which in ('Inh', 'Prm', 'Eff', 'Bnd', 'Amb')),
    'NoNewPrivs:\t1',
]
DESCRIBED = [
    r'\ARAN\n', rf'^Uid:(\t{UID}){{4}}$', rf'^Gid:(\t{UID}){{4}}$',
    r'^SigBlk:\t0{16}$', r'^SigIgn:\t0{16}$', r'^CapInh:\t0{16}$',
    r'^CapPrm:\t0{16}$', r'^CapEff:\t0{16}$', r'^CapBnd:\t0{16}$',
    r'^CapAmb:\t0{16}$', r'^NoNewPrivs:\t1$', r'^Seccomp:\t2$',
    r'^container-box$', r'<LOOPBACK,UP',
]

# Where minibox may go on: the process, what strace shows, and why.
HARMLESS = [
    ('.*', r'close\(', 'it closes, whatever it says'),
    ('caller', r'brk\(', 'malloc takes memory from elsewhere'),
    ('caller', r'setfsuid\(0\)', 'it is 0, and read back'),
    ('caller', r'mount_setattr\(-1, ', 'can only fail; how is the question'),
    ('caller', r'sysinfo\(', 'qsort asks how much memory there is'),
    ('caller', r'newfstatat\(\d+, "", \{st_mode=S_IFREG',
     'the policy is read again, as after a change'),
    ('caller', r'getcwd\(', 'the directory may have been deleted'),
    ('caller', r'openat\(AT_FDCWD, "/dev/tty"', 'there may be no terminal'),
    ('caller', r'(socket|sendmsg)\(.*|openat\(AT_FDCWD, "/proc/self/stat"|'
     r'read\(\d+, "\d+ \(minibox\) ', 'a failure to log changes nothing'),
    ('command', r'chdir\(', 'it falls back to the home, then to /'),
    ('caller|init', r'set(res)?uid\(0', 'is to fail'),
]
if LIMITS:
    HARMLESS.append(('caller', r'faccessat2\(', 'it is set as if it was there'))
# They return no errors: credentials(7), getpid(2), getsid(2) of oneself,
# umask(2).
NEVER_FAIL = {'getuid', 'getgid', 'geteuid', 'getegid', 'getsid', 'getpid',
              'gettid', 'umask', 'exit_group'}
# In these phases (see PHASES) a library is at work.
LIBRARY = {
    'start-up of libc': 'before main; it may end in its own way',
    'libcap-ng looks': 'it has other ways, and what it sets is read back',
    'fork of libc': 'what it tells the kernel concerns threads only',
}
LATE = 'late'   # the command is running
PHASES = {      # and the call that each begins with
    'caller': [('start-up of libc', ''), ('', r'prctl\(PR_SET_DUMPABLE'),
               ('libcap-ng looks', r'capget\(\{version=0'),
               ('', r'capset\('), (LATE, r'poll\(')],
    'init': [('', ''), (LATE, r'rt_sigtimedwait\(')],
    'command': [('fork of libc', ''), ('', r'chdir\(')],
}
# The calls of the drop: "done" is not to be believed.
DROP = {'setuid', 'setresuid', 'setresgid', 'setfsuid', 'setfsgid', 'capset'}
DROP_PRCTL = r'prctl\(PR_(SET_(SECUREBITS|NO_NEW_PRIVS|DUMPABLE)|CAPBSET_DROP' \
    '|CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)'
# How the command is found and started.
LOOKUPS = {'newfstatat', 'fstat', 'openat', 'openat2', 'readlinkat', 'execve',
           'getdents64', 'mmap', 'munmap'}
# Where the monitor and init wait while the command runs.
LONG_WAIT = r'poll\(|rt_sigtimedwait\(.*, NULL, \d+\) '
WAITS = {'read', 'poll', 'waitid', 'wait4', 'rt_sigtimedwait'}
DESCRIPTORS = {'openat', 'openat2', 'open_tree', 'pipe2', 'socket',
               'signalfd4', 'fsopen', 'fsmount'}
# Without these for ever die() cannot drop, or cannot write, and is silent.
SPEECH = {'getresuid', 'getresgid', 'setresuid', 'setresgid', 'capset', 'prctl',
          'write'}


class Call(NamedTuple):
    """One line of a trace."""
    role: str
    name: str
    number: int     # which of this name in this process
    text: str
    value: int      # what it returned
    phase: str


class Case(NamedTuple):
    """One run."""
    kind: str
    role: str
    name: str
    number: str
    action: str
    allowed: tuple  # names of judgements, of which one must hold
    call: Call = None
    box: str = 'demo'

    def __str__(self):
        return (f'{self.role}: {self.name} #{self.number} {self.action}' +
                (f': {self.call.text[:90]}' if self.call else ''))


class Result(NamedTuple):
    done: int       # how often it was injected
    programs: int   # that were started
    status: int     # as a shell shows it; -1: it did not end
    out: str
    err: str
    left: list      # processes
    host: bool      # is as it was
    state: list     # of the three processes at the start of the command

    def __str__(self):
        return (f'status {self.status}, {self.done} injected, {self.programs} '
                f'programs started, processes left: {self.left}, host '
                f'{"as before" if self.host else "CHANGED"}, stderr '
                f'{self.err!r}, stdout {self.out[:40]!r}, state '
                f'{" ".join(self.state)!r}')


counts = Counter()


def check(name, ok, why=''):
    counts['passed' if ok else 'failed'] += 1
    if not ok:
        print(f'FAIL: {name}: {why}', flush=True)


# The host and its processes

def host():
    with open('/proc/self/mountinfo') as file:
        return file.read(), os.uname().nodename


def pids_with(mark):
    """The processes that have MARK in their arguments."""
    found = []
    for name in os.listdir('/proc'):
        try:
            with open(f'/proc/{int(name)}/cmdline', 'rb') as file:
                if mark.encode() in file.read() and int(name) != os.getpid():
                    found.append(int(name))
        except (OSError, ValueError):
            pass
    return found


def end(pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def wait_until(question, limit):
    over = time.monotonic() + limit
    while not question() and time.monotonic() < over:
        time.sleep(0.005)
    return question()


_numbers = itertools.count(1)


def new_mark():
    return f'31536{os.getpid() % 100000:05d}{next(_numbers):06d}'


# Runs

ENVIRONMENT = {'PATH': '/usr/local/bin:/usr/bin:/bin', 'HOME': HOME}


def box(script, mark, name='demo'):
    return [MINIBOX, '-b', name, *OPTIONS.get(name, []), '/bin/sh', '-c',
            script, mark]


def start(mark):
    """A box that goes on until it is ended."""
    return subprocess.Popen(
        box(LINGER, mark), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, cwd='/', env=ENVIRONMENT, user=UID,
        group=UID, extra_groups=[])


def inject(role, name, number, action, script=DESCRIBE, box_name='demo',
           uid=UID, program=None):
    """One run, of a box or of PROGRAM, in which something goes wrong."""
    mark = new_mark()
    before = host()
    report, writer = os.pipe()
    with open(report) as reader, \
            tempfile.TemporaryFile('w+', dir=SCRATCH) as out, \
            tempfile.TemporaryFile('w+', dir=SCRATCH) as err:
        process = subprocess.Popen(
            [INJECT, str(writer), str(uid), ROLES[role], name, str(number),
             action, *(program or box(script, mark, box_name))],
            stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd='/',
            env=ENVIRONMENT, pass_fds=[writer])
        os.close(writer)
        try:
            process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        left = pids_with(mark)
        end(left)
        *state, last = [line.rstrip() for line in reader] or ['0 0 -1']
        out.seek(0)
        err.seek(0)
        result = Result(*map(int, last.split()), out.read(), err.read(), left,
                        host() == before, state)
        if MESSAGES:
            with open(MESSAGES, 'a') as file:
                file.write(result.err)
        return result


# Judgements

def one_line(err):
    return re.fullmatch(r'minibox: [^\x00-\x1f\x7f]+\n', err) is not None


def not_run(r):
    return r.programs <= 1 and r.out == ''


def is_part(r, clean):
    # one of the processes may be gone when the command starts
    return clean.out.startswith(r.out) and set(r.state) <= set(clean.state)


JUDGEMENTS = {
    # the command has run, in just the box of the undisturbed run
    'right': lambda r, clean:
        r.status == 7 and r.err == '' and r.out == clean.out and
        r.state == clean.state,
    'closed': lambda r, clean:
        r.status == 125 and one_line(r.err) and not_run(r),
    'not executable': lambda r, clean:
        r.status in (126, 127) and one_line(r.err) and not_run(r),
    'silent': lambda r, clean: r.status == 125 and r.err == '' and not_run(r),
    # what fails in two processes may be told by both
    'two lines': lambda r, clean:
        r.status == 125 and not_run(r) and
        all(map(one_line, r.err.splitlines(True))),
    'stillborn': lambda r, clean: r.status not in (0, 7) and not_run(r),
    'broken off': lambda r, clean:
        r.status == 125 and one_line(r.err) and is_part(r, clean),
    'broken off silently': lambda r, clean:
        r.status == 125 and r.err == '' and is_part(r, clean),
    'killed': lambda r, clean: r.status == 137 and r.err == '' and not_run(r),
    'killed late': lambda r, clean:
        r.status == 137 and r.err == '' and r.out in ('', 'RAN\n'),
    'lost': lambda r, clean: r.status == 125 and one_line(r.err) and
        r.out in ('', 'RAN\n'),
}


def is_tidy(r):
    return not r.left and r.host and r.status != -1


def is_fine(case, r, clean):
    return r.done > 0 and is_tidy(r) and any(
        JUDGEMENTS[name](r, clean) for name in case.allowed)


# Traces

def traces(*args):
    """The lines of each process, and the exit status."""
    with tempfile.TemporaryDirectory(dir=SCRATCH) as directory:
        status = subprocess.run(
            ['strace', '-ff', '-a1', '-s4096', '-u', USER, '-o',
             directory + '/trace', MINIBOX, *args], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd='/',
            env=ENVIRONMENT, timeout=LIMIT).returncode
        found = []
        for path in glob.glob(directory + '/trace.*'):
            with open(path, errors='replace') as file:
                found.append(file.read().splitlines())
        return found, status


def of_roles(found):
    """The traces of the three processes."""
    def one(question):
        fitting = [lines for lines in found if any(map(question, lines))]
        if len(fitting) != 1:
            sys.exit(f'sweep.py: {len(fitting)} processes, 1 expected')
        return fitting[0]

    return {
        'caller': one(lambda line: line.startswith(f'execve("{MINIBOX}"')),
        'init': one(lambda line: line.startswith('pivot_root(')),
        'command': one(lambda line: line.startswith('prctl(PR_SET_SECCOMP')),
    }


def parse(role, lines):
    calls, seen, phases, phase = [], Counter(), PHASES[role][:], ''
    for text in lines:
        match = re.match(r'(\w+)\(.*\) += (-?\w+)', text)
        if not match:
            continue
        if phases and re.match(phases[0][1], text):
            phase = phases.pop(0)[0]
        name, value = match[1], match[2]
        seen[name] += 1
        # umask(2) is shown in octal
        calls.append(Call(role, name, seen[name], text, int(
            value, 8 if re.fullmatch('0[0-7]+', value) else 0), phase))
    if phases:
        sys.exit(f'sweep.py: no {phases[0]} in the trace of {role}')
    return calls


def before_exec(lines):
    """What the process does as minibox."""
    for i, line in enumerate(lines):
        if line.startswith('execve(') and MINIBOX not in line:
            return lines[:i + 1]
    return lines


def record(box_name):
    """The calls of the three processes in an undisturbed run."""
    found, status = traces(*box(DESCRIBE, '0', box_name)[1:])
    if status != 7:
        sys.exit(f'sweep.py: the box under strace ended with status {status}')
    roles = of_roles(found)
    return (parse('caller', roles['caller'][1:]) + parse('init', roles['init'])
            + parse('command', before_exec(roles['command'])))


# What is to be run

def is_drop(call):
    return call.name in DROP or re.match(DROP_PRCTL, call.text)


def is_row_of(row, call):
    return re.fullmatch(row[0], call.role) and re.match(row[1], call.text)


def allowed_after_error(call, box_name):
    if call.phase == LATE:
        return 'right', 'broken off'
    if call.phase == 'start-up of libc':
        return 'right', 'stillborn'
    if call.phase in LIBRARY and not is_drop(call) or any(
            is_row_of(row, call) for row in HARMLESS):
        return 'right', 'closed'
    if call.role == 'command' and call.name in LOOKUPS:
        if box_name == 'strict':    # what it cannot look at is not executed
            return 'right', 'closed', 'not executable'
        return 'closed', 'not executable'
    return 'closed',


def errors_of(call):
    """The things that may go wrong with a call."""
    if call.name in NEVER_FAIL:
        return []
    if call.name == 'brk':      # it returns the end that it has not moved
        return ['return=0']
    if call.name == 'close':    # it closes in any case
        return [f'result={errno.EIO}', f'result={errno.EINTR}']
    second = errno.EMFILE if call.name in DESCRIPTORS else errno.ENOMEM
    return [f'error={errno.EPERM}', f'error={second}']


def errors(calls, box_name='demo'):
    for c in calls:
        for action in errors_of(c):
            yield Case('errors', c.role, c.name, str(c.number), action,
                       allowed_after_error(c, box_name), c, box_name)
        if c.name in WAITS:
            yield Case('interruptions', c.role, c.name, str(c.number),
                       f'error={errno.EINTR}',
                       ('right', *allowed_after_error(c, box_name)), c, box_name)
        if c.text.startswith('mount_setattr(-1, '):
            yield Case('errors', c.role, c.name, str(c.number),
                       f'error={errno.ENOSYS}', ('closed',), c, box_name)


def lasting_errors(calls, box_name='demo'):
    """A call that fails from the first time on, in one process or in all."""
    for role in ROLES:
        names = {}
        for c in calls:
            if role in (c.role, 'any process') and errors_of(c):
                names.setdefault(c.name, []).append(c)
        for name, some in names.items():
            allowed = {'closed', *(a for c in some
                                   for a in allowed_after_error(c, box_name))}
            if name in SPEECH:
                allowed.add('silent')
                if 'broken off' in allowed:
                    allowed.add('broken off silently')
            if role == 'any process':
                allowed.add('two lines')
            yield Case('lasting errors', role, name, '1+',
                       errors_of(some[0])[0], tuple(allowed), None, box_name)


def pretences(calls, box_name='demo'):
    """The calls of the drop do nothing and say that they did."""
    for c in calls:
        if 'CAPBSET_DROP' in c.text and c.value == -1:
            continue                # no such capability: nothing to drop
        if is_drop(c):
            yield Case('pretences', c.role, c.name, str(c.number),
                       f'return={max(c.value, 0)}', ('closed',)
                       if c.value == -1 else ('right', 'closed'), c, box_name)


def kills(calls, box_name='demo'):
    """SIGKILL just before each call, up to the first of the long wait."""
    for role, early, late in (('caller', 'killed', 'killed late'),
                              ('init', 'closed', 'lost')):
        for c in calls:
            if c.role == role and c.name != 'exit_group':
                yield Case('kills', role, c.name, str(c.number), 'kill',
                           (late if c.phase == LATE else early,), c, box_name)
                if c.phase == LATE and re.match(LONG_WAIT, c.text):
                    break


def sweep(all_cases, cleans):
    cases = [case for number, case in enumerate(all_cases)
             if number % SLOW == 0 or case.box == 'limited']
    left_out = len(all_cases) - len(cases)
    counts['skipped'] += left_out
    if left_out:
        print(f'skip: {left_out} of {len(all_cases)} runs, since this is slow')

    def run(case):
        script = LINGER if case.action == 'kill' else DESCRIBE
        for _ in range(5):
            r = inject(*case[1:5], script, case.box)
            # How often the monitor wakes up is a matter of luck.
            if r.done or not case.call or case.call.phase != LATE:
                break
        return r

    started, kinds, chance = time.monotonic(), Counter(), 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for case, r in zip(cases, pool.map(run, cases)):
            if (not r.done and case.call and case.call.phase == LATE and
                    is_tidy(r) and
                    JUDGEMENTS['right'](r, cleans[case.box])):
                chance += 1
                continue
            kinds[case.kind] += 1
            check(f'{case.kind}: {case.box}: {case}',
                  is_fine(case, r, cleans[case.box]), r)
    for kind, n in kinds.items():
        print(f'{kind}: {n} runs')
    print(f'{chance} of the calls while the command runs did not come again; '
          f'{time.monotonic() - started:.0f} s')


def random_kills():
    """At any instant, also within a call, and with nobody tracing."""
    chance, before = random.Random(1), host()
    for i in range(max(150 // SLOW, 10)):
        mark = new_mark()
        process = start(mark)
        time.sleep(chance.uniform(0, 0.006) * SLOW)
        victim, expected = process.pid, -signal.SIGKILL
        with open(f'/proc/{victim}/task/{victim}/children') as file:
            init = file.read().split()
        if i % 2 and init:
            victim, expected = int(init[0]), 125
        os.kill(victim, signal.SIGKILL)
        status = process.wait(LIMIT)
        gone = wait_until(lambda: not pids_with(mark), 2 * SLOW)
        check(f'kill number {i} of {"monitor" if expected < 0 else "init"}',
              gone and status == expected and host() == before,
              (status, pids_with(mark)))
        end(pids_with(mark))


# Is the detector to be trusted?

def controls(clean, calls):
    check('an undisturbed run', is_tidy(clean) and
          JUDGEMENTS['right'](clean, clean) and clean.programs > 1, clean)
    for pattern in DESCRIBED:
        check(f'the command finds {pattern}',
              re.search(pattern, clean.out, re.M), clean.out)
    check('no process has a privilege when the command starts', clean.state ==
          [f'{i} {line}' for i in range(3) for line in STATE], clean.state)
    check('control: an undisturbed run is not taken for a closed one',
          not any(JUDGEMENTS[name](clean, clean)
                  for name in ('closed', 'not executable', 'silent', 'killed',
                               'stillborn', 'lost')))
    case = Case('', 'caller', 'clone3', '99', 'error=1', ('right', 'closed'))
    r = inject(*case[1:5])
    check('control: what never came is not taken for an injection',
          r.done == 0 and not is_fine(case, r, clean), r)

    r = inject('caller', 'clone3', '99', 'error=1', uid=0,
               program=['/bin/sh', '-c', '/bin/sh -c "/bin/true; :"; :'])
    check('control: a privilege is seen in each process',
          all(f'{i} Uid:' + '\t0' * 4 in r.state and
              f'{i} CapEff:\t{0:016}' not in r.state for i in range(3)), r)
    outside = subprocess.run(
        ['chroot', ROOT, '/bin/sh', '-c', DESCRIBE], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    check('control: root without a box is told from the command',
          outside.startswith('RAN\n') and outside != clean.out and
          sum(not re.search(p, outside, re.M) for p in DESCRIBED) > 5, outside)
    for role, pattern, what in (
            ('command', r'prctl\(PR_SET_SECCOMP', 'a command without a filter'),
            ('init', r'sethostname\(', 'a box with the name of the host'),
            ('init', r'fchownat\(', 'a box with a wrong owner'),
            ('init', r'move_mount\(', 'a box without one of its mounts')):
        call = [c for c in calls
                if c.role == role and re.match(pattern, c.text)][-1]
        r = inject(role, call.name, call.number, 'return=0')
        check(f'control: {what} is told from a right one',
              r.done == 1 and r.out.startswith('RAN\n') and r.out != clean.out,
              r)

    mark = new_mark()
    process = start(mark)
    check('control: the processes of a running box are found',
          wait_until(lambda: len(pids_with(mark)) >= 3, 5), pids_with(mark))
    process.kill()
    process.wait()
    check('a box goes with its monitor',
          wait_until(lambda: not pids_with(mark), 2), pids_with(mark))
    end(pids_with(mark))

    before = host()
    subprocess.run(['mount', '-t', 'tmpfs', 'tmpfs', ROOT], check=True)
    check('control: a new mount is seen', host() != before)
    subprocess.run(['umount', ROOT], check=True)
    check('control: and that it is gone', host() == before)


# What a run may not do, whatever comes of it

PATHS = r'(open|access|stat|readlink|connect|execve)'
FOREIGN = r'nss|nsswitch|nscd|locale|localtime|ld\.so|gconv'


def last_drop(lines):
    """Where the process has given up root; -1: nowhere."""
    return max((i for i, line in enumerate(lines)
                if line.startswith('setresuid(') and line.endswith(' = 0')),
               default=-1)


def outputs_before_drop(found):
    """The calls on descriptors 0-2 that a process makes while it is root."""
    inits = [lines for lines in found
             if any(line.startswith('pivot_root(') for line in lines)]
    forks = [i for lines in inits for i, line in enumerate(lines)
             if line.startswith('clone(') and i > last_drop(lines) >= 0]
    early = []
    for lines in found:
        # The child of an init that has dropped has nothing to drop.
        if forks and lines not in inits and lines[0].startswith('set_robust'):
            continue
        drop = last_drop(lines)
        early += [line for i, line in enumerate(lines) if (drop < 0 or i < drop)
                  and re.match(r'(p?writev?(64)?|send\w*|ioctl)\([012],', line)]
    return early


def early_output():
    """However it ends: no output on the caller's descriptors before the drop,
    and no file of a name service or a locale."""
    runs = [
        (7, '-b', 'demo', '/bin/sh', '-c', 'exit 7'),
        (0, '-b', 'listed', '/bin/sh', '-c', 'exit 0'),
        (0, '-b', 'strict', '/bin/sh', '-c', 'exit 0'),
        (0, '-b', 'full', *OPTIONS['full'], '/bin/true'),
        (126, '-b', 'full', '-B', '/etc', '/bin/true'),
        (125, '--no-such-option'),
        (126, '-b', 'nonesuch', '/bin/true'),
        (126, '-b', 'listed', '/bin/false'),
        (125, '-b', 'empty', '/bin/true'),
        (127, '-b', 'demo', '/bin/nonesuch'),
        (126, '-b', 'demo', '/etc/passwd'),
        (0, '-n', '-b', 'demo', '/bin/true'),
        (126, '-n', '-b', 'listed', '/bin/false'),
        (0, '-l'), (0, '-h'), (0, '-V'),
        (0, '--check', POLICY), (1, '--check', '/etc/passwd'),
    ]
    for expected, *args in runs:
        name = ' '.join(['minibox', *args])
        found, status = traces(*args)
        found = [before_exec(lines) for lines in found]
        check(f'{name}: status', status == expected, status)
        early = outputs_before_drop(found)
        check(f'{name}: no output before the drop', not early, early)
        foreign = [line for lines in found for line in lines
                   if re.match(rf'\w*{PATHS}', line) and
                   re.search(FOREIGN, line)]
        check(f'{name}: no foreign file', not foreign, foreign)
        if expected == 7:
            programs = [line for lines in found for line in lines
                        if line.startswith('execve(')]
            check(f'{name}: two programs', len(programs) == 2, programs)
    written = ['write(2, "x", 1) = 1', 'setresuid(4001, 4001, 4001) = 0']
    check('control: output before the drop is seen',
          outputs_before_drop([written]) and
          not outputs_before_drop([written[::-1]]))


def more_boxes():
    os.mkdir('/var/lib/minibox/empty')
    os.mkdir(ROOT + '/few')
    os.symlink('/bin/busybox', ROOT + '/few/link')
    with open(ROOT + '/few/script', 'x') as file:
        file.write('#!/bin/sh\n')
    for path in HOME, HOME + '/mine', HOME + '/asked':
        os.mkdir(path)
        os.chown(path, UID, UID)
    with open('/etc/passwd') as file:
        lines = file.read().replace(f':{UID}::/nonexistent:', f':{UID}::{HOME}:')
    with open('/etc/passwd', 'w') as file:
        file.write(lines)
    with open(POLICY + '.d/more.conf', 'w') as file:
        file.write('[box more]\nrootfs = /var/lib/minibox/demo\n')
    with open(POLICY, 'a') as file:
        file.write(BOXES)
    os.mkdir('/run/netns')
    open('/run/netns/sweep', 'x').close()
    subprocess.run(['unshare', '--net=/run/netns/sweep', 'sh', '-c',
                    'ip link set lo up'], check=True)


def build():
    cc = os.environ.get('CC', 'cc')
    macros = subprocess.run(
        [cc, '-E', '-dM', '-'], input='#include <sys/syscall.h>\n', text=True,
        stdout=subprocess.PIPE, check=True).stdout
    with open(SCRATCH + '/names.h', 'w') as file:
        for name in re.findall(r'^#define __NR_([a-z0-9_]+) ', macros, re.M):
            file.write(f'[__NR_{name}] = "{name}",\n')
    source = os.path.dirname(os.path.abspath(__file__)) + '/inject.c'
    subprocess.run([cc, '-O1', '-I', SCRATCH, '-o', INJECT, source], check=True)


def outline(call):
    """A call without its numbers, which differ from run to run."""
    return re.sub(r'0x[0-9a-f]+|\d+', 'N', call.text)


def main():
    # As in a shell of a user's: these are inherited if they are ignored.
    for number in signal.SIGHUP, signal.SIGINT, signal.SIGQUIT:
        signal.signal(number, signal.SIG_DFL)
    build()
    more_boxes()
    calls, full = record('demo'), record('full')
    known = {(c.role, outline(c)) for c in calls}
    record('limited')       # once for all, it makes the group of the boxes
    # How many groups of other boxes are left is a matter of luck.
    limits = [c for c in record('limited')
              if (c.role, outline(c)) not in known and
              not (c.role == 'caller' and c.name in ('kill', 'unlinkat'))]
    inside = [c for c in full if c.role != 'caller']
    lookups = {name: [c for c in record(name) if c.role == 'command']
               for name in ('listed', 'strict')}
    cleans = {name: inject('caller', 'clone3', '99', 'error=1', box_name=name)
              for name in ('demo', 'listed', 'strict', 'full', 'limited')}
    for name, clean in cleans.items():
        check(f'an undisturbed run of {name}',
              is_tidy(clean) and JUDGEMENTS['right'](clean, clean), clean)
    controls(cleans['demo'], calls)
    early_output()
    for row in HARMLESS:
        check(f'there is a call for the row {row}',
              any(is_row_of(row, c)
                  for c in calls + full + limits + lookups['strict']))
    for role, n in Counter(c.role for c in calls).items():
        print(f'{role}: {n} calls')
    never = sorted({c.name for c in calls} & NEVER_FAIL)
    print(f'left out, since they cannot fail: {", ".join(never)}')
    sweep([*errors(calls), *lasting_errors(calls), *pretences(calls),
           *kills(calls), *errors(inside, 'full'), *pretences(inside, 'full'),
           *lasting_errors(inside, 'full'), *kills(inside, 'full'),
           *errors(limits, 'limited'), *lasting_errors(limits, 'limited'),
           *kills(limits, 'limited'),
           *(case for name, some in lookups.items()
             for case in errors(some, name))], cleans)
    random_kills()
    print(f'{counts["passed"]} passed, {counts["failed"]} failed, '
          f'{counts["skipped"]} skipped')
    return 1 if counts['failed'] or not counts['passed'] else 0


if __name__ == '__main__':
    sys.exit(main())
