# SPDX-License-Identifier: MIT
"""Does `minibox --check` of root find what would not start, and what is unwise
to have on the host?"""

import os
import shutil
import subprocess

import harness
from harness import ALICE, POLICY, ROOT, SUPERUSER, box, minibox, write, \
    write_policy

ABOVE = '/usr/local/lib/minibox-check'
OWN = ABOVE + '/root'           # a root file system of these tests
TRUE = '/bin/true'


class Case(harness.Case):
    def setUp(self):
        super().setUp()
        os.mkdir(ABOVE, 0o755)
        self.addCleanup(shutil.rmtree, ABOVE)
        shutil.copytree(ROOT, OWN, symlinks=True)
        os.chmod(OWN, 0o755)

    def warned(self, *texts, policy=None):
        """Those warnings and no others; the policy is fine."""
        if policy:
            write_policy(policy)
        result = minibox('--check', user=SUPERUSER)
        self.assertEqual(result.status, 0, result)
        *lines, last = result.out.splitlines()
        self.assertEqual(last, f'{POLICY}: OK')
        self.assertEqual(len(lines), len(texts), lines)
        for line, text in zip(lines, texts):
            self.assertRegex(line, rf'\A{POLICY}:\d+: warning: ')
            self.assertIn(text, line)


class Commands(Case):
    def box(self, *commands, **keys):
        return box(rootfs=OWN, command=list(commands), **keys)

    def test_fine(self):
        self.warned(policy=self.box('/bin/sh', '/bin/',
                                    command_exact='/bin/ls -l'))

    def test_missing(self):
        self.warned(
            f'command: {OWN} has no /bin/nosuch, so that it cannot be run',
            f'command: {OWN} has no /opt/bin/, so that it cannot be run',
            f'command-exact: {OWN} has no /bin/gone, so that it cannot be run',
            policy=self.box('/bin/nosuch', '/bin/sh', '/opt/bin/',
                            command_exact=['/bin/gone -x', '/bin/ls -l']))

    def test_anybodys(self):
        """As a start would see it: the same is refused there."""
        tool = OWN + '/bin/busybox2'
        shutil.copy(OWN + '/bin/busybox', tool)
        policy = self.box('/bin/busybox2')
        self.warned(policy=policy)
        for change, undo in (
                (lambda: os.chmod(tool, 0o775), lambda: os.chmod(tool, 0o755)),
                (lambda: os.chown(tool, ALICE.uid, 0),
                 lambda: os.chown(tool, 0, 0)),
                (lambda: os.chmod(OWN + '/bin', 0o777),
                 lambda: os.chmod(OWN + '/bin', 0o755))):
            change()
            self.warned('command: somebody but root could change /bin/busybox2',
                        policy=policy)
            self.refused(minibox('/bin/busybox2', 'true'), 126)
            undo()
            self.warned(policy=policy)

    def test_links_stay_inside(self):
        os.symlink('/bin/busybox', OWN + '/bin/shortcut')
        os.symlink('/usr/bin/env-of-the-host', OWN + '/bin/dangling')
        self.warned(f'{OWN} has no /bin/dangling',
                    policy=self.box('/bin/shortcut', '/bin/dangling'))

    def test_any_command(self):
        self.warned(policy=box(rootfs=OWN))

    def test_shell(self):
        missing = f'shell: {OWN} has no /bin/zsh, so that it cannot be run'
        self.warned(missing, policy=box(rootfs=OWN, shell='/bin/zsh'))
        self.warned(missing, policy=self.box('/bin/', shell='/bin/zsh'))
        self.warned(policy=self.box('/bin/'))
        os.unlink(OWN + '/bin/sh')
        self.warned(f'shell: {OWN} has no /bin/sh', policy=box(rootfs=OWN))
        self.warned(policy=self.box('/bin/'))

    def test_where_a_bind_has_it(self):
        os.makedirs(OWN + '/usr/bin', exist_ok=True)
        os.symlink('usr/bin', OWN + '/bin2')
        os.symlink('usr/nosuch', OWN + '/bin3')
        os.symlink('/bin2', OWN + '/bin4')
        for command in ('/usr/x', '/usr/bin/x', '/bin2/x', '/bin3/x', '/bin4/x',
                        '/usr/'):
            with self.subTest(command):
                policy = self.box(command)
                if command != '/usr/':
                    self.warned('so that it cannot be run', policy=policy)
                self.warned(policy=self.box(command, bind='/usr:/usr'))
        os.symlink('/bin/nosuch', OWN + '/bin5')
        os.symlink('loop', OWN + '/loop')
        os.makedirs(OWN + '/m/nobody')
        for command in '/opt/x', '/bin5', '/loop/x':
            for bind in '/usr:/usr', '/usr:/m/%u':
                self.warned(f'command: {OWN} has no {command}'
                            if command != '/loop/x' else '/loop/x in ',
                            policy=self.box(command, bind=bind))

    def test_nobody_leads_it_astray(self):
        """A link in a directory of a user's is as bad as a file there, wherever
        it leads."""
        os.mkdir(OWN + '/opt')
        os.chown(OWN + '/opt', ALICE.uid, ALICE.uid)
        policy = self.box('/opt/x', bind='/usr:/usr')
        for target in '/nowhere', '/usr/bin/true', '/usr':
            os.symlink(target, OWN + '/opt/x')
            self.warned('command: somebody but root could change /opt/x',
                        policy=policy)
            self.assertIn(minibox('/opt/x').status, (126, 127))
            os.unlink(OWN + '/opt/x')

    def test_in_spite_of_a_container(self):
        """Where root may not do it, the rest is told all the same."""
        write_policy(self.box('/bin/nosuch'), box('two', rootfs='/nowhere'))
        for cap in 'sys_chroot', 'setgid':
            result = harness.run(
                '/bin/sh', '-c', f'exec setpriv --bounding-set=-{cap} '
                f'--inh-caps=-all {harness.MINIBOX} --check', user=SUPERUSER)
            self.assertEqual(result.status, 1, result)
            self.assertIn(f'warning: the commands in {OWN} were not looked at\n',
                          result.out)
            self.assertIn('/nowhere: ', result.out)

    def test_not_for_everybody(self):
        """As a start of a user who is not in the group would see it."""
        tool = OWN + '/bin/busybox2'
        shutil.copy(OWN + '/bin/busybox', tool)
        for path, mode in (tool, 0o750), (OWN + '/bin', 0o750), (OWN, 0o700):
            os.chmod(path, mode)
            self.warned('command: not everybody can run /bin/busybox2: it, or a '
                        f'directory on the way to it in {OWN}, has no x for '
                        'others, or is mounted noexec; see: chmod o+x', policy=self.box('/bin/busybox2'))
            self.assertNotEqual(minibox('/bin/busybox2', 'true').status, 0)
            os.chmod(path, 0o755)
            self.ok(minibox('/bin/busybox2', 'true'))
        os.chmod(OWN, 0o700)
        self.warned('shell: not everybody can run /bin/sh',
                    policy=box(rootfs=OWN))


