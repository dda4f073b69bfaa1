package io.chiron.adapters.kubernetes;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v1.Scale;
import io.fabric8.kubernetes.api.model.autoscaling.v1.ScaleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changes the count of a workload together with its {@link Ledger}: the ledger is written ahead, then the scale
 * subresource, both with the resource version that was read. Nothing is kept here between calls.
 */
final class Scaler {
    /** A conflict means that somebody was faster; after so many the action is tried again later. */
    private static final int MOST_CONFLICTS = 4;

    private final KubernetesClient client;
    private final Workload workload;
    private final EventLog events;

    /**
     * The ledger as it was read.
     *
     * @param map the ConfigMap that holds it; null if there is none yet
     * @param replicas count of the workload now
     * @param fault what was wrong with it, so that it starts anew; null if nothing
     */
    record Read(
            Ledger ledger,
            @Nullable ConfigMap map,
            Scale scale,
            int replicas,
            @Nullable String fault) {
        String uid() {
            return scale.getMetadata().getUid();
        }
    }

    Scaler(KubernetesClient client, Workload workload, EventLog events) {
        this.client = client;
        this.workload = workload;
        this.events = events;
    }

    /** Reads without changing anything. */
    Read read() {
        Scale scale = scale();
        int replicas = replicas(scale);
        ConfigMap map = map().get();
        String uid = scale.getMetadata().getUid();
        String fault = null;
        if (map != null && map.getData() != null) {
            try {
                Ledger ledger = Ledger.fromData(map.getData());
                if (ledger.uid().equals(uid)) {
                    return new Read(ledger, map, scale, replicas, null);
                }
                fault = "it was about another " + workload;
            } catch (IllegalArgumentException broken) {
                fault = broken.getMessage();
            }
        }
        return new Read(Ledger.of(uid, replicas), map, scale, replicas, fault);
    }

    /**
     * Finishes what was begun, follows what somebody else did, then makes one change.
     *
     * @param step a change that gives the same ledger if it was made before
     * @return the ledger after it
     */
    Ledger change(UnaryOperator<Ledger> step) {
        for (int conflicts = 0; ; conflicts++) {
            try {
                return changeOnce(step);
            } catch (KubernetesClientException thrown) {
                if (!ApiFault.isConflict(thrown) || conflicts == MOST_CONFLICTS) {
                    throw thrown;
                }
            }
        }
    }

    private Ledger changeOnce(UnaryOperator<Ledger> step) {
        Read read = read();
        if (read.fault() != null) {
            events.warn(events.workload(read.uid()), "LedgerReset", workload.ledgerName() + ": " + read.fault());
        }
        Ledger base = present(read);
        if (base.settled()) {
            return carryOut(read, step.apply(base));
        }
        // One change at a time: what is refused again and again must not pile up, to be granted all at once.
        carryOut(read, base);
        return changeOnce(step);
    }

    private Ledger carryOut(Read read, Ledger next) {
        ConfigMap map = read.map();
        if (map == null || read.fault() != null || !next.equals(read.ledger())) {
            map = write(map, next);
        }
        if (workload.advisory()) {
            return next;
        }
        if (next.wanted() != read.replicas()) {
            resource()
                    .scale(new ScaleBuilder(read.scale())
                            .editOrNewSpec()
                            .withReplicas(next.wanted())
                            .endSpec()
                            .build());
        }
        if (!next.settled()) {
            next = next.settle();
            write(map, next);
        }
        return next;
    }

    /** The ledger as the workload shows it. */
    private Ledger present(Read read) {
        Ledger ledger = read.ledger();
        if (workload.advisory() || read.replicas() == ledger.wanted()) {
            return ledger.wanted() == read.replicas() ? ledger.settle() : ledger.follow(read.replicas());
        }
        if (!ledger.settled() && read.replicas() == ledger.before()) {
            return ledger; // written ahead, and not carried out
        }
        events.warn(
                events.workload(read.uid()),
                "ScaledElsewhere",
                "somebody else set " + read.replicas() + " replicas where " + ledger.wanted() + " were wanted");
        return ledger.follow(read.replicas());
    }

    private ConfigMap write(@Nullable ConfigMap present, Ledger ledger) {
        if (present == null) {
            return map(ledger).create();
        }
        ConfigMap next = new ConfigMapBuilder(present).withData(ledger.toData()).build();
        // With the resource version that was read: the server refuses if there is a newer one.
        return client.configMaps()
                .inNamespace(workload.namespace())
                .resource(next)
                .lockResourceVersion(present.getMetadata().getResourceVersion())
                .update();
    }

    private Resource<ConfigMap> map(Ledger ledger) {
        // Goes when the workload goes.
        OwnerReference owner = new OwnerReferenceBuilder()
                .withApiVersion(workload.kind().apiVersion())
                .withKind(workload.kind().kind())
                .withName(workload.name())
                .withUid(ledger.uid())
                .build();
        return client.configMaps()
                .inNamespace(workload.namespace())
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(workload.ledgerName())
                        .withNamespace(workload.namespace())
                        .withOwnerReferences(owner)
                        .endMetadata()
                        .withData(ledger.toData())
                        .build());
    }

    private Resource<ConfigMap> map() {
        return client.configMaps().inNamespace(workload.namespace()).withName(workload.ledgerName());
    }

    private Resource<GenericKubernetesResource> resource() {
        return client.genericKubernetesResources(workload.kind().context())
                .inNamespace(workload.namespace())
                .withName(workload.name());
    }

    private Scale scale() {
        Scale scale = resource().scale();
        if (scale == null || scale.getMetadata() == null) {
            throw new IllegalStateException(workload + ": it is not there");
        }
        Objects.requireNonNull(scale.getMetadata().getUid(), "scale.metadata.uid");
        return scale;
    }

    /** Zero is left out by the server. */
    private static int replicas(Scale scale) {
        return scale.getSpec() == null || scale.getSpec().getReplicas() == null
                ? 0
                : scale.getSpec().getReplicas();
    }
}
