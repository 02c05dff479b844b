"""Pages of the administrators (人员管理): persons, posts, approvals; the API tokens of one's own post."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from junxian.core.errors import JunxianError
from junxian.web.people import actions, approvals, posts, queries, separation, tokens
from junxian.web.people.forms import Grant, HandOver, LastDay, NewPerson, NewToken, StandIn
from junxian.web.people.models import Approval, Person, Post, Token
from junxian.web.people.tags import sentence
from junxian.web.people.views import tell


def people(request: HttpRequest) -> HttpResponse:
    """Everybody, with the posts of today."""
    words = request.GET.get("q", "")
    page = Paginator(queries.persons(words), 50).get_page(request.GET.get("page"))
    facts = {"page": page, "words": words, "conflicts": separation.conflicts(), "waiting": approvals.open_requests()}
    return render(request, "people/people.html", facts)


def person(request: HttpRequest, number: int) -> HttpResponse:
    """One person: the account, all posts, what can be done."""
    found = get_object_or_404(Person, pk=number)
    facts = {"person": found, "posts": queries.posts_of(found), "today_posts": _in_force(found)}
    return render(request, "people/person.html", facts)


def _in_force(found: Person) -> set[int]:
    return {post.pk for post in queries.posts_of(found) if queries.in_force(post)}


def new_person(request: HttpRequest) -> HttpResponse:
    """Make an account; the one-time password is on the next page and nowhere else."""
    form = NewPerson(request.POST or None)
    made = attempt(form, lambda given: actions.create_person(**given, by=request.actor))  # type: ignore[attr-defined]
    if made is None:
        return ask(request, form, _("新建账号"))
    return once(request, *made)


def once(request: HttpRequest, found: Person, password: str) -> HttpResponse:
    """The one-time password, shown now and never again."""
    answer = render(request, "people/once.html", {"person": found, "password": password})
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def reset_password(request: HttpRequest, number: int) -> HttpResponse:
    """A new one-time password."""
    found = get_object_or_404(Person, pk=number)
    given = actions.reset_password(found, by=request.actor)  # type: ignore[attr-defined]
    return asked(request, given) if isinstance(given, Approval) else once(request, found, given)


@require_POST
def person_activity(request: HttpRequest, number: int) -> HttpResponse:
    """Stop an account or let it in again."""
    found = get_object_or_404(Person, pk=number)
    change = actions.deactivate if request.POST.get("to") == "off" else actions.reactivate
    return carry(request, lambda: change(found, by=request.actor), found.pk)  # type: ignore[attr-defined]


def grant_post(request: HttpRequest, number: int) -> HttpResponse:
    """Give a person a post."""
    found = get_object_or_404(Person, pk=number)
    form = Grant(request.POST or None)
    made = attempt(form, lambda given: posts.grant(found, **given, by=request.actor))  # type: ignore[attr-defined]
    return ask(request, form, _("授予岗位"), found) if made is None else done(request, made, found.pk)


def end_post(request: HttpRequest, number: int) -> HttpResponse:
    """End a post."""
    post = _post(number)
    form = LastDay(request.POST or None)
    made = attempt(form, lambda given: posts.end(post, **given, by=request.actor))  # type: ignore[attr-defined]
    return ask(request, form, _("结束岗位"), post) if made is None else done(request, made, post.person_id)


def hand_over_post(request: HttpRequest, number: int) -> HttpResponse:
    """Hand a post over."""
    post = _post(number)
    form = HandOver(request.POST or None)
    made = attempt(form, lambda given: posts.hand_over(post, **given, by=request.actor))  # type: ignore[attr-defined]
    return ask(request, form, _("移交岗位"), post) if made is None else done(request, made, post.person_id)


def stand_in_post(request: HttpRequest, number: int) -> HttpResponse:
    """Let somebody stand in."""
    post = _post(number)
    form = StandIn(request.POST or None)
    made = attempt(form, lambda given: posts.stand_in(post, **given, by=request.actor))  # type: ignore[attr-defined]
    return ask(request, form, _("安排代班"), post) if made is None else done(request, made, post.person_id)


def _post(number: int) -> Post:
    return get_object_or_404(Post.objects.select_related("person", "unit"), pk=number)


def requests(request: HttpRequest) -> HttpResponse:
    """What waits for a second administrator."""
    return render(request, "people/approvals.html", {"waiting": approvals.open_requests()})


@require_POST
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """Confirm or refuse what another administrator asked for."""
    asked_for = get_object_or_404(Approval.objects.select_related("person"), pk=number)
    try:
        given = approvals.decide(asked_for, request.POST.get("to") == "yes", by=request.actor)  # type: ignore[attr-defined]
    except JunxianError as fault:
        tell(request, fault)
        return redirect("people_approvals")
    if isinstance(given, str):
        return once(request, asked_for.person, given)
    messages.success(request, _("已办理。"))
    return redirect("people_approvals")


def my_tokens(request: HttpRequest) -> HttpResponse:
    """Tokens of the acting post; a new one is shown once."""
    post = request.actor.post  # type: ignore[attr-defined]
    form = NewToken(request.POST or None)
    secret = attempt(form, lambda given: tokens.issue(post, **given, by=request.actor))  # type: ignore[attr-defined]
    facts = {"tokens": post.tokens.order_by("-pk"), "form": NewToken() if secret else form, "secret": secret}
    answer = render(request, "people/tokens.html", facts, status=400 if form.is_bound and secret is None else 200)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def revoke_token(request: HttpRequest, number: int) -> HttpResponse:
    """Revoke a token of the acting post."""
    token = get_object_or_404(Token.objects.select_related("post"), pk=number, post=request.actor.post)  # type: ignore[attr-defined]
    tokens.revoke(token, by=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("令牌已作废。"))
    return redirect("tokens")


def attempt(form: forms.Form, act: Callable[[dict[str, Any]], Any]) -> Any:
    """What the action gives; None with the refusal beside what was typed, or while nothing was sent yet."""
    if not (form.is_bound and form.is_valid()):
        return None
    try:
        return act(form.cleaned_data)
    except JunxianError as fault:
        form.add_error(None, sentence(fault))
        return None


def ask(request: HttpRequest, form: forms.Form, title: str, about: object = "") -> HttpResponse:
    """The form, with everything typed so far."""
    facts = {"form": form, "form_title": title, "about": about}
    return render(request, "people/form.html", facts, status=400 if form.is_bound else 200)


def carry(request: HttpRequest, act: Callable[[], Any], back_to: int) -> HttpResponse:
    """Run an action without a form."""
    try:
        return done(request, act(), back_to)
    except JunxianError as fault:
        tell(request, fault)
        return redirect("person", back_to)


def done(request: HttpRequest, made: object, back_to: int) -> HttpResponse:
    """Back to the person; what waits for a second administrator says so."""
    if isinstance(made, Approval):
        return asked(request, made)
    messages.success(request, _("已办理。"))
    return redirect("person", back_to)


def asked(request: HttpRequest, made: Approval) -> HttpResponse:
    """Back to the person; another administrator has to confirm."""
    messages.info(request, _("已提交，须由另一位管理员会签后生效。"))
    return redirect("person", made.person_id)
