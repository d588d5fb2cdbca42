"""What the county's administrator does at the machine: begin an election, hand out tokens, take them back."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from console.confirmations import kept_at, read_confirmations
from console.county import JsonOption, at_county, at_registry, banner, role_of
from console.live.tables import folded
from console.output import out, print_json, unusable
from console.packs import Unusable, calendar_of, open_pack, source_text
from policies.pack.schema import Pack

if TYPE_CHECKING:
    from activities.registry import Registry

LONGEST_ID = 40


def register(live: typer.Typer) -> None:
    """Add the commands to the group."""
    live.command("start", help="按方案和名册开始一场换届；重复执行不会重复开始。")(start_command)
    live.command("staff", help="工作人员和他们的职责。")(staff_command)
    live.command("token", help="给工作人员发个人令牌；只显示这一次。")(token_command)
    live.command("revoke", help="作废一个人的全部令牌。")(revoke_command)
    live.command("grant", help="授予或收回一项职责。")(grant_command)


def start_command(
    pack: Annotated[str, typer.Argument(metavar="方案", help="自带方案的名称，或 YAML 文件的路径。")],
    roster: Annotated[Path, typer.Argument(metavar="名册", help="填好的 Excel 名册。")],
    id: Annotated[
        str, typer.Option("--id", metavar="编号", help="换届编号，如 qianshan-2026：小写字母、数字和连字符。")
    ],
    title: Annotated[str, typer.Option("--title", metavar="名称", help="县（市、区）名称，用于文书和报表。")] = "",
    day_seconds: Annotated[
        float | None, typer.Option("--day-seconds", metavar="秒", help="演练：一个换届日等于多少秒（各单位一致）。")
    ] = None,
    begins: Annotated[
        str | None, typer.Option("--begins", metavar="日期", help="演练从换届日程的哪一天开始，如 2021-02-01。")
    ] = None,
    confirmations: Annotated[
        Path | None,
        typer.Option("--confirmations", metavar="文件", help="法律数值的确认记录；默认用换届目录里的那一份。"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Exit 0 when it runs, 2 when it cannot begin (every reason at once). Nothing is half recorded."""
    from live.county import Plan, begin
    from live.roster import read_roster

    problems = _asked_problems(id, day_seconds, begins)
    opened = open_pack(pack)
    if isinstance(opened, Unusable):
        problems += opened.problems
    kept = read_confirmations(confirmations or kept_at())
    if isinstance(kept, Unusable):
        problems += kept.problems
    reading = None
    if not roster.is_file():
        problems.append(f"{roster}：没有这个文件；用 huanjie roster template 生成模板")
    elif isinstance(opened, Pack):
        reading = read_roster(roster, opened)
        problems += [str(one) for one in reading.problems if one.blocks]
    if isinstance(opened, Unusable) or isinstance(kept, Unusable):
        unusable(problems, as_json=as_json)
    if problems or reading is None or reading.roster is None:
        unusable(problems, as_json=as_json)
    plan = Plan(
        id=id,
        title=title or id,
        pack=opened,
        pack_text=source_text(pack),
        calendar=calendar_of(opened),
        roster=reading.roster,
        day=None if day_seconds is None else timedelta(seconds=day_seconds),
        begins=None if begins is None else date.fromisoformat(begins),
        confirmations=kept,
    )
    election = at_county(lambda county: begin(county, plan, datetime.now(UTC)), as_json=as_json)
    units = sum(len(street.units) for street in election.brief.streets)
    if as_json:
        print_json(
            {
                "election": election.id,
                "streets": len(election.brief.streets),
                "units": units,
                "setting": election.ground.setting,
            }
        )
        return
    out.print(
        f"换届「{escape(election.id)}」已开始：{len(election.brief.streets)} 个街道，{units} 个单位。"
        "用 huanjie live token 给工作人员发令牌。",
        highlight=False,
        soft_wrap=True,
    )


