package io.chiron.examples.simulator.workload;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The {@code key=value,...} fields of a workload specification, checked. Every error is one line that names the field. */
final class SpecFields {
    private final String kind;
    private final Map<String, String> values = new TreeMap<>();

    SpecFields(String kind, String text) {
        this.kind = kind;
        if (text.isBlank()) {
            return;
        }
        for (String field : text.split(",", -1)) {
            int equals = field.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(kind + ": '" + field + "' must be of the form key=value");
            }
            String key = field.substring(0, equals).trim();
            if (values.put(key, field.substring(equals + 1).trim()) != null) {
                throw new IllegalArgumentException(kind + ": " + key + " is given twice");
            }
        }
    }

    double number(String key, double min, double max) {
        String text = take(key);
        if (text == null) {
            throw new IllegalArgumentException(kind + ": " + key + " is missing, must be from " + min + " to " + max);
        }
        return checked(key, text, min, max);
    }

    double number(String key, double min, double max, double otherwise) {
        String text = take(key);
        return text == null ? otherwise : checked(key, text, min, max);
    }

    int whole(String key, int min, int max) {
        double value = number(key, min, max);
        if (value != Math.rint(value)) {
            throw new IllegalArgumentException(
                    kind + ": " + key + " is " + value + ", must be a whole number from " + min + " to " + max);
        }
        return (int) value;
    }

    Lengths lengths() {
        String text = take("lengths");
        return text == null ? Lengths.shareGpt() : Lengths.parse(text);
    }

    /** Call after all fields have been read. */
    void noMore(String known) {
        if (!values.isEmpty()) {
            String key = values.keySet().iterator().next();
            throw new IllegalArgumentException(kind + ": unknown field '" + key + "', known are " + known);
        }
    }

    private double checked(String key, String text, double min, double max) {
        double value;
        try {
            value = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            value = Double.NaN;
        }
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException(
                    kind + ": " + key + " is '" + text + "', must be from " + min + " to " + max);
        }
        return value;
    }

    private @Nullable String take(String key) {
        return values.remove(key);
    }
}
