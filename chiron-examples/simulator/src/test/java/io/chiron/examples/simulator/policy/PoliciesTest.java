package io.chiron.examples.simulator.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chiron.api.RequestRouter;
import io.chiron.examples.simulator.run.Outcome;
import io.chiron.examples.simulator.run.Simulation;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every policy by name. */
final class PoliciesTest {
    static List<String> names() {
        return Policies.NAMES;
    }

    @ParameterizedTest
    @MethodSource("names")
    void runsToItsEndWithinTheQuota(String name) {
        PolicyKind kind = Policies.parse(name, 3, 0.7);
        assertThat(kind.name()).isEqualTo(name);
        AtomicInteger most = new AtomicInteger();
        Outcome outcome = Simulation.run(
                Rules.scenario(), kind, decision -> {}, (seconds, inSystem) -> {}, new Simulation.Probe() {
                    @Override
                    public void ticked(double nowSeconds, Policy policy, RequestRouter router) {
                        most.accumulateAndGet(policy.routingTable().rows().size(), Math::max);
                    }
                });
        assertThat(outcome.requestsPerGpuSecond()).isPositive();
        assertThat(outcome.interactive().ttftSeconds().p50()).isNotNull();
        assertThat(outcome.peakInstances()).isBetween(1, Rules.MAX_INSTANCES);
        assertThat(most.get()).isBetween(1, Rules.MAX_INSTANCES);
    }

    @Test
    void noSteeringPassesTheBounds() {
        for (int wanted : new int[] {0, 1000}) {
            PolicyKind kind =
                    ChironKind.steered("steered", scenario -> present -> new Rival.Wanted(wanted, "wish", wanted));
            Outcome outcome = Simulation.run(Rules.scenario(), kind, decision -> {}, (seconds, inSystem) -> {}, null);
            assertThat(outcome.peakInstances()).isEqualTo(wanted == 0 ? 2 : Rules.MAX_INSTANCES);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chiron-paper:theta=0.5",
                "chiron-local-only:target=0.5",
                "chiron-global-only:cap=64",
                "chiron-slots:theta=0.5",
                "keda-inflight:threshold=100;poll=15",
                "knative-kpa:target=100;stable=30;panic=3;threshold=3",
                "aibrix-apa:target=0.3;form=as-coded;guard=true",
                "aibrix-kpa:target=0.3;form=as-coded",
                "wva-saturation:kv=0.7;queue=4;sparekv=0.2;sparequeue=2;hpa=sample;window=30;tolerance=0",
                "wva-tokens:up=0.8;down=0.6;hpa=sample",
                "queueing-model:rate=completions;window=0",
                "dynamo-throughput:mode=latency",
                "dynamo-throughput:up=0.5;down=0.2",
                "dynamo-sla:loops=predictive;forecast=constant;ttft=1;itl=0.1",
                "ray-serve:target=100;factor=0.5;up=10;down=60;cap=128",
                "skyserve:qps=10;up=20;down=60",
                "llumnix:low=20;high=100",
                "batch-edf:safe=9;margin=10",
                "static-peak:factor=1.2",
                "oracle:spare=1.1;window=60",
            })
    void takesItsSettings(String text) {
        assertThat(Policies.parse(text, 3, 0.7).name()).isEqualTo(text);
        assertThatThrownBy(() -> Policies.parse(text + ";colour=blue", 3, 0.7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("colour");
    }

    @Test
    void anUnknownNameIsToldAllThereAre() {
        assertThatThrownBy(() -> Policies.parse("best", 3, 0.7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("policy = best", String.join(", ", Policies.NAMES));
    }

    @Test
    void rivalsShareRouterAndEngineCap() {
        for (String name : Policies.NAMES) {
            PolicyKind kind = Policies.parse(name, 3, 0.7);
            boolean own = name.startsWith("chiron") || name.equals("oracle");
            assertThat(kind.router().evictionEnabled()).as(name).isEqualTo(own);
            if (!own) {
                assertThat(kind.engineSequences()).as(name).isEqualTo(StaticKind.ENGINE_CAP);
            }
        }
    }
}
