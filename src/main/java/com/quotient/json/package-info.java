/** Strict parsing of JSON from outside, and compact JSON text for Postgres. */
@NullMarked
package com.quotient.json;

import org.jspecify.annotations.NullMarked;
