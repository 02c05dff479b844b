"""Stages of a month (场景) in a real deployment, what can be done at each, and what must be true afterwards."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.web.kill.city import PERIOD, SCHEME, workbook, write_rulebook

KEEPER = "财政局"


def actor(username: str) -> Any:
    """The person in the only post."""
    from junxian.web.people.actor import Actor
    from junxian.web.people.models import Post

    post = Post.objects.select_related("person", "unit").get(person__username=username)
    return Actor(post.person, post, "127.0.0.1")


def keeper(step: str) -> Any:
    """The department's post for one of the three steps."""
    from junxian.web.people.models import Post

    name = Post.objects.values_list("person__username", flat=True).get(unit__name=KEEPER, role="department", step=step)
    return actor(name)


def the_round() -> Any:
    from junxian.web.assessment.models import Round

    return Round.objects.get(scheme=SCHEME, period=PERIOD)


def the_upload() -> Any:
    from junxian.web.indicators.models import Upload

    return Upload.objects.get()


def the_hand_in() -> Any:
    from junxian.web.indicators.models import HandIn

    return HandIn.objects.get(owner__name=KEEPER)


def begin() -> None:
    """An adopted rulebook, people, an open round with its hand-ins."""
    from django.core.management import call_command

    from junxian.web.assessment.actions import open_round
    from junxian.web.people.demo import make_accounts
    from junxian.web.rulebooks.actions import adopt

    call_command("migrate", verbosity=0)
    with tempfile.TemporaryDirectory() as folder:
        adopt(write_rulebook(Path(folder) / "rulebook"), by=None)
    make_accounts(date(2025, 1, 1))
    open_round(SCHEME, PERIOD, by=actor("kaohe"))


def drop() -> None:
    """The keeper drops a workbook, if it is not there yet: its reading is queued."""
    from junxian.web.indicators import actions

    if not the_hand_in().uploads.exists():
        actions.drop(the_hand_in(), "县区财政收支情况表.xlsx", workbook(6), by=keeper("handle"))


def worker() -> None:
    """What `junxian worker` does, until the queue is empty."""
    from junxian.web.operations.worker import work

    work(until_empty=True)


def confirm() -> None:
    """The keeper confirms what was read, if nobody has yet."""
    from junxian.web.indicators import actions

    if the_upload().state == "read":
        actions.confirm(the_upload(), by=keeper("handle"))


def sign() -> None:
    """The figures go through their three posts, and the computation is queued."""
    from junxian.web.assessment.actions import start_run
    from junxian.web.indicators import actions

    fill()
    for step, name in (("handle", "handle"), ("review", "review"), ("sign", "sign")):
        getattr(actions, step)(the_hand_in(), by=keeper(name))
    start_run(the_round(), by=actor("kaohe"))


def fill() -> None:
    """Cells the workbook does not speak of are declared late: a state is chosen, never implied."""
    from junxian.web.indicators import actions, queries

    empty = [(unit.code, code) for unit, code in queries.empty_cells(the_hand_in())]
    if empty:
        actions.declare(the_hand_in(), empty, "late", by=keeper("handle"))


def approve() -> None:
    """Counties had their days, nobody objects, the leader signs the notice as it will be printed."""
    from junxian.web.assessment.actions import take_step
    from junxian.web.assessment.models import Round
    from junxian.web.bulletins import actions

    take_step(the_round(), "send_to_counties", by=actor("kaohe"))
    Round.objects.update(check_until=date(2026, 7, 15) - timedelta(days=1))
    take_step(the_round(), "end_check", by=actor("kaohe"))
    take_step(the_round(), "submit", by=actor("kaohe2"))
    actions.sign(the_round(), "〔2026〕7号", by=actor("shizhang"))


def publish() -> None:
    """The notice goes out, if it has not yet."""
    from junxian.web.bulletins import actions

    if the_round().state == "approving":
        actions.publish(the_round(), by=actor("kaohe"))


def freeze() -> None:
    """The round is sealed, if it is not yet."""
    from junxian.web.bulletins import actions

    if the_round().state == "published":
        actions.freeze(the_round(), by=actor("kaohe"))


def facts() -> dict[str, Any]:
    """What the deployment holds, without times: equal facts mean that nothing is lost, doubled or half done."""
    from django.apps import apps

    from junxian.web.people import audit
    from junxian.web.people.models import AuditRow

    counts = {
        model._meta.label: model._default_manager.count() for model in apps.get_models()
        if model.__module__.startswith("junxian.") and model._meta.label not in UNCOUNTED
    }  # fmt: skip
    return {
        "counts": counts,
        "breaks": [f"{fault.code} {fault.number}" for fault in audit.breaks()],
        "actions": dict(Counter(AuditRow.objects.values_list("action", flat=True))),
        "observations": _observations(),
        "uploads": _uploads(),
        "rounds": _rounds(),
        "runs": [_run(key) for key in _run_keys()],
    }


UNCOUNTED = ("operations.Heartbeat", "people.AuditHead")
BEGUN = {"reading": "waiting", "running": "waiting"}
"""A job under way when its worker died counts as waiting: it must be taken up again."""


def _observations() -> str:
    from junxian.web.indicators.models import KEY, Observation

    rows = Observation.objects.order_by(*KEY, "revision").values_list(*KEY, "revision", "value", "state", "upload")
    return sha256(repr(list(rows)).encode()).hexdigest()


def _uploads() -> list[Any]:
    from junxian.web.indicators.models import HandIn, Upload

    rows = Upload.objects.order_by("pk").values_list("state", "code", "figures", "staged_id")
    states = HandIn.objects.order_by("pk").values_list("state", flat=True)
    return [[BEGUN.get(state, state), *rest] for state, *rest in rows] + list(states)


def _rounds() -> list[Any]:
    from junxian.web.assessment.models import Round

    rows = Round.objects.order_by("pk").values_list("state", "run_id", "minutes", "seal", "published_at", "frozen_at")
    return [[state, run, minutes, bool(seal), bool(out), bool(shut)] for state, run, minutes, seal, out, shut in rows]


def _run_keys() -> list[int]:
    from junxian.web.assessment.models import Run

    return list(Run.objects.order_by("pk").values_list("pk", flat=True))


def _run(key: int) -> dict[str, Any]:
    """A run's state and whether its rows are its archive's: scores one by one, the others counted."""
    from junxian.web.assessment.models import Run

    run = Run.objects.select_related("archive").get(pk=key)
    sizes = {name: getattr(run, name).count() for name in ("scores", "points", "alerts", "receipts")}
    same = _agrees(run) if run.archive else not any(sizes.values())
    return {"state": BEGUN.get(run.state, run.state), "mark": run.mark, "agrees": same, **sizes}


def _agrees(run: Any) -> bool:
    """Whether every row of the archive's scores.csv stands in the table, and no other."""
    import csv
    import io

    from junxian.files.runs.stored import member_of

    text = member_of(bytes(run.archive.content), "scores.csv").decode()
    wanted = {
        row["region_code"]: (float(row["score"]) if row["score"] else None, int(row["rank"]) if row["rank"] else None)
        for row in csv.DictReader(io.StringIO(text))
    }
    return wanted == {
        code: (score, rank) for code, score, rank in run.scores.values_list("unit__code", "score", "rank")
    }


VERBS: dict[str, Callable[[], Any]] = {
    "begin": begin, "drop": drop, "worker": worker, "confirm": confirm, "sign": sign, "approve": approve,
    "publish": publish, "freeze": freeze, "facts": facts,
}  # fmt: skip
