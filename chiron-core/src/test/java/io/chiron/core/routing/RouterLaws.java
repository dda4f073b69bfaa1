package io.chiron.core.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chiron.api.Placement;
import io.chiron.api.Pool;
import io.chiron.api.RequestClass;
import io.chiron.api.RoutedRequest;
import io.chiron.core.routing.RouterModel.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What always holds of a router's answers, one law at a time, judged by the model as it is before each answer. */
final class RouterLaws {
    enum Law {
        ONE_PLACE,
        IN_VAIN,
        ROLES,
        HARD_CAP,
        BATCH_SOFT_CAP,
        SPREAD,
        VICTIMS,
        FEWEST_VICTIMS,
        INTERACTIVE_LIMIT_AT_ONCE,
        LEAST_FILLED,
        OVERFLOW_IS_LAST,
        BATCH_AT_ONCE,
        OVERFLOW_FIRST,
        EARLIEST_DEADLINE,
        TAKES_ROOM,
        HOME,
        WORN_SHARE,
        FAILED,
        GROUPS,
        FLOWS
    }

    private final RouterRun run;
    private final RouterModel model;
    private final Law law;
    private int steps;
    private final RouterCounts counts;

    RouterLaws(RouterRun run, Law law) {
        this.run = run;
        this.model = run.model;
        this.law = law;
        counts = new RouterCounts(run);
    }

    void offered(Entry entry, Placement placement) {
        String at = placement.instance();
        RequestClass requestClass = RouterModel.TIERS.get(entry.tier).requestClass();
        if (law == Law.ROLES && at != null) {
            assertThat(model.takes(at, requestClass)).isTrue();
        }
        if (entry.interactive()) {
            offeredInteractive(entry, placement);
        } else {
            assertThat(placement.overflow()).isFalse();
            offeredBatch(entry, at);
        }
    }

    private void offeredInteractive(Entry entry, Placement placement) {
        if (!model.queuedOf(true).isEmpty()) {
            assertThat(placement).as("nobody is overtaken").isEqualTo(Placement.OVERFLOW);
            return;
        }
        String at = placement.instance();
        List<String> withRoom = new ArrayList<>(model.rows.keySet());
        withRoom.removeIf(other -> !model.hasSoftRoom(other, entry));
        boolean softRoom = !withRoom.isEmpty();
        List<Entry> after = new ArrayList<>();
        if (at != null) {
            after.addAll(RouterModel.with(model.flight(at), entry));
            after.removeIf(other -> placement.evicted().contains(other.request.id()));
        }
        switch (law) {
            case HARD_CAP -> {
                if (at != null) {
                    assertThat(model.fits(at, after, !model.config.hardAdmission()))
                            .isTrue();
                }
            }
            case SPREAD -> {
                if (softRoom) {
                    assertThat(at).isIn(withRoom);
                    assertThat(placement.evicted()).isEmpty();
                    withRoom.removeIf(other -> model.rank(other) > model.rank(at));
                    double least =
                            withRoom.stream().mapToDouble(model::load).min().getAsDouble();
                    assertThat(withRoom).allMatch(other -> model.rank(other) >= model.rank(at));
                    assertThat(model.load(at)).isCloseTo(least, within(1e-7));
                }
            }
            case VICTIMS -> {
                List<String> best = at == null ? List.of() : ids(model.victims(at));
                assertThat(placement.evicted()).hasSizeLessThanOrEqualTo(best.size());
                assertThat(placement.evicted())
                        .isEqualTo(best.subList(0, placement.evicted().size()));
                assertThat(model.config.evictionEnabled() || placement.evicted().isEmpty())
                        .isTrue();
            }
            case FEWEST_VICTIMS -> {
                if (!softRoom && model.config.evictionEnabled()) {
                    int fewest = Integer.MAX_VALUE;
                    for (String other : model.rows.keySet()) {
                        boolean candidate = model.takes(other, RequestClass.INTERACTIVE) && !model.guarded(other);
                        int needed = candidate ? model.victimsNeeded(other, entry, true) : -1;
                        fewest = needed < 0 ? fewest : Math.min(fewest, needed);
                    }
                    if (fewest < Integer.MAX_VALUE) {
                        assertThat(placement.evicted()).hasSize(fewest);
                    }
                }
            }
            case INTERACTIVE_LIMIT_AT_ONCE -> {
                if (at != null && model.config.evictionEnabled() && !model.fits(at, after, true)) {
                    assertThat(placement.evicted()).hasSameSizeAs(model.victims(at));
                }
            }
            case LEAST_FILLED -> {
                boolean soft = !model.config.hardAdmission();
                boolean viaEviction = model.config.evictionEnabled()
                        && model.rows.keySet().stream()
                                .anyMatch(other -> model.takes(other, RequestClass.INTERACTIVE)
                                        && !model.guarded(other)
                                        && model.victimsNeeded(other, entry, true) >= 0);
                List<String> open = new ArrayList<>(model.rows.keySet());
                open.removeIf(other -> !model.takes(other, RequestClass.INTERACTIVE)
                        || !model.fits(other, RouterModel.with(model.flight(other), entry), soft));
                if (!softRoom && !viaEviction && !open.isEmpty()) {
                    assertThat(at).isIn(open);
                    double filled = filled(at, entry, soft);
                    assertThat(open).allMatch(other -> filled <= filled(other, entry, soft) + 1e-9);
                }
            }
            case OVERFLOW_IS_LAST -> {
                assertThat(placement.overflow()).isEqualTo(at == null);
                if (at == null) {
                    boolean soft = !model.config.hardAdmission();
                    for (String other : model.rows.keySet()) {
                        if (model.takes(other, RequestClass.INTERACTIVE)) {
                            int victims = model.victimsNeeded(other, entry, soft);
                            assertThat(victims).isLessThanOrEqualTo(model.config.evictionEnabled() ? -1 : victims);
                            assertThat(victims).isNotEqualTo(0);
                        }
                    }
                }
            }
            default -> {}
        }
    }

