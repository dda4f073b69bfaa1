package io.chiron.examples.simulator.study;

import io.chiron.api.Slo;
import io.chiron.core.Chiron;
import io.chiron.examples.simulator.run.Simulation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What code a result comes from: a digest of the class files that can change it. So a study that goes on with another build
 * repeats only what that build may have changed; a new rule of Chiron repeats no run of a rival.
 *
 * @param rival of what every policy shares, and the rivals
 * @param chiron of all that decides
 */
record Fingerprint(String rival, String chiron) {
    private static final String SIMULATOR = "io/chiron/examples/simulator/";
    private static final Predicate<String> CHIRON = startsWith(
            "io/chiron/api/",
            "io/chiron/core/",
            "profiles/",
            SIMULATOR + "engine/",
            SIMULATOR + "workload/",
            SIMULATOR + "run/",
            SIMULATOR + "policy/",
            SIMULATOR + "ScenarioOptions",
            SIMULATOR + "WaitingExperiment");
    /** What of the library every policy runs on: the router, and the types it is told limits in. */
    private static final Predicate<String> SHARED = startsWith(
            "io/chiron/core/routing/", "io/chiron/core/local/BatchLimits", "io/chiron/core/waiting/WaitingTime.");

    private static final Predicate<String> RULES = startsWith(
                    "io/chiron/core/",
                    SIMULATOR + "WaitingExperiment",
                    SIMULATOR + "policy/ChironKind",
                    SIMULATOR + "policy/FixedCapRule",
                    SIMULATOR + "policy/Oracle")
            .and(SHARED.negate());

    /** Of the code that runs. */
    static Fingerprint ofThisBuild() {
        Map<String, byte[]> files = new TreeMap<>();
        Set<Path> places = new LinkedHashSet<>();
        for (Class<?> each : List.of(Slo.class, Chiron.class, Simulation.class)) {
            places.add(place(each));
        }
        for (Path place : places) {
            try {
                if (Files.isDirectory(place)) {
                    read(place, files);
                } else {
                    try (FileSystem jar = FileSystems.newFileSystem(place)) {
                        read(jar.getPath("/"), files);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(place + " cannot be read: " + e.getMessage(), e);
            }
        }
        return new Fingerprint(digest(files, CHIRON.and(RULES.negate())), digest(files, CHIRON));
    }

    /** What decides on a run of {@code policy}. */
    String of(String policy) {
        return policy.startsWith("chiron") || policy.startsWith("oracle") ? chiron : rival;
    }

    private static Predicate<String> startsWith(String... prefixes) {
        return name -> Stream.of(prefixes).anyMatch(name::startsWith);
    }

    private static Path place(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the code has no place on disk", e);
        }
    }

    private static void read(Path root, Map<String, byte[]> files) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : (Iterable<Path>) all::iterator) {
                String name = root.relativize(file).toString().replace('\\', '/');
                if (CHIRON.test(name) && Files.isRegularFile(file)) {
                    try (InputStream in = Files.newInputStream(file)) {
                        files.put(name, in.readAllBytes());
                    }
                }
            }
        }
    }

    private static String digest(Map<String, byte[]> files, Predicate<String> which) {
        MessageDigest digest = sha256();
        files.forEach((name, bytes) -> {
            if (which.test(name)) {
                digest.update(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
                digest.update(bytes);
            }
        });
        return hex(digest);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The first 16 digits of what a digest holds. */
    static String hex(MessageDigest digest) {
        return java.util.HexFormat.of().formatHex(digest.digest(), 0, 8);
    }
}
