/** The servers that are compared: one file each. */
@NullMarked
package com.quotient.bench.contender;

import org.jspecify.annotations.NullMarked;
