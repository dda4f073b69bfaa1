package io.chiron.examples.router.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IterationLogTest {
    private static final long MILLI = 1_000_000;

    /** Two sequences, the second of which joins; then nothing to do for a second; then the first iteration of another. */
    @Test
    void aRowPerIterationWithoutThoseThatFollowAnIdleTime(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("iterations.csv");
        IterationLog log = IterationLog.to(file);
        log.token(7, 7, 110 * MILLI);
        log.iteration();
        log.token(0, 8, 129 * MILLI);
        log.token(5, 5, 130 * MILLI);
        log.iteration();
        log.token(0, 9, 134 * MILLI);
        log.token(0, 6, 134 * MILLI);
        log.idle();
        log.token(4, 4, 1140 * MILLI);
        log.idle();
        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "decode_seqs,prefill_tokens,kv_tokens,iteration_s", "1,5,8,0.020000", "2,0,15,0.004000");
    }
}
