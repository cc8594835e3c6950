/** Which web pages may use a public key: browser origins (RFC 6454) and the rules a key holds about them. */
@NullMarked
package com.quotient.origin;

import org.jspecify.annotations.NullMarked;
