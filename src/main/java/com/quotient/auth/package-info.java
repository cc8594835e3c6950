/** Who calls: keys, tiers, scopes, addresses, and the order of checks. */
@NullMarked
package com.quotient.auth;

import org.jspecify.annotations.NullMarked;
