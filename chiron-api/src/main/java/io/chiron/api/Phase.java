package io.chiron.api;

/** Where an instance is in its life. */
public enum Phase {
    /** Asked for, not serving yet. */
    STARTING,
    /** Serves requests. */
    READY,
    /** Finishes what it runs and takes nothing new. */
    DRAINING,
    /** Broken: serves nothing and will not recover. */
    FAILED
}
