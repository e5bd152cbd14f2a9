# SPDX-License-Identifier: MIT
"""A real sshd on the loopback, and clients of it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess

import harness
from harness import SUPERUSER, remove, wait_for

PR_SET_PDEATHSIG = 1
SSHD = shutil.which('sshd', path='/usr/local/sbin:/usr/sbin:/sbin')
SSH = shutil.which('ssh')
MISSING = ', '.join(tool for tool, path in (
    ('sshd', SSHD), ('ssh', SSH), ('ssh-keygen', shutil.which('ssh-keygen')),
    ('scp', shutil.which('scp'))) if not path)
HOST = '127.0.0.1'
SFTP_SERVER = '/usr/lib/openssh/sftp-server'

# It allows what an administrator may have allowed to all others.
CONFIG = '''
ListenAddress 127.0.0.1
Port {port}
HostKey {directory}/host
AuthorizedKeysFile {directory}/user.pub
PidFile none
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
UseDNS no
PrintLastLog no
PrintMotd no
MaxStartups 100
LogLevel VERBOSE
AllowTcpForwarding yes
AllowStreamLocalForwarding yes
AllowAgentForwarding yes
X11Forwarding yes
PermitTunnel yes
PermitUserRC yes
KexAlgorithms curve25519-sha256
'''


def free_port():
    with socket.socket() as s:
        s.bind((HOST, 0))
        return s.getsockname()[1]


class Server:
    """CONFIG is what comes after the lines above.  All users have one key."""

    def __init__(self, name, config):
        self.directory = f'/etc/minibox-test/{name}'
        self.shared = set()
        remove(self.directory)
        os.makedirs(self.directory)
        os.makedirs('/run/sshd', mode=0o755, exist_ok=True)
        for key in 'host', 'user':
            subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f',
                            f'{self.directory}/{key}'], check=True)
        for _ in range(5):      # somebody else may take the port
            self.port = free_port()
            self.begin(config)
            if self.listens():
                return
            self.stop()
        raise AssertionError(f'sshd does not listen: {self.log()}')

    def begin(self, config):
        harness.write(self.directory + '/config', CONFIG.format(
            port=self.port, directory=self.directory) + config)
        key = harness.read(self.directory + '/host.pub')
        harness.write(self.directory + '/known',
                      f'[127.0.0.1]:{self.port} {key}')
        with open(self.directory + '/log', 'w') as log:
            self.process = subprocess.Popen(
                [SSHD, '-D', '-e', '-f', self.directory + '/config'],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd='/',
                env={'PATH': '/usr/bin:/bin'}, start_new_session=True,
                preexec_fn=lambda: harness.LIBC.prctl(PR_SET_PDEATHSIG,
                                                      signal.SIGTERM))

    def log(self):
        return harness.read(self.directory + '/log')

    def listens(self):
        wait_for(lambda: 'Server listening' in self.log() or
                 self.process.poll() is not None, 'sshd')
        return self.process.poll() is None

    def stop(self):
        """Connections that are left end with it."""
        left = harness.children_of(self.process.pid)
        self.process.terminate()
        self.process.wait()
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def argv(self, user, *words, program=SSH):
        """The command line of a client that asks nobody."""
        options = {
            'Port': self.port, 'User': user, 'BatchMode': 'yes',
            'IdentityFile': self.directory + '/user', 'IdentitiesOnly': 'yes',
            'IdentityAgent': 'none', 'StrictHostKeyChecking': 'yes',
            'UserKnownHostsFile': self.directory + '/known',
            'GlobalKnownHostsFile': '/dev/null', 'UpdateHostKeys': 'no',
            'ControlPath': 'none', 'LogLevel': 'ERROR'}
        if user in self.shared:
            options['ControlPath'] = self.control(user)
        argv = [program, '-F', '/dev/null']
        for name, value in options.items():
            argv += ['-o', f'{name}={value}']
        return [*argv, *([HOST] if program == SSH else []), *words]

    def control(self, user):
        return f'{self.directory}/{user}.control'

    @contextlib.contextmanager
    def one_connection(self, *users):
        """For each of USERS, who are quicker then; every command is a session
        of its own as before."""
        clients = []
        with contextlib.ExitStack() as stack:
            for user in users:
                program, *argv = self.argv(user)
                client = subprocess.Popen(
                    [program, '-N', '-M', '-o',
                     'ControlPath=' + self.control(user), *argv],
                    stdin=subprocess.DEVNULL, cwd='/')
                stack.callback(client.wait)
                stack.callback(client.terminate)
                clients.append(client)
            for user, client in zip(users, clients):
                wait_for(lambda: os.path.exists(self.control(user)) or
                         client.poll() is not None, 'the connection')
            self.shared = set(users)
            stack.callback(self.shared.clear)
            yield

    def ssh(self, user, *words, before=(), **options):
        """What `ssh USER@HOST WORDS` does; in BEFORE are options of ssh."""
        program, *argv = self.argv(user, *words)
        return harness.run(program, *before, *argv, user=SUPERUSER, **options)
