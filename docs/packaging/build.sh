#!/usr/bin/env bash
# Builds the container image: a self-contained publish, the libraries that it loads, as this machine has them, and a Dockerfile FROM scratch.
#   usage: docs/packaging/build.sh [TAG]        default: chaosbench
#   CHAOSBENCH_PUBLISH   a folder that was published before; else this publishes
#   DOCKER_HOST          the engine, as docker reads it
# With --rootfs FOLDER in place of a tag it only puts the files together.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "build.sh: takes this machine's C library, so it needs Linux on x86-64" >&2; exit 1; }

publish=${CHAOSBENCH_PUBLISH:-}
if [ -z "$publish" ]; then
  dotnet publish harness -c Release -r linux-x64 --self-contained --nologo -v quiet
  publish=artifacts/publish/ChaosBench.Harness/release_linux-x64
fi

if [ "${1:-}" = "--rootfs" ]; then
  root=${2:?a folder for the files}
else
  context=$(mktemp -d)
  trap 'rm -rf "$context"' EXIT
  root=$context/rootfs
fi

mkdir -p "$root/usr/local/bin" "$root/etc/ssl/certs" "$root/usr/share/doc/chaosbench"
# A number without a name may write there, whichever it is.
mkdir -p -m 1777 "$root/tmp" "$root/bench"
cp "$publish/chaosbench" "$root/usr/local/bin/"
natives=()
for library in "$publish"/*.so; do
  cp "$library" "$root/usr/local/bin/"
  natives+=("$library")
done
cp LICENSE "$root/usr/share/doc/chaosbench/"
cp -r "$publish/licenses" "$root/usr/share/doc/chaosbench/"

# What they are linked against, and what .NET opens by name: OpenSSL, for every hash as well as for https.
needed() { ldd "$publish/chaosbench" "${natives[@]}" | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\/.*ld-linux/ { print $1 }'; }
opened() {
  for name in libssl.so.3 libcrypto.so.3; do
    found=$(/sbin/ldconfig -p | awk -v name="$name" '$1 == name && /x86-64/ { print $NF; exit }')
    [ -n "$found" ] || { echo "build.sh: there is no $name here: install OpenSSL 3" >&2; exit 1; }
    echo "$found"
  done
}
libraries=$({ needed; opened; } | sort -u)
for library in $libraries; do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
  # Their licences travel with them where the distribution says which those are.
  package=$({ dpkg -S "$library" || dpkg -S "$(realpath "$library")"; } 2>/dev/null | head -n 1 | cut -d: -f1 || true)
  if [ -n "$package" ] && [ -f "/usr/share/doc/$package/copyright" ]; then
    mkdir -p "$root/usr/share/doc/$package"
    cp -L "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/"
  fi
done

# Names first from the container's /etc/hosts: without this file the C library would ask the network who localhost is.
echo "hosts: files dns" > "$root/etc/nsswitch.conf"
if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
  cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
else
  echo "build.sh: no /etc/ssl/certs/ca-certificates.crt here: the image will trust no https server (mount one, or install ca-certificates)" >&2
fi

if [ "${1:-}" != "--rootfs" ]; then
  docker build --quiet --tag "${1:-chaosbench}" --file docs/packaging/Dockerfile "$context"
fi
