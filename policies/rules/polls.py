"""The rules of a poll, from quorum to a further vote: number, text, limit and message of each stand here once.

Party (P5, P7–P15), village (V1, V8, V10, V14–V20), residents' (R5, and R25-… of the 2025 law) and supervisory
committee (S2). `R25-19` is article 19 of the Residents' Committee Organic Law of 2025, `V25-18` article 18 of the
Villagers' Committee one. Which rule governs which poll is chosen in `policies.counting.regime`.
"""

from enum import StrEnum
from typing import NamedTuple

from policies.arithmetic import at_least, more_than
from policies.finding import Finding, Severity
from policies.rule import LAW_2025_IN_FORCE, Confidence, Law, Rule, declare

PARTY = "《中国共产党基层组织选举工作条例》（摘录）"
VILLAGE_2018, VILLAGE_2025 = "《村民委员会组织法》（2018）", "《村民委员会组织法》（2025）"
RESIDENTS_2018, RESIDENTS_2025 = "《城市居民委员会组织法》（2018）", "《城市居民委员会组织法》（2025）"
PLAN = "街道方案 "

COUNT = ("count",)


class Share(NamedTuple):
    """A fraction of a whole: 「以上」 includes the number itself, 「过」 does not (民法典 第1259条)."""

    top: int
    bottom: int
    inclusive: bool

    def needed(self, whole: int) -> int:
        """The smallest number of persons or votes that reaches this share of `whole`; never 0: nobody elects no one."""
        return max(1, (at_least if self.inclusive else more_than)((self.top, self.bottom), whole))

    @property
    def chinese(self) -> str:
        """As a clause says it: 「五分之四以上」, 「过半数」."""
        if (self.top, self.bottom) == (1, 2):
            return "半数以上" if self.inclusive else "过半数"
        digits = "零一二三四五"
        name = f"{digits[self.bottom]}分之{digits[self.top]}"
        return f"{name}以上" if self.inclusive else f"超过{name}"

    def __str__(self) -> str:
        return f"{self.top}/{self.bottom}"


FOUR_FIFTHS = Share(4, 5, inclusive=True)
MAJORITY = Share(1, 2, inclusive=False)
OVER_TWO_THIRDS = Share(2, 3, inclusive=False)
TWO_THIRDS = Share(2, 3, inclusive=True)
ONE_THIRD = Share(1, 3, inclusive=True)


class Whole(StrEnum):
    """The denominator of a fraction; most real disputes are about a wrong one."""

    DUE = "due"
    REGISTERED = "registered"
    REPRESENTATIVES = "representatives"
    HOUSEHOLDS = "households"
    PRESENT = "present"
    COLLECTED = "collected"


class Clause(NamedTuple):
    """A rule as it applies to one kind of poll, with the source to quote there (its own, or one by analogy)."""

    rule: Rule
    source: str | None = None


class Threshold(NamedTuple):
    """A share of a named denominator that a clause demands."""

    clause: Clause
    share: Share
    of: Whole
    label: str


# --- Party organization ---

