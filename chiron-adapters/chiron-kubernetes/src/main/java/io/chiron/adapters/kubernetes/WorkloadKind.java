package io.chiron.adapters.kubernetes;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/** What runs the pods of a fleet. */
public enum WorkloadKind {
    /** Any pod can be the one that goes. */
    DEPLOYMENT("apps", "v1", "Deployment", "deployments", ""),
    /** Only the pod with the highest ordinal can go. */
    STATEFUL_SET("apps", "v1", "StatefulSet", "statefulsets", "apps.kubernetes.io/pod-index"),
    /** Groups of pods, an instance each; only the group with the highest index can go. */
    LEADER_WORKER_SET(
            "leaderworkerset.x-k8s.io",
            "v1",
            "LeaderWorkerSet",
            "leaderworkersets",
            "leaderworkerset.sigs.k8s.io/group-index");

    /** Label of the pods of a LeaderWorkerSet: 0 for the leader, which stands for its group. */
    static final String WORKER_INDEX = "leaderworkerset.sigs.k8s.io/worker-index";

    private final String group;
    private final String version;
    private final String kind;
    private final String plural;
    private final String indexLabel;

    WorkloadKind(String group, String version, String kind, String plural, String indexLabel) {
        this.group = group;
        this.version = version;
        this.kind = kind;
        this.plural = plural;
        this.indexLabel = indexLabel;
    }

    ResourceDefinitionContext context() {
        return new ResourceDefinitionContext.Builder()
                .withGroup(group)
                .withVersion(version)
                .withKind(kind)
                .withPlural(plural)
                .withNamespaced(true)
                .build();
    }

    String apiVersion() {
        return group + "/" + version;
    }

    String kind() {
        return kind;
    }

    /** True if scaling down removes the highest index, whatever a pod's deletion cost is. */
    boolean removesHighest() {
        return this != DEPLOYMENT;
    }

    /** Label with the index of a pod or group; empty if the kind has none. */
    String indexLabel() {
        return indexLabel;
    }
}
