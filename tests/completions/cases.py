# SPDX-License-Identifier: MIT
"""What the completions offer, as tables, in every shell that is there.

usage: cases.py SCRATCH"""

import os
import re
import sys
from contextlib import closing

import shells

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
COMPLETIONS = os.path.join(TOP, 'etc/completions')
TESTER = 4001                            # of ../stage.sh
PATH = '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin'

# In the place of minibox: says what is in $HOME/listing, and what it was called
# with.
STUB = r'''#!/bin/sh
echo "$*" >>"$CALLS"
[ "$1" != -l ] || echo complaint >&2
cat "$HOME/listing"
'''

HOSTILE = 'a $(touch pwned) `touch pwned` * ~ \\n %B {a,b} "q" \'q\' x: (y) é'
ODD = ['/bin/echo', '$(touch${IFS}pwned)', '*', 'a=b:c', 'user@host', 'x;y',
       "it's", '`touch${IFS}pwned`', '$HOME', 'a"b']
LISTING = fr'''
demo (default): {HOSTILE}
    * (any command)
    -B /home/alice/NAME:/home/alice/NAME:rw
lab: (default)
    /bin/sh
    /usr/bin/tools/
    /opt/lab/tool
    /usr/bin/make all (exactly)
    /usr/bin/make -C /src check (exactly)
    /bin/date (exactly)
    home: tmpfs
    lost: /bin/false
    -B "/srv/a b/NAME:/srv/a b/NAME:ro" (noexec)
  /bin/false
/bin/false
dev.2-x_y
    nothing: it lists no command
dirs
    /usr/local/bin/
    /usr/bin/make all (exactly)
odd
    {' '.join(ODD)} (exactly)
    /opt/odd a=b:c@d (exactly)
'''
BOXES = {'demo', 'lab', 'dev.2-x_y', 'dirs', 'odd'}
LAB = {'/bin/sh', 'sh', '/usr/bin/tools/', '/opt/lab/tool',
       '/usr/bin/make', 'make', '/bin/date', 'date'}
NOTHING = set()

# After `minibox `: what is typed; the part of its last word that comes before
# what is offered; that.
OFFERS = [
    ('-b ', '', BOXES),
    ('-b d', '', {'demo', 'dev.2-x_y', 'dirs'}),
    ('--box ', '', BOXES),
    ('--box=', '--box=', BOXES),
    ('-nb ', '', BOXES),
    ('-n -b ', '', BOXES),
    ('-l -b ', '', BOXES),
    ('-B -l -b ', '', BOXES),
    # Whose commands?
    ('', '', NOTHING),
    ('-b demo ', '', NOTHING),
    ('-b dev.2-x_y ', '', NOTHING),
    ('-b nobox ', '', NOTHING),
    ('-b lab ', '', LAB),
    ('-blab ', '', LAB),
    ('-nblab ', '', LAB),
    ('-b "lab" ', '', LAB),
    ('--box lab ', '', LAB),
    ('--box=lab ', '', LAB),
    ('-b lab -- ', '', LAB),
    ('-b lab -n --network=none -e A=1 --cpus 2 -C /tmp ', '', LAB),
    ('-B -b -b lab ', '', LAB),
    ('-e --check -b lab ', '', LAB),
    ('-b lab /bin/', '', {'/bin/sh', '/bin/date'}),
    # Lines that are allowed exactly
    ('-b lab make ', '', {'all', '-C'}),
    ('-b lab make -', '', {'-C'}),
    ('-b lab -- make -', '', {'-C'}),
    ('-b lab make -C ', '', {'/src'}),
    ('-b lab /usr/bin/make -C /src ', '', {'check'}),
    ('-b lab make all ', '', NOTHING),
    ('-b lab make other ', '', NOTHING),
    ('-b lab make -C all ', '', NOTHING),
    ('-b lab date ', '', NOTHING),
    ('-b dirs make ', '', {'all'}),
    # Other values
    ('--network ', '', {'none'}),
    ('--network=', '--network=', {'none'}),
    ('-B a:', '', NOTHING),
    ('-B a:/b:', 'a:/b:', {'ro', 'rw'}),
    ('--bind=a:/b:', '--bind=a:/b:', {'ro', 'rw'}),
    ('-e PROBE_V', '', {'PROBE_VAR'}),
    ('--hostname ', '', NOTHING),
    ('--memory ', '', NOTHING),
    ('--pids-limit ', '', NOTHING),
    ('--cpus ', '', NOTHING),
    ('--timeout ', '', NOTHING),
    ('--status-fd ', '', NOTHING),
    ('-c ', '', NOTHING),
    # Where nothing more may come
    ('-b lab -l ', '', NOTHING),
    ('-b lab -ll ', '', NOTHING),
    ('-b lab --list ', '', NOTHING),
    ('-b lab -h ', '', NOTHING),
    ('-b lab --version ', '', NOTHING),
    ('-b lab -c x ', '', NOTHING),
    ('-l -', '', {'-b', '--box', '-l', '--list', '--json'}),
    ('-ll -', '', {'-b', '--box', '-l', '--list', '--json'}),
    ('-b lab -- -', '', NOTHING),
    ('-b lab sh -', '', NOTHING),
    ('-b lab sh --', '', NOTHING),
]

