package io.chiron.api;

import java.time.Instant;
import java.util.Objects;

/**
 * How long one queued request really waited, beside what was predicted when it was queued. Immutable.
 *
 * @param dispatchedAt when it left the queue
 * @param position requests ahead of it when it was queued, itself included; at least 1
 * @param predictedSeconds mean wait predicted then, seconds; above 0
 * @param actualSeconds wait it had, seconds; not negative
 */
public record WaitOutcome(Instant dispatchedAt, long position, double predictedSeconds, double actualSeconds) {
    public WaitOutcome {
        Objects.requireNonNull(dispatchedAt, "wait.dispatchedAt");
        Checks.inRange("wait.position", position, 1, Long.MAX_VALUE);
        Checks.positive("wait.predictedSeconds", predictedSeconds);
        Checks.notNegative("wait.actualSeconds", actualSeconds);
    }
}
