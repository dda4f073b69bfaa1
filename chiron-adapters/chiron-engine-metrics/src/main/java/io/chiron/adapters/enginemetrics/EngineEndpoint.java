package io.chiron.adapters.enginemetrics;

import io.chiron.api.Checks;
import io.chiron.api.InstanceSnapshot;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One instance and where its metrics are. Immutable.
 *
 * @param instance who it is, as the host knows it; its sample is replaced
 * @param uri its metrics page, {@code http} or {@code https}; null while it has none, then it is not scraped
 * @param dialect of the page
 * @param kvCapacityTokens KV cache, tokens, where the page does not tell; NaN if unknown. It wins over the page.
 * @param iterationBudgetTokens most tokens of one iteration, which most pages do not tell; NaN if unknown. It wins too.
 */
public record EngineEndpoint(
        InstanceSnapshot instance,
        @Nullable URI uri,
        Dialect dialect,
        double kvCapacityTokens,
        double iterationBudgetTokens) {
    public EngineEndpoint {
        Objects.requireNonNull(instance, "endpoint.instance");
        Objects.requireNonNull(dialect, "endpoint.dialect");
        if (uri != null
                && (uri.getHost() == null
                        || !("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme())))) {
            throw Checks.outOfRange("endpoint.uri", uri, "http or https with a host");
        }
        if (!Double.isNaN(kvCapacityTokens)) {
            Checks.positive("endpoint.kvCapacityTokens", kvCapacityTokens);
        }
        if (!Double.isNaN(iterationBudgetTokens)) {
            Checks.positive("endpoint.iterationBudgetTokens", iterationBudgetTokens);
        }
    }

    /** An endpoint whose dialect is detected and whose page tells what it can. */
    public static EngineEndpoint of(InstanceSnapshot instance, @Nullable URI uri) {
        return new EngineEndpoint(instance, uri, Dialect.AUTO, Double.NaN, Double.NaN);
    }

    /** The id of the instance. */
    public String id() {
        return instance.id();
    }
}
