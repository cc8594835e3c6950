/** Tables of text (RFC 4180) and lines, read piece by piece and written so that a spreadsheet runs nothing of them. */
@NullMarked
package com.quotient.csv;

import org.jspecify.annotations.NullMarked;
