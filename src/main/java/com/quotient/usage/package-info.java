/** When and how often each key was used, counted in memory and written in batches. */
@NullMarked
package com.quotient.usage;

import org.jspecify.annotations.NullMarked;
