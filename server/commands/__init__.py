"""What each command of the command line does; a command's module is imported when it is called."""

from __future__ import annotations

import sys
from typing import Any

from pydantic import ValidationError

from server.settings import ServerSettings, load_settings


def settings_or_exit(**given: Any) -> ServerSettings:
    """Read the settings; one that cannot be used ends the program with its name and the reason.

    What is given counts before the environment.
    """
    try:
        return load_settings(**given)
    except ValidationError as fault:
        for error in fault.errors():
            name = "_".join(str(part) for part in error["loc"]) or "settings"
            print(f"financial-agent: {name}: {error['msg']}", file=sys.stderr)
        print("financial-agent: settings are read from the environment and from .env", file=sys.stderr)
        raise SystemExit(2) from None