P5 = declare(
    Rule(
        id="P5",
        title="候选人差额",
        text="候选人的差额不少于应选人数的百分之二十，不足一人的进为一人（应选3、5、7名，候选人至少4、6、9名）。",
        on_failure="候选人名单不予批准，补足差额后重报。",
        source=f"{PLAN}三（二）1（2）三：“候选人的差额不少于应选人数的20%”",
        confidence=Confidence.PLAN,
        enforced=("count", "party.slate"),
    )
)
P7 = declare(
    Rule(
        id="P7",
        title="党员大会到会人数",
        text="有选举权的到会人数不少于应到会人数的五分之四，会议有效。",
        on_failure="休会，不得投票，另行召集。",
        source=f"{PARTY}：“有选举权的到会人数不少于应到会人数的五分之四，会议有效”（1990年暂行条例为“超过五分之四”）",
        confidence=Confidence.EXCERPT,
        enforced=(
            "count",
            "party.meeting",
            "party.assembly",
            "party.plenary",
            "checker",
        ),
    )
)
P8 = declare(
    Rule(
        id="P8",
        title="可不计入应到会的党员",
        text=(
            "五类党员经报上级党组织同意并经党员大会通过，可不计入应到会人数：因病不能表达本人意志的；自费出国半年以上的；"
            "正在服刑的；长期卧床、生活不能自理的；外出六个月以上、按规定应转组织关系而没有转走的。"
        ),
        on_failure="未经上级同意和大会通过的，仍计入应到会人数。",
        source=f"{PARTY}：可不计算在应到会人数之内的五种情形",
        confidence=Confidence.EXCERPT,
        enforced=(
            "party.meeting",
            "checker",
        ),
    )
)
P9 = declare(
    Rule(
        id="P9",
        title="党内选举无记名投票",
        text="选举采用无记名投票，不得委托投票；候选人不得担任监票人、计票人。",
        on_failure="选举无效，改用无记名投票重新选举。",
        source=(
            f"{PARTY}：“选举采用无记名投票的方式”；{PLAN}三（二）1（3）：“选举采取无记名差额选举的方式进行”；"
            "不得委托投票、候选人不得监票计票：一般知识，未经核对"
        ),
        confidence=Confidence.EXCERPT,
        enforced=(
            "count",
            "party.assembly",
            "residents.poll",
        ),
    )
)
P10 = declare(
    Rule(
        id="P10",
        title="收回选票不得多于投票人数",
        text="收回的选票等于或少于投票人数，选举有效；多于投票人数，选举无效，重新选举。",
        on_failure="本次选举无效，封存选票，重新选举。",
        source=f"{PARTY}：“选举收回的选票，等于或少于投票人数，选举有效；多于投票人数，选举无效，应重新选举”",
        confidence=Confidence.EXCERPT,
        enforced=(
            "count",
            "party.assembly",
            "party.plenary",
            "checker",
        ),
    )
)
P11 = declare(
    Rule(
        id="P11",
        title="每票所选人数不得多于应选名额",
        text="每一选票所选人数等于或少于应选名额的为有效票，多于应选名额的为无效票（以应选名额为准，不以差额人数为准）。",
        on_failure="该张选票无效。",
        source=f"{PARTY}：“每一选票所选人数，等于或少于规定应选人数的为有效票，多于规定应选人数的为无效票”",
        confidence=Confidence.EXCERPT,
        enforced=(
            "count",
            "party.assembly",
            "checker",
        ),
    )
)
P12 = declare(
    Rule(
        id="P12",
        title="党内当选票数",
        text="赞成票超过实到会有选举权人数的一半始得当选（分母是到会人数，不是收回票或有效票）。",
        on_failure="未获过半数，不得当选。",
        source=f"{PARTY}：“获得赞成票超过实到会有选举权的人数的一半，始得当选”",
        confidence=Confidence.EXCERPT,
        enforced=(
            "count",
            "party.assembly",
            "party.plenary",
            "checker",
        ),
    )
)
P13 = declare(
    Rule(
        id="P13",
        title="党内选举票数相等",
        text="过半数人数多于应选名额的，得票多的当选；票数相等不能确定的，就票数相等的人重新投票，得票多的当选。",
        on_failure="就票数相等的人重新投票，不得抽签决定。",
        source=f"{PARTY}：“如遇票数相等不能确定当选人时，应就票数相等的被选举人重新投票，得票多的当选”",
        confidence=Confidence.EXCERPT,
        enforced=(
            "count",
            "party.assembly",
            "checker",
        ),
    )
)
P14 = declare(
    Rule(
        id="P14",
        title="党内当选人数不足",
        text="当选人少于应选名额的，不足名额另行选举；接近应选名额的，经半数以上选举人同意，可减少名额不再选举。",
        on_failure="不足名额另行选举；如减少名额，须经半数以上选举人同意并写入会议记录。",
        source=f"{PARTY}：“如接近应选名额，经半数以上选举人同意，也可以减少名额，不再进行选举”",
        confidence=Confidence.EXCERPT,
        enforced=(
            "count",
            "party.assembly",
        ),
    )
)
P15 = declare(
    Rule(
        id="P15",
        title="书记、副书记等额选举",
        text="新一届委员会全体会议等额选举书记、副书记；街道党工委批复，书记报区委组织部备案。",
        on_failure="未经批复不得任职。",
        source=(
            f"{PLAN}三（二）1（3）、（4）：“再召开委员会全体会议等额选举产生书记、副书记”"
            "“街道党工委对选举结果及时进行批复”“并将党组织书记名单报区委组织部备案”"
        ),
        confidence=Confidence.PLAN,
        enforced=(
            "count",
            "party.plenary",
            "party.result_approval",
        ),
    )
)

