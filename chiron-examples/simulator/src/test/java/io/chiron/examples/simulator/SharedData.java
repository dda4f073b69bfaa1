package io.chiron.examples.simulator;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Finds the shared measurements beside the repository; tests that need them are skipped where they are not there. */
public final class SharedData {
    private SharedData() {}

    public static Path require(String path) {
        for (Path dir = Path.of(System.getProperty("user.dir")).toAbsolutePath(); dir != null; dir = dir.getParent()) {
            Path candidate = dir.resolve("shared").resolve(path);
            if (Files.exists(candidate)) {
                return candidate;
            }
        }
        return Assumptions.abort("no shared/" + path + " above " + System.getProperty("user.dir"));
    }
}
