#!/usr/bin/env bash
# Brings what draws the charts of reports: vega, vega-lite and vega-embed, by npm, checked against packages.sha512, into
# .deps/vega, from where the build embeds them. Does nothing when they are there. A build without them works; its reports have no charts.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
target=$root/.deps/vega
log=$root/.deps/vega.log
if [ -f "$target/packages.sha512" ] && cmp -s "$target/packages.sha512" "$here/packages.sha512"; then exit 0; fi

command -v npm > /dev/null || {
  echo "setup: npm is not installed, and the charts of reports come from it; install Node.js and run again" >&2; exit 1; }
echo "setup: bringing the chart library of reports from npm (2 MB)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$root/.deps"
files=$(sed 's/.*  //' "$here/packages.sha512")
(cd "$work" && npm pack --silent $(sed -E 's/.*  (.*)-([0-9.]+)\.tgz/\1@\2/' "$here/packages.sha512") > "$log" 2>&1) || {
  echo "setup: npm could not bring them; its messages are in $log" >&2; exit 1; }
(cd "$work" && sha512sum --check --quiet "$here/packages.sha512" >> "$log" 2>&1) || {
  echo "setup: what npm brought is not what $here/packages.sha512 names; see $log" >&2; exit 1; }
mkdir "$work/vega"
for file in $files; do
  name=${file%-*}
  tar -xzOf "$work/$file" "package/build/$name.min.js" > "$work/vega/$name.min.js"
  tar -xzOf "$work/$file" package/LICENSE > "$work/vega/$name.LICENSE"
done
cp "$here/packages.sha512" "$work/vega/"
rm -rf "$target"
mv "$work/vega" "$target"
