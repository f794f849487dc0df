#!/bin/bash
# Does what cp-kafka's scripts `configure` and `launch` do: turns every KAFKA_* variable into a property
# of the broker, except those that the start script reads, and formats the storage with CLUSTER_ID.
set -euo pipefail

properties=/etc/kafka/kafka.properties
not_a_property='^KAFKA_(HEAP_OPTS|OPTS|JVM_PERFORMANCE_OPTS|GC_LOG_OPTS|JMX_OPTS|LOG4J_.*|TOOLS_LOG4J_LOGLEVEL)$'

for name in CLUSTER_ID KAFKA_PROCESS_ROLES KAFKA_ADVERTISED_LISTENERS \
  KAFKA_CONTROLLER_LISTENER_NAMES KAFKA_CONTROLLER_QUORUM_VOTERS; do
  if [[ -z ${!name-} ]]; then
    echo "$name is required" >&2
    exit 1
  fi
done

# KAFKA_NODE_ID is node.id; two underscores are one, and three a dash.
property_name() {
  local name=${1#KAFKA_}
  sed 's/___/-/g; s/__/%/g; s/_/./g; s/%/_/g' <<<"${name,,}"
}

{
  echo log.dirs=/var/lib/kafka/data
  for name in "${!KAFKA_@}"; do
    if [[ ! $name =~ $not_a_property ]]; then
      echo "$(property_name "$name")=${!name}"
    fi
  done
} >"$properties"

# shellcheck disable=SC2206 # each variable may hold several options
options=(${KAFKA_HEAP_OPTS:--Xmx1G -Xms1G} ${KAFKA_GC_LOG_OPTS-} ${KAFKA_JVM_PERFORMANCE_OPTS-} ${KAFKA_OPTS-}
  -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:TieredStopAtLevel=1 --sun-misc-unsafe-memory-access=allow
  -cp '/opt/kafka/*')

/opt/java/bin/java "${options[@]}" kafka.tools.StorageTool \
  format --ignore-formatted --cluster-id="$CLUSTER_ID" --config="$properties"
exec /opt/java/bin/java "${options[@]}" kafka.Kafka "$properties"
