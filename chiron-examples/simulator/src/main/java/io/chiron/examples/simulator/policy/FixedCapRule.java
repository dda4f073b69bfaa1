package io.chiron.examples.simulator.policy;

import io.chiron.core.local.BatchLimits;
import io.chiron.core.local.BatchSizeRule;
import io.chiron.core.local.CurveRule;
import io.chiron.core.local.LocalConfig;
import io.chiron.core.local.LocalDecision;
import io.chiron.core.local.LocalInput;
import io.chiron.core.local.LocalState;
import io.chiron.core.local.LocalStep;
import java.util.LinkedHashMap;
import java.util.Map;

/** No local loop: the curve is learned, since the fleet rule needs it, but every limit is the cap. */
record FixedCapRule(int cap) implements BatchSizeRule {
    private static final BatchSizeRule LEARNING = new CurveRule(LocalConfig.DEFAULTS);

    @Override
    public LocalStep step(LocalState state, LocalInput input) {
        LocalStep learned = LEARNING.step(state, input);
        BatchLimits limits = BatchLimits.fixed(input.tiers().size(), cap);
        Map<String, LocalDecision> decisions = new LinkedHashMap<>();
        learned.decisions()
                .forEach((id, each) -> decisions.put(
                        id,
                        new LocalDecision(
                                id,
                                limits,
                                each.bindingTier(),
                                false,
                                each.held(),
                                LocalDecision.Bound.MAXIMUM,
                                each.backpressure(),
                                each.reason())));
        return new LocalStep(learned.state(), decisions);
    }
}
