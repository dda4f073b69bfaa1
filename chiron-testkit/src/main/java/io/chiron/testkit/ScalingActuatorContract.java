package io.chiron.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chiron.api.Action;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.Phase;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.api.ScalingActuator;
import io.chiron.api.TierLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What a {@link ScalingActuator} must keep. A host extends it with an actuator over a fleet that is empty at first, has
 * quota for eight instances and serves no requests. A rule that fails is named by its number.
 */
public abstract class ScalingActuatorContract {
    private static final Reason REASON = Reason.of(ReasonCode.BELOW_MINIMUM);

    /** For the host's own class. */
    protected ScalingActuatorContract() {}

    /** The actuator under test; the same one for the whole of a test. */
    protected abstract ScalingActuator actuator();

    /** The fleet that it acts on. */
    protected abstract String fleet();

    /** An accelerator kind that it has. */
    protected abstract String accelerator();

    /** Every instance that is paid for, as the host's source lists them once {@link #settle} has been called. */
    protected abstract List<InstanceSnapshot> instances();

    /** Waits until what was begun has ended: what was launched is ready, what was retired is gone. */
    protected abstract void settle();

    /**
     * Makes the actuator refuse (throw) from now on, or carry out again.
     *
     * @return false if the host cannot make it; the rule that needs it is then skipped
     */
    protected boolean refuse(boolean refused) {
        return false;
    }

    /** The longest that {@link ScalingActuator#apply} may take: it begins and does not wait. */
    protected Duration patience() {
        return Duration.ofSeconds(1);
    }

    @Test
    @DisplayName("A1: a launch starts one instance, which has its launch id, pool and accelerator")
    public final void a1LaunchStartsOne() {
        for (Pool pool : Pool.values()) {
            apply(launch("a1-" + pool, pool));
        }
        settle();
        assertThat(instances()).as("A1: instances after three launches").hasSize(Pool.values().length);
        for (Pool pool : Pool.values()) {
            InstanceSnapshot instance = launched("A1", "a1-" + pool);
            assertThat(instance.pool()).as("A1: pool").isEqualTo(pool);
            assertThat(instance.accelerator()).as("A1: accelerator").isEqualTo(accelerator());
        }
    }

    @Test
    @DisplayName("A2: a launch applied again starts nothing")
    public final void a2LaunchAgainStartsNothing() {
        apply(launch("a2", Pool.MIXED));
        apply(launch("a2", Pool.MIXED));
        settle();
        apply(launch("a2", Pool.MIXED));
        settle();
        assertThat(instances())
                .as("A2: instances after one launch applied three times")
                .hasSize(1);
    }

    @Test
    @DisplayName("A3: reassign changes the role of that instance and nothing else")
    public final void a3ReassignChangesTheRole() {
        String id = two("a3");
        Map<String, InstanceSnapshot> before = byId();
        for (int twice = 0; twice < 2; twice++) {
            apply(new Action.Reassign(fleet(), id, Pool.BATCH, REASON));
            settle();
            assertThat(byId().get(id)).as("A3: the instance").isNotNull();
            assertThat(instance(id).pool()).as("A3: role").isEqualTo(Pool.BATCH);
            assertThat(instance(id).phase()).as("A3: phase").isEqualTo(Phase.READY);
            assertOthersUntouched("A3", before, id);
        }
    }

    @Test
    @DisplayName("A4: drain stops new work on that instance and does not end it")
    public final void a4DrainDrains() {
        String id = two("a4");
        Map<String, InstanceSnapshot> before = byId();
        for (int twice = 0; twice < 2; twice++) {
            apply(new Action.Drain(fleet(), id, REASON));
            settle();
            assertThat(byId())
                    .as("A4: a drained instance exists until it is retired")
                    .containsKey(id);
            assertThat(instance(id).phase()).as("A4: phase").isEqualTo(Phase.DRAINING);
            assertOthersUntouched("A4", before, id);
        }
    }