class Host(Case):
    """What the host, or the root file system, does not have for a box."""

    def test_limits(self):
        policy = box(rootfs=OWN, timeout='1m', memory='1G', pids_limit=9)
        write_policy(policy)
        result = minibox(TRUE)
        if not result.status:
            return self.warned(policy=policy)
        why, _, cure = result.err.partition('; tell your administrator to ')
        why = why.partition('minibox: ')[2]
        self.warned(f"box 'demo' is refused on this host: {why}; fix: "
                    f'{cure.strip()}')
        self.warned(policy=box(rootfs=OWN, timeout='1m', memory='none'))

    def test_no_cgroup_root(self):
        policy = box(rootfs=OWN, memory='1G')
        write_policy('[minibox]\ncgroup-root = /sys/fs/cgroup/nosuch/x\n',
                     policy)
        self.warned('is refused on this host: ')
        self.assertNotEqual(minibox(TRUE).status, 0)

    def test_landlock(self):
        write_policy(box(rootfs=OWN, command='/bin/ls', exec='listed'))
        self.warned()
        result = harness.run(
            'strace', '-f', '-qq', '-o', '/dev/null', '-e',
            'inject=landlock_create_ruleset:error=ENOSYS',
            harness.MINIBOX, '--check', user=SUPERUSER)
        self.assertEqual(result.status, 0)
        self.assertIn("warning: exec: box 'demo' is refused on this host, which "
                      'has no Landlock', result.out)

    def test_allow_bind(self):
        for target in '/here', '/here/':
            line = '/usr/' if target.endswith('/') else '/usr'
            with self.subTest(target):
                text = box(rootfs=OWN, allow_bind=f'{line}:{target}')
                more = '/ and what is in it' if line == '/usr/' else ''
                self.warned(f'allow-bind: no mount point /here{more}, so that '
                            f'-B is refused; fix: mkdir -p {OWN}/here',
                            policy=text)
                self.warned(policy=box(rootfs=OWN, root='overlay',
                                       allow_bind=f'{line}:{target}'))
                os.mkdir(OWN + '/here')
                self.warned(policy=text)
                os.rmdir(OWN + '/here')
                self.warned(policy=box(rootfs=OWN,
                                       allow_bind=f'{line}:/tmp{target}'))
        self.warned(policy=box(rootfs=OWN, allow_bind='%h/:/here/'))


