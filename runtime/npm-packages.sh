# Sourced by set-up scripts. Brings packages by npm, checked against a list of their SHA-512, and swaps what is unpacked of them into
# place. Does nothing when they are there.
# Usage: bring LIST TARGET WHAT SIZE, with a function `unpack FROM TO` that copies what is wanted of the packages in FROM.
bring() {
  local list=$1 target=$2 what=$3 size=$4 log=$2.log work
  if [ -f "$target/packages.sha512" ] && cmp -s "$target/packages.sha512" "$list"; then return 0; fi

  command -v npm > /dev/null || {
    echo "setup: npm is not installed, and $what comes from it; install Node.js and run again" >&2; return 1; }
  echo "setup: bringing $what from npm ($size)"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$(dirname "$target")" "$work/from" "$work/to"
  (cd "$work/from" && npm pack --silent $(sed -E 's/.*  (.*)-([0-9.]+)\.tgz/\1@\2/' "$list") > "$log" 2>&1) || {
    echo "setup: npm could not bring $what; its messages are in $log" >&2; return 1; }
  (cd "$work/from" && sha512sum --check --quiet "$list" >> "$log" 2>&1) || {
    echo "setup: what npm brought is not what $list names; see $log" >&2; return 1; }
  unpack "$work/from" "$work/to"
  cp "$list" "$work/to/"
  rm -rf "$target"
  mv "$work/to" "$target"
  rm -rf "$work"
  trap - EXIT
}
