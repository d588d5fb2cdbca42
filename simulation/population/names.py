"""Names of people and places, drawn from fixed tables by the caller's stream: no Faker state is shared.

Persons' names come from Faker's zh_CN tables with its surname frequencies. Places are our own combinations, chosen so
that districts carry no real district's name.
"""

from functools import cache
from itertools import accumulate, product
from random import Random

from faker.providers.person.zh_CN import Provider

from policies.people import Sex
from simulation.population.chance import stream

_SURNAMES = list(Provider.last_names)
_WEIGHTS = list(accumulate(Provider.last_names.values()))
_GIVEN = {
    Sex.MALE: sorted(set(Provider.first_names_male) - {"红霞"}),
    Sex.FEMALE: sorted(set(Provider.first_names_female)),
}

_DISTRICTS = [f"{a}{b}" for a, b in product("青云松竹兰桂枫棠榆杏", "汀坪渚屿堰埠塬堤畈礁")]
_STREETS = [f"{a}{b}" for a, b in product("东西南北中新长永安兴", "风华宁平门关山河湖桥岭塘")]
_HEADS = (
    "和平幸福新华建设团结友谊光明胜利前进红旗朝晖春江迎春文昌学府书院金桥银河翠竹梧桐"
    "玉兰丁香芙蓉海棠桃源柳荫枫林松涛荷塘月湖临江望江滨河清泉石桥青石古槐钟楼鼓楼南门"
    "北辰东升西苑中兴永乐长安福康德馨仁和礼贤锦绣景明瑞祥嘉和康宁安泰兴业丰收华夏世纪"
)  # two characters each
_TAILS = ("", "里", "苑", "园", "湾", "路", "坊", "东", "西", "南", "北", "新村")
_COMMUNITIES = [_HEADS[at : at + 2] + tail for at, tail in product(range(0, len(_HEADS), 2), _TAILS)]

_VILLAGES = [
    f"{where}{family}{what}村"
    for where, family, what in product("上下前后东西南北大小", "石柳梅桑桐柏荷莲竹松杏梨枣榆槐菱", "家庄湾沟坪塘岭桥")
]

MOST_UNITS = min(len(_COMMUNITIES), len(_VILLAGES))
"""The most units one district can name."""


def person_name(rng: Random, sex: Sex, taken: set[str], surname: str | None = None) -> tuple[str, str]:
    """A surname and a given name that together are not yet `taken`; enters the full name there."""
    while True:
        family = surname or rng.choices(_SURNAMES, cum_weights=_WEIGHTS)[0]
        given = rng.choice(_GIVEN[sex])
        for _ in range(3):
            if family + given not in taken:
                taken.add(family + given)
                return family, given
            given += rng.choice(_GIVEN[sex])[-1]  # a surname that ran out of names gets a longer given name


@cache
def _order(seed: int, kind: str, size: int) -> list[int]:
    return stream(seed, "names", kind).sample(range(size), size)


def district_name(seed: int, number: int, kind: str = "community") -> str:
    """District `number` (from 1): 竹屿区; numbered on (竹屿第2区 …) when the table is used up. Villages lie in a 县."""
    round_, place = divmod(number - 1, len(_DISTRICTS))
    name = _DISTRICTS[_order(seed, "districts", len(_DISTRICTS))[place]]
    return f"{name}{f'第{round_ + 1}' if round_ else ''}{'县' if kind == 'village' else '区'}"


def street_names(rng: Random, count: int, kind: str = "community") -> list[str]:
    """So many different streets (townships), the same first ones for any count."""
    return [f"{name}{'镇' if kind == 'village' else '街道'}" for name in rng.sample(_STREETS, len(_STREETS))[:count]]


def unit_names(rng: Random, count: int, kind: str = "community") -> list[str]:
    """So many different communities (villages), the same first ones for any count; at most MOST_UNITS."""
    if kind == "village":
        return rng.sample(_VILLAGES, MOST_UNITS)[:count]
    return [f"{name}社区" for name in rng.sample(_COMMUNITIES, MOST_UNITS)[:count]]
