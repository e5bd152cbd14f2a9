# SPDX-License-Identifier: MIT
"""exec = listed: is nothing executed but what the box lists?

The box is a view of the host: its /usr is the host's, and python3, which is
listed, tries what a user would.  Each attempt that fails is made in a box
without exec = listed, too, and works there."""

import errno
import os
import platform
import re
import shutil
import signal
import struct
import textwrap

import harness
from harness import (ALICE, PROBE, ROOT, ROOTS, box, minibox, run, strace,
                     write, write_policy)

PYTHON = '/usr/bin/python3'
DENIED = ('EACCES', 'EPERM')

# What the attempts are made with.  attempt() tells how it went: "ok", if a
# program was executed and ended with 0, or why not.
TOOLS = r'''
import ctypes, errno, os, shutil, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)

def attempt(run):
    """run() executes something in a new process."""
    reader, writer = os.pipe()
    os.set_inheritable(writer, False)
    pid = os.fork()
    if pid == 0:
        try:
            null = os.open('/dev/null', os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
            run()
        except OSError as e:
            os.write(writer, errno.errorcode[e.errno].encode())
        except BaseException as e:
            os.write(writer, repr(e).encode())
        finally:
            os._exit(255)
    os.close(writer)
    with os.fdopen(reader) as file:
        why = file.read()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return why or ('ok' if status == 0 else f'status {status}')

def tell(name, run):
    print(name, attempt(run), flush=True)

def execute(*argv):
    os.execv(argv[0], argv)

def copy(source, path):
    shutil.copyfile(source, path)
    os.chmod(path, 0o755)
    return path

def by_descriptor(fd, flags=0x1000):            # AT_EMPTY_PATH
    argv = (ctypes.c_char_p * 3)(b'probe', b'ids', None)
    libc.syscall(SYS_EXECVEAT, fd, b'', argv, (ctypes.c_char_p * 1)(None),
                 flags)
    raise OSError(ctypes.get_errno(), '')

def memory(flags=0):
    fd = libc.memfd_create(b'x', flags)
    if fd < 0:
        raise OSError(ctypes.get_errno(), '')
    with open('/opt/probe', 'rb') as file:
        os.write(fd, file.read())
    return fd

def unnamed(directory):
    """A file without a name, open for reading only."""
    fd = os.open(directory, os.O_TMPFILE | os.O_RDWR, 0o755)
    with open('/opt/probe', 'rb') as file:
        os.write(fd, file.read())
    again = os.open(f'/proc/self/fd/{fd}', os.O_RDONLY)
    os.close(fd)
    return again
'''.replace('SYS_EXECVEAT', '281' if platform.machine() == 'aarch64' else '322')


def elf32(code):
    """A program for i386 that is nothing but CODE."""
    base, size = 0x08048000, 52 + 32
    head = struct.pack('<16sHHIIIIIHHHHHH', b'\x7fELF\x01\x01\x01', 2, 3, 1,
                       base + size, 52, 0, 0, 52, 32, 1, 0, 0, 0)
    segment = struct.pack('<IIIIIIII', 1, 0, base, base, size + len(code),
                          size + len(code), 5, 0x1000)
    return head + segment + code


# memfd_create("", 0), then exit with what it returns: 255 - errno + 1, or the
# descriptor.  The name is what lies at the start of the program.
MEMFD32 = elf32(bytes.fromhex('b864010000' 'bb04800408' '31c9' 'cd80'
                              '89c3' 'b801000000' 'cd80'))
EXIT32 = elf32(bytes.fromhex('31db' 'b801000000' 'cd80'))


