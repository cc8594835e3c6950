/** What a caller is told when a request cannot be answered: problem details by RFC 9457. */
@NullMarked
package com.quotient.problem;

import org.jspecify.annotations.NullMarked;
