/** What operators see: metrics, health, logs. */
@NullMarked
package com.quotient.ops;

import org.jspecify.annotations.NullMarked;
