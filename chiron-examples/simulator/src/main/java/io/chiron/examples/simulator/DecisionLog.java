package io.chiron.examples.simulator;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.Pool;
import io.chiron.examples.simulator.run.SimClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes one JSON line per decision: {@code {t, fleet, action, pool, instance, count, code, numbers, rejected, held}}. */
final class DecisionLog implements Consumer<Decision>, AutoCloseable {
    private final @Nullable JsonGenerator json;

    DecisionLog(@Nullable Path file) throws IOException {
        if (file == null) {
            json = null;
            return;
        }
        json = new JsonFactory().createGenerator(Files.newBufferedWriter(file));
        json.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
    }

    @Override
    public void accept(Decision decision) {
        if (json == null) {
            return;
        }
        try {
            write(json, decision);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(JsonGenerator json, Decision decision) throws IOException {
        Action action = decision.action();
        json.writeStartObject();
        json.writeNumberField("t", SimClock.seconds(decision.time()));
        json.writeStringField("fleet", decision.fleet());
        json.writeStringField("action", decision.what());
        Pool pool = action instanceof Action.Launch launch
                ? launch.pool()
                : action instanceof Action.Reassign reassign ? reassign.pool() : null;
        json.writeStringField("pool", pool == null ? null : pool.name());
        json.writeStringField(
                "instance",
                action instanceof Action.OnInstance on
                        ? on.instance()
                        : action instanceof Action.Launch launch ? launch.launchId() : null);
        if (action instanceof Action.Evict evict) {
            json.writeNumberField("count", evict.count());
        } else if (action instanceof Action.SetBatchLimits limits) {
            json.writeNumberField(
                    "count",
                    limits.limits().stream()
                            .filter(limit -> limit.tier().equals(limits.bindingTier()))
                            .mapToInt(limit -> limit.hard())
                            .sum());
        } else {
            json.writeNumberField("count", decision.isHeld() ? 0 : 1);
        }
        json.writeStringField("code", decision.reason().code().name());
        json.writeObjectFieldStart("numbers");
        for (Map.Entry<String, Double> number : decision.reason().numbers().entrySet()) {
            json.writeNumberField(number.getKey(), number.getValue());
        }
        json.writeEndObject();
        json.writeStringField("rejected", decision.reason().rejected());
        json.writeBooleanField("held", decision.isHeld());
        json.writeEndObject();
    }

    @Override
    public void close() throws IOException {
        if (json != null) {
            json.close();
        }
    }
}
