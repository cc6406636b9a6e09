#!/usr/bin/env bash
# Builds the fuzz target of a provider's decoder: build-decoder.sh NAME FOLDER makes FOLDER/NAME_fuzz. It needs the whole
# module Upstreams, with its C++, so it cannot be built from a list of sources alone.
set -euo pipefail
cd "$(dirname "$0")/../.."
name=$1
out=$2
parts=$out/decoder-parts
mapfile -t sources < <(find Sources/Upstreams -name '*.swift' | sort)
bash Tests/Fuzz/module.sh "$parts" "${sources[@]}"
swiftc -swift-version 6 -package-name sluice -parse-as-library -g -O -sanitize=fuzzer,address -enable-testing \
    -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature NonisolatedNonsendingByDefault \
    -I Sources/CJSON/include -I Sources/CCurl -I Sources/CHiredis -module-name "${name}_fuzz" -I "$parts" \
    -o "$out/${name}_fuzz" "Tests/Fuzz/${name}_fuzz.swift" \
    Tests/UpstreamsTests/Support/{DecoderTranscript,AmazonFrame}.swift \
    "$parts"/*.o -use-ld=lld -lsimdjson -lstdc++
