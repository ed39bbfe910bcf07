"""Runs a command on a terminal of its own, which closes with standard input. The status is that of the command."""
import os
import pty
import select
import sys

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
while 0 not in select.select([0, terminal], [], [])[0]:
    try:
        os.write(1, os.read(terminal, 65536))
    except OSError:  # The command has ended.
        break
os.close(terminal)
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.exit(status if status >= 0 else 128 - status)
