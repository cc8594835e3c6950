/** Tells a caller what its key is. */
@NullMarked
package com.quotient.whoami;

import org.jspecify.annotations.NullMarked;
