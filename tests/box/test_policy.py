# SPDX-License-Identifier: MIT
"""Who may run what, and what happens if the policy or its file is wrong?"""

import os
import stat

import harness
from harness import (ALICE, BOB, DENIED, DIGITS, EVE, LAB, NOBODY, POLICY,
                     ROOT, STRANGER, SUPERUSER, box, minibox, write,
                     write_policy)

TRUE = '/bin/true'


def check(*args, user=SUPERUSER, **options):
    return minibox('--check', *args, user=user, **options)


class Admission(harness.Case):
    # What the box says, who is let in, and who is not; a caller is a user, or
    # (user, groups).
    TABLE = (
        ({'users': 'alice'}, (ALICE,), (BOB, STRANGER)),
        ({'users': '4001'}, (ALICE,), (BOB,)),
        ({'users': 'alice, 4002'}, (ALICE, BOB), (EVE, NOBODY)),
        ({'users': 'alice,bob,eve'}, (ALICE, BOB, EVE), (NOBODY,)),
        ({'users': ['alice', 'bob']}, (ALICE, BOB), (EVE,)),
        ({'users': '*'}, (ALICE, BOB, NOBODY, STRANGER, DIGITS), ()),
        ({'users': '4999'}, (STRANGER,), (ALICE,)),
        ({'users': 'nosuchuser'}, (), (ALICE, NOBODY, STRANGER)),
        ({'users': ['nosuchuser', 'alice']}, (ALICE,), (BOB,)),
        ({'users': '4002'}, (BOB,), (DIGITS, ALICE)),       # digits: a number
        ({'users': None}, (), (ALICE, (ALICE, (LAB,)))),
        ({'users': None, 'groups': 'lab'}, ((ALICE, (LAB,)), (EVE, (1, LAB))),
         (ALICE, (ALICE, (DENIED,)))),      # a member by /etc/group only: no
        ({'users': None, 'groups': '5001'}, ((EVE, (LAB,)),), (EVE,)),
        ({'users': None, 'groups': '4001'}, (ALICE,), (BOB,)),  # the real gid
        ({'users': None, 'groups': 'nosuchgroup'}, (), ((ALICE, (LAB,)),)),
        ({'users': 'bob', 'groups': 'lab'}, (BOB, (ALICE, (LAB,))), (ALICE,)),
        ({'users': '*', 'deny-users': 'eve'}, (ALICE, BOB), (EVE,)),
        ({'users': 'eve', 'deny-users': '4003'}, (), (EVE,)),
        ({'users': '*', 'deny-groups': 'denied'}, (ALICE, (ALICE, (LAB,))),
         ((ALICE, (DENIED,)), (ALICE, (LAB, DENIED)))),
        ({'users': None, 'groups': 'lab', 'deny-users': 'eve'},
         ((BOB, (LAB,)),), ((EVE, (LAB,)),)),
        ({'users': '*', 'deny-users': 'nosuchuser'}, (), (ALICE, EVE)),
        ({'users': '*', 'deny-groups': 'nosuchgroup'}, (), (ALICE, EVE)),
        ({'users': '*', 'deny-users': '4998'}, (ALICE,), ()),
    )

    def test_table(self):
        for keys, admitted, others in self.TABLE:
            write_policy(box(**keys))
            for allowed, callers in (True, admitted), (False, others):
                for caller in callers:
                    user, groups = caller if isinstance(caller[0], tuple) \
                        else (caller, ())
                    with self.subTest(str(keys), user=user.name, groups=groups):
                        result = minibox('-b', 'demo', TRUE, user=user,
                                         groups=groups)
                        if allowed:
                            self.ok(result, '')
                        else:
                            self.refused(result, 126,
                                         "box 'demo' is not available to you; "
                                         'see: minibox -l')

    def test_missing_box_looks_the_same(self):
        write_policy(box(users='bob'))
        wrong = minibox('-b', 'demo', TRUE)
        missing = minibox('-b', 'domo', TRUE)
        self.refused(wrong, 126)
        self.assertEqual(wrong._replace(err=wrong.err.replace('demo', 'domo')),
                         missing)
        for option in '-n', '-l':
            with self.subTest(option):
                wrong = minibox(option, '-b', 'demo')
                missing = minibox(option, '-b', 'domo')
                self.assertNotEqual(wrong.status, 0)
                self.assertEqual(
                    (wrong.status, (wrong.out + wrong.err)
                     .replace('demo', 'domo')),
                    (missing.status, missing.out + missing.err))

    def test_odd_box_names(self):
        self.ok(minibox('-b', 'demo', TRUE))
        for name in ('../demo', 'demo/', '', 'Demo', 'dem', 'demoo', '*', 'x' *
                     5000, 'demo\n', '\x1b[31m', '\u202edemo'):
            with self.subTest(name):
                self.refused(minibox('-b', name, TRUE), (125, 126))


