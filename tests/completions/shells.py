# SPDX-License-Identifier: MIT
"""Real shells on a terminal, that complete what is typed.

Each has a key that sends what it had to offer, and the line as it is then,
through a pipe; that key is read when the completion is over, so that nothing
here has to wait for a while and hope."""

import fcntl
import os
import pty
import select
import shlex
import shutil
import signal
import struct
import termios
import time
from typing import NamedTuple

LIMIT = 20 * int(os.environ.get('MINIBOX_TEST_SLOW', '1'))  # seconds
BASH_COMPLETION = '/usr/share/bash-completion/bash_completion'
DUMP = b'\x18\x0c'                       # Ctrl-X Ctrl-L


class Offer(NamedTuple):
    words: dict         # word: description
    line: str           # what was typed, completed
    calls: list         # of minibox, by the stub


class Shell:
    """A shell in DIRECTORY.  COMPLETIONS are those of the sources; without it,
    the shell finds those that are installed."""

    def __init__(self, scratch, directory, path, completions=None, user=None,
                 setup='', **env):
        self.home = os.path.join(scratch, 'home')
        shutil.rmtree(self.home, ignore_errors=True)
        os.mkdir(self.home)
        os.mkdir(os.path.join(self.home, 'run'), 0o700)
        self.pipe_name = os.path.join(self.home, 'pipe')
        os.mkfifo(self.pipe_name)
        self.calls_name = self.write('calls', '')
        self.pipe = os.open(self.pipe_name, os.O_RDWR | os.O_NONBLOCK)
        self.screen = b''
        self.completions = completions
        self.env = {'PATH': path, 'HOME': self.home, 'TERM': 'xterm',
                    # Else, or with another mode, fish uses /tmp.
                    'XDG_RUNTIME_DIR': os.path.join(self.home, 'run'),
                    'LC_ALL': 'C.UTF-8', 'PROBE': self.pipe_name,
                    'CALLS': self.calls_name, **env}
        argv = self.prepare(setup)
        if user is not None:
            for path, _, files in os.walk(self.home):
                for name in ('', *files):
                    os.chown(os.path.join(path, name), user, user)
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            self.child(argv, directory, user)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ,
                    struct.pack('4H', 50, 200, 0, 0))
        try:
            self.answer()                # the first prompt
        except OSError:
            self.close()
            raise

    def child(self, argv, directory, user):
        try:
            if user is not None:
                os.setgroups([])
                os.setresgid(user, user, user)
                os.setresuid(user, user, user)
            os.chdir(directory)
            os.execve(argv[0], argv, self.env)
        finally:
            os._exit(127)

    def write(self, name, text):
        path = os.path.join(self.home, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as file:
            file.write(text)
        return path

    def answer(self):
        """The lines up to the next NUL."""
        end = time.monotonic() + LIMIT
        data = b''
        while not data.endswith(b'\0'):
            ready, _, _ = select.select([self.pipe, self.terminal], [], [],
                                        max(0, end - time.monotonic()))
            if not ready:
                raise TimeoutError(f'no answer: {data!r}, and on the screen: '
                                   f'{self.screen[-500:]!r}')
            if self.terminal in ready:
                self.screen += os.read(self.terminal, 65536)
            if self.pipe in ready:
                data += os.read(self.pipe, 65536)
        return data[:-1].decode().split('\n')

    def complete(self, line):
        """Types LINE and Tab, then takes it back."""
        os.write(self.terminal, line.encode() + b'\t' + DUMP)
        answer = self.answer()
        words = {}
        for item in answer[:-1]:
            word, _, description = item.partition('\t')
            words.setdefault(word, description)
        return Offer(words, answer[-1], self.calls())

    def calls(self):
        """The arguments of each call of the stub since the last time."""
        with open(self.calls_name, 'r+') as file:
            calls = file.read().splitlines()
            file.truncate(0)
        return calls

    def run(self, line):
        """Types LINE and Return, and waits for the next prompt."""
        os.write(self.terminal, line.encode() + b'\r')
        self.answer()

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)
        os.close(self.pipe)


