package io.chiron.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.chiron.api.Action;
import io.chiron.api.InstanceSnapshot;
import io.chiron.api.MetricSource;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.api.RequestRouter;
import io.chiron.api.ScalingActuator;
import io.chiron.api.SloTier;
import io.chiron.testkit.SmallHost.Bug;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** A host that keeps the contracts passes them; one with a bug is told the number of the rule that it breaks. */
class PlantedBugsTest {
    static class ActuatorOfSmallHost extends ScalingActuatorContract {
        private final SmallHost host = new SmallHost(bug());

        Bug bug() {
            return Bug.NONE;
        }

        @Override
        protected ScalingActuator actuator() {
            return host;
        }

        @Override
        protected String fleet() {
            return "f";
        }

        @Override
        protected String accelerator() {
            return "default";
        }

        @Override
        protected List<InstanceSnapshot> instances() {
            return host.instances();
        }

        @Override
        protected void settle() {}

        @Override
        protected boolean refuse(boolean refused) {
            host.refuses = refused;
            return true;
        }
    }

    static class ActuatorThatLosesAnAction extends ActuatorOfSmallHost {
        @Override
        Bug bug() {
            return Bug.LOSES_AN_ACTION;
        }
    }

    static class SourceOfSmallHost extends MetricSourceContract {
        private final SmallHost host = new SmallHost(bug());

        SourceOfSmallHost() {
            host.apply(new Action.Launch("f", "l1", Pool.MIXED, "default", Reason.of(ReasonCode.BELOW_MINIMUM)));
        }

        Bug bug() {
            return Bug.NONE;
        }

        @Override
        protected MetricSource source() {
            return host;
        }

        @Override
        protected String fleet() {
            return "f";
        }

        @Override
        protected List<SloTier> tiers() {
            return RouterContract.TIERS;
        }

        @Override
        protected Instant now() {
            return host.now;
        }

        @Override
        protected void pass() {
            host.pass();
        }

        @Override
        protected void breakDown() {
            host.down = true;
        }

        @Override
        protected void repair() {
            host.down = false;
        }
    }

    static class SourceThatHidesItsAge extends SourceOfSmallHost {
        @Override
        Bug bug() {
            return Bug.STALE_AS_FRESH;
        }
    }

    static class RouterOfSmallHost extends RouterContract {
        @Override
        protected RequestRouter router(List<String> instances, int limit) {
            return new SmallRouter(instances, limit, Bug.NONE);
        }
    }

    static class RouterThatCountsTwice extends RouterContract {
        @Override
        protected RequestRouter router(List<String> instances, int limit) {
            return new SmallRouter(instances, limit, Bug.COUNTS_TWICE);
        }
    }

    /** Numbers of the rules that fail, of all that ran. */
    private static Set<String> broken(String engine, Class<?> contract, int rules) {
        var events = EngineTestKit.engine(engine)
                .configurationParameter("jqwik.database", "")
                .configurationParameter("jqwik.shrinking.default", "OFF")
                .configurationParameter("jqwik.reporting.onlyfailures", "true")
                .selectors(selectClass(contract))
                .execute()
                .testEvents();
        assertThat(events.started().count()).as("rules of %s", contract).isEqualTo(rules);
        Set<String> numbers = new TreeSet<>();
        for (Event failed : events.failed().list()) {
            String name = failed.getTestDescriptor().getDisplayName();
            numbers.add(name.substring(0, name.indexOf(':')));
        }
        return numbers;
    }

    @Test
    void aHostThatKeepsTheContractsPasses() {
        assertThat(broken("junit-jupiter", ActuatorOfSmallHost.class, 11)).isEmpty();
        assertThat(broken("junit-jupiter", SourceOfSmallHost.class, 11)).isEmpty();
        assertThat(broken("jqwik", RouterOfSmallHost.class, 11)).isEmpty();
    }

    @Test
    void anActuatorThatLosesAnActionIsCaught() {
        assertThat(broken("junit-jupiter", ActuatorThatLosesAnAction.class, 11)).contains("A1", "A9");
    }

    @Test
    void aRouterThatCountsTwiceIsCaught() {
        assertThat(broken("jqwik", RouterThatCountsTwice.class, 11)).contains("R3", "R4");
    }

    @Test
    void aSourceThatHidesTheAgeOfItsDataIsCaught() {
        assertThat(broken("junit-jupiter", SourceThatHidesItsAge.class, 11)).containsExactly("S6");
    }
}