class Choice(harness.Case):
    """Which box is it without -b?"""

    def test_the_only_one(self):
        write_policy(box('a', users='bob'), box('b'))
        self.ok(minibox('/bin/sh', '-c', 'echo $MINIBOX_BOX'), 'b\n')

    def test_default_box(self):
        write_policy('[minibox]\ndefault-box = b\n', box('a'), box('b'),
                     box('c', users='bob'), box('d', users='bob'))
        self.ok(minibox('/bin/sh', '-c', 'echo $MINIBOX_BOX'), 'b\n')
        self.ok(minibox('-b', 'a', '/bin/sh', '-c', 'echo $MINIBOX_BOX'),
                'a\n')
        # One that does not admit the caller does not count.
        result = minibox(TRUE, user=BOB)
        self.refused(result, (125, 126))
        self.assertRegex(result.err, r'\bc\b.*\bd\b')
        self.assertNotRegex(result.err, r"'(a|b)'")

    def test_several(self):
        write_policy(box('one'), box('two'), box('three', users='bob'))
        result = minibox(TRUE)
        self.refused(result, (125, 126))
        self.assertRegex(result.err, r'one.*two')
        self.assertNotIn('three', result.err)
        self.ok(minibox('-b', 'two', TRUE))

    def test_none(self):
        result = minibox(TRUE, user=BOB)
        self.refused(result, 126)
        self.assertNotIn('demo', result.err)

    def test_command_that_is_a_box(self):
        write_policy(box('lab'), box('other'))
        self.refused(minibox('-b', 'other', 'lab'), 127,
                     'did you mean: -b lab?')
        write_policy(box('lab', command='/bin/echo'))
        self.refused(minibox('lab'), 126, 'did you mean: -b lab?')
        write_policy(box('lab', command='/bin/echo'), box('b', users='bob'))
        self.assertNotIn('did you mean', minibox('b').err)      # not hers

    def test_list(self):
        write_policy(box('a', description='The first \u2713'), box('b'),
                     box('c', users='bob'))
        result = minibox('-l')
        self.ok(result)
        self.assertRegex(result.out, r'(?m)^a\b')
        self.assertRegex(result.out, r'(?m)^b\b')
        self.assertNotRegex(result.out, r'(?m)^c\b')
        self.assertIn('The first', result.out)
        nothing = minibox('-l', user=EVE)
        self.assertEqual((nothing.status, nothing.out), (1, ''))


