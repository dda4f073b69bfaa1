package io.chiron.api;

/** What a request waits for: service now, or service before a deadline. */
public enum RequestClass {
    /** Starts at once; its TTFT SLO is a matter of seconds. */
    INTERACTIVE,
    /** Starts before a deadline that lies minutes to hours ahead. */
    BATCH
}
