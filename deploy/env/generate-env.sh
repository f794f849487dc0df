#!/usr/bin/env bash
# Renders the environment of each compose project from deploy/env/.env, which it creates on first use.
#
#   SERVICES=core,order deploy/env/generate-env.sh     # default: all
#
# .env belongs to the operator: once it exists, only values that still read generate-me are filled in.
set -euo pipefail
umask 077

folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
env_file=$folder/.env
services=${SERVICES:-core,order,inventory,payment,assembly,notification}
placeholder=generate-me

warn() { printf 'warning: %s\n' "$*" >&2; }

refuse() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

random_secret() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

create_env_file() {
  [[ -e $env_file ]] || cp "$folder/.env.template" "$env_file"
}

fill_in_secrets() {
  grep -q "^[A-Z].*$placeholder\$" "$env_file" || return 0
  local line
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line == [A-Z]*"$placeholder" ]]; then
      line=${line%"$placeholder"}$(random_secret)
    fi
    printf '%s\n' "$line"
  done <"$env_file" >"$env_file.new"
  mv "$env_file.new" "$env_file"
}

read_env_file() {
  chmod 600 "$env_file"
  set -a
  # shellcheck source=/dev/null
  . "$env_file"
  set +a
}

# core's broker asks nobody for a password, or everybody for the same one.
check_kafka_login() {
  local protocol=${CORE_KAFKA_SECURITY_PROTOCOL-PLAINTEXT} parts=(SECURITY_PROTOCOL) service part
  case $protocol/${CORE_KAFKA_SASL_MECHANISM-PLAIN} in
    PLAINTEXT/*) ;;
    SASL_PLAINTEXT/PLAIN) parts+=(SASL_MECHANISM SASL_USERNAME SASL_PASSWORD) ;;
    *) refuse "core's Kafka speaks CORE_KAFKA_SECURITY_PROTOCOL=PLAINTEXT, or SASL_PLAINTEXT with CORE_KAFKA_SASL_MECHANISM=PLAIN, and nothing else" ;;
  esac
  for service in ORDER ASSEMBLY NOTIFICATION; do
    same "${service}_KAFKA_BROKERS" CORE_KAFKA_BROKERS || continue
    for part in "${parts[@]}"; do
      same "${service}_KAFKA_$part" "CORE_KAFKA_$part" ||
        refuse "${service}_KAFKA_BROKERS is core's Kafka, but ${service}_KAFKA_$part differs from CORE_KAFKA_$part"
    done
  done
}

same() { [[ ${!1-} == "${!2-}" ]]; }

warn_of_unset_variables() {
  local name
  for name in $(envsubst --variables "$(cat "$1")"); do
    [[ -n ${!name+set} ]] || warn "$name is not in $env_file, see .env.template"
  done
}

warn_of_signs() {
  local name
  while IFS= read -r name; do
    warn "$name holds a sign that Compose does not take as it is: a quote, a space, \\, # or \$"
  done < <(sed -n "s/^\([A-Z_]*\)=.*[\"'\\\\# \$].*/\1/p" "$1")
}

render() {
  local template=$1 target=$2
  warn_of_unset_variables "$template"
  mkdir -p "$(dirname "$target")"
  envsubst <"$template" >"$target.new"
  mv "$target.new" "$target"
  warn_of_signs "$target"
}

main() {
  if ! command -v envsubst >/dev/null; then
    echo 'envsubst is missing: install gettext' >&2
    exit 1
  fi
  create_env_file
  fill_in_secrets
  read_env_file
  check_kafka_login

  local rendered=0 skipped=0 names name
  IFS=', ' read -ra names <<<"$services"
  for name in "${names[@]}"; do
    if [[ -f $folder/$name.env.template ]]; then
      render "$folder/$name.env.template" "$folder/../compose/$name/.env"
      rendered=$((rendered + 1))
    else
      warn "no template for $name, skipped"
      skipped=$((skipped + 1))
    fi
  done
  echo "environment files: $rendered rendered, $skipped skipped"
}

main
