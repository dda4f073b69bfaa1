package io.chiron.testkit.plant;

import io.chiron.api.RoutedRequest;
import io.chiron.testkit.plant.Load.Arrival;
import org.jspecify.annotations.Nullable;

/** One request on its way through the plant. Confined to the thread of the loop. */
final class Job {
    final Arrival arrival;
    final RoutedRequest request;
    final int tier;
    double producedTokens;
    /** Prompt tokens, and tokens whose KV cache was lost, to process before the next output token. */
    double prefillTokens;

    double firstTokenSeconds = Double.NaN;
    double endSeconds = Double.NaN;
    /** Where it runs. */
    @Nullable
    Machine at;
    /** Where its KV cache is kept while it does not run. */
    @Nullable
    Machine home;

    Job(Arrival arrival, RoutedRequest request, int tier) {
        this.arrival = arrival;
        this.request = request;
        this.tier = tier;
        prefillTokens = arrival.promptTokens();
    }

    boolean decodes() {
        return prefillTokens <= 0;
    }

    double kvTokens() {
        return arrival.promptTokens() + producedTokens;
    }

    double leftTokens() {
        return arrival.outputTokens() - producedTokens;
    }

    /** Its KV cache is gone. */
    void restart() {
        prefillTokens = kvTokens();
        home = null;
    }
}
