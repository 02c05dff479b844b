"""What may be done with figures (办理): every write of this room, by name."""

from __future__ import annotations

from junxian.web.indicators.answering import ask, choose, correct, explain, reply, similar
from junxian.web.indicators.cells import Cell, Saved, declare, enter, settle_beside, submit
from junxian.web.indicators.handing import confirm, drop, open_hand_ins, withdraw
from junxian.web.indicators.steps import close, decide_unlock, handle, release, review, send_back, sign, unlock
from junxian.web.indicators.storing import Appended, append

__all__ = [
    "Appended", "Cell", "Saved", "append", "ask", "choose", "close", "confirm", "correct", "decide_unlock", "declare",
    "drop", "enter", "explain", "handle", "open_hand_ins", "release", "reply", "review", "send_back", "settle_beside",
    "sign", "similar", "submit", "unlock", "withdraw",
]  # fmt: skip
