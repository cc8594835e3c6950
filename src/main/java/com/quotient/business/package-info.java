/** Businesses, which own keys and data, and the users who administer them. */
@NullMarked
package com.quotient.business;

import org.jspecify.annotations.NullMarked;
