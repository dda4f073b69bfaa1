package io.chiron.adapters.kubernetes;

import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * The instances of a fleet, by the pods of its workload. Blocks for a few requests to the API server, so a tick wants it
 * behind the core's {@code PollingSource}. Thread-safe.
 */
public final class PodInstances {
    /** A launch that no pod has come of for so long is no longer told of. */
    static final Duration FORGOTTEN = Duration.ofHours(1);

    private final KubernetesClient client;
    private final Workload workload;
    private final InstantSource clock;
    private final Scaler scaler;
    private final Instant started;

    /** The pods of {@code workload}. */
    public PodInstances(KubernetesClient client, Workload workload, InstantSource clock) {
        this.client = Objects.requireNonNull(client, "client");
        this.workload = Objects.requireNonNull(workload, "workload");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.scaler = new Scaler(client, workload, new EventLog(client, workload, clock));
        this.started = clock.instant();
    }

    /**
     * Every instance that is paid for, oldest first, and every launch of an operator before this one that no pod has come of
     * yet: this one has not asked for it and would not count it.
     *
     * @throws IllegalStateException if the API server refuses or does not answer, in words
     */
    public List<PodInstance> list() {
        try {
            Instant now = clock.instant();
            List<Pod> pods = pods(client, workload);
            List<PodInstance> instances = new ArrayList<>();
            pods.forEach(pod -> instances.add(PodView.read(pod, workload, now)));
            Scaler.Read read = scaler.read();
            int coming = read.replicas() - pods.size();
            for (Ledger.Applied launch : read.ledger().open(now.minus(FORGOTTEN))) {
                if (coming > 0 && launch.at().isBefore(started)) {
                    coming--;
                    instances.add(new PodInstance(
                            new InstanceSnapshot(
                                    "launch " + launch.id(),
                                    launch.pool(),
                                    Phase.STARTING,
                                    launch.at().plus(workload.startUp()),
                                    null,
                                    workload.accelerator(),
                                    null),
                            null,
                            Double.NaN,
                            null));
                }
            }
            return instances;
        } catch (KubernetesClientException thrown) {
            throw ApiFault.of("list", workload, thrown);
        }
    }

    /** The living pods, oldest first. */
    static List<Pod> pods(KubernetesClient client, Workload workload) {
        List<Pod> pods = new ArrayList<>(client.pods()
                .inNamespace(workload.namespace())
                .withLabels(workload.podLabels())
                .list()
                .getItems());
        pods.removeIf(pod -> !PodView.lives(pod, workload));
        pods.sort(Comparator.comparing(PodView::made).thenComparing(PodView::name));
        return pods;
    }
}
