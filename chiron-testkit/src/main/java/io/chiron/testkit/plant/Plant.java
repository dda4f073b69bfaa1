package io.chiron.testkit.plant;

import io.chiron.api.Action;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.MetricSource;
import io.chiron.api.Phase;
import io.chiron.api.Placement;
import io.chiron.api.Pool;
import io.chiron.api.RequestRouter;
import io.chiron.api.RoutedRequest;
import io.chiron.api.ScalingActuator;
import io.chiron.api.SloTier;
import io.chiron.api.Times;
import io.chiron.testkit.plant.Load.Arrival;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A deterministic fleet of engines behind a router: what Chiron measures and acts on. Time passes in steps; requests that
 * end free their room at the end of a step. Keeps the contracts of a source and an actuator. Confined to one thread.
 */
public final class Plant implements MetricSource, ScalingActuator {
    private final PlantConfig config;
    private final List<SloTier> tiers;
    private final RequestRouter router;
    private final DoubleFunction<Instant> clock;
    private final Map<String, Machine> machines = new LinkedHashMap<>();
    private final Map<String, Job> jobs = new LinkedHashMap<>();
    private final Set<String> launches = new HashSet<>();
    private final List<Job> all = new ArrayList<>();
    private final Misfortunes misfortunes = new Misfortunes(this);
    private double nowSeconds;
    private int named;
    private int peakPaid;

    /**
     * A plant without instances.
     *
     * @param clock the host's time by seconds since the start
     */
    public Plant(PlantConfig config, List<SloTier> tiers, RequestRouter router, DoubleFunction<Instant> clock) {
        this.config = config;
        this.tiers = List.copyOf(tiers);
        this.router = router;
        this.clock = clock;
    }

    /** Adds an instance that nobody launched; ready at once. */
    public void addReady(String accelerator) {
        Machine machine = add(null, accelerator, Pool.MIXED, nowSeconds);
        machine.phase = Phase.READY;
    }

    /** A request comes and is offered to the router. */
    public void arrive(Arrival arrival) {
        Instant at = clock.apply(nowSeconds);
        RoutedRequest request = new RoutedRequest(
                "r" + all.size(),
                arrival.tier(),
                arrival.promptTokens(),
                at,
                at.plus(Times.duration(arrival.deadlineSeconds())));
        Job job = new Job(arrival, request, tierIndex(arrival.tier()));
        all.add(job);
        jobs.put(request.id(), job);
        offer(job);
    }

    /** Lets time pass. */
    public void advance(double seconds) {
        double from = nowSeconds;
        nowSeconds += seconds;
        for (Machine machine : machines.values()) {
            if (machine.phase == Phase.STARTING && machine.readySeconds <= nowSeconds) {
                machine.phase = Phase.READY;
            }
        }
        for (Machine machine : List.copyOf(machines.values())) {
            machine.advance(from, nowSeconds, this::started, this::ended);
        }
        misfortunes.strike(nowSeconds);
        pull();
    }

    /** Ends the window of every sample; the next {@link #observe} shows them. */
    public void measure() {
        Instant now = clock.apply(nowSeconds);
        for (Machine machine : machines.values()) {
            double saved = 0;
            for (Job job : jobs.values()) {
                saved += job.home == machine ? job.kvTokens() : 0;
            }
            machine.measure(nowSeconds, now, tiers, saved);
            for (Job job : machine.jobs) {
                if (job.producedTokens >= 1) {
                    router.progress(job.request.id(), (long) job.producedTokens, now);
                }
            }
        }
    }

    /** Instances with room take what is queued. */
    public void pull() {
        Instant now = clock.apply(nowSeconds);
        for (Machine machine : List.copyOf(machines.values())) {
            if (machine.phase != Phase.READY) {
                continue;
            }
            for (RoutedRequest next = router.next(machine.id, now); next != null; next = router.next(machine.id, now)) {
                machine.add(job(next.id()));
            }
        }
    }

    @Override
    public FleetSnapshot observe(String fleet, Instant now) {
        List<InstanceSnapshot> instances = new ArrayList<>();
        machines.values().forEach(machine -> instances.add(machine.snapshot(clock.apply(machine.readySeconds))));
        Instant at = clock.apply(nowSeconds);
        return new FleetSnapshot(fleet, at, instances, router.flows(at), router.groups(at));
    }

