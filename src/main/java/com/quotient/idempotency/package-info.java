/** Stored answers, so that a retried request is not executed twice. */
@NullMarked
package com.quotient.idempotency;

import org.jspecify.annotations.NullMarked;
