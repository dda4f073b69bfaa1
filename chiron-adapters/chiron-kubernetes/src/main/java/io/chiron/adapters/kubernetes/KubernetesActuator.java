package io.chiron.adapters.kubernetes;

import io.chiron.api.Action;
import io.chiron.api.ScalingActuator;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Carries decisions out on a workload. Launch and retire change its count through the scale subresource, at most once per
 * launch id and pod, also over restarts and between two operators; pools and drains are
 * labels on pods; batch limits and evictions are the router's.
 *
 * <p>A Deployment lets a chosen pod go by its deletion cost, which counts among pods that are equally ready: while another is
 * less so, retiring is refused. A StatefulSet or LeaderWorkerSet lets only the highest index go: a drain is carried out on
 * the highest one that is not draining yet, whichever was named, and retiring another than the highest is refused.
 *
 * <p>Blocks for a few requests. Refusals of the API server are thrown as {@link IllegalStateException} in words, for the core
 * to try again; so the client should not retry by itself ({@code requestRetryBackoffLimit} 0). One call at a time, from any
 * thread.
 */
public final class KubernetesActuator implements ScalingActuator {
    private static final String FIRST_TO_GO = "-2147483647";
    private static final String LIKE_OTHERS = "0";

    private final KubernetesClient client;
    private final Workload workload;
    private final ScalingActuator router;
    private final InstantSource clock;
    private final EventLog events;
    private final Scaler scaler;

    /**
     * @param router is handed batch limits and evictions
     * @param clock should be that of the ticks
     */
    public KubernetesActuator(KubernetesClient client, Workload workload, ScalingActuator router, InstantSource clock) {
        this.client = Objects.requireNonNull(client, "client");
        this.workload = Objects.requireNonNull(workload, "workload");
        this.router = Objects.requireNonNull(router, "router");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.events = new EventLog(client, workload, clock);
        this.scaler = new Scaler(client, workload, events);
    }

    @Override
    public synchronized void apply(Action action) {
        String what = action.getClass().getSimpleName();
        try {
            if (action instanceof Action.Launch launch) {
                launch(launch);
            } else if (action instanceof Action.Retire retire) {
                retire(retire);
            } else if (action instanceof Action.Reassign reassign) {
                Pod pod = pod(reassign.instance());
                if (pod != null && PodView.pool(pod) != reassign.pool()) {
                    mark(pod, Map.of(Marks.POOL, PodView.label(reassign.pool())), Map.of());
                    tell(pod, "Reassigned", "to " + reassign.pool(), action);
                }
            } else if (action instanceof Action.Drain drain) {
                drain(drain);
            } else if (action instanceof Action.CancelDrain cancel) {
                Pod pod = pod(cancel.instance());
                if (pod != null && PodView.draining(pod)) {
                    mark(
                            pod,
                            Map.of(Marks.STATE, Marks.SERVING),
                            Map.of(Marks.DRAIN_FOR, "", Marks.DELETION_COST, LIKE_OTHERS));
                    tell(pod, "DrainCancelled", "serves again", action);
                }
            } else {
                router.apply(action);
            }
        } catch (KubernetesClientException thrown) {
            throw ApiFault.of(what, workload, thrown);
        }
    }

    /**
     * What has to be done between ticks, by the leader only: finishes a scaling that was cut short, follows one that somebody
     * else did, and gives new pods their pool and the launch that they came of.
     *
     * @throws IllegalStateException if the API server refuses or does not answer, in words
     */
    public synchronized void upkeep() {
        try {
            List<Pod> pods = PodInstances.pods(client, workload);
            Map<String, String> podByLaunch = new HashMap<>();
            for (Pod pod : pods) {
                String launchId = PodView.annotation(pod, Marks.LAUNCH_ID);
                if (launchId != null && !launchId.isBlank()) {
                    podByLaunch.put(launchId, PodView.name(pod));
                }
            }
            List<String> names = pods.stream().map(PodView::name).toList();
            Ledger ledger = scaler.change(each -> each.seen(podByLaunch, names));
            List<Ledger.Applied> open = ledger.open(clock.instant().minus(PodInstances.FORGOTTEN));
            int next = 0;
            for (Pod pod : pods) {
                if (PodView.annotation(pod, Marks.LAUNCH_ID) == null) {
                    Ledger.Applied launch = next < open.size() ? open.get(next++) : null;
                    adopt(pod, launch);
                    if (launch != null) {
                        podByLaunch.put(launch.id(), PodView.name(pod));
                    }
                }
            }
            if (next > 0) {
                scaler.change(each -> each.seen(podByLaunch, names));
            }
        } catch (KubernetesClientException thrown) {
            throw ApiFault.of("upkeep", workload, thrown);
        }
    }

