"""The actor (操作人): a person in one post, from one address; what every action is `by=`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404

from junxian.web.people.access import grants

if TYPE_CHECKING:
    from junxian.web.people.models import Person, Post


@dataclass(eq=False)
class Actor:
    """A person acting in a post. `address` is where from: an IP address, `worker` or `command line`."""

    person: Person
    post: Post | None
    address: str = ""
    posts: list[Post] = field(default_factory=list)

    @cached_property
    def permissions(self) -> dict[str, str]:
        """Permission → reach of the acting post; a person without a post may do nothing."""
        return dict(grants(self.post.role)) if self.post else {}

    def may(self, permission: str) -> bool:
        """Whether the post has the permission for some unit."""
        return permission in self.permissions

    @cached_property
    def own(self) -> frozenset[int]:
        """Ids of the post's unit and of all units under it."""
        if self.post is None or self.post.unit_id is None:
            return frozenset()
        from junxian.web.units.models import Unit

        below = Unit.objects.descendants(self.post.unit, include_self=True).values_list("pk", flat=True)
        return frozenset(below)

    @property
    def reach(self) -> frozenset[int] | None:
        """Units whose business this post may see: None is all of them."""
        return self.reach_of("unit.see")

    def reach_of(self, permission: str) -> frozenset[int] | None:
        """Unit ids the permission covers: None is every unit, empty none."""
        given = self.permissions.get(permission)
        return frozenset() if given is None else None if given == "all" else self.own

    def covers(self, permission: str, unit_id: int) -> bool:
        """Whether the permission covers that unit."""
        reach = self.reach_of(permission)
        return reach is None or unit_id in reach

    def demand(self, permission: str, unit: str | int) -> None:
        """PermissionDenied unless the permission covers the unit (id, or code; an unknown code is 404)."""
        if isinstance(unit, str):
            from junxian.web.units.models import Unit

            found = Unit.objects.filter(code=unit).values_list("pk", flat=True).first()
            if found is None:
                raise Http404(unit)
            unit = found
        if not self.covers(permission, unit):
            raise PermissionDenied(permission)
