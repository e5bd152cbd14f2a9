# SPDX-License-Identifier: MIT
"""Does `minibox --check` of root find what would not start, and what is unwise
to have on the host?"""

import os
import shutil
import subprocess

import harness
from harness import ALICE, POLICY, ROOT, SUPERUSER, box, minibox, write, \
    write_policy

OWN = '/usr/local/lib/minibox-check'    # a root file system of these tests


class Case(harness.Case):
    def setUp(self):
        super().setUp()
        shutil.copytree(ROOT, OWN, symlinks=True)
        self.addCleanup(shutil.rmtree, OWN)
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
        tool = OWN + '/bin/tool'
        shutil.copy(OWN + '/bin/busybox', tool)
        policy = self.box('/bin/tool')
        self.warned(policy=policy)
        for change, undo in (
                (lambda: os.chmod(tool, 0o775), lambda: os.chmod(tool, 0o755)),
                (lambda: os.chown(tool, ALICE.uid, 0),
                 lambda: os.chown(tool, 0, 0)),
                (lambda: os.chmod(OWN + '/bin', 0o777),
                 lambda: os.chmod(OWN + '/bin', 0o755))):
            change()
            self.warned('command: somebody but root could change /bin/tool',
                        policy=policy)
            self.refused(minibox('/bin/tool', 'true'), 126)
            undo()
            self.warned(policy=policy)

    def test_links_stay_inside(self):
        os.symlink('/bin/busybox', OWN + '/bin/shortcut')
        os.symlink('/usr/bin/env-of-the-host', OWN + '/bin/dangling')
        self.warned(f'{OWN} has no /bin/dangling',
                    policy=self.box('/bin/shortcut', '/bin/dangling'))

    def test_any_command(self):
        self.warned(policy=box(rootfs=OWN))

    def test_where_a_bind_may_have_it(self):
        self.warned(policy=self.box('/opt/x', bind='/usr:/usr'))


class Offers(Case):
    """What users can reach from outside."""

    def offer(self, text, policy=None):
        """Warned of where it can be reached, and not where it cannot."""
        policy = policy or box(rootfs=OWN)
        self.warned(text, policy=policy)
        os.chmod(OWN, 0o700)
        self.warned(policy=policy)
        os.chmod(OWN, 0o755)

    def test_fine(self):
        self.warned(policy=box(rootfs=OWN))

    def test_setuid(self):
        os.chmod(OWN + '/bin/busybox', 0o4755)
        self.offer(f'rootfs: {OWN}/bin/busybox is a setuid program that users '
                   f'outside can run; fix: chmod o-x {OWN}')

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
        os.chmod(OWN + '/bin/busybox', 0o4755)
        write_policy(box(rootfs=OWN, command='/bin/nosuch'))
        result = minibox('--check')
        self.ok(result, f'{POLICY}: OK\n')

