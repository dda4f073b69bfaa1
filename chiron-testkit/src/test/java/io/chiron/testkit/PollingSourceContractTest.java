package io.chiron.testkit;

import io.chiron.api.Action;
import io.chiron.api.FleetSnapshot;
import io.chiron.api.MetricSource;
import io.chiron.api.Pool;
import io.chiron.api.Reason;
import io.chiron.api.ReasonCode;
import io.chiron.api.SloTier;
import io.chiron.core.PollingSource;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;

/** A source that hangs while it is down, behind the polling source. */
class PollingSourceContractTest extends MetricSourceContract {
    private final SmallHost host = new SmallHost(SmallHost.Bug.NONE);
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final MetricSource source = new PollingSource(this::blocking, executor);
    private volatile CountDownLatch repaired = new CountDownLatch(0);

    PollingSourceContractTest() {
        host.apply(new Action.Launch("f", "l1", Pool.MIXED, "default", Reason.of(ReasonCode.BELOW_MINIMUM)));
    }

    @AfterEach
    void stop() {
        repaired.countDown();
        executor.shutdownNow();
    }

    private FleetSnapshot blocking(String fleet, Instant now) {
        try {
            repaired.await();
        } catch (InterruptedException ended) {
            throw new IllegalStateException(ended);
        }
        return host.observe(fleet, now);
    }

    @Override
    protected MetricSource source() {
        return source;
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

    /** Where nothing hangs, the poll that began last has ended, and so has the one that it was begun by. */
    @Override
    protected void pass() {
        host.pass();
        source.observe("f", now());
        if (!host.down) {
            idle();
            source.observe("f", now());
            idle();
        }
    }

    private void idle() {
        try {
            executor.submit(() -> {}).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected void breakDown() {
        host.down = true;
        repaired = new CountDownLatch(1);
    }

    @Override
    protected void repair() {
        host.down = false;
        repaired.countDown();
    }
}
