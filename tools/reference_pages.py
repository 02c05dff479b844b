"""Reference pages (参考页): the parts of docs/*/reference that the code itself says, printed for cog blocks.

Written by `make docs`, compared by `make check`. Each function gives Markdown in one language, "zh" or "en".
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any, get_args

ROOT = Path(__file__).parents[1]
for place in (ROOT, ROOT / "src"):
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))


HAN = re.compile("[\u4e00-\u9fff]")
ENGLISH = {
    "一般公共预算收入": "revenue", "税收收入": "tax", "税收占比": "tax_share", "地区生产总值": "gdp", "用电量": "power",
    "常住人口": "population", "存款余额": "deposits", "贷款余额": "loans", "社会消费品零售总额": "retail",
    "票": "votes", "政府性基金收入": "fund_income", "事故起数": "accidents", "库款保障水平": "cash_cover",
    "新增就业": "jobs", "新增就业目标": "jobs_target", "第三产业增加值": "services", "人均收入": "income",
    "完成率": "completion", "健康指数": "health", "教育指数": "education", "收入指数": "income_index",
    "本期预计": "forecast", "降": "desc",
}  # fmt: skip
"""Names the examples of the English page use instead of the Chinese ones."""


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table; bars inside cells are escaped."""
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def command_line(language: str) -> str:
    """Every command with its arguments and options, from the command line itself."""
    import typer

    from junxian.cli import app

    heads = ("参数", "默认", "含义") if language == "zh" else ("argument or option", "default", "meaning")
    group: Any = typer.main.get_command(app)
    parts = []
    for name, command in _leaves(group):
        rows = [_parameter(p, language) for p in command.params if p.name != "help"]
        parts += [f"### `{_usage(name, command)}`", _said(command.help or "", language)]
        parts += [table(heads, rows)] if rows else []
    return "\n\n".join(parts)


def _leaves(group: Any, before: str = "") -> list[tuple[str, Any]]:
    """Commands with their whole name, those of a group of commands in its place."""
    found = []
    for name, command in group.commands.items():
        whole = f"{before}{name}"
        found += _leaves(command, f"{whole} ") if hasattr(command, "commands") else [(whole, command)]
    return found


def _usage(name: str, command: Any) -> str:
    words = [f"{_name(p)}{'…' if p.nargs == -1 else ''}" for p in command.params if _is_argument(p)]
    return " ".join(["junxian", name, *words])


def _name(parameter: Any) -> str:
    return str(parameter.name).upper()


def _is_argument(parameter: Any) -> bool:
    return str(parameter.param_type_name) == "argument"


def _parameter(parameter: Any, language: str) -> tuple[str, str, str]:
    switch = "`/`".join((parameter.opts[0], *parameter.secondary_opts))
    shown = _name(parameter) if _is_argument(parameter) else switch
    given = parameter.default
    default = "" if given in (None, "", ()) or callable(given) or parameter.required else f"`{given}`"
    must = ("必填" if language == "zh" else "required") if parameter.required else default
    return f"`{shown}`", must, _said(getattr(parameter, "help", None) or "", language)


def _said(text: str, language: str) -> str:
    """The half of a help text in one language: `中文 / English`."""
    halves = text.split(" / ")
    return halves[0 if language == "zh" or len(halves) == 1 else -1].strip()


def formulas(language: str) -> str:
    """Every function a formula may call, by group."""
    from junxian.core.formulas.catalogue import FUNCTIONS, GROUPS

    titles = {
        "zh": {"time": "时间", "peers": "同组", "scalar": "一般"},
        "en": {"time": "Time", "peers": "Peers", "scalar": "Plain"},
    }[language]
    heads = ("写法", "英文写法", "含义", "例") if language == "zh" else ("spelling", "Chinese", "meaning", "example")
    parts = []
    for group in GROUPS:
        own = [function for function in FUNCTIONS if function.group == group]
        parts += [f"### {titles[group]}", table(heads, [_function(function, language) for function in own])]
    return "\n\n".join(parts)


def _function(function: Any, language: str) -> tuple[str, str, str, str]:
    given = ", ".join(_argument(a, language) for a in (*function.arguments, *function.more[:1]))
    more = ", …" if function.more else ""
    first, second = (function.zh, function.en) if language == "zh" else (function.en, function.zh)
    says = function.says_zh if language == "zh" else function.says_en
    return f"`{first}({given}{more})`", f"`{second}`", says, f"`{_example(function, language)}`"


def _argument(argument: Any, language: str) -> str:
    name = argument.zh if language == "zh" else argument.en
    return f"{name}={argument.default:g}" if isinstance(argument.default, float | int) else name


