"""The text of a paper: unit, number, title, names, until when it stays up, issuer and day. Plain text for now."""

from activities.stores.protocol import IssuedPaper
from workflows.facts import Commit, PaperRequest


def chinese_day(iso: str) -> str:
    """2021-04-09 as 2021年4月9日."""
    year, month, day = iso.split("-")
    return f"{int(year)}年{int(month)}月{int(day)}日"


def notice(commit: Commit, request: PaperRequest) -> IssuedPaper:
    """One paper, numbered within its workflow's series; person ids stand for names until a registry resolves them."""
    lines = [f"{request.series}　第{request.number}号", request.title, ""]
    if request.names:
        lines.append("名单：" + "、".join(request.names))
    if request.until is not None:
        lines.append(f"公示至{chinese_day(request.until.isoformat())}止。")
    lines += ["", commit.unit, chinese_day(commit.at.date().isoformat())]
    return IssuedPaper(commit.workflow, request.number, request.kind, request.title, "\n".join(lines))
