/** Runs contenders side by side under the same load, and says what each request cost. */
@NullMarked
package com.quotient.bench;

import org.jspecify.annotations.NullMarked;
