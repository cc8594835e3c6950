/** Postgres: connection settings, pools and migrations. */
@NullMarked
package com.quotient.db;

import org.jspecify.annotations.NullMarked;
