/** Client addresses, and the networks that a secret key is bound to. */
@NullMarked
package com.quotient.address;

import org.jspecify.annotations.NullMarked;
