/**
 * The request path: where to place a request, which queued one is next, and which to evict. Thread-safe; reads the limits
 * last published by the shell and produces the flow figures that the next tick observes.
 */
@NullMarked
package io.chiron.core.routing;

import org.jspecify.annotations.NullMarked;
