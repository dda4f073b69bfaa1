package io.chiron.testkit.values;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.Action;
import io.chiron.api.FleetLimits;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSample;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.core.Chiron;
import io.chiron.core.ChironConfig;
import io.chiron.core.TickReport;
import io.chiron.testkit.RouterContract;
import io.chiron.testkit.plant.ClosedLoop;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The generators give what their variants promise, and Chiron takes all of it. */
class ApiValuesProperties {
    private static final Instant NOW = ClosedLoop.START;

    private static MeasuredValues measured(Variant variant) {
        return ApiValues.of(variant, NOW, RouterContract.TIERS).measured();
    }

    @Provide
    Arbitrary<FleetSnapshot> valid() {
        return measured(Variant.VALID).fleetSnapshots();
    }

    @Provide
    Arbitrary<List<FleetSnapshot>> edge() {
        return measured(Variant.EDGE).fleetSnapshots().list().ofMinSize(1).ofMaxSize(4);
    }

    @Provide
    Arbitrary<List<FleetSnapshot>> adversarial() {
        return measured(Variant.ADVERSARIAL)
                .fleetSnapshots()
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    @Provide
    Arbitrary<Variant> variants() {
        return Arbitraries.of(Variant.values());
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void validSnapshotsAreWhatASoundHostSends(@ForAll("valid") FleetSnapshot snapshot) {
        assertThat(snapshot.fleet()).isEqualTo(ApiValues.FLEET);
        assertThat(snapshot.instances()).extracting(InstanceSnapshot::id).doesNotHaveDuplicates();
        for (InstanceSnapshot instance : snapshot.instances()) {
            InstanceSample sample = instance.sample();
            assertThat(sample == null || sample.fault() == null).isTrue();
            assertThat(sample == null || !sample.time().isAfter(NOW)).isTrue();
            assertThat(sample == null || sample.kvUse() <= 1.0000001 || Double.isNaN(sample.kvUse()))
                    .isTrue();
            assertThat(instance.phase() != Phase.STARTING || instance.readyAt().isAfter(NOW))
                    .isTrue();
        }
        assertThat(snapshot.groups()).isNotNull();
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void chironTakesEveryEdge(@ForAll("edge") List<FleetSnapshot> snapshots) {
        ticks(snapshots);
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void chironTakesEveryAdversary(@ForAll("adversarial") List<FleetSnapshot> snapshots) {
        ticks(snapshots);
    }

    private static void ticks(List<FleetSnapshot> snapshots) {
        List<FleetSnapshot> left = new ArrayList<>(snapshots);
        ChironConfig config = ChironConfig.builder(ApiValues.FLEET, RouterContract.TIERS, FleetLimits.of(1, 6))
                .build();
        Chiron chiron = new Chiron(config, (fleet, now) -> left.remove(0), action -> {});
        for (int i = 0; i < snapshots.size(); i++) {
            TickReport report = chiron.tick(NOW.plusSeconds(5L * i));
            assertThat(report.decisions()).allMatch(decision -> decision.reason() != null);
        }
    }

    @Property(tries = 30)
    void everyTypeHasValuesOfEveryVariant(@ForAll("variants") Variant variant) throws Exception {
        ApiValues values = ApiValues.of(variant, NOW, RouterContract.TIERS);
        Set<Class<?>> types = new HashSet<>();
        for (Object some : List.of(values, values.measured())) {
            for (Method method : some.getClass().getMethods()) {
                if (method.getReturnType() == Arbitrary.class) {
                    Arbitrary<?> arbitrary = (Arbitrary<?>) method.invoke(some);
                    Class<?> type =
                            (Class<?>) ((ParameterizedType) method.getGenericReturnType()).getActualTypeArguments()[0];
                    assertThat(arbitrary.sample()).isInstanceOf(type);
                    types.add(type);
                }
            }
        }
        assertThat(types).containsAll(valueTypes());
    }

    /** Every record and enum of the API that is not part of another; the actions have one arbitrary together. */
    private static List<Class<?>> valueTypes() throws Exception {
        Path classes = Path.of(
                Action.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        boolean folder = Files.isDirectory(classes);
        List<Class<?>> types = new ArrayList<>();
        try (FileSystem jar = folder ? null : FileSystems.newFileSystem(classes);
                Stream<Path> files = Files.list((folder ? classes : jar.getPath("/"))
                        .resolve("io")
                        .resolve("chiron")
                        .resolve("api"))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                Class<?> type = name.contains("-") || !name.endsWith(".class")
                        ? Object.class
                        : Class.forName("io.chiron.api." + name.replace(".class", ""));
                boolean action = Action.class.isAssignableFrom(type);
                if ((type.isRecord() || type.isEnum()) && !action) {
                    types.add(type);
                }
            }
        }
        assertThat(types).hasSizeGreaterThan(20);
        return types;
    }
}
