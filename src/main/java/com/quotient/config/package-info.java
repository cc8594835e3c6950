/** Settings: their names, bounds and defaults, and how file and environment override them. */
@NullMarked
package com.quotient.config;

import org.jspecify.annotations.NullMarked;
