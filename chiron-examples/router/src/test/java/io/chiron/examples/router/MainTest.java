package io.chiron.examples.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Bad options give exit code 2 and one line that names field, value and range. */
class MainTest {
    @ParameterizedTest
    @CsvSource({
        "--port=70000,                  '--port = 70000 is not allowed; allowed: [0, 65535]'",
        "--itl-ms=NaN,                  '--itl-ms = NaN is not allowed'",
        "--upstream=ftp://a,            '--upstream = ftp://a is not allowed; allowed: a URL of http or https'",
        "--engines=0,                   '--engines = 0 is not allowed'",
        "--max-queued=x,                '--max-queued = x is not allowed; allowed: a whole number'",
        "--demo --caps=0,               '--caps = 0 is not allowed'",
        "soak --seconds=0,              '--seconds = 0 is not allowed'",
        "fidelity --simulator=no.jar,   '--simulator = no.jar is not allowed; allowed: a file'",
        "engine --slots=999,            'slots = 999 is not allowed; allowed: [1, 256]'",
        "--host=no.such.host.invalid,   '--host = no.such.host.invalid is not allowed'",
        "frobnicate,                    'Unmatched argument'"
    })
    void badOptions(String arguments, String message) {
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine().setErr(new PrintWriter(err, true));

        int code = line.execute(arguments.split(" "));

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).startsWith("error: ").contains(message);
        assertThat(err.toString().strip().lines()).hasSize(1);
    }
}
