#!/usr/bin/env bash
# Builds the JSON fuzz target into the folder it is given: build-json.sh FOLDER makes FOLDER/json_fuzz. It needs C++
# beside Swift files, so it cannot be built from a list of sources alone.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$1
parts=$out/json-parts
bash Tests/Fuzz/module.sh "$parts" Sources/Upstreams/Bytes/*.swift Sources/Upstreams/JSON/*.swift
swiftc -swift-version 6 -package-name sluice -parse-as-library -g -O -sanitize=fuzzer,address \
    -enable-upcoming-feature InternalImportsByDefault -module-name json_fuzz -I "$parts" -I Sources/CJSON/include \
    -o "$out/json_fuzz" Tests/Fuzz/json_fuzz.swift Tests/UpstreamsTests/JSON{Oracle,Properties,TestBytes}.swift \
    "$parts"/*.o -use-ld=lld -lsimdjson -lstdc++
