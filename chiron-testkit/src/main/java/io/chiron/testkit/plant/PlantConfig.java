package io.chiron.testkit.plant;

import io.chiron.api.Checks;
import java.util.Objects;

/**
 * The engine that every instance of a plant runs. Immutable.
 *
 * @param iteration how long an iteration takes
 * @param kvCapacityTokens KV cache of an instance, tokens; at least 1
 * @param chunkTokens most prompt tokens of one iteration; at least 1
 * @param startupSeconds from launch to ready, seconds; not negative
 */
public record PlantConfig(IterationTime iteration, long kvCapacityTokens, int chunkTokens, double startupSeconds) {
    public PlantConfig {
        Objects.requireNonNull(iteration, "plant.iteration");
        Checks.inRange("plant.kvCapacityTokens", kvCapacityTokens, 1, Long.MAX_VALUE);
        Checks.inRange("plant.chunkTokens", chunkTokens, 1, Integer.MAX_VALUE);
        Checks.notNegative("plant.startupSeconds", startupSeconds);
    }
}