@harness.unittest.skipUnless(os.path.exists(PYTHON), f'there is no {PYTHON}')
class Case(harness.Case):
    def setUp(self):
        super().setUp()
        self.view = self.host_view('view')
        self.shared = self.directory('/home/alice/shared', 0o755, ALICE.uid)

    def host_view(self, name):
        """A root file system that shows the host's programs, and has a few of
        its own in /opt.  Its mounts are self.binds."""
        path = f'{ROOTS}/{name}'
        harness.remove(path)
        self.addCleanup(harness.remove, path)
        for directory in ('usr', 'proc', 'dev', 'tmp', 'var/tmp', 'run',
                          'home', 'etc/alternatives', 'sys', 'opt/sub', 'mnt',
                          'opt/dir/sub'):
            os.makedirs(f'{path}/{directory}')
        self.binds = ['/usr']
        if os.path.isdir('/etc/alternatives'):
            self.binds.append('/etc/alternatives')
        for top in 'bin', 'sbin', 'lib', 'lib32', 'lib64':
            if os.path.islink('/' + top):
                os.symlink(os.readlink('/' + top), f'{path}/{top}')
            elif os.path.isdir('/' + top):
                os.mkdir(f'{path}/{top}')
                self.binds.append('/' + top)
        for program in ('probe', 'sub/probe', 'dir/probe', 'dir/sub/probe'):
            shutil.copy(ROOT + PROBE, f'{path}/opt/{program}')
        return path

    def listed(self, *commands, control=False, **keys):
        """The policy of a box in which python3 and COMMANDS are listed, or of
        its control."""
        keys = {'rootfs': self.view, 'exec': None if control else 'listed',
                'command': [PYTHON, *commands], 'bind': self.binds,
                'home': 'rw', 'allow_bind': '%h/shared/:/mnt/',
                'tmpfs': '/mnt', **keys}
        if control:
            keys['command'] = '*'
        write_policy(box(**keys))

    def attempts(self, script, *options, **more):
        """name -> how it went."""
        result = minibox(*options, PYTHON, '-IS', '-', **more,
                         input=TOOLS + textwrap.dedent(script))
        self.ok(result)
        return dict(line.split(' ', 1) for line in result.out.splitlines())

    def only_control(self, script, *commands, options=(), allowed=(), **keys):
        """Everything in SCRIPT but ALLOWED fails in the box, and works in the
        one without exec = listed."""
        self.listed(*commands, control=True, **keys)
        control = self.attempts(script, *options)
        self.assertTrue(control)
        for name, how in control.items():
            self.assertEqual(how, 'ok', f'control: {name}')
        self.listed(*commands, **keys)
        for name, how in self.attempts(script, *options).items():
            with self.subTest(name):
                if name in allowed:
                    self.assertEqual(how, 'ok')
                else:
                    self.assertIn(how, DENIED)
                del control[name]
        self.assertEqual(control, {})       # each was tried


