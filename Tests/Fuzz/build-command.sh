#!/usr/bin/env bash
# Builds the fuzz target of the decoder of programs' output into the folder it is given.
set -euo pipefail
exec bash "$(dirname "$0")/build-decoder.sh" command "$1"
