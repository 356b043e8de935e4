#!/usr/bin/env bash
# Installs Slurm and munge where they are missing; the tests start daemons of their own.
set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin
missing=
for program in munged slurmctld slurmd sbatch; do command -v "$program" > /dev/null || missing=1; done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
  echo "test-slurm: Slurm is not installed; install slurm-wlm and munge, and run this as root" >&2
  exit 1
fi
echo "test-slurm: installing slurm-wlm and munge"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends slurm-wlm munge > /dev/null