    @Test
    @DisplayName("A5: cancelDrain gives a draining instance work again")
    public final void a5CancelDrain() {
        String id = two("a5");
        Map<String, InstanceSnapshot> before = byId();
        apply(new Action.Drain(fleet(), id, REASON));
        settle();
        for (int twice = 0; twice < 2; twice++) {
            apply(new Action.CancelDrain(fleet(), id, REASON));
            settle();
            assertThat(byId()).as("A5: the instance").containsKey(id);
            assertThat(instance(id).phase()).as("A5: phase").isEqualTo(Phase.READY);
            assertOthersUntouched("A5", before, id);
        }
    }

    @Test
    @DisplayName("A6: retire ends that instance and no other")
    public final void a6RetireEnds() {
        String id = two("a6");
        Map<String, InstanceSnapshot> before = byId();
        for (int twice = 0; twice < 2; twice++) {
            apply(new Action.Retire(fleet(), id, REASON));
            settle();
            assertThat(byId())
                    .as("A6: a retired instance is paid for no longer")
                    .doesNotContainKey(id);
            assertOthersUntouched("A6", before, id);
        }
    }

    @Test
    @DisplayName("A7: an action on an instance that does not exist changes nothing")
    public final void a7UnknownInstanceChangesNothing() {
        two("a7");
        Map<String, InstanceSnapshot> before = byId();
        String stranger = "no-such-instance";
        List<Action> actions = List.of(
                new Action.Reassign(fleet(), stranger, Pool.BATCH, REASON),
                new Action.Drain(fleet(), stranger, REASON),
                new Action.CancelDrain(fleet(), stranger, REASON),
                new Action.Retire(fleet(), stranger, REASON),
                new Action.Evict(fleet(), stranger, "no-such-tier", 1, REASON),
                limits(stranger));
        for (Action action : actions) {
            attempt(action);
        }
        settle();
        assertThat(byId()).as("A7: instances").hasSameSizeAs(before);
        assertOthersUntouched("A7", before, stranger);
    }

    @Test
    @DisplayName("A8: begins and does not wait for the effect")
    public final void a8DoesNotWait() {
        String id = two("a8");
        List<Action> actions = List.of(
                launch("a8-more", Pool.MIXED),
                new Action.Reassign(fleet(), id, Pool.INTERACTIVE, REASON),
                limits(id),
                new Action.Drain(fleet(), id, REASON),
                new Action.CancelDrain(fleet(), id, REASON),
                new Action.Retire(fleet(), id, REASON));
        for (Action action : actions) {
            assertTimeoutPreemptively(patience(), () -> actuator().apply(action), () -> "A8: apply waits: " + action);
        }
    }

