/** What a team on Spring would write for the endpoints that are compared. */
package com.quotient.bench.webflux;