class Commands(harness.Case):
    # command keys, command lines that they allow, and others.
    TABLE = (
        ({'command': '/bin/echo'},
         (['/bin/echo'], ['/bin/echo', 'any', 'thing'], ['echo', 'x']),
         (['/bin/cat'], ['cat'], ['/bin/ech'], ['/bin/echo2'],
          ['/bin/../bin/echo'], ['//bin/echo'], ['/bin//echo'],
          ['/bin/./echo'], ['/bin/echo/'], ['/usr/bin/echo'], ['ECHO'],
          ['/BIN/ECHO'], ['-c', 'echo'], [])),
        ({'command': '/bin/'},
         (['/bin/echo'], ['/bin/cat', '/etc/passwd'], ['true'], ['-c', ':']),
         (['/sbin/ifconfig'], ['/binx/echo'], ['/bin/sub/echo'], ['/bin'],
          ['/bin/'], ['/bin/../sbin/ifconfig'])),
        ({'command': ['/bin/echo', '/bin/true']},
         (['echo'], ['true']), (['false'],)),
        ({'command': None, 'command-exact': '/bin/echo a b'},
         (['/bin/echo', 'a', 'b'], ['echo', 'a', 'b']),
         (['/bin/echo'], ['/bin/echo', 'a'], ['/bin/echo', 'a', 'b', 'c'],
          ['/bin/echo', 'a b'], ['/bin/echo', 'b', 'a'],
          ['/bin/echo', 'a', 'b', ''], ['/bin/echo', 'A', 'b'])),
        ({'command': '/bin/cat', 'command-exact': ['/bin/echo', '/bin/true x']},
         (['/bin/cat'], ['/bin/echo'], ['/bin/true', 'x']),
         (['/bin/echo', 'x'], ['/bin/true'])),
        ({'command': '*'}, (['/bin/echo'], ['ifconfig', 'lo'], []), ()),
        ({'command': None}, (), (['/bin/echo'], ['echo'], [], ['-c', ':'])),
        ({'command': '/bin/sh'}, (['-c', ':'], [], ['sh']), (['/bin/ash'],)),
        ({'command': '/bin/true', 'shell': '/bin/true'}, ([],), (['sh'],)),
    )

    def test_table(self):
        for keys, allowed, others in self.TABLE:
            write_policy(box(**keys))
            for line in allowed:
                with self.subTest(str(keys), line=line):
                    self.ok(minibox(*line))
            for line in others:
                with self.subTest(str(keys), line=line):
                    # What is not even a path that could be listed is misuse.
                    self.refused(minibox(*line), (125, 126))

    def test_refusal_names_box_and_command(self):
        write_policy(box(command='/bin/echo'))
        self.refused(minibox('/bin/cat'), 126, "box 'demo' does not allow "
                     '/bin/cat; see: minibox -l')

    def test_bare_names(self):
        write_policy(box(command=['/bin/echo', '/bin/absent', '/sbin/gone'],
                         path='/usr/bin:/sbin:/bin'))
        self.ok(minibox('echo', 'x'), 'x\n')
        self.refused(minibox('cat'), 126)           # not allowed anywhere
        self.refused(minibox('absent'), 127)        # allowed, not there
        self.refused(minibox('/bin/absent'), 127)
        write_policy(box())
        self.refused(minibox('no-such-program'), 127)
        self.refused(minibox('/bin/no-such-program'), 127)

    def test_path_order(self):
        path = self.root_file_system('path')
        for directory in 'one', 'two':
            os.mkdir(f'{path}/{directory}')
            write(f'{path}/{directory}/where',
                  f'#!/bin/sh\necho {directory} $PATH\n', 0o755)
        for order, first in (('/one:/two', 'one'), ('/two:/one', 'two'),
                             ('/none:/two', 'two')):
            write_policy(box(rootfs=path, path=order))
            self.ok(minibox('where'), f'{first} {order}\n')
        # Of the candidates, only what the box allows counts.
        write_policy(box(rootfs=path, path='/one:/two', command='/two/where'))
        self.ok(minibox('where'), 'two /one:/two\n')

    def test_not_executable(self):
        path = self.root_file_system('mode')
        write(f'{path}/bin/data', 'x', 0o644)
        write(f'{path}/bin/odd', 'no program\n', 0o755)
        write(f'{path}/bin/lost', '#!/nowhere/sh\n', 0o755)
        write_policy(box(rootfs=path))
        for name, status in (('data', 126), ('odd', 126), ('lost', (126, 127)),
                             ('', 126)):
            with self.subTest(name):
                self.refused(minibox('/bin/' + name if name else '/bin'),
                             status)
        os.chmod(f'{path}/bin/data', 0o755)
        write(f'{path}/bin/data', '#!/bin/sh\nexit 5\n', 0o755)
        self.ok(minibox('/bin/data'), status=5)


