# SPDX-License-Identifier: MIT
"""When does a box end, and what ends with it?"""

import os
import signal
import subprocess
import time

import harness
from harness import (LIMIT, MINIBOX, PROBE, children_of, pids_with,
                     run, shell, start, stat_of, wait_for)


def kill(pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


class Case(harness.Case):
    def up(self, *command, **options):
        """A box whose command has said that it is ready."""
        process = self.start(MINIBOX, *command, **options)
        self.expect(process, b'ready\n')
        return process

    def init_of(self, process):
        children = children_of(process.pid)
        self.assertEqual(len(children), 1)
        return children[0]

    def sleeper(self):
        """A box with three processes."""
        mark = self.mark()
        process = self.up('/bin/sh', '-c', f'sleep {mark} & sleep {mark} & '
                                           f'echo ready; sleep {mark}')
        wait_for(lambda: len(pids_with(mark)) >= 5, 'processes of the box')
        return process, mark

    def name_of(self, pid):
        try:
            return harness.read(f'/proc/{pid}/comm')
        except OSError:
            return ''


class End(Case):
    def test_background_processes_end_with_the_command(self):
        mark = self.mark()
        self.ok(shell(f'sleep {mark} </dev/null >/dev/null 2>&1 & '
                      f'setsid sleep {mark} </dev/null >/dev/null 2>&1 & '
                      'sleep 0.1; exit 3'), '', 3)
        self.assertEqual(pids_with(mark), [])

    def test_H29_kill_minibox(self):
        process, mark = self.sleeper()
        process.kill()
        self.assertEqual(process.wait(LIMIT), -signal.SIGKILL)
        wait_for(lambda: not pids_with(mark), 'the end of the box')

    def test_kill_init(self):
        process, mark = self.sleeper()
        os.kill(self.init_of(process), signal.SIGKILL)
        result = harness.finish(process)
        self.refused(result, 125)
        self.assertEqual(pids_with(mark), [])

    def test_kill_command(self):
        process, mark = self.sleeper()
        command = children_of(self.init_of(process))
        self.assertEqual(len(command), 1)
        os.kill(command[0], signal.SIGSEGV)
        self.assertEqual(harness.finish(process).status, -signal.SIGSEGV)
        self.assertEqual(pids_with(mark), [])

    def kill_after(self, mark, delay, victim):
        process = start(MINIBOX, '/bin/sleep', mark)
        end = time.perf_counter() + delay
        while time.perf_counter() < end:
            pass
        kill(victim(process.pid))
        return process

    def test_C33_kill_minibox_at_any_instant(self):
        mark = self.mark()
        for delay in harness.instants(200, 50e-6):
            process = self.kill_after(mark, delay, lambda pid: [pid])
            self.assertEqual(harness.finish(process).status, -signal.SIGKILL)
        wait_for(lambda: not pids_with(mark), 'the end of all boxes')

    def test_C33_stop_and_kill_at_any_instant(self):
        mark = self.mark()
        for delay in harness.instants(100, 50e-6):
            process = start(MINIBOX, '/bin/sleep', mark)
            time.sleep(delay)
            os.kill(process.pid, signal.SIGSTOP)
            time.sleep(0.002)
            process.kill()
            self.assertEqual(harness.finish(process).status, -signal.SIGKILL)
        wait_for(lambda: not pids_with(mark), 'the end of all boxes')

    def test_C33_kill_init_at_any_instant(self):
        mark = self.mark()
        for delay in harness.instants(100, 50e-6):
            process = self.kill_after(mark, delay, children_of)
            while process.poll() is None:       # it was too early
                kill(children_of(process.pid))
                time.sleep(0.001)
            result = harness.finish(process)
            self.refused(result, 125)
        wait_for(lambda: not pids_with(mark), 'the end of all boxes')

    def test_C33_stop_and_go_at_any_instant(self):
        """Being stopped for a while changes nothing."""
        for step in range(60):
            process = start(MINIBOX, '/bin/sh', '-c', 'exit 7')
            time.sleep(step * 50e-6)
            process.send_signal(signal.SIGSTOP)
            time.sleep(0.002)
            process.send_signal(signal.SIGCONT)
            self.ok(harness.finish(process), '', 7)

    def test_H30_orphans_are_reaped(self):
        process = self.up(PROBE, 'orphans', '1000', stdin=subprocess.PIPE)
        init = self.init_of(process)

        def states(parent):
            return [stat_of(pid)[0] for pid in children_of(parent)
                    if stat_of(pid)]
        wait_for(lambda: len(states(init)) == 1 and 'Z' not in states(init),
                 'the orphans to be gone')
        # Control: what nobody waits for is seen as such.
        zombie = os.fork()
        if zombie == 0:
            os._exit(0)
        wait_for(lambda: 'Z' in states(os.getpid()), 'a zombie of ours')
        os.waitpid(zombie, 0)
        process.stdin.close()
        process.stdin = None
        self.assertEqual(harness.finish(process).status, 0)

    def test_deep_orphans(self):
        self.ok(shell('(sh -c "sleep 0.05; echo late" &); sleep 0.3'),
                'late\n')

    def test_many_boxes_leave_nothing(self):
        mark = self.mark()
        for _ in range(harness.rounds(100)):
            self.ok(shell(f'sleep {mark} & exit 0'))
        wait_for(lambda: not pids_with(mark), 'the end of all boxes')


class Signals(Case):
    FORWARDED = ('HUP', 'INT', 'TERM', 'USR1', 'USR2', 'WINCH', 'CONT')

    def test_H30_forwarded(self):
        process = self.up(PROBE, 'catch')
        for name in self.FORWARDED:
            with self.subTest(name):
                process.send_signal(getattr(signal, 'SIG' + name))
                self.expect(process, name.encode() + b'\n')
        process.send_signal(signal.SIGQUIT)
        self.expect(process, b'QUIT\n')
        self.assertEqual(harness.finish(process).status, 0)

    def test_from_the_user_himself(self):
        process = self.up(PROBE, 'catch')
        self.ok(run('/bin/kill', '-TERM', str(process.pid)))
        self.expect(process, b'TERM\n')
        refused = run('/bin/kill', '-TERM', str(process.pid),
                      user=harness.BOB)                         # control
        self.assertNotEqual(refused.status, 0)

    def test_command_that_does_not_care_ends(self):
        mark = self.mark()
        for name in 'HUP', 'INT', 'QUIT', 'TERM', 'USR1', 'USR2':
            with self.subTest(name):
                number = getattr(signal, 'SIG' + name)
                process = self.start(MINIBOX, '/bin/sleep', mark)
                wait_for(lambda: self.runs_sleep(mark), 'the command')
                process.send_signal(number)
                self.assertEqual(harness.finish(process).status, -number)

    def runs_sleep(self, mark):
        return any(self.name_of(pid) == 'sleep\n' for pid in pids_with(mark))

    def test_trap(self):
        process = self.up('/bin/sh', '-c', 'trap "exit 42" TERM; echo ready; '
                          'while :; do sleep 0.05; done')
        process.terminate()
        self.assertEqual(harness.finish(process).status, 42)

    def test_during_the_start(self):
        """A signal sent at any instant ends the box or reaches the command."""
        mark = self.mark()
        for delay in harness.instants(100, 50e-6):
            process = start(MINIBOX, '/bin/sleep', mark)
            end = time.perf_counter() + delay
            while time.perf_counter() < end:
                pass
            process.terminate()
            # minibox drops what is pending when it starts; ask again.
            for _ in range(40):
                try:
                    process.wait(0.1)
                    break
                except subprocess.TimeoutExpired:
                    process.terminate()
            self.assertEqual(harness.finish(process).status, -signal.SIGTERM)
        wait_for(lambda: not pids_with(mark), 'the end of all boxes')

    def test_M24_many(self):
        process = self.up('/bin/sh', '-c',
                          'trap : USR1; echo ready; i=0; '
                          'while [ $i -lt 20 ]; do sleep 0.01; i=$((i+1)); '
                          'done; exit 9')
        while process.poll() is None:
            process.send_signal(signal.SIGWINCH)
            process.send_signal(signal.SIGCONT)
            process.send_signal(signal.SIGUSR1)
            time.sleep(0.0005)
        self.assertEqual(process.returncode, 9)

    def test_forged_signals(self):
        """What the monitor sends to init, sent by somebody else."""
        self.ok(shell('probe forge; probe forge & wait; exit 6'),
                'forged\nforged\n', 6)

    def test_storm_of_stops(self):
        """Each stops minibox and is over at once: no wake-up is lost."""
        mark = self.mark()
        process = self.start(MINIBOX, '/bin/sh', '-c', 'p=$$; (n=0; '
                             f'while [ $n -lt {harness.rounds(20_000)} ]; do '
                             'n=$((n+1)); kill -STOP $p; kill -CONT $p; done; '
                             'echo done) & wait; exit 5', mark)
        result = harness.finish(process, limit=3 * LIMIT)
        self.ok(result, 'done\n', 5)

    def test_init_is_out_of_reach_of_the_command(self):
        self.ok(shell('kill -9 1; kill -TERM 1; kill -SEGV 1; exit 4')
                ._replace(err=''), '', 4)

    def test_kill_all_in_the_box(self):
        mark = self.mark()
        outside = self.start('/bin/sleep', mark)
        self.ok(shell('trap : TERM; kill -TERM -1; exit 5')._replace(err=''),
                '', 5)
        self.assertIsNone(outside.poll())

    def test_other_user_cannot_signal(self):
        process, mark = self.sleeper()
        for pid in [process.pid, *pids_with(mark)]:
            self.assertNotEqual(run('/bin/kill', '-KILL', str(pid),
                                    user=harness.EVE).status, 0)
        self.assertIsNone(process.poll())


class Stop(Case):
    def state(self, pid):
        return (stat_of(pid) or ('gone',))[0]

    def test_stopped_command_stops_minibox(self):
        for name in 'STOP', 'TSTP', 'TTIN', 'TTOU':
            with self.subTest(name):
                process = self.up('/bin/sh', '-c',
                                  f'echo ready; kill -{name} $$; exit 7')
                wait_for(lambda: self.state(process.pid) == 'T', 'the stop')
                process.send_signal(signal.SIGCONT)
                self.assertEqual(harness.finish(process).status, 7)

    def test_stopped_twice(self):
        process = self.up('/bin/sh', '-c',
                          'echo ready; kill -STOP $$; echo on; '
                          'kill -STOP $$; exit 8')
        for _ in range(2):
            wait_for(lambda: self.state(process.pid) == 'T', 'the stop')
            process.send_signal(signal.SIGCONT)
        self.assertEqual(harness.finish(process).status, 8)

    def test_stop_of_a_child_stops_nothing(self):
        result = shell('sleep 0.3 & kill -STOP $!; sleep 0.1; '
                       'kill -CONT $!; wait $!; exit 6')
        self.ok(result, '', 6)

    def test_kill_while_stopped(self):
        mark = self.mark()
        process = self.up('/bin/sh', '-c',
                          f'echo ready; kill -STOP $$; sleep {mark}')
        wait_for(lambda: self.state(process.pid) == 'T', 'the stop')
        process.kill()
        process.wait(LIMIT)
        wait_for(lambda: not pids_with(mark), 'the end of the box')
