/** The server, wired by hand, and the routes of the API. */
@NullMarked
package com.quotient.server;

import org.jspecify.annotations.NullMarked;
