/** Keys that a file describes, for instance in Git: read, compared with the database, and applied. */
@NullMarked
package com.quotient.keyfile;

import org.jspecify.annotations.NullMarked;
