"""What is wrong with a pack's text, and where: one line and column per problem, all of them at once."""

from policies.value import Value


class Problem(Value):
    """One problem. `line` and `column` count from 1 (0 when the text as a whole is meant), `path` is like bodies[1].steps[3].window."""

    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        where = f"第 {self.line} 行第 {self.column} 列" if self.line else "全文"
        return f"{where}{f'（{self.path}）' if self.path else ''}：{self.message}"


class PackError(ValueError):
    """A pack cannot be used. `name` is the pack's file or name, `problems` everything that is wrong, in reading order."""

    def __init__(self, name: str, problems: tuple[Problem, ...]) -> None:
        self.name = name
        self.problems = problems
        super().__init__(f"{name}：共 {len(problems)} 处问题；" + "；".join(str(problem) for problem in problems))