# --- Village committee ---

V1 = declare(
    Rule(
        id="V1",
        title="村委会成员中应有妇女",
        text="村民委员会由三至七人组成，应当有妇女成员；每届任期五年。",
        on_failure="为妇女保留名额，在余缺名额中选出。",
        source=f"{VILLAGE_2018}第六条、第十一条，（2025）第八条、第十四条：“村民委员会成员中，应当有妇女成员”",
        confidence=Confidence.VERIFIED,
        article="6、11（2018）、8、14（2025）",
        enforced=(
            "count",
            "prep.plan",
            "residents.nomination",
            "residents.candidates",
        ),
    )
)
V8 = declare(
    Rule(
        id="V8",
        title="村委会候选人名额",
        text="由登记参加选举的村民直接提名候选人；候选人的名额应当多于应选名额（按职务，各省另有规定）。",
        on_failure="补足候选人后方可确定名单。",
        source=f"{VILLAGE_2018}第十五条：“候选人的名额应当多于应选名额”",
        confidence=Confidence.VERIFIED,
        law_version=Law.OF_2018,
        article="15",
        enforced=COUNT,
    )
)
V10 = declare(
    Rule(
        id="V10",
        title="村委会选举无记名投票、当场公布",
        text="设立秘密写票处，无记名投票、公开计票，选举结果当场公布；选票过少的票箱混合后计票，不单独写明得票。",
        on_failure="选举可被申诉；未用无记名投票的，重新投票。",
        source=f"{VILLAGE_2018}第十五条、（2025）第十八条：“选举实行无记名投票、公开计票的方法，选举结果应当当场公布”",
        confidence=Confidence.VERIFIED,
        article="15（2018）、18（2025）",
        enforced=(
            "count",
            "residents.stations",
            "residents.poll",
            "residents.announcement",
        ),
    )
)
V14 = declare(
    Rule(
        id="V14",
        title="村委会选举过半数投票有效",
        text="由村民直接选举；登记参加选举的村民过半数投票，选举有效。",
        on_failure="选举无效，另定选举日重新投票。",
        source=f"{VILLAGE_2018}第十五条、（2025）第十八条：“有登记参加选举的村民过半数投票，选举有效”",
        confidence=Confidence.VERIFIED,
        article="15（2018）、18（2025）",
        national_floor=True,
        enforced=(
            "count",
            "residents.poll",
        ),
    )
)
DIRECT_VOTE = f"{VILLAGE_2018}第十一条、（2025）第十四条：“村民委员会主任、副主任和委员，由村民直接选举产生”"
V15 = declare(
    Rule(
        id="V15",
        title="收回选票不得多于投票人数",
        text="收回的票数等于或少于投票人数的有效，多于投票人数的无效（全场或该票箱，依各省规定）。",
        on_failure="本次投票无效，封存选票，重新投票。",
        source="浙江省办法第二十七条等：“所投的票数，等于或者少于投票人数的有效，多于投票人数的无效”",
        confidence=Confidence.VERIFIED,
        enforced=(
            "count",
            "residents.poll",
            "checker",
        ),
    )
)
V16 = declare(
    Rule(
        id="V16",
        title="每票所选人数、兼选职务",
        text="每一选票所选人数不得多于应选名额；同一人不得在两个职务上当选（浙江：同票选同一人任两职的，该票无效）。",
        on_failure="超选的选票无效；一人只任一职，按较高职务计。",
        source="北京市、浙江省村民委员会选举办法：“等于或者少于应选名额的有效，多于应选名额的无效”",
        confidence=Confidence.VERIFIED,
        enforced=(
            "count",
            "residents.ballot_rules",
        ),
    )
)
V17 = declare(
    Rule(
        id="V17",
        title="村委会当选票数",
        text="候选人获得参加投票的村民过半数的选票，始得当选（分母是参加投票人数）。",
        on_failure="不得当选；不足的名额另行选举。",
        source=f"{VILLAGE_2018}第十五条、（2025）第十八条：“候选人获得参加投票的村民过半数的选票，始得当选”",
        confidence=Confidence.VERIFIED,
        article="15（2018）、18（2025）",
        national_floor=True,
        enforced=(
            "count",
            "residents.poll",
        ),
    )
)
V18 = declare(
    Rule(
        id="V18",
        title="票数相等再次投票",
        text="过半数人数多于应选名额的，得票多的当选；票数相等不能确定的，就票数相等的人再次投票，得票多的当选。",
        on_failure="就票数相等的人再次投票，不得抽签决定。",
        source="浙江省办法第二十八条等：“应当就得票数相等的人进行再次投票，以得票多的当选”",
        confidence=Confidence.VERIFIED,
        enforced=(
            "count",
            "residents.poll",
        ),
    )
)
V19 = declare(
    Rule(
        id="V19",
        title="村委会另行选举",
        text="第一次投票未当选的人员得票多的为候选人；得票多的当选，但不得少于已投选票总数的三分之一。",
        on_failure="达不到三分之一的不得当选，名额空缺。",
        source=(
            f"{VILLAGE_2018}第十五条、（2025）第十八条："
            "“候选人以得票多的当选，但是所得票数不得少于已投选票总数的三分之一”"
        ),
        confidence=Confidence.VERIFIED,
        article="15（2018）、18（2025）",
        national_floor=True,
        enforced=(
            "count",
            "residents.runoff",
        ),
    )
)
V20 = declare(
    Rule(
        id="V20",
        title="村委会名额暂缺",
        text="已选足三人的，不足名额可以暂缺（条件各省不同）。主任暂缺由得票多的副主任主持；主任、副主任均缺的，浙江由村民代表会议"
        "在当选的委员中推选一人，上海由得票多的委员临时主持、得票相等的由村民会议或者村民代表会议确定；法律没有规定的，由会议推选一人。",
        on_failure="未满三人的，继续另行选举；主持工作的人不合规定的，更正或者重新推选。",
        source="浙江省办法第三十条：“村民委员会成员已选足三人，不足职位可以空缺”“主任、副主任都未选出的，由村民代表会议在当选的委员中"
        "推选一人主持工作”；上海市办法第二十一条：“由得票多的委员临时主持村民委员会工作；得票相等的，由村民会议或者村民代表会议确定”；"
        "国家法律和北京没有规定，由会议推选是本项目的执行口径",
        confidence=Confidence.VERIFIED,
        enforced=(
            "count",
            "residents.runoff",
            "residents.vacancy",
            "residents.acting",
        ),
    )
)
V25_18 = declare(
    Rule(
        id="V25-18",
        title="村委会候选人的提名与名额（2025年法）",
        text="候选人由村党组织或者登记参加选举的村民提名推荐；法定四类人员不得作为候选人；名额应当多于应选名额；"
        "应当组织候选人与村民见面。",
        on_failure="补足候选人后方可确定名单。",
        source=f"{VILLAGE_2025}第十八条：“村民委员会成员候选人由村党组织或者登记参加选举的村民提名推荐”“被开除中国共产党党籍，"
        "因犯罪受过刑事处罚，利用宗族或者黑恶势力从事非法活动，组织或者参加非法宗教活动或者邪教活动的，不得作为候选人。"
        "候选人的名额应当多于应选名额。村民选举委员会应当组织候选人与村民见面”",
        confidence=Confidence.TRANSCRIBED,
        law_version=Law.OF_2025,
        effective_from=LAW_2025_IN_FORCE,
        article="18",
        enforced=(
            "count",
            "residents.nomination",
            "residents.candidates",
            "residents.meeting",
        ),
    )
)

