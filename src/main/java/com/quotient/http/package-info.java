/** Requests in, answers out: the router, CORS, bodies, problems. */
@NullMarked
package com.quotient.http;

import org.jspecify.annotations.NullMarked;
