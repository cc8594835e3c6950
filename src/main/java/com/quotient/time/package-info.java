/** Time on the wire, and the clock of the database. */
@NullMarked
package com.quotient.time;

import org.jspecify.annotations.NullMarked;