    private double filled(String at, Entry entry, boolean soft) {
        return model.share(model.rows.get(at), RouterModel.with(model.flight(at), entry), soft);
    }

    private void offeredBatch(Entry entry, @Nullable String at) {
        if (law == Law.BATCH_SOFT_CAP && at != null) {
            assertThat(model.fits(at, RouterModel.with(model.flight(at), entry), true))
                    .isTrue();
        }
        if (law == Law.WORN_SHARE && at != null && model.worn(entry)) {
            assertThat(model.wornRoom(at, entry)).isTrue();
        }
        if (law == Law.BATCH_AT_ONCE) {
            // What is open to all, worn or not: none of it may be passed.
            List<Entry> open = model.queuedOf(false);
            open.removeIf(other -> !other.home.isEmpty() && run.now.isBefore(nearAt(other)));
            boolean overflow = !model.queuedOf(true).isEmpty();
            List<String> could = new ArrayList<>(model.rows.keySet());
            could.removeIf(other -> !model.hasSoftRoom(other, entry)
                    || (model.worn(entry) && !model.wornRoom(other, entry))
                    || (overflow && model.rows.get(other).pool() == Pool.MIXED)
                    || model.queuedOf(false).stream().anyMatch(parked -> parked.home.equals(other)));
            assertThat(at != null).isEqualTo(open.isEmpty() && !could.isEmpty());
            if (at != null) {
                assertThat(at).isIn(could);
                boolean own =
                        could.stream().anyMatch(other -> model.rows.get(other).pool() == Pool.BATCH);
                assertThat(model.rows.get(at).pool() == Pool.BATCH).isEqualTo(own);
            }
        }
    }

    void took(String at, @Nullable RoutedRequest next) {
        List<Entry> overflow = model.queuedOf(true);
        List<Entry> available = model.available(at, run.now);
        Entry entry = next == null ? null : model.live.get(next.id());
        boolean interactive = entry != null && entry.interactive();
        boolean overflowHere = !overflow.isEmpty() && model.takes(at, RequestClass.INTERACTIVE);
        if (entry != null) {
            assertThat(entry.queued()).isTrue();
            assertThat(next).isSameAs(entry.request);
        }
        List<Entry> after = entry == null ? List.of() : RouterModel.with(model.flight(at), entry);
        switch (law) {
            case ROLES -> {
                assertThat(entry == null
                                || model.takes(
                                        at, RouterModel.TIERS.get(entry.tier).requestClass()))
                        .isTrue();
            }
            case HARD_CAP ->
                assertThat(!interactive || model.fits(at, after, !model.config.hardAdmission()))
                        .isTrue();
            case BATCH_SOFT_CAP ->
                assertThat(entry == null || interactive || model.fits(at, after, true))
                        .isTrue();
            case OVERFLOW_FIRST -> {
                if (overflowHere && entry != null) {
                    assertThat(entry).isSameAs(overflow.get(0));
                }
            }
            case EARLIEST_DEADLINE -> {
                if (entry != null && !interactive) {
                    assertThat(entry).isSameAs(available.get(0));
                }
            }
            case TAKES_ROOM -> {
                Entry first = overflowHere ? overflow.get(0) : available.isEmpty() ? null : available.get(0);
                boolean room = first != null
                        && model.takes(at, RouterModel.TIERS.get(first.tier).requestClass())
                        && model.fits(
                                at,
                                RouterModel.with(model.flight(at), first),
                                !first.interactive() || !model.config.hardAdmission());
                assertThat(entry).isSameAs(room ? first : null);
            }
            case HOME -> {
                if (entry != null && !entry.home.isEmpty() && !entry.home.equals(at)) {
                    assertThat(run.now).isAfterOrEqualTo(nearAt(entry));
                }
            }
            case WORN_SHARE -> {
                if (entry != null && !interactive && model.worn(entry)) {
                    assertThat(model.wornRoom(at, entry)).isTrue();
                }
            }
            default -> {}
        }
    }

    private Instant nearAt(Entry entry) {
        return entry.due().minusMillis(Math.round(model.config.homeWaitSeconds() * 1000));
    }

    void evicted(String at, int tier, int count, List<String> evicted) {
        if (law == Law.VICTIMS) {
            List<Entry> best = model.victims(at);
            best.removeIf(entry -> entry.tier != tier);
            assertThat(evicted).isEqualTo(ids(best.subList(0, Math.min(count, best.size()))));
        }
    }

    void failed(String at, List<RoutedRequest> returned) {
        if (law == Law.FAILED) {
            List<RoutedRequest> expected = new ArrayList<>();
            for (Entry entry : model.flight(at)) {
                if (entry.interactive()) {
                    expected.add(entry.request);
                }
            }
            assertThat(returned).isEqualTo(expected);
        }
    }

    void ended(Entry entry, long outputTokens) {
        counts.outputs[entry.tier] += outputTokens;
    }

    void afterStep() {
        switch (law) {
            case ONE_PLACE, FAILED -> counts.placed();
            case IN_VAIN -> {
                if (steps++ % 16 == 0) {
                    run.callInVain();
                    counts.placed();
                    counts.flows();
                    counts.groups();
                }
            }
            case GROUPS -> counts.groups();
            case FLOWS -> {
                if (steps++ % 4 == 0) {
                    counts.flows();
                }
            }
            default -> {}
        }
    }

    private static List<String> ids(List<Entry> entries) {
        List<String> ids = new ArrayList<>();
        entries.forEach(entry -> ids.add(entry.request.id()));
        return ids;
    }
}
