"""The style sheet; `$names` are the tokens of `theme`."""

SHEET = """
* { font-family: $family; font-size: 14px; color: $text; }
Window, Page { background: $bg; }
PipWindow { background: $surface; border: 1px solid $edge; }
Page#call-page { background: $stage; }
QToolTip { background: $surface; color: $text; border: 1px solid $edge; padding: 5px 8px; }

Words, ElidedWords, TextBlock { background: transparent; }
*[look="muted"] { color: $muted; }
*[look="small"] { color: $muted; font-size: 12px; }
*[look="strong"] { font-weight: 600; }
*[look="label"] { font-size: 13px; font-weight: 600; }
*[look="title"] { font-size: 16px; font-weight: 600; }
*[look="heading"] { font-size: 20px; font-weight: 600; }
*[look="display"] { font-size: 28px; font-weight: 600; }
*[look="bad"] { color: $danger; }
*[look="accent"] { color: $accent; font-weight: 600; font-size: 13px; }
*[look="warning"] { color: $warning; }
*[look="mono"] { font-size: 20px; font-weight: 600; }

Card { background: $surface; border: 1px solid $line; border-radius: 16px; }
Card[ground="raised"] { background: $raised; border: 0; border-radius: 12px; }
Card[ground="bare"] { background: transparent; border: 0; }
Card[ground="line"] { background: $surface; border: 1px solid $line; border-radius: 12px; }
Card[ground="soft"] { background: $soft; border: 0; border-radius: 12px; }
Card[ground="alarm"] { background: $alarm; border: 0; border-radius: 12px; }
Card[ground="mine"] { background: $soft; border: 0; border-radius: 14px; }
Card[ground="theirs"] { background: $surface; border: 1px solid $line; border-radius: 14px; }
Card[ground="theirs-raised"] { background: $raised; border: 0; border-radius: 14px; }
Card[ground="bar"] { background: $surface; border: 1px solid $line; border-radius: 34px; }
Card[ground="pill"] { background: $surface; border: 1px solid $line; border-radius: 26px; }
Card[ground="flat"] { background: $surface; border: 0; border-radius: 0; }
Card[ground="side"] { background: $surface; border: 0; border-right: 1px solid $line; border-radius: 0; }
Card[ground="aside"] { background: $surface; border: 0; border-left: 1px solid $line; border-radius: 0; }
Card[ground="head"] { background: $surface; border: 0; border-bottom: 1px solid $line; border-radius: 0; }
Card[ground="foot"] { background: $surface; border: 0; border-top: 1px solid $line; border-radius: 0; }
Card[ground="strip"] { background: $soft; border: 0; border-radius: 0; }
Card[ground="toast"] { background: $surface; border: 1px solid $edge; border-radius: 12px; }
Card[ground="badtoast"] { background: $alarm; border: 1px solid $danger; border-radius: 12px; }
Line { background: $line; border: 0; }
Chip { border-radius: 10px; padding: 1px 9px; min-height: 18px; max-height: 18px; font-size: 12px;
  font-weight: 600; background: $raised; color: $muted; }
Chip[tone="accent"] { background: $soft; color: $accent; }
Chip[tone="danger"] { background: $danger_fill; color: $on_danger; }
Chip[tone="alarm"] { background: $alarm; color: $danger; }
Chip[tone="warning"] { background: $raised; color: $warning; }
Chip[tone="count"] { background: $accent_fill; color: $on_accent; padding: 1px 6px; min-width: 8px; }

QPushButton { border: 2px solid transparent; border-radius: 10px; padding: 0 14px; min-height: 34px;
  background: $raised; font-weight: 600; }
QPushButton:hover { background: $hover; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $muted; }
Card[ground="raised"] QPushButton[kind=""], Card[ground="theirs-raised"] QPushButton[kind=""],
Card[ground="raised"] QPushButton[kind="record"] { background: $hover; }
QPushButton[kind="primary"] { background: $accent_fill; color: $on_accent; }
QPushButton[kind="primary"]:hover { background: $accent_over; }
QPushButton[kind="primary"]:focus { border-color: $text; }
QPushButton[kind="primary"]:disabled { background: $hover; color: $muted; }
QPushButton[kind="quiet"] { background: transparent; }
QPushButton[kind="quiet"]:hover { background: $hover; }
QPushButton[kind="outline"] { background: $surface; border: 1px solid $edge; padding: 1px 15px; }
QPushButton[kind="outline"]:hover { background: $hover; }
QPushButton[kind="outline"]:focus { border: 2px solid $accent; padding: 0 14px; }
QPushButton[kind="link"] { background: transparent; color: $accent; padding: 0 4px; min-height: 26px; }
QPushButton[kind="link"]:hover { background: $soft; }
QPushButton[kind="badlink"] { background: transparent; color: $danger; padding: 0 4px; min-height: 22px;
  font-size: 12px; }
QPushButton[kind="danger"] { background: $danger_fill; color: $on_danger; }
QPushButton[kind="danger"]:hover { background: $danger_over; }
QPushButton[kind="danger"]:focus { border-color: $text; }
QPushButton[kind="tab"] { background: transparent; color: $muted; border-radius: 9px; min-height: 30px;
  padding: 0 5px; }
QPushButton[kind="tab"]:hover { color: $text; }
QPushButton[kind="tab"]:checked { background: $surface; color: $text; }
QPushButton[kind="tab"]:focus { border-color: $accent; }
QPushButton[big="true"] { min-height: 42px; padding: 0 20px; border-radius: 12px; font-size: 15px; }
QPushButton[kind="leave"] { background: $danger_fill; color: $on_danger; border-radius: 25px; min-height: 46px;
  padding: 0 18px; }
QPushButton[kind="leave"]:hover { background: $danger_over; }
QPushButton[kind="leave"]:focus { border-color: $text; }
QPushButton[kind="record"], QPushButton[kind="recording"] { border-radius: 14px; min-height: 46px; padding: 0 12px; }
QPushButton[kind="recording"] { background: $alarm; color: $danger; border-color: $danger; }
QPushButton[kind="recording"]:hover { background: $hover; }
QPushButton[kind="recording"]:focus { border: 4px solid $text; min-height: 42px; padding: 0 10px; }
QPushButton[kind="link"]:disabled, QPushButton[kind="badlink"]:disabled { color: $muted; }
QPushButton[kind="danger"]:disabled, QPushButton[kind="leave"]:disabled, QPushButton[kind="recording"]:disabled {
  background: $hover; color: $muted; border-color: transparent; }
Tabs { background: $raised; border-radius: 11px; }

RowButton { border: 2px solid transparent; border-radius: 12px; background: transparent; text-align: left;
  padding: 0; min-height: 0; }
RowButton:hover { background: $raised; }
RowButton:checked { background: $soft; }
RowButton:focus { border-color: $accent; }
RowButton * { background: transparent; }
RowButton Chip[tone="count"] { background: $accent_fill; }
RowButton Chip[tone="accent"] { background: $soft; }
RowButton Chip[tone="warning"], RowButton Chip[tone=""] { background: $raised; }

QToolButton { border: 2px solid transparent; border-radius: 19px; background: transparent; min-width: 34px;
  min-height: 34px; }
QToolButton:hover { background: $hover; }
QToolButton:checked { background: $soft; }
QToolButton:focus { border-color: $accent; }
QToolButton::menu-indicator { image: none; }
QToolButton[kind="round"] { background: $raised; border-radius: 25px; min-width: 46px; min-height: 46px; }
QToolButton[kind="round"]:hover { background: $hover; }
QToolButton[kind="round"]:checked { background: $soft; }
QToolButton[kind="round"][off="true"] { background: $danger_fill; }
QToolButton[kind="round"][off="true"]:hover { background: $danger_over; }
QToolButton[kind="round"][off="true"]:focus { border-color: $text; }
QToolButton[kind="round"][off="true"]:disabled { background: $hover; }
QToolButton[kind="small"][off="true"] { background: $danger_fill; }
QToolButton[kind="small"][off="true"]:hover { background: $danger_over; }
QToolButton[kind="small"][off="true"]:focus { border-color: $text; }
QToolButton[kind="filled"] { background: $accent_fill; }
QToolButton[kind="filled"]:hover { background: $accent_over; }
QToolButton[kind="filled"]:focus { border-color: $text; }
QToolButton[kind="filled"]:disabled { background: $hover; }
QToolButton[kind="thumb"] { border: 2px solid $line; border-radius: 10px; min-width: 72px; min-height: 48px;
  padding: 0;
  font-size: 12px; font-weight: 500; }
QToolButton[kind="thumb"]:checked { border-color: $accent; background: $soft; }
QToolButton[kind="thumb"]:focus { border: 4px solid $text; min-width: 68px; min-height: 44px; }

QLineEdit, QPlainTextEdit { placeholder-text-color: $muted; }
QLineEdit, QPlainTextEdit, QComboBox { background: $surface; border: 1px solid $edge; border-radius: 11px;
  padding: 1px 13px; min-height: 38px; selection-background-color: $accent_fill; selection-color: $on_accent; }
QPlainTextEdit { padding: 8px 9px; min-height: 0; }
QLineEdit:focus, QComboBox:focus { border: 2px solid $accent; padding: 0 12px; }
QPlainTextEdit:focus { border: 2px solid $accent; padding: 7px 8px; }
Card QPlainTextEdit { background: $raised; }
QLineEdit:disabled, QComboBox:disabled { color: $muted; }
QComboBox::drop-down { border: 0; width: 28px; }
QComboBox::down-arrow { image: none; }
QComboBox { combobox-popup: 0; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $edge; padding: 4px;
  outline: 0;
  selection-background-color: $hover; selection-color: $text; }
QComboBox QAbstractItemView::item { min-height: 32px; padding: 0 8px; }
QAbstractSpinBox { background: $surface; border: 1px solid $edge; border-radius: 11px; padding: 1px 4px 1px 13px;
  min-height: 38px; selection-background-color: $accent_fill; selection-color: $on_accent; }
QAbstractSpinBox:focus { border: 2px solid $accent; padding: 0 3px 0 12px; }
QAbstractSpinBox QLineEdit { border: 0; padding: 0; min-height: 0; background: transparent; }
QAbstractSpinBox QLineEdit:focus { border: 0; padding: 0; }
QDateEdit::drop-down { border: 0; width: 30px; }
QDateEdit::down-arrow { image: none; }
QTimeEdit::up-button, QTimeEdit::down-button { border: 0; width: 28px; background: transparent; }
QTimeEdit::up-arrow, QTimeEdit::down-arrow { image: none; }
QCalendarWidget QWidget { alternate-background-color: $surface; }
QCalendarWidget QAbstractItemView { background: $surface; selection-background-color: $accent_fill;
  selection-color: $on_accent; outline: 0; border: 0; }
QCalendarWidget QAbstractItemView:disabled { color: $muted; }
QCalendarWidget QWidget#qt_calendar_navigationbar { background: $surface; border-bottom: 1px solid $line; }
QCalendarWidget QToolButton { border-radius: 9px; padding: 0 8px; font-weight: 600; }
QCalendarWidget QSpinBox { min-height: 26px; border-radius: 8px; }
QListView#qt_zone_list { background: $surface; border: 1px solid $edge; border-radius: 8px; padding: 4px; outline: 0;
  selection-background-color: $hover; selection-color: $text; }
QListView#qt_zone_list::item { padding: 5px 8px; }
QListView[kind="emoji"] { background: transparent; border: 0; outline: 0; }
QListView[kind="emoji"]::item { border: 2px solid transparent; border-radius: 9px; padding: 0; }
QListView[kind="emoji"]::item:hover { background: $hover; }
QListView[kind="emoji"]::item:focus { border-color: $accent; background: $hover; }
QMenu { background: $surface; border: 1px solid $line; padding: 6px; }
Menu { border-radius: 10px; }
QMenu::separator { height: 1px; background: $line; margin: 5px 8px; }
QMenu::item { padding: 8px 18px 8px 10px; border-radius: 7px; }
QMenu::item:selected { background: $hover; }
QMenu::icon { padding-left: 8px; }

QScrollArea, QScrollArea > QWidget, Column { background: transparent; border: 0; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; }
QScrollBar::handle:vertical { background: $edge; border-radius: 4px; min-height: 36px; }
QScrollBar::handle:vertical:hover, QScrollBar::handle:vertical:pressed { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollBar:horizontal { background: transparent; height: 10px; }
QScrollBar::handle:horizontal { background: $edge; border-radius: 4px; min-width: 36px; }
QScrollBar::handle:horizontal:hover, QScrollBar::handle:horizontal:pressed { background: $muted; }
QSlider { background: transparent; min-height: 22px; }
QSlider::groove:horizontal { height: 4px; background: $hover; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent_fill; border-radius: 2px; }
QSlider::handle:horizontal { background: $accent_fill; width: 14px; height: 14px; margin: -5px 0;
  border-radius: 7px; }
QSlider:focus { border: 1px solid $accent; border-radius: 8px; }
Scrim { background: rgba(6, 10, 8, 150); }
"""
