/** Immutable records on the event bus, passed by reference. */
@NullMarked
package com.quotient.bus;

import org.jspecify.annotations.NullMarked;
