package io.chiron.core.local;

import io.chiron.api.Checks;

/**
 * Settings of the local loop. Immutable.
 *
 * @param margin share of the ITL SLO that the soft limit leaves free; [0, 0.9]. 15 %: 10 % is thin for a large model in
 *     mixed use, 20 % costs no instances but room
 * @param kvHigh share of the KV cache that the soft limit fills on average; (0, 1]
 * @param minBatch least limit, sequences; [1, maxBatch]
 * @param startBatch limit before anything was seen, sequences; [minBatch, maxBatch]
 * @param maxBatch greatest limit, sequences; [1, 1,000,000]
 * @param curveHalfLifeSeconds age at which a sample counts half in the iteration curve, seconds; (0, 86,400]
 * @param maxSampleAgeSeconds age above which a sample is stale, seconds; (0, 3,600]
 * @param alpha ratio rule: share of a wanted growth that is taken per sample; (0, 1]
 * @param growCap ratio rule: greatest growth factor asked for; [1, 10]
 * @param shrinkFloor ratio rule: least factor of one shrinking; (0, 1]
 * @param filled share of a limit from which an instance counts as filled; (0, 1]
 */
public record LocalConfig(
        double margin,
        double kvHigh,
        int minBatch,
        int startBatch,
        int maxBatch,
        double curveHalfLifeSeconds,
        double maxSampleAgeSeconds,
        double alpha,
        double growCap,
        double shrinkFloor,
        double filled) {

    /** What {@link #builder()} starts from. */
    public static final LocalConfig DEFAULTS = new LocalConfig(0.15, 0.9, 1, 64, 4096, 720, 45, 0.5, 2, 0.5, 0.9);

    public LocalConfig {
        Checks.inRange("local.margin", margin, 0, 0.9);
        Checks.inRange("local.kvHigh", Checks.positive("local.kvHigh", kvHigh), 0, 1);
        Checks.inRange("local.maxBatch", maxBatch, 1, 1_000_000);
        Checks.inRange("local.minBatch", minBatch, 1, maxBatch);
        Checks.inRange("local.startBatch", startBatch, minBatch, maxBatch);
        Checks.inRange(
                "local.curveHalfLifeSeconds",
                Checks.positive("local.curveHalfLifeSeconds", curveHalfLifeSeconds),
                0,
                86_400);
        Checks.inRange(
                "local.maxSampleAgeSeconds",
                Checks.positive("local.maxSampleAgeSeconds", maxSampleAgeSeconds),
                0,
                3_600);
        Checks.inRange("local.alpha", Checks.positive("local.alpha", alpha), 0, 1);
        Checks.inRange("local.growCap", growCap, 1, 10);
        Checks.inRange("local.shrinkFloor", Checks.positive("local.shrinkFloor", shrinkFloor), 0, 1);
        Checks.inRange("local.filled", Checks.positive("local.filled", filled), 0, 1);
    }

    /** A builder that starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings; confined to one thread. */
    public static final class Builder {
        private double margin = DEFAULTS.margin;
        private double kvHigh = DEFAULTS.kvHigh;
        private int minBatch = DEFAULTS.minBatch;
        private int startBatch = DEFAULTS.startBatch;
        private int maxBatch = DEFAULTS.maxBatch;
        private double curveHalfLifeSeconds = DEFAULTS.curveHalfLifeSeconds;
        private double maxSampleAgeSeconds = DEFAULTS.maxSampleAgeSeconds;
        private double alpha = DEFAULTS.alpha;
        private double growCap = DEFAULTS.growCap;
        private double shrinkFloor = DEFAULTS.shrinkFloor;
        private double filled = DEFAULTS.filled;

        private Builder() {}

        public Builder margin(double value) {
            margin = value;
            return this;
        }

        public Builder kvHigh(double value) {
            kvHigh = value;
            return this;
        }

        public Builder minBatch(int value) {
            minBatch = value;
            return this;
        }

        public Builder startBatch(int value) {
            startBatch = value;
            return this;
        }

        public Builder maxBatch(int value) {
            maxBatch = value;
            return this;
        }

        public Builder curveHalfLifeSeconds(double value) {
            curveHalfLifeSeconds = value;
            return this;
        }

        public Builder maxSampleAgeSeconds(double value) {
            maxSampleAgeSeconds = value;
            return this;
        }

        public Builder alpha(double value) {
            alpha = value;
            return this;
        }

        public Builder growCap(double value) {
            growCap = value;
            return this;
        }

        public Builder shrinkFloor(double value) {
            shrinkFloor = value;
            return this;
        }

        public Builder filled(double value) {
            filled = value;
            return this;
        }

        public LocalConfig build() {
            return new LocalConfig(
                    margin,
                    kvHigh,
                    minBatch,
                    startBatch,
                    maxBatch,
                    curveHalfLifeSeconds,
                    maxSampleAgeSeconds,
                    alpha,
                    growCap,
                    shrinkFloor,
                    filled);
        }
    }
}
