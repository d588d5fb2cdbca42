"""How a process ends that may have spoken to the Temporal server: at once, with the exit code it was to have.

The SDK's threads go on while Python is taken down beneath them, and until Python 3.14 one that comes back then brings the
process down: exit code 134 or 139 after everything was done, one time in ten on a busy machine (temporalio/sdk-python 300).
"""

import logging
import os
import sys
from contextlib import suppress
from typing import NoReturn


def end(code: int) -> NoReturn:
    """End this process. What was printed or logged is written out first; what runs at Python's own exit does not run."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # whoever read it has gone, or it is closed
            stream.flush()
    os._exit(code)
