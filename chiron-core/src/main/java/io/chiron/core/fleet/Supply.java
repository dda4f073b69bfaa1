package io.chiron.core.fleet;

/**
 * What a fleet can produce for the batch queue by a deadline (design 7). Immutable.
 *
 * <p>{@code Σ_dedicated R_batch·(d - ready_i)⁺ + max(0, Σ_shared R_shared·(d - ready_i)⁺ - interactive work)}: the shared
 * instances, those that interactive demand wants, give what interactive work leaves, at the interactive limit.
 */
final class Supply {
    private final double[] readyInSeconds;
    /** Sums over the first instances, so that a question about any number of them costs a binary search. */
    private final double[] speedSums;

    private final double[] delaySums;
    private final double interactiveLoad;
    private final double dedicatedRate;
    private final double sharedRate;
    /** Planned launches, behind all others in the count though perhaps not in time. */
    private final int more;

    private final double moreInSeconds;

    /**
     * @param readyInSeconds per instance, ascending
     * @param speeds per instance, against the reference kind
     * @param interactiveLoad mean interactive demand, in instances of the reference kind
     * @param dedicatedRate batch tokens per second of a dedicated instance
     * @param sharedRate batch tokens per second of a whole shared instance
     */
    Supply(double[] readyInSeconds, double[] speeds, double interactiveLoad, double dedicatedRate, double sharedRate) {
        this.more = 0;
        this.moreInSeconds = 0;
        this.readyInSeconds = readyInSeconds;
        this.speedSums = new double[speeds.length + 1];
        this.delaySums = new double[speeds.length + 1];
        for (int i = 0; i < speeds.length; i++) {
            speedSums[i + 1] = speedSums[i] + speeds[i];
            delaySums[i + 1] = delaySums[i] + speeds[i] * readyInSeconds[i];
        }
        this.interactiveLoad = interactiveLoad;
        this.dedicatedRate = dedicatedRate;
        this.sharedRate = sharedRate;
    }

    private Supply(Supply present, int more, double moreInSeconds) {
        this.more = more;
        this.moreInSeconds = moreInSeconds;
        this.readyInSeconds = present.readyInSeconds;
        this.speedSums = present.speedSums;
        this.delaySums = present.delaySums;
        this.interactiveLoad = present.interactiveLoad;
        this.dedicatedRate = present.dedicatedRate;
        this.sharedRate = present.sharedRate;
    }

    int instances() {
        return readyInSeconds.length + more;
    }

    double dedicatedRate() {
        return dedicatedRate;
    }

    /**
     * Batch tokens by {@code leftSeconds} from now with the first {@code count} instances, of which {@code shared} also
     * serve interactive work.
     */
    double tokens(double leftSeconds, int count, int shared) {
        if (!(leftSeconds > 0)) {
            return 0;
        }
        int last = Math.min(count, servingBefore(leftSeconds));
        int front = Math.min(shared, last);
        double sharedSeconds = leftSeconds * speedSums[front] - delaySums[front];
        double dedicatedSeconds =
                leftSeconds * (speedSums[last] - speedSums[front]) - (delaySums[last] - delaySums[front]);
        double window = Math.max(0, leftSeconds - moreInSeconds);
        int added = Math.max(0, Math.min(more, count - readyInSeconds.length));
        int addedShared = Math.max(0, Math.min(added, shared - readyInSeconds.length));
        sharedSeconds += addedShared * window;
        dedicatedSeconds += (added - addedShared) * window;
        double spare = Math.max(0, sharedSeconds - interactiveLoad * leftSeconds);
        return dedicatedSeconds * dedicatedRate + spare * sharedRate;
    }

    /** Number of instances that serve before {@code seconds} have passed. */
    private int servingBefore(double seconds) {
        int low = 0;
        int high = readyInSeconds.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (readyInSeconds[middle] < seconds) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The instances that are there and {@code launches} of speed one that serve after {@code leadSeconds}. */
    Supply plus(int launches, double leadSeconds) {
        return new Supply(this, launches, leadSeconds);
    }
}
