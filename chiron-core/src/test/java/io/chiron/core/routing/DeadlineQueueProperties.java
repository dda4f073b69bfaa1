package io.chiron.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.chiron.api.RoutedRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class DeadlineQueueProperties {
    private static final Comparator<Tracked> BY_DEADLINE = Comparator.<Tracked, Instant>comparing(
                    request -> request.request.deadline())
            .thenComparing(request -> request.sequence);

    /** Small blocks, so that there are many; deadlines from all equal to all different, in order or not. */
    @Property
    void behavesLikeASortedSet(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 2000) int steps,
            @ForAll @IntRange(max = 3) int spread,
            @ForAll @IntRange(min = 1, max = 8) int blockBits) {
        SplittableRandom random = new SplittableRandom(seed);
        DeadlineQueue queue = new DeadlineQueue(request -> Tiers.nanos(request.request.deadline()), 1 << blockBits);
        TreeSet<Tracked> model = new TreeSet<>(BY_DEADLINE);
        List<Tracked> added = new ArrayList<>();
        int grow = 2 + random.nextInt(6);
        for (int i = 0; i < steps; i++) {
            int step = random.nextInt(10);
            if (step < grow) {
                long second = spread == 0 ? 0 : spread == 1 ? i : random.nextInt(spread == 2 ? 30 : 1_000_000);
                Tracked request = request(i, second);
                queue.add(request);
                model.add(request);
                added.add(request);
            } else if (step < 8) {
                assertThat(queue.poll()).isSameAs(model.pollFirst());
            } else if (!added.isEmpty()) {
                // It may have left already.
                Tracked request = added.get(random.nextInt(added.size()));
                assertThat(queue.remove(request)).isEqualTo(model.remove(request));
            }
            assertThat(queue.size()).isEqualTo(model.size());
            assertThat(queue.peek()).isSameAs(model.isEmpty() ? null : model.first());
        }
        while (!model.isEmpty()) {
            assertThat(queue.poll()).isSameAs(model.pollFirst());
        }
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.poll()).isNull();
    }

    static Tracked request(long sequence, long deadlineSecond) {
        Instant deadline = Instant.ofEpochSecond(deadlineSecond);
        return new Tracked(new RoutedRequest("r" + sequence, "batch", 1, Instant.EPOCH, deadline), 1, sequence);
    }
}
