package io.chiron.api;

import java.util.Objects;

/**
 * A named kind of request with its SLO; a fleet declares any number of them. Immutable.
 *
 * @param name unique in the fleet, not blank
 * @param requestClass the class whose rules the tier follows
 * @param slo the objective; for a batch tier the TTFT is the default time from arrival to deadline
 */
public record SloTier(String name, RequestClass requestClass, Slo slo) {
    public SloTier {
        Checks.notBlank("tier.name", name);
        Objects.requireNonNull(requestClass, "tier.requestClass");
        Objects.requireNonNull(slo, "tier.slo");
    }

    /** True for a tier of the interactive class. */
    public boolean interactive() {
        return requestClass == RequestClass.INTERACTIVE;
    }
}
