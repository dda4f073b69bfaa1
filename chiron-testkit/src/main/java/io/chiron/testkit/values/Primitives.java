package io.chiron.testkit.values;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/** Numbers, times and names of one variant; every one shrinks toward what is small, near and common. */
record Primitives(Variant variant, Instant now) {
    private static final long YEAR_SECONDS = 31_536_000;

    /** A measured value, as a scrape may carry it. */
    Arbitrary<Double> measured(double usual) {
        return switch (variant) {
            case VALID -> usual(usual);
            case EDGE ->
                Arbitraries.frequencyOf(
                        Tuple.of(2, usual(usual)),
                        Tuple.of(1, Arbitraries.of(0.0, Double.MIN_VALUE, usual, 1e12, Double.MAX_VALUE, Double.NaN)));
            case ADVERSARIAL ->
                Arbitraries.frequencyOf(
                        Tuple.of(2, usual(usual)),
                        Tuple.of(
                                2,
                                Arbitraries.of(
                                        0.0,
                                        -1.0,
                                        Double.NaN,
                                        Double.POSITIVE_INFINITY,
                                        Double.NEGATIVE_INFINITY,
                                        -Double.MIN_VALUE,
                                        -Double.MAX_VALUE,
                                        Double.MAX_VALUE)));
        };
    }

    /** A finite number that is not negative, for fields that are checked. */
    Arbitrary<Double> amount(double usual) {
        Arbitrary<Double> common = usual(usual);
        return variant == Variant.VALID
                ? common
                : Arbitraries.frequencyOf(
                        Tuple.of(2, common), Tuple.of(1, Arbitraries.of(0.0, Double.MIN_VALUE, 1e15, 1e300)));
    }

    /** A count that is not negative. */
    Arbitrary<Long> count(long usual) {
        Arbitrary<Long> common = Arbitraries.longs().between(0, usual);
        return variant == Variant.VALID
                ? common
                : Arbitraries.frequencyOf(
                        Tuple.of(3, common),
                        Tuple.of(1, Arbitraries.of(0L, 1L, (long) Integer.MAX_VALUE, Long.MAX_VALUE)));
    }

    /** A count of sequences, as an engine reports it. */
    Arbitrary<Long> running() {
        return variant == Variant.ADVERSARIAL
                ? Arbitraries.frequencyOf(
                        Tuple.of(3, Arbitraries.longs().between(0, 500)),
                        Tuple.of(1, Arbitraries.of(-1L, Long.MIN_VALUE, Long.MAX_VALUE)))
                : Arbitraries.longs().between(0, 500);
    }

    /** A whole number in [low, high], near {@code low} where the variant is valid. */
    Arbitrary<Integer> whole(int low, int high) {
        Arbitrary<Integer> common = Arbitraries.integers().between(low, Math.min(high, low + 4096));
        return variant == Variant.VALID
                ? common
                : Arbitraries.frequencyOf(Tuple.of(2, common), Tuple.of(1, Arbitraries.of(low, high)));
    }

    /** A time up to {@code seconds} before now; another one where the variant allows. */
    Arbitrary<Instant> past(int seconds) {
        return time(-seconds, 0);
    }

    /** A time up to {@code seconds} after now; another one where the variant allows. */
    Arbitrary<Instant> future(int seconds) {
        return time(0, seconds);
    }

    private Arbitrary<Instant> time(int from, int to) {
        Arbitrary<Instant> near = Arbitraries.integers()
                .between(from * 4, to * 4)
                .map(quarters -> now.plus(Duration.ofMillis(250L * quarters)));
        return switch (variant) {
            case VALID -> near;
            case EDGE ->
                Arbitraries.frequencyOf(
                        Tuple.of(3, near),
                        Tuple.of(
                                1, Arbitraries.of(now, now.minusSeconds(YEAR_SECONDS), now.plusSeconds(YEAR_SECONDS))));
            case ADVERSARIAL ->
                Arbitraries.frequencyOf(
                        Tuple.of(3, near),
                        Tuple.of(
                                2,
                                Arbitraries.of(
                                        now.plusSeconds(3600),
                                        now.minusSeconds(3600),
                                        now.plusSeconds(86_400),
                                        Instant.EPOCH,
                                        Instant.MIN,
                                        Instant.MAX)));
        };
    }

    /** A length of time up to {@code longest}. */
    Arbitrary<Duration> duration(Duration usual, Duration longest) {
        Arbitrary<Duration> common =
                Arbitraries.longs().between(1, usual.toMillis()).map(Duration::ofMillis);
        return variant == Variant.VALID
                ? common
                : Arbitraries.frequencyOf(
                        Tuple.of(2, common), Tuple.of(1, Arbitraries.of(Duration.ofNanos(1), longest)));
    }

    /** One of the names that exist; another one where the variant is adversarial. */
    Arbitrary<String> name(List<String> known) {
        return variant == Variant.ADVERSARIAL
                ? Arbitraries.frequencyOf(
                        Tuple.of(4, Arbitraries.of(known)),
                        Tuple.of(1, Arbitraries.of("stranger", "ü\u0000\n", "x".repeat(5000))))
                : Arbitraries.of(known);
    }

    private static Arbitrary<Double> usual(double usual) {
        return Arbitraries.doubles().between(0, usual).ofScale(6);
    }
}
