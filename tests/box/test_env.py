# SPDX-License-Identifier: MIT
"""What is in the command's environment?"""

import harness
from harness import (ALICE, HOMELESS, STRANGER, box, environment, minibox, run,
                     write_policy)

PATH = '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin'
# Never from -e or env-keep.
FIXED = ('HOME', 'LOGNAME', 'USER', 'SHELL', 'PATH', 'PWD', 'container',
         'MINIBOX_BOX')
LOADER = ('LD_PRELOAD', 'LD_LIBRARY_PATH', 'LD_AUDIT', 'LD_X',
          'GLIBC_TUNABLES')
# Nor these, unless the box allows every command.
STEERING = ('GCONV_PATH', 'LOCPATH', 'NLSPATH', 'MALLOC_CHECK_', 'BASH_ENV',
            'ENV', 'BASH_FUNC_x%%', 'SHELLOPTS', 'BASHOPTS', 'PS4', 'IFS',
            'PROMPT_COMMAND', 'PERL5LIB', 'PERLLIB', 'PYTHONPATH', 'PYTHONHOME',
            'RUBYOPT', 'NODE_OPTIONS', 'JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS',
            'GIT_SSH')


class Case(harness.Case):
    def inside(self, *options, **more):
        result = minibox(*options, '/usr/bin/env', **more)
        self.ok(result)
        return dict(line.split('=', 1) for line in result.out.splitlines())

    def outside(self, **more):
        return dict(line.split('=', 1) for line in
                    run('/usr/bin/env', **more).out.splitlines())

    def standard(self, user=ALICE, home='/home/alice', **more):
        return {'HOME': home, 'LOGNAME': user.name, 'USER': user.name,
                'SHELL': '/bin/sh', 'PATH': PATH, 'PWD': '/',
                'container': 'minibox', 'MINIBOX_BOX': 'demo', **more}


class Environment(Case):
    def test_standard(self):
        self.assertEqual(self.inside(env={}), self.standard())
        self.assertEqual(self.inside(env={}, cwd='/tmp'),
                         self.standard(PWD='/tmp'))
        write_policy(box(users='*'))
        self.assertEqual(self.inside(env={}, user=HOMELESS),
                         self.standard(HOMELESS, '/home/homeless'))
        self.assertEqual(self.inside(env={}, user=STRANGER),
                         self.standard(STRANGER, '/home/4999'))

    def test_policy(self):
        write_policy(box('b', shell='/bin/ash', path='/bin:/opt/x',
                         home='none'))
        self.assertEqual(self.inside(env={}), self.standard(
            home='/', SHELL='/bin/ash', PATH='/bin:/opt/x', MINIBOX_BOX='b'))

    def test_C03_H09_nothing_else_comes_along(self):
        hostile = dict.fromkeys(FIXED + LOADER + STEERING + (
            'TZ', 'LANGUAGE', 'DISPLAY', 'SSH_AUTH_SOCK', 'MINIBOX_CONF',
            'POSIXLY_CORRECT', 'LOCALDOMAIN', 'TMPDIR', 'lc_all', ''), '/evil')
        hostile.pop('')
        self.assertEqual(self.inside(env=hostile), self.standard())
        seen = self.outside(env={k: v for k, v in hostile.items()
                                 if not k.startswith('LD_')})   # control
        self.assertEqual(seen['BASH_ENV'], '/evil')

    def test_ten_thousand_variables(self):
        many = {f'V{n}': 'x' * 50 for n in range(10000)}
        self.assertEqual(self.inside(env=many), self.standard())
        many['TERM'] = 'xterm'
        self.assertEqual(self.inside(env=many), self.standard(TERM='xterm'))

    def test_terminal_and_language(self):
        plain = {'TERM': 'xterm-256color', 'LANG': 'de_DE.UTF-8@euro',
                 'LC_ALL': 'C', 'LC_TIME': 'en_US:x+y'}
        self.assertEqual(self.inside(env=plain), self.standard(**plain))
        for value in 'a b', '/evil', '', 'x' * 65, '\x1b[0m', '%s', '../x':
            with self.subTest(value):
                self.assertEqual(self.inside(env=dict.fromkeys(plain, value)),
                                 self.standard())

    def test_strange_strings(self):
        """Not every string of an environment has a name."""
        result = minibox('/usr/bin/env',
                         env={b'TERM': b'\xff\xfe', b'\xff': b'x'})
        self.ok(result)
        self.assertNotIn('TERM', result.out)


