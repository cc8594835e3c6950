/** The embedded Postgres of the first five minutes and of the tests: its binaries, its cluster, its process. */
@NullMarked
package com.quotient.embedded;

import org.jspecify.annotations.NullMarked;
