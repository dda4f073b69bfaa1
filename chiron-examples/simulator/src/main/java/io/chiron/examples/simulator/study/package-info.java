/** The study: many runs, kept on disk, and what is read from them. */
@NullMarked
package io.chiron.examples.simulator.study;

import org.jspecify.annotations.NullMarked;
