/** People, companies, lists of people, and custom properties. */
@NullMarked
package com.quotient.audience;

import org.jspecify.annotations.NullMarked;
