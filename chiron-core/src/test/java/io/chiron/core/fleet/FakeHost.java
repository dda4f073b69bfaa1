package io.chiron.core.fleet;

import io.chiron.api.Action;
import io.chiron.api.Decision;
import io.chiron.api.FleetLimits;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.RequestGroup;
import io.chiron.api.TierFlow;
import io.chiron.api.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A host in closed loop with the fleet rule, deterministic by seed: instances start after a lead time or never, launches
 * are seen late or never, drains finish, demand jumps, measurements go missing. It carries every action out twice.
 */
final class FakeHost {
    static final int PERIOD_SECONDS = 15;

    private static final class Machine {
        InstanceSnapshot seen;
        Instant visibleAt;
        Instant servesAt;
        boolean fails;
        Instant drainedAt;
    }

    final FleetConfig config;
    final FleetLimits limits;
    final Map<String, Capability> capabilities;
    private final Random random;
    private final double trueLeadSeconds;
    private final Map<String, Machine> machines = new LinkedHashMap<>();
    private final List<String> launched = new ArrayList<>();
    private FleetState state = FleetState.initial();
    private Instant now = Fleets.START;
    private double perSecond;
    private long waiting;
    private List<RequestGroup> groups = List.of();

    FakeHost(Random random) {
        this.random = random;
        this.config = FleetConfig.builder()
                .holdSeconds(pick(0, 60, 180))
                .initialLeadSeconds(pick(10, 60))
                .warmUpSeconds(pick(0, 0, 90))
                .steadyReplay(random.nextInt(4) == 0)
                .reassign(random.nextInt(4) > 0)
                .interactiveRule(FleetConfig.InteractiveRule.values()[random.nextInt(6) / 5])
                .grouping(FleetConfig.Grouping.values()[random.nextInt(4) / 3])
                .batchLaunch(FleetConfig.BatchLaunch.values()[random.nextInt(4) / 3])
                .build();
        this.trueLeadSeconds = pick(5, 20, 60);
        boolean kinds = random.nextInt(3) == 0;
        int most = 1 + random.nextInt(30);
        Map<Pool, FleetLimits.Range> pools = new TreeMap<>();
        int least = 0;
        for (Pool pool : Pool.values()) {
            if (random.nextInt(3) == 0) {
                int min = Math.min(most - least, random.nextInt(3));
                least += min;
                pools.put(pool, new FleetLimits.Range(min, min + random.nextInt(8)));
            }
        }
        Map<String, FleetLimits.Accelerator> accelerators = new TreeMap<>();
        accelerators.put(Fleets.KIND, new FleetLimits.Accelerator(1 + random.nextInt(30), 2));
        Map<String, Capability> known = new TreeMap<>(Map.of(Fleets.KIND, Fleets.CAPABILITY));
        if (kinds) {
            accelerators.put("big", new FleetLimits.Accelerator(random.nextInt(6), pick(1, 3, 9)));
            known.put("big", Fleets.CAPABILITY);
        }
        this.capabilities = known;
        this.limits = new FleetLimits(random.nextInt(1 + Math.min(3, most)), most, pools, accelerators);
        int present = Math.min(Math.min(most, quota(Fleets.KIND)), random.nextInt(12));
        for (int i = 0; i < present; i++) {
            Pool pool = Pool.values()[random.nextInt(3)];
            add(Fleets.ready("old" + i, pool, now, 0, 0), now, now);
        }
    }

    Random random() {
        return random;
    }

    FleetState state() {
        return state;
    }

    /** Instances that are paid for, seen or not. */
    int paid() {
        return (int) machines.values().stream()
                .filter(each -> each.seen.phase() != Phase.FAILED)
                .count();
    }

    int paid(String kind) {
        return (int) machines.values().stream()
                .filter(each -> each.seen.phase() != Phase.FAILED
                        && each.seen.accelerator().equals(kind))
                .count();
    }

    int quota(String kind) {
        return limits.accelerators().get(kind).quota();
    }

    List<String> launched() {
        return launched;
    }

    HostTick tick() {
        now = now.plusSeconds(PERIOD_SECONDS);
        live();
        demand();
        FleetInput input = new FleetInput(observe(), Fleets.TIERS, capabilities, limits, config, PERIOD_SECONDS, now);
        LeadTimes leadsBefore = state.leads;
        FleetStep step = FleetPlanner.step(state, input);
        state = step.state();
        for (int twice = 0; twice < 2; twice++) {
            for (Decision decision : step.decisions()) {
                if (decision.action() != null) {
                    apply(decision.action());
                }
            }
        }
        List<InstanceSnapshot> after = new ArrayList<>();
        machines.values().forEach(each -> after.add(each.seen));
        return new HostTick(input, leadsBefore, step, after);
    }

