package io.chiron.examples.simulator.policy;

/**
 * The part of Kubernetes' HorizontalPodAutoscaler that comes after its formula: stabilization windows and limits on the
 * speed (documentation and the controller's source, read in 2026). Up follows the least recommendation of its window, down the
 * largest, the replicas that it finds at first being one; what may be
 * added or taken away counts from what there was a period ago. Confined to one run.
 */
final class Hpa {
    /** Time between two synchronisations. */
    static final double SYNC_SECONDS = 15;
    /** Relative distance from the target that is let pass. */
    static final double TOLERANCE = 0.1;

    private final Behavior behavior;
    private final Series recommendations;
    private final Series added;
    private final Series removed;
    private double addedSum;
    private double removedSum;
    private boolean begun;

    /**
     * The {@code behavior} of an HPA.
     *
     * @param upWindowSeconds stabilization of steps up
     * @param downWindowSeconds stabilization of steps down
     * @param pods most pods added per period, and taken away if {@code fraction} is 0
     * @param fraction most pods added per period as a share of those there were; the larger of the two counts
     * @param periodSeconds that period
     */
    record Behavior(double upWindowSeconds, double downWindowSeconds, int pods, double fraction, double periodSeconds) {
        /** What an HPA has that says nothing: up at once, the larger of 4 pods and 100 % per 15 s; down after 300 s, freely. */
        static final Behavior DEFAULT = new Behavior(0, 300, 4, 1, 15);
    }

    Hpa(Behavior behavior) {
        this.behavior = behavior;
        this.recommendations =
                new Series(Math.max(behavior.upWindowSeconds(), behavior.downWindowSeconds()) + SYNC_SECONDS);
        this.added = new Series(behavior.periodSeconds());
        this.removed = new Series(behavior.periodSeconds());
        added.add(Double.NEGATIVE_INFINITY, 0);
        removed.add(Double.NEGATIVE_INFINITY, 0);
    }

    /**
     * Replicas for an external metric with a target per replica (type AverageValue): {@code ceil(total / target)}, unless
     * {@code total} is within the tolerance of what the present ones should bear.
     */
    static int averageValue(int current, double total, double target, double tolerance) {
        if (current > 0 && Math.abs(total / (target * current) - 1) <= tolerance) {
            return current;
        }
        return (int) Math.ceil(Math.min(total / target, 1e6));
    }

    /** The number of replicas to set, given what the formula recommends. */
    int apply(double nowSeconds, int current, int recommended) {
        if (!begun) {
            // What it finds counts as recommended a moment before: it gives up no fleet in its first minutes.
            recommendations.add(nowSeconds - 1e-3, current);
            begun = true;
        }
        // Windows reach back to and with their start.
        double down = Math.max(recommended, recommendations.max(nowSeconds - behavior.downWindowSeconds() - 1e-6));
        double up = Math.min(recommended, recommendations.min(nowSeconds - behavior.upWindowSeconds() - 1e-6));
        recommendations.add(nowSeconds, recommended);
        int stabilized = (int) Math.min(Math.max(current, up), down);
        double since = nowSeconds - behavior.periodSeconds();
        double before = current - added.growth(since);
        double most = Math.max(before + behavior.pods(), Math.ceil(before * (1 + behavior.fraction())));
        double least = behavior.fraction() > 0 ? 0 : current + removed.growth(since) - behavior.pods();
        int wanted = (int) Math.max(least, Math.min(Math.max(most, current), stabilized));
        if (wanted > current) {
            addedSum += wanted - current;
        } else {
            removedSum += current - wanted;
        }
        added.add(nowSeconds, addedSum);
        removed.add(nowSeconds, removedSum);
        return wanted;
    }
}
