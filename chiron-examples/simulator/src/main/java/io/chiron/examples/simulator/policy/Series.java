package io.chiron.examples.simulator.policy;

import java.util.ArrayDeque;
import java.util.Deque;

/** Values over time, as a metrics store keeps them; forgets what is older than its memory. Confined to one run. */
final class Series {
    private final double memorySeconds;
    private final Deque<Point> points = new ArrayDeque<>();

    private record Point(double seconds, double value) {}

    Series(double memorySeconds) {
        this.memorySeconds = memorySeconds;
    }

    /** Adds a value; times ascend. */
    void add(double seconds, double value) {
        points.addLast(new Point(seconds, value));
        // One older point stays: what grew since the start of the window is counted from there.
        while (points.size() > 1 && second().seconds() <= seconds - memorySeconds) {
            points.removeFirst();
        }
    }

    private Point second() {
        var each = points.iterator();
        each.next();
        return each.next();
    }

    boolean isEmpty() {
        return points.isEmpty();
    }

    /** Mean of the values after {@code fromSeconds}; NaN if there is none. */
    double mean(double fromSeconds) {
        double sum = 0;
        int count = 0;
        for (Point point : points) {
            if (point.seconds() > fromSeconds) {
                sum += point.value();
                count++;
            }
        }
        return sum / count;
    }

    /** Largest value after {@code fromSeconds}; negative infinity if there is none. */
    double max(double fromSeconds) {
        double most = Double.NEGATIVE_INFINITY;
        for (Point point : points) {
            most = point.seconds() > fromSeconds ? Math.max(most, point.value()) : most;
        }
        return most;
    }

    /** Least value after {@code fromSeconds}; infinity if there is none. */
    double min(double fromSeconds) {
        double least = Double.POSITIVE_INFINITY;
        for (Point point : points) {
            least = point.seconds() > fromSeconds ? Math.min(least, point.value()) : least;
        }
        return least;
    }

    /** What a counter has grown by since {@code fromSeconds}, or since the first value if that is later. */
    double growth(double fromSeconds) {
        Point first = points.peekFirst();
        Point last = points.peekLast();
        if (first == null || last == null) {
            return 0;
        }
        for (Point point : points) {
            if (point.seconds() > fromSeconds) {
                break;
            }
            first = point;
        }
        return last.value() - first.value();
    }

    /** Growth per second over that time; 0 if no time has passed. */
    double rate(double fromSeconds) {
        Point first = points.peekFirst();
        Point last = points.peekLast();
        if (first == null || last == null) {
            return 0;
        }
        for (Point point : points) {
            if (point.seconds() > fromSeconds) {
                break;
            }
            first = point;
        }
        double passed = last.seconds() - first.seconds();
        return passed > 0 ? (last.value() - first.value()) / passed : 0;
    }
}
