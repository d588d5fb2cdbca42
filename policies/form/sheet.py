"""From what somebody typed to a `ResultForm`, or every reason why not, at once.

Takes plain data (what a YAML or JSON reader gives); it opens no file and knows no clock: today's date comes in. Figures
are integers or null and nothing else: text, a fraction or true/false where a number belongs is refused, not converted.
"""

import datetime as dt
from collections.abc import Iterable, Mapping

from policies.finding import Finding
from policies.form.contradictions import contradictions
from policies.form.reader import Reader, shown
from policies.form.values import BALLOT_FIELDS, MODES, Ballots, Body, Candidate, KindPapers, Mode, ResultForm, Sex
from policies.rule import Law, law_in_force

SHEET_KEYS = ("body", "mode", "law", "date", "roll", "present", "ballots", "seats", "candidates", "round", "kinds")
KIND_KEYS = ("kind", "posts", *BALLOT_FIELDS)
CANDIDATE_KEYS = ("name", "votes", "post", "sex", "write_in")


class FormRefused(Exception):  # noqa: N818 - named for what happened, as a reader of a procedure would say it
    """The data is no usable result form; `findings` lists every problem (F.1xx, F.2xx)."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("；".join(finding.message for finding in self.findings))


def read_form(
    raw: object, *, today: dt.date, lines: Mapping[str, int] | None = None, earlier: Iterable[Finding] = ()
) -> ResultForm:
    """The form that `raw` (a mapping as YAML or JSON gives it) describes.

    The law is the one named, else the one in force on the form's date, else today's. `lines` gives the line of each
    path ("candidates[2].votes": 14) for the messages. Raises FormRefused with all problems: what cannot be read, and
    the contradictions among the figures that can. A form that only contradicts itself is refused too. `earlier`
    findings, from reading the text, refuse the form as well and come first.
    """
    reader = _FormReader({path: f"第 {line} 行" for path, line in (lines or {}).items()})
    reader.findings += earlier
    form = reader.form(raw, today)
    if form is not None:
        unread = {str(finding.value).partition(".")[0].partition("[")[0] for finding in reader.findings}
        skip = (
            {"F.211", "F.212", "F.213"} if unread & {"candidates", "seats", "kinds"} else set()
        )  # they would only echo what went unread
        reader.findings += [finding for finding in contradictions(form) if finding.rule not in skip]
    if form is None or reader.findings:
        raise FormRefused(reader.findings)
    return form


class _FormReader(Reader):
    """Reads a result form."""

    def form(self, raw: object, today: dt.date) -> ResultForm | None:
        if not isinstance(raw, Mapping):
            self.wrong("全文", raw, "一张表（各项名称和值）")
            return None
        self.keys(raw, SHEET_KEYS, "")
        body, mode = self.needed(raw, "body", Body), self.needed(raw, "mode", Mode)
        if body is None:  # stand-ins, so that the figures can still be checked against one another
            body = next((each for each in Body if mode in MODES[each]), Body.PARTY)
        mode = mode or MODES[body][0]
        day = self.date(raw.get("date"))
        law = self._law(raw.get("law")) or law_in_force(day or today)
        return ResultForm(
            body=body,
            mode=mode,
            law=law,
            date=day,
            roll=self.figure(raw.get("roll"), "roll"),
            present=self.figure(raw.get("present"), "present"),
            ballots=self._ballots(raw.get("ballots")),
            seats=self._seats(raw.get("seats")),
            candidates=self._candidates(raw.get("candidates")),
            round=2 if self._round(raw.get("round")) == 2 else 1,
            kinds=self._kinds(raw.get("kinds")),
        )

    def _kinds(self, raw: object) -> tuple[KindPapers, ...]:
        """Posts voted on apart: [{kind: 主任票, posts: [主任], issued: 60, …}, …]."""
        if raw is None:
            return ()
        if not isinstance(raw, list | tuple):
            self.wrong("kinds", raw, "选票种类列表")
            return ()
        return tuple(self._kind(entry, f"kinds[{place}]", place) for place, entry in enumerate(raw))

    def _kind(self, raw: object, path: str, place: int) -> KindPapers:
        stand_in = f"（第 {place + 1} 种选票）"
        if not isinstance(raw, Mapping):
            self.wrong(path, raw, "一种选票（kind、posts 和选票数）")
            return KindPapers(kind=stand_in, posts=(stand_in,))
        self.keys(raw, KIND_KEYS, f"{path}.")
        name = self.text(raw.get("kind"), f"{path}.kind")
        posts = raw.get("posts")
        if not isinstance(posts, list | tuple) or not posts:
            self.wrong(f"{path}.posts", posts, "这种选票上的职务列表")
            posts = ()
        named = tuple(self.text(post, f"{path}.posts[{at}]") for at, post in enumerate(posts))
        return KindPapers(
            kind=name or stand_in,
            posts=tuple(post for post in named if post is not None) or (stand_in,),
            ballots=Ballots(**{field: self.figure(raw.get(field), f"{path}.{field}") for field in BALLOT_FIELDS}),
        )

    def _ballots(self, raw: object) -> Ballots | None:
        if raw is None:
            return None
        if not isinstance(raw, Mapping):
            self.wrong("ballots", raw, "一组选票数（issued、collected、valid、invalid、blank）")
            return None
        self.keys(raw, BALLOT_FIELDS, "ballots.")
        return Ballots(**{name: self.figure(raw.get(name), f"ballots.{name}") for name in BALLOT_FIELDS})

    def _seats(self, raw: object) -> int | dict[str, int | None] | None:
        if not isinstance(raw, Mapping):
            return self.figure(raw, "seats", "整数，或按职务填写的一组整数")
        seats: dict[str, int | None] = {}
        for post, n in raw.items():
            name = self.text(post, "seats 的职务名称")
            if name is not None and name in seats:
                self.note("F.104", f"seats.{name}")
            elif name is not None:
                seats[name] = self.figure(n, f"seats.{name}")
        return seats

    def _candidates(self, raw: object) -> tuple[Candidate, ...]:
        if raw is None:
            return ()
        if not isinstance(raw, list | tuple):
            self.wrong("candidates", raw, "候选人列表")
            return ()
        return tuple(self._candidate(entry, f"candidates[{place}]", place) for place, entry in enumerate(raw))

    def _candidate(self, raw: object, path: str, place: int) -> Candidate:
        stand_in = f"（第 {place + 1} 人）"
        if not isinstance(raw, Mapping):
            self.wrong(path, raw, "一名候选人（name、votes 等）")
            return Candidate(name=stand_in)
        self.keys(raw, CANDIDATE_KEYS, f"{path}.")
        if raw.get("name") is None:
            self.note("F.106", f"{path}.name", known="姓名")
            name = None
        else:
            name = self.text(raw["name"], f"{path}.name")
        sex, write_in = raw.get("sex"), raw.get("write_in")
        if write_in is not None and not isinstance(write_in, bool):
            self.wrong(f"{path}.write_in", write_in, "true 或 false")
        return Candidate(
            name=name or stand_in,
            votes=self.figure(raw.get("votes"), f"{path}.votes"),
            post=None if raw.get("post") is None else self.text(raw["post"], f"{path}.post"),
            sex=None if sex is None else self.choice(sex, f"{path}.sex", Sex),
            write_in=write_in is True,
        )

    def _law(self, raw: object) -> Law | None:
        return None if raw is None else self.choice(str(raw) if type(raw) is int else raw, "law", Law)

    def _round(self, raw: object) -> int | None:
        if raw is None:
            return None
        figure = self.figure(raw, "round")
        if figure not in (None, 1, 2):
            self.note("F.108", "round", value=shown(raw), known="1（首次投票）、2（另行选举）")
        return figure
