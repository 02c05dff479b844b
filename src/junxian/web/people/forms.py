"""Forms of the people room (人员表单): labels an official reads, days as the browser's own calendar."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, ReauthenticateForm
from django import forms
from django.utils.translation import gettext_lazy as _

from junxian.web import clock
from junxian.web.people.access import Role
from junxian.web.people.models import Person, Post
from junxian.web.people.tags import audit_words
from junxian.web.units.models import Unit

ACTIVE = Person.objects.filter(is_active=True).order_by("name")


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


class NewPerson(forms.Form):
    """A new account."""

    username = forms.CharField(
        label=_("账号"), max_length=150, help_text=_("登录用，建议用单位加岗位的拼音，不用证件号码。")
    )
    name = forms.CharField(label=_("姓名"), max_length=60)
    phone = forms.CharField(label=_("办公电话"), max_length=40, required=False)


class UnitChoice(forms.ModelChoiceField):
    """Units by their name."""

    def label_from_instance(self, unit: Any) -> str:
        """The name in the reader's language."""
        return str(unit)


class Grant(forms.Form):
    """A post to give."""

    unit = UnitChoice(label=_("单位"), queryset=Unit.objects.none(), empty_label=_("请选择"))
    role = forms.ChoiceField(label=_("岗位角色"), choices=Role.choices)
    title = forms.CharField(label=_("岗位名称"), max_length=80, required=False, help_text=_("例如：考核办 经办。"))
    step = forms.ChoiceField(label=_("办理环节"), choices=Post.STEPS)
    starts = day_field(_("开始日期"))
    ends = day_field(_("结束日期"), required=False, help_text=_("长期任职不填。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.counties() | Unit.objects.filter(root=True) | Unit.objects.filter(kind="department")
        self.fields["unit"].queryset = units.order_by("-root", "order", "code")
        self.fields["starts"].initial = clock.today


class LastDay(forms.Form):
    """When a post ends."""

    day = day_field(_("最后一天"))


class HandOver(forms.Form):
    """To whom and from when."""

    to = forms.ModelChoiceField(label=_("接任人"), queryset=ACTIVE, empty_label=_("请选择"))
    day = day_field(_("接任日期"), help_text=_("前任的最后一天是前一日。"))


class StandIn(forms.Form):
    """Who stands in, between which days."""

    person = forms.ModelChoiceField(label=_("代班人"), queryset=ACTIVE, empty_label=_("请选择"))
    starts = day_field(_("开始日期"))
    ends = day_field(_("结束日期"))


class NewToken(forms.Form):
    """A token's name and last day."""

    name = forms.CharField(label=_("用途"), max_length=60, help_text=_("例如：统计局报表系统。"))
    ends = day_field(_("有效期至"), required=False, help_text=_("不填则随岗位有效。"))


def deeds() -> list[tuple[str, Any]]:
    """Actions of the audit chain by their words in the reader's language."""
    return [("", _("全部")), *audit_words("deed").items()]


def things() -> list[tuple[str, Any]]:
    """Subjects of the audit chain in the same way."""
    return [("", _("全部")), *audit_words("subject").items()]


class AuditSearch(forms.Form):
    """What to look for in the audit chain; every field may stay empty."""

    who = forms.CharField(label=_("人员"), required=False, help_text=_("账号或姓名"))
    action = forms.ChoiceField(label=_("操作"), required=False, choices=deeds)
    subject = forms.ChoiceField(label=_("对象"), required=False, choices=things)
    subject_id = forms.CharField(label=_("对象编号"), required=False)
    unit = UnitChoice(
        label=_("单位"), required=False, queryset=Unit.objects.order_by("-root", "order", "code"), empty_label=_("全部")
    )
    since = day_field(_("自"), required=False)
    until = day_field(_("至"), required=False)


class EarlierHead(forms.Form):
    """Lines of heads kept elsewhere."""

    lines = forms.CharField(
        label=_("以前存出的审计链首"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("把通报上印的、日志里的或移动介质里的一行或几行粘贴到这里，用来核对审计链有没有被整体改写。"),
    )  # fmt: skip


class ChangePassword(ChangePasswordForm):
    """allauth's form without its offer to send a password by mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].help_text = ""


class Reauthenticate(ReauthenticateForm):
    """The same for confirming who one is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
