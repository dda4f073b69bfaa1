package io.chiron.examples.simulator.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.examples.simulator.workload.FluidLimit;
import io.chiron.examples.simulator.workload.LengthMoments;
import io.chiron.examples.simulator.workload.Lengths;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.random.Well19937c;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A single engine that never idles comes close to its fluid limit. */
final class SaturatedEngineTest {
    private static final int REQUESTS = 60_000;

    @ParameterizedTest
    @CsvSource({"llama3-8b_a100-80g_tp1", "llama3-70b_a100-80g_tp4"})
    void reachesTheFluidLimit(String id) {
        Profile profile = Profile.load(id);
        List<Lengths.Pair> lengths = new ArrayList<>();
        LengthMoments moments = new LengthMoments();
        Well19937c random = new Well19937c(7);
        Lengths shareGpt = Lengths.shareGpt();
        for (int i = 0; i < REQUESTS; i++) {
            Lengths.Pair pair = shareGpt.draw(random);
            lengths.add(pair);
            moments.add(pair.promptTokens(), pair.outputTokens());
        }
        FluidLimit limit = FluidLimit.of(profile, 2048, 0.2, moments);

        Engine engine = new Engine(profile, 2048, Integer.MAX_VALUE);
        ClosedLoop loop = new ClosedLoop(engine, lengths);
        for (int i = 0; i < Math.round(limit.batch()); i++) {
            loop.admitNext(0);
        }
        engine.advance(Double.MAX_VALUE, loop);
        // From when the first sequences of full length are through until the queue runs dry.
        double rate = (loop.warmEndCount - loop.warmStartCount) / (loop.warmEndSeconds - loop.warmStartSeconds);
        assertThat(rate / limit.requestsPerSecond()).isBetween(0.95, 1.03);
    }

    private static final class ClosedLoop implements EngineListener {
        private final Engine engine;
        private final List<Lengths.Pair> lengths;
        private int admitted;
        private int finished;
        double warmStartSeconds;
        double warmEndSeconds;
        int warmStartCount;
        int warmEndCount;

        ClosedLoop(Engine engine, List<Lengths.Pair> lengths) {
            this.engine = engine;
            this.lengths = lengths;
        }

        void admitNext(double nowSeconds) {
            if (admitted < lengths.size()) {
                Lengths.Pair pair = lengths.get(admitted);
                engine.admit(
                        new EngineRequest(
                                admitted,
                                EngineRequest.INTERACTIVE,
                                pair.promptTokens(),
                                pair.outputTokens(),
                                nowSeconds),
                        nowSeconds);
                admitted++;
            }
        }

        @Override
        public void firstToken(EngineRequest request, double atSeconds) {}

        @Override
        public void finished(EngineRequest request, double atSeconds) {
            finished++;
            if (finished == REQUESTS / 5) {
                warmStartSeconds = atSeconds;
                warmStartCount = finished;
            }
            if (admitted == lengths.size() && warmEndCount == 0) {
                warmEndSeconds = atSeconds;
                warmEndCount = finished;
            }
            admitNext(atSeconds);
        }

        @Override
        public void evicted(EngineRequest request, double atSeconds) {}

        @Override
        public void preempted(EngineRequest request, double atSeconds) {}
    }
}
