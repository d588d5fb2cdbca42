"""The figures behind a rehearsal: one versioned file, checked all at once, so that no number hides in code."""

import hashlib
import json
from functools import cache
from importlib.resources import files
from math import isfinite, sqrt
from pathlib import Path
from random import Random
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, Strict, ValidationError, model_validator
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from policies.pack.schema import Role
from policies.rule import Confidence
from policies.value import Value

Words = Annotated[str, Field(min_length=1)]
Number = Annotated[int, Strict()] | Annotated[float, Strict()]
_SHARES = frozenset({"比例", "概率"})


class Parameter(Value):
    """One figure with its plausible range, unit, source, confidence and Chinese description."""

    value: Number
    low: Number
    high: Number
    unit: Words
    source: Words
    confidence: Confidence
    text: Words

    @model_validator(mode="after")
    def _within_range(self) -> Self:
        if not all(isfinite(number) for number in (self.low, self.value, self.high)):
            raise ValueError("数值必须是有限的数")
        if not self.low <= self.value <= self.high:
            raise ValueError(f"取值 {self.value} 不在范围 {self.low}–{self.high} 之内")
        if self.low < 0 or (self.unit in _SHARES and self.high > 1):
            raise ValueError(f"范围 {self.low}–{self.high} 超出“{self.unit}”允许的范围")
        return self

    @property
    def count(self) -> int:
        """The value as a whole number."""
        return round(self.value)

    def draw(self, rng: Random) -> float:
        """A value for one unit, from the triangle low–value–high."""
        return triangle(rng.random(), self.low, self.value, self.high)

    def draw_count(self, rng: Random) -> int:
        """A whole number for one unit, from the same triangle."""
        return round(self.draw(rng))

    def happens(self, rng: Random) -> bool:
        """True with this probability."""
        return rng.random() < self.value


def triangle(u: float, low: float, mode: float, high: float) -> float:
    """The value below which a share `u` of the triangular distribution lies."""
    span = high - low
    if span == 0:
        return low
    left = (mode - low) / span
    if u < left:
        return low + sqrt(u * span * (mode - low))
    return high - sqrt((1 - u) * span * (high - mode))


class Structure(Value):
    """How large units, streets and districts are."""

    units_per_district: Parameter
    units_per_street: Parameter
    households: Parameter
    persons_per_household: Parameter
    adult_share: Parameter
    organizations: Parameter
    difficult_share: Parameter


class SeatNumbers(Value):
    """Seats where the pack leaves them open, and the size of the election committee."""

    party: Parameter
    residents: Parameter
    supervisory: Parameter
    election_committee: Parameter
    women: Parameter


class Party(Value):
    """Party members and their meeting."""

    members: Parameter
    excusable_share: Parameter
    turnout: Parameter
    near_miss_rate: Parameter


class Residents(Value):
    """Residents' representatives and their meetings."""

    turnout: Parameter
    near_miss_rate: Parameter
    meeting_turnout: Parameter


class Women(Value):
    """The women's federation: its voters, its poll, those who come forward."""

    adult_share: Parameter
    turnout: Parameter
    near_miss_rate: Parameter
    contenders: Parameter


class People(Value):
    """The people looked at one by one."""

    party_contenders: Parameter
    residents_contenders: Parameter
    supervisory_contenders: Parameter
    part_time: Parameter
    committee_reserves: Parameter
    tellers: Parameter
    leaving_share: Parameter
    female_share: Parameter
    member_share: Parameter
    contender_age: Parameter
    incumbent_age: Parameter
    graduate_share: Parameter
    bachelor_share: Parameter
    full_time_share: Parameter
    certificate_share: Parameter
    relaxed_share: Parameter
    retirement_male: Parameter
    retirement_female: Parameter
    experience: Parameter
    prohibited_rate: Parameter
    sanction_rate: Parameter
    sanction_allowed: Parameter
    unqualified_rate: Parameter
    finance_share: Parameter
    kin_density: Parameter
    outside_kin: Parameter

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        if self.graduate_share.value + self.bachelor_share.value > 1:
            raise ValueError("graduate_share 与 bachelor_share 之和超过 1")
        return self


class Polls(Value):
    """How votes fall."""

    support: Parameter
    plenary_support: Parameter
    undervote: Parameter
    unreturned_rate: Parameter
    invalid_rate: Parameter
    blank_rate: Parameter
    tie_rate: Parameter
    contest_rate: Parameter
    shortfall_rate: Parameter

    @model_validator(mode="after")
    def _rates_fit(self) -> Self:
        if self.tie_rate.value + self.contest_rate.value + self.shortfall_rate.value > 1:
            raise ValueError("tie_rate、contest_rate、shortfall_rate 之和超过 1")
        return self


