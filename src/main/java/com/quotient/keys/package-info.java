/** API keys: their format, their table in memory in step with Postgres, and their administration. */
@NullMarked
package com.quotient.keys;

import org.jspecify.annotations.NullMarked;
