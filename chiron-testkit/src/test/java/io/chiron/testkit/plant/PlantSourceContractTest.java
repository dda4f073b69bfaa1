package io.chiron.testkit.plant;

import io.chiron.api.MetricSource;
import io.chiron.api.SloTier;
import io.chiron.testkit.MetricSourceContract;
import io.chiron.testkit.RouterContract;
import java.time.Instant;
import java.util.List;

/** The plant is a source as a host's must be. */
class PlantSourceContractTest extends MetricSourceContract {
    private final PlantFixture fixture = new PlantFixture();
    private final FaultySource source = new FaultySource(fixture.plant);

    PlantSourceContractTest() {
        fixture.plant.addReady("default");
        fixture.serve(List.of("i0"));
    }

    @Override
    protected MetricSource source() {
        return source;
    }

    @Override
    protected String fleet() {
        return "fleet";
    }

    @Override
    protected List<SloTier> tiers() {
        return RouterContract.TIERS;
    }

    @Override
    protected Instant now() {
        return fixture.now();
    }

    @Override
    protected void pass() {
        fixture.pass(1);
    }

    @Override
    protected void breakDown() {
        source.inflict(Fault.OfSource.THROWS);
    }

    @Override
    protected void repair() {
        source.inflict(null);
    }
}