# What is typed; what Tab makes of it.  HERE is the working directory, in which
# there are unique.txt, subdir/inner, "odd name" and a:b.
LINES = [
    ('minibox -b la', 'minibox -b lab '),
    ('minibox -bla', 'minibox -blab '),
    ('minibox -nbla', 'minibox -nblab '),
    ('minibox --box=la', 'minibox --box=lab '),
    ('minibox --bo', 'minibox --box='),
    ('minibox --netw', 'minibox --network='),
    ('minibox --network n', 'minibox --network none '),
    ('minibox --dry', 'minibox --dry-run '),
    ('minibox -c x --dry', 'minibox -c x --dry-run '),
    ('minibox -h --dry', 'minibox -h --dry'),
    ('minibox --check --dry', 'minibox --check --dry'),
    ('minibox --js', 'minibox --js'),
    ('minibox -l --js', 'minibox -l --json '),
    ('minibox -b lab s', 'minibox -b lab sh '),
    ('minibox -b lab /o', 'minibox -b lab /opt/lab/tool '),
    ('minibox -b lab /usr/bin/t', 'minibox -b lab /usr/bin/tools/'),
    ('minibox -b lab /usr/bin/tools/f', 'minibox -b lab /usr/bin/tools/f'),
    ('minibox -b lab mak', 'minibox -b lab make '),
    ('minibox -b lab make al', 'minibox -b lab make all '),
    ("minibox -b lab make 'al", "minibox -b lab make 'all' "),
    ("minibox -b odd echo '$(", f"minibox -b odd echo '{ODD[1]}' "),
    ('minibox -b odd /opt/odd a', 'minibox -b odd /opt/odd a=b:c@d '),
    ('minibox -b odd /opt/odd a=', 'minibox -b odd /opt/odd a=b:c@d '),
    ('minibox -b odd /opt/odd a=b:', 'minibox -b odd /opt/odd a=b:c@d '),
    ('minibox -b odd /opt/odd a=b:c@', 'minibox -b odd /opt/odd a=b:c@d '),
    # Files, where they may come
    ('minibox un', 'minibox un'),
    ('minibox ./un', 'minibox ./unique.txt '),
    ('minibox -b lab un', 'minibox -b lab un'),
    ('minibox -b lab ./un', 'minibox -b lab ./un'),
    ('minibox sh un', 'minibox sh unique.txt '),
    ('minibox -- sh un', 'minibox -- sh unique.txt '),
    ('minibox -b lab sh un', 'minibox -b lab sh unique.txt '),
    ('minibox -b lab /bin/sh un', 'minibox -b lab /bin/sh unique.txt '),
    ('minibox -b lab /usr/bin/tools/x un',
     'minibox -b lab /usr/bin/tools/x unique.txt '),
    ('minibox -b lab x -v un', 'minibox -b lab x -v unique.txt '),
    ('minibox -b lab other un', 'minibox -b lab other unique.txt '),
    ('minibox -b lab make un', 'minibox -b lab make un'),
    ('minibox -b dirs make un', 'minibox -b dirs make unique.txt '),
    ('minibox -b dirs /usr/bin/make un', 'minibox -b dirs /usr/bin/make un'),
    ('minibox -b dirs tool un', 'minibox -b dirs tool unique.txt '),
    ('minibox -b lab sh subd', 'minibox -b lab sh subdir/'),
    ('minibox -b lab sh od', 'minibox -b lab sh odd\\ name '),
    ('minibox -b lab sh -b la', 'minibox -b lab sh -b la'),
    ('minibox -b lab sh >un', 'minibox -b lab sh >unique.txt '),
    ('minibox --check un', 'minibox --check unique.txt '),
    ('minibox --check unique.txt un', 'minibox --check unique.txt un'),
    ('minibox -B un', 'minibox -B unique.txt '),
    ('minibox -B subdir/i', 'minibox -B subdir/inner '),
    ('minibox --bind=un', 'minibox --bind=unique.txt '),
    ('minibox -B a:un', 'minibox -B a:un'),
    ('minibox -B a:/b:rw', 'minibox -B a:/b:rw '),
    ('minibox -C ', 'minibox -C /'),
    ('minibox -C sub', 'minibox -C sub'),
    ('minibox -C HERE/sub', 'minibox -C HERE/subdir/'),
    ('minibox -C HERE/un', 'minibox -C HERE/un'),
    ('minibox --chdir=HERE/sub', 'minibox --chdir=HERE/subdir/'),
    ('minibox -e PROBE_V', 'minibox -e PROBE_VAR '),
    ('minibox --env=PROBE_V', 'minibox --env=PROBE_VAR '),
    ('minibox -b zz', 'minibox -b zz'),
    ('minibox --memory un', 'minibox --memory un'),
    ('minibox -l un', 'minibox -l un'),
    # Behind another command
    ('sudo minibox -b la', 'sudo minibox -b lab '),
    ('sudo minibox -b lab sh un', 'sudo minibox -b lab sh unique.txt '),
    # minibox-rootfs
    ('minibox-rootfs sn', 'minibox-rootfs snippet '),
    ('minibox-rootfs --h', 'minibox-rootfs --help '),
    ('minibox-rootfs import un', 'minibox-rootfs import un'),
    ('minibox-rootfs import x un', 'minibox-rootfs import x unique.txt '),
    ('minibox-rootfs import x y un', 'minibox-rootfs import x y un'),
    ('minibox-rootfs host x nohu', 'minibox-rootfs host x nohup '),
    ('minibox-rootfs host x ls nohu', 'minibox-rootfs host x ls nohup '),
    ('minibox-rootfs host x un', 'minibox-rootfs host x un'),
    ('minibox-rootfs host x ./un', 'minibox-rootfs host x ./unique.txt '),
    ('minibox-rootfs host nohu', 'minibox-rootfs host nohu'),
    ('minibox-rootfs view x un', 'minibox-rootfs view x un'),
    ('minibox-rootfs check un', 'minibox-rootfs check un'),
    ('minibox-rootfs debian x un', 'minibox-rootfs debian x un'),
]

