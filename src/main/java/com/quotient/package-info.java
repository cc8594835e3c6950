/** Start, wiring and settings: {@code Main}, {@code Server}, {@code Config}. */
@NullMarked
package com.quotient;

import org.jspecify.annotations.NullMarked;
