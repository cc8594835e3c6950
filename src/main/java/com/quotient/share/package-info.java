/**
 * Fair shares of what is scarce, such as connections to the database, between businesses.
 *
 * <p>The places are counted where the scarce thing is used, not where a request enters: a place is then held for exactly as
 * long as a connection is, a reader that takes its time holds none, and an answer from memory needs none. It cannot be
 * forgotten, because a feature is given no {@code Pool} but a {@link com.quotient.db.SharedPool}, which asks for the business
 * with every statement.
 */
@NullMarked
package com.quotient.share;

import org.jspecify.annotations.NullMarked;