class Response(Value):
    """How long a role takes: the median in working hours, and the sigma of its logarithm."""

    median_hours: Parameter
    spread: Parameter


class Work(Value):
    """Working hours, absence, errors."""

    day_start: Parameter
    day_end: Parameter
    absence_rate: Parameter
    absence_days: Parameter
    deadline_kept: Parameter
    error_rate: Parameter

    @model_validator(mode="after")
    def _day_has_hours(self) -> Self:
        if self.day_start.value >= self.day_end.value:
            raise ValueError(f"上班时间 {self.day_start.value} 应早于下班时间 {self.day_end.value}")
        return self


class Vetting(Value):
    """The shared reviewers: joint vetting queues for desks, the standing committee meets on fixed weekdays."""

    desks: Parameter
    hours_per_list: Parameter
    first_weekday: Parameter
    second_weekday: Parameter
    meeting_hour: Parameter

    @property
    def weekdays(self) -> frozenset[int]:
        """ISO weekdays (1 is Monday) on which the standing committee meets."""
        return frozenset({self.first_weekday.count, self.second_weekday.count})


class Events(Value):
    """What comes in between."""

    complaint_rate: Parameter
    complaint_upheld: Parameter
    grave_complaint_rate: Parameter
    withdrawal_rate: Parameter
    appeal_rate: Parameter
    appeal_upheld: Parameter
    recall_rate: Parameter
    recall_support: Parameter
    resignation_rate: Parameter
    rectification_late: Parameter
    rectification_delay: Parameter
    rectification_never: Parameter


class Villages(Value):
    """What only a village has: its register, its meetings of delegates, proxies, stations and boxes."""

    groups: Parameter
    households_per_delegate: Parameter
    women_delegates: Parameter
    away_share: Parameter
    away_registers: Parameter
    home_registers: Parameter
    outsiders: Parameter
    outsider_agreed: Parameter
    turnout: Parameter
    near_miss_rate: Parameter
    objection_rate: Parameter
    objections: Parameter
    objection_upheld: Parameter
    proxies: Parameter
    stations: Parameter
    roving_boxes: Parameter
    roving_users: Parameter
    box_staff: Parameter
    staff_reserves: Parameter
    write_in_rate: Parameter
    write_ins: Parameter


_OVERLAID: dict[str, type[Value]] = {
    "structure": Structure,
    "seats": SeatNumbers,
    "party": Party,
    "residents": Residents,
    "people": People,
    "polls": Polls,
    "work": Work,
    "vetting": Vetting,
    "events": Events,
}


def _known_figures(overlay: dict[str, Parameter]) -> dict[str, Parameter]:
    unknown = []
    for path in overlay:
        section, _, name = path.partition(".")
        if section not in _OVERLAID or name not in _OVERLAID[section].model_fields:
            unknown.append(path)
    if unknown:
        raise ValueError(f"前面各节没有 {'、'.join(unknown)}，无从替换")
    return overlay


def _every_role(response: dict[Role, Response]) -> dict[Role, Response]:
    lacking = [role.value for role in Role if role not in response]
    if lacking:
        raise ValueError(f"缺少角色 {'、'.join(lacking)}")
    return response


