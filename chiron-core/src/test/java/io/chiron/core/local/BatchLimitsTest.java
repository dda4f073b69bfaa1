package io.chiron.core.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

/** Limits per pair of tiers: whose SLO binds, and whose lengths count. */
class BatchLimitsTest {
    private final BatchLimits limits = BatchLimits.of(new int[][] {{2, 4}, {5, 8}}, new int[][] {{3, 6}, {10, 16}});

    @Test
    void theBindingTierComesFirst() {
        assertThat(limits.tiers()).isEqualTo(2);
        assertThat(limits.soft(0, 1)).isEqualTo(4);
        assertThat(limits.soft(1, 0)).isEqualTo(5);
        assertThat(limits.hard(0, 1)).isEqualTo(6);
        assertThat(limits.hard(1, 0)).isEqualTo(10);
        assertThat(limits.softShare(1, 1)).isEqualTo(0.125);
        assertThat(limits.softShare(0, 1)).isEqualTo(0.25);
        assertThat(limits.hardShare(1, 1)).isEqualTo(0.0625);
        assertThat(limits.hardShare(1, 0)).isEqualTo(0.1);
    }

    /** Ten tenths, added one by one, are a little less than one; three thirds and seven sevenths may be a little more. */
    @Test
    void asManyAsTheLimitFit() {
        for (int limit = 1; limit <= 4096; limit++) {
            double share = BatchLimits.fixed(1, limit).softShare(0, 0);
            double sum = 0;
            for (int i = 0; i < limit; i++) {
                sum += share;
            }
            assertThat(BatchLimits.fits(sum)).as("%d of %d", limit, limit).isTrue();
            assertThat(BatchLimits.fits(sum + share))
                    .as("one more than %d", limit)
                    .isFalse();
        }
    }

    @Test
    void theSameLimitsAreEqual() {
        assertThat(limits)
                .isEqualTo(BatchLimits.of(new int[][] {{2, 4}, {5, 8}}, new int[][] {{3, 6}, {10, 16}}))
                .isNotEqualTo(BatchLimits.of(new int[][] {{2, 4}, {5, 7}}, new int[][] {{3, 6}, {10, 16}}))
                .isNotEqualTo(BatchLimits.of(new int[][] {{2, 4}, {5, 8}}, new int[][] {{3, 6}, {10, 17}}));
        assertThat(limits.toString()).contains("[2, 4, 5, 8]", "[3, 6, 10, 16]");
        assertThat(BatchLimits.fixed(2, 7).hard(1, 0)).isEqualTo(7);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchLimits.fixed(1, 0))
                .withMessageContaining("limits.fixed");
    }
}
