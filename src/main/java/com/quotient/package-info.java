/** The entry point. */
@NullMarked
package com.quotient;

import org.jspecify.annotations.NullMarked;
