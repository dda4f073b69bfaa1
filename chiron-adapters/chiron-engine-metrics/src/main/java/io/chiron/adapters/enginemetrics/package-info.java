/**
 * A metric source that reads the Prometheus text pages of serving engines: vLLM, SGLang, TGI, TensorRT-LLM and llama.cpp.
 * A page that is late, too large or no metrics at all is a fault with words, never an exception, and spoils no other.
 */
@NullMarked
package io.chiron.adapters.enginemetrics;

import org.jspecify.annotations.NullMarked;
