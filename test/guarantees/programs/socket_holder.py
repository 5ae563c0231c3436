"""Holds a listening socket, as systemd does, while a program that is given it comes and goes.

Arguments: the port, how often the program is run, the program and its arguments.
"""
import os
import socket
import sys

held = socket.socket()
held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
held.bind(("127.0.0.1", int(sys.argv[1])))
held.listen(64)
for _ in range(int(sys.argv[2])):
    child = os.fork()
    if child == 0:
        if held.fileno() != 3:
            os.dup2(held.fileno(), 3)
        os.set_inheritable(3, True)
        names = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "hook"}
        os.execvpe(sys.argv[3], sys.argv[3:], {**os.environ, **names})
    os.waitpid(child, 0)
