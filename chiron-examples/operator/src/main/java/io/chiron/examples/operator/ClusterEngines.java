package io.chiron.examples.operator;

import io.chiron.adapters.enginemetrics.Dialect;
import io.chiron.adapters.enginemetrics.EngineEndpoint;
import io.chiron.adapters.kubernetes.KubernetesActuator;
import io.chiron.adapters.kubernetes.PodInstance;
import io.chiron.adapters.kubernetes.PodInstances;
import io.chiron.api.Phase;
import java.net.URI;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pods of a workload and where their metrics are; does the actuator's upkeep while this replica acts. */
final class ClusterEngines implements Supplier<List<EngineEndpoint>> {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterEngines.class);

    private final PodInstances pods;
    private final KubernetesActuator actuator;
    private final BooleanSupplier acts;
    private final OperatorConfig.Engine engine;
    private String told = "";

    ClusterEngines(PodInstances pods, KubernetesActuator actuator, BooleanSupplier acts, OperatorConfig.Engine engine) {
        this.pods = pods;
        this.actuator = actuator;
        this.acts = acts;
        this.engine = engine;
    }

    @Override
    public synchronized List<EngineEndpoint> get() {
        String trouble = "";
        if (acts.getAsBoolean()) {
            try {
                actuator.upkeep();
            } catch (IllegalStateException refused) {
                // What can still be seen is worth more than nothing.
                trouble = String.valueOf(refused.getMessage());
            }
        }
        List<PodInstance> instances = pods.list();
        trouble += instances.stream()
                .filter(each -> each.trouble() != null)
                .map(each -> each.instance().id() + ": " + each.trouble())
                .collect(Collectors.joining("; "));
        if (!trouble.equals(told)) {
            LOG.warn("{}", trouble.isEmpty() ? "all pods start as they should" : trouble);
            told = trouble;
        }
        return instances.stream().map(this::endpoint).toList();
    }

    private EngineEndpoint endpoint(PodInstance pod) {
        boolean serves = pod.instance().phase() == Phase.READY || pod.instance().phase() == Phase.DRAINING;
        return new EngineEndpoint(
                pod.instance(),
                serves ? uri(pod.address()) : null,
                Dialect.AUTO,
                engine.kvCapacityTokens(),
                engine.iterationBudgetTokens());
    }

    private @Nullable URI uri(@Nullable String address) {
        if (address == null || address.isBlank()) {
            return null;
        }
        String host = address.contains(":") ? "[" + address + "]" : address;
        return URI.create("http://" + host + ":" + engine.port() + engine.path());
    }
}
