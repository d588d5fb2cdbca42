"""Which relatives a clause means: the circles in which the laws differ, searched in the declared relations."""

from policies.kinship import KinClass, KinGraph, KinPath, kin_path, near_relative_path
from policies.law.norms import StaffKin

CIRCLES = {
    StaffKin.SPOUSE_LINEAL: "配偶、直系亲属",
    StaffKin.SPOUSE_LINEAL_SIBLINGS: "配偶、父母子女、兄弟姐妹",
    StaffKin.NEAR: "近亲属（配偶、父母、子女、兄弟姐妹、祖父母、外祖父母、孙子女、外孙子女）",
}

_CLOSEST = {(0, 1), (1, 0), (1, 1)}  # generations up to the common ancestor: parent, child, sibling


def relative(circle: StaffKin, graph: KinGraph, a: str, b: str) -> KinPath | None:
    """How two persons (ids) are relatives within a circle; None when they are not."""
    if circle is StaffKin.NEAR:
        return near_relative_path(graph, a, b)
    path = kin_path(graph, a, b)
    if path is None or path.kin is KinClass.SPOUSE:
        return path
    if circle is StaffKin.SPOUSE_LINEAL:
        return path if path.kin is KinClass.LINEAL else None
    return path if any(one[:2] in _CLOSEST for one in graph.blood(a, b)) else None