class Offers(Case):
    """What users can reach from outside."""

    def offer(self, text, policy=None):
        """Warned of where it can be reached, and not where it cannot."""
        policy = policy or box(rootfs=OWN)
        self.warned(text, policy=policy)
        os.chmod(ABOVE, 0o700)
        self.warned(policy=policy)
        self.ok(minibox(TRUE))
        os.chmod(ABOVE, 0o755)

    def test_fine(self):
        self.warned(policy=box(rootfs=OWN))

    def test_setuid(self):
        os.chmod(OWN + '/bin/busybox', 0o4755)
        self.offer(f'rootfs: {OWN}/bin/busybox is a setuid program that users '
                   'outside can run; fix: move the root file system below a '
                   'directory with mode 0700, such as /var/lib/minibox')

    def test_setgid(self):
        os.chmod(OWN + '/bin/busybox', 0o2755)
        self.offer('/bin/busybox is a setgid program')

    def test_not_executable(self):
        write(OWN + '/bin/x', b'', mode=0o4744)
        os.chmod(OWN + '/bin/x', 0o4744)
        self.warned(policy=box(rootfs=OWN))

    def test_capabilities(self):
        subprocess.run(['setcap', 'cap_net_raw+ep', OWN + '/bin/busybox'],
                       check=True)
        self.offer('/bin/busybox has file capabilities')

    def test_device(self):
        os.mknod(OWN + '/dev/thing', 0o20666, os.makedev(1, 3))
        os.chmod(OWN + '/dev/thing', 0o666)
        self.offer('/dev/thing is a device that users outside can open')
        os.chmod(OWN + '/dev/thing', 0o600)
        self.warned(policy=box(rootfs=OWN))

    def test_closed_directory_in_it(self):
        os.mkdir(OWN + '/closed', 0o700)
        shutil.copy(OWN + '/bin/busybox', OWN + '/closed')
        os.chmod(OWN + '/closed/busybox', 0o4755)
        self.warned(policy=box(rootfs=OWN))

    def test_many(self):
        for i in range(9):
            shutil.copy(OWN + '/bin/busybox', f'{OWN}/bin/s{i}')
            os.chmod(f'{OWN}/bin/s{i}', 0o4755)
        self.warned(*['is a setuid program'] * 5,
                    f'rootfs: 4 more of that kind in {OWN}',
                    policy=box(rootfs=OWN) + box('two', rootfs=OWN))

    def test_nobody_hides_those_of_root(self):
        """Who may write somewhere in it may make any number of his own."""
        os.chmod(OWN + '/bin/busybox', 0o4755)
        for i in range(20):
            write(f'{OWN}/a{i}', b'', mode=0o4755)
            os.chown(f'{OWN}/a{i}', ALICE.uid, ALICE.uid)
            os.chmod(f'{OWN}/a{i}', 0o4755)
        write_policy(box(rootfs=OWN))
        result = minibox('--check', user=SUPERUSER)
        self.assertIn(f'{OWN}/bin/busybox is a setuid program', result.out)
        self.assertEqual(result.out.count('is a setuid program'), 6)
        self.assertIn(f'rootfs: 15 more of that kind in {OWN}', result.out)

    def test_for_a_group(self):
        """Or in a directory that a user has closed to all but himself."""
        os.chmod(OWN + '/bin/busybox', 0o4750)
        self.warned(policy=box(rootfs=OWN, command='/bin/'))
        os.chown(OWN + '/bin/busybox', 0, 5001)
        os.chmod(OWN + '/bin/busybox', 0o4750)
        self.warned('/bin/busybox is a setuid program',
                    policy=box(rootfs=OWN, command='/bin/'))
        os.chown(OWN + '/bin/busybox', 0, 0)
        os.mkdir(OWN + '/hers', 0o700)
        os.chown(OWN + '/hers', ALICE.uid, ALICE.uid)
        shutil.copy(OWN + '/bin/busybox', OWN + '/hers')
        os.chmod(OWN + '/hers/busybox', 0o4755)
        self.warned('/hers/busybox is a setuid program',
                    policy=box(rootfs=OWN, command='/bin/'))

    def test_where_they_belong(self):
        """Its directory is what was opened."""
        shutil.copytree(ROOT, '/var/lib/minibox/check', symlinks=True)
        self.addCleanup(shutil.rmtree, '/var/lib/minibox/check')
        os.chmod('/var/lib/minibox/check/bin/busybox', 0o4755)
        self.warned(policy=box(rootfs='/var/lib/minibox/check'))
        os.chmod('/var/lib/minibox', 0o755)
        self.addCleanup(os.chmod, '/var/lib/minibox', 0o700)
        self.warned('can run; fix: chmod 700 /var/lib/minibox')

    def test_deep(self):
        """Nor can he make it look for ever, or end it."""
        top = os.open(OWN, os.O_RDONLY)
        here = os.dup(top)
        for i in range(5000):
            os.mkdir('d', dir_fd=here)
            down = os.open('d', os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = down
        os.close(here)
        self.addCleanup(os.close, top)
        self.addCleanup(subprocess.run, ['rm', '-rf', OWN + '/d'], check=True)
        os.chmod(OWN + '/bin/busybox', 0o4755)
        write_policy(box(rootfs=OWN))
        result = harness.run('/bin/sh', '-c', 'ulimit -s 512; exec '
                             f'{harness.MINIBOX} --check', user=SUPERUSER)
        self.assertEqual(result.status, 0, result)
        self.assertIn(f'{OWN}/bin/busybox is a setuid program', result.out)
        self.assertIn(f'rootfs: {OWN} has more than 64 directories one in the '
                      'other, or 1000000 files; the rest was not looked at',
                      result.out)

    def test_other_file_system(self):
        subprocess.run(['mount', '-t', 'tmpfs', 'tmpfs', OWN + '/tmp'],
                       check=True)
        self.addCleanup(subprocess.run, ['umount', OWN + '/tmp'], check=True)
        shutil.copy(OWN + '/bin/busybox', OWN + '/tmp')
        os.chmod(OWN + '/tmp/busybox', 0o4755)
        self.warned(policy=box(rootfs=OWN))


class Callers(Case):
    def test_a_user_learns_nothing_of_the_host(self):
        """Only root is told what is in the root file systems."""
        os.chmod(POLICY + '.d', 0o755)
        self.addCleanup(os.chmod, POLICY + '.d', 0o700)
        os.chmod(OWN + '/bin/busybox', 0o4755)
        write_policy(box(rootfs=OWN, command='/bin/nosuch'))
        result = minibox('--check')
        self.ok(result, f'{POLICY}: OK\n')