    /** Events on objects that could not be written. */
    public long lostEvents() {
        return events.lost();
    }

    private void launch(Action.Launch launch) {
        boolean[] news = {false};
        Ledger ledger = scaler.change(each -> {
            Ledger next = each.launch(launch, clock.instant());
            news[0] |= !next.equals(each);
            return next;
        });
        if (news[0]) {
            events.tell(
                    events.workload(ledger.uid()),
                    "Launched",
                    launch.pool() + " instance, " + ledger.wanted() + " wanted",
                    launch.reason());
        }
    }

    private void retire(Action.Retire retire) {
        List<Pod> pods = PodInstances.pods(client, workload);
        Pod victim = pods.stream()
                .filter(pod -> PodView.name(pod).equals(retire.instance()))
                .findFirst()
                .orElse(null);
        if (victim == null) {
            return; // gone
        }
        Ledger before = scaler.change(each -> each);
        if (!before.retired().contains(retire.instance())) {
            refuseIfAnotherWouldGo(victim, pods, before);
            mark(victim, Map.of(Marks.STATE, Marks.DRAINING), Map.of(Marks.DELETION_COST, FIRST_TO_GO));
        }
        Ledger after = scaler.change(each -> each.retire(retire.instance()));
        if (!after.equals(before)) {
            tell(victim, "Retired", after.wanted() + " wanted", retire);
        }
    }

    private void refuseIfAnotherWouldGo(Pod victim, List<Pod> pods, Ledger ledger) {
        List<Pod> staying = pods.stream()
                .filter(pod -> !ledger.retired().contains(PodView.name(pod)))
                .toList();
        if (workload.kind().removesHighest()) {
            for (Pod other : staying) {
                if (PodView.index(other, workload) > PodView.index(victim, workload)) {
                    throw new IllegalStateException("Retire " + PodView.name(victim) + " on " + workload
                            + ": it removes the highest index first, such as " + PodView.name(other));
                }
            }
        } else if (PodView.ready(victim)) {
            for (Pod other : staying) {
                if (!PodView.ready(other)) {
                    throw new IllegalStateException("Retire " + PodView.name(victim) + " on " + workload
                            + ": it removes pods that are not ready first, such as " + PodView.name(other));
                }
            }
        }
    }

    private void drain(Action.Drain drain) {
        Pod pod = pod(drain.instance());
        if (pod == null || PodView.draining(pod)) {
            return;
        }
        if (workload.kind().removesHighest()) {
            List<Pod> pods = PodInstances.pods(client, workload);
            for (Pod each : pods) {
                if (drain.instance().equals(PodView.annotation(each, Marks.DRAIN_FOR))) {
                    return; // done before, on another
                }
                if (!PodView.draining(each) && PodView.index(each, workload) > PodView.index(pod, workload)) {
                    pod = each;
                }
            }
        }
        mark(pod, Map.of(Marks.STATE, Marks.DRAINING), Map.of(Marks.DRAIN_FOR, drain.instance()));
        tell(pod, "Draining", "asked of " + drain.instance(), drain);
    }

    /** A new pod: its pool is that of the launch it came of, or what its template says. */
    private void adopt(Pod pod, Ledger.@Nullable Applied launch) {
        mark(
                pod,
                Map.of(
                        Marks.POOL,
                        PodView.label(launch == null ? PodView.pool(pod) : launch.pool()),
                        Marks.STATE,
                        PodView.draining(pod) ? Marks.DRAINING : Marks.SERVING),
                Map.of(Marks.LAUNCH_ID, launch == null ? "" : launch.id()));
    }

    private @Nullable Pod pod(String name) {
        Pod pod = client.pods().inNamespace(workload.namespace()).withName(name).get();
        return pod == null || !PodView.lives(pod, workload) ? null : pod;
    }

    private void mark(Pod pod, Map<String, String> labels, Map<String, String> annotations) {
        String patch = Serialization.asJson(Map.of("metadata", Map.of("labels", labels, "annotations", annotations)));
        try {
            client.pods()
                    .inNamespace(workload.namespace())
                    .withName(PodView.name(pod))
                    .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
        } catch (KubernetesClientException thrown) {
            if (!ApiFault.isMissing(thrown)) { // gone meanwhile
                throw thrown;
            }
        }
    }

    private void tell(Pod pod, String what, String detail, Action action) {
        events.tell(EventLog.pod(pod), what, detail, action.reason());
    }
}
