/** Fits the engine model of the simulator to measured iterations of a real engine. */
@NullMarked
package io.chiron.examples.simulator.calibrate;

import org.jspecify.annotations.NullMarked;
