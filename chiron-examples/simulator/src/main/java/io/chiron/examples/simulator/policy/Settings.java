package io.chiron.examples.simulator.policy;

import io.chiron.api.Checks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The {@code key=value;key=value} settings of a policy; every error names the key, the value and what is allowed. */
final class Settings {
    private final String policy;
    private final Map<String, String> left = new TreeMap<>();
    private final List<String> known = new ArrayList<>();

    Settings(String policy, String text) {
        this.policy = policy;
        for (String part : text.isEmpty() ? new String[0] : text.split(";", -1)) {
            int equals = part.indexOf('=');
            if (equals < 1) {
                throw Checks.outOfRange(policy, part, "settings of the form key=value;key=value");
            }
            String key = part.substring(0, equals);
            if (left.put(key, part.substring(equals + 1)) != null) {
                throw Checks.outOfRange(policy, part, key + " given once");
            }
        }
    }

    double number(String key, double otherwise, double low, double high) {
        String text = take(key);
        if (text == null) {
            return Checks.inRange(policy + ":" + key, otherwise, low, high);
        }
        try {
            return Checks.inRange(policy + ":" + key, Double.parseDouble(text), low, high);
        } catch (NumberFormatException e) {
            throw Checks.outOfRange(policy + ":" + key, text, "[" + low + ", " + high + "]");
        }
    }

    int whole(String key, int otherwise, int low, int high) {
        double value = number(key, otherwise, low, high);
        if (value != Math.rint(value)) {
            throw Checks.outOfRange(policy + ":" + key, value, "a whole number in [" + low + ", " + high + "]");
        }
        return (int) value;
    }

    boolean flag(String key, boolean otherwise) {
        String text = take(key);
        if (text == null) {
            return otherwise;
        }
        if (!text.equals("true") && !text.equals("false")) {
            throw Checks.outOfRange(policy + ":" + key, text, "true, false");
        }
        return text.equals("true");
    }

    /** The first choice if nothing is said. */
    String oneOf(String key, List<String> choices) {
        String text = take(key);
        if (text == null) {
            return choices.get(0);
        }
        if (!choices.contains(text)) {
            throw Checks.outOfRange(policy + ":" + key, text, String.join(", ", choices));
        }
        return text;
    }

    /** Call after all settings have been read. */
    void noMore() {
        if (!left.isEmpty()) {
            String allowed = known.isEmpty() ? "none" : String.join(", ", known);
            throw Checks.outOfRange(
                    policy + " setting", left.keySet().iterator().next(), allowed);
        }
    }

    private @Nullable String take(String key) {
        known.add(key);
        return left.remove(key);
    }
}
