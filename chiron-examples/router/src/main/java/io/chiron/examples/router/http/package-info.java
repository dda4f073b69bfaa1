/** The little that both servers need on top of Jetty: bounded bodies, JSON answers, event streams, a bounded event reader. */
@NullMarked
package io.chiron.examples.router.http;

import org.jspecify.annotations.NullMarked;
