/** What is measured: one file each. */
@NullMarked
package com.quotient.bench.scenario;

import org.jspecify.annotations.NullMarked;
