"""The grid: what two clerks type at once, what is checked, what an empty cell means."""

from __future__ import annotations

import pytest

from junxian.core.errors import DataError
from junxian.web.indicators import actions, jobs, queries
from junxian.web.indicators.models import DraftCell, Observation


def cell(text: str, edition: int = 0, **more: str) -> actions.Cell:
    return actions.Cell("X10001", "trade", text, edition=edition, **more)


def test_two_clerks_on_one_cell_lose_nothing_and_the_second_is_told(world, round_open, clerks) -> None:
    hand_in = round_open["商务局"]
    first, second = clerks("商务局"), clerks("商务局", "review")
    [done] = actions.enter(hand_in, [cell("12.5")], by=first)
    assert (done.other, done.edition) == (None, 1)
    [late] = actions.enter(hand_in, [cell("13", edition=0)], by=second)
    assert late.other is not None
    assert (late.other.text, late.other.post) == ("12.5", first.post)
    draft = DraftCell.objects.get()
    assert (draft.text, [b["text"] for b in draft.beside]) == ("12.5", ["13"])
    with pytest.raises(DataError) as refusal:
        actions.submit(hand_in, by=first)
    assert refusal.value.code == "web.indicators.two_texts"
    actions.settle_beside(draft, "13", by=second)
    draft.refresh_from_db()
    assert (draft.text, draft.beside) == ("13", [])


def test_the_second_clerk_sees_it_on_the_page(world, round_open, clerks) -> None:
    hand_in, name = round_open["商务局"], "X10001|trade"
    place = f"/hand-ins/{hand_in.pk}/grid/"
    sent = {f"text|{name}": "12.5", f"was|{name}": "", f"edition|{name}": "0", f"state|{name}": "", "then": "save"}
    one = world.client(clerks("商务局").person.username)
    two = world.client(clerks("商务局", "review").person.username)
    assert one.post(place, sent).status_code == 302
    answer = two.post(place, {**sent, f"text|{name}": "13"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "同一格有两个人填了不同的内容" in page
    assert "12.5" in page
    assert "13（" in page
    assert str(clerks("商务局").post) in page


def test_the_same_text_twice_is_no_quarrel(round_open, clerks) -> None:
    hand_in = round_open["商务局"]
    actions.enter(hand_in, [cell("12.5")], by=clerks("商务局"))
    [again] = actions.enter(hand_in, [cell("12.5")], by=clerks("商务局", "review"))
    assert again.other is None
    [changed] = actions.enter(hand_in, [cell("12.6", edition=again.edition)], by=clerks("商务局", "review"))
    assert (changed.other, changed.edition) == (None, 2)


def test_what_is_typed_is_checked_like_a_file_and_confirmed(round_open, clerks) -> None:
    hand_in, by = round_open["商务局"], clerks("商务局")
    actions.enter(
        hand_in,
        [
            cell("12.5"),
            actions.Cell("X10002", "trade", state="late"),
            actions.Cell("X10003", "trade", "5000"),
            actions.Cell("X10004", "trade", "abc"),
        ],
        by=by,
    )
    upload = actions.submit(hand_in, by=by)
    jobs.read_upload.call(upload.pk)
    upload.refresh_from_db()
    codes = set(upload.findings.values_list("code", flat=True))
    assert {"checks.out_of_range", "sheets.not_a_number"} <= codes
    actions.explain(list(upload.findings.blocking()), "已核对", by=by)
    actions.confirm(upload, by=by)
    assert not DraftCell.objects.exists()
    figure = Observation.objects.get(unit__code="X10001", indicator="trade")
    assert (figure.value, figure.source_kind, figure.kind, figure.period) == (12.5, "typed", "YTD", "2026-06")
    assert Observation.objects.get(unit__code="X10002", indicator="trade").state == "late"
    assert Observation.objects.get(unit__code="X10004", indicator="trade").state == "not_reported"


def test_an_empty_cell_is_not_a_state(round_open, clerks) -> None:
    hand_in = round_open["商务局"]
    before = len(queries.empty_cells(hand_in))
    actions.enter(hand_in, [cell("")], by=clerks("商务局"))
    with pytest.raises(DataError) as refusal:
        actions.submit(hand_in, by=clerks("商务局"))
    assert refusal.value.code == "web.indicators.nothing_typed"
    assert len(queries.empty_cells(hand_in)) == before == 27


@pytest.mark.parametrize("state", ["", "reported", "zero"])
def test_only_a_state_can_be_declared(round_open, clerks, state) -> None:
    with pytest.raises(DataError):
        actions.declare(round_open["商务局"], [("X10001", "trade")], state, by=clerks("商务局"))


@pytest.mark.parametrize("wrong", [actions.Cell("X10001", "revenue", "1"), actions.Cell("X19999", "trade", "1")])
def test_cells_nobody_asked_for_are_refused_whole(round_open, clerks, wrong) -> None:
    with pytest.raises(DataError) as refusal:
        actions.enter(round_open["商务局"], [cell("1"), wrong], by=clerks("商务局"))
    assert refusal.value.code == "web.indicators.no_such_cell"
    assert not DraftCell.objects.exists()


def test_the_grid_page_saves_and_submits(world, round_open, clerks) -> None:
    hand_in, name = round_open["商务局"], "X10001|trade"
    client = world.client(clerks("商务局").person.username)
    answer = client.post(f"/hand-ins/{hand_in.pk}/grid/", {
        f"text|{name}": "12.5", f"was|{name}": "", f"edition|{name}": "0", f"state|{name}": "", "then": "submit",
    })  # fmt: skip
    assert "/uploads/" in answer["Location"]
    refused = client.post(
        f"/hand-ins/{hand_in.pk}/grid/",
        {
            f"text|{name}": "x" * 70,
            f"was|{name}": "12.5",
            f"edition|{name}": "1",
            f"state|{name}": "",
            "reason": "我写的理由",
        },
    )
    assert refused.status_code == 422
    assert "我写的理由" in refused.content.decode()
