/** The people and companies a business knows, its lists of people, and the custom properties of both. */
@NullMarked
package com.quotient.audience;

import org.jspecify.annotations.NullMarked;
