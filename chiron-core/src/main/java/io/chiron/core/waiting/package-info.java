/**
 * Waiting time: how long a request at some position of the queue waits, as a distribution learned from completed
 * requests. Pure functions of state and observed completions.
 */
@NullMarked
package io.chiron.core.waiting;

import org.jspecify.annotations.NullMarked;
