#!/bin/sh
# Starts Junxian from the folder it was unpacked into: its own Python, no root, no network.
set -e
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
export PYTHONHOME="$here/python" PYTHONPATH="$here/site" PYTHONNOUSERSITE=1 PYTHONDONTWRITEBYTECODE=1
export LD_LIBRARY_PATH="$here/python/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export JUNXIAN_HOME="${JUNXIAN_HOME:-$here/data}"
exec "$here/python/bin/python3" -m junxian.cli "$@"
