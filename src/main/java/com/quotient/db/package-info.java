/** Postgres: connection settings, pools, migrations, and the embedded server. */
@NullMarked
package com.quotient.db;

import org.jspecify.annotations.NullMarked;
