#!/usr/bin/env bash
# Brings onnxruntime-web, ONNX Runtime compiled to WebAssembly, by npm, checked against packages.sha512, into .deps/onnxruntime-web: the
# second runtime that exports are verified in, and what browser packages run on. Does nothing when it is there. A build without it works.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=$root/.deps/onnxruntime-web
log=$root/.deps/onnxruntime-web.log
if [ -f "$target/packages.sha512" ] && cmp -s "$target/packages.sha512" "$here/packages.sha512"; then exit 0; fi

command -v npm > /dev/null || {
  echo "setup: npm is not installed, and the second runtime of verification comes from it; install Node.js and run again" >&2; exit 1; }
echo "setup: bringing onnxruntime-web from npm (33 MB)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$root/.deps"
file=$(sed 's/.*  //' "$here/packages.sha512")
(cd "$work" && npm pack --silent "$(sed -E 's/(.*)-([0-9.]+)\.tgz/\1@\2/' <<< "$file")" > "$log" 2>&1) || {
  echo "setup: npm could not bring it; its messages are in $log" >&2; exit 1; }
(cd "$work" && sha512sum --check --quiet "$here/packages.sha512" >> "$log" 2>&1) || {
  echo "setup: what npm brought is not what $here/packages.sha512 names; see $log" >&2; exit 1; }
mkdir "$work/web"
for name in ort.wasm.bundle.min.mjs ort-wasm-simd-threaded.mjs ort-wasm-simd-threaded.wasm; do
  tar -xzOf "$work/$file" "package/dist/$name" > "$work/web/$name"
done
cp "$here/packages.sha512" "$work/web/"
rm -rf "$target"
mv "$work/web" "$target"
