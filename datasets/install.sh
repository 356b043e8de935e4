#!/usr/bin/env bash
# Installs Fashion-MNIST from Debian's package where that is possible and wanted. The data stage downloads what is not here.
set -euo pipefail
package=dataset-fashion-mnist
[ -e /usr/share/datasets/fashion-mnist ] && exit 0
[ -n "${ONNX_PIPELINE_DATA_MIRROR:-}" ] && exit 0
command -v apt-get > /dev/null || exit 0

if [ "$(id -u)" = 0 ]; then as_root=(); elif sudo -n true 2> /dev/null; then as_root=(sudo -n); else exit 0; fi
echo "setup: installing $package"
install() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" > /dev/null 2>&1; }
install || { "${as_root[@]}" apt-get update -qq > /dev/null 2>&1 && install; } || echo "setup: apt has no $package here; Fashion-MNIST will be downloaded when it is needed"
