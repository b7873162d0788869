"""Write the files that are made from the code and committed, so that a change of a contract shows in its review."""

import sys
from pathlib import Path

from tools.commands import ROOT, production_environment, python, run

OPENAPI = ROOT / "tests" / "api" / "openapi.yml"


def write_openapi(file: Path) -> int:
    """Write the API's OpenAPI document; a warning or an invalid document is a failure."""
    command = python("manage.py", "spectacular", "--validate", "--fail-on-warn", "--file", str(file))
    return run(command, production_environment())


def write_all() -> int:
    """Write every generated file; return the first failure."""
    return (
        write_openapi(OPENAPI)
        or run(python("manage.py", "write_package_schema"), production_environment())
        or run(python("manage.py", "write_data_model"), production_environment())
        or run(python("manage.py", "write_states"), production_environment())
    )


if __name__ == "__main__":
    sys.exit(write_all())