class Parameters(Value):
    """Every figure of the simulation by section: `parameters.party.turnout.value`."""

    format: Literal[1]
    version: Words
    structure: Structure
    seats: SeatNumbers
    party: Party
    residents: Residents
    women: Women
    people: People
    polls: Polls
    response: Annotated[dict[Role, Response], AfterValidator(_every_role)]
    work: Work
    vetting: Vetting
    events: Events
    villages: Villages
    in_villages: Annotated[dict[str, Parameter], AfterValidator(_known_figures)]  # "structure.households" → the figure

    def of(self, kind: str) -> Self:
        """The figures for units of this kind (a pack's `kind`): in villages some are otherwise than in communities.

        Asked again of what it returns, it changes nothing more.
        """
        if kind != "village":
            return self
        sections: dict[str, dict[str, Parameter]] = {}
        for path, parameter in self.in_villages.items():
            section, _, name = path.partition(".")
            sections.setdefault(section, {})[name] = parameter
        changed = {name: getattr(self, name).model_copy(update=figures) for name, figures in sections.items()}
        return self.model_copy(update=changed)

    @property
    def sha256(self) -> str:
        """Identifies the content: independent of layout, comments and the order of keys."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def items(self) -> list[tuple[str, Parameter]]:
        """Every parameter with its dotted name, in the order of the sections."""
        return [(path, parameter) for path, parameter in _walk("", self) if isinstance(parameter, Parameter)]


def _walk(path: str, node: object) -> list[tuple[str, object]]:
    if isinstance(node, Parameter) or not isinstance(node, Value | dict):
        return [(path, node)]
    inner = node if isinstance(node, dict) else {name: getattr(node, name) for name in type(node).model_fields}
    return [found for name, child in inner.items() for found in _walk(f"{path}.{name}" if path else str(name), child)]


class ParametersError(ValueError):
    """The parameter file cannot be used; `problems` lists everything wrong with it, in Chinese, with line numbers."""

    def __init__(self, origin: str, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"参数文件 {origin} 有 {len(problems)} 处问题：\n" + "\n".join(problems))


def load(path: Path | None = None) -> Parameters:
    """Read and check a parameter file; without a path, the one that ships with the package.

    Raises ParametersError naming every problem at once.
    """
    if path is None:
        return _shipped()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ParametersError(str(path), [f"读不到文件：{error}"]) from error
    return parse(text, str(path))


@cache
def _shipped() -> Parameters:
    return parse(files("simulation.population").joinpath("parameters.yaml").read_text(encoding="utf-8"))


def parse(text: str, origin: str = "parameters.yaml") -> Parameters:
    """Check the text of a parameter file. Raises ParametersError naming every problem at once."""
    try:
        raw = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ParametersError(origin, [f"第 {line} 行：YAML 格式有误（{error.problem}）"]) from error
    except YAMLError as error:
        raise ParametersError(origin, [f"YAML 格式有误（{error}）"]) from error
    try:
        return Parameters.model_validate(raw)
    except ValidationError as error:
        found = sorted({(_line(raw, problem["loc"]), _said(problem)) for problem in error.errors()})
        raise ParametersError(origin, [f"第 {line} 行：{said}" for line, said in found]) from error


_NUMBERS = ("value", "low", "high")


def _said(problem: ErrorDetails) -> str:
    names = [str(part) for part in problem["loc"] if part not in ("int", "float", "[key]")]
    path, kind = ".".join(names) or "整个文件", problem["type"]
    if kind == "missing":
        return f"缺少“{path}”"
    if kind == "extra_forbidden":
        return f"不认识的项目“{path}”"
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return f"“{path}”应为若干“名称: 值”，填的是 {problem['input']!r}"
    if kind == "value_error":
        return f"“{path}”：{problem['ctx']['error']}"
    if names and names[-1] in _NUMBERS:
        return f"“{path}”应为数字，填的是 {problem['input']!r}"
    if names and names[-1] == "confidence":
        return f"“{path}”应为 {'、'.join(Confidence)} 之一，填的是 {problem['input']!r}"
    return f"“{path}”填写有误：{problem['input']!r}（{problem['msg']}）"


def _line(raw: Any, loc: tuple[int | str, ...]) -> int:
    """The line of the deepest part of a location that the file really has."""
    line, node = 1, raw
    for part in loc:
        if not isinstance(node, CommentedMap) or part not in node:
            break
        line = node.lc.key(part)[0] + 1
        node = node[part]
    return line


_HEADER = ("| 参数 | 含义 | 值 | 范围 | 单位 | 可信度 | 来源 |", "|---|---|---|---|---|---|---|")


def as_markdown(parameters: Parameters | None = None) -> str:
    """The page docs/parameters.md: every parameter with value, range, unit, confidence, source."""
    known = parameters or load()
    lines = [
        "# 演练参数",
        "",
        "本页由 `simulation/population/parameters.yaml` 生成，请勿手改。可信度：V 已读全文，P4 街道方案，",
        "S 摘录或模板，G 一般经验、未经核实。各单位之间有差别的数值，在“低–值–高”的三角分布中抽取。",
        "",
        f"版本 {known.version}，内容校验 `{known.sha256}`。",
    ]
    section = ""
    for path, parameter in known.items():
        head, _, name = path.partition(".")
        if head != section:
            section = head
            lines += ["", f"## {head}", "", *_HEADER]
        lines.append(
            f"| `{name}` | {parameter.text} | {parameter.value} | {parameter.low}–{parameter.high} "
            f"| {parameter.unit} | {parameter.confidence.value} | {parameter.source} |"
        )
    return "\n".join(lines) + "\n"
