package io.chiron.examples.simulator.engine;

import java.util.ArrayList;
import java.util.List;

/** Records what an engine tells. */
final class EventLog implements EngineListener {
    enum Kind {
        FIRST_TOKEN,
        FINISHED,
        EVICTED,
        PREEMPTED
    }

    record Event(Kind kind, long id, int generatedTokens, double seconds) {}

    final List<Event> events = new ArrayList<>();

    @Override
    public void firstToken(EngineRequest request, double atSeconds) {
        add(Kind.FIRST_TOKEN, request, atSeconds);
    }

    @Override
    public void finished(EngineRequest request, double atSeconds) {
        add(Kind.FINISHED, request, atSeconds);
    }

    @Override
    public void evicted(EngineRequest request, double atSeconds) {
        add(Kind.EVICTED, request, atSeconds);
    }

    @Override
    public void preempted(EngineRequest request, double atSeconds) {
        add(Kind.PREEMPTED, request, atSeconds);
    }

    private void add(Kind kind, EngineRequest request, double seconds) {
        events.add(new Event(kind, request.id(), request.generatedTokens(), seconds));
    }

    long count(Kind kind) {
        return events.stream().filter(e -> e.kind() == kind).count();
    }

    double seconds(Kind kind, long id) {
        return events.stream()
                .filter(e -> e.kind() == kind && e.id() == id)
                .mapToDouble(Event::seconds)
                .findFirst()
                .orElse(Double.NaN);
    }
}
