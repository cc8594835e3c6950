/**
 * What JSON text the server accepts from outside, decided in one place, and compact JSON text on its way to Postgres.
 */
@NullMarked
package com.quotient.json;

import org.jspecify.annotations.NullMarked;
