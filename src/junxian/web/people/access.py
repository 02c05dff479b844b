"""What a post may do (权限): one closed list of permissions, one table of role × permission × reach, one of pages.

Menus, addresses, views and the exhaustive test are all made from these tables; nothing else grants anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from junxian.web.people.actor import Actor

Reach = Literal["own", "all"]
"""`own`: the unit of the post and the units under it; `all`: every unit of the deployment."""


class Role(models.TextChoices):
    """Roles (岗位角色); a person holds posts, a post has one role."""

    COUNTY_CLERK = "county_clerk", _("县区经办")
    COUNTY_DEPUTY = "county_deputy", _("常务副县区长")
    COUNTY_HEAD = "county_head", _("县区长")
    DEPARTMENT = "department", _("部门指标责任人")
    OFFICE = "office", _("考核办")
    SUPERVISION = "supervision", _("督查室")
    FINANCE = "finance", _("财政部门")
    LEADER = "leader", _("市领导")
    VICE_MAYOR = "vice_mayor", _("常务副市长")
    AUDITOR = "auditor", _("审计")
    SYSTEM = "system", _("系统管理员")
    SECURITY = "security", _("安全管理员")
    AUDIT_ADMIN = "audit_admin", _("审计管理员")


PERMISSIONS = {
    "desk.see": _("查看自己的办公桌"),
    "cockpit.see": _("查看驾驶舱、简报和地图"),
    "unit.see": _("查看县区页"),
    "indicator.see": _("查看指标卡和已公布的指标排名"),
    "figure.see": _("查看数据的来源和历次修订"),
    "figure.hand_in": _("报送、填写和更正本单位负责的数据"),
    "figure.review": _("复核本单位报送的数据"),
    "figure.sign": _("签发本单位报送的数据"),
    "figure.unlock": _("批准锁定之后的例外修改"),
    "round.see": _("查看考核轮次的进度"),
    "round.run": _("开启轮次、催报、发起计算和试算"),
    "round.check": _("核对本县区的数据和得分"),
    "objection.see": _("查看异议及其处理"),
    "objection.file": _("对本县区的得分提出异议"),
    "objection.review": _("复核并决定异议"),
    "result.preview": _("查看尚未公布的得分和排名"),
    "result.see": _("查看已公布的得分、排名和本单位的得分凭据"),
    "notice.draft": _("起草和修改通报"),
    "notice.approve": _("审定通报并记录会议纪要文号"),
    "notice.publish": _("发布、冻结和撤回通报"),
    "notice.see": _("查看已发布的通报"),
    "alert.see": _("查看底线预警"),
    "rulebook.see": _("查看规则集、方案和版本差异"),
    "rulebook.draft": _("起草规则集"),
    "rulebook.adopt": _("启用规则集版本"),
    "meeting.see": _("查看常务会议材料"),
    "meeting.run": _("编排会议、记录决定"),
    "meeting.reply": _("答复会议点到本单位的事项"),
    "audit.see": _("检索和导出审计记录"),
    "people.see": _("查看人员和岗位"),
    "people.manage": _("管理人员和账号"),
    "people.grant": _("授予和收回岗位"),
    "people.confirm": _("会签审计管理员账号和岗位的变动"),
    "system.see": _("查看运行状况"),
    "token.manage": _("管理本岗位的接口令牌"),
}
"""Closed: a page that asks for anything else does not start."""

_EVERY_UNIT_READER: dict[str, Reach] = {
    "desk.see": "all", "cockpit.see": "all", "unit.see": "all", "indicator.see": "all", "figure.see": "all",
    "round.see": "all", "result.see": "all", "notice.see": "all", "alert.see": "all", "rulebook.see": "all",
    "meeting.see": "all", "token.manage": "all",
}  # fmt: skip
_COUNTY: dict[str, Reach] = {
    "desk.see": "own", "cockpit.see": "own", "unit.see": "own", "indicator.see": "own", "figure.see": "own",
    "round.see": "own", "round.check": "own", "objection.see": "own", "result.see": "own", "notice.see": "all",
    "alert.see": "own", "rulebook.see": "all", "token.manage": "own",
}  # fmt: skip

GRANTS: dict[Role, dict[str, Reach]] = {
    Role.COUNTY_CLERK: {**_COUNTY, "figure.hand_in": "own"},
    Role.COUNTY_DEPUTY: {
        **_COUNTY, "figure.review": "own", "figure.sign": "own", "objection.file": "own", "meeting.see": "own",
        "meeting.reply": "own",
    },
    Role.COUNTY_HEAD: {
        **_COUNTY, "figure.sign": "own", "objection.file": "own", "meeting.see": "own", "meeting.reply": "own",
    },
    Role.DEPARTMENT: {
        "desk.see": "all", "cockpit.see": "all", "unit.see": "all", "indicator.see": "all", "figure.see": "all",
        "figure.hand_in": "own", "figure.review": "own", "figure.sign": "own", "round.see": "own", "notice.see": "all",
        "alert.see": "all", "rulebook.see": "all", "meeting.reply": "own", "token.manage": "own",
    },
    Role.OFFICE: {
        **_EVERY_UNIT_READER, "figure.hand_in": "own", "figure.review": "own", "figure.sign": "own",
        "figure.unlock": "all", "round.run": "all", "objection.see": "all", "objection.review": "all",
        "result.preview": "all", "notice.draft": "all", "notice.publish": "all", "rulebook.draft": "all",
        "rulebook.adopt": "all", "meeting.run": "all",
    },
    Role.SUPERVISION: {
        **_EVERY_UNIT_READER, "figure.hand_in": "own", "figure.review": "own", "figure.sign": "own",
        "figure.unlock": "all", "objection.see": "all", "meeting.run": "all",
    },
    Role.FINANCE: {**_EVERY_UNIT_READER, "figure.hand_in": "own", "figure.review": "own", "figure.sign": "own"},
    Role.LEADER: {
        **_EVERY_UNIT_READER, "objection.see": "all", "result.preview": "all", "notice.approve": "all",
    },
    Role.VICE_MAYOR: {
        **_EVERY_UNIT_READER, "objection.see": "all", "result.preview": "all", "notice.approve": "all",
        "meeting.run": "all", "figure.unlock": "all",
    },
    Role.AUDITOR: {**_EVERY_UNIT_READER, "objection.see": "all", "result.preview": "all", "audit.see": "all"},
    Role.SYSTEM: {
        "desk.see": "all", "people.see": "all", "people.manage": "all", "people.grant": "all", "people.confirm": "all",
        "system.see": "all",
    },
    Role.SECURITY: {"desk.see": "all", "people.see": "all", "people.grant": "all", "people.confirm": "all"},
    Role.AUDIT_ADMIN: {
        "desk.see": "all", "people.see": "all", "people.confirm": "all", "audit.see": "all", "system.see": "all",
    },
}  # fmt: skip
ADMINISTRATORS = (Role.SYSTEM, Role.SECURITY, Role.AUDIT_ADMIN)


def grants(role: str) -> dict[str, Reach]:
    """What a role may do; with three separated administrators the system administrator grants nothing (RULES §10.2)."""
    from django.conf import settings

    given = dict(GRANTS[Role(role)])
    if settings.THREE_ADMINISTRATORS and role == Role.SYSTEM:
        del given["people.grant"]
    return given


@dataclass(frozen=True)
class Page:
    """One address: its name, route, view, the permission it asks for and where it stands in the menu.

    permission: a key of PERMISSIONS; "" is open to everybody; "signed_in" to everybody signed in.
    unit: the name of the route's argument that holds a unit's code; the actor's reach must hold that unit.
    menu: a section of SECTIONS, or "" for pages reached from other pages; menu pages take no arguments.
    example: arguments for the exhaustive test, each a value or a function of the test's world.
    writes: only POST, PUT or DELETE do anything here.
    """

    name: str
    route: str
    view: Callable[..., HttpResponse]
    permission: str
    unit: str = ""
    menu: str = ""
    title: Any = ""
    example: dict[str, Any] = field(default_factory=dict)
    writes: bool = False

    def __post_init__(self) -> None:
        if self.permission not in PERMISSIONS and self.permission not in ("", "signed_in"):
            raise ValueError(f"{self.name}: {self.permission} is no permission")

    def pattern(self) -> URLPattern:
        """The guarded address."""
        return path(self.route, guarded(self), name=self.name)

    def open_to(self, actor: Actor | None) -> bool:
        """Whether the actor may come here at all, some unit or other."""
        if not self.permission:
            return True
        return actor is not None and (self.permission == "signed_in" or actor.may(self.permission))


SECTIONS = {
    "desk": _("办公桌"), "round": _("本月考核"), "see": _("看全市"), "rules": _("规则"), "city": _("会议与通报"),
    "keep": _("管理"),
}  # fmt: skip


def guarded(page: Page) -> Callable[..., HttpResponse]:
    """The page's view behind its permission; a foreign unit is refused with 403, an unknown one with 404."""

    @wraps(page.view)
    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if page.permission:
            actor = getattr(request, "actor", None)
            if actor is None:
                from django.contrib.auth.views import redirect_to_login

                return redirect_to_login(request.get_full_path())
            if not page.open_to(actor):
                raise PermissionDenied(page.permission)
            if page.unit:
                actor.demand(page.permission, kwargs[page.unit])
        request.page = page  # type: ignore[attr-defined]
        return page.view(request, *args, **kwargs)

    return view