# A list of boxes; what COMMAND may be there.
OTHERS = [
    ('none at all', '', NOTHING),
    ('the only one', 'a: b\n    /bin/ls\n', {'/bin/ls', 'ls'}),
    ('one of two', 'a\n    /bin/ls\nb\n    /bin/cat\n', NOTHING),
    ('the second of two', 'a\n    /bin/ls\nb (default)\n    /bin/cat\n',
     {'/bin/cat', 'cat'}),
    ('a description like a default', 'a: x (default)\n    /bin/ls\n'
     'b (default): y\n    /bin/cat\n', {'/bin/cat', 'cat'}),
    ('no box before commands', '    /bin/ls\n', NOTHING),
    ('no newline at the end', 'a\n    /bin/ls', {'/bin/ls', 'ls'}),
    ('more after a command', 'a\n    /bin/ls (the shell)\n', {'/bin/ls', 'ls'}),
]

POLICY = '''
[minibox]
default-box = lab
[box lab]
rootfs = /var/lib/minibox/demo
users = tester
description = Tools: "all" of $HOME; é
command = /bin/sh
command = /usr/bin/
command-exact = /bin/ls -d /etc
[box free]
rootfs = /var/lib/minibox/demo
users = tester
command = *
[box staff]
rootfs = /var/lib/minibox/demo
users = root
command = /bin/cat
'''
SHOWN = '/etc\n'
INSTALLED = {
    'bash': ['bash-completion/completions/minibox',
             'bash-completion/completions/minibox-rootfs'],
    'zsh': ['zsh/site-functions/_minibox'],
    'fish': ['fish/vendor_completions.d/minibox.fish',
             'fish/vendor_completions.d/minibox-rootfs.fish'],
}
INSTALLED_OFFERS = [
    ('-b ', {'lab', 'free'}),
    ('', {'/bin/sh', 'sh', '/bin/ls', 'ls', '/usr/bin/'}),
    ('-b free ', NOTHING),
    ('-b staff ', NOTHING),
    ('ls ', {'-d'}),
    ('/bin/ls -d ', {'/etc'}),
]


