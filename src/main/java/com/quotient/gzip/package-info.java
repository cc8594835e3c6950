/** Gzip that arrives piece by piece, inflated within a bound. */
@NullMarked
package com.quotient.gzip;

import org.jspecify.annotations.NullMarked;
