#!/usr/bin/env bash
# Brings what draws the charts of reports: vega, vega-lite and vega-embed, by npm, checked against packages.sha512, into
# .deps/vega, from where the build embeds them. Does nothing when they are there. A build without them works; its reports have no charts.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
. "$root/runtime/npm-packages.sh"

unpack() {
  for file in "$1"/*.tgz; do
    name=$(basename "${file%-*}")
    tar -xzOf "$file" "package/build/$name.min.js" > "$2/$name.min.js"
    tar -xzOf "$file" package/LICENSE > "$2/$name.LICENSE"
  done
}
bring "$here/packages.sha512" "$root/.deps/vega" "the chart library of reports" "2 MB"
