"""What a rehearsal ran with: the versions that its journal may depend on."""

import platform
from importlib.metadata import PackageNotFoundError, version

from policies.pack.schema import Pack
from simulation.population.parameters import Parameters

PACKAGES = ("huanjie", "temporalio", "pydantic", "faker", "numpy")


def versions(pack: Pack, parameters: Parameters) -> dict[str, str]:
    """Versions by name; parameters by version and the beginning of their hash."""
    return {
        "huanjie": _of("huanjie"),
        "python": platform.python_version(),
        **{name: _of(name) for name in PACKAGES[1:]},
        "parameters": f"{parameters.version} {parameters.sha256[:16]}",
        "pack": pack.version,
    }


def _of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "未安装"
