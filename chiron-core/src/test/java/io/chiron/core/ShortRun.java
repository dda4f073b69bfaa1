package io.chiron.core;

import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.PropertyAttributes;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;
import org.jspecify.annotations.Nullable;

/**
 * Properties as a run of mutants needs them: few tries even where a property asks for more, one seed, so that the same
 * mutants survive each time, and no shrinking of what a mutant broke. Does nothing unless {@value #TRIES} is set.
 */
public final class ShortRun implements AroundPropertyHook {
    private static final String TRIES = "chiron.mutation.tries";

    private static final @Nullable Integer MOST = Integer.getInteger(TRIES);

    @Override
    public PropertyExecutionResult aroundProperty(PropertyLifecycleContext context, PropertyExecutor property) {
        if (MOST != null) {
            PropertyAttributes attributes = context.attributes();
            attributes.setTries(Math.min(MOST, attributes.tries().orElse(MOST)));
            attributes.setSeed(attributes.seed().orElse("1"));
            attributes.setEdgeCases(EdgeCasesMode.NONE);
            attributes.setShrinking(ShrinkingMode.OFF);
        }
        return property.execute();
    }

    @Override
    public PropagationMode propagateTo() {
        return PropagationMode.ALL_DESCENDANTS;
    }
}
