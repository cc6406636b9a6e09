#!/usr/bin/env bash
# Builds the fuzz target of this provider's decoder into the folder it is given.
set -euo pipefail
exec bash "$(dirname "$0")/build-decoder.sh" bedrock "$1"
