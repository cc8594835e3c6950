/** Identifiers: random ids, sortable by time, in Base62, and slugs, made from names. */
@NullMarked
package com.quotient.id;

import org.jspecify.annotations.NullMarked;
