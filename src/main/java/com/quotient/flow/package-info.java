/** Flows: who enters them, and the webhooks that they send from an outbox in Postgres. */
@NullMarked
package com.quotient.flow;

import org.jspecify.annotations.NullMarked;
