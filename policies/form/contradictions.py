"""What makes a form contradict itself, found all at once before any rule of election is asked: arithmetic, not law."""

from collections.abc import Iterator

from policies.finding import Finding
from policies.form.problems import problem
from policies.form.values import BALLOT_FIELDS, MODES, ONE_BALLOT, Ballots, Papers, ResultForm, papers
from policies.names import unspaced


def contradictions(form: ResultForm) -> list[Finding]:
    """Everything in which the form contradicts itself, all at once; unstated figures contradict nothing."""
    found = [*_kind_problems(form), *_apart_problems(form), *_seat_problems(form), *_name_problems(form)]
    negative = [(path, n) for path, n in form.figures() if n is not None and n < 0 and not path.startswith("seats")]
    if negative:
        found += [problem("F.201", {"path": path, "value": n}, figure=n, bound=0) for path, n in negative]
        form = _without_negatives(form)
    return found + _count_problems(form)


def _kind_problems(form: ResultForm) -> Iterator[Finding]:
    if form.mode not in MODES[form.body]:
        known = "、".join(f"{mode.value}（{mode.label}）" for mode in MODES[form.body])
        yield problem(
            "F.202", {"body": form.body.label, "mode": form.mode.label, "known": known}, figure=form.mode.value
        )
    stated = [form.ballots or _NOTHING_STATED, *(kind.ballots for kind in form.kinds)]
    if not form.by_ballot and any(papers != _NOTHING_STATED for papers in stated):
        yield problem("F.203")


def _apart_problems(form: ResultForm) -> Iterator[Finding]:
    """F.213: every post stands on exactly one kind of ballot, and the papers are those of the kinds."""
    if not form.kinds:
        return
    names = [kind.kind for kind in form.kinds]
    posts = [post for kind in form.kinds for post in kind.posts]
    seats = list(form.seats) if isinstance(form.seats, dict) else []
    wrong = {
        "写了 kinds，就不再写 ballots": form.ballots not in (None, _NOTHING_STATED),
        "写了 kinds，应选名额（seats）就要按职务填写": not isinstance(form.seats, dict),
        "同一种选票只写一次": len(set(names)) < len(names),
        **{f"“{post}”写在不止一种选票上": posts.count(post) > 1 for post in posts},
        **{f"“{post}”没有应选名额": bool(seats) and post not in seats for post in posts},
        **{f"“{post}”不在任何一种选票上": post not in posts for post in seats},
    }
    for why, holds in wrong.items():
        if holds:
            yield problem("F.213", {"why": why}, figure="、".join(names))


_NOTHING_STATED = Ballots()


def _seat_problems(form: ResultForm) -> Iterator[Finding]:
    seats = form.seats
    stated = seats if isinstance(seats, dict) else {"": seats}
    for post, n in stated.items():
        if n is not None and n < 1:
            yield problem("F.210", {"path": f"seats.{post}" if post else "seats", "value": n}, figure=n, bound=1)
    if isinstance(seats, dict):
        if not seats:
            yield problem("F.210", {"path": "seats", "value": "空"}, bound=1)
        for contest in form.contests():
            if contest.post not in seats:
                where = f"职务“{contest.post}”没有应选名额" if contest.post else "有候选人未写明职务"
                names = "、".join(candidate.name for _, candidate in contest.entrants)
                yield problem("F.212", {"why": f"{where}（{names}）"}, figure=contest.post)
    elif seats is not None and seats >= 1:
        posts = {candidate.post for candidate in form.candidates}
        if len(posts) > 1 and seats < len(posts):
            why = f"应选 {seats} 名少于职务 {len(posts)} 种"
            yield problem("F.212", {"why": why}, figure=seats, bound=len(posts))


