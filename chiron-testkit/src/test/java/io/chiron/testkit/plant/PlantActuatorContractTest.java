package io.chiron.testkit.plant;

import io.chiron.api.InstanceSnapshot;
import io.chiron.api.ScalingActuator;
import io.chiron.testkit.ScalingActuatorContract;
import java.util.List;

/** The plant is an actuator as a host's must be. */
class PlantActuatorContractTest extends ScalingActuatorContract {
    private final PlantFixture fixture = new PlantFixture();
    private final FaultyActuator actuator = new FaultyActuator(fixture.plant);

    @Override
    protected ScalingActuator actuator() {
        return actuator;
    }

    @Override
    protected String fleet() {
        return "fleet";
    }

    @Override
    protected String accelerator() {
        return "default";
    }

    @Override
    protected List<InstanceSnapshot> instances() {
        return fixture.plant.observe(fleet(), fixture.now()).instances();
    }

    @Override
    protected void settle() {
        fixture.pass(10);
    }

    @Override
    protected boolean refuse(boolean refused) {
        actuator.inflict(refused ? Fault.OfActuator.THROWS : null);
        return true;
    }
}
