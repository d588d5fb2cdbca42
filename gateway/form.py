"""A decision's form out of plain data that somebody typed, or everything that is wrong with it at once."""

from pydantic import ConfigDict, TypeAdapter, ValidationError

from gateway.wording import Fault, faults
from workflows.messages import Form

_FORM: TypeAdapter[Form] = TypeAdapter(Form, config=ConfigDict(extra="forbid"))


def read_form(raw: object) -> Form | tuple[Fault, ...]:
    """A form out of what a file says, or all that is wrong with it, in Chinese. Its kind says which form it is."""
    if not isinstance(raw, dict):
        return (Fault((), "表单应为“键: 值”的一组内容，最前面写明 kind（表单的种类）"),)
    try:
        return _FORM.validate_python(raw)
    except ValidationError as error:
        return faults(error, raw)
