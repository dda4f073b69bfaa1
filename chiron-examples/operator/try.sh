#!/usr/bin/env bash
# Runs the README's blocks on the operator where there is no cluster: a dry run on recorded pages, and its metrics.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
log="$(mktemp)"
java -jar chiron-examples/operator/target/chiron-operator.jar --config chiron-examples/operator/operator.yaml \
    --dry-run --pages chiron-examples/operator/pages > "$log" 2>&1 &
operator=$!
trap 'kill "$operator" 2> /dev/null || true; rm -f "$log"' EXIT
metrics=""
for _ in $(seq 60); do
  metrics="$(curl -fsS http://localhost:9095/metrics 2> /dev/null || true)"
  if grep -q '^chiron_interactive_load_instances{fleet="llama-70b"} [0-9]' <<< "$metrics"; then
    break
  fi
  sleep 0.25
done
grep '^chiron_present_instances.*ready.*mixed' <<< "$metrics"
grep '^chiron_batch_limit_sequences.*soft.*mean' <<< "$metrics"
curl -fsS http://localhost:9095/healthz
wait "$operator"
grep -m 1 'would launch' "$log"
