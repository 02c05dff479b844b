"""Commands of the running deployment (运行命令); Django is started inside each, so that `--help` stays quick."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from junxian.web.operations.speech import language, tell, word

app = typer.Typer()
audit_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None,
    help="审计链：核对、导出链头。 / The audit chain: verify it, export its head.",
)  # fmt: skip
app.add_typer(audit_app, name="audit")


def _start(*, needs_secret: bool = True) -> None:
    from junxian.web.operations import home

    home.django(needs_secret=needs_secret)


@app.command()
def migrate() -> None:
    """建立或升级部署：目录、密钥、数据库；升级前先备份。 / Make or upgrade a deployment; a backup comes first."""
    from junxian.web.operations import home

    place = home.prepare()
    _start()
    from junxian.web.operations import upgrade

    done = upgrade.migrate()
    if done.backup:
        tell("web.operations.saved_before", path=done.backup)
    tell("web.operations.migrated" if done.steps else "web.operations.up_to_date", steps=done.steps, path=place)


@app.command()
def rollback() -> None:
    """退回最近一次升级之前（先备份现状）。 / Back to before the last upgrade; what stands now is backed up first."""
    _start()
    from junxian.web.operations import upgrade

    _tell_restored(*upgrade.roll_back())


@app.command()
def setup(
    rulebook: Annotated[Path, typer.Argument(help="规则集文件夹 / rulebook folder", exists=True)],
    document: Annotated[str, typer.Option("--document", help="启用文件的文号 / number of the document")] = "",
    city: Annotated[str, typer.Option("--city", help="本市代码，规则集范围大于本市时用 / this city's code")] = "",
) -> None:
    """启用一个城市的规则集，建立县区和部门。 / Adopt a city's rulebook, with its units and departments."""
    _start()
    from junxian.web.rulebooks.actions import adopt
    from junxian.web.units.models import Unit

    version = adopt(rulebook, document=document, city=city, by=None)
    tell("web.operations.adopted", number=version.number, hash=version.hash[:12], units=Unit.objects.count())


@app.command()
def createadmin(
    username: Annotated[str, typer.Argument(help="账号 / account")],
    name: Annotated[str, typer.Option("--name", help="姓名或岗位名 / name")] = "",
    security: Annotated[str, typer.Option("--security", help="三员分立：安全管理员账号 / security account")] = "",
    audit: Annotated[str, typer.Option("--audit", help="三员分立：审计管理员账号 / audit account")] = "",
) -> None:
    """建立管理员账号（三员分立时三个一起建）；密码从终端读入。 / Make the administrators; passwords are read."""
    _start()
    from junxian.web.operations import accounts

    roles = accounts.first_roles()
    given = dict(zip(("system", "security", "audit_admin"), (username, security, audit), strict=True))
    made = {}
    for role, account in given.items():
        if not account and role not in roles:
            continue
        account = account or _asked(word("web.operations.ask_account", role=word(f"web.operations.{role}_title")))
        made[role] = accounts.Account(account, (role == "system" and name) or account, _password(account))
    accounts.create_admins(made)
    for role, one in made.items():
        tell("web.operations.admin_made", username=one.username, role=word(f"web.operations.{role}_title"))


def _asked(text: str) -> str:
    """An answer from the terminal, or the next line of a pipe."""
    import sys

    return str(typer.prompt(text)) if sys.stdin.isatty() else sys.stdin.readline().strip()


def _password(username: str) -> str:
    """Twice from a terminal, one line from a pipe; never from the command line, where others could read it."""
    import sys

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    text = word("web.operations.ask_password", username=username)
    return str(typer.prompt(text, hide_input=True, confirmation_prompt=True))


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host", help="监听地址 / address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="端口；被占用时用下一个 / port; a busy one moves on")] = 8000,
    threads: Annotated[int, typer.Option("--threads", help="线程数，0 为自动 / threads, 0 chooses")] = 0,
) -> None:
    """启动网页服务。 / Serve the web application."""
    _start()
    from django.conf import settings

    from junxian.web.operations import serve as serving

    chosen = serving.free_port(host, port)
    if chosen != port:
        tell("web.operations.port_busy", wanted=port, port=chosen)
    tell("web.operations.serving", address=serving.address(host, chosen, settings.PREFIX))
    serving.serve(host, chosen, threads=threads)