def _example(function: Any, language: str) -> str:
    """English pages show the function's English spelling around the same figures."""
    if language == "zh":
        return str(function.example)
    from junxian.core.formulas.catalogue import by_spelling

    words = ENGLISH | {zh: one.en for zh, one in by_spelling().items()}
    return re.sub(r"[\u4e00-\u9fff]+", lambda m: words.get(m[0], m[0]), str(function.example))


def methods(language: str) -> str:
    """Every method with its parameters and defaults; formulas come from its docstring."""
    from junxian.core.scoring.methods import METHODS

    heads = (
        ("方法", "算法", "参数（默认）") if language == "zh" else ("method", "what it does", "parameters (defaults)")
    )
    rows = [(f"`{kind}`", _meaning(method, language), _fields(method)) for kind, method in METHODS.items()]
    return table(heads, rows)


def _meaning(method: type, language: str) -> str:
    """The docstring in English, the word catalogue in Chinese; both without the method's own name."""
    from junxian.files.rulebooks.speak import sentences

    if language == "en":
        plain = re.sub(r" ?[\u4e00-\u9fff+]{3,}(?=[ ,.:)])", "", " ".join((method.__doc__ or "").split()))
        return re.sub(r" \(RULES §[\d.]+\)", "", plain.replace("位序比", "share")).lstrip(": ")
    return str(sentences("zh")[f"reference.model.{method.__name__}"]).split(" ", 1)[-1]


def _fields(method: Any) -> str:
    said = []
    for name, field in method.model_fields.items():
        key = field.alias or name
        star = "*" if key == method.shorthand else ""
        default = "" if field.is_required() else f" ({_plain(field.default)})"
        said.append(f"`{key}`{star}{default}")
    return ", ".join(said)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "—" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def words_of(kind: object) -> str:
    """The words of a closed list as code."""
    return " ".join(f"`{word}`" for word in get_args(kind) if word)


def columns(names: tuple[str, ...]) -> str:
    """Column names as code, in their order."""
    return ", ".join(f"`{name}`" for name in names)


def closed_lists(language: str) -> str:
    """Every closed list of results and rules, with where it appears."""
    heads = ("名单", "取值", "出现在") if language == "zh" else ("list", "words", "where")
    return table(heads, [(name[language == "en"], words, where[language == "en"]) for name, words, where in _lists()])


def _lists() -> list[tuple[tuple[str, str], str, tuple[str, str]]]:
    from junxian.core.assessment.model import AssessedScheme, Gate
    from junxian.core.bottomlines.model import Demand, Level
    from junxian.core.indicators.model import KINDS, STAGES, STATES
    from junxian.core.indicators.rules import CheckType, Severity
    from junxian.core.rulebook.case import Expected
    from junxian.core.rulebook.split import PARTS
    from junxian.core.scoring.model import CombineWord, Criterion, Group, MissingAction, Ranking, Rounding, Scheme

    def field(model: Any, name: str) -> str:
        return words_of(model.model_fields[name].annotation)

    gates = words_of(get_args(Expected.model_fields["gate"].annotation)[0])
    roles = "`counted` `renormalised` `own_maximum` `no_result`"
    states = " ".join(f"`{s}`" for s in (*STATES, "undefined"))
    return [
        (("状态 state", "state"), states, ("points.csv、凭据", "points.csv, receipts")),
        (("门槛 gate", "gate"), gates, ("scores.csv", "scores.csv")),
        (("门槛未知时", "gate unknown"), field(Gate, "unknown"), ("gates", "gates")),
        (("等次 grade", "grade"), "—", ("方案 grades 里写的名称", "the names the scheme lists under grades")),
        (("计入方式 role", "role"), roles, ("receipts.json", "receipts.json")),
        (("口径 kind", "kind"), " ".join(f"`{k}`" for k in KINDS), ("指标、数据", "cards, observations")),
        (("阶段 stage", "stage"), " ".join(f"`{s}`" for s in STAGES if s), ("数据", "observations")),
        (("缺数办法", "missing action"), words_of(MissingAction), ("missing", "missing")),
        (("合成 combine", "combine"), words_of(CombineWord), ("combine", "combine")),
        (("权数 weights", "weights"), field(Group, "weights"), ("weights", "weights")),
        (("计分并列 ties", "ties in marks"), field(Scheme, "ties"), ("ties", "ties")),
        (("排名并列 ties", "ties in ranks"), field(Ranking, "ties"), ("rank.ties", "rank.ties")),
        (("舍入 mode", "rounding mode"), field(Rounding, "mode"), ("rounding、round", "rounding, round")),
        (("方向 direction", "direction"), field(Criterion, "direction"), ("指标卡、指标项", "cards, criteria")),
        (("等次并列", "grade ties"), field(AssessedScheme, "grade_ties"), ("grade_ties", "grade_ties")),
        (("预警级别 level", "alert level"), words_of(Level) + " `not_watched`", ("alerts.csv", "alerts.csv")),
        (("后果 demand", "demand"), words_of(Demand), ("alerts.csv effect", "alerts.csv effect")),
        (("审核结论 severity", "severity"), words_of(Severity), ("findings.csv", "findings.csv")),
        (("审核类型", "check type"), words_of(CheckType), ("checks", "checks")),
        (("变动四部分", "parts of a change"), " ".join(f"`{p}`" for p in PARTS), ("compare", "compare")),
    ]


