package io.chiron.examples.simulator.policy;

import io.chiron.api.Checks;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The {@code key=value;key=value} settings of a policy; every error names the key, the value and what is allowed. */
final class Settings {
    private final String policy;
    private final Map<String, String> left = new TreeMap<>();

    Settings(String policy, String text) {
        this.policy = policy;
        for (String part : text.isEmpty() ? new String[0] : text.split(";", -1)) {
            int equals = part.indexOf('=');
            if (equals < 1) {
                throw Checks.outOfRange(policy, part, "settings of the form key=value;key=value");
            }
            left.put(part.substring(0, equals), part.substring(equals + 1));
        }
    }

    double number(String key, double otherwise, double low, double high) {
        String text = left.remove(key);
        if (text == null) {
            return otherwise;
        }
        try {
            return Checks.inRange(policy + ":" + key, Double.parseDouble(text), low, high);
        } catch (NumberFormatException e) {
            throw Checks.outOfRange(policy + ":" + key, text, "[" + low + ", " + high + "]");
        }
    }

    boolean flag(String key, boolean otherwise) {
        String text = left.remove(key);
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
        String text = left.remove(key);
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
            throw Checks.outOfRange(
                    policy + " setting", left.keySet().iterator().next(), "the settings of this policy, see its help");
        }
    }
}