# --- Residents' committee and supervisory committee ---

R5 = declare(
    Rule(
        id="R5",
        title="居委会选举有效与当选",
        text="无记名投票，不办理委托投票；过半数参加投票，选举有效；获参加投票人员过半数选票，始得当选。",
        on_failure="未达人数的选举无效，另行召集投票；未过半数的不得当选。",
        source=(
            f"{RESIDENTS_2018}第九条：“过半数出席，才能举行。会议的决定，由出席人的过半数通过”；"
            f"{PLAN}三（二）2（5）：“有半数以上居民代表投票，选举有效。候选人获得过半数以上选票，始得当选”，"
            "“半数以上”含恰好一半，与法律的“过半数”不一致，从严按过半数执行"
        ),
        confidence=Confidence.PLAN,
        law_version=Law.OF_2018,
        article="9",
        enforced=(
            "count",
            "residents.poll",
            "checker",
        ),
    )
)
S2 = declare(
    Rule(
        id="S2",
        title="监督委员会推选",
        text="居民会议或居民代表会议推选，一般三人，举手表决，过半数出席方可举行，出席人过半数通过，推选结果当场公布；"
        "主任原则上由社区党组织纪检委员担任。",
        on_failure="重新推选。",
        source=(
            f"{PLAN}三（二）3（2）：“以举手表决方式产生社区居务监督委员会成员，推选结果当场公布”，二（五）：“一般由3人组成”；"
            f"{RESIDENTS_2018}第九条：“过半数出席，才能举行。会议的决定，由出席人的过半数通过”"
        ),
        confidence=Confidence.PLAN,
        enforced=(
            "count",
            "supervisory.vote",
            "checker",
        ),
    )
)