def _asked_problems(id: str, day_seconds: float | None, begins: str | None) -> list[str]:
    import re

    problems = []
    if len(id) > LONGEST_ID or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id):
        problems.append(f"编号“{id}”不能用：应为小写字母、数字和连字符，最多 {LONGEST_ID} 个字符，如 qianshan-2026")
    if day_seconds is not None and not 0.1 <= day_seconds <= 86_400:
        problems.append(f"--day-seconds 应在 0.1 到 86400 之间，不能是 {day_seconds}")
    if begins is not None:
        try:
            date.fromisoformat(begins)
        except ValueError:
            problems.append(f"--begins 应为日期，如 2021-02-01，不能是“{begins}”")
    return problems


def staff_command(as_json: JsonOption = False) -> None:
    """Everybody with the roles they hold now and how many tokens are good."""

    def listed(registry: "Registry") -> None:
        now = datetime.now(UTC)
        rows = [
            (
                one,
                registry.people.grants(one.id),
                sum(token.revoked_at is None and token.expires_at > now for token in registry.people.tokens(one.id)),
            )
            for one in registry.people.all()
        ]
        if as_json:
            print_json(
                [
                    {
                        "person": one.id,
                        "name": one.name,
                        "organization": one.organization,
                        "active": one.active,
                        "grants": [{"role": grant.role.value, "scope": grant.scope} for grant in grants],
                        "tokens": tokens,
                    }
                    for one, grants, tokens in rows
                ]
            )
            return
        banner(registry)
        table = folded("编号", "姓名", "单位", "职责", "有效令牌")
        for one, grants, tokens in rows:
            held = "\n".join(f"{grant.role.value}（{grant.scope}）" for grant in grants) or "无"
            name = one.name if one.active else f"{one.name}（停用）"
            table.add_row(escape(one.id), escape(name), escape(one.organization), escape(held), str(tokens))
        out.print(table if rows else "还没有工作人员：开始换届时随名册登记。")

    at_registry(listed, as_json=as_json)


def token_command(
    person: Annotated[str, typer.Argument(metavar="人员编号")],
    days: Annotated[int, typer.Option("--days", min=1, max=730, help="多少天后过期。")] = 180,
    label: Annotated[str, typer.Option("--label", help="用途，便于日后辨认。")] = "命令行",
    as_json: JsonOption = False,
) -> None:
    """Exit 0 with the token on stdout, and nothing else when --json is not given: it can be put into a variable."""
    now = datetime.now(UTC)
    issued = at_registry(
        lambda registry: registry.people.issue(person, label, at=now, expires_at=now + timedelta(days=days)),
        as_json=as_json,
    )
    if as_json:
        print_json({"token": issued.text, "id": issued.token.id, "expires_at": issued.token.expires_at.isoformat()})
    else:
        typer.echo(issued.text)


def revoke_command(person: Annotated[str, typer.Argument(metavar="人员编号")]) -> None:
    """All of a person's tokens, at once. Exit 2 for an unknown person."""
    now = datetime.now(UTC)

    def revoke(registry: "Registry") -> int:
        _require_person(registry, person)
        return sum(registry.people.revoke_token(one.id, at=now) for one in registry.people.tokens(person))

    out.print(f"已作废 {at_registry(revoke)} 个令牌。")


def grant_command(
    person: Annotated[str, typer.Argument(metavar="人员编号")],
    role: Annotated[str, typer.Argument(metavar="职责", help="如 street_committee。")],
    scope: Annotated[str, typer.Argument(metavar="范围", help="换届、街道或单位的编号，如 qianshan-2026-S01。")],
    take: Annotated[bool, typer.Option("--revoke", help="收回这项职责。")] = False,
) -> None:
    """Exit 2 for an unknown person, role or area."""
    asked, now = role_of(role), datetime.now(UTC)

    def change(registry: "Registry") -> str:
        _require_person(registry, person)
        if take:
            held = registry.people.revoke(person, asked, scope, by="管理员", at=now)
            return "已收回。" if held else "此人没有这项职责。"
        if registry.elections.place(scope) is None:
            unusable([f"登记库中没有「{scope}」：范围应为换届、街道或单位的编号（huanjie live where）"])
        registry.people.grant(person, asked, scope, by="管理员", at=now)
        return "已授予。"

    out.print(at_registry(change))


def _require_person(registry: "Registry", person: str) -> None:
    if registry.people.find(person) is None:
        unusable([f"登记库中没有编号为「{person}」的人员：请核对编号（huanjie live staff）"])
