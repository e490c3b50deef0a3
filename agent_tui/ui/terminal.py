"""The console's end of the terminal: Textual's driver with our reading of what the terminal sends."""

import os
import select
from codecs import getincrementaldecoder
from typing import Final

from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.messages import ExitApp

from agent_tui.ui.typed_input import StrictInputParser

_READ_BYTES: Final = 65_536
# Textual ends the thread by an event that is looked at this often, in seconds.
_LONGEST_WAIT: Final = 0.1


def driver_class() -> type[Driver]:
    """What to give `App(driver_class=...)`."""
    return ConsoleDriver


class ConsoleDriver(LinuxDriver):
    """Reads the keyboard through StrictInputParser; a terminal that has gone away ends the app."""

    def run_input_thread(self) -> None:
        """Read until Textual says stop or the terminal ends. A byte that is not UTF-8 is read as U+FFFD."""
        parser = StrictInputParser(self._debug)
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        while not self.exit_event.is_set():
            readable, _, _ = select.select([self.fileno], [], [], parser.wait_seconds(_LONGEST_WAIT))
            if not readable:
                for message in parser.tick():
                    self.process_message(message)
                continue
            try:
                data = os.read(self.fileno, _READ_BYTES)
            except OSError:  # EIO: the other end of the terminal is closed
                data = b""
            if not data:
                self._write_nowhere()
                self.send_message(ExitApp())
                return
            for message in parser.feed(decode(data)):
                self.process_message(message)

    def _write_nowhere(self) -> None:
        """What is still to be written can't be shown any more; failing at it would turn a clean end into an error."""
        terminal = os.fstat(self.fileno).st_rdev
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for descriptor in (1, 2):
            if os.fstat(descriptor).st_rdev == terminal:
                os.dup2(nowhere, descriptor)
        os.close(nowhere)
