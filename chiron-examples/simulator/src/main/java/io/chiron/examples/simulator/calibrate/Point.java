package io.chiron.examples.simulator.calibrate;

import io.chiron.api.Checks;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One measured iteration, or the mean of several.
 *
 * @param decodeSequences sequences that yielded a token each
 * @param prefillTokens prompt tokens, all chunks together
 * @param kvTokens cached tokens of the decode sequences
 * @param prefillWork sum over chunks of {@code chunk · (tokens already cached + chunk/2)}
 * @param seconds how long it took
 */
public record Point(double decodeSequences, double prefillTokens, double kvTokens, double prefillWork, double seconds) {
    private static final int MOST = 200_000;
    private static final double MOST_TOKENS = 1e9;

    /** Sequences and prompt tokens that the iteration computed. */
    double computedTokens() {
        return decodeSequences + prefillTokens;
    }

    /**
     * Reads a CSV file with a header. Columns: {@code decode_seqs}, {@code prefill_tokens}, {@code iteration_s}, and
     * {@code kv_tokens} or {@code mean_context} (per decode sequence); if there is {@code prefill_work} or
     * {@code prefill_context} (tokens already cached of the prompt in work) it counts, else prompts are new. Others are passed over.
     *
     * @param only value of the column {@code profile} of the rows to read; null for all
     * @throws IllegalArgumentException if the file cannot be read so
     */
    public static List<Point> read(Path file, @Nullable String only) {
        List<Point> points = new ArrayList<>();
        int number = 0;
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            String header = lines.readLine();
            Columns columns = new Columns(file, header == null ? "" : header, only);
            number = 1;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (points.size() == MOST) {
                    throw Checks.outOfRange(file.toString(), "more than " + MOST + " rows", "up to that");
                }
                if (!line.isBlank() && columns.wanted(line)) {
                    points.add(columns.point(line, number));
                }
            }
        } catch (MalformedInputException e) {
            throw Checks.outOfRange(file.toString(), "line " + (number + 1), "text in UTF-8");
        } catch (IOException e) {
            throw Checks.outOfRange("points", file, "a file that can be read (" + e.getMessage() + ")");
        }
        return points;
    }

    /** Where in a row what stands. */
    private static final class Columns {
        private final Path file;
        private final List<String> names;
        private final @Nullable String only;

        Columns(Path file, String header, @Nullable String only) {
            this.file = file;
            this.only = only;
            names = Arrays.stream(header.replace("\uFEFF", "").split(",", -1))
                    .map(String::trim)
                    .toList();
            for (String name : List.of("decode_seqs", "prefill_tokens", "iteration_s")) {
                require(names.contains(name), name);
            }
            require(names.contains("kv_tokens") || names.contains("mean_context"), "kv_tokens or mean_context");
            require(only == null || names.contains("profile"), "profile");
        }

        private void require(boolean there, String name) {
            if (!there) {
                throw Checks.outOfRange(file + " header", String.join(",", names), "a column " + name);
            }
        }

        boolean wanted(String line) {
            String[] cells = line.split(",", -1);
            int at = names.indexOf("profile");
            return only == null || (at < cells.length && cells[at].trim().equals(only));
        }

        Point point(String line, int number) {
            String[] cells = line.split(",", -1);
            double sequences = number("decode_seqs", cells, number, MOST_TOKENS);
            double prefill = number("prefill_tokens", cells, number, MOST_TOKENS);
            double kv = names.contains("kv_tokens")
                    ? number("kv_tokens", cells, number, MOST_TOKENS)
                    : sequences * number("mean_context", cells, number, MOST_TOKENS);
            double work;
            if (names.contains("prefill_work")) {
                work = number("prefill_work", cells, number, 1e18);
            } else {
                double cached =
                        names.contains("prefill_context") ? number("prefill_context", cells, number, MOST_TOKENS) : 0;
                work = prefill * (cached + 0.5 * prefill);
            }
            double seconds = number("iteration_s", cells, number, 3600);
            if (!(seconds > 0) || !(sequences + prefill > 0)) {
                throw Checks.outOfRange(
                        file + " line " + number, line, "iteration_s and decode_seqs + prefill_tokens above 0");
            }
            return new Point(sequences, prefill, kv, work, seconds);
        }

        private double number(String name, String[] cells, int line, double most) {
            int at = names.indexOf(name);
            String text = at < cells.length ? cells[at].trim() : "";
            double value;
            try {
                value = Double.parseDouble(text);
            } catch (NumberFormatException e) {
                value = Double.NaN;
            }
            if (!(value >= 0 && value <= most)) {
                throw Checks.outOfRange(file + " line " + line + " " + name, text, "a number from 0 to " + (long) most);
            }
            return value;
        }
    }
}
