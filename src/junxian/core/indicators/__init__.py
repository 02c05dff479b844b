"""Indicators (指标): what is known — cards, periods, observations and their states, revisions, forms and checks."""

from junxian.core.indicators.form import Form
from junxian.core.indicators.model import Card
from junxian.core.indicators.period import Period, at_index, parse_period
from junxian.core.indicators.rules import Check

__all__ = ["Card", "Check", "Form", "Period", "at_index", "parse_period"]
