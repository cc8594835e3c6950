/** The command line. */
@NullMarked
package com.quotient.cli;

import org.jspecify.annotations.NullMarked;
