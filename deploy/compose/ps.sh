#!/usr/bin/env bash
# Shows every container of the projects: its state, how often Docker started it again, how it ended
# the last time, and its last line before that. Tab-separated in a pipe.
set -euo pipefail

READ_AT_MOST=5000 # lines of a log in which the one before the last end is looked for

NEVER=0001-01-01

main() {
  local names
  names=$(docker ps --all --format '{{.Label "com.docker.compose.project"}} {{.Names}}' |
    sed -n 's/^shipyard-[a-z]* //p' | sort)
  if [[ -z $names ]]; then
    echo 'no container of Shipyard: start them with make compose-up' >&2
    exit 3
  fi
  # shellcheck disable=SC2086 # one argument per name
  docker inspect --format '{{.Name}} {{.State.Status}} {{with .State.Health}}{{.Status}}{{else}}-{{end}} {{.State.StartedAt}} {{.State.FinishedAt}} {{.RestartCount}} {{.State.ExitCode}} {{.State.OOMKilled}}' $names |
    table
}

table() {
  local name state health started ended restarts code oom
  row container state started_at restarts ended_at exit_code out_of_memory last_line
  while read -r name state health started ended restarts code oom; do
    name=${name#/}
    [[ $started != "$NEVER"* ]] || started=
    [[ $ended != "$NEVER"* ]] || ended=
    [[ $state != running ]] || code= # Docker forgets it at the next start
    [[ $health == - ]] || state+=/$health
    row "$name" "$state" "$(moment "$started")" "$restarts" "$(moment "$ended")" "$code" "$oom" \
      "$(last_line "$name" "$state" "$started" "$ended")"
  done
}

# The line that says why a container ended, or is not well.
last_line() {
  local name=$1 state=$2 started=$3 ended=$4
  case $state in
    running/healthy | running) [[ -z $ended ]] || lines --until "$started" "$name" ;;
    *) lines "$name" ;;
  esac | tail -n 1 | tr '\t' ' ' | cut -c 1-300
}

lines() { docker logs --tail "$READ_AT_MOST" "$@" 2>&1; }

moment() { [[ -z $1 ]] || printf '%s' "${1:0:19}Z"; }

row() {
  if [[ -t 1 ]]; then
    printf '%-30s %-19s %-20s %8s  %-20s %9s  %-13s  %s\n' "$@"
  else
    (IFS=$'\t' && printf '%s\n' "$*")
  fi
}

main