class Programs(Case):
    """What the root file system and the host's /usr have."""

    def test_others_are_not_executed(self):
        write(f'{self.view}/opt/script', '#!/bin/sh\n:\n', 0o755)
        write(f'{self.view}/opt/python-script',
              f'#!{PYTHON}\nimport sys\n', 0o755)
        os.symlink('/opt/probe', f'{self.view}/opt/link')
        self.only_control('''
            tell('sh', lambda: execute('/bin/sh', '-c', ':'))
            tell('true', lambda: execute('/usr/bin/true'))
            tell('env', lambda: execute('/usr/bin/env'))
            tell('own', lambda: execute('/opt/probe', 'ids'))
            tell('link', lambda: execute('/opt/link', 'ids'))
            tell('script', lambda: execute('/opt/script'))
            tell('python-script', lambda: execute('/opt/python-script'))
            tell('execveat', lambda: by_descriptor(
                os.open('/opt/probe', os.O_RDONLY)))
            tell('by-proc', lambda: execute(
                f"/proc/self/fd/{os.open('/opt/probe', os.O_RDONLY)}", 'ids'))
            tell('spawn', lambda: os.waitpid(os.posix_spawn(
                '/opt/probe', ['probe', 'ids'], {}), 0) and os._exit(0))
            tell('subprocess', lambda: os._exit(
                subprocess.call(['/usr/bin/true'])))
            tell('shell', lambda: os._exit(
                subprocess.call(':', shell=True)))
            tell('python', lambda: execute(sys.executable, '-ISc', ''))
            tell('listed', lambda: execute('/usr/bin/true', ''))
            ''' + f"tell('by-name', lambda: execute('{PYTHON}', '-ISc', ''))",
            allowed=('python', 'by-name'))

    def test_system_is_not_a_way(self):
        script = "print('system', os.system('exit 7') == 7 << 8)"
        self.listed()
        self.assertEqual(self.attempts(script), {'system': 'False'})
        self.listed(control=True)
        self.assertEqual(self.attempts(script), {'system': 'True'})

    def test_from_outside(self):
        """What is not listed is not even a command; nothing else changes."""
        self.listed()
        self.refused(minibox('/opt/probe', 'ids'), 126)
        self.ok(minibox('python3', '-ISc', 'print(1)'), '1\n')
        self.listed('/opt/probe')
        self.ok(minibox('/opt/probe', 'ids'),
                ' '.join(['4001'] * 6) + '\n')

    def test_listed_ones_are_executed(self):
        os.symlink('/opt/sub/probe', f'{self.view}/opt/link')
        os.symlink('../opt', f'{self.view}/var/opt')
        script = '''
            for path in ('/opt/probe', '/opt/link', '/opt/sub/probe',
                         '/opt/dir/probe', '/opt/dir/sub/probe',
                         '/var/opt/probe'):
                tell(path, lambda: execute(path, 'ids'))
            '''
        for commands, allowed in (
                ((), ()),
                (('/opt/probe',), ('/opt/probe', '/var/opt/probe')),
                (('/var/opt/probe',), ('/opt/probe', '/var/opt/probe')),
                # a listed link lists what it leads to, whatever its name
                (('/opt/link',), ('/opt/link', '/opt/sub/probe')),
                (('/opt/dir/',), ('/opt/dir/probe',)),
                (('/opt/',), ('/opt/probe', '/opt/link', '/opt/sub/probe',
                              '/var/opt/probe')),
                (('/opt/dir/sub/', '/opt/none', '/none/'),
                 ('/opt/dir/sub/probe',))):
            with self.subTest(commands):
                self.only_control(script, *commands, allowed=allowed)

    def test_exact_command_line(self):
        self.listed(command_exact='/opt/probe ids')
        self.ok(minibox('/opt/probe', 'ids'), ' '.join(['4001'] * 6) + '\n')
        self.refused(minibox('/opt/probe', 'fds'), 126)
        # In the box it is the file that counts.
        self.assertEqual(self.attempts(
            "tell('probe', lambda: execute('/opt/probe', 'fds'))\n"
            "tell('other', lambda: execute('/opt/sub/probe', 'fds'))"),
            {'probe': 'ok', 'other': 'EACCES'})

    def test_what_the_caller_could_change_is_not_listed(self):
        path = f'{self.view}/opt/sub'
        script = "tell('probe', lambda: execute('/opt/sub/probe', 'ids'))"
        for command in '/opt/sub/probe', '/opt/sub/':
            for what, change, *how in (
                    ('hers', os.chown, path + '/probe', ALICE.uid, 0),
                    ('group', os.chmod, path + '/probe', 0o775),
                    ('others', os.chmod, path + '/probe', 0o757),
                    ('directory', os.chown, path, ALICE.uid, 0),
                    ('writable directory', os.chmod, path, 0o777)):
                with self.subTest(what, command=command):
                    self.listed(command)
                    self.assertEqual(self.attempts(script), {'probe': 'ok'})
                    self.ok(minibox('/opt/sub/probe', 'ids'))
                    change(*how)
                    self.assertEqual(self.attempts(script),
                                     {'probe': 'EACCES'})
                    self.refused(minibox('/opt/sub/probe', 'ids'), 126)
                    self.listed(command, control=True)
                    self.assertEqual(self.attempts(script), {'probe': 'ok'})
                    for name in path, path + '/probe':
                        os.chown(name, 0, 0)
                        os.chmod(name, 0o755)

    def test_hard_link_of_a_listed_file(self):
        """It is the file that is listed, not one of its names."""
        os.link(f'{self.view}/opt/probe', f'{self.view}/opt/sub/name')
        self.only_control('''
            tell('name', lambda: execute('/opt/sub/name', 'ids'))
            tell('probe', lambda: execute('/opt/sub/probe', 'ids'))
            ''', '/opt/probe', allowed=('name',))


