package io.chiron.testkit.plant;

/** What can go wrong, one part at a time; see {@link ClosedLoop#fault}. */
public sealed interface Fault {

    /** What the source says instead of the truth. */
    enum OfSource implements Fault {
        /** It throws. */
        THROWS,
        /** It knows nothing. */
        NULL,
        /** Every measured value is NaN. */
        NOT_A_NUMBER,
        /** Every measured value is below zero. */
        NEGATIVE,
        /** Every measured value is infinite. */
        INFINITE,
        /** No instance, no flow, an empty queue. */
        EMPTY,
        /** Every instance is listed twice, the second time with another role. */
        DUPLICATED,
        /** Every second instance is missing. */
        HALF_THE_FLEET,
        /** Everything is an hour old. */
        PAST,
        /** Everything is of the next hour. */
        FUTURE,
        /** The counters of the router begin at zero once more. */
        COUNTERS_RESET
    }

    /** What the actuator does instead of what it is told. */
    enum OfActuator implements Fault {
        /** It refuses everything. */
        THROWS,
        /** It refuses launches. */
        NO_QUOTA,
        /** Every second action is lost without a word. */
        LOSES_HALF,
        /** Every action is done a minute late. */
        LATE,
        /** Every action is done twice. */
        TWICE
    }

    /** What befalls the instances. */
    enum OfInstances implements Fault {
        /** What is launched never gets ready; when the fault ends, the host has found that it failed. */
        NEVER_READY,
        /** One instance is broken and well again every quarter of a minute; it loses its work each time. */
        FLAPS,
        /** Half of the ready instances are gone at once. */
        HALF_DIE,
        /** An instance that is told to drain is gone with its work. */
        VANISHES_WHILE_DRAINING,
        /** Every quarter of a minute all instances come back with another role than they were given. */
        NEW_POOL
    }

    /** What happens to the clock that host and Chiron read; it is right again when the fault ends. */
    enum OfClock implements Fault {
        /** It goes back an hour. */
        BACK_AN_HOUR,
        /** It jumps ahead a day. */
        AHEAD_A_DAY
    }
}
