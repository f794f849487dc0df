#!/usr/bin/env bash
# Builds the image of one project, shipyard-<project>:local, labelled with the version and the commit.
#
#   deploy/docker/build.sh order
#
# Not `docker compose build`: without the buildx plugin Compose falls back to Docker's old builder,
# which has no cache mounts and no computed labels.
set -euo pipefail

if (($# != 1)); then
  echo "usage: ${0##*/} PROJECT" >&2
  exit 2
fi
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
project=$1
case $project in
  core | operator) target=$project ;;
  *) target=service ;;
esac

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/pyproject.toml")
revision=$(GIT_CEILING_DIRECTORIES=${root%/*} git -C "$root" describe --always --abbrev=40 --dirty --exclude='*' 2>/dev/null || echo unknown)

DOCKER_BUILDKIT=1 exec docker build \
  --file "$root/deploy/docker/service.Dockerfile" \
  --target "$target" \
  --build-arg "SERVICE=$project" \
  --label "org.opencontainers.image.version=$version" \
  --label "org.opencontainers.image.revision=$revision" \
  --tag "shipyard-$project:local" \
  "$root"
