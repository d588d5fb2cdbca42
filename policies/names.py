"""How names are compared: as people are called, not as somebody typed them."""


def unspaced(name: str) -> str:
    """A name without its spaces: 王 五 on one form is 王五 on another."""
    return "".join(name.split())
