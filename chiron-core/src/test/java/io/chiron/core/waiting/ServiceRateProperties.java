package io.chiron.core.waiting;

import static io.chiron.core.waiting.WaitingArbitraries.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

@Domain(WaitingArbitraries.class)
@Domain(DomainContext.Global.class)
class ServiceRateProperties {
    @Property
    void constantInputGivesThatRate(
            @ForAll @Scale(4) @DoubleRange(min = 0.1, max = 1e6) double perSecond,
            @ForAll @Scale(4) @DoubleRange(min = 0.1, max = 100) double windowSeconds,
            @ForAll @IntRange(min = 1, max = 300) int windows) {
        ServiceRate rate = ServiceRate.UNKNOWN;
        for (int i = 1; i <= windows; i++) {
            rate = rate.observe(perSecond * windowSeconds, windowSeconds, true, at(i * windowSeconds));
        }
        assertThat(rate.isKnown()).isTrue();
        assertThat(rate.outputTokensPerSecond()).isEqualTo(perSecond, within(perSecond * 1e-9));
    }

    @Property
    void spreadOfConstantInputVanishes(
            @ForAll @Scale(4) @DoubleRange(min = 0.1, max = 1e6) double perSecond,
            @ForAll @IntRange(min = 100, max = 300) int blocks) {
        ServiceRate rate = ServiceRate.UNKNOWN;
        for (int i = 1; i <= blocks; i++) {
            rate = rate.observe(perSecond * 60, 60, true, at(i * 60));
        }
        assertThat(rate.squaredVariation()).isBetween(0.0, 0.01 / blocks * 1.001);
    }

    /** Instances that fill up are no spread of a full fleet's rate. */
    @Property
    void theBlocksInWhichAFleetFillsAreForgotten(
            @ForAll @Scale(4) @DoubleRange(min = 0.1, max = 1e6) double perSecond,
            @ForAll @DoubleRange(min = 0, max = 3) double first,
            @ForAll @DoubleRange(min = 0, max = 3) double second,
            @ForAll @IntRange(min = 4, max = 100) int blocks) {
        ServiceRate rate = ServiceRate.UNKNOWN
                .observe(perSecond * first * 60, 60, true, at(60))
                .observe(perSecond * second * 60, 60, true, at(120));
        for (int i = 3; i <= blocks + 2; i++) {
            rate = rate.observe(perSecond * 60, 60, true, at(i * 60));
        }
        assertThat(rate.outputTokensPerSecond()).isEqualTo(perSecond, within(perSecond * 1e-9));
        assertThat(rate.squaredVariation()).isBetween(0.0, 0.0004 / blocks * 1.001);
    }

    /** A short memory of about 14 blocks scatters by itself, so the mean over many readings is compared. */
    @Property
    void spreadOfNoisyBlocksIsTheirs(
            @ForAll Random random, @ForAll @Scale(4) @DoubleRange(min = 0.05, max = 0.5) double variation) {
        ServiceRate rate = ServiceRate.UNKNOWN;
        double sum = 0;
        int readings = 0;
        for (int i = 1; i <= 1000; i++) {
            double tokens = 60 * 1000 * (1 + variation * random.nextGaussian());
            rate = rate.observe(Math.max(0, tokens), 60, true, at(i * 60));
            if (i > 100) {
                sum += rate.squaredVariation();
                readings++;
            }
        }
        double cv = Math.sqrt(sum / readings);
        assertThat(cv).isBetween(variation * 0.8, variation * 1.25);
    }

    @Property
    void scalingMovesTheRateAndKeepsTheSpread(
            @ForAll ServiceRate rate, @ForAll @Scale(4) @DoubleRange(min = 0.1, max = 10) double factor) {
        ServiceRate scaled = rate.scaled(factor);
        assertThat(scaled.outputTokensPerSecond())
                .isEqualTo(rate.outputTokensPerSecond() * factor, within(rate.outputTokensPerSecond() * 1e-9 * factor));
        assertThat(scaled.squaredVariation()).isEqualTo(rate.squaredVariation(), within(1e-9));
        // What is measured afterwards is taken as on the new scale.
        double expected = rate.observe(30_000, 120, true, at(900)).outputTokensPerSecond() * factor;
        assertThat(scaled.observe(30_000 * factor, 120, true, at(900)).outputTokensPerSecond())
                .isEqualTo(expected, within(expected * 1e-9));
    }

