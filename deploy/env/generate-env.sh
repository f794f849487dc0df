#!/usr/bin/env bash
# Renders the environment of each Compose project from deploy/env/.env; creates it on first use.
#
#   SERVICES=core,order deploy/env/generate-env.sh     # default: all
#
# The operator owns .env: once it exists, only values that are still generate-me are filled in.
set -euo pipefail
umask 077

folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
env_file=$folder/.env
services=${SERVICES:-core,order,inventory,payment,assembly,notification,operator}
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

# Nothing in .env is executed: a value is text. ${NAME} in it stands for a value above, unless it is
# in single quotes.
read_env_file() {
  chmod 600 "$env_file"
  local line number=0 name value
  while IFS= read -r line || [[ -n $line ]]; do
    number=$((number + 1))
    [[ -n $line && $line != \#* ]] || continue
    [[ $line =~ ^([A-Z][A-Z0-9_]*)=(.*)$ ]] || refuse "$env_file, line $number is not NAME=value"
    name=${BASH_REMATCH[1]} value=${BASH_REMATCH[2]}
    case $value in
      \'*\') value=${value:1:-1} ;;
      \"*\") value=$(expanded "${value:1:-1}") ;;
      *[[:space:]]*) refuse "$name in $env_file holds a space: put the value into single quotes" ;;
      *) value=$(expanded "$value") ;;
    esac
    [[ $value != *\'* ]] || refuse "$name in $env_file holds a single quote, which Compose does not take"
    export "$name=$value"
  done <"$env_file"
}

# shellcheck disable=SC2016 # ${ is looked for, not expanded
expanded() {
  local rest=$1 done='' name
  while [[ $rest == *'${'*'}'* ]]; do
    done+=${rest%%'${'*}
    rest=${rest#*'${'}
    name=${rest%%'}'*}
    rest=${rest#*'}'}
    if [[ $name =~ ^[A-Z][A-Z0-9_]*$ ]]; then
      done+=${!name-}
    else
      done+="\${$name}"
    fi
  done
  printf '%s' "$done$rest"
}

# These are part of addresses, access rules and logins, where other characters have a meaning.
check_addresses() {
  local name
  for name in CORE_REDIS_{,FLOWER_,OPERATOR_,EXPORTER_,READER_}PASSWORD CORE_KAFKA_{SASL_USERNAME,SASL_PASSWORD,OPERATOR_PASSWORD}; do
    [[ ${!name-} =~ ^[A-Za-z0-9._~-]*$ ]] ||
      refuse "$name may hold letters, digits and - . _ ~ only"
  done
  for name in {ORDER,ASSEMBLY,NOTIFICATION,OPERATOR}_CELERY_BROKER_URL; do
    [[ ${!name-} =~ ^(rediss?://([^/?#@[:space:]]*@)?[^/?#@:[:space:]]+(:[0-9]+)?(/[0-9]*)?(\?[^#[:space:]]*)?)?$ ]] ||
      refuse "$name is not redis://USER:PASSWORD@HOST:PORT/DATABASE or rediss://…: in a password, percent-encode every sign but letters, digits and - . _ ~"
  done
}

# core's broker needs no password, or the same one from every service.
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

render() {
  local template=$1 target=$2
  warn_of_unset_variables "$template"
  mkdir -p "$(dirname "$target")"
  (
    quote_for_compose "$template"
    envsubst <"$template" >"$target.new"
  )
  mv "$target.new" "$target"
}

# Compose reads single quotes as the shell does; without them $ " \ # and spaces are special.
quote_for_compose() {
  local name
  for name in $(envsubst --variables "$(cat "$1")"); do
    [[ ${!name-} != *[\"\\\#\$\`[:space:]]* ]] || export "$name='${!name}'"
  done
}

main() {
  if ! command -v envsubst >/dev/null; then
    echo 'envsubst is missing: install gettext' >&2
    exit 1
  fi
  create_env_file
  fill_in_secrets
  read_env_file
  check_addresses
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
