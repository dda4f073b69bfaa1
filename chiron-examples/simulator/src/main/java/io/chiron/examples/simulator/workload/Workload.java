package io.chiron.examples.simulator.workload;

import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;

/** The requests of several sources, merged in order of arrival. Generated as they are asked for, so memory stays small. */
public final class Workload implements Iterator<Arrival> {
    // An odd constant that spreads the seeds of the sources.
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private record Head(Arrival arrival, int sourceIndex, Iterator<Arrival> rest) {}

    // Ties in time go by the order of the sources, so the merge is the same every time.
    private final PriorityQueue<Head> heads = new PriorityQueue<>(
            Comparator.comparingDouble((Head h) -> h.arrival().arrivalSeconds()).thenComparingInt(Head::sourceIndex));

    private Workload() {}

    /** Starts all sources, each with a seed of its own that follows from {@code seed} and its place in the list. */
    public static Workload open(List<Source> sources, long seed) {
        Workload workload = new Workload();
        for (int i = 0; i < sources.size(); i++) {
            workload.push(i, sources.get(i).open(subSeed(seed, i)));
        }
        return workload;
    }

    /** Merges streams that are ascending in time. */
    static Workload merge(List<Iterator<Arrival>> streams) {
        Workload workload = new Workload();
        for (int i = 0; i < streams.size(); i++) {
            workload.push(i, streams.get(i));
        }
        return workload;
    }

    /** Seed number {@code index} below {@code seed} (the finaliser of SplitMix64). */
    static long subSeed(long seed, int index) {
        long z = seed + GOLDEN * (index + 1L);
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    @Override
    public boolean hasNext() {
        return !heads.isEmpty();
    }

    @Override
    public Arrival next() {
        Head head = heads.poll();
        if (head == null) {
            throw new NoSuchElementException("the workload has ended");
        }
        push(head.sourceIndex(), head.rest());
        return head.arrival();
    }

    private void push(int sourceIndex, Iterator<Arrival> stream) {
        if (stream.hasNext()) {
            heads.add(new Head(stream.next(), sourceIndex, stream));
        }
    }
}
