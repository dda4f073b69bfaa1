package io.chiron.adapters.kubernetes;

import io.chiron.api.Reason;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Tells on the objects themselves what was done and why. An event that cannot be written is counted, and stops nothing. */
final class EventLog {
    /** The API server's own limit. */
    private static final int LONGEST_MESSAGE = 1024;

    private final KubernetesClient client;
    private final Workload workload;
    private final InstantSource clock;
    private final AtomicLong lost = new AtomicLong();

    EventLog(KubernetesClient client, Workload workload, InstantSource clock) {
        this.client = client;
        this.workload = workload;
        this.clock = clock;
    }

    ObjectReference workload(String uid) {
        return new ObjectReferenceBuilder()
                .withApiVersion(workload.kind().apiVersion())
                .withKind(workload.kind().kind())
                .withNamespace(workload.namespace())
                .withName(workload.name())
                .withUid(uid)
                .build();
    }

    static ObjectReference pod(Pod pod) {
        return new ObjectReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Pod")
                .withNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .build();
    }

    void tell(ObjectReference about, String what, String detail, Reason reason) {
        StringBuilder message = new StringBuilder(detail).append(": ").append(reason.code());
        reason.numbers().forEach((name, value) -> message.append(String.format(Locale.ROOT, " %s=%.4g", name, value)));
        if (!reason.rejected().isEmpty()) {
            message.append(", instead of ").append(reason.rejected());
        }
        write(about, "Normal", what, message.toString());
    }

    void warn(ObjectReference about, String what, String message) {
        write(about, "Warning", what, message);
    }

    /** Events that could not be written. */
    long lost() {
        return lost.get();
    }

    private void write(ObjectReference about, String type, String what, String message) {
        String now = Instant.ofEpochSecond(clock.instant().getEpochSecond()).toString();
        try {
            client.v1()
                    .events()
                    .inNamespace(workload.namespace())
                    .resource(new EventBuilder()
                            .withNewMetadata()
                            .withGenerateName("chiron-")
                            .withNamespace(workload.namespace())
                            .endMetadata()
                            .withInvolvedObject(about)
                            .withType(type)
                            .withReason(what)
                            .withMessage(message.substring(0, Math.min(message.length(), LONGEST_MESSAGE)))
                            .withNewSource()
                            .withComponent("chiron")
                            .endSource()
                            .withFirstTimestamp(now)
                            .withLastTimestamp(now)
                            .withCount(1)
                            .build())
                    .create();
        } catch (KubernetesClientException thrown) {
            lost.incrementAndGet();
        }
    }
}
