/** Answers that are kept, so that a request that is sent again is not done again. */
@NullMarked
package com.quotient.idempotency;

import org.jspecify.annotations.NullMarked;
