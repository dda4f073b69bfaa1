package io.chiron.examples.simulator.workload;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.zip.GZIPInputStream;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;

/** A recorded workload: {@code arrival_s,prompt_tokens,output_tokens[,class]}, plain or gzipped, held in arrays. */
public final class Trace {
    private static final String HEADER = "arrival_s,prompt_tokens,output_tokens";
    private static final int GZIP_MAGIC = 0x1f8b;
    private static final int MAX_TOKENS = 100_000_000;
    private static final double MAX_SECONDS = 1e9;

    private double[] arrivalSeconds = new double[1024];
    private int[] promptTokens = new int[1024];
    private int[] outputTokens = new int[1024];
    private byte[] tierIndex = new byte[1024];
    private int size;

    private Trace() {}

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException naming file, line and value if it is malformed
     */
    public static Trace read(Path file) {
        Trace trace = new Trace();
        int line = 0;
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file))) {
            raw.mark(2);
            boolean gzipped = ((raw.read() << 8) | raw.read()) == GZIP_MAGIC;
            raw.reset();
            InputStream in = gzipped ? new GZIPInputStream(raw) : raw;
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            String header = reader.readLine();
            line = 1;
            boolean classes = (HEADER + ",class").equals(header);
            if (!classes && !HEADER.equals(header)) {
                throw new IllegalArgumentException(file + " line 1: the header must be " + HEADER + "[,class]");
            }
            for (String row = reader.readLine(); row != null; row = reader.readLine()) {
                line++;
                if (!row.isEmpty()) {
                    trace.add(row, classes, file, line);
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    file + (line == 0 ? "" : " after line " + line) + ": cannot be read (" + reason(e) + ")", e);
        }
        if (trace.size == 0) {
            throw new IllegalArgumentException(file + ": has no requests");
        }
        return trace;
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException ? "no such file" : String.valueOf(e.getMessage());
    }

    private void add(String row, boolean classes, Path file, int line) {
        String[] cells = row.split(",", -1);
        int columns = classes ? 4 : 3;
        if (cells.length != columns) {
            throw bad(file, line, "row", row, "must have " + columns + " columns");
        }
        double seconds = number(cells[0]);
        if (!(seconds >= 0 && seconds <= MAX_SECONDS)) {
            throw bad(file, line, "arrival_s", cells[0], "must be a number from 0 to 1e9");
        }
        if (size > 0 && seconds < arrivalSeconds[size - 1]) {
            throw bad(file, line, "arrival_s", cells[0], "must not be less than in the line before");
        }
        if (size == arrivalSeconds.length) {
            int capacity = size + (size >> 1);
            arrivalSeconds = Arrays.copyOf(arrivalSeconds, capacity);
            promptTokens = Arrays.copyOf(promptTokens, capacity);
            outputTokens = Arrays.copyOf(outputTokens, capacity);
            tierIndex = Arrays.copyOf(tierIndex, capacity);
        }
        arrivalSeconds[size] = seconds;
        promptTokens[size] = tokens("prompt_tokens", cells[1], file, line);
        outputTokens[size] = tokens("output_tokens", cells[2], file, line);
        tierIndex[size] = classes ? tier(cells[3], file, line) : Arrival.INTERACTIVE;
        size++;
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static int tokens(String field, String text, Path file, int line) {
        try {
            int value = Integer.parseInt(text);
            if (value >= 1 && value <= MAX_TOKENS) {
                return value;
            }
        } catch (NumberFormatException e) {
            // The same error as a value out of range.
        }
        throw bad(file, line, field, text, "must be a whole number from 1 to " + MAX_TOKENS);
    }

    private static byte tier(String text, Path file, int line) {
        return switch (text) {
            case "interactive" -> Arrival.INTERACTIVE;
            case "batch" -> Arrival.BATCH;
            default -> throw bad(file, line, "class", text, "must be interactive or batch");
        };
    }

    private static IllegalArgumentException bad(Path file, int line, String field, String value, String rule) {
        String shown = value.length() <= 60 ? value : value.substring(0, 60) + "...";
        return new IllegalArgumentException(file + " line " + line + ": " + field + " '" + shown + "' " + rule);
    }

    public int size() {
        return size;
    }

    int promptTokens(int row) {
        return promptTokens[row];
    }

    int outputTokens(int row) {
        return outputTokens[row];
    }

    /**
     * Several copies at once, for a multiple of the load that is as bursty as the trace. Copy k is rotated circularly by
     * k/N of the period, which is the last arrival plus one mean gap, and its (prompt, output) pairs are shuffled among the
     * rows of the same class. Copy 0 is the trace itself.
     */
    public Source copies(int copies) {
        if (copies < 1 || copies > 100_000) {
            throw new IllegalArgumentException("copies is " + copies + ", must be from 1 to 100000");
        }
        return seed -> {
            List<Iterator<Arrival>> streams = new ArrayList<>(copies);
            for (int k = 0; k < copies; k++) {
                streams.add(new Copy(k, copies, Workload.subSeed(seed, k)));
            }
            return copies == 1 ? streams.get(0) : Workload.merge(streams);
        };
    }

    private double periodSeconds() {
        double last = arrivalSeconds[size - 1];
        return size == 1 ? last : last * size / (size - 1);
    }

    /** Row numbers with those of each class shuffled among themselves. */
    private int[] shuffledRows(long seed) {
        RandomGenerator random = new Well19937c(seed);
        int[] rows = new int[size];
        Arrays.setAll(rows, i -> i);
        int[] places = new int[size];
        for (int tier = Arrival.INTERACTIVE; tier <= Arrival.BATCH; tier++) {
            int count = 0;
            for (int i = 0; i < size; i++) {
                if (tierIndex[i] == tier) {
                    places[count++] = i;
                }
            }
            for (int i = count - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int swap = rows[places[i]];
                rows[places[i]] = rows[places[j]];
                rows[places[j]] = swap;
            }
        }
        return rows;
    }

    private final class Copy implements Iterator<Arrival> {
        private final double shiftSeconds;
        private final double periodSeconds = periodSeconds();
        /** The first row that the rotation carries over the end; with all after it, it comes before the rest. */
        private final int wrapFrom;
        /** Which row's lengths a row has; empty for its own. */
        private final int[] lengthRows;

        private int done;

        Copy(int k, int copies, long seed) {
            shiftSeconds = periodSeconds * k / copies;
            lengthRows = k == 0 ? new int[0] : shuffledRows(seed);
            int row = k == 0 ? size : 0;
            while (row < size && arrivalSeconds[row] + shiftSeconds < periodSeconds) {
                row++;
            }
            wrapFrom = row;
        }

        @Override
        public boolean hasNext() {
            return done < size;
        }

        @Override
        public Arrival next() {
            if (done >= size) {
                throw new NoSuchElementException("the trace has ended");
            }
            int row = (wrapFrom + done) % size;
            double seconds = arrivalSeconds[row] + shiftSeconds;
            if (row >= wrapFrom) {
                seconds -= periodSeconds;
            }
            done++;
            int lengths = lengthRows.length == 0 ? row : lengthRows[row];
            return new Arrival(seconds, promptTokens[lengths], outputTokens[lengths], tierIndex[row], Double.NaN);
        }
    }
}
