package io.chiron.adapters.enginemetrics;

/** What is read from a page, and how the values of several engines on one page become one. */
enum Quantity {
    RUNNING(Kind.SUM),
    WAITING(Kind.SUM),
    /** Fraction; the fullest engine of a page is the first to preempt. */
    KV_USE(Kind.MAX),
    KV_USED_TOKENS(Kind.SUM),
    KV_CAPACITY_TOKENS(Kind.SUM),
    KV_USED_BLOCKS(Kind.SUM),
    KV_BLOCKS(Kind.SUM),
    KV_BLOCK_TOKENS(Kind.MAX),
    ITERATION_BUDGET_TOKENS(Kind.SUM),
    /** Output tokens per second of one sequence, where an engine has no better measure of its ITL. */
    SEQUENCE_TOKENS_PER_SECOND(Kind.MAX),

    OUTPUT_TOKENS(Kind.COUNTER),
    PROMPT_TOKENS(Kind.COUNTER),
    ITERATIONS(Kind.COUNTER),
    PREEMPTIONS(Kind.COUNTER),
    ITL_SECONDS(Kind.COUNTER),
    ITL_COUNT(Kind.COUNTER),
    ITL_BUCKETS(Kind.COUNTER),
    TTFT_SECONDS(Kind.COUNTER),
    TTFT_COUNT(Kind.COUNTER),
    TTFT_BUCKETS(Kind.COUNTER);

    private enum Kind {
        SUM,
        MAX,
        COUNTER
    }

    private final Kind kind;

    Quantity(Kind kind) {
        this.kind = kind;
    }

    boolean counter() {
        return kind == Kind.COUNTER;
    }

    double merge(double first, double second) {
        return kind == Kind.MAX ? Math.max(first, second) : first + second;
    }
}
