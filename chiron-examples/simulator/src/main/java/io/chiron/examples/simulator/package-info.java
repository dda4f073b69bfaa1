/**
 * A discrete-event simulator of a fleet at the level of engine iterations, deterministic by seed. Chiron and every
 * baseline plug in as policies and face the same router, engine and observation delays.
 */
@NullMarked
package io.chiron.examples.simulator;

import org.jspecify.annotations.NullMarked;
