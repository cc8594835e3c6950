/** Events: parsing, durable ingest, and the reads on them. */
@NullMarked
package com.quotient.analytics;

import org.jspecify.annotations.NullMarked;
