/** The HTTP side of the API: routing, CORS, bodies, budgets, responses. */
@NullMarked
package com.quotient.http;

import org.jspecify.annotations.NullMarked;