def run_columns(language: str) -> str:
    """The columns of the run's tables."""
    from junxian.core.indicators.model import OBSERVATION_COLUMNS
    from junxian.files.runs.findings import COLUMNS
    from junxian.files.runs.results import ALERTS, POINTS, REGISTER, SCORES

    heads = ("文件", "列") if language == "zh" else ("file", "columns")
    files = {
        "scores.csv": SCORES, "points.csv": POINTS, "alerts.csv": ALERTS, "register.csv": REGISTER,
        "findings.csv": COLUMNS, "snapshot.csv": OBSERVATION_COLUMNS,
    }  # fmt: skip
    return table(heads, [(f"`{name}`", columns(names)) for name, names in files.items()])


def canonical_form(language: str) -> str:
    """The page on the canonical form that every run carries, without the hashes of one run."""
    from junxian.files.rulebooks.speak import say

    text = say("canonical.page", {"snapshot_hash": "…", "rulebook_hash": "…"}, language)
    return "\n".join(line for line in text.splitlines()[1:] if "`…`" not in line).strip()


def permissions(language: str) -> str:
    """Role × permission of the web floor, from the table that is enforced."""
    import os

    import django
    from messages import compile_all

    compile_all(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junxian.web.settings")
    os.environ.setdefault("JUNXIAN_SECRET_KEY", "only for this page")
    django.setup()
    from junxian.web.people.reference import permissions_table

    return permissions_table(language).strip()


def promises(language: str) -> str:
    """The promises as a numbered list, from docs/promises.yaml."""
    from tests.prove import promises as listed

    return "\n".join(f"{place}. **{p['id']}** {p[language]}" for place, p in enumerate(listed(), start=1))


ROOMS = {
    "core/units": "单位 units", "core/indicators": "指标 indicators", "core/formulas": "公式 formulas",
    "core/scoring": "计分 scoring", "core/bottomlines": "守底线 bottom lines", "core/benchmarks": "对标 benchmarks",
    "core/fiscal": "县区财力 fiscal", "core/assessment": "考核 assessment", "core/bulletins": "通报 bulletins",
    "core/rulebook": "规则集 rulebook", "files/sheets": "表格 sheets", "files/snapshots": "快照 snapshots",
    "files/rulebooks": "规则文件 rulebook files", "files/runs": "核算 runs", "files/documents": "公文 documents",
    "files/charts": "图表 charts", "files/recompute": "复算 recomputation", "files/adopt": "接管 adopting",
    "files/examples": "示例报表 example workbooks", "web/archive": "网页·存档 web archive",
    "web/units": "网页·评价对象 web units", "web/people": "网页·人员岗位 web people",
    "web/rulebooks": "网页·规则集 web rulebooks", "web/indicators": "网页·数据报送 web indicators",
    "web/bottomlines": "网页·守底线 web bottom lines", "web/benchmarks": "网页·对标 web benchmarks",
    "web/supervision": "网页·会议督办 web supervision", "web/assessment": "网页·考核轮次 web assessment",
    "web/bulletins": "网页·通报 web bulletins", "web/cockpit": "网页·驾驶舱 web cockpit",
    "web/operations": "网页·运行 web operations", "web": "网页 web",
}  # fmt: skip
"""Rooms in reading order; rooms of one module and new ones follow by their folder's name."""
BRACKETED = re.compile(r"\(([^()]*[\u4e00-\u9fff][^()]*)\)")


def module_terms() -> str:
    """Every module's English term with its Chinese one, by room, from the first line of its docstring."""
    found: dict[str, list[str]] = {room: [] for room in ROOMS}
    for path in sorted((ROOT / "src" / "junxian").rglob("*.py")):
        place = path.relative_to(ROOT / "src" / "junxian")
        room = "/".join(place.parts[:2]) if len(place.parts) > 2 else place.parts[0].removesuffix(".py")
        if term := _term(path):
            found.setdefault(room, []).append(f"- {term} · `{place.as_posix()}`")
    shown = {room: lines for room, lines in found.items() if lines}
    return "\n\n".join(f"### {ROOMS.get(room, room)}\n\n" + "\n".join(lines) for room, lines in shown.items())


def _term(path: Path) -> str:
    import ast

    line = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n")[0]
    chinese = [part for group in BRACKETED.findall(line) for part in group.split(", ") if HAN.search(part)]
    return f"{line.split(' (')[0]} — {'；'.join(chinese)}" if chinese else ""
