#!/usr/bin/env bash
# Runs Docker Compose for one project, with its files and its .env, without the caller's variables.
#
#   deploy/compose/compose.sh order logs --follow
#
# An operator's docker-compose.override.yml beside the project's file is read after it.
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

# Exported variables would override .env, and several have the names that the local stack uses.
left_out=(-u COMPOSE_PROJECT_NAME -u COMPOSE_ENV_FILES -u COMPOSE_DISABLE_ENV_FILE)
while IFS='=' read -r name _; do
  left_out+=(-u "$name")
done <"$folder/.env"

exec env "${left_out[@]}" docker compose "${files[@]}" "$@"
