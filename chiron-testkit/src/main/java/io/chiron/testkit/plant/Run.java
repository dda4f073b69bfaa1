package io.chiron.testkit.plant;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.core.TickReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a closed loop. Immutable.
 *
 * @param moments one per tick
 * @param outcomes one per request that came, in order of arrival
 * @param peakPaid most instances that were paid for at any instant
 */
public record Run(List<Moment> moments, List<Outcome> outcomes, int peakPaid) {
    /**
     * After a tick.
     *
     * @param seconds since the start
     * @param ready instances that serve and take work
     * @param paid instances that exist
     * @param inSystem requests that have come and not ended
     */
    public record Moment(double seconds, int ready, int paid, int inSystem, TickReport report) {
        /** True if the tick decided to change the fleet: anything but batch limits and evictions. */
        public boolean scaled() {
            return report.decisions().stream().map(Decision::action).anyMatch(Run::scales);
        }

        /** True if the tick decided to start or to give up an instance. */
        public boolean resized() {
            return report.decisions().stream()
                    .map(Decision::action)
                    .anyMatch(each -> each instanceof Action.Launch
                            || each instanceof Action.Drain
                            || each instanceof Action.CancelDrain
                            || each instanceof Action.Retire);
        }
    }

    public Run {
        moments = List.copyOf(moments);
        outcomes = List.copyOf(outcomes);
    }

    private static boolean scales(@Nullable Action action) {
        return action != null && !(action instanceof Action.SetBatchLimits || action instanceof Action.Evict);
    }

    /** Seconds at which the fleet was resized, with the instances paid for after it: the history in one line. */
    public String sizes() {
        StringBuilder sizes = new StringBuilder();
        for (Moment moment : moments) {
            if (moment.resized()) {
                sizes.append(Math.round(moment.seconds()))
                        .append(':')
                        .append(moment.paid())
                        .append(' ');
            }
        }
        return sizes.toString();
    }

    /** The last tick. */
    public Moment last() {
        return moments.get(moments.size() - 1);
    }

    /** The last tick at or before a time. */
    public Moment at(double seconds) {
        Moment found = moments.get(0);
        for (Moment moment : moments) {
            found = moment.seconds() <= seconds ? moment : found;
        }
        return found;
    }

    /** Ticks in (from, to]. */
    public List<Moment> between(double fromSeconds, double toSeconds) {
        return moments.stream()
                .filter(moment -> moment.seconds() > fromSeconds && moment.seconds() <= toSeconds)
                .toList();
    }

    /** Requests of a tier that came in [from, to). */
    public List<Outcome> outcomes(String tier, double fromSeconds, double toSeconds) {
        return outcomes.stream()
                .filter(each -> each.arrival().tier().equals(tier))
                .filter(each -> each.arrival().atSeconds() >= fromSeconds
                        && each.arrival().atSeconds() < toSeconds)
                .toList();
    }

    /** Share of the requests of a tier that started by their deadline; 1 if there were none. */
    public double inTime(String tier) {
        List<Outcome> own = outcomes(tier, 0, Double.POSITIVE_INFINITY);
        return own.isEmpty() ? 1 : (double) own.stream().filter(Outcome::inTime).count() / own.size();
    }
}
