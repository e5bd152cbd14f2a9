# SPDX-License-Identifier: MIT
"""Does the manual explain every message that minibox can print, and has a test
seen it?

	python3 messages.py SOURCE_DIR MAN_DIR
	python3 messages.py SOURCE_DIR MAN_DIR SEEN TESTS_DIR

Every string of src/*.[ch] that has a blank in it is taken for (a part of) a
message, unless it is printed to stdout or the log, or only compared with.  What
stands between its conversions must be found, in order, in one .It line of a
section DIAGNOSTICS; and each such line must be of a message.  So these sections
are the table of all messages, while in the source each stands where it is
printed, with its arguments.

With SEEN, the file in which tests of boxes and faults have collected what
minibox said (MINIBOX_TEST_MESSAGES), each must also stand there, or in a file of
tests that compares with it.  What cannot be provoked is in UNSEEN, and is told
as a skip."""

import glob
import os
import re
import sys

TOKEN = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|'
                   r'[A-Za-z_]\w*|\S', re.S)
CONVERSION = re.compile(r'%[-+ #0-9.*]*(?:hh|h|ll|l|z|j)?[diouxXcsp]')
# Macros that stand for a part of a message.
MACROS = {'ADMIN': '; tell your administrator', 'SERVICE': 'minibox.service',
          'LIMIT_CGROUP_TOP': '/sys/fs/cgroup', 'SLOT_DIR': '/run/minibox',
          'SYSCONFDIR': '/etc'}
# What takes strings, but prints no message.
OTHERS = {'printf', 'fprintf', 'fputs', 'snprintf', 'strspn', 'strcspn',
          'strchr', 'strpbrk', 'strstr', 'strncmp', 'strcmp', 'sscanf',
          'add_field', 'chars_count', 'print_faults', '_Static_assert',
          'static_assert', 'include', 'read_number', 'explain_size'}
# Modules whose strings are output, data or patterns; die() counts anyway.
NO_MESSAGES = {'explain.c', 'list.c', 'logline.c', 'word.c', 'interp.c',
               'mountinfo.c', 'syscalls.c', 'passwd.c', 'syscalls-gen.c'}
SHORT = 8       # characters of one that is no more than "%s: %s"
BARE = {'PATH: ERROR', 'ERROR', 'bind: PATH: ERROR',
        'KEY: PATH in PATH: ERROR'}
PIECE = 16      # characters of a message by which a test is known to be of it
# Messages that no test provokes, and why.
READ_BACK = 'a kernel that does not do what it says'
BROKEN = 'a call that cannot fail on what is its own'
UNSEEN = {
    'the rights are not those of the caller': READ_BACK,
    'there is nobody to drop to': 'a call that is not made',
    'the root of the box is not the one made': READ_BACK,
    'the box is not in a pid namespace': READ_BACK,
    'cannot read the clock': BROKEN,
    'cannot wake the monitor': BROKEN,
    'cannot look at the pipe of the monitor': BROKEN,
    'cannot hand on signal %d': BROKEN,
    'cannot ask to be woken': BROKEN,
    'cannot ignore signal %d': BROKEN,
    'cannot print the plan': 'memory that ends just there',
    'changed while it was read': 'a matter of luck',
    'two readers do not agree about this file; please report it':
        'a bug that the fuzzer has not found',
    'not running as root; is it installed setuid root?': 'there is no /proc',
}
# Only where there is cgroup v2, and only here: the second kernel has seen them.
CGROUP = {
    'cannot read the controllers of %s', 'switch on %s in',
    'limits of a box need cgroup v2: %s', 'cannot list %s',
    'cannot set %s/%s to %s', '%s/%s could not be set to %s',
    'cannot watch %s/memory.events', 'cannot make the cgroup namespace',
}
UNSEEN.update({message: 'there is no cgroup v2' for message in CGROUP})
# Not for stderr.
KNOWN = ('usage: minibox', 'minibox: ', 'box not available',
         'command not allowed', 'max-running reached')


def call_before(tokens, at):
    """The function whose argument stands at AT, or what begins the statement."""
    depth = 0
    while at > 0:
        at -= 1
        if tokens[at] == ')':
            depth += 1
        elif tokens[at] == '(' and depth == 0:
            return tokens[at - 1]
        elif tokens[at] == '(':
            depth -= 1
        elif tokens[at] in ';{}' and depth == 0:
            break
    return ''


