"""Pages of drafts (草稿页面): files, the editor, the check, and adoption by a second person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from junxian.core.errors import DataError, JunxianError
from junxian.web.people.tags import sentence, spoken_language
from junxian.web.rulebooks import drafts as actions
from junxian.web.rulebooks.current import rulebook
from junxian.web.rulebooks.difference_words import file_changes, spoken_changes
from junxian.web.rulebooks.folder import packed
from junxian.web.rulebooks.models import Draft, Version
from junxian.web.rulebooks.queries import check_draft, drafts, files_of, versions


def draft_list(request: HttpRequest) -> HttpResponse:
    """All drafts, and a form for another."""
    facts = {"drafts": drafts(), "versions": versions(), "section": "drafts"}
    return render(request, "rulebooks/drafts.html", facts)


@require_POST
def draft_start(request: HttpRequest) -> HttpResponse:
    """A draft from a version."""
    version = get_object_or_404(Version, number=_number(request.POST.get("version")))
    try:
        draft = actions.start_draft(version, name=request.POST.get("name", ""), by=_actor(request))
    except JunxianError as refusal:
        messages.error(request, sentence(refusal))
        return redirect("rulebook_drafts")
    return redirect("rulebook_draft", draft=draft.pk)


def draft(request: HttpRequest, draft: int) -> HttpResponse:
    """One draft: its files, who changed what, what the next step is."""
    found = _draft(draft)
    old = files_of(found.based_on) if found.based_on else {}
    states = [(path, _state(path, old, found.files), found.changed.get(path)) for path in sorted(old | found.files)]
    actor = _actor(request)
    second = not found.updated_by or found.updated_by.person_id != actor.person.pk
    facts = {"draft": found, "states": states, "second": second, "section": "drafts"}
    return render(request, "rulebooks/draft.html", facts)


def _state(path: str, old: dict[str, str], new: dict[str, str]) -> str:
    if path not in new:
        return "removed"
    return "added" if path not in old else "same" if old[path] == new[path] else "changed"


def draft_file(request: HttpRequest, draft: int) -> HttpResponse:
    """The editor of one file; `line` is where to begin."""
    found = _draft(draft)
    path = request.GET.get("path", "")
    text = found.files.get(path, "")
    return _editor(request, found, path, text, edition=found.edition, line=_number(request.GET.get("line")))


def _editor(request: HttpRequest, found: Draft, path: str, text: str, **facts: Any) -> HttpResponse:
    status = facts.pop("status", 200)
    facts |= {"draft": found, "path": path, "text": text, "lines": range(1, text.count("\n") + 2), "section": "drafts"}
    return render(request, "rulebooks/editor.html", facts, status=status)


@require_POST
def draft_save(request: HttpRequest, draft: int) -> HttpResponse:
    """Save one file; who comes second is told, and his text comes back beside the newest."""
    found = _draft(draft)
    path, text = request.POST.get("path", "").strip(), request.POST.get("text", "").replace("\r\n", "\n")
    try:
        saved = actions.save_file(found, path, text, edition=_edition(request), by=_actor(request))
    except JunxianError as refusal:
        facts = {"refusal": refusal, "edition": found.edition, "status": 409}
        newest = file_changes({path: found.files.get(path, "")}, {path: text}, context=3)
        return _editor(request, found, path, text, newest=newest, theirs=found.files.get(path, ""), **facts)
    messages.success(request, _("已保存 %(path)s") % {"path": path})
    return redirect(f"{reverse('rulebook_draft', args=[saved.pk])}#files")


@require_POST
def draft_remove(request: HttpRequest, draft: int) -> HttpResponse:
    """Take a file out of the draft."""
    found, path, by = _draft(draft), request.POST.get("path", ""), _actor(request)
    done = _("已从草稿中删除 %(path)s") % {"path": path}
    return _then(request, found, lambda: actions.remove_file(found, path, edition=_edition(request), by=by), done)


@require_POST
def draft_upload(request: HttpRequest, draft: int) -> HttpResponse:
    """Replace the draft's files by a folder in a zip."""
    found, upload = _draft(draft), request.FILES.get("folder")

    def write() -> None:
        if upload is None:
            raise DataError("web.rulebooks.upload_missing")
        actions.replace_files(found, upload.read(), edition=_edition(request), by=_actor(request))

    return _then(request, found, write, _("已用压缩包更新草稿"))


def draft_zip(request: HttpRequest, draft: int) -> HttpResponse:
    """The draft in folder form."""
    found = _draft(draft)
    answer = HttpResponse(packed(found.files), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="rulebook-draft-{found.pk}-{found.edition}.zip"'
    return answer


def draft_check(request: HttpRequest, draft: int) -> HttpResponse:
    """Faults with links into the editor, the verdict of every case, and the difference in words (a fragment)."""
    found = _draft(draft)
    result = check_draft(found).checked
    rules, base = result.reading.rulebook, found.based_on
    changes = spoken_changes(rulebook(base.hash), rules, spoken_language()) if rules is not None and base else []
    facts = {"draft": found, "result": result, "changes": changes, "passed": sum(case.passed for case in result.cases)}
    facts["results"] = list(zip(rules.cases, result.cases, strict=True)) if rules is not None and result.cases else []
    return render(request, "rulebooks/_check.html", facts)


@require_POST
def draft_adopt(request: HttpRequest, draft: int) -> HttpResponse:
    """Adopt the draft as the next version."""
    found, document = _draft(draft), request.POST.get("document", "")
    try:
        version = actions.adopt_draft(found, document=document, edition=_edition(request), by=_actor(request))
    except JunxianError as refusal:
        messages.error(request, sentence(refusal))
        return redirect("rulebook_draft", draft=found.pk)
    messages.success(request, _("第 %(number)s 版已启用") % {"number": version.number})
    return redirect("rulebook_version", number=version.number)


def _then(request: HttpRequest, found: Draft, write: Any, done: str) -> HttpResponse:
    """Do it and say so, or say why not; back to the draft either way."""
    try:
        write()
    except JunxianError as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, done)
    return redirect("rulebook_draft", draft=found.pk)


def _draft(number: int) -> Draft:
    related = ("based_on", "updated_by__person", "updated_by__unit", "adopted")
    return get_object_or_404(Draft.objects.select_related(*related), pk=number)


def _actor(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]


def _edition(request: HttpRequest) -> int:
    given = request.POST.get("edition", "")
    if not given.isdigit():
        raise DataError("web.rulebooks.edition_missing")
    return int(given)


def _number(given: str | None) -> int:
    return int(given) if given and given.isdigit() else 0
