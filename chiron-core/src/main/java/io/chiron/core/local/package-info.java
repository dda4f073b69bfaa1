/**
 * The local loop: the largest batch of one serving instance that keeps the inter-token latency inside its SLO. Pure
 * functions of state, sample and configuration.
 */
@NullMarked
package io.chiron.core.local;

import org.jspecify.annotations.NullMarked;
