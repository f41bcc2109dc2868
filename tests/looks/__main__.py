"""Grabs every page, light and dark, large and small: python -m tests.looks --out DIR [--only WORD]."""

import argparse
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import QApplication

from app.media.gestures import Held
from app.media.mailbox import Mailbox
from app.media.types import Level
from app.state.stage import Stage, Tile
from app.ui.bridge import Bridge
from app.ui.widgets.message_text import MessageText
from app.ui.widgets.tall_scroll import TallScroll
from app.ui.window import Window
from tests.fakes.putting import put
from tests.looks import call_states, faces, outlines, recap_states, room_states, screens, sharing_states, states
from tests.looks.sizes import BIG, MIDDLE, SLIM, SMALL
from tests.looks.weak import WEAK

#: page -> (state, also in these sizes)
PAGES = {
    "starting": (lambda: states.AppState(), ()),
    "sign-in": (states.sign_in, (SMALL,)),
    "sign-in-new-account": (states.sign_in, ()),
    "sign-in-owner": (lambda: states.sign_in(is_embedded=True, needs_owner=True), ()),
    "rooms": (states.rooms, (SMALL, SLIM)),
    "rooms-first": (states.no_rooms, (SMALL,)),
    "rooms-silent": (states.silent_room, ()),
    "rooms-drafts": (states.with_drafts, (SMALL,)),
    "rooms-notice": (states.with_notices, (SLIM,)),
    "rooms-notices": (lambda: put(states.cut_off(states.rooms()), "toasts.shown", states.MANY_NOTICES), (SLIM,)),
    "call-notices": (
        lambda: put(states.cut_off(call_states.call_as_host(3, panel="")), "toasts.shown", states.MANY_NOTICES),
        (SMALL, SLIM),
    ),
    "prejoin-notice": (lambda: put(states.prejoin(), "toasts.shown", states.MANY_NOTICES[:2]), (SMALL, SLIM)),
    "recap-notice": (lambda: put(recap_states.recap_state(), "toasts.shown", states.MANY_NOTICES[:2]), (SMALL, SLIM)),
    "sign-in-cut": (lambda: states.cut_off(states.sign_in()), (SLIM,)),
    "rooms-info": (states.rooms, (SLIM,)),
    "rooms-invite": (states.rooms, ()),
    "rooms-during-call": (lambda: states.replace(call_states.call(2), shows_call=False), ()),
    "rooms-cards": (room_states.with_cards, (SMALL, SLIM)),
    "rooms-cards-top": (lambda: room_states.with_cards(*room_states.CARDS[:3]), (SMALL, SLIM)),
    "rooms-many": (room_states.many_rooms, (SMALL,)),
    "rooms-edit": (room_states.edited, (SLIM,)),
    "rooms-search": (room_states.searching, (SMALL, SLIM)),
    "rooms-camera-menu": (room_states.gated, ()),
    "rooms-elsewhere": (states.rooms, (SLIM,)),
    "rooms-schedule": (room_states.planning, (SMALL, SLIM)),
    "rooms-schedule-edit": (room_states.replanning, (SMALL, SLIM)),
    "rooms-schedule-refused": (lambda: room_states.planning(words="That time has passed."), ()),
    "rooms-schedule-gated": (lambda: room_states.gated(plan=room_states.PlanView(room="r1")), ()),
    "rooms-upcoming": (room_states.with_cards, ()),
    "rooms-settings": (room_states.owned_room, (SMALL, SLIM)),
    "rooms-new": (states.rooms, (SLIM,)),
    "rooms-news": (room_states.many_rooms, (SLIM,)),
    "rooms-news-none": (states.rooms, ()),
    "rooms-account": (room_states.account, (SMALL, SLIM)),
    "rooms-account-menu": (room_states.on_team_server, ()),
    "rooms-server": (states.rooms, (SLIM,)),
    "rooms-server-reachable": (room_states.reachable, (SMALL,)),
    "rooms-server-team": (states.rooms, ()),
    "rooms-server-checked": (room_states.checked, (SMALL,)),
    "rooms-away": (room_states.away, (SLIM,)),
    "rooms-link-question": (room_states.link_question, (SLIM,)),
    "visit-on-the-way": (room_states.on_the_way, (SLIM,)),
    "visit-dead": (room_states.link_is_dead, (SLIM,)),
    "visit-invited": (room_states.invited_elsewhere, (MIDDLE, SMALL, SLIM)),
    "rooms-invited": (room_states.invited, (SLIM,)),
    "sign-in-forgot": (states.sign_in, ()),
    "sign-in-code": (
        lambda: put(states.sign_in(), "sign_in.reset_words", "If there is such an account, a code is on its way."),
        (SLIM,),
    ),
    "terms": (lambda: states.prejoin(asks_terms=True), (SMALL,)),
    "terms-text": (lambda: states.prejoin(asks_terms=True), ()),
    "prejoin": (states.prejoin, (MIDDLE, SMALL, SLIM)),
    "prejoin-trying": (states.trying_prejoin, (MIDDLE, SMALL, SLIM)),
    "prejoin-unrecorded": (lambda: states.prejoin(record=False), (SLIM,)),
    "prejoin-own-picture": (
        lambda: put(states.prejoin(), "devices.chosen.background", f"file:/pictures/{'holiday by the sea ' * 6}.jpg"),
        (SMALL, SLIM),
    ),
    "prejoin-guest-recorded": (states.guest_prejoin, (MIDDLE, SMALL, SLIM)),
    "prejoin-no-devices": (states.no_devices, (SMALL, SLIM)),
    "prejoin-closed": (states.closed_prejoin, ()),
    "prejoin-closed-guest": (lambda: states.closed_prejoin(is_guest=True), (SLIM,)),
    "prejoin-give": (room_states.giving, (SMALL, SLIM)),
    "prejoin-give-opening": (lambda: room_states.giving(is_opening=True), ()),
    "prejoin-give-failed": (
        lambda: room_states.giving(words="Others cannot be let in to Parley on this computer: Permission denied."),
        (SLIM,),
    ),
    "prejoin-give-not-ours": (lambda: room_states.giving(can_open=False), (SLIM,)),
    "prejoin-give-file": (lambda: room_states.giving("calendar"), ()),
    "prejoin-move": (states.moving_prejoin, (SLIM,)),
    "waiting": (states.waiting, (SLIM,)),
    "call-1": (lambda: call_states.call(1), ()),
    "call-2": (lambda: call_states.call(2), (SMALL,)),
    "call-3": (lambda: call_states.call(3), ()),
    "call-6": (lambda: call_states.call(6), ()),
    "call-10": (lambda: call_states.call(10), (SMALL,)),
    "call-share": (lambda: call_states.call_with_share(4), (SMALL, SLIM)),
    "call-share-pair": (lambda: call_states.call_with_share(2), (SMALL,)),
    "call-share-zoomed": (lambda: call_states.call_with_share(3), ()),
    "call-pointing": (lambda: call_states.call_with_share(3, lets=True), (SMALL,)),
    "call-share-back": (lambda: call_states.call_with_share(4, stage=Stage(mode="grid")), ()),
    "call-speaker": (lambda: call_states.call(6, stage=Stage(mode="speaker", speaker="p2")), (SMALL, SLIM)),
    "call-without-me": (lambda: call_states.call(2, stage=Stage(hides_own=True)), (SMALL,)),
    "call-view-menu": (lambda: call_states.call(3), ()),
    "call-tile-over": (lambda: call_states.call(6), (SMALL,)),
    "call-chat": (call_states.call_with_chat, (SMALL, SLIM)),
    "call-people": (lambda: call_states.call(10, panel="people"), ()),
    "call-lobby": (call_states.call_as_host, (SMALL,)),
    "call-lobby-closed": (lambda: call_states.call_as_host(panel=""), (SMALL, SLIM)),
    "call-lobby-full": (lambda: call_states.call_as_host(10), ()),
    "call-hands": (lambda: call_states.call_with_hands(panel="people"), (SMALL, SLIM)),
    "call-hands-two": (lambda: call_states.call_with_hands(3, panel=""), (SLIM,)),
    "call-reactions": (call_states.call_with_reactions, (SLIM,)),
    "call-gestures": (lambda: call_states.call_with_gestures(6), (SMALL, SLIM)),
    "call-gestures-two": (lambda: call_states.call_with_gestures(2), (SLIM,)),
    "call-captions": (call_states.call_with_captions, (SMALL, SLIM)),
    "call-captions-pair": (lambda: call_states.call_with_captions(2), (SMALL, SLIM)),
    "call-captions-share": (lambda: call_states.call_with_captions(3, share=True), (SMALL, SLIM)),
    "call-so-far": (call_states.call_so_far, (SMALL, SLIM)),
    "call-so-far-missed": (lambda: call_states.call_so_far(missed_since=states.at(minutes=9)), (SMALL,)),
    "call-so-far-empty": (lambda: call_states.call_so_far(0), (SLIM,)),
    "call-so-far-refused": (
        lambda: call_states.call_so_far(0, is_known=False, words="That was too much at once. Please wait a moment."),
        (),
    ),
    "call-caught-up": (call_states.call_caught_up, (SMALL, SLIM)),
    "call-react-menu": (call_states.call, (SLIM,)),
    "call-keys": (call_states.call, (SLIM,)),
    "call-muted": (call_states.call_muted, (SMALL, SLIM)),
    "call-volume-menu": (lambda: call_states.call(4, panel="people"), ()),
    "call-settings-open": (call_states.call_muted, (SMALL,)),
    "call-more-menu": (lambda: call_states.call_as_host(panel=""), (SLIM,)),
    "call-locked": (call_states.call_locked, (SMALL, SLIM)),
    "call-locked-settings": (call_states.call_locked, ()),
    "call-person-menu": (call_states.call_locked, ()),
    "call-remove": (call_states.call_locked, ()),
    "call-new-link": (call_states.call_locked, (SLIM,)),
    "share-picker": (sharing_states.picking, (SMALL, SLIM)),
    "share-picker-empty": (lambda: sharing_states.picking((), words="Screens cannot be shared from this session."), ()),
    "share-picker-looking": (lambda: sharing_states.picking(None), ()),
    "share-bar": (sharing_states.sharing, (SMALL, SLIM)),
    "share-bar-paused": (lambda: sharing_states.sharing(is_paused=True), ()),
    **WEAK,
    "call-consent": (call_states.call_with_consent, (SMALL,)),
    "call-stop-recording": (call_states.call_as_host, (SMALL,)),
    "call-start-recording": (
        lambda: call_states.call_as_host(panel="", recording=call_states.Recording()),
        (SMALL, SLIM),
    ),
    "call-not-recording": (lambda: call_states.call_as_host(panel="", recording=call_states.Recording()), (SLIM,)),
    "call-close": (lambda: call_states.call(3, host="p0"), (SLIM,)),
    "rooms-close": (lambda: states.replace(states.rooms(), own_meetings=(("m7", 2),)), ()),
    "rooms-link": (states.rooms, (SLIM,)),
    "call-settings": (lambda: call_states.call(2), (SMALL,)),
    "call-model-asks": (lambda: states.with_model(call_states.call(3), "missing", is_asked=True), (SMALL, SLIM)),
    "call-model-fetches": (
        lambda: states.with_model(call_states.call(3), "fetching", done=364_300_000, is_asked=True),
        (SMALL,),
    ),
    "call-model-making": (lambda: states.model_making(call_states.call(3)), (SLIM,)),
    "call-model-failed": (lambda: states.model_failed(call_states.call(3), is_asked=True), (SMALL, SLIM)),
    "call-model-ready": (lambda: states.with_model(call_states.call(3), "ready", is_asked=True), ()),
    "call-settings-model": (lambda: states.model_failed(call_states.call(2)), (SMALL,)),
    "rooms-server-model": (lambda: states.with_model(states.rooms(), "missing"), (SLIM,)),
    "rooms-server-fetches": (lambda: states.with_model(states.rooms(), "fetching", done=364_300_000), ()),
    "rooms-server-failed": (lambda: states.model_failed(states.rooms()), (SLIM,)),
    "rooms-server-ready": (lambda: states.with_model(room_states.reachable(), "ready", can_remove=True), (SMALL,)),
    "call-pip": (lambda: call_states.pip(call_states.call(2)), ()),
    "call-pip-share": (lambda: call_states.pip(call_states.sharing()), ()),
    "call-pip-captions": (lambda: call_states.pip(call_states.call_with_captions(3)), ()),
    "call-pip-gesture": (lambda: call_states.pip(call_states.call(2)), ()),
    "call-pip-waiting": (lambda: call_states.pip(call_states.call_as_host()), ()),
    "call-emoji": (call_states.call_with_chat, (SMALL, SLIM)),
    "call-chat-unread": (call_states.chat_further_up, ()),
    "rooms-chat-log": (call_states.past_chat, (SMALL, SLIM)),
    "rooms-emoji": (states.rooms, (SLIM,)),
    "help-computer": (states.rooms, (SLIM,)),
    "ended": (call_states.ended, ()),
    "ended-guest": (lambda: call_states.ended(is_guest=True), ()),
    "privacy": (states.with_mail, (SMALL, SLIM)),
    "help": (states.rooms, (SMALL, SLIM)),
    "help-during-call": (lambda: call_states.call(2), (SMALL,)),
    "recap": (recap_states.recap_state, (SMALL,)),
    "recap-transcript": (recap_states.recap_state, (SMALL,)),
    "recap-checks": (recap_states.doubtful, (SLIM,)),
    "recap-film-making": (recap_states.filmless, (SMALL, SLIM)),
    "recap-film-failed": (
        lambda: recap_states.filmless(
            "failed",
            "The film could not be written: No space left on device. The recording "
            "is kept; the server will try again the next time it starts.",
        ),
        (SLIM,),
    ),
    "recap-generating": (lambda: recap_states.recap_state("generating"), ()),
    "recap-ongoing": (lambda: recap_states.recap_state("ongoing"), ()),
    "recap-pending": (lambda: recap_states.kept_recap("pending"), (SLIM,)),
    "recap-refused": (lambda: recap_states.kept_recap("refused", "The client still needs it until June."), ()),
    "recap-deleted": (
        lambda: recap_states.kept_recap("deleted", recap="deleted", words="", deletion_receipt=None),
        (SLIM,),
    ),
    "recap-ask-deletion": (recap_states.recap_state, (SLIM,)),
    "recap-again": (recap_states.can_be_better, (SMALL, SLIM)),
    "recap-again-refused": (
        lambda: recap_states.can_be_better(
            remake_words="Another recap is being made again. Please try again when it is done."
        ),
        (),
    ),
    "recap-remade": (lambda: recap_states.versions(is_remade=True), (SLIM,)),
    "recap-earlier": (lambda: recap_states.versions(version=2, earlier=recap_states.EARLIER), (SLIM,)),
    "recap-has-earlier": (lambda: recap_states.versions(recap_states.RECAP, earlier=recap_states.EARLIER), ()),
    "recap-failed": (lambda: recap_states.recap_state("failed"), ()),
}
#: page -> the object name that is clicked before the picture.
CLICKS = {
    "sign-in-new-account": ["sign-in-tabs-make"], "rooms-info": ["info"], "rooms-invite": ["invite"],
    "rooms-elsewhere": ["camera-button"], "rooms-camera-menu": ["camera-button"], "rooms-upcoming": ["coming-m20"],
    "rooms-settings": ["info", "room-settings"], "rooms-new": ["new-room"], "rooms-news": ["open-news"],
    "rooms-news-none": ["open-news"], "rooms-account-menu": ["account-menu"], "rooms-invited": ["invite"],
    "sign-in-forgot": ["sign-in-forgot"], "sign-in-code": ["sign-in-have-code"],
    "terms-text": ["privacy-read"], "call-settings": ["open-settings"],
    "prejoin-trying": ["prejoin-camera-more", "prejoin-microphone-more"],
    "call-settings-open": ["open-settings", "settings-camera-more", "settings-microphone-more"],
    "call-volume-menu": ["person-menu-p2"],
    "call-locked-settings": ["open-settings"], "call-settings-model": ["open-settings"],
    "call-person-menu": ["person-menu-p1"], "privacy": ["help-privacy"],
    "call-react-menu": ["open-reactions"], "call-keys": ["open-more"], "call-more-menu": ["open-more"],
    "call-remove": ["person-menu-p8"], "call-new-link": ["new-link"], "recap-ask-deletion": ["request-deletion"],
    "call-stop-recording": ["toggle-recording"], "call-start-recording": ["toggle-recording"],
    "recap-transcript": ["recap-tabs-transcript"], "recap-checks": ["checks"], "call-view-menu": ["open-view-menu"],
    "call-emoji": ["chat-composer-emoji"], "rooms-emoji": ["room-composer-emoji"],
    "call-share-zoomed": ["zoom-percent"],
}  # fmt: skip