def _community_2025(
    number: int,
    title: str,
    text: str,
    on_failure: str,
    quote: str,
    floor: bool = False,
    enforced: tuple[str, ...] = (),
) -> Rule:
    return declare(
        Rule(
            id=f"R25-{number}",
            title=title,
            text=text,
            on_failure=on_failure,
            source=f"{RESIDENTS_2025}第{_CHINESE_ARTICLE[number]}条：“{quote}”",
            confidence=Confidence.TRANSCRIBED,
            law_version=Law.OF_2025,
            effective_from=LAW_2025_IN_FORCE,
            article=str(number),
            national_floor=floor,
            enforced=(*COUNT, *enforced),
        )
    )


_CHINESE_ARTICLE = {8: "八", 18: "十八", 19: "十九", 27: "二十七", 29: "二十九"}

R25_8 = _community_2025(
    8,
    "居委会成员中应有妇女",
    "居民委员会由五至九人组成，应当有妇女成员，实行近亲属回避。",
    "为妇女保留名额，在余缺名额中选出。",
    "居民委员会成员中，应当有妇女成员",
)
R25_18 = _community_2025(
    18,
    "居委会候选人的提名与名额",
    "候选人由社区党组织或者十名以上选民联合提名推荐；法定四类人员不得作为候选人；名额应当多于应选名额；应当组织候选人与居民见面。",
    "补足候选人后方可确定名单。",
    "居民委员会成员候选人由社区党组织或者十名以上选民联合提名推荐”“被开除中国共产党党籍，因犯罪受过刑事处罚，"
    "利用黑恶势力从事非法活动，组织或者参加非法宗教活动或者邪教活动的，不得作为候选人。候选人的名额应当多于应选名额。"
    "居民选举委员会应当组织候选人与居民见面",
)
R25_19 = _community_2025(
    19,
    "居委会选举有效、当选与另行选举",
    (
        "无记名投票；选民过半数、户的代表过半数或者超过三分之二的居民代表参加投票，选举有效；"
        "获参加投票人员过半数选票始得当选；另行选举得票多的当选，但不得少于已投选票总数的三分之一。"
        "外出的选民可以书面委托本社区其他选民，每人接受委托不超过三人，候选人不得接受委托，公布双方名单；居民代表选举不实行委托。"
    ),
    "未达人数的选举无效，另定选举日重新投票；未达票数的不得当选，不足名额另行选举；违规的委托无效。",
    (
        "有选民的过半数参加投票，选举有效……有户的代表的过半数参加投票，选举有效……有超过三分之二的居民代表参加投票，"
        "选举有效。候选人获得参加投票的人员过半数的选票，始得当选……所得票数不得少于已投选票总数的三分之一……可以书面委托本社区"
        "其他选民代为投票。每一选民接受的委托不得超过三人。候选人不得接受委托投票……采取居民代表选举方式的，不实行委托投票"
    ),
    floor=True,
    enforced=("residents.proxies",),
)
R25_27 = _community_2025(
    27,
    "居民会议人数",
    "居民会议应当有全体十八周岁以上的居民或者户的代表过半数参加，决定经到会人员过半数通过。",
    "会议不得举行，另行召集。",
    "应当有全体十八周岁以上的本社区居民或者户的代表的过半数参加……应当经到会人员的过半数通过",
)
R25_29 = _community_2025(
    29,
    "居民代表会议人数",
    "居民代表会议应当有三分之二以上的组成人员参加方可召开，决定经到会组成人员过半数通过。",
    "会议不得召开，另行召集。",
    "应当有三分之二以上的组成人员参加方可召开……应当经到会组成人员的过半数通过",
)

