#!/usr/bin/env bash
# Builds the fuzz target of tokens into the folder it is given: build-token.sh FOLDER makes FOLDER/token_fuzz. Tokens are
# JSON inside, so it links the same module as build-json.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$1
parts=$out/json-parts
bash Tests/Fuzz/module.sh "$parts" Sources/Upstreams/Bytes/*.swift Sources/Upstreams/JSON/*.swift
swiftc -swift-version 6 -package-name sluice -parse-as-library -g -O -sanitize=fuzzer,address \
    -enable-upcoming-feature InternalImportsByDefault -module-name token_fuzz -I "$parts" -I Sources/CJSON/include \
    -o "$out/token_fuzz" Tests/Fuzz/token_fuzz.swift Sources/Gateway/AccessLog/UTCTime.swift \
    Sources/Gateway/JWT/{Base64URL,ClaimName,CompactJWT,JWTAlgorithm,JWTClaims,JWTFault,JWTRules}.swift \
    "$parts"/*.o -use-ld=lld -lsimdjson -lstdc++
