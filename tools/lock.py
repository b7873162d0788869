"""Resolve pyproject.toml into hashed requirements that hold on every supported Python and system."""

import sys

from tools.commands import python, run
from tools.virtual_environment import RUNTIME, TESTS


def resolve(target: str, *more: str) -> int:
    """Write one requirements file; versions that it already names are kept where they still fit."""
    reach = ["--universal", "--python-version", "3.11"]
    form = ["--generate-hashes", "--no-header", "--no-annotate", "--quiet", "--output-file", target]
    return run(python("-m", "uv", "pip", "compile", "pyproject.toml", *reach, *form, *more))


def main(arguments: list[str]) -> int:
    """Resolve the tests' requirements first, for the site's must be a part of them."""
    return resolve(TESTS, "--extra", "dev", *arguments) or resolve(RUNTIME, "--constraint", TESTS, *arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
