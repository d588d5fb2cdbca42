"""The text of a paper: series and number, unit, title, names, basis, until when it stays up, issuer and day. Plain text."""

from datetime import date

from activities.stores.protocol import IssuedPaper
from workflows.facts import Commit, PaperRequest


def chinese_day(day: date) -> str:
    """2021-04-09 as 2021年4月9日."""
    return f"{day.year}年{day.month}月{day.day}日"


def notice(commit: Commit, request: PaperRequest) -> IssuedPaper:
    """One paper, ready to be typeset. A series such as 第4号 carries its own number; others are counted."""
    number = request.series if request.series.startswith("第") else f"{request.series}第{request.number}号"
    lines = [f"{request.unit}{request.kind}（{number}）", request.title, "", f"依据：{request.basis}"]
    if request.names:
        lines.append("名单：" + "、".join(request.names))
    if request.until is not None:
        lines.append(f"张贴地点：居务公开栏。公示至{chinese_day(request.until)}止。")
    lines += ["", f"{request.issuer}（印章）", chinese_day(commit.at.date())]
    return IssuedPaper(commit.workflow, request.series, request.number, request.kind, request.title, "\n".join(lines))
