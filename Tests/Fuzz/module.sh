#!/usr/bin/env bash
# Builds the module Upstreams of these sources, and the C++ below it, for fuzz targets that link all objects of the
# folder: module.sh FOLDER SOURCE... Targets that are built side by side share it: the first makes it, the others wait,
# and find it made.
set -euo pipefail
cd "$(dirname "$0")/../.."
parts=$1
shift
mkdir -p "$parts"
exec 9>"$parts/lock"
flock 9
if [[ -e $parts/Upstreams.o && -z $(find "$@" Sources/CJSON -newer "$parts/Upstreams.o") ]]; then exit; fi

for file in Sources/CJSON/*.cpp; do
    clang++ -std=c++17 -g -O1 -fsanitize=fuzzer-no-link,address -I Sources/CJSON/include -c "$file" \
        -o "$parts/$(basename "$file" .cpp).o"
done
swiftc -swift-version 6 -package-name sluice -parse-as-library -g -O -sanitize=fuzzer,address -enable-testing \
    -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature NonisolatedNonsendingByDefault \
    -I Sources/CJSON/include -I Sources/CCurl -I Sources/CHiredis -module-name Upstreams -whole-module-optimization \
    -emit-module -emit-module-path "$parts/Upstreams.swiftmodule" -emit-object -o "$parts/Upstreams.o" "$@"
