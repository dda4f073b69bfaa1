/** A real engine as a process of its own: llama.cpp on a model with random weights, behind a small HTTP server. */
@NullMarked
package io.chiron.examples.router.engine;

import org.jspecify.annotations.NullMarked;
