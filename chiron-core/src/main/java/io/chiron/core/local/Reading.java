package io.chiron.core.local;

import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.ReasonCode;
import io.chiron.api.Times;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The sample of an instance, judged: either it may be used, or there is a reason to hold.
 *
 * @param sample the sample to be used; null if the decision is held
 * @param hold why it is held; meaningless if a sample is there
 * @param detail what is wrong with the sample, in words
 */
record Reading(@Nullable InstanceSample sample, ReasonCode hold, String detail) {
    /** Clocks of hosts and engines may differ by this much. */
    private static final double CLOCK_SKEW_SECONDS = 5;

    private static final Reading NONE = new Reading(null, ReasonCode.BLIND, "there is no sample");
    private static final Reading USED = new Reading(null, ReasonCode.STEADY, "the sample was used before");

    /**
     * Judges the sample of an instance.
     *
     * @param used time of the sample that was used last; null if none was
     * @param curve true if the sample is for an iteration curve, which needs what was prefilled
     */
    static Reading of(
            InstanceSnapshot instance, @Nullable Instant used, Instant now, LocalConfig config, boolean curve) {
        InstanceSample sample = instance.sample();
        if (sample == null) {
            return NONE;
        }
        String fault = sample.fault();
        if (fault == null) {
            fault = missing(sample, curve);
        }
        if (fault != null) {
            return new Reading(null, ReasonCode.BAD_SAMPLE, fault);
        }
        double ageSeconds = Times.secondsBetween(sample.time(), now);
        if (ageSeconds < -CLOCK_SKEW_SECONDS) {
            return new Reading(null, ReasonCode.BAD_SAMPLE, seconds("sample time lies ahead by", -ageSeconds));
        }
        if (ageSeconds > config.maxSampleAgeSeconds()) {
            return new Reading(null, ReasonCode.STALE, seconds("age is", ageSeconds));
        }
        // A clock that was set back leaves a used time ahead of now: it is forgotten.
        boolean before =
                used != null && !sample.time().isAfter(used) && Times.secondsBetween(now, used) <= CLOCK_SKEW_SECONDS;
        return before ? USED : new Reading(sample, ReasonCode.LOCAL_BACKPRESSURE, "");
    }

    /** True if sequences ran and an ITL was measured; else the sample tells nothing about a batch. */
    static boolean active(InstanceSample sample) {
        return !Observation.idle(sample.meanRunning()) && !Double.isNaN(sample.meanItlSeconds());
    }

    /** Prompt tokens per iteration. */
    static double prefillPerIteration(InstanceSample sample) {
        return sample.prefillTokens() == 0 ? 0 : sample.prefillTokens() / sample.iterations();
    }

    private static @Nullable String missing(InstanceSample sample, boolean curve) {
        if (Double.isNaN(sample.meanRunning())) {
            return "meanRunning is not measured";
        }
        if (!active(sample)) {
            return null;
        }
        double prefill = 0;
        if (curve) {
            if (Double.isNaN(sample.prefillTokens())) {
                return "prefillTokens is not measured";
            }
            if (Double.isNaN(sample.iterations()) && sample.prefillTokens() > 0) {
                return "iterations is not measured";
            }
            prefill = prefillPerIteration(sample);
        }
        return Observation.fault(sample.meanRunning(), prefill, sample.meanItlSeconds());
    }

    private static String seconds(String what, double value) {
        return String.format(Locale.ROOT, "%s %.3f s", what, value);
    }
}
