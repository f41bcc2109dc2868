"""Dialogs that are open because the state says so, over whichever page is shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from app.state.app_state import AppState
from app.state.intents import PutFileAway
from app.state.slices.reach import Handout
from app.state.slices.schedule import OfferedFile
from app.ui.bridge import Bridge
from app.ui.widgets.file_question import FileQuestion
from app.ui.widgets.scrim import is_open
from app.wire.text import file_name

if TYPE_CHECKING:
    from app.ui.panels.account_dialog import AccountDialog
    from app.ui.panels.chat_log import ChatLogDialog
    from app.ui.panels.giving import GiveQuestion
    from app.ui.panels.link_question import LinkQuestion
    from app.ui.panels.schedule_dialog import ScheduleDialog
    from app.ui.panels.server_dialog import ServerDialog
    from app.ui.panels.speech_model import ModelQuestion


class Overlays:
    """Opens and closes the dialogs that the state asks for, and the server's; hands out what `handout` says.

    `AppState.plan`, `account`, `link_question`, `giving`, `chat_log`, `speech` and `file` each ask for one.

    Args:
        window: Under the dialogs.
        bridge: Takes the intents.
    """

    def __init__(self, window: QWidget, bridge: Bridge) -> None:
        self._window = window
        self._bridge = bridge
        self._plan: ScheduleDialog | None = None
        self._planned: tuple[str, str] = ("", "")
        self._account: AccountDialog | None = None
        self._link: LinkQuestion | None = None
        self._server: ServerDialog | None = None
        self._giving: GiveQuestion | None = None
        self._chat: ChatLogDialog | None = None
        self._model: ModelQuestion | None = None
        self._file = self._handout = 0
        self._file_question = FileQuestion()

    def show_state(self, state: AppState) -> None:
        """What is to be open now."""
        self._show_plan(state)
        self._show_account(state)
        self._show_link(state)
        self._show_chat(state)
        self._show_model(state)
        self._show_file(state.file)
        self._show_giving(state)
        self._show_handout(state.giving.handout)
        if self._server is not None and is_open(self._server):
            self._server.show_state(state)

    def open_server(self, state: AppState) -> None:
        """Opens the dialog about the server."""
        from app.ui.panels.server_dialog import ServerDialog

        self._server = ServerDialog(self._window, self._bridge)
        self._server.show_state(state)

    def _show_plan(self, state: AppState) -> None:
        wanted = (state.plan.room, state.plan.meeting) if state.plan else ("", "")
        if self._plan is not None and wanted != self._planned:
            self._plan.close_dialog()
            self._plan = None
        if state.plan is None:
            return
        if self._plan is None:
            from app.ui.panels.schedule_dialog import ScheduleDialog

            self._plan, self._planned = ScheduleDialog(self._window, self._bridge), wanted
        self._plan.show_state(state)

    def _show_account(self, state: AppState) -> None:
        is_wanted = state.account is not None and state.me is not None
        if self._account is not None and not is_wanted:
            self._account.close_dialog()
            self._account = None
        if not is_wanted:
            return
        if self._account is None:
            from app.ui.panels.account_dialog import AccountDialog

            self._account = AccountDialog(self._window, self._bridge)
        self._account.show_state(state)

    def _show_link(self, state: AppState) -> None:
        link = state.links.question
        if self._link is not None and self._link.link != link:
            self._link.close_dialog()
            self._link = None
        if link is not None and self._link is None:
            from app.ui.panels.link_question import LinkQuestion

            self._link = LinkQuestion(self._window, link, self._bridge)

    def _show_giving(self, state: AppState) -> None:
        if state.giving.gift is None:
            if self._giving is not None:
                self._giving.close_dialog()
                self._giving = None
            return
        if self._giving is None:
            from app.ui.panels.giving import GiveQuestion

            self._giving = GiveQuestion(self._window, state.giving.gift, self._bridge)
        self._giving.show_state(state)

    def _show_handout(self, handout: Handout | None) -> None:
        if handout is not None and handout.number != self._handout:
            from app.ui.panels.giving import hand_out

            self._handout = handout.number
            hand_out(handout, self._bridge)

    def _show_chat(self, state: AppState) -> None:
        if state.chat_log is None:
            if self._chat is not None:
                self._chat.close_dialog()
                self._chat = None
            return
        if self._chat is None:
            from app.ui.panels.chat_log import ChatLogDialog

            self._chat = ChatLogDialog(self._window, self._bridge)
        self._chat.show_state(state)

    def _show_model(self, state: AppState) -> None:
        if not state.speech.is_asked:
            if self._model is not None:
                self._model.close_dialog()
                self._model = None
            return
        if self._model is None:
            from app.ui.panels.speech_model import ModelQuestion

            self._model = ModelQuestion(self._window, self._bridge)
        self._model.show_state(state)

    def _show_file(self, file: OfferedFile | None) -> None:
        if file is not None and file.number != self._file:
            self._file = file.number
            self._ask_where(file)

    def _ask_where(self, file: OfferedFile) -> None:
        dialog = QFileDialog(self._window, "Save")
        dialog.setObjectName("save-file")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # The name came from a server: only its last part counts, nothing hidden, and the file is a calendar's.
        dialog.setDefaultSuffix("ics")
        dialog.selectFile(_safe_name(file.name))
        dialog.finished.connect(lambda _: self._bridge.do(PutFileAway(number=file.number)))
        self._file_question.ask(dialog, lambda path: self._write(file, path))

    def _write(self, file: OfferedFile, path: str) -> None:
        try:
            Path(path).write_text(file.text, encoding="utf-8", newline="")
        except OSError as fault:
            from app.ui.panels.dialogs import Confirm

            asks = Confirm(
                self._window, "The file was not saved", f"{path}: {fault.strerror or 'the disk does not take it'}.",
                name="not-saved", answers=("Choose another place", "Do not save"),
            )  # fmt: skip
            asks.answered.connect(lambda yes: self._ask_where(file) if yes else None)


def _safe_name(name: str) -> str:
    """A name for a calendar file, made of what a server says."""
    last = Path(name.replace("\\", "/"))
    return file_name(last.stem if last.suffix.lower() == ".ics" else last.name, ".ics", otherwise="meeting")
