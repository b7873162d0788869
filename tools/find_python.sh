#!/bin/sh
# Print a Python that can run Realist: the one asked for (first argument), else the one of .venv, else the newest found.
# A name on the PATH proves nothing (version managers leave stubs), so every candidate is asked for its version.
supported='import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'

if [ -n "${1:-}" ]; then
    if "$1" -c "$supported" 2>/dev/null; then
        command -v "$1"
        exit 0
    fi
    version=$("$1" --version 2>/dev/null) || version="not a Python that starts"
    echo "Realist needs Python 3.11, 3.12 or 3.13, but PYTHON=$1 is $version." >&2
    exit 1
fi

for candidate in .venv/bin/python python3.13 python3.12 python3.11 python3 python; do
    if "$candidate" -c "$supported" 2>/dev/null; then
        command -v "$candidate"
        exit 0
    fi
done
version=$(python3 --version 2>/dev/null) || version="no Python"
echo "Realist needs Python 3.11, 3.12 or 3.13, but found $version; install one, or name it: make run PYTHON=/path/to/python3.12" >&2
exit 1
