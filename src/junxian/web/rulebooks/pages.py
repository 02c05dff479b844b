"""Pages of the rulebooks room (规则): what is here, who may open it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from junxian.web.people.access import Page
from junxian.web.rulebooks import draft_views, version_views, views


def _first_card(world: Any) -> str:
    from junxian.web.rulebooks.current import current

    return current().indicators[0].code


def _first_scheme(world: Any) -> str:
    from junxian.web.rulebooks.current import current

    return current().schemes[0].id


def _some_draft(world: Any) -> int:
    from junxian.web.rulebooks.current import current_version
    from junxian.web.rulebooks.models import Draft

    return Draft.objects.get_or_create(name="—", defaults={"based_on": current_version()})[0].pk


SEE, DRAFT, ADOPT = "rulebook.see", "rulebook.draft", "rulebook.adopt"
VERSION: dict[str, Any] = {"number": 1}
ONE: dict[str, Any] = {"draft": _some_draft}

PAGES = (
    Page("rulebook", "rules/", views.overview, SEE, menu="rules", title=_("规则集")),
    Page("rulebook_cards", "rules/cards/", views.cards, SEE),
    Page("rulebook_card", "rules/cards/<str:code>/", views.card, SEE, example={"code": _first_card}),
    Page("rulebook_scheme", "rules/schemes/<str:scheme>/", views.scheme, SEE, example={"scheme": _first_scheme}),
    Page("rulebook_bottomlines", "rules/bottomlines/", views.bottomlines, SEE),
    Page("rulebook_benchmarks", "rules/benchmarks/", views.benchmarks, SEE),
    Page("rulebook_settings", "rules/settings/", views.settings, SEE),
    Page("rulebook_cases", "rules/cases/", views.cases, SEE),
    Page("rulebook_verdicts", "rules/cases/verdicts/", views.case_verdicts, SEE),
    Page("rulebook_versions", "rules/versions/", version_views.version_list, SEE),
    Page("rulebook_version", "rules/versions/<int:number>/", version_views.version, SEE, example=VERSION),
    Page("rulebook_version_file", "rules/versions/<int:number>/file/", version_views.version_file, SEE,
         example=VERSION),
    Page("rulebook_version_zip", "rules/versions/<int:number>/zip/", version_views.version_zip, SEE, example=VERSION),
    Page("rulebook_difference", "rules/difference/", version_views.difference, SEE),
    Page("rulebook_drafts", "rules/drafts/", draft_views.draft_list, DRAFT, menu="rules", title=_("规则草稿")),
    Page("rulebook_draft_start", "rules/drafts/start/", draft_views.draft_start, DRAFT, writes=True),
    Page("rulebook_draft", "rules/drafts/<int:draft>/", draft_views.draft, DRAFT, example=ONE),
    Page("rulebook_draft_file", "rules/drafts/<int:draft>/file/", draft_views.draft_file, DRAFT, example=ONE),
    Page("rulebook_draft_save", "rules/drafts/<int:draft>/save/", draft_views.draft_save, DRAFT, example=ONE,
         writes=True),
    Page("rulebook_draft_remove", "rules/drafts/<int:draft>/remove/", draft_views.draft_remove, DRAFT, example=ONE,
         writes=True),
    Page("rulebook_draft_upload", "rules/drafts/<int:draft>/upload/", draft_views.draft_upload, DRAFT, example=ONE,
         writes=True),
    Page("rulebook_draft_zip", "rules/drafts/<int:draft>/zip/", draft_views.draft_zip, DRAFT, example=ONE),
    Page("rulebook_draft_check", "rules/drafts/<int:draft>/check/", draft_views.draft_check, DRAFT, example=ONE),
    Page("rulebook_draft_adopt", "rules/drafts/<int:draft>/adopt/", draft_views.draft_adopt, ADOPT, example=ONE,
         writes=True),
)  # fmt: skip
