package io.chiron.adapters.kubernetes;

/** Labels and annotations on pods. A router selects on the labels; a pod template may set them for new pods. */
public final class Marks {
    /** Label: the pool, as {@code interactive}, {@code mixed} or {@code batch}. */
    public static final String POOL = "chiron.io/pool";

    /** Label: {@value #SERVING} or {@value #DRAINING}. */
    public static final String STATE = "chiron.io/state";

    /** The state of a pod that may be given work. */
    public static final String SERVING = "serving";

    /** The state of a pod that finishes what it has. */
    public static final String DRAINING = "draining";

    /** Annotation: the launch that the pod came of; empty if none. A pod without it is new. */
    public static final String LAUNCH_ID = "chiron.io/launch-id";

    /** Annotation: the pod that was to be drained where the workload only lets this one go. */
    static final String DRAIN_FOR = "chiron.io/drain-for";

    /** Annotation of Kubernetes: pods with the least cost go first. */
    static final String DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

    private Marks() {}
}