class Option(Case):
    """-e"""

    def test_set_and_copy(self):
        self.assertEqual(
            self.inside('-e', 'A=1', '--env=B=x=y', '-eC=', env={}),
            self.standard(A='1', B='x=y', C=''))
        self.assertEqual(self.inside('-e', 'A', env={'A': '1', 'B': '2'}),
                         self.standard(A='1'))
        self.assertEqual(self.inside('-e', 'A=1', '-e', 'A=2', env={}),
                         self.standard(A='2'))

    def test_copy_of_what_is_not_set(self):
        result = minibox('-e', 'NOTSET', '/usr/bin/env', env={})
        if result.status == 0:
            self.assertNotIn('NOTSET', result.out)
        else:
            self.refused(result, 125, 'NOTSET')

    def refused_names(self, names):
        for name in names:
            for option in f'{name}=x', name:
                with self.subTest(option):
                    self.refused(minibox('-e', option, '/usr/bin/env',
                                         env={name: 'x'}), (125, 126))

    def test_fixed_names(self):
        self.refused_names(FIXED + LOADER)

    def test_steering_names(self):
        for name in STEERING:
            if '%' not in name:
                with self.subTest(name):
                    self.assertEqual(self.inside('-e', name + '=x', env={}),
                                     self.standard(**{name: 'x'}))
        write_policy(box(command='/usr/bin/', user_env='yes'))
        self.assertEqual(self.inside('-e', 'A=1', env={}),
                         self.standard(A='1'))
        self.refused_names(STEERING)

    def test_only_plain_values_of_terminal_and_language(self):
        self.assertEqual(self.inside('-e', 'TERM=vt100', env={}),
                         self.standard(TERM='vt100'))
        for name in 'TERM', 'LANG', 'LC_ALL':
            self.refused(minibox('-e', name + '=a b', '/usr/bin/env'),
                         (125, 126))

    def test_allowed_at_all(self):
        self.assertEqual(self.inside('-e', 'A=1', env={}),
                         self.standard(A='1'))
        write_policy(box(user_env='no'))
        self.refused(minibox('-e', 'A=1', '/usr/bin/env'), (125, 126))
        write_policy(box(command='/usr/bin/'))      # no is the default then
        self.refused(minibox('-e', 'A=1', '/usr/bin/env'), (125, 126))
        self.ok(minibox('/usr/bin/env'))

    def test_bad_names(self):
        for text in '=x', '', '1A=x', 'A-B=x', 'A B=x', 'A\n=x':
            with self.subTest(text):
                self.refused(minibox('-e', text, '/usr/bin/env'), (125, 126))


class Keys(Case):
    """env-keep and env-set"""

    def test_keep(self):
        env = {'ONE': '1', 'TWO': '2', 'PRE_A': 'a', 'PRE_B': 'b', 'PRE': 'p'}
        for value, names in (('ONE', ['ONE']), ('ONE, TWO', ['ONE', 'TWO']),
                             (['ONE', 'PRE_*'], ['ONE', 'PRE_A', 'PRE_B']),
                             ('PRE*', ['PRE', 'PRE_A', 'PRE_B']),
                             ('NONE', [])):
            with self.subTest(value):
                write_policy(box(env_keep=value))
                self.assertEqual(self.inside(env=env), self.standard(
                    **{name: env[name] for name in names}))

    def test_keep_never_the_fixed_ones(self):
        write_policy(box(env_keep=['L*', 'G*', 'H*', 'U*', 'S*', 'P*', 'c*',
                                   'M*']))
        hostile = dict.fromkeys(FIXED + LOADER, 'evil')
        self.assertEqual(self.inside(env={**hostile, 'Lx': '1'}),
                         self.standard(Lx='1'))

    def test_keep_steering_names(self):
        # A setuid program does not even see those that its libc strips.
        names = [n for n in STEERING if '%' not in n and n not in (
            'GCONV_PATH', 'LOCPATH', 'NLSPATH', 'MALLOC_CHECK_')]
        prefixes = sorted({name[0] + '*' for name in names})
        hostile = dict.fromkeys(names, 'x')
        write_policy(box(env_keep=prefixes))
        self.assertEqual(self.inside(env=hostile), self.standard(**hostile))
        write_policy(box(env_keep=prefixes, command='/usr/bin/env'))
        self.assertEqual(self.inside(env={**hostile, 'PX': '1'}),
                         self.standard(PX='1'))

    def test_set(self):
        write_policy(box(env_set=['A=1', 'B=x = y', 'TZ=UTC'], env_keep='A, C'))
        self.assertEqual(self.inside(env={'A': 'mine', 'C': '3'}),
                         self.standard(A='1', B='x = y', TZ='UTC', C='3'))
        self.assertEqual(self.inside('-e', 'A=2', env={}),
                         self.standard(A='2', B='x = y', TZ='UTC'))

    def test_defaults_and_box(self):
        write_policy('[defaults]\nenv-keep = ONE\nenv-set = A=1\n',
                     box('demo'), box('own', env_keep='TWO'))
        env = {'ONE': '1', 'TWO': '2', 'TERM': 'xterm'}
        self.assertEqual(self.inside('-b', 'demo', env=env), self.standard(
            ONE='1', A='1', TERM='xterm'))
        self.assertEqual(self.inside('-b', 'own', env=env), self.standard(
            TWO='2', A='1', TERM='xterm', MINIBOX_BOX='own'))

    def test_environment_is_no_configuration(self):
        """Nothing there changes what minibox decides."""
        write_policy(box(command='/usr/bin/env'))
        for name in ('MINIBOX_BOX', 'MINIBOX_CONF', 'MINIBOX_CONFIG', 'PATH',
                     'HOME', 'USER', 'LOGNAME', 'SHELL', 'POSIXLY_CORRECT'):
            with self.subTest(name):
                env = environment(**{name: '/home/bob'})
                self.assertEqual(self.inside(env=env)['USER'], 'alice')
                self.refused(minibox('/bin/echo', env=env), 126)
