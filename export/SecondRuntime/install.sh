#!/usr/bin/env bash
# Brings onnxruntime-web, ONNX Runtime compiled to WebAssembly, by npm, checked against packages.sha512, into .deps/onnxruntime-web: the
# second runtime that exports are verified in, and what browser packages run on. Does nothing when it is there. A build without it works.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$root/runtime/npm-packages.sh"

unpack() {
  for name in ort.wasm.bundle.min.mjs ort-wasm-simd-threaded.mjs ort-wasm-simd-threaded.wasm; do
    tar -xzOf "$1"/onnxruntime-web-*.tgz "package/dist/$name" > "$2/$name"
  done
}
bring "$here/packages.sha512" "$root/.deps/onnxruntime-web" "onnxruntime-web, the second runtime of verification," "33 MB"
