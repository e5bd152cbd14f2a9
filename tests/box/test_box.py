# SPDX-License-Identifier: MIT
"""What is a box, to the command that runs in it and to the host around it?"""

import os
import re
import signal
import subprocess

import harness
from harness import (ALICE, BOB, CAROL, HOMELESS, LAB, NOBODY, PROBE, ROOT,
                     STRANGER, box, minibox, mounts, read, run, shell,
                     status_file, write, write_policy)

ZERO = '0' * 16


class Names(harness.Case):
    def test_hostname(self):
        own = os.uname().nodename
        self.assertNotEqual(own, 'container-box')
        self.ok(minibox('/bin/hostname'), 'container-box\n')
        write_policy(box(hostname='lab7'))
        self.ok(minibox('/bin/hostname'), 'lab7\n')
        self.ok(minibox('--hostname=x.y', '/bin/hostname'), 'x.y\n')
        self.ok(minibox('--hostname', 'z', '/bin/hostname'), 'z\n')
        write_policy(box('a1', hostname='in-%b'))
        self.ok(minibox('/bin/hostname'), 'in-a1\n')
        self.assertEqual(os.uname().nodename, own)

    def test_bad_hostname(self):
        for name in '', 'a b', 'a\n', 'x' * 65, '\x1b[2J':
            with self.subTest(name):
                self.refused(minibox('--hostname=' + name, '/bin/true'), 125)

    def test_H23_ps_shows_only_the_box(self):
        mark = self.mark()
        outside = self.start('/bin/sleep', mark)
        out = shell('ps; exit 0').out
        rows = out.splitlines()[1:]
        self.assertLessEqual(len(rows), 3, out)
        self.assertRegex(out, r'(?m)^ *2 .*sh -c')
        self.assertNotIn(mark, out)
        self.assertIn(mark, run('/bin/busybox', 'ps').out)      # control
        self.assertIsNone(outside.poll())

    def test_command_is_pid_2(self):
        self.ok(shell('echo $$'), '2\n')


class Identity(harness.Case):
    policy = box(users='*')

    def test_ids(self):
        for user in ALICE, BOB, NOBODY, STRANGER:
            with self.subTest(user.name):
                status = status_file(minibox('/bin/cat', '/proc/self/status',
                                             user=user).out)
                self.assertEqual(status['Uid'], '\t'.join([str(user.uid)] * 4))
                self.assertEqual(status['Gid'], '\t'.join([str(user.uid)] * 4))

    def test_H14_groups_are_kept(self):
        for groups in (), (LAB,), (20, 100, LAB), range(10000, 75000):
            with self.subTest(len(groups)):
                options = {'groups': groups}
                inside = minibox('/bin/cat', '/proc/self/status', **options)
                outside = run('/bin/cat', '/proc/self/status', **options)
                self.assertEqual(status_file(inside.out)['Groups'],
                                 status_file(outside.out)['Groups'])
                self.assertEqual(
                    sorted(map(int, status_file(inside.out)['Groups'].split())),
                    list(groups))

    def test_no_privilege(self):
        status = status_file(minibox('/bin/cat', '/proc/self/status').out)
        for name in 'CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb':
            self.assertEqual(status[name], ZERO, name)
        self.assertEqual((status['NoNewPrivs'], status['Seccomp']), ('1', '2'))
        outside = status_file(run('/bin/cat', '/proc/self/status').out)
        self.assertNotEqual(outside['CapBnd'], ZERO)            # control

    def test_signals_are_as_after_login(self):
        status = status_file(minibox('/bin/cat', '/proc/self/status').out)
        for name in 'SigBlk', 'SigIgn', 'SigCgt', 'SigPnd', 'ShdPnd':
            self.assertEqual(status[name], ZERO, name)

    def test_M11_umask(self):
        for mask in 0o022, 0o027, 0o077, 0o000:
            with self.subTest(oct(mask)):
                self.ok(shell('umask', before=lambda: os.umask(mask)),
                        f'{mask:04o}\n')
        write_policy(box(umask='027'))
        self.ok(shell('umask', before=lambda: os.umask(0)), '0027\n')

    def test_no_core_dumps(self):
        limits = minibox('/bin/cat', '/proc/self/limits').out
        self.assertRegex(limits, r'(?m)^Max core file size +0 +0 ')

    def test_M27_nice_is_kept(self):
        stat = minibox('/bin/cat', '/proc/self/stat',
                       before=lambda: os.nice(5)).out
        self.assertEqual(stat.rpartition(')')[2].split()[16], '5')


