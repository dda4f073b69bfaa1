package io.chiron.core.fleet;

import io.chiron.api.FleetLimits;
import io.chiron.api.InstanceSnapshot;
import io.chiron.core.local.BatchLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The instances that can be counted on, as capacity of the reference kind: the kind with a learned curve that most of
 * them have. Immutable.
 */
final class Fleet {
    private final WorkModel model;
    private final BatchLimits limits;
    private final double[] readyInSeconds;
    private final double[] speeds;
    private final List<String> launchOrder;
    /** Speeds of what may be launched, in that order, and how many of each. */
    private final double[] launchSpeeds;

    private final int[] launchRoom;

    private Fleet(
            WorkModel model,
            BatchLimits limits,
            double[] readyInSeconds,
            double[] speeds,
            List<String> launchOrder,
            double[] launchSpeeds,
            int[] launchRoom) {
        this.model = model;
        this.limits = limits;
        this.readyInSeconds = readyInSeconds;
        this.speeds = speeds;
        this.launchOrder = launchOrder;
        this.launchSpeeds = launchSpeeds;
        this.launchRoom = launchRoom;
    }

    /** Null if no kind has a learned curve yet. */
    static @Nullable Fleet of(Roster roster, FleetInput input, LeadTimes leads, double leadSeconds) {
        Tally<String> ready = new Tally<>();
        for (InstanceSnapshot instance : roster.ready()) {
            ready.add(instance.accelerator(), 1);
        }
        String reference = null;
        for (String kind : input.capabilities().keySet()) {
            if (reference == null || ready.of(kind) > ready.of(reference)) {
                reference = kind;
            }
        }
        if (reference == null) {
            return null;
        }
        TreeMap<String, WorkModel> models = new TreeMap<>();
        input.capabilities()
                .forEach((kind, capability) ->
                        models.put(kind, WorkModel.of(capability.curve(), capability.limits(), input.tiers())));
        WorkModel model = models.get(reference);
        Capability capability = input.capabilities().get(reference);
        if (model == null || capability == null) {
            return null;
        }
        TreeMap<String, Double> speedOf = new TreeMap<>();
        models.forEach((kind, own) -> speedOf.put(kind, own.speedAgainst(model, input.tiers())));

        List<String> order = new ArrayList<>(input.limits().accelerators().keySet());
        order.sort(Comparator.comparingDouble(kind -> costPerHour(input.limits(), kind) / speed(kind, speedOf)));
        double[] readyInSeconds = new double[roster.counted()];
        double[] speeds = new double[roster.counted()];
        int next = 0;
        for (InstanceSnapshot instance : inOrder(roster.ready(), ready.kinds(), order)) {
            speeds[next++] = speed(instance.accelerator(), speedOf);
        }
        List<double[]> late = new ArrayList<>();
        for (InstanceSnapshot instance : roster.starting()) {
            double seconds = Roster.readyInSeconds(instance, leads, leadSeconds, input.now());
            late.add(new double[] {seconds, speed(instance.accelerator(), speedOf)});
        }
        for (LeadTimes.Pending launch : roster.unseen()) {
            double seconds = Roster.readyInSeconds(launch, leadSeconds, input.now());
            late.add(new double[] {seconds, speed(launch.accelerator(), speedOf)});
        }
        late.sort(Comparator.comparingDouble(entry -> entry[0]));
        for (double[] entry : late) {
            readyInSeconds[next] = entry[0];
            speeds[next++] = entry[1];
        }
        Room room = new Room(input.limits());
        input.snapshot().instances().forEach(room::take);
        leads.unseen().forEach(room::take);
        double[] launchSpeeds = new double[order.size()];
        int[] launchRoom = new int[order.size()];
        for (int i = 0; i < launchRoom.length; i++) {
            launchSpeeds[i] = speed(order.get(i), speedOf);
            launchRoom[i] = Math.max(0, room.ofKind(order.get(i)));
        }
        return new Fleet(model, capability.limits(), readyInSeconds, speeds, order, launchSpeeds, launchRoom);
    }

    /** Instances of one kind have one rank, and nothing is to be sorted. */
    private static List<InstanceSnapshot> inOrder(
            List<InstanceSnapshot> instances, int kinds, List<String> launchOrder) {
        if (kinds < 2) {
            return instances;
        }
        List<InstanceSnapshot> ordered = new ArrayList<>(instances);
        ordered.sort(Comparator.comparingInt(each -> rank(each, launchOrder)));
        return ordered;
    }

    /** A kind without a learned curve counts as the reference. */
    private static double speed(String kind, Map<String, Double> speedOf) {
        Double speed = speedOf.get(kind);
        return speed == null ? 1 : speed;
    }

    /** Who is kept: what is launched first, the least cost per work, longest. */
    static int rank(InstanceSnapshot instance, List<String> launchOrder) {
        int rank = launchOrder.indexOf(instance.accelerator());
        return rank < 0 ? launchOrder.size() : rank;
    }

    private static double costPerHour(FleetLimits limits, String kind) {
        FleetLimits.Accelerator accelerator = limits.accelerators().get(kind);
        return accelerator == null ? Double.POSITIVE_INFINITY : accelerator.costPerHour();
    }

    WorkModel model() {
        return model;
    }

    /** Batch limits of an instance of the reference kind. */
    BatchLimits limits() {
        return limits;
    }

    /** Kinds to launch, the least cost per work done first; a kind without a learned curve counts as the reference. */
    List<String> launchOrder() {
        return launchOrder;
    }

    /** Work per second of all of them once they serve. */
    double capacity() {
        return Arrays.stream(speeds).sum();
    }

    /** Work per second of the first {@code count} of them, ready ones first; one that is not there counts as the reference. */
    double capacity(int count) {
        int present = Math.min(count, speeds.length);
        return Arrays.stream(speeds, 0, present).sum() + count - present;
    }

    /** Fewest instances, present ones first, that supply {@code capacity}. */
    int instancesFor(double capacity) {
        double sum = 0;
        for (int i = 0; i < speeds.length; i++) {
            if (sum >= capacity - 1e-9) {
                return i;
            }
            sum += speeds[i];
        }
        double missing = Math.max(0, capacity - sum);
        int launches = 0;
        for (int i = 0; i < launchSpeeds.length && missing > 1e-9; i++) {
            int some = (int) Math.min(launchRoom[i], Math.ceil(missing / launchSpeeds[i] - 1e-9));
            launches += some;
            missing -= some * launchSpeeds[i];
        }
        // What the quotas do not allow is wanted all the same, so that the report can say so.
        double beyond = missing > 1e-9 ? Math.ceil(missing / launchSpeeds[0] - 1e-9) : 0;
        return speeds.length + launches + (int) Math.min(1_000_000, beyond);
    }

    Supply supply(double interactiveLoad) {
        return new Supply(
                readyInSeconds,
                speeds,
                interactiveLoad,
                model.dedicatedTokensPerSecond(),
                model.sharedTokensPerSecond());
    }
}
