#!/usr/bin/env bash
# Looks whether TorchSharp can be restored, so that a build with it fails early and says what works instead.
# Usage: install.sh cpu|cuda [DOTNET ARGUMENTS]. Does nothing when the last run already found it for this device and version.
set -euo pipefail
device=${1:-cpu}
shift || true
root=$(cd "$(dirname "$0")/../.." && pwd)
deps=$root/.deps
mkdir -p "$deps"

case $device in
  cpu) package=TorchSharp-cpu ;;
  cuda) if [ "${OS:-}" = Windows_NT ]; then package=TorchSharp-cuda-windows; else package=TorchSharp-cuda-linux; fi ;;
  *) echo "setup: unknown device '$device'; expected cpu or cuda" >&2; exit 2 ;;
esac
version=${TorchSharpVersion:-$(sed -n 's/.*<TorchSharpVersion[^>]*>\(.*\)<.*/\1/p' "$root/Directory.Packages.props")}
stamp="$package $version ${RestoreAdditionalProjectSources:-}"
[ -f "$deps/torchsharp.$device" ] && [ "$(cat "$deps/torchsharp.$device")" = "$stamp" ] && exit 0

probe=$(mktemp -d)
trap 'rm -rf "$probe"' EXIT
cat > "$probe/probe.csproj" <<PROBE
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="$package" Version="$version" /></ItemGroup>
</Project>
PROBE
echo "setup: looking for $package $version on the NuGet feed"
if dotnet restore "$probe/probe.csproj" --verbosity quiet "$@" > "$deps/torchsharp.log" 2>&1; then
  echo "$stamp" > "$deps/torchsharp.$device"
  echo "setup: TorchSharp $version comes from NuGet"
  exit 0
fi
cat >&2 <<MESSAGE
setup: the NuGet feed has no $package $version, which the training engine 'torch' needs (its answer is in .deps/torchsharp.log). What works instead:
  make train                                  the engine 'ort', the default, trains the same models on the CPU
  make train DEVICE=cuda ENGINE=ort           the same on CUDA, by ONNX Runtime's provider
  RestoreAdditionalProjectSources=FOLDER make train ENGINE=torch    takes the package from a folder of yours
  make train ENGINE=torch TORCHSHARP=path/to/TorchSharp.dll         takes a build of yours, its native library beside it
MESSAGE
exit 1
