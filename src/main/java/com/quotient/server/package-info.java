/** The whole server, wired by hand, and the table of contents of the API. */
@NullMarked
package com.quotient.server;

import org.jspecify.annotations.NullMarked;
