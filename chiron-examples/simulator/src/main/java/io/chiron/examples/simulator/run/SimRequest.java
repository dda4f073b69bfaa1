package io.chiron.examples.simulator.run;

import io.chiron.api.RoutedRequest;
import io.chiron.examples.simulator.engine.EngineRequest;
import org.jspecify.annotations.Nullable;

/** A request in a run: what the engine, the router and the statistics know of it. */
final class SimRequest extends EngineRequest {
    final RoutedRequest routed;
    /** The router's name of it. */
    final String id;
    /** Latest start after arrival, seconds. */
    final double ttftLimitSeconds;

    double firstTokenSeconds = Double.NaN;
    /** Where it is or, while an eviction is under way, where it goes next. */
    @Nullable
    SimInstance instance;

    @Nullable
    SimInstance next;

    /** The router is told how far it is once it has so many tokens. */
    double tellAtTokens;

    boolean dispatched;
    /** An eviction of it waits for the end of an iteration. */
    boolean evicting;

    SimRequest(
            long id,
            int tierIndex,
            int promptTokens,
            int outputTokens,
            double arrivalSeconds,
            RoutedRequest routed,
            double ttftLimitSeconds) {
        super(id, tierIndex, promptTokens, outputTokens, arrivalSeconds);
        this.routed = routed;
        this.id = routed.id();
        this.ttftLimitSeconds = ttftLimitSeconds;
    }
}