class Interpreters(Case):
    def script(self, name, first_line, text='', mode=0o755):
        write(f'{self.view}/opt/{name}', f'#!{first_line}\n{text}', mode)

    def test_script_runs_with_its_interpreter(self):
        self.script('sh-script', '/bin/sh', 'echo $1 $0\n')
        self.script('spaced', ' \t/bin/sh -e', 'false; echo no\n')
        self.script('chain', '/opt/own')
        shutil.copy(f'{self.view}/opt/probe', f'{self.view}/opt/own')
        self.listed('/opt/sh-script', '/opt/spaced', '/opt/chain')
        self.ok(minibox('/opt/sh-script', 'x'), 'x /opt/sh-script\n')
        self.ok(minibox('/opt/spaced'), '', 1)
        self.assertEqual(minibox('/opt/chain').status, 98)
        self.assertEqual(self.attempts('''
            tell('sh-script', lambda: execute('/opt/sh-script'))
            tell('sh', lambda: execute('/bin/sh', '-c', ':'))
            tell('probe', lambda: execute('/opt/probe', 'ids'))
            '''), {'sh-script': 'ok', 'sh': 'ok', 'probe': 'EACCES'})
        self.listed()
        self.assertEqual(self.attempts('''
            tell('sh-script', lambda: execute('/opt/sh-script'))
            tell('sh', lambda: execute('/bin/sh', '-c', ':'))
            '''), {'sh-script': 'EACCES', 'sh': 'EACCES'})

    def test_script_with_an_interpreter_that_is_a_script(self):
        self.script('inner', '/bin/sh', 'echo inner $1\n')
        self.script('outer', '/opt/inner')
        self.listed('/opt/outer')
        self.ok(minibox('/opt/outer'), 'inner /opt/outer\n')

    def test_script_of_env(self):
        """env may be executed, what it looks for only if it is listed."""
        self.script('py', '/usr/bin/env python3', 'print("hello")\n')
        self.listed('/opt/py')
        self.ok(minibox('/opt/py'), 'hello\n')
        self.listed('/opt/py', command='/opt/py')
        result = minibox('/opt/py')
        self.assertEqual((result.status, result.out), (126, ''), result)
        self.assertIn('ermission denied', result.err)
        self.listed('/opt/py', control=True)
        self.ok(minibox('/opt/py'), 'hello\n')

    def test_script_that_cannot_be_read(self):
        """Its interpreter is not known: it is not run, nor a way to more."""
        self.script('shut', '/bin/sh', 'exit 0\n', 0o711)
        self.listed('/opt/shut')
        self.refused(minibox('/opt/shut'), 126)
        self.script('shut', '/bin/sh', 'exit 0\n')
        self.ok(minibox('/opt/shut'))                           # control

    def test_program_that_cannot_be_read(self):
        """A static one needs none."""
        os.chmod(f'{self.view}/opt/probe', 0o711)
        self.listed('/opt/probe')
        self.ok(minibox('/opt/probe', 'ids'))
        self.listed('/opt/')
        self.ok(minibox('/opt/probe', 'ids'))

    def test_interpreter_of_the_callers(self):
        """A listed script whose interpreter is not root's."""
        shutil.copy(f'{self.view}/opt/probe', f'{self.view}/opt/own')
        self.script('mine', '/opt/own')
        self.listed('/opt/mine')
        self.assertEqual(minibox('/opt/mine').status, 98)       # control
        os.chown(f'{self.view}/opt/own', ALICE.uid, 0)
        self.refused(minibox('/opt/mine'), 126)

    def test_loader_on_a_file_of_the_callers(self):
        loader = minibox_loader()
        if not loader:
            self.skipTest('no loader found')
        script = f'''
            for top in '/tmp', '/var/tmp', '/dev/shm', os.environ['HOME'], \\
                    '/mnt/d', '/opt/sub', '/opt/dir/sub':
                if not os.path.exists(top + '/true'):
                    copy('/usr/bin/true', top + '/true')
                done = subprocess.run(['{loader}', top + '/true'],
                                      capture_output=True, text=True)
                print(top, done.returncode, done.stderr.strip())
            done = subprocess.run(['{loader}', '/usr/bin/true'])
            print('root', done.returncode)
            '''
        options = '-B', self.shared + '/d:/mnt/d'
        self.directory(self.shared + '/d', 0o755, ALICE.uid)
        self.directory(self.shared + '/e', 0o755, ALICE.uid)
        shutil.copy('/usr/bin/true', self.shared + '/e/true')
        everybodys = self.directory(ROOTS + '/rw', 0o777)
        keys = {'allow_bind': '%h/shared/:/mnt/:rw',
                'bind': [*self.binds, '%h/shared/e:/opt/sub',
                         f'{everybodys}:/opt/dir/sub:rw']}
        self.listed(control=True, **keys)
        for name, how in self.attempts(script, *options).items():
            self.assertEqual(how.split()[0], '0', (name, how))
        self.listed(**keys)
        found = self.attempts(script, *options)
        # minibox(1): the loader is no barrier for what the root has.
        self.assertEqual(found.pop('root'), '0')
        self.assertEqual(len(found), 7)
        for name, how in found.items():
            with self.subTest(name):
                self.assertRegex(how, '^127 .*error while loading')


