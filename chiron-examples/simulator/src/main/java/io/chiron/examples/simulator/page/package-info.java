/** One run as a page: what arrived, waited, ran and was decided, on one time axis, in a single HTML file. */
@NullMarked
package io.chiron.examples.simulator.page;

import org.jspecify.annotations.NullMarked;
