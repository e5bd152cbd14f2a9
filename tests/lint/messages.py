# SPDX-License-Identifier: MIT
"""Does the manual explain every message that minibox can print?

	python3 messages.py SOURCE_DIR MAN_DIR

Every string of src/*.[ch] that has a blank in it is taken for (a part of) a
message, unless it is printed to stdout or the log, or only compared with.  What
stands between its conversions must be found, in order, in one .It line of a
section DIAGNOSTICS."""

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
# Not for stderr.
KNOWN = ('usage: minibox', 'minibox: ', 'box not available',
         'command not allowed')


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


def stands_in(parts, line):
    at = 0
    for part in parts:
        found = line.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True


def main():
    source, man = sys.argv[1:]
    lines = explained(man)
    passed = failed = 0
    for name, call, text in messages(source):
        parts = [text] if call == 'fail' else [
            part.replace('%%', '%') for part in CONVERSION.split(text)]
        if any(stands_in(parts, line) for line in lines):
            passed += 1
        else:
            failed += 1
            print(f'FAIL: messages: no DIAGNOSTICS for {name}: {text}')
    print(f'{passed} passed, {failed} failed, 0 skipped')
    return 1 if failed or passed < 300 else 0


sys.exit(main())