class Suite:
    def __init__(self, scratch):
        self.scratch = scratch
        self.passed = self.failed = self.skipped = 0
        self.here = os.path.join(scratch, 'here')
        self.stubs = os.path.join(scratch, 'stubs')
        os.makedirs(os.path.join(self.here, 'subdir'))
        os.mkdir(self.stubs)
        # The others are not called, but fish asks if they are there.
        for name in ('minibox', 'minibox-rootfs', 'sudo'):
            self.write(os.path.join(self.stubs, name), STUB)
            os.chmod(os.path.join(self.stubs, name), 0o755)
        for name in ('unique.txt', 'subdir/inner', 'odd name', 'a:b'):
            self.write(os.path.join(self.here, name), '')
        self.made = sorted(os.listdir(self.here))

    @staticmethod
    def write(path, text):
        with open(path, 'w') as file:
            file.write(text)

    def expect(self, what, got, wanted):
        if got == wanted:
            self.passed += 1
            return
        self.failed += 1
        print(f'FAIL: {what}: {got!r} instead of {wanted!r}')

    def skip(self, reason):
        self.skipped += 1
        print(f'skip: {reason}')

    def attempt(self, what, function, *args):
        """A shell that does not answer, or is gone, is one failure."""
        try:
            function(*args)
        except Exception as error:
            self.failed += 1
            print(f'FAIL: {what}: {error!r}')

    # With the stub

    @staticmethod
    def recorded(kind):
        return 'recorded minibox; recorded minibox-rootfs\n' \
            if kind is shells.Bash else ''

    def start(self, kind, setup=''):
        local = {'fish': 'set PROBE_VARIANT x\n'}.get(
            kind.name, 'PROBE_VARIANT=x\n')
        shell = kind(self.scratch, self.here, f'{self.stubs}:{PATH}',
                     COMPLETIONS, setup=local + self.recorded(kind) + setup,
                     PROBE_VAR='x')
        self.listing(shell, LISTING)
        return shell

    def listing(self, shell, text):
        self.write(os.path.join(shell.home, 'listing'), text)

    def called(self, what, calls):
        """Once at most, and only so."""
        if calls not in ([], ['-l']):
            self.expect(f'{what}: calls', calls, ['-l'])

    def offers(self, shell, line, lead, wanted, title=''):
        what = f'{shell.name}: {title}{line!r}'
        offer = shell.complete(line)
        words = {word.removeprefix(lead) for word in offer.words}
        if line.endswith('-'):
            words = {word.rstrip('=') for word in words}
        self.expect(what, words, wanted)
        self.called(what, offer.calls)

    def line(self, shell, line, wanted):
        line = line.replace('HERE', self.here)
        wanted = wanted.replace('HERE', self.here)
        if shell.name == 'fish' and wanted.endswith('='):
            wanted = wanted[:-1] + ' '   # its way to write an option
        offer = shell.complete(line)
        self.expect(f'{shell.name}: {line!r}', offer.line, wanted)
        self.called(f'{shell.name}: {line!r}', offer.calls)

    def options(self, shell):
        """Those of the program, no more and no less, and what they do."""
        with open(os.path.join(TOP, 'src/request.c')) as file:
            table = re.findall(r"^\t\{ (?:'(\w)'|0), (?:\"([\w-]+)\"|NULL), "
                               r"\w+, take_", file.read(), re.M)
        declared = {f'-{letter}' for letter, _ in table if letter} | \
            {f'--{name}' for _, name in table if name}
        assert '-b' in declared and '--check' in declared
        offered = {}
        for line in ('minibox -', 'minibox -l -'):
            offered.update(shell.complete(line).words)
        self.expect(f'{shell.name}: options', {w.rstrip('=') for w in offered},
                    declared)
        with open(os.path.join(TOP, 'src/minibox-rootfs')) as file:
            declared = set(re.findall(r'^  ([a-z]+)(?: NAME|  )', file.read(),
                                      re.M))
        assert 'view' in declared and 'list' in declared
        subcommands = shell.complete('minibox-rootfs ').words
        self.expect(f'{shell.name}: subcommands', set(subcommands), declared)
        if shell.described:
            plain = [word for word, text in {**offered, **subcommands}.items()
                     if len(text) < 5]
            self.expect(f'{shell.name}: without a description', plain, [])
            boxes = shell.complete('minibox -b ').words
            self.expect(f'{shell.name}: descriptions', boxes, {
                'demo': HOSTILE + ' (default)', 'lab': '(default)',
                'dev.2-x_y': '', 'dirs': '', 'odd': ''})

    def odd(self, shell):
        """An exact command line, completed word by word, is what it is when
        the shell has read it."""
        for quote in '', '"', "'":
            line = 'minibox -b odd echo '
            for _ in ODD[1:]:
                line = shell.complete(line + quote).line
            shell.run(line)
            self.expect(f'{shell.name}: {line!r}', shell.calls(),
                        [' '.join(['-b', 'odd', 'echo', *ODD[1:]])])

    def zsh_completers(self):
        """Completers that try again ask once."""
        with closing(self.start(shells.Zsh, r"""
zstyle ':completion:*' completer _complete _match _approximate
zstyle ':completion:*' matcher-list '' 'm:{a-z}={A-Z}' 'r:|.=*'
""")) as shell:
            self.expect('zsh: calls of many completers',
                        shell.complete('minibox -b xyzxyz').calls, ['-l'])
            self.listing(shell, 'new\n')
            self.expect('zsh: a list that has changed',
                        shell.complete('minibox -b ').line, 'minibox -b new ')

    def loaded(self, kind):
        """As a user has it: nothing recorded, nothing loaded before."""
        with closing(kind(self.scratch, self.here, f'{self.stubs}:{PATH}',
                          COMPLETIONS)) as shell:
            self.listing(shell, LISTING)
            for line, more in (('minibox -b la', 'b '),
                               ('minibox-rootfs sn', 'ippet ')):
                self.expect(f'{shell.name}: loaded: {line!r}',
                            shell.complete(line).line, line + more)

    def stubbed(self, kind):
        name = kind.name
        with closing(self.start(kind)) as shell:
            for line, lead, wanted in OFFERS:
                self.offers(shell, 'minibox ' + line, lead, wanted)
            for line, wanted in LINES:
                self.line(shell, line, wanted)
            self.options(shell)
            self.odd(shell)
            for what, listing, wanted in OTHERS:
                self.listing(shell, listing)
                for line in ('minibox ', 'minibox -- '):
                    self.offers(shell, line, '', wanted, f'{what}: ')
            self.expect(f'{name}: complaints on the screen',
                        b'complaint' in shell.screen, False)
            self.expect(f'{name}: what was made', sorted(os.listdir(self.here)),
                        self.made)
        self.loaded(kind)
        if kind is shells.Zsh:
            self.zsh_completers()

    # Installed, on the stage

    def installed(self, kind):
        """What `make install` has put there, and the real minibox."""
        missing = [name for name in INSTALLED[kind.name]
                   if not os.path.isfile('/usr/local/share/' + name)]
        self.expect(f'{kind.name}: not installed', missing, [])
        if missing:
            return
        self.write('/etc/minibox.conf', POLICY)
        # Where else fish looks is set when it is built.
        options = {'setup': self.recorded(kind),
                   'XDG_DATA_DIRS': '/usr/local/share:/usr/share'}
        name = 'minibox-rootfs check de'
        with closing(kind(self.scratch, self.here, PATH, user=TESTER,
                          **options)) as shell:
            for line, wanted in INSTALLED_OFFERS:
                self.offers(shell, 'minibox ' + line, '', wanted, 'installed: ')
            line = 'minibox -blab ls '
            for _ in range(2):
                line = shell.complete(line).line
            shell.run(line + '>~/out 2>&1')
            with open(os.path.join(shell.home, 'out')) as file:
                self.expect(f'{kind.name}: installed: {line!r}', file.read(),
                            SHOWN)
            self.line(shell, name, name)
        with closing(kind(self.scratch, self.here, PATH, **options)) as shell:
            self.line(shell, name, 'minibox-rootfs check demo ')
            self.offers(shell, 'minibox-rootfs remove ', '', {'demo'},
                        'installed: ')

    def main(self):
        for kind in shells.SHELLS:
            if kind.missing():
                self.skip(kind.missing())
                continue
            self.attempt(kind.name, self.stubbed, kind)
            if os.environ.get('STAGE_SCRATCH'):
                self.attempt(f'{kind.name}: installed', self.installed, kind)
            else:
                self.skip(f'{kind.name}: installed: no BUILD_DIR given')
        print(f'{self.passed} passed, {self.failed} failed, '
              f'{self.skipped} skipped')
        return 1 if self.failed else 0


if __name__ == '__main__':
    sys.exit(Suite(sys.argv[1]).main())
