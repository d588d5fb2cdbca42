"""R25-…, V25-…: clauses of the two organic laws in force since 2026-01-01 that a written plan can break.

The number in an id is the article of the 2025 text: R25 the Residents' Committee Organic Law, V25 the Villagers' one.
Articles 8, 18, 19, 27 and 29 (R25) and 18 (V25) also govern the count and stand in policies/rules/polls.py. The texts are
a third party's transcription, not compared with the gazette: a live county confirms them once (confidence T).
"""

from policies.rule import LAW_2025_IN_FORCE, Confidence, Law, Rule, declare

RESIDENTS = "《城市居民委员会组织法》（2025）"
VILLAGE = "《村民委员会组织法》（2025）"


def _clause(
    id_: str,
    article: str,
    title: str,
    quote: str,
    on_failure: str,
    enforced: tuple[str, ...] = ("lint",),
    floor: bool = False,
) -> Rule:
    law = RESIDENTS if id_.startswith("R25") else VILLAGE
    return declare(
        Rule(
            id=id_,
            title=title,
            text=quote,
            on_failure=on_failure,
            source=f"{law}第{article}条：“{quote}”",
            confidence=Confidence.TRANSCRIBED,
            law_version=Law.OF_2025,
            effective_from=LAW_2025_IN_FORCE,
            article=id_.partition("-")[2],
            national_floor=floor,
            enforced=enforced,
        )
    )


R25_13 = _clause(
    "R25-13",
    "十三",
    "居民代表和居民小组长的产生",
    "居民代表由居民小组一般按每二十户至五十户推选一人产生，也可以根据实际需要在适当范围内推选产生。"
    "居民小组组长由居民小组从居民代表中推选。",
    "先由居民小组推选居民代表，再从居民代表中推选小组长",
)
R25_14 = _clause(
    "R25-14",
    "十四",
    "选举方式由居民意见决定",
    "居民委员会主任、副主任和委员，由本社区全体有选举权的居民或者由每户派代表选举产生；根据居民意见，也可以由居民代表选举产生。",
    "采取居民代表选举的，先征求居民意见并留存记录",
)
R25_15 = _clause(
    "R25-15",
    "十五",
    "退出居民选举委员会",
    "居民选举委员会成员或者其近亲属被提名为居民委员会成员候选人的，应当退出居民选举委员会。",
    "自本人或者近亲属被提名之日起退出，依次递补或者另行推选",
)
R25_16 = _clause(
    "R25-16",
    "十六",
    "选民登记",
    "居民委员会选举前，应当对下列表示参加选举的人员进行登记：（一）户籍在本社区的居民；（二）户籍不在本社区但在本社区常住的居民。"
    "户籍不在本社区，在本社区工作六个月以上的社区工作者，本人申请参加选举的，由居民选举委员会确认并进行登记。",
    "安排选民登记步骤和期间",
    floor=True,
)
R25_17 = _clause(
    "R25-17",
    "十七",
    "名单公布二十日",
    "经登记的选民名单应当在选举日的二十日前公布；采取每户派代表或者居民代表选举方式的，"
    "应当同时公布户的代表或者新一届居民代表名单。"
    "对名单有异议的，应当自名单公布之日起五日内向居民选举委员会提出申诉，居民选举委员会应当自收到申诉之日起三日内作出处理决定，"
    "并公布处理结果。",
    "提前推选代表和公布名单，或推后选举日",
    floor=True,
)
R25_22 = _clause(
    "R25-22",
    "二十二",
    "不正当手段当选无效",
    "以暴力、威胁、欺骗、贿赂、伪造选票、虚报选举票数等不正当手段当选居民委员会成员的，当选无效。",
    "由街道办事处或者区人民政府调查并依法处理",
    enforced=(),  # a matter of conduct, not of a written plan
)
R25_25 = _clause(
    "R25-25",
    "二十五",
    "十日内完成移交",
    "居民委员会应当自新一届居民委员会产生之日起十日内完成工作移交。工作移交由居民选举委员会主持，由街道办事处监督。",
    "把移交期限改为产生之日起十日内",
    floor=True,
)
R25_36 = _clause(
    "R25-36",
    "三十六",
    "居务监督委员会的产生和回避",
    "其成员由居民会议或者居民代表会议在居民或者社区工作者中推选产生。居民委员会成员及其近亲属不得担任居务监督委员会成员。",
    "另行推选",
    enforced=(),  # about persons: see S1 and X1
)
R25_38 = _clause(
    "R25-38",
    "三十八",
    "离任审计结果选举前公布",
    "审计结果应当公布，其中离任经济责任审计结果应当在下一届居民委员会选举之前公布。",
    "在选举之前安排离任经济责任审计并公布结果",
)

V25_14 = _clause(
    "V25-14",
    "十四",
    "村民直接选举",
    "村民委员会主任、副主任和委员，由村民直接选举产生。",
    "改为由登记参加选举的村民直接投票",
)
V25_15 = _clause(
    "V25-15",
    "十五",
    "退出村民选举委员会",
    "村民选举委员会成员或者其近亲属被提名为村民委员会成员候选人的，应当退出村民选举委员会。",
    "自本人或者近亲属被提名之日起退出，依次递补或者另行推选",
)
V25_16 = _clause(
    "V25-16",
    "十六",
    "村民登记",
    "村民委员会选举前，应当对下列人员进行登记，列入参加选举的村民名单：（一）户籍在本村并且在本村居住的村民；"
    "（二）户籍在本村，不在本村居住，本人表示参加选举的村民；（三）户籍不在本村，在本村居住或者从事村务工作一年以上，"
    "本人申请参加选举，并且经村民会议或者村民代表会议同意参加选举的公民。"
    "已在户籍所在村或者居住村登记参加选举的村民，不得再参加其他地方村民委员会的选举。",
    "安排登记步骤和期间",
    floor=True,
)
V25_17 = _clause(
    "V25-17",
    "十七",
    "名单公布二十日",
    "登记参加选举的村民名单应当在选举日的二十日前由村民选举委员会公布。"
    "对登记参加选举的村民名单有异议的，应当自名单公布之日起五日内向村民选举委员会申诉，村民选举委员会应当自收到申诉之日起三日内"
    "作出处理决定，并公布处理结果。",
    "提前公布名单，或推后选举日",
    floor=True,
)
V25_24 = _clause(
    "V25-24",
    "二十四",
    "十日内完成移交",
    "村民委员会应当自新一届村民委员会产生之日起十日内完成工作移交。工作移交由村民选举委员会主持，由乡、民族乡、镇的人民政府监督。",
    "把移交期限改为产生之日起十日内",
    floor=True,
)