class DryRun(harness.Case):
    def test_permit(self):
        text = box(command=['/bin/cat', '/bin/echo'])
        write_policy(text)
        line = text.splitlines().index('command = /bin/echo') + 1
        result = minibox('-n', 'echo', 'x')
        self.ok(result)
        self.assertTrue(result.out.startswith('permit\n'), result.out)
        self.assertIn(f'{POLICY}:{line}', result.out)
        self.assertIn('demo', result.out)
        self.assertNotIn('x\n\n', result.out)

    def test_deny(self):
        write_policy(box(command='/bin/cat', deny_users='bob'))
        for args, user in (('/bin/echo',), ALICE), (('/bin/cat',), EVE):
            result = minibox('-n', *args, user=user)
            self.assertEqual((result.status, result.err), (126, ''), result)
            self.assertTrue(result.out.startswith('deny\n'), result.out)
        self.assertIn(f'{POLICY}:1',
                      minibox('-n', '/bin/echo').out)

    def test_stranger_learns_nothing(self):
        write_policy(box(deny_users='eve'))
        out = minibox('-n', '-b', 'demo', '/bin/echo', user=EVE)
        self.assertEqual(out.status, 126)
        self.assertNotIn('deny-users', out.out + out.err)
        self.assertNotIn(ROOT, out.out + out.err)

    def test_runs_nothing(self):
        mark = self.mark()
        write_policy(box(rootfs='/nowhere/at/all'))
        self.ok(minibox('-n', '/bin/sleep', mark))
        self.assertEqual(harness.pids_with(mark), [])


GOOD = box('good') + box('other', users='bob')
N = GOOD.count('\n')


def tail(text):
    """A comment whose end, after 199 bytes, is TEXT."""
    return '# ' + 'x' * 197 + text + '\n'


