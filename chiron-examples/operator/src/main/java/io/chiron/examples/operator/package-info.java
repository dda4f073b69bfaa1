/** An operator that scales a fleet of vLLM pods by their metrics pages: the adapters, wired together. */
@NullMarked
package io.chiron.examples.operator;

import org.jspecify.annotations.NullMarked;
