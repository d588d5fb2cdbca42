"""What can go wrong with the registry, each as a type, each message ready for a person: what, which value, what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class RegistryError(Exception):
    """Everything below; the message is a Chinese sentence."""


class RegistryAddressError(RegistryError):
    """The address is none that the registry can live at."""


class RegistryMissingError(RegistryError):
    """There is no registry at the address."""


class RegistryForeignError(RegistryError):
    """There is something at the address, but it is not a registry."""


class RegistryOutdatedError(RegistryError):
    """The registry was made by an older version of this program and must be upgraded first."""


class RegistryTooNewError(RegistryError):
    """The registry was made or upgraded by a newer version of this program."""


class WrongKindError(RegistryError):
    """A registry for drills was taken for a live one, or the other way round."""


class RegistryUnavailableError(RegistryError):
    """It cannot be read or written just now: locked, disk full, server away. Nothing was changed; try again later."""


class ContradictionError(RegistryError):
    """Something that must never be: a gate decided twice, a seat filled twice, another content under a number already written.

    Nothing was changed. It shows a fault of the program or of its operation, and no retry makes it right before that is mended.
    """


class UnknownElectionError(RegistryError):
    """No election of this id is recorded."""


class UnknownPlaceError(RegistryError):
    """No workflow, unit, street or election of this id is recorded."""


class UnknownPersonError(RegistryError):
    """No person of this id is recorded."""


class RefusedRecordError(RegistryError):
    """A record cannot be taken; carries every reason at once."""

    def __init__(self, what: str, problems: tuple[str, ...]) -> None:
        super().__init__(f"{what}：{'；'.join(problems)}")
        self.problems = problems


@contextmanager
def translated() -> Iterator[None]:
    """Turn the database's own errors into the registry's. Where the transaction ends inside, it is rolled back by then."""
    try:
        yield
    except IntegrityError as error:
        raise ContradictionError(
            f"登记库拒绝写入（{error.orig}）：内容与已登记的记录相抵触，未作任何改动，请联系技术人员核查"
        ) from error
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise _unavailable(error) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise _unavailable(error) from error
        raise


def _unavailable(error: Exception) -> RegistryUnavailableError:
    reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    return RegistryUnavailableError(
        f"登记库暂时不能读写（{reason}）：未作任何改动，请稍后重试，并检查磁盘空间和数据库服务"
    )
