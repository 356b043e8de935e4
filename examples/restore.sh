#!/usr/bin/env bash
# Brings the packages that only some examples need, as far as they can be had. Tests of an example whose packages are not here are skipped.
cd "$(dirname "$0")"
dotnet restore NativeAot -r linux-x64 --verbosity quiet || echo "examples: no native compiler on this feed" >&2
dotnet restore MLNet -p:MLNet=true --verbosity quiet || echo "examples: no ML.NET on this feed" >&2
(cd JavaScript && npm install --ignore-scripts --no-audit --no-fund --silent) || echo "examples: no packages for JavaScript" >&2