    @Test
    @DisplayName("A9: of many actions none is lost, and each is of that instance only")
    public final void a9NothingIsLost() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            apply(launch("a9-" + i, Pool.MIXED));
        }
        settle();
        assertThat(instances()).as("A9: instances after eight launches").hasSize(8);
        for (int i = 0; i < 8; i++) {
            ids.add(launched("A9", "a9-" + i).id());
        }
        for (int i = 0; i < 8; i++) {
            String id = ids.get(i);
            apply(limits(id));
            switch (i % 4) {
                case 0 -> apply(new Action.Reassign(fleet(), id, Pool.BATCH, REASON));
                case 1 -> apply(new Action.Drain(fleet(), id, REASON));
                case 2 -> apply(new Action.Retire(fleet(), id, REASON));
                default -> apply(new Action.Reassign(fleet(), id, Pool.INTERACTIVE, REASON));
            }
        }
        settle();
        Map<String, InstanceSnapshot> after = byId();
        for (int i = 0; i < 8; i++) {
            String id = ids.get(i);
            assertThat(after.containsKey(id)).as("A9: instance %s exists", i).isEqualTo(i % 4 != 2);
            if (i % 4 != 2) {
                assertThat(instance(id).phase())
                        .as("A9: phase of instance %s", i)
                        .isEqualTo(i % 4 == 1 ? Phase.DRAINING : Phase.READY);
                assertThat(instance(id).pool())
                        .as("A9: role of instance %s", i)
                        .isEqualTo(i % 4 == 0 ? Pool.BATCH : i % 4 == 1 ? Pool.MIXED : Pool.INTERACTIVE);
            }
        }
    }

    @Test
    @DisplayName("A10: what is refused is not half done, and can be done later")
    public final void a10RefusedIsNotHalfDone() {
        String id = two("a10");
        Map<String, InstanceSnapshot> before = byId();
        assumeTrue(refuse(true), "A10: the host cannot make its actuator refuse");
        Action launch = launch("a10-more", Pool.MIXED);
        Action drain = new Action.Drain(fleet(), id, REASON);
        assertThat(attempt(launch)).as("A10: a refused launch throws").isFalse();
        assertThat(attempt(drain)).as("A10: a refused drain throws").isFalse();
        settle();
        assertThat(byId()).as("A10: instances after a refusal").hasSameSizeAs(before);
        assertOthersUntouched("A10", before, "");
        refuse(false);
        apply(launch);
        apply(drain);
        settle();
        launched("A10", "a10-more");
        assertThat(instance(id).phase()).as("A10: phase").isEqualTo(Phase.DRAINING);
    }

    @Test
    @DisplayName("A11: the last of several actions on an instance counts")
    public final void a11TheLastCounts() {
        String id = two("a11");
        apply(new Action.Drain(fleet(), id, REASON));
        apply(new Action.CancelDrain(fleet(), id, REASON));
        apply(new Action.Reassign(fleet(), id, Pool.INTERACTIVE, REASON));
        apply(new Action.Reassign(fleet(), id, Pool.BATCH, REASON));
        settle();
        assertThat(instance(id).phase()).as("A11: phase").isEqualTo(Phase.READY);
        assertThat(instance(id).pool()).as("A11: role").isEqualTo(Pool.BATCH);
    }

    /** Two ready instances; the id of the first. */
    private String two(String prefix) {
        apply(launch(prefix + "-first", Pool.MIXED));
        apply(launch(prefix + "-second", Pool.MIXED));
        settle();
        assertThat(launched("A1", prefix + "-second").phase()).as("A1: phase").isEqualTo(Phase.READY);
        return launched("A1", prefix + "-first").id();
    }

    private void apply(Action action) {
        actuator().apply(action);
    }

    private boolean attempt(Action action) {
        try {
            actuator().apply(action);
            return true;
        } catch (RuntimeException allowed) {
            return false;
        }
    }

    private Action launch(String id, Pool pool) {
        return new Action.Launch(fleet(), id, pool, accelerator(), REASON);
    }

    private Action limits(String instance) {
        return new Action.SetBatchLimits(
                fleet(),
                instance,
                List.of(new TierLimit("any", 8, 10)),
                "any",
                Reason.of(ReasonCode.LOCAL_BACKPRESSURE));
    }

    private InstanceSnapshot launched(String rule, String launchId) {
        List<InstanceSnapshot> found = instances().stream()
                .filter(each -> launchId.equals(each.launchId()))
                .toList();
        assertThat(found).as("%s: instances of launch id %s", rule, launchId).hasSize(1);
        return found.get(0);
    }

    private InstanceSnapshot instance(String id) {
        InstanceSnapshot found = byId().get(id);
        if (found == null) {
            throw new AssertionError("instance " + id + " is gone");
        }
        return found;
    }

    private Map<String, InstanceSnapshot> byId() {
        Map<String, InstanceSnapshot> all = new HashMap<>();
        instances().forEach(each -> all.put(each.id(), each));
        return all;
    }

    private void assertOthersUntouched(String rule, Map<String, InstanceSnapshot> before, String id) {
        Map<String, InstanceSnapshot> after = byId();
        before.forEach((other, was) -> {
            if (!other.equals(id)) {
                InstanceSnapshot is = after.get(other);
                assertThat(is == null ? "gone" : is.pool() + " " + is.phase())
                        .as("%s: role and phase of %s, which the action was not about", rule, other)
                        .isEqualTo(was.pool() + " " + was.phase());
            }
        });
    }
}