class BadPolicy(harness.Case):
    """Anything wrong anywhere: nobody gets in, and root is told where."""

    # What it is, what follows the good boxes, and the line of it at fault.
    AFTER = (
        ('191 bytes', 'description = ' + 'x' * 177 + '\n', 1),
        ('191 bytes of comment', '#' + 'x' * 190 + '\n', 1),
        ('191 bytes with blanks', 'hostname = x' + ' ' * 179 + '\n', 1),
        ('a tail that is a key', 'hostname = ' + 'x' * 188 +
         'users = *\n', 1),
        ('a comment with a tail', tail('users = *'), 1),
        ('a comment with a tail section', tail('[box evil]'), 1),
        ('a tail that continues', tail(' users = *'), 1),
        ('a tail without =', tail('xyz'), 1),
        ('NUL in a value', b'hostname = a\0b\n', 1),
        ('NUL first in a line', b'\n\0hostname = a\n', 2),
        ('NUL in a section', b'[box \0x]\n', 1),
        ('NUL in a comment', b'# \0\n', 1),
        ('BOM in the middle', b'\xef\xbb\xbfhostname = a\n', 1),
        ('CRLF', 'hostname = a\r\n', 1),
        ('CR only', 'hostname = a\rcommand = *\n', 1),
        ('CR in a comment', '# x\r\n', 1),
        ('an indented key', ' hostname = a\n', 1),
        ('a key behind a tab', '\thostname = a\n', 1),
        ('an indented section', ' [box b]\n', 1),
        ('an indented comment', ' # x\n', 1),
        ('; behind a value', 'hostname = a ; c\n', 1),
        ('# behind a value', 'hostname = a # c\n', 1),
        ('a key twice', 'rootfs = /opt\n', 1),
        ('a section twice', box('good'), 1),
        ('no bracket', '[box b\n', 1),
        ('junk behind the bracket', '[box b] x\n', 1),
        ('a key behind the bracket', '[box b]users = *\n', 1),
        ('a comment behind the bracket', '[box b] # x\n', 1),
        ('a semicolon in the section', '[bo ;x]\n', 1),
        ('blanks in the section', '[ box b ]\n', 1),
        ('two blanks in the section', '[box  b]\n', 1),
        ('a section of 50 characters', f'[{"s" * 50}]\n', 1),
        ('a box name of 33', f'[box {"s" * 33}]\n', 1),
        ('a box without a name', '[box]\n', 1),
        ('a box name with a slash', '[box a/b]\n', 1),
        ('a box name with a dot first', '[box .a]\n', 1),
        ('an unknown section', '[bax b]\n', 1),
        ('an empty section', '[]\n', 1),
        ('no key', '= v\n', 1),
        ('no value', 'hostname =\n', 1),
        ('only blanks for a value', 'hostname =   \n', 1),
        ('no =', 'hostname\n', 1),
        ('a colon', 'hostname: a\n', 1),
        ('a colon first', 'C:\\x = y\n', 1),
        ('a key of 50', 'k' * 50 + ' = a\n', 1),
        ('a capital', 'Hostname = a\n', 1),
        ('an unknown key', 'colour = red\n', 1),
        ('a key that looks like another', 'host\u043eame = a\n', 1),
        ('not ASCII in a value', 'hostname = \u00e4\n', 1),
        ('not UTF-8 in a comment', b'# \xe4\n', 1),
        ('a control character', 'description = \x1b[2J\n', 1),
        ('a bidirectional override', '# \u202e\n', 1),
        ('no newline at the end', 'hostname = a', 1),
        ('a comment without newline', '# x', 1),
        ('a box without a root', '[box b]\nusers = *\n', 1),
        ('a root that is relative', '[box b]\nrootfs = srv\n', 2),
        ('a root that is not clean', '[box b]\nrootfs = /srv/../etc\n', 2),
        ('/ as the root', '[box b]\nrootfs = /\n', 2),
        ('/etc as the root', '[box b]\nrootfs = /etc\n', 2),
        ('two words for a boolean', 'user-env = true\n', 1),
        ('a bad word', 'network = yes\n', 1),
        ('a bad octal', 'umask = 089\n', 1),
        ('a number too large', 'deny-users = 4294967295\n', 1),
        ('a number beyond 32 bits', 'deny-users = 4294967296\n', 1),
        ('a command that is relative', '[box b]\nrootfs = /opt\n'
         'command = ls\n', 3),
        ('a command with ..', '[box b]\nrootfs = /opt\n'
         'command = /bin/../x\n', 3),
        ('a blank in a command', '[box b]\nrootfs = /opt\n'
         'command = /bin/ls -l\n', 3),
        ('two blanks in an exact command', '[box b]\nrootfs = /opt\n'
         'command-exact = /bin/ls  -l\n', 3),
        ('exact beside *', 'command-exact = /bin/ls\n', 1),
        ('a shell that the box does not allow', '[box b]\nrootfs = /opt\n'
         'command = /bin/ls\nshell = /bin/sh\n', 4),
        ('a relative path', 'path = /bin:usr\n', 1),
        ('[minibox] in the middle, unknown key', '[minibox]\nx = y\n', 2),
        ('a default that is no box', '[minibox]\ndefault-box = nobox\n', 2),
        ('users in [defaults]', '[defaults]\nusers = *\n', 2),
        ('rootfs in [defaults]', '[defaults]\nrootfs = /opt\n', 2),
        ('a box key in [minibox]', '[minibox]\nhostname = a\n', 2),
    )
    # What comes before them.
    BEFORE = (
        ('a BOM', b'\xef\xbb\xbf', 1),
        ('two BOMs', b'\xef\xbb\xbf\xef\xbb\xbf', 1),
        ('a key before any section', b'hostname = a\n', 1),
        ('a blank line with a blank, then an indented key', b' \n x = y\n', 2),
    )

    def nobody_gets_in(self, line=None):
        where = f'{POLICY}:{line}: policy error' if line else 'policy error'
        for user, name in (ALICE, 'good'), (BOB, 'other'), (EVE, 'good'):
            self.refused(minibox('-b', name, TRUE, user=user), 125, where)
        self.assertEqual(minibox('-n', TRUE).status, 125)
        result = check()
        self.assertEqual(result.status, 1, result)
        if line:
            self.assertIn(f'{POLICY}:{line}: ', result.out + result.err)

    def test_control(self):
        write_policy(GOOD)
        self.ok(minibox('-b', 'good', TRUE))
        self.ok(minibox('-b', 'other', TRUE, user=BOB))
        self.assertEqual(check().status, 0)

    def test_lines_after(self):
        for what, text, line in self.AFTER:
            with self.subTest(what):
                # Keys go to the second box.
                write_policy(GOOD, text)
                self.nobody_gets_in(N + line)

    def test_lines_before(self):
        for what, text, line in self.BEFORE:
            with self.subTest(what):
                write_policy(text, GOOD)
                self.nobody_gets_in(line)

    def test_whole_files(self):
        for what, data in (('UTF-16', GOOD.encode('utf-16')),
                           ('CRLF', GOOD.replace('\n', '\r\n').encode()),
                           ('CR', GOOD.replace('\n', '\r').encode()),
                           ('one NUL', b'\0'), ('only a newline less',
                                                GOOD.encode()[:-1])):
            with self.subTest(what):
                write_policy(data)
                self.nobody_gets_in()

    def test_legal_neighbours(self):
        """The same without the fault."""
        for what, text in (
                ('190 bytes', 'description = ' + 'x' * 176 + '\n'),
                ('190 bytes of comment', '#' + 'x' * 189 + '\n'),
                ('blanks at the end', 'hostname = a   \n'),
                ('blank line', '\n\n'), ('comment', '; x\n# \u00e4 \u2713\n'),
                ('; inside a value', 'env-set = A=a;b#c\n'),
                ('another section', box('third')),
                ('a name of 32', box('s' * 32)),
                ('description with marks', 'description = a ; b # c \u00e4\n'),
                ('the largest number', 'deny-users = 4294967294\n'),
                ('[minibox] last', '[minibox]\ndefault-box = good\n'),
                ('[defaults] last', '[defaults]\nhostname = a\n'),
                ('a shell that is allowed', '[box b]\n'
                 'rootfs = /var/lib/minibox/demo\n'
                 'command = /bin/ls\nshell = /bin/ls\n')):
            with self.subTest(what):
                write_policy(GOOD, text)
                self.ok(minibox('-b', 'good', TRUE))
                self.ok(check()._replace(out='', err=''))

    def test_all_errors_are_reported(self):
        write_policy(GOOD, 'colour = red\nhostname: a\n')
        result = check()
        for line in N + 1, N + 2:
            self.assertIn(f'{POLICY}:{line}: ', result.out + result.err)

    def test_size(self):
        limit = 8 << 20
        line = b'#' + b'x' * 188 + b'\n'
        filled = GOOD.encode() + line * (limit // len(line) - 10)
        for size, fits in ((limit, True), (limit + 1, False)):
            left = size - len(filled)
            data = filled + (line * (left // len(line)))
            data += b'\n' * (size - len(data))
            self.assertEqual(len(data), size)
            write_policy(data)
            if fits:
                self.ok(minibox('-b', 'good', TRUE))
            else:
                self.refused(minibox('-b', 'good', TRUE), 125)
                self.assertEqual(check().status, 1)


class Check(harness.Case):
    def test_root_is_told_of_missing_mount_points(self):
        write_policy(GOOD, '[box b]\nrootfs = /opt\n')
        told = check()
        self.assertEqual(told.status, 1)
        for name in 'dev', 'home', 'proc':
            self.assertRegex(told.out, f'no mount point /{name}; '
                                       f'fix: mkdir -p /opt/{name}')
        self.assertNotIn('sys', told.out)
        write_policy(GOOD)                                      # control
        self.assertEqual(check().status, 0)

    def test_fix_names_every_bit(self):
        write_policy(GOOD, mode=0o666)
        self.assertIn('chmod go-w /etc/minibox.conf', check().out)
        os.chmod('/etc/minibox.conf', 0o644)                    # control
        self.assertEqual(check().status, 0)

    def test_own_file(self):
        write('/tmp/minibox-test.conf', GOOD, uid=ALICE.uid)
        self.addCleanup(os.unlink, '/tmp/minibox-test.conf')
        result = check('/tmp/minibox-test.conf', user=ALICE)
        self.assertEqual(result.status, 0, result)
        self.assertIn('/tmp/minibox-test.conf: OK', result.out)

    def test_standard_input(self):
        self.assertEqual(check('-', input=GOOD).status, 0)
        result = check('-', input=GOOD + 'x\n', user=ALICE)
        self.assertEqual(result.status, 1)
        self.assertIn(f':{N + 1}: ', result.out + result.err)

    def test_M04_privilege_is_gone_before_the_file_is_opened(self):
        secret = f'{harness.ROOTS}/secret'
        write(secret, 'topsecret = 1\n', 0o600)
        self.addCleanup(os.unlink, secret)
        result = check(secret, user=ALICE)
        self.assertEqual(result.status, 1)
        self.assertIn('ermission denied', result.out + result.err)
        self.assertNotIn('topsecret', result.out + result.err)
        self.assertNotIn(f'{secret}:1', result.out + result.err)
        self.assertIn(f'{secret}:1: ', ''.join(check(secret)[1:]))  # control
        # An existing and a missing file below a closed directory: the same.
        self.assertEqual(check('/root/.bashrc', user=ALICE)
                         ._replace(out='', err=''),
                         check('/root/nothing', user=ALICE)
                         ._replace(out='', err=''))

    def test_warns_of_unknown_names(self):
        write_policy(box(users=['alice', 'nosuchuser']))
        result = check()
        self.assertEqual(result.status, 0)
        self.assertIn('nosuchuser', result.out + result.err)


class PolicyFile(harness.Case):
    """The file itself: owner, mode, kind."""

    def setUp(self):
        super().setUp()
        self.addCleanup(harness.remove, POLICY)

    def closed(self):
        for user in ALICE, BOB:
            self.refused(minibox('-b', 'demo', TRUE, user=user, limit=5), 125)
        result = check(limit=5)
        self.assertEqual(result.status, 1)
        self.assertIn(POLICY, result.out + result.err)

    def open(self):
        self.ok(minibox('-b', 'demo', TRUE))

    def test_missing(self):
        self.open()
        os.unlink(POLICY)
        self.closed()

    def test_mode(self):
        for mode, fine in ((0o644, True), (0o600, True), (0o400, True),
                           (0o664, False), (0o646, False), (0o666, False)):
            with self.subTest(oct(mode)):
                os.chmod(POLICY, mode)
                (self.open if fine else self.closed)()

    def test_owner(self):
        for uid, gid, fine in ((0, 0, True), (0, LAB, True), (4001, 0, False),
                               (4001, 4001, False)):
            with self.subTest((uid, gid)):
                os.chown(POLICY, uid, gid)
                (self.open if fine else self.closed)()

    def test_parent_mode(self):
        self.addCleanup(os.chmod, '/etc', 0o755)
        for mode, fine in ((0o755, True), (0o711, True), (0o775, False),
                           (0o757, False), (0o1757, False)):
            with self.subTest(oct(mode)):
                os.chmod('/etc', mode)
                (self.open if fine else self.closed)()

    def test_parent_owner(self):
        self.addCleanup(os.chown, '/etc', 0, 0)
        self.open()
        os.chown('/etc', ALICE.uid, 0)
        self.closed()

    def test_links(self):
        self.open()
        os.link(POLICY, POLICY + '.hard')
        self.addCleanup(harness.remove, POLICY + '.hard')
        self.closed()
        os.unlink(POLICY)
        os.symlink(POLICY + '.hard', POLICY)
        self.closed()
        os.unlink(POLICY)
        os.rename(POLICY + '.hard', POLICY)
        self.open()

    def test_kinds(self):
        os.unlink(POLICY)
        for what, make in (
                ('directory', lambda: os.mkdir(POLICY)),
                ('FIFO', lambda: os.mkfifo(POLICY)),
                ('null', lambda: os.mknod(POLICY, stat.S_IFCHR | 0o644,
                                          os.makedev(1, 3))),
                ('zero', lambda: os.mknod(POLICY, stat.S_IFCHR | 0o644,
                                          os.makedev(1, 5))),
                ('link to zero', lambda: os.symlink('/dev/zero', POLICY)),
                ('dangling link', lambda: os.symlink('/nowhere', POLICY)),
                ('empty', lambda: write(POLICY, ''))):
            with self.subTest(what):
                make()
                if what == 'empty':     # a file like any other: no box
                    self.refused(minibox('-b', 'demo', TRUE), 126)
                else:
                    self.closed()
                harness.remove(POLICY)
        write_policy(self.policy)
        self.open()

    def test_as_installed_it_admits_nobody(self):
        installed = f'{harness.SCRATCH}/minibox.conf.installed'
        with open(installed, 'rb') as file:
            write_policy(file.read())
        self.assertEqual(check().status, 0)
        for user in ALICE, NOBODY:
            self.refused(minibox(TRUE, user=user), 126)
