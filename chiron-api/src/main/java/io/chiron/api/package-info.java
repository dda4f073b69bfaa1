/**
 * The vocabulary: records for what a host measures and for what Chiron decides, each decision with its reason, and the
 * ports that a host implements. Values are immutable and compute nothing beyond range checks.
 */
@NullMarked
package io.chiron.api;

import org.jspecify.annotations.NullMarked;
