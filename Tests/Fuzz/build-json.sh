#!/usr/bin/env bash
# Builds the JSON fuzz target: build-json.sh OUTPUT_FOLDER. The program is OUTPUT_FOLDER/json_fuzz; run it as
#   json_fuzz -max_total_time=20 NEW_FINDS_FOLDER Tests/Fuzz/corpus/json
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$1
mkdir -p "$out"

clang++ -std=c++17 -g -O1 -fsanitize=fuzzer-no-link,address -c Sources/CJSON/{parser,document,chunk,fault}.cpp
mv parser.o document.o chunk.o fault.o "$out"

flags=(-swift-version 6 -package-name sluice -parse-as-library -g -O -sanitize=fuzzer,address
    -enable-upcoming-feature InternalImportsByDefault -I Sources/CJSON/include)
swiftc "${flags[@]}" -module-name Upstreams -whole-module-optimization \
    -emit-module -emit-module-path "$out/Upstreams.swiftmodule" -emit-object -o "$out/Upstreams.o" \
    Sources/Upstreams/Bytes/ByteBuffer.swift Sources/Upstreams/JSON/*.swift
swiftc "${flags[@]}" -module-name json_fuzz -I "$out" -o "$out/json_fuzz" \
    Tests/Fuzz/json_fuzz.swift Tests/UpstreamsTests/JSON{Properties,TestBytes}.swift \
    "$out"/{Upstreams,parser,document,chunk,fault}.o -lsimdjson -lstdc++