class Descriptors(harness.Case):
    def test_only_standard_ones(self):
        extra = {'before': lambda: [os.dup2(1, fd) for fd in (3, 7, 20, 900)]}
        self.ok(minibox(PROBE, 'fds'), '0\n1\n2\n')
        self.ok(minibox(PROBE, 'fds', **extra), '0\n1\n2\n')
        outside = run(ROOT + PROBE, 'fds', **extra)             # control
        self.assertEqual((outside.status, outside.out),
                         (1, '0\n1\n2\n3\n7\n20\n900\n'))

    def test_listed(self):
        listed = minibox('/bin/ls', '/proc/self/fd').out.split()
        self.assertEqual(listed[:3], ['0', '1', '2'])
        self.assertLessEqual(len(listed), 4, listed)     # and that of ls

    def test_pass_data(self):
        self.ok(minibox('/bin/cat', input='a\nb'), 'a\nb')
        result = shell('echo out; echo err >&2')
        self.assertEqual(result, (0, 'out\n', 'err\n'))


class FileSystem(harness.Case):
    def mounts(self, *options, **more):
        result = minibox(*options, '/bin/cat', '/proc/self/mountinfo', **more)
        self.ok(result)
        return mounts(result.out)

    def test_mount_options(self):
        table = self.mounts()
        for mount in table:
            with self.subTest(mount.point):
                self.assertIn('nosuid', mount.options)
                if not (mount.point + '/').startswith('/dev/'):
                    self.assertIn('nodev', mount.options)
                self.assertEqual(mount.propagation, [])
        outside = mounts(read('/proc/self/mountinfo'))          # control
        self.assertFalse(all('nosuid' in m.options for m in outside))

    def test_mount_points(self):
        points = {m.point: m.type for m in self.mounts()}
        for point, kind in {'/proc': 'proc', '/dev': 'tmpfs', '/tmp': 'tmpfs',
                            '/dev/pts': 'devpts', '/dev/shm': 'tmpfs',
                            '/var/tmp': 'tmpfs', '/run': 'tmpfs',
                            '/home': 'tmpfs', '/etc/passwd': 'tmpfs',
                            '/etc/group': 'tmpfs'}.items():
            self.assertEqual(points.pop(point, None), kind, point)
        points.pop('/')
        self.assertEqual([p for p in points if not p.startswith('/dev/')], [])

    def test_root_is_read_only(self):
        root = [m for m in self.mounts() if m.point == '/'][-1]
        self.assertIn('ro', root.options)
        os.mkdir(ROOT + '/srv')
        os.chmod(ROOT + '/srv', 0o777)
        self.addCleanup(os.rmdir, ROOT + '/srv')
        self.assertIn('Read-only', shell('touch /srv/x').err)
        self.ok(run('/bin/touch', ROOT + '/srv/x'))             # control
        os.unlink(ROOT + '/srv/x')

    def test_root_belongs_to_root(self):
        self.ok(minibox('/bin/stat', '-c', '%u:%g %a', '/'), '0:0 755\n')

    def test_root_is_the_busybox_one(self):
        self.assertEqual(shell('readlink -f /bin/sh').out, '/bin/busybox\n')
        write_policy(box(rootfs='/var/lib/minibox/demo'))
        self.ok(minibox('/bin/sh', '-c', 'exit 0'))

    def test_dot_dot_of_root_is_root(self):
        self.ok(shell('[ / -ef /.. ] && [ / -ef /../.. ]'))

    def test_standing_tmpfs(self):
        modes = {'/tmp': '1777', '/var/tmp': '1777', '/run': '755',
                 '/dev/shm': '1777'}
        for mask in 0o000, 0o077:
            out = minibox('/bin/stat', '-c', '%n %a %u:%g', *modes,
                          before=lambda: os.umask(mask)).out
            self.assertEqual(out.splitlines(),
                             [f'{p} {m} 0:0' for p, m in modes.items()])
        self.ok(shell('echo x >/tmp/a && echo y >/var/tmp/b && cat /tmp/a'),
                'x\n')
        self.assertNotEqual(shell('echo x >/run/a').status, 0)

    def test_M17_tmpfs_has_a_size(self):
        for mount in self.mounts():
            if mount.point in ('/tmp', '/var/tmp', '/run', '/home'):
                with self.subTest(mount.point):
                    self.assertIn('size=65536k', mount.super_options)
                    self.assertIn('nr_inodes=16384', mount.super_options)
        self.assertNotEqual(
            shell('dd if=/dev/zero of=/tmp/x bs=1M count=70').status, 0)
        self.assertEqual(
            shell('dd if=/dev/zero of=/tmp/x bs=1M count=60').status, 0)

    def test_tmp_is_thrown_away(self):
        self.ok(shell('echo x >/tmp/a'))
        self.ok(shell('ls -A /tmp /home/alice'), '/home/alice:\n\n/tmp:\n')

    def test_root_without_mount_points_for_tmp(self):
        path = self.root_file_system('bare')
        for gone in 'tmp', 'var/tmp', 'run':
            os.rmdir(f'{path}/{gone}')
        write_policy(box(rootfs=path))
        points = {m.point for m in self.mounts()}
        self.assertFalse(points & {'/tmp', '/var/tmp', '/run'})
        self.assertIn('/proc', points)

    def test_dev(self):
        self.ok(shell('cd /dev; echo *'),
                'fd full null ptmx pts random shm stderr stdin stdout tty '
                'urandom zero\n')
        self.ok(shell('head -c 3 /dev/zero | od -An -tx1'), ' 00 00 00\n')
        self.ok(shell('echo x >/dev/null; cat /dev/null'), '')
        self.ok(shell('head -c 8 /dev/urandom | wc -c'), '8\n')
        self.assertNotEqual(shell('echo x >/dev/full').status, 0)
        self.ok(minibox(PROBE, 'pty'), '/dev/pts/0\nopen ok\n')
        self.ok(shell('echo i | cat /dev/stdin; (echo o >/dev/stdout) | cat; '
                      '(echo e >/dev/stderr) 2>&1 | cat'), 'i\no\ne\n')
        self.assertNotEqual(shell('mknod /tmp/n c 1 3').status, 0)
        self.assertNotEqual(shell('touch /dev/x').status, 0)

    def test_home(self):
        for user, home in ((ALICE, '/home/alice'), (CAROL, CAROL.home),
                           (HOMELESS, '/home/homeless'),
                           (NOBODY, '/home/nobody'), (STRANGER, '/home/4999')):
            with self.subTest(user.name):
                write_policy(box(users='*'))
                for mask in 0o022, 0o077:       # of the way there as well
                    result = shell('echo $HOME; stat -c %u:%a $HOME; '
                                   'touch $HOME/x', user=user,
                                   before=lambda: os.umask(mask))
                    self.ok(result, f'{home}\n{user.uid}:700\n')

    def test_way_to_the_home(self):
        write_policy(box(users='carol'))
        for mask in 0o000, 0o077:
            self.ok(minibox('/bin/stat', '-c', '%a', '/home', '/home/dept',
                            '/home/dept/lab', user=CAROL,
                            before=lambda: os.umask(mask)), '755\n' * 3)

    def test_home_of_a_stranger_is_what_he_says(self):
        write_policy(box(users='*'))
        for said, home in (('/home/x/y', '/home/x/y'), ('/opt/x', '/home/4999'),
                           ('/home/../etc', '/home/4999'),
                           ('relative', '/home/4999'), ('', '/home/4999')):
            with self.subTest(said):
                result = shell('echo $HOME', user=STRANGER,
                               env={'HOME': said})
                if home == said or result.status == 0:
                    self.ok(result, home + '\n')
                else:
                    self.refused(result, 125)
        # What alice says about hers changes nothing.
        self.ok(shell('echo $HOME', env={'HOME': '/home/bob'}), '/home/alice\n')

    def test_no_home(self):
        write_policy(box(home='none'))
        self.ok(shell('echo $HOME; pwd'), '/\n/\n')
        self.assertNotIn('/home', {m.point for m in self.mounts()})

    def test_proc(self):
        for value, wanted in (('full', {'hidepid=invisible'}),
                              ('pid', {'hidepid=invisible', 'subset=pid'})):
            with self.subTest(value):
                write_policy(box(proc=value))
                proc = [m for m in self.mounts() if m.point == '/proc'][0]
                self.assertLessEqual({'nosuid', 'nodev', 'noexec'},
                                     proc.options)
                self.assertLessEqual(wanted, proc.super_options)
                self.assertEqual('subset=pid' in proc.super_options,
                                 value == 'pid')
        write_policy(box(proc='none'))
        self.ok(shell('echo /proc/*'), '/proc/*\n')

    def test_sys(self):
        self.ok(shell('echo /sys/*'), '/sys/*\n')
        write_policy(box(sys='ro'))
        sys = [m for m in self.mounts() if m.point.startswith('/sys')]
        self.assertEqual([(m.point, m.type) for m in sys], [('/sys', 'sysfs')])
        self.assertIn('ro', sys[0].options)


