/** Client addresses, and the networks that a private key is bound to. */
@NullMarked
package com.quotient.address;

import org.jspecify.annotations.NullMarked;
