/**
 * The shell: the only room that holds state, calls the host and logs. Begin at {@code Chiron.tick}, which observes, asks
 * the pure rules of the other rooms, and hands the actions to the host.
 */
@NullMarked
package io.chiron.core;

import org.jspecify.annotations.NullMarked;
