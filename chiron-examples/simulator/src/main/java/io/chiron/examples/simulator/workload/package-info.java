/** Streams of requests, synthetic or from traces, and the least GPU time that they need. */
@NullMarked
package io.chiron.examples.simulator.workload;

import org.jspecify.annotations.NullMarked;