class HostMounts(harness.Case):
    def test_H03_table_stays_as_it_is(self):
        mark = self.mark()
        before = read('/proc/self/mountinfo')
        process = self.start(harness.MINIBOX, '/bin/sh', '-c',
                             f'echo up; exec sleep {mark}')
        self.expect(process, b'up\n')
        self.assertEqual(read('/proc/self/mountinfo'), before)
        process.terminate()
        self.assertEqual(process.wait(harness.LIMIT), -signal.SIGTERM)
        self.assertEqual(read('/proc/self/mountinfo'), before)
        # Control: a mount would be seen.
        subprocess.run(['mount', '-t', 'tmpfs', 'x', '/mnt'], check=True)
        self.assertNotEqual(read('/proc/self/mountinfo'), before)
        subprocess.run(['umount', '/mnt'], check=True)
        self.assertEqual(read('/proc/self/mountinfo'), before)

    def test_H03_table_of_shared_mounts_stays(self):
        """The same where mounts travel, as systemd has it."""
        def tables(command):
            out = run('/usr/bin/unshare', '-m', '/bin/sh', '-c', f'''
                mount --make-rshared / && cat /proc/self/mountinfo && echo ===
                {command}
                cat /proc/self/mountinfo; echo ===; wait
                cat /proc/self/mountinfo''', user=harness.SUPERUSER).out
            return out.split('===\n')
        setpriv = 'setpriv --reuid 4001 --regid 4001 --clear-groups --'
        before, during, after = tables(
            f'''mkfifo /run/fifo; {setpriv} {harness.MINIBOX} /bin/sh -c \
                'echo up; sleep 0.2' >/run/fifo & read up </run/fifo
                rm /run/fifo; [ "$up" = up ] || exit 1''')
        self.assertIn('shared:', before)
        self.assertEqual((during, after), (before, before))
        before, during, after = tables(                         # control
            'unshare -m --propagation unchanged mount -t tmpfs x /mnt')
        self.assertNotEqual(during, before)


