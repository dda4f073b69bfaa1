package io.chiron.examples.simulator;

import io.chiron.examples.simulator.run.ClassOutcome;
import io.chiron.examples.simulator.run.Outcome;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Outcomes as a table of text. */
final class Table {
    private Table() {}

    static String of(List<Outcome> outcomes) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%-24s %11s %11s %8s %9s %9s %9s %6s %6s %8s %8s%n",
                "policy",
                "interactive",
                "batch",
                "GPU-h",
                "fluid",
                "efficiency",
                "TTFT p99",
                "start",
                "peak",
                "launches",
                "evicted"));
        for (Outcome each : outcomes) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-24s %11s %11s %8.2f %9.2f %10.3f %9s %6d %6d %8d %8d%n",
                    each.policy() + (each.policy().equals("static") ? " (" + each.initialInstances() + ")" : ""),
                    percent(each.interactive()),
                    percent(each.batch()),
                    each.gpuHours(),
                    each.fluidLimitGpuHours(),
                    each.gpuEfficiency(),
                    seconds(each.interactive().ttftSeconds().p99()),
                    each.initialInstances(),
                    each.peakInstances(),
                    each.actions().launch(),
                    each.actions().evict()));
        }
        return text.toString().stripTrailing();
    }

    private static String percent(ClassOutcome outcome) {
        Double share = outcome.sloAttainment();
        return share == null ? "-" : String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }

    private static String seconds(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.2f s", value);
    }
}
