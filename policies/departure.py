"""How a committee member leaves office within the term otherwise than by recall: the grounds the law knows, a word for each.

《村民委员会组织法》（2025）第二十条至第二十二条、第三十八条；《城市居民委员会组织法》（2025）第二十一条至第二十三条、第三十七条；
死亡：《上海市村民委员会选举办法》第二十六条.
"""

from policies.people import Labelled


class Ground(Labelled):
    """Why somebody is in office no more. A resignation counts from the day on which the meeting agreed to it."""

    RESIGNED = "resigned", "辞职"
    DIED = "died", "死亡"
    INCAPABLE = "incapable", "丧失行为能力"
    SENTENCED = "sentenced", "被判处刑罚"
    FOUND_WANTING = "found_wanting", "连续两次被评议不称职"
    WIN_VOID = "win_void", "当选无效"
