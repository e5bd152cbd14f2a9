# SPDX-License-Identifier: MIT
"""A user of a batch system clones a repository, builds a real C project with
make -j, and runs its test suite: minibox itself.  In a box with limits that
must end and print as it does outside."""

import os
import re
import shutil
import subprocess
import unittest

import harness
from harness import ALICE, box, run, write_policy
from test_cgroup import HAS_V2

VIEW = '/var/lib/minibox/hostview'
# On a slow machine less is built.
SCRIPT = r'''
set -e
git clone -q project.git work
cd work
git log --format=%s
git status --short
# git(1) knows no times, and make(1) would make these anew.
for file in aclocal.m4 configure config.h.in Makefile.in; do
	touch $file
done
mkdir build
cd build
if [ {slow} -gt 1 ]; then
	echo 'all: value.o path.o limit.o report.o twins.o
%.o: ../src/%.c; $(CC) -D_GNU_SOURCE -I../src -c $<' >Makefile
	make -j4 >make.log 2>&1
	sort make.log
	sh ../tests/lint/levels.sh
	exit
fi
../configure >../../config.log 2>&1
make -j4 >make.log 2>&1
sort make.log
make -j4 check >check.log 2>&1
grep -E '^(PASS|FAIL|# )' check.log | sort
echo 'int main(void) {{ return 3 }}' >broken.c
cc broken.c
'''


@unittest.skipUnless(shutil.which('git') and shutil.which('gcc'),
                     'git or gcc is not installed')
class Batch(harness.Case):
    def setUp(self):
        super().setUp()
        self.home = ALICE.home
        self.addCleanup(self.clear)
        shutil.copytree(harness.SCRATCH + '/source', self.home + '/origin',
                        symlinks=True)
        subprocess.run(['chown', '-R', ALICE.name, self.home + '/origin'],
                       check=True)
        self.assertEqual(harness.as_user(self.make_repository), 'made')

    def clear(self):
        for name in os.listdir(self.home):
            harness.remove(f'{self.home}/{name}')

    def make_repository(self):
        git = ['git', '-c', 'user.name=a', '-c', 'user.email=a@b', '-c',
               'init.defaultBranch=main', '-C', self.home + '/origin']
        environment = {**harness.environment(), 'HOME': self.home}
        for command in (['init', '-q'], ['add', '-Af'],
                        ['commit', '-q', '-m', 'all of it']):
            subprocess.run([*git, *command], check=True, env=environment)
        subprocess.run(['git', 'clone', '-q', '--bare', self.home + '/origin',
                        self.home + '/project.git'], check=True,
                       env=environment)
        return 'made'

    def view(self):
        """A root file system that shows /usr of the host."""
        subprocess.run(['minibox-rootfs', 'view', 'hostview'], check=True,
                       stdout=subprocess.PIPE)
        self.addCleanup(harness.remove, VIEW)
        found = re.findall(r'^(bind) = (.*)$', subprocess.run(
            ['minibox-rootfs', 'snippet', 'hostview'], check=True, text=True,
            stdout=subprocess.PIPE).stdout, re.M)
        return [value for _, value in found]

    def test_clone_make_check(self):
        limits = {'memory': '1G', 'pids_limit': 200, 'cpus': 2} if HAS_V2 else {}
        write_policy(box(rootfs=VIEW, bind=self.view(), home='rw',
                         tmp_size='1G', timeout='30m', nice=1,
                         rlimit_nofile=512, rlimit_fsize='1G',
                         rlimit_cpu=1000, **limits))
        script = SCRIPT.format(slow=harness.SLOW)
        results = []
        for command in ([], [harness.MINIBOX]):
            results.append(run(*command, '/bin/sh', '-c', script, limit=1800,
                               cwd=self.home, env={
                                   **harness.environment(), 'LANG': 'C'}))
            self.assertNotIn('No such file', results[-1].err, results[-1])
            harness.remove(self.home + '/work')
        outside, inside = results
        self.assertEqual(inside, outside)
        if harness.SLOW == 1:
            self.assertEqual(outside.status, 1, outside)    # of broken.c
            self.assertIn('broken.c:1', outside.err)
            self.assertRegex(outside.out, r'# FAIL: *0')
            self.assertRegex(outside.out, r'# PASS: *[1-9]')
        else:
            self.assertEqual(outside.status, 0, outside)
