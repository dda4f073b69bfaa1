package io.chiron.core.routing;

import io.chiron.api.ArrivalBins;
import io.chiron.api.Checks;

/**
 * Settings of the router. Immutable.
 *
 * @param maxEvictionsPerRequest times that the router takes one batch request off an instance; [0, 100]
 * @param evictionEnabled whether an interactive request may push batch work off an instance; {@link Router#evict} does
 *     in either case
 * @param hardAdmission whether interactive requests are admitted up to the hard limit where no soft room is left; if not,
 *     the soft limit ends admission. The fleet rule counts on the hard limit: of an instance bound by its ITL it then expects
 *     up to {@code margin} more than it gets
 * @param packing whether a request goes to the most loaded instance with room instead of the least loaded: an option for
 *     rules that count busy instances; it costs attainment
 * @param homeWaitSeconds time before its deadline at which an evicted request stops waiting for the instance that keeps
 *     its KV cache, seconds; [0, 86,400]
 * @param binMillis width of an arrival bin, milliseconds; [1, 250]
 * @param binMemorySeconds time that the closed arrival bins cover, seconds; [60, 3,600]
 * @param waitSampleLimit most wait outcomes kept per tier; [16, 65,536]
 * @param groupLimit most groups of the batch queue, though each tier gets at least one; [1, 64]
 * @param slackFraction width of a group as a fraction of the time that is left to its deadline, widened where more than
 *     {@code groupLimit} groups would result; (0, 1]
 */
public record RouterConfig(
        int maxEvictionsPerRequest,
        boolean evictionEnabled,
        boolean hardAdmission,
        boolean packing,
        double homeWaitSeconds,
        int binMillis,
        double binMemorySeconds,
        int waitSampleLimit,
        int groupLimit,
        double slackFraction) {

    /** What {@link #builder()} starts from. */
    public static final RouterConfig DEFAULTS = new RouterConfig(3, true, true, false, 30, 250, 64, 256, 64, 0.1);

    public RouterConfig {
        Checks.inRange("router.maxEvictionsPerRequest", maxEvictionsPerRequest, 0, 100);
        Checks.inRange("router.homeWaitSeconds", homeWaitSeconds, 0, 86_400);
        Checks.inRange("router.binMillis", binMillis, 1, (int) ArrivalBins.MAX_WIDTH.toMillis());
        Checks.inRange("router.binMemorySeconds", binMemorySeconds, 60, 3_600);
        Checks.inRange("router.waitSampleLimit", waitSampleLimit, 16, 65_536);
        Checks.inRange("router.groupLimit", groupLimit, 1, 64);
        if (!(slackFraction > 0 && slackFraction <= 1)) {
            throw Checks.outOfRange("router.slackFraction", slackFraction, "(0, 1]");
        }
    }

    /** A builder that starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings; confined to one thread. */
    public static final class Builder {
        private int maxEvictionsPerRequest = DEFAULTS.maxEvictionsPerRequest;
        private boolean evictionEnabled = DEFAULTS.evictionEnabled;
        private boolean hardAdmission = DEFAULTS.hardAdmission;
        private boolean packing = DEFAULTS.packing;
        private double homeWaitSeconds = DEFAULTS.homeWaitSeconds;
        private int binMillis = DEFAULTS.binMillis;
        private double binMemorySeconds = DEFAULTS.binMemorySeconds;
        private int waitSampleLimit = DEFAULTS.waitSampleLimit;
        private int groupLimit = DEFAULTS.groupLimit;
        private double slackFraction = DEFAULTS.slackFraction;

        private Builder() {}

        public Builder maxEvictionsPerRequest(int value) {
            maxEvictionsPerRequest = value;
            return this;
        }

        public Builder evictionEnabled(boolean value) {
            evictionEnabled = value;
            return this;
        }

        public Builder hardAdmission(boolean value) {
            hardAdmission = value;
            return this;
        }

        public Builder packing(boolean value) {
            packing = value;
            return this;
        }

        public Builder homeWaitSeconds(double value) {
            homeWaitSeconds = value;
            return this;
        }

        public Builder binMillis(int value) {
            binMillis = value;
            return this;
        }

        public Builder binMemorySeconds(double value) {
            binMemorySeconds = value;
            return this;
        }

        public Builder waitSampleLimit(int value) {
            waitSampleLimit = value;
            return this;
        }

        public Builder groupLimit(int value) {
            groupLimit = value;
            return this;
        }

        public Builder slackFraction(double value) {
            slackFraction = value;
            return this;
        }

        public RouterConfig build() {
            return new RouterConfig(
                    maxEvictionsPerRequest,
                    evictionEnabled,
                    hardAdmission,
                    packing,
                    homeWaitSeconds,
                    binMillis,
                    binMemorySeconds,
                    waitSampleLimit,
                    groupLimit,
                    slackFraction);
        }
    }
}
