package io.chiron.testkit.values;

/** How far from the usual a generated value is. */
public enum Variant {
    /** What a sound host sends on a usual day. */
    VALID,
    /** True, and at the edge of what can be: nothing, as much as there can be, not measured. */
    EDGE,
    /** Whatever the types take: NaN, infinite, negative, twice, unknown, from another time. */
    ADVERSARIAL
}