class Namespaces(harness.Case):
    def links(self, *options):
        """namespace -> its number, in the box."""
        result = minibox(*options, '/bin/ls', '-l', '/proc/self/ns')
        return dict(re.findall(r'(\w+) -> (\w+:\[\d+\])', result.out))

    def test_own_ones(self):
        inside = self.links()
        for name in 'mnt', 'pid', 'ipc', 'uts', 'cgroup', 'net':
            self.assertNotEqual(inside[name],
                                os.readlink(f'/proc/self/ns/{name}'), name)
        self.assertEqual(inside['user'], os.readlink('/proc/self/ns/user'))

    def test_network_of_the_host(self):
        write_policy(box(network='host'))
        host = os.readlink('/proc/self/ns/net')
        self.assertEqual(self.links()['net'], host)
        self.assertNotEqual(self.links('--network=none')['net'], host)

    def test_network_cannot_be_widened(self):
        write_policy(box(network='none'))
        for value in 'host', 'netns:x', '':
            self.refused(minibox(f'--network={value}', '/bin/true'), (125, 126))
        self.ok(minibox('--network=none', '/bin/true'))

    def test_loopback_is_up(self):
        out = shell('ifconfig lo; ifconfig -a').out
        self.assertRegex(out, r'inet addr:127\.0\.0\.1')
        self.assertRegex(out, r'UP LOOPBACK RUNNING')
        self.assertEqual(set(re.findall(r'(?m)^(\w+)', out)) - {
            'sit0', 'tunl0', 'ip6tnl0', 'gre0', 'gretap0', 'erspan0',
            'ip_vti0', 'ip6_vti0', 'ip6gre0'}, {'lo'})
        down = run('/usr/bin/unshare', '-n', '/bin/busybox', 'ifconfig', 'lo',
                   user=harness.SUPERUSER).out                  # control
        self.assertNotIn('UP', down)

    def test_loopback_carries(self):
        result = shell('nc -l -p 7007 -w 5 >/tmp/got & '
                       'for i in 1 2 3 4 5 6 7 8 9; do '
                       'echo hello | nc -w 1 127.0.0.1 7007 && break; '
                       'sleep 0.05; done; wait; cat /tmp/got')
        self.assertEqual(result.out, 'hello\n')


