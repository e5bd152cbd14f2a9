# SPDX-License-Identifier: MIT
"""How long does it take to start a program in a box, compared with others?

Every round starts each of the contenders once, one after the other, each round
with another one first; a ratio is taken within a round, so that the drift of
the machine cancels out.  The time is that from posix_spawn to the end of the
program, which is the busybox applet true."""

import ctypes
import gc
import os
import shutil
import statistics
import subprocess
import sys
import time
from typing import NamedTuple

MINIBOX = '/usr/local/bin/minibox'
ROOT = '/var/lib/minibox/demo'
UID = 4001
SCRATCH = os.environ['STAGE_SCRATCH']
BARE = SCRATCH + '/bare'
COMMAND = '/bin/true'
MOUNTS = 1000
BOXES_OF_MANY = 10_000
MS_BIND = 0x1000


class Contender(NamedTuple):
    name: str
    uid: int        # who starts it
    argv: list
    what: str


CONTENDERS = [
    Contender('minibox', UID, [MINIBOX, '-b', 'demo', COMMAND],
              'setuid root, started by a user; policy, drop, filter'),
    Contender('bare', 0, [BARE, ROOT, COMMAND],
              'C program, same libc: the same namespaces and mounts, no more'),
    Contender('unshare', 0, [
        'unshare', '--mount', '--pid', '--fork', '--ipc', '--uts', '--cgroup',
        '--net', '--root=' + ROOT, '--mount-proc', COMMAND],
        'same namespaces, but of the mounts only /proc'),
    Contender('bwrap', 0, [
        'bwrap', '--unshare-pid', '--unshare-ipc', '--unshare-uts',
        '--unshare-cgroup', '--unshare-net', '--ro-bind', ROOT, '/',
        '--tmpfs', '/tmp', '--tmpfs', '/var/tmp', '--tmpfs', '/run',
        '--tmpfs', '/home', '--proc', '/proc', '--dev', '/dev',
        '--hostname', 'container-box', COMMAND],
        'same namespaces and mounts, started by root'),
]

# What the rest of a box costs, beside the default.
FULL = """[box full]
rootfs = /var/lib/minibox/demo
root = overlay
users = tester
command = *
home = rw
bind = /usr:/b1
bind = /etc:/b2
bind = %h/d1:/b3:rw
bind = %h/d2:/b4
bind = %h/d3:/b5
[box listed]
rootfs = /var/lib/minibox/demo
users = tester
command = /bin/true
exec = listed
"""
BOXES = [
    CONTENDERS[0],
    Contender('full', UID, [MINIBOX, '-b', 'full', COMMAND],
              'minibox with overlay, home, passwd and five binds'),
    Contender('listed', UID, [MINIBOX, '-b', 'listed', COMMAND],
              'minibox with exec = listed'),
]


def more_boxes():
    """A home with three directories, and boxes that use it."""
    home = SCRATCH + '/home'
    for path in home, *(f'{home}/d{i}' for i in (1, 2, 3)):
        os.mkdir(path)
        os.chown(path, UID, UID)
    with open('/etc/passwd') as file:
        lines = file.read().replace(':4001::/nonexistent:', f':4001::{home}:')
    with open('/etc/passwd', 'w') as file:
        file.write(lines)
    with open('/etc/minibox.conf', 'a') as file:
        file.write(FULL)


def start_and_wait(contender, path):
    """Milliseconds."""
    # The saved id stays 0 here, and is gone after the execve of the child.
    os.setresgid(contender.uid, contender.uid, 0)
    os.setresuid(contender.uid, contender.uid, 0)
    started = time.perf_counter()
    pid = os.posix_spawn(path, contender.argv, {'PATH': os.environ['PATH']},
                         file_actions=[(os.POSIX_SPAWN_DUP2, 0, 1)])
    _, status = os.waitpid(pid, 0)
    took = time.perf_counter() - started
    os.setresuid(0, 0, 0)
    os.setresgid(0, 0, 0)
    if status:
        sys.exit(f'compare.py: {contender.name}: status '
                 f'{os.waitstatus_to_exitcode(status)}')
    return took * 1000


def measure(title, contenders, rounds):
    paths = {c.name: shutil.which(c.argv[0]) for c in contenders}
    times = {c.name: [] for c in contenders}
    for i in range(-5, rounds):         # the first are to warm up
        first = i % len(contenders)
        for c in contenders[first:] + contenders[:first]:
            took = start_and_wait(c, paths[c.name])
            if i >= 0:
                times[c.name].append(took)
    print(f'\n{title}: {rounds} rounds, medians\n')
    print(f'{"":10}{"ms":>7}{"minibox / it":>14}{"half of them":>16}')
    own = times[contenders[0].name]
    for c in contenders:
        ratios = [a / b for a, b in zip(own, times[c.name])]
        low, middle, high = statistics.quantiles(ratios, n=4)
        print(f'{c.name:10}{statistics.median(times[c.name]):7.2f}' +
              (f'{middle:14.2f}{low:10.2f}-{high:.2f}'
               if c is not contenders[0] else f'{"":30}') + f'   {c.what}')


def more_mounts():
    libc = ctypes.CDLL(None, use_errno=True)
    directory = SCRATCH + '/mounts'
    os.mkdir(directory)
    for i in range(MOUNTS):
        path = f'{directory}/{i}'
        os.mkdir(path)
        if libc.mount(directory.encode(), path.encode(), None, MS_BIND, None):
            sys.exit(f'compare.py: mount: {os.strerror(ctypes.get_errno())}')


def decisions(rounds):
    """The same question to a policy of one box, and to one of many."""
    one = f'[box demo]\nrootfs = {ROOT}\nusers = {UID}\ncommand = *\n'
    policies = one, ''.join(
        f'[box b{i}]\nrootfs = /srv/minibox/b{i}\nusers = u{i}\ncommand = *\n'
        for i in range(BOXES_OF_MANY - 1)) + one
    asked = Contender('decision', UID, [MINIBOX, '-n', '-b', 'demo', COMMAND],
                      '')
    times = [], []
    for _ in range(rounds):
        for policy, own in zip(policies, times):
            with open('/etc/minibox.conf', 'w') as file:
                file.write(policy)
            start_and_wait(asked, MINIBOX)      # to warm up
            own.append(start_and_wait(asked, MINIBOX))
    more = [b - a for a, b in zip(*times)]
    low, middle, high = statistics.quantiles(more, n=4)
    print(f'\na decision (minibox -n): {rounds} rounds, medians\n')
    for own, count in zip(times, (1, BOXES_OF_MANY)):
        print(f'{statistics.median(own):10.2f} ms   {count} boxes')
    print(f'{middle:10.2f} ms   more, half of them {low:.2f}-{high:.2f}')


def main():
    source = os.path.dirname(os.path.abspath(__file__)) + '/bare.c'
    subprocess.run([os.environ.get('CC', 'cc'), '-O2', '-static-pie', '-o',
                    BARE, source], check=True)
    null = os.open('/dev/null', os.O_RDWR)
    os.dup2(null, 0)
    os.setgroups([])
    os.chdir('/')
    contenders = [c for c in CONTENDERS if shutil.which(c.argv[0])]
    for c in CONTENDERS:
        if c not in contenders:
            print(f'{c.name} is not installed and is left out')
    gc.disable()
    print(f'{COMMAND} of {ROOT}, started and waited for')
    measure('as the host is', contenders, 500)
    more_boxes()
    measure('the default box, and others', BOXES, 300)
    more_mounts()
    measure(f'with {MOUNTS} more mounts', contenders, 150)
    decisions(100)


main()
