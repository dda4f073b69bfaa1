package io.chiron.examples.simulator.workload;

/** A rate of arrivals over time, given by the expected count of arrivals up to a time. Rates are per second. */
interface RateCurve {
    /** Expected arrivals from 0 to {@code seconds}; continuous and not decreasing. */
    double expected(double seconds);

    /** The time by which {@code count} arrivals are expected, at {@code afterSeconds} or later. */
    double timeOf(double count, double afterSeconds);

    static RateCurve constant(double rate) {
        return new RateCurve() {
            @Override
            public double expected(double seconds) {
                return rate * seconds;
            }

            @Override
            public double timeOf(double count, double afterSeconds) {
                return count / rate;
            }
        };
    }

    /** {@code rate}, but {@code factor} times that for {@code forSeconds} from {@code atSeconds} on. */
    static RateCurve spike(double rate, double factor, double atSeconds, double forSeconds) {
        double extra = rate * (factor - 1);
        return new RateCurve() {
            @Override
            public double expected(double seconds) {
                return rate * seconds + extra * Math.max(0, Math.min(forSeconds, seconds - atSeconds));
            }

            @Override
            public double timeOf(double count, double afterSeconds) {
                double before = rate * atSeconds;
                double within = rate * factor * forSeconds;
                if (count <= before) {
                    return count / rate;
                }
                if (count <= before + within) {
                    return atSeconds + (count - before) / (rate * factor);
                }
                return atSeconds + forSeconds + (count - before - within) / rate;
            }
        };
    }

    /** {@code mean · (1 + amplitude · sin(2πt / period))}. */
    static RateCurve diurnal(double mean, double amplitude, double periodSeconds) {
        double angular = 2 * Math.PI / periodSeconds;
        return new RateCurve() {
            @Override
            public double expected(double seconds) {
                return mean * (seconds + amplitude / angular * (1 - StrictMath.cos(angular * seconds)));
            }

            @Override
            public double timeOf(double count, double afterSeconds) {
                // The count differs from mean·t by at most 2·amplitude/angular·mean, which brackets the time.
                double low = Math.max(afterSeconds, count / mean - 2 * amplitude / angular);
                double high = Math.max(low, count / mean);
                // Bisection down to the last bit or two: the same bits anywhere, and no trouble where the rate is 0.
                for (int i = 0; i < 100; i++) {
                    double middle = 0.5 * (low + high);
                    if (middle <= low || middle >= high) {
                        break;
                    }
                    if (expected(middle) < count) {
                        low = middle;
                    } else {
                        high = middle;
                    }
                }
                return high;
            }
        };
    }
}
