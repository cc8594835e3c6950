/** CSV (RFC 4180) and lines, read in pieces, and written so that a spreadsheet runs no formula. */
@NullMarked
package com.quotient.csv;

import org.jspecify.annotations.NullMarked;