def minibox_loader():
    """The dynamic loader that the host's programs name."""
    with open('/usr/bin/true', 'rb') as file:
        match = re.search(rb'\0(/lib[^\0]*/ld[^\0]*)\0', file.read())
    return match and match[1].decode()


class Writable(Case):
    """A program of the caller's own."""

    SCRIPT = '''
        for top in TOPS:
            path = copy('/opt/probe', top + '/own')
            tell(top, lambda: execute(path, 'ids'))
            tell(top + ':execveat', lambda: by_descriptor(
                os.open(path, os.O_RDONLY)))
            with open(top + '/script', 'w') as file:
                file.write('#!%s -IS\\n' % sys.executable)
            os.chmod(top + '/script', 0o755)
            tell(top + ':script', lambda: execute(top + '/script'))
            os.symlink(path, top + '/link')
            tell(top + ':link', lambda: execute(top + '/link', 'ids'))
            os.link(path, top + '/hard')
            tell(top + ':hard', lambda: execute(top + '/hard', 'ids'))
            for name in 'own', 'script', 'link', 'hard':
                os.unlink(top + '/' + name)
        '''

    def tops(self, *tops):
        return self.SCRIPT.replace('TOPS', repr(tops))

    def test_tmpfs(self):
        self.only_control(self.tops('/tmp', '/var/tmp', '/dev/shm', '/mnt'),
                          tmpfs='/mnt:1M:1777', allow_bind=None)

    def test_home(self):
        for home in 'tmpfs', 'rw':
            with self.subTest(home):
                self.only_control(self.tops('/home/alice'), home=home)

    def test_home_read_only(self):
        """The caller puts it there from outside."""
        self.addCleanup(harness.remove, '/home/alice/own')
        shutil.copy(ROOT + PROBE, '/home/alice/own')
        os.chown('/home/alice/own', ALICE.uid, ALICE.uid)
        for owner in ALICE.uid, 0:
            os.chown('/home/alice/own', owner, owner)
            self.only_control(
                "tell('own', lambda: execute('/home/alice/own', 'ids'))",
                home='ro')

    def test_asked_for(self):
        """-B is noexec in every box that lists its commands."""
        self.directory(self.shared + '/d', 0o755, ALICE.uid)
        options = '-B', self.shared + '/d:/mnt/d'
        self.only_control(self.tops('/mnt/d'), options=options,
                          allow_bind='%h/shared/:/mnt/:rw')
        shutil.copy(ROOT + PROBE, self.shared + '/d/roots')     # read-only
        self.only_control(
            "tell('roots', lambda: execute('/mnt/d/roots', 'ids'))",
            options=options)
        # exec = any, but commands are listed.
        write_policy(box(rootfs=self.view, command=PYTHON, bind=self.binds,
                         tmpfs='/mnt', allow_bind='%h/shared/:/mnt/'))
        self.assertEqual(self.attempts('''
            tell('roots', lambda: execute('/mnt/d/roots', 'ids'))
            tell('probe', lambda: execute('/opt/probe', 'ids'))
            ''', *options), {'roots': 'EACCES', 'probe': 'ok'})

    def test_bind(self):
        self.directory(self.shared + '/d', 0o755, ALICE.uid)
        everybodys = self.directory(ROOTS + '/rw', 0o777)
        for source, top in ((everybodys, '/opt/sub'),
                            ('%h/shared/d', '/mnt/d')):
            with self.subTest(source):
                self.only_control(
                    self.tops(top), allow_bind=None,
                    bind=[*self.binds, f'{source}:{top}:rw'])
        shutil.copy(ROOT + PROBE, self.shared + '/d/own')
        self.only_control("tell('own', lambda: execute('/mnt/d/own', 'ids'))",
                          bind=[*self.binds, '%h/shared/d:/mnt/d'],
                          allow_bind=None)

    def test_submount_of_a_writable_bind(self):
        source = self.directory(ROOTS + '/rw', 0o755)
        self.mount(source + '/sub', 'mode=1777')
        self.only_control(self.tops('/opt/sub/sub'), allow_bind=None,
                          bind=[*self.binds, f'{source}:/opt/sub:rw'])

    def test_a_listed_file_on_a_writable_mount(self):
        """noexec holds whatever is listed: nobody but root wrote it."""
        source = self.directory(ROOTS + '/rw', 0o755)
        shutil.copy(ROOT + PROBE, source + '/listed')
        bind = [*self.binds, f'{source}:/opt/sub']
        self.listed('/opt/sub/listed', bind=bind)
        self.ok(minibox('/opt/sub/listed', 'ids'))              # control
        self.listed('/opt/sub/listed', bind=[*bind[:-1], bind[-1] + ':rw'])
        self.refused(minibox('/opt/sub/listed', 'ids'), 126)

    def test_memory(self):
        for syscalls in 'default', 'none':
            with self.subTest(syscalls):
                self.only_control('''
                    tell('memfd', lambda: execute(
                        f'/proc/self/fd/{memory()}', 'ids'))
                    tell('fexecve', lambda: os.execve(
                        memory(1), ['probe', 'ids'], {}))
                    tell('execveat', lambda: by_descriptor(memory()))
                    tell('made', lambda: memory() and os._exit(0))
                    ''', syscalls=syscalls)

    def test_file_without_a_name(self):
        for top in '/tmp', '/dev/shm', '/home/alice/shared':
            with self.subTest(top):
                self.only_control(f'''
                    tell('proc', lambda: execute(
                        f"/proc/self/fd/{{unnamed('{top}')}}", 'ids'))
                    tell('fexecve', lambda: os.execve(
                        unnamed('{top}'), ['probe', 'ids'], {{}}))
                    tell('execveat', lambda: by_descriptor(unnamed('{top}')))
                    ''')

    def test_mapping_of_a_file(self):
        """What noexec means beside execve."""
        script = '''
            import mmap
            for top in '/tmp', '/dev/shm', '/home/alice':
                copy('/opt/probe', top + '/own')
                with open(top + '/own', 'rb') as file:
                    tell(top, lambda: mmap.mmap(
                        file.fileno(), 0, mmap.MAP_PRIVATE,
                        mmap.PROT_READ | mmap.PROT_EXEC) and os._exit(0))
            '''
        self.only_control(script, home='tmpfs')

    def test_rename_between_directories(self):
        """Landlock would deny it, if it were not allowed."""
        self.listed()
        self.assertEqual(self.attempts('''
            for top in '/tmp', '/dev/shm', '/home/alice/shared':
                os.mkdir(top + '/a')
                os.mkdir(top + '/b')
                open(top + '/a/x', 'w').close()
                os.rename(top + '/a/x', top + '/b/y')
                os.link(top + '/b/y', top + '/a/z')
                os.rename(top + '/a', top + '/b/a')
                print(top, os.path.exists(top + '/b/a/z'))
            '''), {'/tmp': 'True', '/dev/shm': 'True',
                   '/home/alice/shared': 'True'})