def _name_problems(form: ResultForm) -> Iterator[Finding]:
    if not form.candidates:
        yield problem("F.211")
    seen: dict[tuple[str, str | None], int] = {}
    for candidate in form.candidates:
        key = (unspaced(candidate.name), candidate.post)  # 王五 is also typed 王 五
        seen[key] = seen.get(key, 0) + 1
    for (name, post), count in seen.items():
        if count > 1:
            words = {"post": f"{post}候选人" if post else "候选人", "name": name, "count": count}
            yield problem("F.209", words, figure=name)


def _count_problems(form: ResultForm) -> list[Finding]:
    found: list[Finding] = []
    if form.present is not None and form.roll is not None and form.present > form.roll:
        words = {"present": form.present, "roll": form.roll}
        found.append(problem("F.206", words, figure=form.present, bound=form.roll))
    for part in form.parts():
        said = _sheet_problems(part.form)
        found += said if part.kind == ONE_BALLOT else [of_kind(part.kind, each) for each in said]
    return found


def of_kind(kind: str, finding: Finding) -> Finding:
    """The finding with the kind of ballot said in front."""
    return finding.model_copy(update={"message": f"“{kind}”：{finding.message}"})


def _sheet_problems(form: ResultForm) -> list[Finding]:
    counted = papers(form)
    found = list(_paper_problems(form.ballots, counted)) if form.by_ballot and form.ballots is not None else []
    if counted.cap is None or (counted.cap < 0 and found):
        return found
    return [*found, *_vote_problems(form, counted, counted.cap)]


def _paper_problems(ballots: Ballots, counted: Papers) -> Iterator[Finding]:
    collected, valid, invalid, blank = ballots.collected, ballots.valid, ballots.invalid, ballots.blank
    if collected is not None:
        total = (valid or 0) + (invalid or 0)
        known = valid is not None and invalid is not None
        if total > collected or (known and total != collected):
            said = {"collected": collected, "valid": _said(valid), "invalid": _said(invalid)}
            yield problem("F.204", said, figure=total, bound=collected)
    whole, limit = ("有效票", counted.valid) if counted.valid is not None else ("收回选票", counted.collected)
    if blank is not None and limit is not None and blank > limit >= 0:
        yield problem("F.205", {"blank": blank, "whole": whole, "limit": limit}, figure=blank, bound=limit)


def _vote_problems(form: ResultForm, counted: Papers, cap: int) -> Iterator[Finding]:
    if counted.valid is not None:
        whole = "非空白有效票"
    elif counted.collected is not None:
        whole = "收回选票"
    else:
        whole = "参加投票人数"
    for candidate in form.candidates:
        votes = candidate.votes
        if votes is not None and votes > cap:
            words: dict[str, object] = {"name": candidate.name, "votes": votes, "whole": whole, "limit": cap}
            yield problem("F.207", words, figure=votes, bound=cap)
    for contest in form.contests():
        seats = contest.seats
        if seats is None or seats < 1:
            continue
        total, limit = sum(candidate.votes or 0 for _, candidate in contest.entrants), seats * cap
        if total > limit:
            words = {
                "post": contest.post or "",
                "sum": total,
                "seats": seats,
                "whole": whole,
                "cap": cap,
                "limit": limit,
            }
            yield problem("F.208", words, figure=total, bound=limit, source="规则 P11、V16")


def _said(figure: int | None) -> str:
    return "未填" if figure is None else str(figure)


def _without_negatives(form: ResultForm) -> ResultForm:
    def kept(n: int | None) -> int | None:
        return None if n is None or n < 0 else n

    def cleared(ballots: Ballots) -> Ballots:
        return Ballots(**{name: kept(getattr(ballots, name)) for name in BALLOT_FIELDS})

    ballots = None if form.ballots is None else cleared(form.ballots)
    kinds = tuple(kind.model_copy(update={"ballots": cleared(kind.ballots)}) for kind in form.kinds)
    candidates = tuple(c.model_copy(update={"votes": kept(c.votes)}) for c in form.candidates)
    figures = {"roll": kept(form.roll), "present": kept(form.present), "ballots": ballots}
    return form.model_copy(update=figures | {"kinds": kinds, "candidates": candidates})
