/** The router: requests, instances, and Chiron between them. */
@NullMarked
package io.chiron.examples.router.host;

import org.jspecify.annotations.NullMarked;