    @Override
    public void apply(Action action) {
        if (action instanceof Action.Launch launch) {
            if (launches.add(launch.launchId())) {
                Machine machine = add(
                        launch.launchId(), launch.accelerator(), launch.pool(), nowSeconds + config.startupSeconds());
                misfortunes.launched(machine);
            }
            return;
        }
        Machine machine = machines.get(((Action.OnInstance) action).instance());
        if (machine == null) {
            return;
        }
        if (action instanceof Action.Reassign reassign) {
            machine.pool = reassign.pool();
        } else if (action instanceof Action.Drain) {
            machine.phase = machine.phase == Phase.READY ? Phase.DRAINING : machine.phase;
            misfortunes.drained(machine);
        } else if (action instanceof Action.CancelDrain) {
            machine.phase = machine.phase == Phase.DRAINING ? Phase.READY : machine.phase;
        } else if (action instanceof Action.Retire) {
            remove(machine);
        } else if (action instanceof Action.Evict evict) {
            for (String id : router.evict(evict.instance(), evict.tier(), evict.count(), clock.apply(nowSeconds))) {
                takeOff(job(id));
            }
        }
    }

    /** Instances that are paid for: all that exist. */
    public int paid() {
        return machines.size();
    }

    /** The most that were ever paid for at once. */
    public int peakPaid() {
        return peakPaid;
    }

    /** Instances in a phase. */
    public int count(Phase phase) {
        return (int) machines.values().stream()
                .filter(machine -> machine.phase == phase)
                .count();
    }

    /** Requests that have come and not ended. */
    public int inSystem() {
        return jobs.size();
    }

    /** What became of every request so far, in order of arrival. */
    public List<Outcome> outcomes() {
        return all.stream().map(Outcome::of).toList();
    }

    /** Something befalls the instances from now on, or is over. */
    public void inflict(Fault.OfInstances fault, boolean present) {
        if (present) {
            misfortunes.begin(fault);
        } else {
            misfortunes.end(fault);
        }
    }

    Iterable<Machine> machines() {
        return List.copyOf(machines.values());
    }

    /** An instance is gone with all it ran; the router is told. */
    void remove(Machine machine) {
        machines.remove(machine.id);
        lose(machine);
    }

    /** What an instance ran begins anew elsewhere. */
    void lose(Machine machine) {
        machine.jobs.forEach(job -> {
            job.restart();
            job.at = null;
        });
        machine.jobs.clear();
        jobs.values().stream().filter(job -> job.home == machine).forEach(Job::restart);
        for (RoutedRequest lost : router.failed(machine.id, clock.apply(nowSeconds))) {
            offer(job(lost.id()));
        }
    }

    private Machine add(@Nullable String launchId, String accelerator, Pool pool, double readySeconds) {
        String id = "i" + named++;
        Machine machine = new Machine(id, launchId, accelerator, pool, readySeconds, config, tiers.size());
        machines.put(id, machine);
        peakPaid = Math.max(peakPaid, machines.size());
        return machine;
    }

    private void offer(Job job) {
        Placement placement = router.offer(job.request, clock.apply(nowSeconds));
        if (placement.instance() == null) {
            return;
        }
        placement.evicted().forEach(id -> takeOff(job(id)));
        Machine machine = machines.get(placement.instance());
        if (machine == null) {
            throw new IllegalStateException(
                    "the router placed " + job.request.id() + " on " + placement.instance() + ", which does not exist");
        }
        machine.add(job);
    }

    private static void takeOff(Job job) {
        Machine machine = job.at;
        if (machine != null) {
            machine.jobs.remove(job);
            job.at = null;
            job.home = job.decodes() ? machine : null;
        }
    }

    private Job job(String id) {
        Job job = jobs.get(id);
        if (job == null) {
            throw new IllegalStateException("the router speaks of " + id + ", which is not queued or running");
        }
        return job;
    }

    private void started(Job job) {
        router.firstToken(job.request.id(), clock.apply(nowSeconds));
    }

    private void ended(Job job) {
        jobs.remove(job.request.id());
        job.at = null;
        router.finished(job.request.id(), job.arrival.outputTokens(), clock.apply(nowSeconds));
    }

    private int tierIndex(String name) {
        for (int i = 0; i < tiers.size(); i++) {
            if (tiers.get(i).name().equals(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException("arrival.tier = \"" + name + "\" is not allowed; allowed: " + tiers);
    }
}