class Start(harness.Case):
    """Where and how the command begins."""

    def test_working_directory(self):
        os.makedirs('/home/alice/work', exist_ok=True)
        for cwd, inside in (('/', '/'), ('/tmp', '/tmp'),
                            ('/usr/bin', '/usr/bin'),
                            ('/home/alice', '/home/alice'),
                            ('/usr/share/doc', '/home/alice'),
                            ('/home/alice/work', '/home/alice')):
            with self.subTest(cwd):
                self.ok(shell('pwd; echo $PWD', cwd=cwd),
                        f'{inside}\n{inside}\n')

    def test_explicit_working_directory(self):
        self.ok(minibox('-C', '/var/tmp', '/bin/pwd'), '/var/tmp\n')
        self.ok(minibox('--chdir=/bin', '/bin/pwd'), '/bin\n')
        self.refused(minibox('-C', '/nowhere', '/bin/pwd'), 125, '/nowhere')
        self.refused(minibox('-C', '/bin/sh', '/bin/pwd'), 125)

    def login_shell(self):
        """A box whose shell tells if it is a login shell."""
        path = self.root_file_system('login')
        write(f'{path}/etc/profile', 'echo profile\n')
        write_policy(box(rootfs=path))

    def test_no_command_is_a_login_shell(self):
        self.login_shell()
        self.ok(minibox(input='echo $0; exit 3'), 'profile\n/bin/sh\n', 3)
        self.ok(minibox('/bin/sh', input='exit 4'), '', 4)      # control

    def test_no_command_is_the_shell_of_the_policy(self):
        self.assertEqual(minibox().status, 0)
        write_policy(box(shell='/bin/false'))
        self.assertEqual(minibox().status, 1)

    def test_c_option(self):
        self.ok(minibox('-c', 'echo "$0"; exit 4'), '/bin/sh\n', 4)

    def test_called_as_a_login_shell(self):
        self.login_shell()
        process = subprocess.Popen(
            ['-minibox'], executable=harness.MINIBOX, cwd='/',
            env=harness.environment(), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=lambda: harness.become(ALICE))
        self.ok(harness.finish(process, b'echo $0 $HOME; exit 6'),
                'profile\n/bin/sh /home/alice\n', 6)

    def test_argv0_is_the_path(self):
        self.ok(minibox('sh', '-c', 'echo $0'), '/bin/sh\n')
        self.ok(minibox('/bin/sh', '-c', 'tr "\\0" "\\n" </proc/$$/cmdline '
                                         '| head -n 1'), '/bin/sh\n')

    def test_command_relative_to_the_working_directory(self):
        self.ok(minibox('-C', '/bin', './echo', 'x'), 'x\n')
        self.ok(minibox('-C', '/', 'bin/echo', 'x'), 'x\n')

    def test_M03_options_end_at_the_command(self):
        self.ok(minibox('/bin/echo', '-b', 'x', '--check', '--'),
                '-b x --check --\n')
        self.ok(minibox('--', '/bin/echo', '-h'), '-h\n')
