/** What tests share: a Postgres, a bad network in front of it, a clock that obeys, and waiting with a deadline. */
@NullMarked
package com.quotient.testing;

import org.jspecify.annotations.NullMarked;
