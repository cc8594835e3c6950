/**
 * Fair shares of scarce resources, such as database connections, between businesses.
 *
 * <p>Slots are counted where the resource is used, not where a request enters. So a slot is held exactly as long as a
 * connection, a slow reader holds none, and a cached answer needs none. The check cannot be forgotten: a feature gets
 * no {@code Pool} but a {@link com.quotient.db.SharedPool}, which asks for the business with every statement.
 */
@NullMarked
package com.quotient.share;

import org.jspecify.annotations.NullMarked;
