/** Identifiers: random Base62 ids that sort by time, and slugs made from names. */
@NullMarked
package com.quotient.id;

import org.jspecify.annotations.NullMarked;
