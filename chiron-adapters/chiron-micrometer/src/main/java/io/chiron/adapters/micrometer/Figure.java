package io.chiron.adapters.micrometer;

import io.chiron.core.TickReport;
import io.micrometer.core.instrument.Tags;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * One gauge and how it is read from a report.
 *
 * @param unit base unit, which Prometheus appends to the name; null for none
 * @param value NaN where it is not known
 */
record Figure(String name, @Nullable String unit, String description, Tags tags, ToDoubleFunction<TickReport> value) {}
