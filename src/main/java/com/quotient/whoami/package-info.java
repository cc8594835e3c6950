/** Describes the caller's key. */
@NullMarked
package com.quotient.whoami;

import org.jspecify.annotations.NullMarked;
