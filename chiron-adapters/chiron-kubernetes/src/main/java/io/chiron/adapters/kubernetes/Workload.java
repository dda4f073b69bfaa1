package io.chiron.adapters.kubernetes;

import io.chiron.api.Checks;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * The workload behind a fleet. Immutable.
 *
 * @param kind what runs its pods
 * @param namespace its namespace; not blank
 * @param name its name; not blank
 * @param podLabels labels that its pods, and no others, have; at least one
 * @param accelerator kind of accelerator that its pods have, as named in the fleet's limits; not blank
 * @param startUp how long a pod takes from being made to serving, until that is measured; (0, 1 day]
 * @param advisory true if something else, such as KEDA or an HPA, scales it: pools and drains are marked, counts only told
 */
public record Workload(
        WorkloadKind kind,
        String namespace,
        String name,
        Map<String, String> podLabels,
        String accelerator,
        Duration startUp,
        boolean advisory) {
    public Workload {
        Objects.requireNonNull(kind, "workload.kind");
        Checks.notBlank("workload.namespace", namespace);
        Checks.notBlank("workload.name", name);
        podLabels = Map.copyOf(podLabels);
        if (podLabels.isEmpty()) {
            throw Checks.outOfRange("workload.podLabels", "{}", "at least one label");
        }
        Checks.notBlank("workload.accelerator", accelerator);
        Checks.positive("workload.startUp", startUp, Duration.ofDays(1));
    }

    /** Name of the ConfigMap that remembers what was asked for. */
    String ledgerName() {
        return "chiron-" + name;
    }

    @Override
    public String toString() {
        return kind.kind() + " " + namespace + "/" + name;
    }
}
