/** Identifiers: random, sortable by time, in Base62. */
@NullMarked
package com.quotient.id;

import org.jspecify.annotations.NullMarked;
