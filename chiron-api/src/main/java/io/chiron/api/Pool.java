package io.chiron.api;

/** The role of an instance: which classes it serves. Changing it needs no model load. */
public enum Pool {
    /** Serves interactive requests only. */
    INTERACTIVE,
    /** Serves interactive requests first and batch requests in what they leave. */
    MIXED,
    /** Serves batch requests only. */
    BATCH;

    /** True if an instance in this role may take requests of the class. */
    public boolean serves(RequestClass requestClass) {
        return this == MIXED || (this == BATCH) == (requestClass == RequestClass.BATCH);
    }
}