BY_ANALOGY = "（居委会的规定对此未作规定，参照村委会选举规则）"

# --- What each says when it applies ---


def quorum_missed(quorum: Threshold, whole: int, reached: int, void: str = "选举无效") -> Finding:
    """Too few took part: `reached` of `whole` persons. Names the number needed, and exactly half as not enough."""
    needed = quorum.share.needed(whole)
    exact = "恰好等于这一比例，不算“超过”；" if reached * quorum.share.bottom == whole * quorum.share.top else ""
    message = (
        f"{quorum.label} {whole} 人，参加 {reached} 人，未达到{quorum.share.chinese}："
        f"{exact}至少须 {needed} 人，还差 {needed - reached} 人，{void}。"
    )
    remedy = quorum.clause.rule.on_failure
    if quorum.clause.rule is P7:
        remedy += "应到会人数如有依规可不计入的（P8），须先报上级同意并经大会通过。"
    return _say(quorum.clause, message, value=reached, limit=needed, remedy=remedy)


def ballots_surplus(
    clause: Clause, collected: int, whole: int, label: str, margin: int | None, *, exact: bool = True
) -> Finding:
    """More ballots in the box than `whole` (persons voting, or ballots issued); `margin`: the closest result in votes.

    `exact` False: `collected` is only a lower bound, known from the valid or the invalid ballots.
    """
    aside = "" if margin is None else f"（最小票差 {margin} 票，票差大小不影响无效）"
    surplus = collected - whole
    message = (
        f"收回选票{'' if exact else '至少'} {collected} 张，多于{label} {whole}，多出 {surplus} 张，选举无效{aside}。"
    )
    return _say(clause, message, value=collected, limit=whole)


def marks_within_seats(marks: int, seats: int, *, step: str | None = None) -> list[Finding]:
    """P11: one ballot names no more people than there are seats; a blank one (no marks) is an abstention and stays valid.

    The limit is the number of seats (应选名额), not of candidates and not the margin.
    """
    if marks <= seats:
        return []
    return [
        P11.finding(
            f"一张选票选了 {marks} 人，多于应选名额 {seats} 名，该票无效；请从有效票中剔除（P11）。",
            value=marks,
            limit=seats,
            step=step,
        )
    ]


def not_secret(clause: Clause) -> Finding:
    """Hands were shown where the law wants a secret ballot."""
    return _say(clause, "应当无记名投票，却采用了举手表决，选举无效。", value="举手表决", limit="无记名投票")


def not_direct(mode: str) -> Finding:
    """A villagers' committee was elected by households or representatives."""
    message = f"村民委员会由村民直接选举产生，不得采用“{mode}”，选举无效。"
    remedy = "改由登记参加选举的村民直接投票，重新选举。"
    return V14.finding(message, value=mode, limit="村民直接选举", remedy=remedy, source=DIRECT_VOTE)


def tied_at_cut(clause: Clause, names: list[str], votes: int, seats: int) -> Finding:
    """Equal votes at the last seat(s): only a re-vote among the tied decides, never a lot."""
    message = f"{'、'.join(names)}均得 {votes} 票，只余 {seats} 个名额，不能确定当选人，须就票数相等的人再次投票。"
    remedy = "就票数相等的人再次投票，得票多的当选；不得抽签决定。"
    return _say(clause, message, Severity.WARNING, value=votes, limit=seats, remedy=remedy)


def seats_short(clause: Clause, elected: int, seats: int) -> Finding:
    """Fewer passed than there are seats: a further vote for the rest."""
    message = f"应选 {seats} 名，当选 {elected} 名，不足的 {seats - elected} 名另行选举。"
    return _say(clause, message, Severity.INFO, value=elected, limit=seats)


def fewer_seats_possible(elected: int, seats: int) -> Finding:
    """The Party's alternative to a further vote (P14): leave out the last seats by a recorded decision."""
    message = (
        f"应选 {seats} 名，当选 {elected} 名，不足的 {seats - elected} 名另行选举；"
        "如接近应选名额，经半数以上选举人同意，可减少名额，不再选举。"
    )
    return P14.finding(message, value=elected, limit=seats, severity=Severity.INFO)


