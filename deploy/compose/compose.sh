#!/usr/bin/env bash
# Docker Compose for one project: its files and its .env, and nothing of the caller's shell.
#
#   deploy/compose/compose.sh order logs --follow
#
# A docker-compose.override.yml beside the project's own file is the operator's, and is read after it.
set -euo pipefail

if (($# < 2)); then
  echo "usage: ${0##*/} PROJECT COMMAND [ARGUMENT]..." >&2
  exit 2
fi
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/$1" && pwd)
shift

files=(--file "$folder/docker-compose.yml")
if [[ -e $folder/docker-compose.override.yml ]]; then
  files+=(--file "$folder/docker-compose.override.yml")
fi

# What is exported wins over .env, and several of its names are those of the local stack.
left_out=(-u COMPOSE_PROJECT_NAME -u COMPOSE_ENV_FILES -u COMPOSE_DISABLE_ENV_FILE)
while IFS='=' read -r name _; do
  left_out+=(-u "$name")
done <"$folder/.env"

exec env "${left_out[@]}" docker compose "${files[@]}" "$@"
