# SPDX-License-Identifier: MIT
"""Does -l tell the caller what he may run, and a program the same?"""

import json

import harness
from harness import ALICE, BOB, EVE, ROOT, SUPERUSER, box, minibox, write_policy

ODD = r'''"quotes", \ and \u0041, 'ä', <&>, 漢字 🙂 ; not a comment # nor this'''


class List(harness.Case):
    policy = ('[minibox]\ndefault-box = lab\n' +
              box('lab', users='alice, bob', description=ODD) +
              box('judge', users='alice', command=['/bin/', '/bin/sh'],
                  command_exact=r'/bin/echo "a" \b', allow_bind='%h/:%h/:rw',
                  description=None) +
              box('secret', users='eve', description='hidden words'))

    def test_plain(self):
        self.ok(minibox('-l'), f'''\
lab (default): {ODD}
    * (any command)
judge
    /bin/
    /bin/sh
    /bin/echo "a" \\b (exactly)
    -B /home/alice/NAME:/home/alice/NAME:rw (noexec)
''')
        self.ok(minibox('--list', '-b', 'judge', user=ALICE),
                minibox('-l').out.partition('\n    * (any command)\n')[2])

    def test_json(self):
        """Through a real parser, and ASCII where a terminal would care."""
        result = minibox('-l', '--json')
        self.ok(result)
        self.assertEqual(json.loads(result.out), {'boxes': [
            {'name': 'lab', 'default': True, 'description': ODD,
             'shell': '/bin/sh', 'command': ['*'], 'command-exact': [],
             'allow-bind': []},
            {'name': 'judge', 'default': False, 'shell': '/bin/sh',
             'command': ['/bin/', '/bin/sh'],
             'command-exact': [r'/bin/echo "a" \b'],
             'allow-bind': ['/home/alice/NAME:/home/alice/NAME:rw']}]})
        self.assertEqual(result.out.count('\n'), 1)

    def test_full(self):
        """What -n says of a command, but for the command."""
        for name in 'lab', 'judge':
            said = minibox('-n', '-b', name, '/bin/sh').out
            steps = said.partition('plan:\n')[2].splitlines()
            steps = [step for step in steps if not step.startswith(
                ('  directory:', '  command:', '  arguments:'))]
            result = minibox('-ll', '-b', name)
            self.ok(result)
            self.assertEqual(result.out.splitlines()[-len(steps):], steps)
            told, = json.loads(minibox('-ll', '--json', '-b', name).out)['boxes']
            self.assertEqual(['  ' + step for step in told['plan']], steps)

    def test_nothing_of_others(self):
        for words in ('-l',), ('-ll',), ('-l', '--json'), ('-ll', '--json'):
            self.assertNotRegex(minibox(*words).out, 'secret|hidden words')
            self.assertRegex(minibox(*words, user=EVE).out, 'secret')
        for words in ('-l',), ('-ll',):
            self.refused(minibox(*words, '-b', 'secret'), 1,
                         "box 'secret' is not available to you; see: "
                         'minibox -l')
            self.refused(minibox(*words, '-b', 'nosuch'), 1,
                         "box 'nosuch' is not available to you; see: "
                         'minibox -l')

    def test_none(self):
        write_policy(box(users='bob'))
        self.refused(minibox('-l'), 1,
                     'no box is available to you; ask your administrator')
        self.ok(minibox('-l', '--json'), '{"boxes":[]}\n', status=1)
        self.assertEqual(minibox('-l', user=BOB).status, 0)

    def test_default_is_what_is_entered(self):
        for policy, name in (
                (box('one') + box('two', users='bob'), 'one'),
                (box('one') + box('two'), None),
                ('[minibox]\ndefault-box = two\n' + box('one') + box('two'),
                 'two')):
            write_policy(policy)
            marked = [entry['name'] for entry in
                      json.loads(minibox('-l', '--json').out)['boxes']
                      if entry['default']]
            self.assertEqual(marked, [name] if name else [])
            result = minibox('/bin/sh', '-c', 'echo $MINIBOX_BOX')
            if name:
                self.ok(result, name + '\n')
            else:
                self.refused(result, 125, 'which box?')

    def test_usage(self):
        for words, text in ((('--json',), '--json goes with -l'),
                            (('-n', '--json', '/bin/sh'),
                             '--json goes with -l'),
                            (('-l', '/bin/sh'), 'exclude each other'),
                            (('-l', '--json=x'), '--json takes no value')):
            self.refused(minibox(*words), 125, text)

    def test_root(self):
        write_policy(box(users='root'))
        self.ok(minibox('-l', user=SUPERUSER))

    def test_box_that_cannot_be_used(self):
        """Why, before the user finds out."""
        write_policy(box(users='*', home='ro'))
        result = minibox('-ll', user=harness.STRANGER, env={})
        self.assertEqual(result.status, 0, result)
        self.assertIn('\n  refused: ', result.out)