    private void live() {
        machines.values().removeIf(each -> each.drainedAt != null && each.drainedAt.isBefore(now.minusSeconds(60)));
        machines.values().forEach(each -> {
            if (each.seen.phase() == Phase.STARTING && each.servesAt != null && !each.servesAt.isAfter(now)) {
                each.seen = with(each.seen, each.fails ? Phase.FAILED : Phase.READY, each.servesAt);
            } else if (each.seen.phase() == Phase.READY && random.nextInt(300) == 0) {
                each.seen = with(each.seen, Phase.FAILED, each.servesAt);
            }
        });
    }

    private void demand() {
        if (random.nextInt(5) == 0) {
            perSecond = pick(0, 1, 4, 20, 60, 200);
        }
        waiting = random.nextInt(4) == 0 ? random.nextInt(400) : 0;
        if (random.nextInt(4) == 0) {
            List<RequestGroup> next = new ArrayList<>();
            int count = random.nextInt(4);
            for (int i = 0; i < count; i++) {
                next.add(Fleets.group(now, -300 + random.nextInt(4000), 1 + random.nextInt(20_000)));
            }
            groups = next;
        }
    }

    private FleetSnapshot observe() {
        List<InstanceSnapshot> seen = new ArrayList<>();
        for (Machine each : machines.values()) {
            if (!each.visibleAt.isAfter(now)) {
                boolean stale = random.nextInt(10) == 0;
                long chats = each.seen.phase() == Phase.READY ? random.nextInt(20) : 0;
                long jobs = each.drainedAt == null && groups.isEmpty() ? 0 : random.nextInt(3);
                double saved = random.nextInt(5) == 0 ? 1000 : 0;
                seen.add(each.seen.withSample(
                        each.seen.phase() == Phase.STARTING
                                ? null
                                : Fleets.sample(stale ? now.minusSeconds(60) : now, chats, jobs, saved)));
            }
        }
        List<TierFlow> flows = random.nextInt(20) == 0
                ? List.of()
                : List.of(Fleets.flow(
                        "chat", random.nextInt(20) == 0 ? now.minusSeconds(50) : now, perSecond, 70, waiting));
        return new FleetSnapshot("f", now, seen, flows, random.nextInt(20) == 0 ? null : groups);
    }

    private void apply(Action action) {
        if (action instanceof Action.Launch launch) {
            if (!launched.contains(launch.launchId())) {
                launched.add(launch.launchId());
                start(launch);
            }
            return;
        }
        Machine machine = machines.get(((Action.OnInstance) action).instance());
        if (machine == null) {
            return;
        }
        if (action instanceof Action.Retire) {
            machines.remove(machine.seen.id());
        } else if (action instanceof Action.Drain) {
            machine.seen = with(machine.seen, Phase.DRAINING, machine.seen.readyAt());
            machine.drainedAt = now;
        } else if (action instanceof Action.CancelDrain) {
            machine.seen = with(machine.seen, Phase.READY, machine.seen.readyAt());
            machine.drainedAt = null;
        } else if (action instanceof Action.Reassign reassign) {
            InstanceSnapshot old = machine.seen;
            machine.seen = new InstanceSnapshot(
                    old.id(), reassign.pool(), old.phase(), old.readyAt(), old.launchId(), old.accelerator(), null);
        }
    }

    private void start(Action.Launch launch) {
        int fate = random.nextInt(20);
        if (fate == 0) {
            return;
        }
        Instant visible = now.plusSeconds(random.nextInt(20));
        Instant serves = fate == 1 ? null : now.plusMillis((long) (trueLeadSeconds * (500 + random.nextInt(1000))));
        InstanceSnapshot instance = new InstanceSnapshot(
                "i" + launched.size(),
                launch.pool(),
                Phase.STARTING,
                fate < 10 ? serves : null,
                launch.launchId(),
                launch.accelerator(),
                null);
        add(instance, visible, serves).fails = fate == 2;
    }

    private Machine add(InstanceSnapshot instance, Instant visible, Instant serves) {
        Machine machine = new Machine();
        machine.seen = instance;
        machine.visibleAt = visible;
        machine.servesAt = serves;
        machines.put(instance.id(), machine);
        return machine;
    }

    private static InstanceSnapshot with(InstanceSnapshot old, Phase phase, Instant readyAt) {
        return new InstanceSnapshot(
                old.id(), old.pool(), phase, readyAt, old.launchId(), old.accelerator(), old.sample());
    }

    private int pick(int... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** Seconds since the beginning. */
    double age() {
        return Times.secondsBetween(Fleets.START, now);
    }
}
