"""What each command of the command line does; a command's module is imported when it is called."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from server.settings import ServerSettings


def settings_or_exit(**given: Any) -> ServerSettings:
    """Read the settings; one that cannot be used ends the program, told with its value and the way out.

    What is given counts before the environment.
    """
    # Commands that read no settings start without what reads them.
    from pydantic import ValidationError

    from server.settings import ENV_FILE, load_settings, require_strict_msgpack
    from server.variables import problems

    source = f"settings are read from the environment and from {ENV_FILE}"
    try:
        settings = load_settings(**given)
        require_strict_msgpack()
    except ValidationError as fault:
        _exit(*problems(fault), source)
    except UnicodeDecodeError:
        _exit(f"{ENV_FILE} is not UTF-8 text: save it as UTF-8", source)
    except OSError as fault:
        _exit(f"{ENV_FILE} cannot be read: {fault.strerror}", source)
    except RuntimeError as fault:
        _exit(str(fault), source)
    return settings


def _exit(*lines: str) -> NoReturn:
    for line in lines:
        print(f"financial-agent: {line}", file=sys.stderr)
    raise SystemExit(2)
