/** Immutable records on the event bus, passed by reference. */
@NullMarked
package com.quotient.gzip;

import org.jspecify.annotations.NullMarked;
