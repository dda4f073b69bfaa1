/**
 * What a controller sees, wants and decides as meters. {@link io.chiron.adapters.micrometer.ChironMetrics} is bound to a
 * registry and handed every tick's report; the table of its meters is in its Javadoc.
 */
@NullMarked
package io.chiron.adapters.micrometer;

import org.jspecify.annotations.NullMarked;