class Bash(Shell):
    name = 'bash'
    described = False

    @staticmethod
    def missing():
        if not shutil.which('bash'):
            return 'bash is not installed'
        if not os.path.exists(BASH_COMPLETION):
            return 'bash-completion is not installed'
        return None

    def prepare(self, setup):
        if self.completions:
            os.symlink(self.completions + '/bash', self.home + '/completions')
            self.env['BASH_COMPLETION_USER_DIR'] = self.home
        self.env['INPUTRC'] = '/dev/null'
        rc = self.write('rc', r'''
unset HISTFILE
bind 'set completion-query-items 0' 2>/dev/null
bind 'set page-completions off'
bind 'set enable-bracketed-paste off'
. ''' + BASH_COMPLETION + r'''
dump() {
	printf '%s\0' "$READLINE_LINE" >>"$PROBE"
	READLINE_LINE= READLINE_POINT=0
}
bind -x '"\C-x\C-l": dump'
PROMPT_COMMAND='printf "\0" >>"$PROBE"'
# What is offered, by whatever completes a command.
record() {
	local function=$1
	shift
	"$function" "$@"
	local status=$?
	[ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}" >>"$PROBE"
	return $status
}
recorded() { # COMMAND
	_completion_loader "$1"
	local was=$(complete -p "$1")
	was=${was#*-F } was=${was%% *}
	eval "record_$was() { record $was \"\$@\"; }"
	complete -F "record_$was" "$1"
}
''' + setup)
        return [shutil.which('bash'), '--noprofile', '--rcfile', rc, '-i']

    def complete(self, line):
        offer = super().complete(line)
        words = {}
        mark = line.rpartition(' ')[2][:1]
        mark = mark if mark in ('"', "'") else ''
        for word in offer.words:
            words[shlex.split(mark + word + mark)[0] if word else ''] = ''
        return offer._replace(words=words)


class Zsh(Shell):
    name = 'zsh'
    described = True

    @staticmethod
    def missing():
        return None if shutil.which('zsh') else 'zsh is not installed'

    def prepare(self, setup):
        self.env['ZDOTDIR'] = self.home
        fpath = f'fpath=({shlex.quote(self.completions + "/zsh")} $fpath)' \
            if self.completions else ''
        self.write('.zshrc', fpath + r'''
unset HISTFILE
setopt no_beep
LISTMAX=9999
zstyle ':completion:*' list-grouped false   # a description for each word
autoload -Uz compinit && compinit -u -D
dump() { print -rn -- "$BUFFER"$'\0' >>$PROBE; BUFFER= }
zle -N dump
bindkey '^X^L' dump
precmd() { print -n '\0' >>$PROBE }
# All matches are added with this; with -O, -A or -D they are only looked at.
compadd() {
  if [[ " ${(j: :)@[1,(i)(-|--)]} " != *\ -(O|A|D)\ * ]]; then
    local -a probe_hits probe_texts
    local probe_prefix probe_text probe_i
    (( ${@[(I)-d]} )) && probe_text=${@[${@[(i)-d]}+1]}
    (( ${@[(I)-p]} )) && probe_prefix=${@[${@[(i)-p]}+1]}
    [[ -z $probe_text ]] || probe_texts=( "${(@P)probe_text}" )
    builtin compadd -A probe_hits -D probe_texts "$@"
    for (( probe_i = 1; probe_i <= $#probe_hits; probe_i++ )); do
      print -r -- "$probe_prefix$probe_hits[probe_i]"$'\t'"$probe_texts[probe_i]"
    done >>$PROBE
  fi
  builtin compadd "$@"
}
''' + setup)
        return [shutil.which('zsh'), '-d', '-i']

    def complete(self, line):
        offer = super().complete(line)
        # The text is what is shown: the words, and then the description.
        return offer._replace(words={
            word: text.partition(' -- ')[2]
            for word, text in offer.words.items()})


class Fish(Shell):
    name = 'fish'
    described = True

    @staticmethod
    def missing():
        return None if shutil.which('fish') else 'fish is not installed'

    def prepare(self, setup):
        path = f'set -p fish_complete_path {shlex.quote(self.completions + "/fish")}\n' \
            if self.completions else ''
        self.write('.config/fish/config.fish', path + r"""
set -g fish_greeting
function offer
    complete -C (commandline) >>$PROBE
    printf '\0' >>$PROBE
end
function dump
    printf '%s\0' (commandline) >>$PROBE
    commandline ''
end
bind \cx\co offer
bind \cx\cl dump
function ready --on-event fish_prompt
    printf '\0' >>$PROBE
end
""" + setup)
        return [shutil.which('fish'), '-i']

    def complete(self, line):
        os.write(self.terminal, line.encode() + b'\x18\x0f')
        words = {}
        for item in self.answer()[:-1]:
            word, _, description = item.partition('\t')
            words[word] = description
        calls = self.calls()
        os.write(self.terminal, b'\t' + DUMP)
        return Offer(words, self.answer()[-1], max(calls, self.calls()))


SHELLS = (Bash, Zsh, Fish)
