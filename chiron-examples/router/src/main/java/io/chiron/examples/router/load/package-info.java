/** Load on a router, and what came of it: the demo and the soak. */
@NullMarked
package io.chiron.examples.router.load;

import org.jspecify.annotations.NullMarked;