def seat_stays_empty(clause: Clause, elected: int, seats: int, needed: int) -> Finding:
    """After the further vote nobody else has a third of the ballots cast: the seats stay empty."""
    message = (
        f"另行选举后仍有 {seats - elected} 名未选出：其余人员未达到已投选票总数的三分之一（{needed} 票），名额空缺。"
    )
    return _say(clause, message, Severity.WARNING, value=elected, limit=seats)


def vacancies_allowed(elected: int) -> Finding:
    """When a villagers' committee may leave its last seats vacant (V20); `elected` are those of this poll only."""
    message = f"本次选出 {elected} 名；连同先前当选的成员已满三人的，不足名额可依本省规定暂缺，未满三人的应继续选举。"
    return V20.finding(message, value=elected, limit=3, severity=Severity.INFO)


def wrong_denominator(mark: Threshold, name: str, votes: int, needed: int, other: str, whole: int) -> Finding:
    """Someone passes half of a smaller whole (`other`) but not of the one the clause names: the classic dispute."""
    message = (
        f"{name}得 {votes} 票，超过{other} {whole} 的半数，但未超过{mark.label}的半数（至少 {needed} 票），不得当选。"
    )
    return _say(mark.clause, message, Severity.INFO, value=votes, limit=needed, remedy=f"分母为{mark.label}。")


def margin_short(rule: Rule, candidates: int, seats: int, needed: int, post: str = "") -> Finding:
    """Too few candidates on the list for its seats; concerns the list, not the count."""
    message = (
        f"{post}应选 {seats} 名，候选人只有 {candidates} 名，差额不足：至少应有 {needed} 名（名单问题，不影响计票）。"
    )
    return rule.finding(message, value=candidates, limit=needed, severity=Severity.WARNING)


def no_woman(rule: Rule, elected: int, seats: int) -> Finding:
    """All elected are men."""
    message = f"当选的 {elected} 人均为男性，应当有妇女成员。"
    remedy = "余缺名额应为妇女保留。" if elected < seats else "依本省规定以妇女名额补足；如成员非一次选出，请合并核对。"
    return rule.finding(message, value=0, limit=1, severity=Severity.WARNING, remedy=remedy)


def two_posts(name: str, kept: str, other: str) -> Finding:
    """One person passes for two posts: the higher one stays, the other goes on to the next by votes (as V21 has it)."""
    message = f"{name}在“{kept}”和“{other}”上均达到票数，只任“{kept}”；“{other}”由其他达到票数的人依次当选。"
    return V16.finding(message, value=name, severity=Severity.WARNING, remedy="核对本省关于兼选职务的规定。")


def plan_silent() -> Finding:
    """The 2018 plan has no words on a residents' further vote: what is applied instead."""
    message = "方案和 2018 年法对居委会另行选举未作规定，参照村委会选举：得票多的当选，但不少于已投选票总数的三分之一。"
    remedy = "请在选举办法中写明另行选举规则，并报县（区）民政部门确认。"
    return R5.finding(message, severity=Severity.INFO, remedy=remedy, source=V19.source + BY_ANALOGY)


def awaits_approval() -> Finding:
    """Secretary and deputies are elected, but not in office before the street approves (P15)."""
    message = "书记、副书记须经街道党工委批复后任职，书记报区委组织部备案。"
    return P15.finding(message, severity=Severity.INFO)


def village_assembly_floor(reached: int, whole: int) -> Finding:
    """A village's representatives meet with two thirds (V26); a community's under the 2018 law with more than half."""
    needed = TWO_THIRDS.needed(whole)
    message = (
        f"参加 {reached} 人，已过半数；但如为村务监督委员会，村民代表会议须三分之二以上（{needed} 人）参加方可召开。"
    )
    source = f"{VILLAGE_2018}第二十六条：“村民代表会议有三分之二以上的组成人员参加方可召开”"
    remedy = "村务监督委员会：未达三分之二的，重新召集。"
    return S2.finding(message, value=reached, limit=needed, severity=Severity.WARNING, remedy=remedy, source=source)


def _say(
    clause: Clause,
    message: str,
    severity: Severity = Severity.ERROR,
    *,
    value: int | str | None = None,
    limit: int | str | None = None,
    remedy: str | None = None,
) -> Finding:
    return clause.rule.finding(
        message, value=value, limit=limit, remedy=remedy, severity=severity, source=clause.source
    )
