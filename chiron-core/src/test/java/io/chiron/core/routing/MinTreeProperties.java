package io.chiron.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class MinTreeProperties {

    @Property
    void knowsTheFirstOfTheLeastValues(
            @ForAll @IntRange(min = 1, max = 40) int size,
            @ForAll @Size(max = 120) List<@IntRange(max = 2000) Integer> steps) {
        MinTree tree = new MinTree(size);
        double[] values = new double[size];
        Arrays.fill(values, Double.POSITIVE_INFINITY);
        assertThat(tree.least()).isInfinite();
        for (int step : steps) {
            int index = step % size;
            values[index] = step % 9 == 0 ? Double.POSITIVE_INFINITY : step / 41;
            tree.set(index, values[index]);
            int least = 0;
            for (int i = 0; i < size; i++) {
                least = values[i] < values[least] ? i : least;
            }
            assertThat(tree.least()).isEqualTo(values[least]);
            if (tree.least() < Double.POSITIVE_INFINITY) {
                assertThat(tree.leastIndex()).isEqualTo(least);
            }
        }
    }
}
