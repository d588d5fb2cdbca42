"""What keeps a backup from being taken or put back; every reason at once, in Chinese."""

from live.server.problems import ServerProblem, listed


class BackupRefused(ServerProblem):
    """Nothing was written that anybody could take for a whole backup, or for a whole home; `problems` says why."""

    def __init__(self, head: str, *problems: str) -> None:
        super().__init__(listed(head, list(problems)))
        self.problems = problems
