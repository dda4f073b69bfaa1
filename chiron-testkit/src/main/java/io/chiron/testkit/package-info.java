/** Contracts: abstract test classes with numbered rules that a host extends for its own source, actuator and router. */
@NullMarked
package io.chiron.testkit;

import org.jspecify.annotations.NullMarked;
