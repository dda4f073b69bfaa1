/** A model of one LLM inference engine: continuous batching with chunked prefill over a finite KV cache. */
@NullMarked
package io.chiron.examples.simulator.engine;

import org.jspecify.annotations.NullMarked;