    @Property
    void whatCannotBeTrueChangesNothing(
            @ForAll ServiceRate rate, @ForAll @Scale(4) @DoubleRange(min = 0, max = 1e6) double tokens) {
        assertThat(rate.observe(tokens, 1, false, at(10_000))).isSameAs(rate);
        for (double bad : new double[] {Double.NaN, -1, Double.POSITIVE_INFINITY}) {
            assertThat(rate.observe(bad, 1, true, at(10_000))).isSameAs(rate);
            assertThat(rate.observe(tokens, bad, true, at(10_000))).isSameAs(rate);
        }
        assertThat(rate.observe(tokens, 0, true, at(10_000))).isSameAs(rate);
        ServiceRate next = rate.observe(tokens, 1, true, at(10_000));
        assertThat(next.observe(tokens, 1, true, at(10_000))).isSameAs(next);
        assertThat(next.observe(tokens, 1, true, at(9_950))).isSameAs(next);
    }

    @Property
    void clockSetBackLosesOneWindowOnly(
            @ForAll ServiceRate rate, @ForAll @Scale(4) @DoubleRange(min = 1, max = 1e6) double perSecond) {
        double before = rate.outputTokensPerSecond();
        ServiceRate back = rate.observe(perSecond, 1, true, at(-7200));
        assertThat(back.outputTokensPerSecond()).isEqualTo(before);
        ServiceRate next = back;
        for (int i = 1; i <= 40; i++) {
            next = next.observe(perSecond * 60, 60, true, at(-7200 + 60 * i));
        }
        // 40 minutes are eight half-lives.
        assertThat(next.outputTokensPerSecond()).isEqualTo(perSecond, within(0.02 * (perSecond + before)));
    }

    @Example
    void halfLifeIsFiveMinutes() {
        ServiceRate rate = ServiceRate.UNKNOWN;
        for (int i = 1; i <= 200; i++) {
            rate = rate.observe(60 * 100, 60, true, at(60 * i));
        }
        for (int i = 201; i <= 205; i++) {
            rate = rate.observe(60 * 200, 60, true, at(60 * i));
        }
        assertThat(rate.outputTokensPerSecond()).isEqualTo(150, within(1e-6));
    }

    @Example
    void emptyQueueForgetsNothingAndAPauseEndsTheBlock() {
        ServiceRate rate = ServiceRate.UNKNOWN.observe(30 * 100, 30, true, at(30));
        assertThat(rate.observe(1e6, 1, false, at(7000)).outputTokensPerSecond())
                .isEqualTo(100, within(1e-9));
        // After two hours ten seconds outweigh the half block, but do not erase it.
        ServiceRate later = rate.observe(10 * 200, 10, true, at(7200));
        assertThat(later.outputTokensPerSecond()).isEqualTo((30 * 100 + 10 * 200) / 40.0, within(1e-9));
        ServiceRate full = later.observe(50 * 200, 50, true, at(7250));
        assertThat(full.outputTokensPerSecond()).isEqualTo(200, within(0.01));
    }

    @Example
    void beforeThreeBlocksOfAFullFleetTheSpreadIsThePrior() {
        assertThat(ServiceRate.UNKNOWN.isKnown()).isFalse();
        assertThat(ServiceRate.UNKNOWN.outputTokensPerSecond()).isZero();
        ServiceRate rate = ServiceRate.UNKNOWN.observe(100, 6, true, at(6));
        assertThat(rate.squaredVariation()).isEqualTo(0.1, within(1e-9));
        rate = rate.observe(5400, 54, true, at(60)).observe(60, 60, true, at(120));
        assertThat(rate.squaredVariation()).isEqualTo(0.01, within(1e-9));
        rate = rate.observe(6000, 60, true, at(180)).observe(60, 60, true, at(240));
        assertThat(rate.squaredVariation()).isEqualTo(0.01, within(1e-9));
        assertThat(rate.observe(6000, 60, true, at(300)).squaredVariation()).isGreaterThan(0.1);
    }
}
