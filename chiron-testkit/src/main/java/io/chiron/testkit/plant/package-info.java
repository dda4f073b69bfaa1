/** A deterministic fleet of engines, its load, and the loop that closes it with Chiron; faults to inflict on each part. */
@NullMarked
package io.chiron.testkit.plant;

import org.jspecify.annotations.NullMarked;
