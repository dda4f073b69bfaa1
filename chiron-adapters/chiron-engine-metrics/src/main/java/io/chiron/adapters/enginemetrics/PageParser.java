package io.chiron.adapters.enginemetrics;

import io.chiron.adapters.enginemetrics.PrometheusPage.Series;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** One pass over a page, one line at a time. */
final class PageParser {
    /** Longer than any number that an engine writes; bounds the work on digits. */
    private static final int MAX_NUMBER_LENGTH = 64;

    private final String text;
    private final Map<String, Map<String, Series>> found = new LinkedHashMap<>();
    private int series;
    private boolean ended;
    private int line;
    private int at;
    private int end;

    private PageParser(String text) {
        this.text = text;
    }

    static PrometheusPage parse(String text) {
        PageParser parser = new PageParser(text);
        try {
            parser.page();
        } catch (Malformed malformed) {
            return PrometheusPage.faulty(malformed.getMessage());
        }
        return PrometheusPage.of(parser.found);
    }

    private void page() throws Malformed {
        String start = text.substring(0, Math.min(text.length(), 256)).stripLeading();
        if (start.startsWith("<")) {
            throw new Malformed("the page is HTML or XML, not metrics");
        }
        if (start.startsWith("{") || start.startsWith("[")) {
            throw new Malformed("the page is JSON, not metrics");
        }
        for (int from = 0; from < text.length(); from = end + 1) {
            line++;
            at = from;
            end = text.indexOf('\n', from);
            if (end < 0) {
                end = text.length();
                // The format demands an end of line; without it the last number may have lost digits.
                if (!ended && !text.startsWith("# EOF", from)) {
                    throw malformed("the end of the line; the page is cut off");
                }
            }
            line();
        }
        if (found.isEmpty()) {
            throw new Malformed("the page has no series");
        }
    }

    private void line() throws Malformed {
        skipBlanks();
        if (at == end) {
            return;
        }
        if (ended) {
            throw malformed("nothing after # EOF");
        }
        if (text.charAt(at) == '#') {
            ended = text.startsWith("# EOF", at)
                    && text.substring(at, end).strip().equals("# EOF");
            return;
        }
        String name = identifier(true);
        int nameEnd = at;
        skipBlanks();
        SortedMap<String, String> labels = Collections.emptySortedMap();
        if (peek() == '{') {
            labels = labels();
        } else if (at == nameEnd) {
            throw malformed("labels or a value");
        }
        skipBlanks();
        double value = number();
        skipBlanks();
        if (at < end && peek() != '#') {
            number(); // the timestamp
            skipBlanks();
        }
        // What is left may only be an exemplar.
        if (at < end && peek() != '#') {
            throw malformed("the end of the line");
        }
        put(new Series(name, labels, value));
    }

    private void put(Series read) throws Malformed {
        // Keyed by text: maps of labels as keys could be made to collide, which would cost a page of work per line.
        Series before = found.computeIfAbsent(read.name(), name -> new LinkedHashMap<>())
                .put(key(read.labels()), read);
        if (before == null && ++series > PrometheusPage.MAX_SERIES) {
            throw malformed("at most " + PrometheusPage.MAX_SERIES + " series");
        }
    }

    /** Labels as one text, the same for the same labels only. */
    static String key(SortedMap<String, String> labels) {
        StringBuilder key = new StringBuilder();
        labels.forEach((label, value) ->
                key.append(label).append('=').append(value.length()).append(':').append(value));
        return key.toString();
    }

    private SortedMap<String, String> labels() throws Malformed {
        SortedMap<String, String> labels = new TreeMap<>();
        at++;
        skipBlanks();
        while (peek() != '}') {
            String label = identifier(false);
            skipBlanks();
            expect('=');
            skipBlanks();
            if (labels.put(label, quoted()) != null) {
                throw malformed("each label once");
            }
            if (labels.size() > PrometheusPage.MAX_LABELS) {
                throw malformed("at most " + PrometheusPage.MAX_LABELS + " labels");
            }
            skipBlanks();
            if (peek() != '}') {
                expect(',');
                skipBlanks();
            }
        }
        at++;
        return Collections.unmodifiableSortedMap(labels);
    }

    private String quoted() throws Malformed {
        expect('"');
        int from = at;
        while (at < end && text.charAt(at) != '"' && text.charAt(at) != '\\') {
            at++;
        }
        if (peek() == '"') {
            return text.substring(from, at++);
        }
        StringBuilder value = new StringBuilder().append(text, from, at);
        while (peek() != '"') {
            char c = next();
            if (c != '\\') {
                value.append(c);
                continue;
            }
            char escaped = next();
            switch (escaped) {
                case 'n' -> value.append('\n');
                case '"', '\\' -> value.append(escaped);
                default -> value.append(c).append(escaped);
            }
        }
        at++;
        return value.toString();
    }

    private String identifier(boolean colons) throws Malformed {
        int from = at;
        while (at < end && isNamePart(text.charAt(at), colons, at > from)) {
            at++;
        }
        if (at == from) {
            throw malformed("a name");
        }
        return text.substring(from, at);
    }

    private static boolean isNamePart(char c, boolean colons, boolean digits) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || c == '_'
                || (colons && c == ':')
                || (digits && c >= '0' && c <= '9');
    }

    private double number() throws Malformed {
        int from = at;
        while (at < end && !isBlank(text.charAt(at))) {
            at++;
        }
        if (at == from || at - from > MAX_NUMBER_LENGTH) {
            throw malformed("a number");
        }
        String number = text.substring(from, at);
        boolean digits = false;
        for (int i = 0; i < number.length(); i++) {
            char c = number.charAt(i);
            digits |= c >= '0' && c <= '9';
            // Java would also take hexadecimal and a suffix such as 1f.
            if (!(c >= '0' && c <= '9') && "+-.eE".indexOf(c) < 0) {
                return special(number);
            }
        }
        try {
            if (digits) {
                return Double.parseDouble(number);
            }
        } catch (NumberFormatException e) {
            // signs and points in a wrong order: said below
        }
        throw malformed("a number");
    }

    private double special(String number) throws Malformed {
        boolean signed = number.startsWith("+") || number.startsWith("-");
        String name = signed ? number.substring(1) : number;
        if (name.equalsIgnoreCase("Inf") || name.equalsIgnoreCase("Infinity")) {
            return number.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        if (number.equalsIgnoreCase("NaN")) {
            return Double.NaN;
        }
        throw malformed("a number");
    }

    private void skipBlanks() {
        while (at < end && isBlank(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
    }

    /** The present character; a line feed at the end of the line, which no line contains. */
    private char peek() {
        return at < end ? text.charAt(at) : '\n';
    }

    private char next() throws Malformed {
        if (at == end) {
            throw malformed("a closing quote");
        }
        return text.charAt(at++);
    }

    private void expect(char c) throws Malformed {
        if (peek() != c) {
            throw malformed("'" + c + "'");
        }
        at++;
    }

    private Malformed malformed(String expected) {
        return new Malformed(
                "line " + line + ", column " + (at - text.lastIndexOf('\n', at - 1)) + ": expected " + expected);
    }

    private static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        private final String fault;

        Malformed(String fault) {
            super(fault, null, false, false);
            this.fault = fault;
        }

        @Override
        public String getMessage() {
            return fault;
        }
    }
}