def strings(path):
    """(the function, the text) of each string, adjacent ones joined."""
    with open(path) as file:
        tokens = [t for t in TOKEN.findall(file.read()) if t[:2] != '/*']
    at = 0
    while at < len(tokens):
        if not tokens[at].startswith('"') and not (
                tokens[at] in MACROS and tokens[at + 1][:1] == '"'):
            at += 1
            continue
        begin, text = at, ''
        while tokens[at].startswith('"') or tokens[at] in MACROS:
            text += MACROS.get(tokens[at], tokens[at][1:-1])
            at += 1
        yield call_before(tokens, begin), text


def messages(source):
    for path in sorted(glob.glob(source + '/*.[ch]')):
        name = os.path.basename(path)
        for call, text in strings(path):
            if (' ' not in text.strip() or call in OTHERS or
                    text.startswith(KNOWN) or re.fullmatch(
                        r'[\s,.:;&%a-z]{0,4}', text) or
                    name in NO_MESSAGES and not call.startswith('die')):
                continue
            text = text.replace('\\"', '"').replace('\\n', '')
            yield name, call, text.replace(*['; tell your administrator' * 2,
                                             '; tell your administrator'])


def explained(man):
    lines = []
    for path in sorted(glob.glob(man + '/*.[15]')):
        inside = False
        with open(path) as file:
            for line in file:
                if line.startswith('.Sh'):
                    inside = line.strip() == '.Sh DIAGNOSTICS'
                elif inside and line.startswith('.It '):
                    for roff, plain in (('\\(aq', "'"), ('\\(dq', '"'),
                                        ('\\&', ''), ('\\-', '-'),
                                        ('\\e', '\\')):
                        line = line.replace(roff, plain)
                    lines.append(line[4:].rstrip('\n'))
    return lines


def parts_of(call, text):
    return [text] if call == 'fail' else [
        part.replace('%%', '%') for part in CONVERSION.split(text)]


def stands_in(parts, line):
    at = 0
    for part in parts:
        found = line.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True


def expected(tests):
    """The text of the tests, their strings joined."""
    text = ''
    for path in glob.glob(tests + '/**/*', recursive=True):
        if path.endswith(('.c', '.py', 'expected')) and '/lint/' not in path:
            with open(path, errors='replace') as file:
                text += re.sub(r'(["\'])\s*f?r?\1', '', file.read())
    return text.replace('\\"', '"')


def is_expected(parts, text):
    """A long enough piece of the message stands in a test."""
    for part in parts:
        part = part.strip(' :;')
        width = min(len(part), PIECE)
        if width >= min(PIECE, max(map(len, parts)) - 2) and any(
                part[i:i + width] in text
                for i in range(len(part) - width + 1)):
            return True
    return False


def explain(source, man):
    lines = explained(man)
    said = [parts_of(call, text) for _, call, text in messages(source)]
    passed = failed = 0
    for name, call, text in messages(source):
        if any(stands_in(parts_of(call, text), line) for line in lines):
            passed += 1
        else:
            failed += 1
            print(f'FAIL: messages: no DIAGNOSTICS for {name}: {text}')
    for line in lines:
        if line in BARE or any(
                stands_in(parts, line) for parts in said
                if max(map(len, parts)) >= SHORT):
            passed += 1
        else:
            failed += 1
            print(f'FAIL: messages: nothing says: {line}')
    return passed, failed, 0


def seen(source, collected, tests):
    with open(collected, errors='replace') as file:
        lines = set(file)
    text = expected(tests)
    passed = failed = skipped = 0
    for name, call, message in messages(source):
        parts = parts_of(call, message)
        if is_expected(parts, text) or len(''.join(parts)) > 6 and any(
                stands_in(parts, line) for line in lines):
            passed += 1
        elif message in UNSEEN:
            skipped += 1
            print(f'skip: messages: {name}: {message}: {UNSEEN[message]}')
        else:
            failed += 1
            print(f'FAIL: messages: no test has seen {name}: {message}')
    return passed, failed, skipped


def main():
    source, man, *more = sys.argv[1:]
    passed, failed, skipped = seen(source, *more) if more else \
        explain(source, man)
    print(f'{passed} passed, {failed} failed, {skipped} skipped')
    return 1 if failed or passed < 300 else 0


sys.exit(main())
