#!/usr/bin/env bash
# Makes ONNX Runtime restorable: from the NuGet feed where it has the packages, else packed from npm into .deps/feed.
# Usage: install.sh [cpu|cuda]. Does nothing when the last run already settled it for this device and these versions.
set -euo pipefail
device=${1:-cpu}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
deps=$root/.deps
log=$deps/setup.log
mkdir -p "$deps"

case $device in
  cpu) package=Microsoft.ML.OnnxRuntime; lock=$here ;;
  cuda) package=Microsoft.ML.OnnxRuntime.Gpu; lock=$here/gpu ;;
  *) echo "setup: unknown device '$device'; expected cpu or cuda" >&2; exit 2 ;;
esac

stamp=$(cat "$0" "$here"/*.csproj "$lock/package-lock.json" "$root/Directory.Packages.props" | sha256sum | cut -d' ' -f1)
if [ -f "$deps/onnxruntime.$device" ] && [ "$(cat "$deps/onnxruntime.$device")" = "$stamp" ] && [ -f "$deps/onnxruntime.props" ]; then
  exit 0
fi

version=$(sed -n 's/.*<OnnxRuntimeVersion[^>]*>\(.*\)<.*/\1/p' "$root/Directory.Packages.props")
extensions=$(sed -n 's/.*<OnnxRuntimeExtensionsVersion[^>]*>\(.*\)<.*/\1/p' "$root/Directory.Packages.props")

# The probe is a restore of a project that needs nothing else.
probe=$(mktemp -d)
trap 'rm -rf "$probe"' EXIT
cat > "$probe/probe.csproj" <<PROBE
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="$package" Version="$version" />
    <PackageReference Include="Microsoft.ML.OnnxRuntime.Extensions" Version="$extensions" />
  </ItemGroup>
</Project>
PROBE
echo "setup: looking for $package $version on the NuGet feed"
if dotnet restore "$probe/probe.csproj" --verbosity quiet > "$log" 2>&1; then
  echo '<Project />' > "$deps/onnxruntime.props"
  rm -rf "$deps/feed"
  echo "$stamp" > "$deps/onnxruntime.$device"
  echo "setup: ONNX Runtime $version comes from NuGet"
  exit 0
fi

command -v npm > /dev/null || {
  echo "setup: the NuGet feed has no $package $version, and npm, the other source, is not installed; install Node.js and run again" >&2
  exit 1
}
npmVersion=$(sed -n 's/.*"com.github.asus4.onnxruntime": "\(.*\)".*/\1/p' "$lock/package.json")
local=$version-npm.$npmVersion
localExtensions=$extensions-npm.$npmVersion
echo "setup: the feed does not have it; packing ONNX Runtime $version from npm (one download of about 170 MB)"
mkdir -p "$deps/npm" "$deps/feed"
cp "$lock/package.json" "$lock/package-lock.json" "$deps/npm/"
(cd "$deps/npm" && npm ci --ignore-scripts --no-audit --no-fund >> "$log" 2>&1) || {
  echo "setup: npm could not install ONNX Runtime; its messages are in $log" >&2; exit 1; }
for project in OnnxRuntime OnnxRuntimeExtensions; do
  dotnet pack "$here/$project.csproj" -c Release -o "$deps/feed" --verbosity quiet \
    -p:Device="$device" -p:OnnxRuntimeVersion="$local" -p:OnnxRuntimeExtensionsVersion="$localExtensions" >> "$log" 2>&1 || {
    echo "setup: packing $project failed; the messages are in $log" >&2; exit 1; }
done
# The packages hold all that is needed; half a gigabyte of mobile libraries goes.
rm -rf "$deps/npm"
cat > "$deps/onnxruntime.props" <<PROPS
<Project>
  <PropertyGroup>
    <OnnxRuntimeVersion>$local</OnnxRuntimeVersion>
    <OnnxRuntimeExtensionsVersion>$localExtensions</OnnxRuntimeExtensionsVersion>
  </PropertyGroup>
</Project>
PROPS
echo "$stamp" > "$deps/onnxruntime.$device"
echo "setup: ONNX Runtime $local is in .deps/feed"
