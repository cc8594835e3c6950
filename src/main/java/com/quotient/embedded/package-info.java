/** The embedded Postgres for the first steps and for tests: its binaries, its cluster, its process. */
@NullMarked
package com.quotient.embedded;

import org.jspecify.annotations.NullMarked;