@harness.unittest.skipUnless(platform.machine() == 'x86_64', 'for x86_64')
class I386(Case):
    """The calls of i386 are no other door."""

    def setUp(self):
        super().setUp()
        for name, code in ('exit32', EXIT32), ('memfd32', MEMFD32):
            write(f'{self.view}/opt/{name}', code, 0o755)
        if run(f'{self.view}/opt/exit32').status != 0:
            self.skipTest('this kernel runs no i386 programs')

    def results(self, **keys):
        self.listed('/opt/exit32', '/opt/memfd32', **keys)
        return [minibox(f'/opt/{name}32').status for name in ('exit', 'memfd')]

    def test_programs(self):
        self.assertEqual(self.results(syscalls='none', control=True), [0, 3])
        # The default filter refuses the ABI as a whole, this one the call.
        self.assertEqual(self.results(syscalls='none'), [0, 256 - errno.EPERM])
        self.assertEqual(self.results(), [-signal.SIGSYS] * 2)

    def test_they_must_be_listed(self):
        self.only_control("tell('exit32', lambda: execute('/opt/exit32'))",
                          syscalls='none')

    def test_calls_of_a_program_for_x86_64(self):
        self.only_control('''
            import mmap
            area = mmap.mmap(-1, 4096, prot=7, flags=0x62)  # in the low 2 GiB
            start = ctypes.addressof(ctypes.c_char.from_buffer(area))
            # push rbx; eax, ebx, ecx = 356, start + 64, 0; int 0x80; pop; ret
            area.write(bytes.fromhex('53b864010000bb') +
                       (start + 64).to_bytes(4, 'little') +
                       bytes.fromhex('31c9cd805bc3'))
            def call():
                found = ctypes.CFUNCTYPE(ctypes.c_int)(start)()
                if found < 0:
                    raise OSError(-found, '')
                os._exit(0)
            tell('memfd_create', call)
            ''', syscalls='none')


