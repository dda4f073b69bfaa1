package io.chiron.adapters.enginemetrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Random mutations of real pages: no crash, no hang, no more series than lines. {@code -Dchiron.fuzz.pages=1000000} raises
 * their number, {@code -Dchiron.fuzz.seed} replays what a failure names.
 */
class PageFuzzTest {
    private static final int PAGES = Integer.getInteger("chiron.fuzz.pages", 100_000);
    private static final long SEED = Long.getLong("chiron.fuzz.seed", 1);
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "\"",
            "\\",
            "\\\"",
            "\n",
            "\r",
            "#",
            "# EOF\n",
            " ",
            "\t",
            "=",
            ",",
            "le",
            "+Inf",
            "NaN",
            "-1e999",
            "1e999",
            "9".repeat(70),
            "\u0000",
            "\ud800",
            "é",
            "<html>",
            "_total",
            "_bucket{le=\"NaN\"}",
            "vllm:",
            "engine=\"9\"",
            "a{b=\"c\"} 1 # {\n",
            "1e-320",
            "0x1p3",
            "None");
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final Map<String, Long> SHARES = Map.of("a", 1L);

    @Test
    void noMutationCrashesHangsOrGrows() {
        List<String> seeds = Pages.ALL.stream()
                .map(Pages::text)
                .filter(page -> page.length() < 3500)
                .toList();
        List<EngineReading> readings = seeds.stream().map(Pages::read).toList();
        int usable = 0;
        long slowest = 0;
        for (int i = 0; i < PAGES; i++) {
            SplittableRandom random = new SplittableRandom(SEED + i);
            int seed = random.nextInt(seeds.size());
            String page = mutate(seeds, seed, random);
            long start = System.nanoTime();
            try {
                usable += check(page, readings.get(seed)) ? 1 : 0;
            } catch (RuntimeException | AssertionError | StackOverflowError e) {
                throw new AssertionError("seed " + (SEED + i) + ": " + page, e);
            }
            slowest = Math.max(slowest, System.nanoTime() - start);
        }
        // Neither all nor none: else the mutations would be too mild or too wild to test anything.
        assertThat(usable).isBetween(PAGES / 20, PAGES * 19 / 20);
        assertThat(slowest * 1e-9).isLessThan(5);
    }

    private static boolean check(String text, EngineReading before) {
        PrometheusPage page = PrometheusPage.parse(text);
        long series = page.names().stream()
                .mapToLong(name -> page.series(name).size())
                .sum();
        assertThat(series).isLessThanOrEqualTo(text.length() / 4);
        assertThat(page.fault() == null).isEqualTo(series > 0);
        EngineReading after;
        try {
            after = EngineReading.of(page, Pages.endpoint(Dialect.AUTO));
        } catch (EngineReading.Unusable unusable) {
            assertThat(unusable.getMessage()).isNotBlank().hasSizeLessThan(200);
            return false;
        }
        ReadingWindow window = ReadingWindow.between(before, after, 1);
        assertThat(window.sample(T, SHARES, SHARES).outputTokens()).isNotNegative();
        HistogramWindow itl = window.histogram(Quantity.ITL_SECONDS, Quantity.ITL_COUNT, Quantity.ITL_BUCKETS);
        assertThat(itl.quantile(0.9) < itl.quantile(0.5)).isFalse();
        return true;
    }

    private static String mutate(List<String> seeds, int seed, SplittableRandom random) {
        StringBuilder page = new StringBuilder(seeds.get(seed));
        int mutations = 1 + random.nextInt(random.nextInt(3) == 0 ? 12 : 2);
        for (int i = 0; i < mutations && page.length() > 0; i++) {
            int at = random.nextInt(page.length());
            int to = Math.min(page.length(), at + 1 + random.nextInt(random.nextInt(5) == 0 ? 400 : 8));
            switch (random.nextInt(7)) {
                case 0 -> page.setCharAt(at, (char) random.nextInt(random.nextInt(4) == 0 ? 65536 : 128));
                case 1 -> page.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 2 -> page.delete(at, to);
                case 3 -> page.insert(at, page.substring(at, to));
                case 4 -> page.setCharAt(at, (char) ('0' + random.nextInt(10)));
                case 5 -> {
                    String other = seeds.get(random.nextInt(seeds.size()));
                    page.replace(at, to, other.substring(Math.min(at, other.length()), Math.min(to, other.length())));
                }
                default -> {
                    if (random.nextInt(4) == 0) {
                        page.setLength(at);
                    }
                }
            }
        }
        return page.toString();
    }
}
