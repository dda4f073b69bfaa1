/** A small router that embeds Chiron, real engines for it to run on, and a load that shows what it does. */
@NullMarked
package io.chiron.examples.router;

import org.jspecify.annotations.NullMarked;
