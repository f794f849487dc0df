#!/usr/bin/env bash
# Makes the command line's user in both databases, with the rights of order.sql and notification.sql
# and the password that the container `operator` has. A repeat changes only what differs.
set -euo pipefail
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

for service in order notification; do
  if ! docker exec "$service-postgres" true; then
    echo "the operator gets no user there: start it with make compose-up-$service" >&2
    exit 1
  fi
  # An environment variable, because arguments are visible in the list of processes.
  PASSWORD=$(docker exec operator printenv "${service^^}_POSTGRES_PASSWORD")
  export PASSWORD
  docker exec --interactive --env PASSWORD "$service-postgres" \
    sh -c 'psql --quiet --set ON_ERROR_STOP=1 --username="$POSTGRES_USER" "$POSTGRES_DB"' \
    < <(echo '\getenv password PASSWORD' && cat "$folder/$service.sql")
done
