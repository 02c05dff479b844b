"""Units (评价对象) as the adopted rulebook names them; rows are kept when a unit ends, never deleted."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import get_language
from tree_queries.models import TreeNode
from tree_queries.query import TreeQuerySet


class UnitQuerySet(TreeQuerySet):
    """Units, narrowed to what an actor may see."""

    def visible_to(self, actor: Any) -> UnitQuerySet:
        """Units in the actor's reach; `actor.reach` is None for everything, else a set of unit ids."""
        return self if actor.reach is None else self.filter(pk__in=actor.reach)

    def counties(self) -> UnitQuerySet:
        """The deployment's own counties and districts: judged and directly under its root."""
        return self.filter(kind="region", judged=True, parent__root=True)


class Unit(TreeNode):
    """One region or department. `code` is the rulebook's; departments are `department:<name>`.

    `root`: the deployment's city. `judged`: some scheme scores it; other rulebook units are peers for comparison.
    """

    code = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=20, default="region")
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    short = models.CharField(max_length=40, blank=True)
    level = models.CharField(max_length=20, blank=True)
    category = models.CharField(max_length=40, blank=True)
    order = models.IntegerField(default=0)
    column = models.IntegerField(null=True)
    row = models.IntegerField(null=True)
    judged = models.BooleanField(default=False)
    root = models.BooleanField(default=False)
    valid_from = models.CharField(max_length=10, blank=True)
    valid_to = models.CharField(max_length=10, blank=True)

    objects = UnitQuerySet.as_manager(with_tree_fields=False)

    class Meta:
        ordering: ClassVar = ["order", "code"]
        indexes: ClassVar = [models.Index(fields=["kind", "judged"])]

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name
