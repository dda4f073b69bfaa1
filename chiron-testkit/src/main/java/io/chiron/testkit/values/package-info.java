/** Arbitraries for every type of the API: valid, edge and adversarial. */
@NullMarked
package io.chiron.testkit.values;

import org.jspecify.annotations.NullMarked;