def settle(seconds=0.03):
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()
    QApplication.processEvents()


class Set:
    """One window and what stands behind it."""

    def __init__(self, theme):
        self.mailbox = Mailbox(lambda: self.bridge.wake())
        self.bridge = Bridge(self.mailbox, lambda intent: None, fetch_file=self.fetch)
        self.window = Window(self.bridge, theme)
        self.window.show()

    def fetch(self, meeting, file, ready):
        demo = sorted(Path("resources/demo").glob("*.webm"))
        ready(demo[0], "") if demo else ready(None, "The recording is not shown in these pictures.")

    def show(self, name, state, size):
        from PySide6.QtWidgets import QAbstractButton, QWidget

        self.window.resize(*size)
        self.window.show_state(states.AppState())
        self.window.show_state(state)
        settle()
        page = self.window.page
        self._give_pictures(page, state)
        self.bridge.show_levels({"p1": Level(-20.0, True), "": Level(-28.0, False)})
        if name == "privacy":
            self.window.open_help("private")
        for button in CLICKS.get(name, []):
            self.window.findChild(QAbstractButton, button).click()
        if name.startswith("help"):
            self.window.open_help({"help": "private", "help-computer": "features"}.get(name, ""))
        if name == "help-computer":
            self.window.findChild(QAbstractButton, "help-computer").click()
        if name.startswith("rooms-server"):
            self.window.open_server()
        if name == "rooms-server-team":
            self.window.findChild(QAbstractButton, "server-tabs-team").click()
        if name == "rooms-elsewhere":
            self.window.findChild(QAction, "menu-meeting-elsewhere").trigger()
        if name in ("call-close", "rooms-close"):
            self.window.close()
        if name == "call-keys":
            self.window.findChild(QAction, "menu-keys").trigger()
            QApplication.activePopupWidget().close()
        if name == "call-remove":
            self.window.findChild(QAction, "remove-p8").trigger()
        if name == "rooms-edit":
            page._messages.edit_last()
        if name == "rooms-invited":
            self.window.show_state(state)
        if name == "rooms-invite":
            page._show_invitation("7QK4-M2XP-9TDA-W3RV")
        if name == "rooms-link":
            next(one for one in self.window.findChildren(MessageText) if one.links).followed.emit(states.ADDRESS)
        if name.startswith(("call-gestures", "call-pip-gesture")):
            self.bridge.show_held(Held("victory" if name.startswith("call-gestures-") else "hand", 0.5))
        settle(0.25 if name == "recap" else 0.6 if name == "call-reactions" else 0.03)
        if self.window.focusWidget() and name != "rooms":
            self.window.setFocus()
        if name == "call-settings-model":
            self.window.findChild(TallScroll).verticalScrollBar().setValue(10_000)
        if name == "call-share-zoomed":
            self._give_pictures(page, state)
            settle()
        if name == "call-pointing":
            (share,) = (one for tile, one in page.tiles.items() if tile.source == "screen")
            share.show_pointed(("p2", "Amara Okafor"), "pen", screens.CIRCLE, stroke=1)
            share.show_pointed(("p5", "Mateo García"), "pointer", ((7800, 6200),), stroke=0)
        if name == "call-tile-over":
            self.window.activateWindow()
            page.tiles[Tile("p2")].setFocus(Qt.FocusReason.TabFocusReason)
        settle(0.0)
        return self._grab(name), [one for one in self.window.findChildren(QWidget) if hasattr(one, "dismissed")]

    def _give_pictures(self, page, state):
        """One for each view, as large as it wants it."""
        has_camera = state.prejoin is None or not (state.prejoin.asks_terms or state.prejoin.device_words)
        for place, tile in enumerate(getattr(page, "tiles", {}) if has_camera else ()):
            for view in self.bridge.stage.wanted.get(tile, ()):
                if tile.source == "screen":
                    wanted = self.bridge.stage.wanted[tile][view]
                    picture = screens.picture(wanted, time.monotonic())
                else:
                    picture = faces.picture(place + 1 if tile.person else 0, captured_at_s=time.monotonic())
                self.mailbox.put(tile, view, picture)
        for key, views in self.bridge.stage.wanted.items():
            for view in views if key[1] == "thumbnail" and key[0] != "window:3" else ():
                self.mailbox.put(key, view, faces.picture(len(key[0]), captured_at_s=time.monotonic()))

    def _grab(self, name):
        """The window, and the menu over it where that is what the picture is of."""
        pixels = self.window.grab()
        if self.window.pip is not None and self.window.pip.small is not None:
            small = self.window.pip.small.grab()
            painter = QPainter(pixels)
            painter.drawPixmap(pixels.width() - small.width() - 24, pixels.height() - small.height() - 24, small)
            painter.end()
        menu = QApplication.activePopupWidget()
        if menu is not None and name.endswith("-menu"):
            painter = QPainter(pixels)
            painter.drawPixmap(self.window.mapFromGlobal(menu.pos()), menu.grab())
            painter.end()
        if menu is not None:
            menu.close()
        return pixels


def grab_all(out, only):
    out.mkdir(parents=True, exist_ok=True)
    count = 0
    for theme in ("light", "dark"):
        for name, (make, more) in PAGES.items():
            if only and only not in name:
                continue
            for size in (BIG, *more):
                scene = Set(theme)
                pixels, _ = scene.show(name, make(), size)
                ending = {BIG: "", MIDDLE: "-middle", SMALL: "-small", SLIM: "-slim"}[size]
                pixels.save(str(out / f"{name}-{theme}{ending}.png"))
                if scene.window.pip is not None:
                    scene.window.pip.close()
                scene.window.let_close()
                scene.window.close()
                scene.window.deleteLater()
                settle(0.0)
                count += 1
    return count


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.looks")
    parser.add_argument("--out", type=Path, default=Path("looks-out"))
    parser.add_argument("--only", default="", help="pages whose name holds this")
    parser.add_argument("--photos", type=Path, help="photographs of people and hands, for a sheet of their outlines")
    options = parser.parse_args()
    app = QApplication(sys.argv[:1])
    print(f"{grab_all(options.out, options.only)} pictures in {options.out}")
    if options.only in "outlines":
        outlines.write_sheets(options.out, options.photos)
    app.quit()


if __name__ == "__main__":
    main()
