package io.chiron.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void everyQuestionIsAnsweredBesideEachOfItsReferences() {
        assertThat(execute("--preset", "smoke")).as("%s", err).isZero();
        for (Comparison comparison : Comparison.ALL) {
            for (String reference : comparison.references()) {
                assertThat(out.toString())
                        .containsPattern("\\| " + comparison.name() + " \\|[^\\n]*\\| " + reference + " \\| [\\d,]+");
            }
        }
        assertThat(out.toString()).contains("1,000 queued requests");
    }

    @Test
    void aLetterThatIsNoneIsRefused() {
        assertThat(execute("--only", "x")).isEqualTo(2);
        assertThat(err.toString()).contains("--only = \"x\" is not allowed; allowed: letters of abcdefg");
    }

    private int execute(String... args) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(args);
    }
}
