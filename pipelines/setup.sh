# Sourced by quickstart and test: sees to the Swift toolchain and the system packages, and goes to the package's root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! command -v swift >/dev/null; then
  cat >&2 <<'MISSING'
para needs a Swift toolchain, 6.2 or later, and there is no `swift` on the PATH.
Get it from https://www.swift.org/install/linux/ (Debian 12), unpack it, and put its usr/bin on the PATH:
  export PATH="$PWD/swift-6.2-RELEASE-debian12/usr/bin:$PATH"
MISSING
  exit 1
fi

packages=(libopenblas-dev libarchive-dev libxml2-dev nettle-dev zlib1g-dev libpcre2-dev libsqlite3-dev pkg-config)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "Installing ${missing[*]}" >&2
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq "${missing[@]}" >/dev/null
fi