@harness.unittest.skipUnless(shutil.which('strace'), 'strace is not installed')
class WithoutLandlock(Case):
    def test_refused(self):
        for inject in ('error=ENOSYS', 'error=EOPNOTSUPP', 'retval=0',
                       'retval=1'):
            with self.subTest(inject):
                options = ['-e', 'inject=landlock_create_ruleset:' + inject]
                self.listed()
                result, lines = strace(PYTHON, '-ISc', '', options=options)
                self.refused(result, 125, 'lsm=')
                self.assertIn('(INJECTED)', str(lines))
                self.listed(control=True)
                result, lines = strace(PYTHON, '-ISc', '', options=options)
                self.ok(result)
                self.assertNotIn('landlock', str(lines))
        self.listed()
        self.ok(strace(PYTHON, '-ISc', '')[0])                  # control

    def test_no_rule_no_box(self):
        """Whatever fails later leaves no half of it."""
        self.listed()
        for inject in ('landlock_create_ruleset:error=ENOMEM:when=2',
                       'landlock_add_rule:error=EINVAL',
                       'landlock_add_rule:error=ENOMEM:when=2',
                       'landlock_restrict_self:error=EPERM',
                       'landlock_restrict_self:error=E2BIG'):
            with self.subTest(inject):
                result, lines = strace(PYTHON, '-ISc', '', options=[
                    '-e', 'inject=' + inject])
                self.refused(result, 125)
                self.assertIn('(INJECTED)', str(lines))


class Policy(harness.Case):
    def test_what_it_goes_with(self):
        for keys, fine in (({'command': '/bin/sh'}, True),
                           ({'command': '/bin/sh', 'root': 'ro'}, True),
                           ({'command': '/bin/sh', 'root': 'overlay'}, False),
                           ({'command': '*'}, False),
                           ({'command': ['/bin/sh', '*']}, False)):
            for kind in 'listed', 'any':
                with self.subTest(keys, kind=kind):
                    write_policy(box(exec=kind, **keys))
                    result = minibox('/bin/sh', '-c', 'exit 0')
                    if fine or kind == 'any':
                        self.ok(result)
                    else:
                        self.refused(result, 125, 'policy error')
