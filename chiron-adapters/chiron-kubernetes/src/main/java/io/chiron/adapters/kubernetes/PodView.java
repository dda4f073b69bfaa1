package io.chiron.adapters.kubernetes;

import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.Times;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a pod. What a server leaves out is null in every part of it. */
final class PodView {
    private PodView() {}

    static String name(Pod pod) {
        return pod.getMetadata().getName();
    }

    /**
     * True if the pod is an instance of the workload: paid for and not on its way out. One that is being deleted was retired
     * and cannot be had back; one that has ended was replaced by its controller.
     */
    static boolean lives(Pod pod, Workload workload) {
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return pod.getMetadata().getDeletionTimestamp() == null
                && !"Failed".equals(phase)
                && !"Succeeded".equals(phase)
                && (workload.kind() != WorkloadKind.LEADER_WORKER_SET
                        || "0".equals(label(pod, WorkloadKind.WORKER_INDEX)));
    }

    static PodInstance read(Pod pod, Workload workload, Instant now) {
        PodCondition ready = condition(pod, "Ready");
        boolean serves = ready != null && "True".equals(ready.getStatus());
        Instant made = time(pod.getMetadata().getCreationTimestamp(), now);
        Instant turned = time(ready == null ? null : ready.getLastTransitionTime(), made);
        Phase phase = draining(pod) ? Phase.DRAINING : serves ? Phase.READY : Phase.STARTING;
        String trouble = serves ? null : trouble(pod);
        Instant readyAt;
        if (serves) {
            readyAt = turned;
        } else if (trouble != null) {
            // Nobody knows when, and every start-up time that passes makes it more of a stuck one.
            readyAt = made;
        } else {
            readyAt = (turned.isAfter(made) ? turned : made).plus(workload.startUp());
        }
        String launchId = annotation(pod, Marks.LAUNCH_ID);
        return new PodInstance(
                new InstanceSnapshot(
                        name(pod),
                        pool(pod),
                        phase,
                        readyAt,
                        launchId == null || launchId.isBlank() ? null : launchId,
                        workload.accelerator(),
                        null),
                pod.getStatus() == null ? null : pod.getStatus().getPodIP(),
                serves ? Times.secondsBetween(made, turned) : Double.NaN,
                trouble);
    }

    static boolean ready(Pod pod) {
        PodCondition ready = condition(pod, "Ready");
        return ready != null && "True".equals(ready.getStatus());
    }

    static boolean draining(Pod pod) {
        return Marks.DRAINING.equals(label(pod, Marks.STATE));
    }

    /** Index of a pod or group in its workload; -1 if it has none. */
    static int index(Pod pod, Workload workload) {
        String text = label(pod, workload.kind().indexLabel());
        if (text == null) {
            // Kubernetes before 1.28 has no label: the name ends in it.
            text = name(pod).substring(name(pod).lastIndexOf('-') + 1);
        }
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException none) {
            return -1;
        }
    }

    static @Nullable String annotation(Pod pod, String key) {
        Map<String, String> all = pod.getMetadata().getAnnotations();
        return all == null ? null : all.get(key);
    }

    static Instant made(Pod pod) {
        return time(pod.getMetadata().getCreationTimestamp(), Instant.EPOCH);
    }

    static String label(Pool pool) {
        return pool.name().toLowerCase(Locale.ROOT);
    }

    /** Without a label, or with one that is no pool, it serves both classes. */
    static Pool pool(Pod pod) {
        String label = label(pod, Marks.POOL);
        for (Pool pool : Pool.values()) {
            if (label(pool).equals(label)) {
                return pool;
            }
        }
        return Pool.MIXED;
    }

    /** Why the pod does not start, in the cluster's words; null if it says nothing. */
    private static @Nullable String trouble(Pod pod) {
        PodCondition scheduled = condition(pod, "PodScheduled");
        if (scheduled != null && "False".equals(scheduled.getStatus())) {
            return scheduled.getReason() + ": " + scheduled.getMessage();
        }
        if (pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null) {
            return null;
        }
        for (ContainerStatus container : pod.getStatus().getContainerStatuses()) {
            var waiting =
                    container.getState() == null ? null : container.getState().getWaiting();
            if (waiting != null
                    && waiting.getReason() != null
                    && !waiting.getReason().equals("ContainerCreating")
                    && !waiting.getReason().equals("PodInitializing")) {
                return waiting.getReason() + ": " + waiting.getMessage();
            }
        }
        return null;
    }

    private static @Nullable PodCondition condition(Pod pod, String type) {
        if (pod.getStatus() == null || pod.getStatus().getConditions() == null) {
            return null;
        }
        for (PodCondition condition : pod.getStatus().getConditions()) {
            if (type.equals(condition.getType())) {
                return condition;
            }
        }
        return null;
    }

    private static @Nullable String label(Pod pod, String key) {
        Map<String, String> all = pod.getMetadata().getLabels();
        return all == null || key.isEmpty() ? null : all.get(key);
    }

    private static Instant time(@Nullable String text, Instant otherwise) {
        if (text == null) {
            return otherwise;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeException unreadable) {
            return otherwise;
        }
    }
}