@app.command()
def worker(
    until_empty: Annotated[
        bool, typer.Option("--until-empty", help="做完排队的作业就退出 / end with the queue")
    ] = False,
) -> None:
    """运行后台作业；接手中断的作业，每日导出审计链头。 / Run queued jobs, and those a killed worker left."""
    _start()
    from junxian.web.operations.worker import work

    work(until_empty=until_empty)


@app.command()
def backup(
    to: Annotated[Path | None, typer.Option("--to", help="目录或 .zip 文件 / folder or .zip file")] = None,
) -> None:
    """备份整个部署为一个文件。 / The whole deployment into one file."""
    _start()
    from junxian.web.operations.backup import back_up

    tell("web.operations.backed_up", path=back_up(to))


@app.command()
def restore(
    archive: Annotated[Path, typer.Argument(help="备份文件 / backup file", exists=True, dir_okay=False)],
) -> None:
    """从备份恢复（先备份现状）。 / Restore a backup; what stands now is backed up first."""
    from junxian.web.operations import home

    home.prepare()
    _start()
    from junxian.web.operations import backup as backups

    _tell_restored(*backups.restore(archive))


def _tell_restored(found: object, before: Path | None) -> None:
    if before:
        tell("web.operations.saved_before", path=before)
    facts = {name: getattr(found, name) for name in ("path", "at", "junxian")}
    tell("web.operations.restored", **facts)


@app.command()
def doctor() -> None:
    """体检：逐项检查，有问题退出码为 1。 / Name what is wrong with an installation; exit 1 on a fault."""
    os.environ.setdefault("JUNXIAN_LOG", "ERROR")
    _start(needs_secret=False)
    from junxian.web.operations.doctor import examine

    found = examine()
    for finding in found:
        typer.echo(f"{MARKS[finding.level]} {word(finding.code, **finding.facts)}")
    faults = sum(finding.level == "fault" for finding in found)
    tell("web.operations.doctor_sum", faults=faults, checks=len(found))
    raise typer.Exit(1 if faults else 0)


MARKS = {"well": "●", "note": "▲", "fault": "■"}


@audit_app.command()
def verify(
    against: Annotated[
        list[Path] | None, typer.Option("--against", help="以前导出的链头 / heads exported earlier", exists=True)
    ] = None,
) -> None:
    """核对审计链本身和所有保存过的链头。 / Verify the chain in itself and against every kept head."""
    _start()
    from junxian.web.operations import heads
    from junxian.web.people.audit import breaks
    from junxian.web.people.heads import export_head

    kept = [*heads.kept_heads(), *(against or [])]
    found = [*breaks(), *heads.mismatches(kept), *heads.published()]
    for one in found:
        tell(one.code, number=one.number, file=getattr(one, "file", ""))
    if found:
        raise typer.Exit(1)
    now = export_head()
    tell("web.operations.chain_holds", count=now.count, hash=now.hash, heads=len(kept))


@audit_app.command()
def head(
    to: Annotated[str, typer.Option("--to", help="文件、目录，或 syslog / file, folder, or syslog")] = "",
) -> None:
    """显示审计链头，或导出到文件、目录、syslog。 / Show the chain's head, or export it."""
    _start()
    from junxian.web.operations import heads
    from junxian.web.people.heads import export_head

    now = heads.send_head() if to == "syslog" else export_head()
    tell("web.operations.head", count=now.count, hash=now.hash, at=now.at)
    if to and to != "syslog":
        tell("web.operations.head_written", path=heads.write_head(Path(to)))


__all__ = ["app", "language", "tell", "word"]
