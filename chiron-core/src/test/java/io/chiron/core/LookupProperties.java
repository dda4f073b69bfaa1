package io.chiron.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What is looked up faster is the same. */
class LookupProperties {
    @Property
    void distinctIsWhatASetSays(@ForAll("ids") List<String> ids) {
        List<InstanceSnapshot> instances = ids.stream()
                .map(id -> InstanceSnapshot.of(id, Pool.MIXED, Phase.READY, null))
                .toList();
        assertThat(Snapshots.areDistinct(instances)).isEqualTo(new HashSet<>(ids).size() == ids.size());
    }

    @Property
    void anyOrderGivesWhatTheMapHas(@ForAll("ids") List<String> kept, @ForAll("ids") List<String> asked) {
        Map<String, Integer> values = new LinkedHashMap<>();
        kept.forEach(id -> values.putIfAbsent(id, values.size()));
        InOrder<Integer> inOrder = new InOrder<>(values);
        for (String id : asked) {
            assertThat(inOrder.get(id)).isEqualTo(values.get(id));
        }
    }

    /** Some of the same hash, "Aa" and "BB". */
    @Provide
    Arbitrary<List<String>> ids() {
        Arbitrary<String> alike =
                Arbitraries.of("Aa", "BB").list().ofMinSize(1).ofMaxSize(3).map(parts -> String.join("", parts));
        Arbitrary<String> numbered = Arbitraries.integers().between(0, 99).map(i -> "instance-" + i);
        return Arbitraries.oneOf(alike, numbered).list().ofMaxSize(40);
    }
}
