#!/usr/bin/env bash
# Builds the JSON fuzz target into the folder it is given: build-json.sh FOLDER makes FOLDER/json_fuzz. It needs C++
# beside Swift files, so it cannot be built from a list of sources alone.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$1
parts=$out/json-parts
mkdir -p "$parts"

objects=()
for name in parser document chunk fault; do
    clang++ -std=c++17 -g -O1 -fsanitize=fuzzer-no-link,address -c "Sources/CJSON/$name.cpp" -o "$parts/$name.o"
    objects+=("$parts/$name.o")
done

flags=(-swift-version 6 -package-name sluice -parse-as-library -g -O -sanitize=fuzzer,address
    -enable-upcoming-feature InternalImportsByDefault -I Sources/CJSON/include)
swiftc "${flags[@]}" -module-name Upstreams -whole-module-optimization \
    -emit-module -emit-module-path "$parts/Upstreams.swiftmodule" -emit-object -o "$parts/Upstreams.o" \
    Sources/Upstreams/Bytes/*.swift Sources/Upstreams/JSON/*.swift
swiftc "${flags[@]}" -module-name json_fuzz -I "$parts" -o "$out/json_fuzz" \
    Tests/Fuzz/json_fuzz.swift Tests/UpstreamsTests/JSON{Oracle,Properties,TestBytes}.swift \
    "$parts/Upstreams.o" "${objects[@]}" -use-ld=lld -lsimdjson -lstdc++
