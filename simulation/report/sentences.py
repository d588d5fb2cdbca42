"""The sentence that matters, in Chinese: how many finished in order and on time, who was held and why, what was caught.

The same words stand at the head of the report and at the end of `huanjie rehearse`.
"""

from collections import Counter
from collections.abc import Mapping

from policies.rule import Rule
from simulation.digest import EXCLUDED, POLL_FAILED, REFUSED, Digest, Trouble
from simulation.report.material import Material


def headline(material: Material) -> str:
    """How it ended for the units, in one sentence."""
    digest = material.digest
    if digest.on_time == digest.units:
        return f"{digest.units} 个{material.words.unit}全部按次序、按期完成换届。"
    parts = [f"{digest.on_time} 个按次序、按期完成换届"]
    if digest.late:
        parts.append(f"{digest.late} 个完成但超过期限")
    if digest.held:
        parts.append(f"{digest.held} 个暂缓")
    unfinished = digest.units - digest.completed - digest.held
    if unfinished:
        parts.append(f"{unfinished} 个没有结果")
    return f"{digest.units} 个{material.words.unit}中，{'，'.join(parts)}。"


def sentences(material: Material) -> list[str]:
    """Everything else worth one breath each: the held, the late, what the rules caught, the faults, the checker."""
    said = [*_held(material), *_late(material.digest), _caught(material.digest)]
    said += _faults(material)
    said.append(_blocks(material.false_blocks))
    said.append(_checked(material))
    said.append(material.summary.get("projection", {}).get("sentence", ""))
    return [sentence for sentence in said if sentence]


def _held(material: Material) -> list[str]:
    groups = Counter((trouble.held_by, trouble.reason) for trouble in material.digest.troubles if trouble.held)
    return [
        f"暂缓 {count} 个：{reason or '没有写明原因'}（{ruled(rule, material.rules)}）。"
        for (rule, reason), count in groups.most_common()
    ]


def _late(digest: Digest) -> list[str]:
    late = [trouble for trouble in digest.troubles if not trouble.held]
    if not late:
        return []
    return [f"超过期限的 {len(late)} 个都已标记，责任主体见下表。"]


def _caught(digest: Digest) -> str:
    refused = sum(count for (_, how), count in digest.findings.items() if how == REFUSED)
    excluded = sum(count for (_, how), count in digest.findings.items() if how == EXCLUDED)
    failed = sum(count for (_, how), count in digest.findings.items() if how == POLL_FAILED)
    parts = [
        f"办理时退回 {refused} 处不合规定的提交" if refused else "",
        f"审查中排除 {excluded} 名人选" if excluded else "",
        f"{digest.failed_polls} 次投票因 {failed} 处问题不算数、重新组织" if digest.failed_polls else "",
        f"另行选举 {digest.further_votes} 次" if digest.further_votes else "",
        f"票数相等重新投票 {digest.revotes} 次" if digest.revotes else "",
        f"逾期环节标记 {digest.overdue.total()} 个" if digest.overdue else "",
    ]
    said = "，".join(part for part in parts if part)
    return f"规则的作用：{said}。" if said else "全程没有一处需要规则退回、排除或标记。"


def _faults(material: Material) -> list[str]:
    planted = sum(fault.planted for fault in material.faults)
    detected = sum(fault.detected for fault in material.faults)
    said = []
    if planted:
        missed = [fault for fault in material.faults if fault.detected < fault.planted]
        if not missed:
            said.append(f"有意植入的 {planted} 处程序错误全部被发现。")
        else:
            names = "、".join(f"{fault.code}（{fault.planted - fault.detected} 处）" for fault in missed)
            said.append(f"有意植入的 {planted} 处程序错误中发现 {detected} 处；没有发现的：{names}。")
    others = [fault for fault in material.faults if fault.why_not]
    if others:
        said.append(
            "不适用于本方案、没有植入：" + "；".join(f"{fault.code}，{fault.why_not}" for fault in others) + "。"
        )
    return said


def _blocks(false_blocks: int) -> str:
    return f"有 {false_blocks} 次正常办理被误拦，须查明。" if false_blocks else "没有误拦任何正常办理。"


def _checked(material: Material) -> str:
    if not material.broken:
        return f"独立复核从原始数字重算全部 {material.digest.lines} 条记录，未发现违规。"
    return f"独立复核发现 {material.broken} 处违规，见“独立复核”一节。"


def explain(trouble: Trouble, material: Material) -> str:
    """Why a unit is in the table: the hold's reason, or what was done after which last day and where time was lost."""
    codes = "、".join(material.planted_in.get(trouble.unit, ()))
    planted = f"本{material.words.unit}植入了 {codes}。" if codes else ""
    if trouble.held:
        return f"{trouble.reason or '没有写明原因'}（{ruled(trouble.held_by, material.rules)}）。{planted}"
    missed = [f"{_what(what, material)}期限 {limit}，实际 {done} 完成" for what, limit, done in trouble.missed]
    slow = [
        f"{material.titles.get(delay.gate.partition('#')[0], delay.gate)}"
        f"逾期 {delay.days} 天（{_short(material.roles.get(delay.role, delay.role))}）"
        for delay in trouble.delays
    ]
    return "；".join(missed) + (f"。拖延最久：{'、'.join(slow)}" if slow else "") + f"。{planted}"


def _what(what: str, material: Material) -> str:
    return material.bodies.get(what) or material.titles.get(what) or "全部换届工作"


def _short(name: str) -> str:
    return name.partition("（")[0]


def ruled(rule: str, rules: Mapping[str, Rule]) -> str:
    """A rule's id with its title, or the id alone when the book does not know it."""
    known = rules.get(rule)
    return f"{rule} {known.title}" if known else rule or "未写明规则"
