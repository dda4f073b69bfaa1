package io.chiron.core.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What is found by position is what a map by id would hold. */
class RollProperties {
    private static final List<TierProfile> TIERS = List.of(Loop.tier("chat", 0.1, 160, 340));

    /** Some of the same hash, "Aa" and "BB". */
    @Provide
    Arbitrary<List<String>> ids() {
        Arbitrary<String> alike =
                Arbitraries.of("Aa", "BB").list().ofMinSize(1).ofMaxSize(3).map(parts -> String.join("", parts));
        Arbitrary<String> numbered = Arbitraries.integers().between(0, 29).map(i -> "instance-" + i);
        return Arbitraries.oneOf(alike, numbered).list().ofMaxSize(40);
    }

    @Property
    void aValuePerIdInTheOrderOfTheFirst(@ForAll("ids") List<String> before, @ForAll("ids") List<String> listed) {
        List<InstanceSnapshot> instances = instances(listed);
        Roll roll = Roll.EMPTY.next(instances(before)).next(instances);
        Map<String, InstanceSnapshot> expected = new LinkedHashMap<>();
        instances.forEach(instance -> expected.putIfAbsent(instance.id(), instance));
        assertThat(roll.firsts(instances)).containsExactlyElementsOf(expected.values());

        Map<String, InstanceSnapshot> byInstance = new ByInstance<>(roll, roll.firsts(instances));
        assertThat(byInstance).isEqualTo(expected).hasSameSizeAs(expected);
        assertThat(byInstance.keySet()).containsExactlyElementsOf(expected.keySet());
        for (String id : before) {
            assertThat(byInstance.get(id)).isSameAs(expected.get(id));
            assertThat(byInstance.containsKey(id)).isEqualTo(expected.containsKey(id));
        }
    }

    @Property
    void theSameInstancesHaveTheSameRoll(@ForAll("ids") List<String> listed) {
        Roll roll = Roll.EMPTY.next(instances(listed));
        boolean distinct = roll.size() == listed.size();
        assertThat(roll.next(instances(listed)) == roll).isEqualTo(distinct);
    }

    /** Each instance keeps what was its own, however they are listed next time. */
    @Property
    void theOrderOfInstancesIsFree(@ForAll("ids") List<String> before, @ForAll("ids") List<String> after) {
        for (BatchSizeRule rule : List.of(new CurveRule(LocalConfig.DEFAULTS), new RatioRule(LocalConfig.DEFAULTS))) {
            LocalStep first = rule.step(LocalState.initial(), input(before));
            LocalStep second = rule.step(first.state(), input(after));
            second.decisions().forEach((id, decision) -> {
                LocalDecision last = first.decisions().get(id);
                assertThat(decision.instance()).isEqualTo(id);
                assertThat(decision.held()).isEqualTo(last != null);
                if (last != null) {
                    assertThat(decision.backpressure()).isEqualTo(last.backpressure());
                }
            });
        }
    }

    private static LocalInput input(List<String> ids) {
        List<InstanceSnapshot> instances = new ArrayList<>();
        for (String id : ids) {
            // Each has its own ITL.
            double itlSeconds = 0.05 + 0.001 * Math.floorMod(id.hashCode() + 7 * id.length() + id.charAt(0), 100);
            instances.add(Loop.instance(id)
                    .withSample(Loop.usage(Loop.START, List.of(Loop.running("chat", 8)), 10, itlSeconds)
                            .build()));
        }
        return new LocalInput(instances, TIERS, Loop.START);
    }

    private static List<InstanceSnapshot> instances(List<String> ids) {
        List<InstanceSnapshot> instances = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            // A copy of the id, since a source reads them anew each time.
            String id = new String(ids.get(i).toCharArray());
            instances.add(InstanceSnapshot.of(id, Pool.MIXED, Phase.READY, Instant.ofEpochSecond(i)));
        }
        return instances;
    }
}
