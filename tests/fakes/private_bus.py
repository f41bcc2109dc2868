"""A D-Bus of our own in temporary folders, with a notification service or a keyring on it: nothing of the desktop."""

import contextlib
import os
import queue
import subprocess
import threading

from jeepney import DBusAddress, HeaderFields, MatchRule, MessageType, new_error, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection


@contextlib.contextmanager
def private_bus(folder):
    """The environment of a session with its own bus, home and XDG folders below `folder`."""
    names = {"XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache", "XDG_RUNTIME_DIR": "run"}
    environment = {**os.environ, "HOME": str(folder / "home")}
    for name, part in names.items():
        (folder / part).mkdir(mode=0o700)
        environment[name] = str(folder / part)
    (folder / "home").mkdir()
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "GNOME_KEYRING_CONTROL", "SSH_AUTH_SOCK", "PYTHON_KEYRING_BACKEND"):
        environment.pop(name, None)
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"]
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
    try:
        environment["DBUS_SESSION_BUS_ADDRESS"] = daemon.stdout.readline().strip()
        yield environment
    finally:
        daemon.terminate()
        daemon.wait(10)
        daemon.stdout.close()


@contextlib.contextmanager
def keyring_daemon(environment, folder):
    """GNOME's keyring on that bus, unlocked; keeps its file below `folder`."""
    command = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
    command += ["--control-directory", str(folder / "run" / "keyring")]
    daemon = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    try:
        daemon.stdin.write(b"password of the test")
        daemon.stdin.close()
        _wait_for_name(environment["DBUS_SESSION_BUS_ADDRESS"], "org.freedesktop.secrets")
        yield daemon
    finally:
        daemon.terminate()
        daemon.wait(10)


def _wait_for_name(address, name, limit_s=15.0):
    """Returns once a service has that name on the bus."""
    with open_dbus_connection(bus=address) as connection:
        rule = MatchRule(type="signal", interface=message_bus.interface, member="NameOwnerChanged")
        rule.add_arg_condition(0, name)
        connection.send_and_get_reply(message_bus.AddMatch(rule))
        with connection.filter(rule) as changes:
            if not connection.send_and_get_reply(message_bus.NameHasOwner(name)).body[0]:
                connection.recv_until_filtered(changes, timeout=limit_s)


class NotificationService:
    """A desktop's notification service, as far as the specification asks for it.

    Attributes:
        shown: what was shown, in order: dicts of number, title, words, actions, hints.
        closed: numbers that were taken back.
        count: how many were shown so far.
    """

    def __init__(self, address, *, reads_markup=True, forgets=False, shown=None):
        self.shown = shown or queue.Queue()
        self.closed = queue.Queue()
        self._reads_markup = reads_markup
        self._forgets = forgets
        self._connection = open_dbus_connection(bus=address)
        self._connection.send_and_get_reply(message_bus.RequestName("org.freedesktop.Notifications"))
        self._emitter = DBusAddress("/org/freedesktop/Notifications", interface="org.freedesktop.Notifications")
        self.count = 0
        self._made = []
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def click(self, number):
        """The user clicks a notification."""
        self._connection.send(new_signal(self._emitter, "ActionInvoked", "us", (number, "default")))

    def close(self):
        self._ends.set()
        self._thread.join(10)
        self._connection.close()

    def _serve(self):
        while not self._ends.is_set():
            try:
                message = self._connection.receive(timeout=0.1)
            except TimeoutError:
                continue
            if message.header.message_type is MessageType.method_call:
                self._connection.send(self._answer(message))
                while self._made:
                    # Told after the answer: a user cannot click what the program does not know yet.
                    self.shown.put(self._made.pop(0))

    def _answer(self, message):
        member = message.header.fields[HeaderFields.member]
        if member == "GetCapabilities":
            markup = ["body-markup"] if self._reads_markup else []
            return new_method_return(message, "as", (["body", "actions", *markup],))
        if member == "Notify":
            self.count += 1
            _, _, _, title, words, actions, hints, _ = message.body
            self._made.append(
                {"number": self.count, "title": title, "words": words, "actions": actions, "hints": dict(hints)}
            )
            return new_method_return(message, "u", (self.count,))
        if member == "CloseNotification" and not self._forgets:
            self.closed.put(message.body[0])
            return new_method_return(message)
        return new_error(message, "org.freedesktop.DBus.Error.UnknownMethod")
