/** Traces: the header that carries them, and the spans that are exported. */
@NullMarked
package com.quotient.trace;

import org.jspecify.annotations.NullMarked;
