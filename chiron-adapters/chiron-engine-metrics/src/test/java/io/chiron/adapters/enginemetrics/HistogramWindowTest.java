package io.chiron.adapters.enginemetrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HistogramWindowTest {
    private static final double INFINITY = Double.POSITIVE_INFINITY;

    private static HistogramWindow of(Map<Double, Double> cumulative, double sum, double count) {
        return new HistogramWindow(new TreeMap<>(cumulative), sum, count);
    }

    @Test
    void quantilesAreLinearInsideABucket() {
        HistogramWindow window = of(Map.of(0.01, 500.0, 0.02, 550.0, INFINITY, 600.0), 12, 600);

        assertThat(window.mean()).isEqualTo(0.02);
        assertThat(window.quantile(525.0 / 600)).isEqualTo(0.015, within(1e-12));
        assertThat(window.quantile(0)).isZero();
        assertThat(window.quantile(1)).isEqualTo(0.02); // the last finite bound
        assertThatThrownBy(() -> window.quantile(1.1)).hasMessageContaining("p = 1.1");
    }

    /** A bucket was scraped before, another after an observation. */
    @Test
    void aTornHistogramNeverFalls() {
        assertThat(of(Map.of(1.0, 5.0, 2.0, 3.0, INFINITY, 4.0), 4, 4).quantile(1))
                .isEqualTo(1);
    }

    @Test
    void nothingObservedIsNotZero() {
        assertThat(of(Map.of(1.0, 0.0, INFINITY, 0.0), 0, 0).quantile(0.5)).isNaN();
        assertThat(of(Map.of(INFINITY, 3.0), 1, 3).quantile(0.5)).isNaN();
        assertThat(of(Map.of(1.0, 0.0), 0, 0).mean()).isNaN();
        assertThat(HistogramWindow.NONE.count()).isNaN();
        assertThat(HistogramWindow.NONE.quantile(0.5)).isNaN();
    }
}
