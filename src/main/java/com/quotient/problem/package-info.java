/** The errors that callers get: problem details by RFC 9457. */
@NullMarked
package com.quotient.problem;

import org.jspecify.annotations.NullMarked;
