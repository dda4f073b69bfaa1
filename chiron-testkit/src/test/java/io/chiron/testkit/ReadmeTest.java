package io.chiron.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.testkit.plant.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The examples of the README are in {@link MyRouterProperties}, which runs them. */
class ReadmeTest {
    @Test
    void everyExampleIsRun() throws IOException {
        String tests = Files.readString(Path.of("src/test/java/io/chiron/testkit/MyRouterProperties.java"));
        Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme());
        int count = 0;
        while (block.find()) {
            count++;
            assertThat(tests).contains(block.group(1));
        }
        assertThat(count).isEqualTo(2);
    }

    @Test
    void itCountsTheFaults() throws IOException {
        assertThat(readme())
                .contains(Fault.OfSource.values().length + " faults of the source, " + Fault.OfActuator.values().length
                        + " of the actuator, " + Fault.OfInstances.values().length + " of the instances, "
                        + Fault.OfClock.values().length + " of the clock");
    }

    /** Tests of the core that the table names exist. */
    @Test
    void everyTestThatIsNamedExists() throws IOException {
        List<String> files;
        try (Stream<Path> all = Files.walk(Path.of("../chiron-core/src/test/java"))) {
            files = all.map(path -> path.getFileName().toString()).toList();
        }
        Matcher name =
                Pattern.compile("`(\\w+(?:Properties|Test))(?:\\.(\\w+))?").matcher(readme());
        int count = 0;
        while (name.find()) {
            String file = name.group(1) + ".java";
            boolean own = Files.exists(Path.of("src/test/java/io/chiron/testkit/plant", file));
            assertThat(own || files.contains(file)).as(file).isTrue();
            count++;
        }
        assertThat(count).isGreaterThan(10);
    }

    private static String readme() throws IOException {
        return Files.readString(Path.of("README.md"));
    }
}
