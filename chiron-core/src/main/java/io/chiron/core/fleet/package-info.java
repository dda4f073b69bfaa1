/**
 * The global loop: how many instances of which pool a fleet needs, and the actions that lead there from what runs now.
 * Pure functions of state, snapshot and configuration.
 */
@NullMarked
package io.chiron.core.fleet;

import org.jspecify.annotations.NullMarked;
