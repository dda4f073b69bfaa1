/** What calls of Chiron cost, each beside a reference that is measured in the same run. */
@NullMarked
package io.chiron.benchmarks;

import org.jspecify.annotations.NullMarked;
