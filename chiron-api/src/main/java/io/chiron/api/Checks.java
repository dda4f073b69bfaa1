package io.chiron.api;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/** Argument checks with one message form: the field, its value, the allowed range. */
public final class Checks {
    private Checks() {}

    /** Returns {@code value} if it lies in [{@code low}, {@code high}]; NaN never does. */
    public static double inRange(String field, double value, double low, double high) {
        if (value >= low && value <= high) {
            return value;
        }
        throw outOfRange(field, value, "[" + plain(low) + ", " + plain(high) + "]");
    }

    /** Returns {@code value} if it is finite and above zero. */
    public static double positive(String field, double value) {
        if (value > 0 && value < Double.POSITIVE_INFINITY) {
            return value;
        }
        throw outOfRange(field, value, "(0, infinity)");
    }

    /** Returns {@code value} if it is finite and not below zero. */
    public static double notNegative(String field, double value) {
        if (value >= 0 && value < Double.POSITIVE_INFINITY) {
            return value;
        }
        throw outOfRange(field, value, "[0, infinity)");
    }

    /** Returns {@code value} if it lies in [{@code low}, {@code high}]. */
    public static long inRange(String field, long value, long low, long high) {
        if (value >= low && value <= high) {
            return value;
        }
        throw outOfRange(field, value, "[" + low + ", " + high + "]");
    }

    /** Returns {@code value} if it lies in [{@code low}, {@code high}]. */
    public static int inRange(String field, int value, int low, int high) {
        return (int) inRange(field, (long) value, low, high);
    }

    /** Returns {@code value} if it is longer than zero and at most {@code longest}. */
    public static Duration positive(String field, Duration value, Duration longest) {
        Objects.requireNonNull(value, field);
        if (value.isNegative() || value.isZero() || value.compareTo(longest) > 0) {
            throw outOfRange(field, value, "(0s, " + longest + "]");
        }
        return value;
    }

    /** Returns {@code value} if it has a character that is not white space. */
    public static String notBlank(String field, String value) {
        Objects.requireNonNull(value, field);
        if (value.isBlank()) {
            throw outOfRange(field, "\"" + value + "\"", "a text that is not blank");
        }
        return value;
    }

    /** The error of every failed check, for checks that only the caller can make. */
    public static IllegalArgumentException outOfRange(String field, Object value, String allowed) {
        return new IllegalArgumentException(
                String.format(Locale.ROOT, "%s = %s is not allowed; allowed: %s", field, value, allowed));
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) && Math.abs(bound) < 1e15
                ? Long.toString((long) bound)
                : Double.toString(bound);
    }
}
