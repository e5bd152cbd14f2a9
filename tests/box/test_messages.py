# SPDX-License-Identifier: MIT
"""Messages that no other test needs: exactly as they are."""

import os
import resource

import harness
from harness import POLICY, SUPERUSER, box, minibox, write_policy

TRUE = '/bin/true'


class Usage(harness.Case):
    def test_options_of_other_programs(self):
        for words, cure in (
                (('-v', '/a:/b'), 'there is no -v: bind what the policy allows '
                 'with -B SRC[:DST[:ro|rw]]'),
                (('-it',), 'there is no -it: the terminal is always yours'),
                (('-ti',), 'there is no -ti: the terminal is always yours'),
                (('-i',), 'there is no -i: the terminal is always yours'),
                (('-t',), 'there is no -t: the terminal is always yours'),
                (('-u', 'bob'), 'there is no -u: the command always runs as '
                 'you'),
                (('--user=bob',), 'there is no --user: the command always runs '
                 'as you'),
                (('--rm',), 'there is no --rm: nothing is left of a box '
                 'anyway'),
                (('-R', '/r'), 'there is no -R: root file systems come from '
                 'the policy; pick a box with -b'),
                (('--rootfs=/r',), 'there is no --rootfs: root file systems '
                 'come from the policy; pick a box with -b'),
                (('--privileged',), 'there is no --privileged: there is no '
                 'privilege in a box'),
                (('--cap-add=x',), 'there is no --cap-add: there is no '
                 'privilege in a box'),
                (('--config=x',), 'there is no --config: the policy is in a '
                 'fixed place; try one with --check'),
                (('--check', '-b', 'demo'), '--check looks at every box; leave '
                 '-b out')):
            with self.subTest(words):
                result = minibox(*words)
                self.refused(result, 125)
                self.assertEqual(result.err, f'minibox: {cure}\n')


class Explained(harness.Case):
    """What refuses a command is what -n says, with the line that decided."""
    policy = (box('lab', users=None, groups='lab') +
              box('judge', command=['/bin/ls', '/bin/true'],
                  command_exact='/bin/echo a', memory='64M', timeout='10s',
                  allow_bind='/etc/hosts:/tmp/h', env_keep='A') +
              box('own', users='alice, bob'))

    def test_table(self):
        for *words, line in (
                ('-b', 'lab', TRUE, None), ('-b', 'nosuch', TRUE, None),
                ('-b', 'judgee', TRUE, None), (TRUE, None),
                ('-b', 'judge', '/bin/sh', 5), ('-b', 'judge', 5),
                ('-b', 'judge', '-c', 'exit', 5), ('-b', 'judge', 'sh', 5),
                ('-b', 'judge', '/bin/echo', 'b', 5),
                ('-b', 'judge', '/bin/../bin/ls', 5),
                ('-b', 'judge', '--memory=65M', TRUE, 11),
                ('-b', 'judge', '--timeout=11s', TRUE, 12),
                ('-b', 'judge', '-B', '/etc/passwd', TRUE, 5),
                ('-b', 'judge', '-B', '/etc/hosts:/tmp/h:rw', TRUE, 13),
                ('-b', 'judge', '-e', 'A=b', TRUE, 5),
                ('-b', 'own', '-e', 'LD_PRELOAD=x', TRUE, None)):
            with self.subTest(words):
                refused = minibox(*words)
                self.refused(refused, (125, 126))
                told = minibox('-n', *words)
                self.assertEqual(told.status, 126)
                reason = refused.err.removeprefix('minibox: ')
                self.assertIn(f'reason: {reason}', told.out)
                self.assertEqual(told.out.splitlines()[0], 'deny')
                if line:
                    self.assertIn(f'decided by: {POLICY}:{line}\n', told.out)
                else:
                    self.assertNotIn('decided by', told.out)


class Policy(harness.Case):
    def test_root_is_told_what(self):
        write_policy(box() + 'x = y\n')
        result = minibox('-l', user=SUPERUSER)
        self.refused(result, 125)
        self.assertEqual(result.err, f"minibox: {POLICY}:5: unknown key 'x'; "
                         'see: minibox --check\n')


class Boxes(harness.Case):
    def says(self, status, text, *args, **options):
        result = minibox(*args, **options)
        self.refused(result, status)
        self.assertEqual(result.err, f'minibox: {text}\n')

    def test_no_place_for_what_was_asked_for(self):
        write_policy(box(allow_bind=['/etc/hosts:/nothere', '/etc/hosts:/tmp/x']))
        self.ok(minibox('-B', '/etc/hosts:/tmp/x', TRUE))
        self.says(125, "box 'demo': there is no /nothere to show /etc/hosts "
                  'on, and the root of the box is read-only; choose another '
                  'DST that minibox -l shows, or tell your administrator',
                  '-B', '/etc/hosts:/nothere', TRUE)

    def test_too_many_variables(self):
        write_policy(box(env_keep='A*'))
        env = harness.environment()
        self.ok(minibox(TRUE, env={**env, **{f'A{i}': 'x' for i in range(900)}}))
        self.says(125, 'too many variables are kept; start minibox with fewer, '
                  'as with: env -i', TRUE,
                  env={**env, **{f'A{i}': 'x' for i in range(1100)}})

    def test_no_network_namespace(self):
        write_policy(box(network='netns:nosuch'))
        os.makedirs('/run/netns', exist_ok=True)
        result = minibox('--check', user=SUPERUSER)
        self.assertEqual(result.status, 1, result)
        self.assertIn('/run/netns/nosuch: No such file or directory; fix: ip '
                      'netns add nosuch\n', result.out)


class Memory(harness.Case):
    def test_out_of_memory(self):
        """An address space that is too small for the policy."""
        write_policy(box() + ('#' * 180 + '\n') * 40_000)
        self.ok(minibox(TRUE))
        for size in 4 << 20, 6 << 20, 8 << 20:
            def limit():
                resource.setrlimit(resource.RLIMIT_AS, (size, size))
            result = minibox(TRUE, before=limit)
            if result.status == 125:
                self.refused(result, 125, 'out of memory; see: ulimit -v')
                return
        self.fail('memory was enough')
